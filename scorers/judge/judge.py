"""A judge as it is asked in a run: who, at what price, and what its server can do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from rubrics import Call, Rater, Task
from scorers.judge import prompt, settings
from scorers.judge.asking import Course, judgement
from scorers.judge.budget import Meter
from scorers.judge.price import Prices, Tokens, dollars
from scorers.judge.prompt import Prepared
from scorers.judge.settings import Settings
from scorers.judge.wire import Abilities, Request
from transcripts import hiding


@dataclass
class Judge:
    """Who is asked, at what price, and what its server can do. `salt` makes the fences' codes."""

    settings: Settings
    prices: Prices
    salt: str
    abilities: Abilities = field(default_factory=Abilities)
    meter: Meter = field(default_factory=Meter)

    @property
    def rater(self) -> Rater:
        """The judge as a rater."""
        return settings.rater(self.settings, prompt.protocol())

    def details(self) -> dict[str, Any]:
        """What the rater's version stands for: everything that can change an answer."""
        return {
            "protocol": prompt.protocol(),
            "names": hiding.version(),
            "system": prompt.system(),
            "schema": prompt.schema(),
            "temperature": self.settings.temperature,
            "max_tokens": self.settings.max_tokens,
        }

    def caches(self, prepared: Prepared) -> bool:
        """Whether the prefix is long enough to be cached at all."""
        least = self.prices.cache_from(self.settings.model)
        return self.abilities.cache and self.meter.tokens(prefix_bytes(prepared)) >= least

    def priced(self, call: Call, request: Request, *, batch: bool = False) -> Call:
        """The call with its cost, by what its server counted; it teaches the meter too."""
        tokens = Tokens.of(call.usage)
        if tokens is None:
            # What a server refused is not billed; a call that was cut off on its way may have been.
            refused = call.status in ("api_error", "overflow") and call.error[:3].isdigit()
            return replace(call, cost=0.0 if refused else None)
        self.meter.learn(request.prefix_bytes + request.rest_bytes, tokens.prompt)
        return replace(call, cost=dollars(self.prices, self.settings.model, tokens, batch=batch))


def prefix_bytes(prepared: Prepared) -> int:
    """The bytes that all traits of a transcript share."""
    return len(prompt.system().encode()) + len(prepared.block.encode())


@dataclass(frozen=True, slots=True)
class Item:
    """One transcript's worth of work: its courses, the first of which goes alone if `cached`."""

    prepared: Prepared
    tasks: tuple[Task, ...]
    courses: tuple[Course, ...]
    cached: bool


def item(judge: Judge, prepared: Prepared, tasks: list[Task]) -> Item:
    """The work on one transcript, in an order that has the cache written soonest."""
    # A blind first question has another prefix, so it would keep the others waiting for nothing.
    ordered = tuple(sorted(tasks, key=lambda task: task.rubric.first_ask is not None))
    cached = len(ordered) > 1 and judge.caches(prepared)
    courses = tuple(judgement(prepared, task, judge.rater, cached=cached) for task in ordered)
    return Item(prepared, ordered, courses, cached)
