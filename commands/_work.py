"""What a judge is asked about: transcripts one by one, matched pairs, or two releases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from rubrics import Rubric, Task
from scorers import judge as judges
from scorers.judge import Item, Judge, attacks
from scorers.judge import pairs as in_pairs
from scorers.judge.pairs import Pair
from store import Store, judging, pairs
from store.runs import Run
from transcripts import Transcript

Mode = Literal["each", "pair", "versus"]


@dataclass
class Order:
    """What a judge is to be asked: of which transcripts, by which rubrics, how often."""

    rubrics: list[Rubric]
    where: tuple[str, Any] = ("1", ())
    repeats: int = 1
    max_cost: float | None = None
    yes: bool = False
    only_plan: bool = False
    batch: bool = False
    releases: tuple[str, ...] = ()
    mode: Mode = "each"
    run: Run | None = None
    wanted: Callable[[str, str], bool] = lambda transcript, trait: True
    """Whether this trait is to be asked of the transcript with this id."""
    flagged: set[str] = field(default_factory=set)
    """Ids of transcripts that look like attacks on a judge; found when the work is planned."""


def planned(store: Store, judge: Judge, order: Order) -> judging.Work:
    """What is missing, to be counted and priced; marks what looks like an attack on the way."""
    if order.mode != "each":
        for pair in _pairs(store, judge, order):
            yield pair.whole, _as_counted(pair)
        return

    def repeats(transcript: Transcript) -> int:
        if found := attacks.flags(transcript):
            order.flagged.add(transcript.id)
            judging.flag(store, transcript.id, found)
        return how_often(order, transcript)

    work = judging.missing(store, judge.rater, order.rubrics, repeats, order.where)
    yield from _wanted(order, work)


def how_often(order: Order, transcript: Transcript) -> int:
    """How often a transcript is judged: twice at least where it looks like an attack, since an
    injection seldom sways both alike."""
    return max(order.repeats, 2) if transcript.id in order.flagged else order.repeats


def missing(store: Store, judge: Judge, order: Order) -> judging.Work:
    """What is missing of transcripts one by one, once `planned` has found the flagged ones."""
    work = judging.missing(
        store, judge.rater, order.rubrics, lambda one: how_often(order, one), order.where
    )
    return _wanted(order, work)


def _wanted(order: Order, work: judging.Work) -> judging.Work:
    for transcript, tasks in work:
        identity = transcript.id
        if kept := [task for task in tasks if order.wanted(identity, task.rubric.trait)]:
            yield transcript, kept


def items(store: Store, judge: Judge, order: Order) -> Iterable[Item]:
    """The same, made ready for the judge."""
    if order.mode != "each":
        return in_pairs.items(judge, _pairs(store, judge, order))
    return judges.items(judge, missing(store, judge, order))


def _as_counted(pair: Pair) -> list[Task]:
    # A free comparison is one judgement of two calls; a rubric's two orders are two judgements.
    return [task for task in pair.tasks for _ in range(2 if pair.free else 1)]


def _pairs(store: Store, judge: Judge, order: Order) -> Iterator[Pair]:
    if order.mode == "versus":
        compared = pairs.compared(store, judge.rater)
        for first, second in pairs.versus(store, *order.releases):
            tasks = tuple(
                Task(rubric)
                for rubric in order.rubrics
                if (first.id, second.id, rubric.trait, rubric.version) not in compared
            )
            if tasks:
                yield Pair(first, second, tasks, free=True)
        return
    rated = pairs.rated(store, judge.rater)
    for first, second in pairs.matched(store, order.where):
        tasks = tuple(
            Task(rubric, repeat)
            for rubric in order.rubrics
            for repeat in range(1, 2 * order.repeats + 1)
            if (first.id, second.id, rubric.trait, rubric.version, repeat) not in rated
        )
        if tasks:
            yield Pair(first, second, tasks)
