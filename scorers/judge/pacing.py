"""How many judgements are in flight, and when the next may start: what the server says decides.

A slot is held from a judgement's first request until its answer is kept. Under 429 or 529 the
number of slots shrinks by a third, and grows again by one a round; when the rate-limit headers say
that little is left, the rest is spread over the time until the reset.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime

KINDS = ("requests", "input-tokens", "output-tokens", "tokens")
SCARCE = 0.1
"""Under this share of a limit the rest is spread out."""
SHRINK = 0.67


class Pace:
    """Slots for judgements; those who follow on a cached prefix come before new transcripts."""

    def __init__(self, slots: int, longest_wait: float) -> None:
        self.slots = slots
        self.longest_wait = longest_wait
        self._width = float(slots)
        self._busy = 0
        self._waiting: tuple[deque[asyncio.Future[None]], deque[asyncio.Future[None]]] = (
            deque(), deque(),
        )  # fmt: skip
        self._shrunk = 0.0
        self._not_before = 0.0
        self._gap = 0.0
        self._used: dict[str, float] = {}

    @property
    def demand(self) -> int:
        """Judgements in flight and those that wait for a slot."""
        return self._busy + sum(map(len, self._waiting))

    @property
    def width(self) -> int:
        """How many may be in flight now."""
        return max(1, int(self._width))

    async def take(self, *, following: bool) -> None:
        """Wait for a slot and take it."""
        if self._busy < self.width and not self._waiting[0]:
            self._busy += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[0 if following else 1].append(turn)
        await turn

    def give(self) -> None:
        """Give a slot back; the next who waits has it."""
        self._busy -= 1
        for queue in self._waiting:
            while queue and self._busy < self.width:
                turn = queue.popleft()
                if not turn.done():
                    self._busy += 1
                    turn.set_result(None)

    async def ready(self) -> None:
        """Wait until the next request may be sent."""
        while (wait := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(min(wait, 1.0))
        if self._gap:
            self._not_before = time.monotonic() + self._gap

    def pushed_back(self, wait: float) -> None:
        """The server said that it is too much: fewer at once, and none before `wait` seconds."""
        now = time.monotonic()
        self._not_before = max(self._not_before, now + min(wait, self.longest_wait))
        if now - self._shrunk > 1.0:  # the answers to one burst are one sign
            self._shrunk = now
            self._width = max(1.0, self._width * SHRINK)

    def went_well(self, headers: Mapping[str, str], used: Mapping[str, int]) -> None:
        """Learn from an answer: a little more at once, or slower where little is left."""
        self._width = min(float(self.slots), self._width + 1.0 / max(self._width, 1.0))
        for kind, tokens in used.items():
            self._used[kind] = 0.8 * self._used.get(kind, float(tokens)) + 0.2 * tokens
        self._gap = min(max((self._spread(kind, headers) for kind in KINDS), default=0.0),
                        self.longest_wait)  # fmt: skip

    def _spread(self, kind: str, headers: Mapping[str, str]) -> float:
        """Seconds between two requests so that what is left of one limit lasts until its reset."""
        name = f"anthropic-ratelimit-{kind}"
        limit, left = (
            _number(headers.get(f"{name}-limit")),
            _number(headers.get(f"{name}-remaining")),
        )
        until = _seconds_until(headers.get(f"{name}-reset"))
        if not limit or left is None or until is None or left > SCARCE * limit:
            return 0.0
        each = 1.0 if kind == "requests" else max(self._used.get(kind, 1.0), 1.0)
        return until / max(left / each, 1.0)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _seconds_until(text: str | None) -> float | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
