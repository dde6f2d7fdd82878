"""How far a run is: what came of it, what it used and cost, how fast it goes, what is left."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from rubrics import Judged
from scorers.running import Tally

WINDOW = 60.0
"""Seconds over which the rate is told."""


class Progress:
    """Counts judgements as they are kept. `told` is what the book of runs is given."""

    def __init__(self, planned: int, before: dict[str, Any] | None = None) -> None:
        self.planned = planned
        self.tally = Tally()
        self.usage: dict[str, float] = {}
        self.calls = 0
        self.cost: float | None = None
        self.unpriced = 0
        self._times: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        if before:
            self._take_up(before)

    def _take_up(self, before: dict[str, Any]) -> None:
        """Go on from what an earlier process of the same run had counted."""
        self.tally = Tally(
            before.get("asked", 0), before.get("rated", 0), before.get("not_applicable", 0),
            dict(before.get("unscored") or {}),
        )  # fmt: skip
        self.usage = dict(before.get("usage") or {})
        self.calls, self.cost = before.get("calls", 0), before.get("cost_usd")
        self.unpriced = before.get("unpriced_calls", 0)
        self.planned += self.tally.asked
        self._times[0] = (time.monotonic(), self.tally.asked)

    def add(self, judged: Sequence[Judged]) -> None:
        """Count judgements that are about to be kept."""
        for one in judged:
            if one.preference is not None:
                self.tally.asked += 1
                self.tally.rated += 1
            else:
                self.tally.count(one.ratings)
            for call in one.calls:
                self.calls += 1
                for name, value in call.usage.items():
                    if isinstance(value, int | float):
                        self.usage[name] = self.usage.get(name, 0) + value
                if call.cost is None:
                    self.unpriced += 1
                else:
                    self.cost = (self.cost or 0.0) + call.cost
        now = time.monotonic()
        if judged:
            self._times.append((now, self.tally.asked))
        while len(self._times) > 2 and now - self._times[0][0] > WINDOW:
            self._times.popleft()

    @property
    def per_minute(self) -> float | None:
        """Judgements a minute of late; None until there is something to tell it from."""
        (began, first), (_, last) = self._times[0], self._times[-1]
        spent = time.monotonic() - began
        return (last - first) / spent * 60 if last > first and spent > 0.5 else None

    def told(self) -> dict[str, Any]:
        """Everything as JSON; `cost_usd` is None where no call had a known price."""
        rate = self.per_minute
        left = max(self.planned - self.tally.asked, 0)
        return {
            "asked": self.tally.asked,
            "rated": self.tally.rated,
            "not_applicable": self.tally.not_applicable,
            "unscored": self.tally.unscored,
            "calls": self.calls,
            "usage": self.usage,
            "cost_usd": self.cost if self.calls else 0.0,
            "unpriced_calls": self.unpriced,
            "per_minute": None if rate is None else round(rate, 1),
            "seconds_left": None if not rate else round(left / rate * 60),
        }
