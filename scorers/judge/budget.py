"""Money while a run goes on: what was spent, what those in flight may still cost, and the limit."""

from __future__ import annotations

import asyncio

from rubrics import Call, Task
from scorers.judge.price import Prices, Tokens, dollars
from scorers.judge.prompt import Prepared, system
from scorers.judge.settings import Settings
from scorers.judge.wire import ANSWER_PER_TURN, MOST_TOKENS

BYTES_PER_TOKEN = 3.6
"""A first guess for English; each answer that tells its tokens makes a better one."""
LEAST_BYTES_PER_TOKEN = 2.0
"""For the worst case: prose in any script and code stay above it."""
QUESTION_BYTES = 4_000


class Meter:
    """Tokens from bytes, by a ratio that is learnt from what servers counted."""

    def __init__(self, ratio: float = BYTES_PER_TOKEN) -> None:
        self.ratio = ratio
        self.counted = 0

    def tokens(self, size: int) -> float:
        """The likely tokens of so many bytes."""
        return size / self.ratio

    def learn(self, size: int, tokens: float) -> None:
        """Take one count into the ratio."""
        if tokens > 0 and size > 0:
            self.counted += 1
            self.ratio += (size / tokens - self.ratio) / min(self.counted, 50)


class OverBudget(Exception):
    """The next judgement could pass the limit."""


class Budget:
    """A limit in dollars that no judgement may be able to pass. None is no limit."""

    def __init__(self, limit: float | None, spent: float = 0.0) -> None:
        self.limit, self.spent = limit, spent
        self._reserved = 0.0
        self._freed = asyncio.Condition()

    async def reserve(self, worst: float | None) -> float:
        """Set aside what a judgement may cost at worst, once that fits.

        Waits for those in flight to cost less than they might; raises `OverBudget` where there is
        nobody left to wait for.
        """
        if self.limit is None:
            return 0.0
        if worst is None:
            raise OverBudget("the price of this model is unknown, so no limit can be kept")
        async with self._freed:
            while self.spent + self._reserved + worst > self.limit:
                if self._reserved <= 0:
                    raise OverBudget(
                        f"${self.spent:.4f} spent; the next judgement may cost ${worst:.4f} and "
                        f"pass the limit of ${self.limit:g}"
                    )
                await self._freed.wait()
            self._reserved += worst
        return worst

    async def settle(self, reserved: float, calls: tuple[Call, ...]) -> None:
        """Put what was really spent in the place of what was set aside."""
        async with self._freed:
            self._reserved = max(0.0, self._reserved - reserved)
            if self._reserved < 1e-12:
                self._reserved = 0.0
            # A call whose cost nobody told is taken at its worst.
            unknown = any(call.cost is None for call in calls)
            known = sum(call.cost or 0.0 for call in calls)
            self.spent += max(known, reserved) if unknown else known
            self._freed.notify_all()


def worst(
    prepared: Prepared, task: Task, settings: Settings, prices: Prices, *, batch: bool = False
) -> float | None:
    """The most that a judgement can cost: all its calls, nothing read from a cache, every answer
    as long as it may be. None where the price is unknown."""
    turns = len(prepared.turns) if task.rubric.level == "turn" else 1
    answer = min(settings.max_tokens + ANSWER_PER_TURN * max(turns - 1, 0), MOST_TOKENS)
    size = len(prepared.block.encode()) + len(system().encode()) + QUESTION_BYTES
    prompt = size / LEAST_BYTES_PER_TOKEN
    kept = {"written_1h" if settings.long_cache else "written_5m": prompt}
    rate, repair = (
        dollars(prices, settings.model, tokens, batch=batch)
        for tokens in (Tokens(**kept, output=answer), Tokens(fresh=prompt + answer, output=answer))
    )
    if rate is None or repair is None:
        return None
    return rate * (2 if task.rubric.first_ask else 1) + repair
