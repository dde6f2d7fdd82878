"""Message batches of the local server: made, polled, cancelled, expired, with partial failures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.messages_account import Rejected

MOST_REQUESTS, MOST_BYTES = 100_000, 256 * 2**20
LIFE = 24 * 3600.0
CANCELLING = 0.5
CUSTOM = re.compile(r"[a-zA-Z0-9_-]{1,64}")
OUTCOMES = ("succeeded", "errored", "canceled", "expired")

Answer = Callable[[dict[str, Any]], dict[str, Any]]
"""The message that answers some params. Raises `Rejected`."""


def stamp(moment: float) -> str:
    """A moment as the API writes it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Batch:
    """One batch: its requests, when it was made and ends, and what came of each."""

    id: str
    requests: list[dict[str, Any]]
    created: float
    ready: float
    cancelled: float | None = None
    results: list[dict[str, Any]] | None = None

    @property
    def ends(self) -> float:
        """When it is over: at its end, at 24 hours, or soon after it was cancelled."""
        over = min(self.ready, self.created + LIFE)
        return over if self.cancelled is None else min(over, self.cancelled + CANCELLING)


@dataclass
class Batches:
    """All batches. `wait` is how long one takes; `outcomes` what shall become of the n-th request
    (from 0) instead of an answer; `hostile` a host that results_url shall name."""

    wait: float = 0.0
    outcomes: dict[int, str] = field(default_factory=dict)
    hostile: str = ""
    made: dict[str, Batch] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def create(self, body: dict[str, Any], size: int, now: float) -> Batch:
        """A new batch. Raises `Rejected` on requests that the API would refuse."""
        requests = body.get("requests") or []
        names = [one.get("custom_id", "") for one in requests]
        wrong = next((name for name in names if not CUSTOM.fullmatch(name)), None)
        if not requests:
            raise Rejected(400, "invalid_request_error", "requests: at least 1 item is required")
        if wrong is not None:
            raise Rejected(400, "invalid_request_error", f"custom_id: {wrong!r} does not match")
        if len(set(names)) < len(names):
            raise Rejected(400, "invalid_request_error", "custom_id: must be unique")
        if len(requests) > MOST_REQUESTS:
            raise Rejected(400, "invalid_request_error", f"requests: at most {MOST_REQUESTS}")
        if size > MOST_BYTES:
            raise Rejected(413, "request_too_large", "the batch is larger than 256 MB")
        batch = Batch(f"msgbatch_{next(self.ids):06d}", requests, now, now + self.wait)
        self.made[batch.id] = batch
        return batch

    def find(self, identity: str) -> Batch:
        """The batch of that id. Raises `Rejected` with 404."""
        if identity not in self.made:
            raise Rejected(404, "not_found_error", f"no batch {identity}")
        return self.made[identity]

    def cancel(self, batch: Batch, now: float) -> None:
        """Ask to cancel; it ends at the next look, and what was not done is canceled."""
        if now >= batch.ends:
            raise Rejected(400, "invalid_request_error", "the batch has ended")
        batch.cancelled = now

    def told(self, batch: Batch, own: str, now: float) -> dict[str, Any]:
        """The batch as the API shows it; counts stay 0 until the end."""
        over = now >= batch.ends
        status = "ended" if over else ("in_progress" if batch.cancelled is None else "canceling")
        counts = dict.fromkeys(("processing", *OUTCOMES), 0)
        if over:
            for index in range(len(batch.requests)):
                counts[self._outcome(batch, index)] += 1
        else:
            counts["processing"] = len(batch.requests)
        path = f"/v1/messages/batches/{batch.id}/results"
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": counts,
            "created_at": stamp(batch.created),
            "expires_at": stamp(batch.created + LIFE),
            "ended_at": stamp(batch.ends) if over else None,
            "archived_at": None,
            "cancel_initiated_at": None if batch.cancelled is None else stamp(batch.cancelled),
            "results_url": (self.hostile or own) + path if over else None,
        }

    def lines(self, batch: Batch, answer: Answer, now: float) -> Iterator[bytes]:
        """The results, a JSON line each, in another order than they were asked in."""
        if now < batch.ends:
            raise Rejected(404, "not_found_error", "the results are not yet available")
        if batch.results is None:
            batch.results = [
                self._result(batch, index, one, answer) for index, one in enumerate(batch.requests)
            ]
        for result in reversed(batch.results):
            yield json.dumps(result).encode() + b"\n"

    def _outcome(self, batch: Batch, index: int) -> str:
        if index in self.outcomes:
            return self.outcomes[index]
        if batch.cancelled is not None:
            return "canceled"
        return "expired" if batch.ready > batch.created + LIFE else "succeeded"

    def _result(self, batch: Batch, index: int, one: dict[str, Any], answer: Answer) -> Any:
        outcome = self._outcome(batch, index)
        if outcome == "succeeded":
            try:
                told = {"type": "succeeded", "message": answer(one["params"])}
            except Rejected as error:
                told = _errored(error.kind, error.message)
        elif outcome == "errored":
            told = _errored("invalid_request_error", "max_tokens: must be at least 1")
        else:
            told = {"type": outcome}
        return {"custom_id": one["custom_id"], "result": told}


def _errored(kind: str, message: str) -> dict[str, Any]:
    error = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_b"}
    return {"type": "errored", "error": error}
