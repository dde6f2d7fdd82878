"""Requests and answers as they stand on the wire, for servers that can do more or less."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rubrics import Call
from rubrics.judged import Step
from scorers.judge import prompt
from scorers.judge.settings import Settings

ANSWER_PER_TURN = 250
"""Tokens that one more verdict may take."""
MOST_TOKENS = 21_000
"""Above this the SDK wants an answer to be streamed."""


@dataclass(frozen=True)
class Request:
    """One request: the block that is cached, the question, and what was said since, if anything.

    `turns` is the number of verdicts wanted; `cached` asks for the cache marker.
    """

    step: Step
    block: str
    question: str
    schema: Mapping[str, Any]
    turns: int = 1
    since: tuple[tuple[str, str], ...] = ()
    cached: bool = True

    @cached_property
    def prefix_bytes(self) -> int:
        """The bytes of the cached prefix."""
        return len(prompt.system().encode()) + len(self.block.encode())

    @cached_property
    def rest_bytes(self) -> int:
        """The bytes that are new with each request."""
        return len(self.question.encode()) + sum(len(text.encode()) for _, text in self.since)


NAMED = {
    "temperature": ("temperature",),
    "cache": ("cache_control",),
    "structured": ("output_config", "output_format", "json_schema", "structured", "schema"),
}
"""What a server can do, and the words by which its complaint names that it cannot."""


@dataclass
class Abilities:
    """What a server was seen to be able to do; `changed` where that was learnt just now."""

    structured: bool = True
    cache: bool = True
    temperature: bool = True
    changed: bool = False

    def known(self) -> dict[str, bool]:
        """What may be kept for the next time."""
        return {name: getattr(self, name) for name in NAMED}

    def give_up(self, told: str, sent: Abilities) -> bool:
        """Give up what an error of the server names; whether another try may help.

        `sent` is what was still used when the request was made: another one may have learnt the
        same meanwhile.
        """
        low = told.lower()
        for name, words in NAMED.items():
            if getattr(sent, name) and any(word in low for word in words):
                if getattr(self, name):
                    setattr(self, name, False)
                    self.changed = True
                return True
        return False


def body(request: Request, settings: Settings, abilities: Abilities) -> dict[str, Any]:
    """The request's body, for what the server can do."""
    question = request.question
    if not abilities.structured:
        question += "\n\n" + prompt.SCHEMA.format(json.dumps(request.schema))
    block: dict[str, Any] = {"type": "text", "text": request.block}
    if request.cached and abilities.cache:
        block["cache_control"] = {"type": "ephemeral"}
        if settings.long_cache:
            block["cache_control"]["ttl"] = "1h"
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": [block, {"type": "text", "text": question}]},
        *({"role": role, "content": text} for role, text in request.since),
    ]
    most = min(settings.max_tokens + ANSWER_PER_TURN * (request.turns - 1), MOST_TOKENS)
    told: dict[str, Any] = {
        "model": settings.model,
        "max_tokens": max(most, min(settings.max_tokens, MOST_TOKENS)),
        "system": [{"type": "text", "text": prompt.system()}],
        "messages": messages,
    }
    if abilities.structured:
        told["output_config"] = {"format": {"type": "json_schema", "schema": request.schema}}
    if settings.temperature is not None and abilities.temperature:
        told["extra_body"] = {"temperature": settings.temperature}
    return told


def headers(settings: Settings, abilities: Abilities) -> dict[str, str]:
    """Headers beside the SDK's own: sampling is taken by the older version of the API alone."""
    if settings.temperature is not None and abilities.temperature and settings.at_home:
        return {"anthropic-version": "2023-06-01"}
    return {}


STOPS = {
    "refusal": "refusal",
    "max_tokens": "truncated",
    "model_context_window_exceeded": "overflow",
}


def call(step: Step, content: bytes, told: Mapping[str, str]) -> Call:
    """What a server answered with 200, read without trusting that it is what it should be."""
    try:
        message = json.loads(content)
    except (ValueError, RecursionError):
        message = content[:200].decode("utf-8", "replace")
    return of_message(step, message, str(told.get("request-id") or ""))


def of_message(step: Step, message: Any, request_id: str) -> Call:
    """A message of the protocol as a call; anything else is an error of the server's."""
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        told = f"the server's answer is no message: {str(message)[:200]!r}"
        return Call(step, "api_error", request_id=request_id, error=told)
    blocks = [one for one in message["content"] if isinstance(one, dict)]
    # A thinking block may stand first: picked by type, never by place.
    texts = [str(b.get("text") or "") for b in blocks if b.get("type") == "text"]
    stop = str(message.get("stop_reason") or "")
    usage = message.get("usage")
    details = message.get("stop_details")
    category = details.get("category") if isinstance(details, dict) else None
    return Call(
        step,
        STOPS.get(stop, "ok"),
        reply="".join(texts),
        usage=numbers(usage) if isinstance(usage, dict) else {},
        request_id=request_id or str(message.get("id") or ""),
        model=str(message.get("model") or ""),
        error=f"{stop}: {category}" if category else stop if stop in STOPS else "",
    )


def numbers(usage: Mapping[str, Any]) -> dict[str, Any]:
    """The counts that a server told; one it did not tell is left out, because it is not 0."""
    found: dict[str, Any] = {}
    for key, value in usage.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[key] = value
        elif isinstance(value, dict) and (inner := numbers(value)):
            found[key] = inner
    return found


def used(usage: Mapping[str, Any]) -> dict[str, int]:
    """What of a usage counts against which rate limit."""
    fresh = int(usage.get("input_tokens") or 0) + int(usage.get("cache_creation_input_tokens") or 0)
    out = int(usage.get("output_tokens") or 0)
    return {"input-tokens": fresh, "output-tokens": out, "tokens": fresh + out}


def too_long(told: str) -> bool:
    """Whether an error's words say that the prompt does not fit."""
    low = told.lower()
    return any(
        word in low
        for word in ("prompt is too long", "context length", "context window", "maximum context",
                     "too many tokens", "exceeds the context", "input is too long")
    )  # fmt: skip


def timed(call: Call, seconds: float) -> Call:
    """The call with how long it took, retries and waits included."""
    return replace(call, seconds=round(seconds, 3))


def with_status(call: Call, status: str) -> Call:
    """The call with another status."""
    return replace(call, status=status)


def scrubbed(call: Call, scrub: Callable[[str], str]) -> Call:
    """The call without the key, should a server have sent it back."""
    return replace(call, reply=scrub(call.reply), error=scrub(call.error))
