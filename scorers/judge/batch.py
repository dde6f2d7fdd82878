"""Message batches: half the price, an answer within a day, and nothing lost when a process dies.

What is asked, and how far each judgement is, stands in the database before anything is sent; here
are the requests, the answers, and the server's side of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from rubrics import Call, Judged, Task
from scorers.judge import wire
from scorers.judge.asking import Course
from scorers.judge.client import FATAL, Fatal
from scorers.judge.settings import Settings
from scorers.judge.wire import Abilities, Request
from transcripts.transcript import digest

MOST_REQUESTS = 100_000
MOST_BYTES = 200_000_000
"""The API takes 256 MB; the rest is room for what the SDK adds."""


def custom_id(transcript: str, task: Task, earlier: Sequence[Call]) -> str:
    """The name of one request, the same whenever it is made again; at most 64 plain characters."""
    rest = digest([task.rubric.trait, task.rubric.version, len(earlier)])[:12]
    return f"{transcript}-{task.repeat}-{rest}"


def replayed(course: Course, earlier: Sequence[Call]) -> Request | Judged:
    """What a course wants next after these calls: another request, or to be kept."""
    try:
        request = next(course)
        for call in earlier:
            request = course.send(call)
    except StopIteration as end:
        judged: Judged = end.value
        return judged
    return request


def plain(calls: Sequence[Call]) -> str:
    """Calls as JSON."""
    return json.dumps([asdict(call) for call in calls], ensure_ascii=False)


def unplain(text: str) -> list[Call]:
    """The inverse of `plain`."""
    return [Call(**one) for one in json.loads(text)]


def params(request: Request, settings: Settings, abilities: Abilities) -> dict[str, Any]:
    """A request as it stands in a batch: its body as plain JSON."""
    body = wire.body(request, settings, abilities)
    return {**body, **body.pop("extra_body", {})}


def came(request: Request, result: dict[str, Any]) -> Call | None:
    """One line of a batch's results as a call; None where it was cancelled and is still to ask."""
    kind = result.get("type")
    if kind == "succeeded":
        return wire.of_message(request.step, result.get("message"), "")
    if kind == "canceled":
        return None
    if kind == "expired":
        return Call(request.step, "timeout", error="the batch expired before it was asked")
    error = result.get("error") or {}
    inner = error.get("error") or {}
    told = str(inner.get("message") or error.get("message") or kind)[:500]
    status = "overflow" if wire.too_long(told) else "api_error"
    return Call(
        request.step, status, error=f"400: {told}", request_id=error.get("request_id") or ""
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A batch as the server shows it."""

    id: str
    ended: bool
    created: datetime
    requests: int


class BatchServer:
    """The batches of one server. Raises `Fatal` with a plain sentence where it has none for us."""

    def __init__(self, settings: Settings) -> None:
        import anthropic

        self._sdk, self._settings = anthropic, settings
        http = anthropic.DefaultHttpxClient(follow_redirects=False)
        self._client = anthropic.Anthropic(
            api_key=settings.key, base_url=settings.base_url, max_retries=4,
            timeout=settings.timeout, http_client=http, open_telemetry=False,
        )  # fmt: skip

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def create(self, requests: list[dict[str, Any]]) -> str:
        """Send a batch; its id. Never tried twice: a second try could be a second paid batch."""
        once = self._client.with_options(max_retries=0)
        return str(
            self._asked(lambda: once.messages.batches.create(requests=cast(Any, requests))).id
        )

    def seen(self, identity: str) -> Seen | None:
        """How far a batch is; None where the server knows it no more."""
        try:
            return _seen(self._client.messages.batches.retrieve(identity))
        except self._sdk.NotFoundError:
            return None
        except self._sdk.APIStatusError as error:
            raise self._fatal(error) from error

    def cancel(self, identity: str) -> None:
        """Ask the server to let go of what it has not begun; one that has ended is left alone."""
        try:
            self._client.messages.batches.cancel(identity)
        except self._sdk.APIError:
            return

    def listed(self) -> Iterator[Seen]:
        """The latest batches of this account."""
        page = self._asked(lambda: self._client.messages.batches.list(limit=100))
        yield from (_seen(one) for one in page.data)

    def results(self, identity: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(custom id, result) of a batch that has ended, in no order.

        Asked at our own path: `results_url` is a host that the server names, and the key would
        follow it.
        """
        from anthropic._decoders.jsonl import JSONLDecoder
        from anthropic.types.messages import MessageBatchIndividualResponse

        path = f"/v1/messages/batches/{identity}/results"
        lines = self._asked(
            lambda: self._client.get(
                path, cast_to=JSONLDecoder[MessageBatchIndividualResponse], stream=True
            )
        )
        for one in lines:
            yield one.custom_id, one.result.model_dump(mode="json")

    def _asked(self, ask: Any) -> Any:
        try:
            return ask()
        except self._sdk.APIStatusError as error:
            raise self._fatal(error) from error
        except self._sdk.APIConnectionError as error:
            told = self._settings.scrub(str(error.__cause__ or error))
            raise Fatal(f"{self._settings.place} cannot be reached: {told[:200]}") from error

    def _fatal(self, error: Any) -> Fatal:
        told = self._settings.scrub(str(error))[:200]
        code = error.status_code
        known = FATAL.get(code, "the batch was refused")
        if code == 404:
            known = "this server has no batches; leave --batch out"
        return Fatal(f"{self._settings.place} answered {code}: {known} ({told})")


def _seen(one: Any) -> Seen:
    counts = one.request_counts
    total = sum(
        getattr(counts, name) or 0
        for name in ("processing", "succeeded", "errored", "canceled", "expired")
    )
    created = one.created_at
    if isinstance(created, str):
        created = datetime.fromisoformat(created)
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    return Seen(one.id, one.processing_status == "ended", created, total)
