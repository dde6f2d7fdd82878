"""Asking a server that speaks the Messages protocol: one call in, one `Call` out, whatever comes.

Retries, waits and the whole call have bounds of their own, because the SDK obeys a `retry-after`
of any length and its `parse()` loses usage and request id when an answer cannot be read.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rubrics import Call
from scorers.judge import wire
from scorers.judge.pacing import Pace
from scorers.judge.settings import LEAST_SECRET, Settings
from scorers.judge.wire import Abilities, Request

TRIES = 6
RETRIED = {408, 409, 429}
FATAL = {
    401: "the key was refused; check ANTHROPIC_API_KEY and that it belongs to this server",
    402: "the account has no credit left",
    403: "the key may not use this model or this server",
    404: "there is no such model or path; check the model's name and --base-url",
}
NO_CREDIT = ("credit balance", "insufficient_quota", "billing")


class Fatal(Exception):
    """A failure that is the key's or the server's, not this transcript's; a plain sentence."""


class Client:
    """A connection to one judge. To be made and used inside one event loop."""

    def __init__(self, settings: Settings, abilities: Abilities, pace: Pace | None = None) -> None:
        import anthropic  # two seconds: only where somebody is asked

        self._sdk = anthropic
        self.settings = settings
        self.abilities = abilities
        self.pace = pace or Pace(settings.slots, settings.wait)
        limits = anthropic.DEFAULT_CONNECTION_LIMITS
        # No redirects: a server must not send the key on to another.
        http = anthropic.DefaultAsyncHttpxClient(follow_redirects=False, limits=limits)
        self._anthropic = anthropic.AsyncAnthropic(
            api_key=settings.key, base_url=settings.base_url, max_retries=0,
            timeout=settings.timeout, http_client=http, open_telemetry=False,
        )  # fmt: skip

    async def close(self) -> None:
        """Close the connections."""
        await self._anthropic.close()

    async def ask(self, request: Request) -> Call:
        """What came back, as a call. Raises `Fatal` for what would fail all others too."""
        began = time.monotonic()
        last = Call(request.step, "timeout", error="no answer in time")
        try:
            async with asyncio.timeout(self.settings.timeout):
                for attempt in range(TRIES):
                    await self.pace.ready()
                    last, wait = await self._once(request, attempt)
                    if wait is None:
                        break
                    await asyncio.sleep(wait if attempt + 1 < TRIES else 0)
        except TimeoutError:
            pass
        return wire.timed(last, time.monotonic() - began)

    async def _once(self, request: Request, attempt: int) -> tuple[Call, float | None]:
        """One request: its call, and how long to wait before another try (None: none)."""
        sdk = self._sdk
        sent = replace(self.abilities)
        body = wire.body(request, self.settings, self.abilities)
        try:
            raw = await self._anthropic.messages.with_raw_response.create(
                **body, extra_headers=wire.headers(self.settings, self.abilities)
            )
        except sdk.APITimeoutError:
            return Call(request.step, "timeout", error="no answer in time"), None
        except sdk.APIConnectionError as error:
            told = self._told(error.__cause__ or error)
            return Call(request.step, "api_error", error=told), self._backoff(attempt)
        except sdk.APIStatusError as error:
            return self._refused(request, error, attempt, sent)
        content = raw.http_response.content
        call = wire.call(request.step, content, raw.headers)
        call = wire.scrubbed(call, lambda text: self.settings.scrub(text, LEAST_SECRET))
        self.pace.went_well(raw.headers, wire.used(call.usage))
        return call, None

    def _refused(
        self, request: Request, error: Any, attempt: int, sent: Abilities
    ) -> tuple[Call, float | None]:
        code, told = error.status_code, self._told(error)
        call = Call(request.step, "api_error", error=told, request_id=error.request_id or "")
        if code in FATAL or any(word in told.lower() for word in NO_CREDIT):
            known = FATAL.get(code, FATAL[402])
            raise Fatal(f"{self.settings.place} answered {code}: {known} ({told[:200]})")
        if code == 413 or wire.too_long(told):
            return wire.with_status(call, "overflow"), None
        if code in (400, 422) and self.abilities.give_up(told, sent):
            return call, 0.0  # the server cannot do something: asked again without it
        if code in RETRIED or code >= 500:
            wait = self._backoff(attempt, error.response.headers)
            if code in (429, 529):
                self.pace.pushed_back(wait)
            return call, wait
        return call, None

    def _told(self, error: Any) -> str:
        body = getattr(error, "body", None)
        inner = body.get("error") if isinstance(body, dict) else None
        message = inner.get("message") if isinstance(inner, dict) else None
        code = getattr(error, "status_code", None)
        told = str(message or error or type(error).__name__)
        return self.settings.scrub(f"{code}: {told}" if code else told)[:500]

    def _backoff(self, attempt: int, headers: Mapping[str, str] | None = None) -> float:
        """Half a second, doubled each time, up to a quarter off; or as the server says, bounded."""
        wait = 0.5 * 2.0**attempt * (1 - random.random() / 4)
        try:
            told = float((headers or {}).get("retry-after") or 0)
        except ValueError:
            told = 0.0
        return min(max(wait, told), self.settings.wait)

    async def count(self, request: Request) -> int | None:
        """The tokens of a request by the server's own count; None where it cannot count.

        Raises `Fatal` where the key is refused: every judgement would be too.
        """
        body = wire.body(request, self.settings, self.abilities)
        body = {key: body[key] for key in ("model", "system", "messages")}
        try:
            async with asyncio.timeout(min(self.settings.timeout, 30)):
                counted = await self._anthropic.messages.count_tokens(**body)
        except (self._sdk.AuthenticationError, self._sdk.PermissionDeniedError) as error:
            self._refused(request, error, 0, self.abilities)
            return None
        except (self._sdk.AnthropicError, TimeoutError, json.JSONDecodeError):
            return None
        return counted.input_tokens if isinstance(counted.input_tokens, int) else None
