"""Two raters' labels put side by side: what both rated, and what matched nothing, with why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

Unit = tuple[str, int | None, str | None]
"""What is rated: the transcript's id, the message or None, the other transcript of a pair."""

ABSENT = "the other did not rate it"
VERSION = "the other answered another version of the rubric"
UNSCORED = "a rating is unscored"
INAPPLICABLE = "one says it does not apply"
BOTH_INAPPLICABLE = "both say it does not apply"


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale as the store knows it; `low` and `high` are None where its source did not say."""

    low: float | None = None
    high: float | None = None
    two_sided: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One rater's latest answer about one unit; `version` is that of the rubric's words."""

    unit: Unit
    trait: str
    version: str
    scenario: str
    release: str
    status: str
    value: float | None
    scale: Scale = Scale()
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """A rater's answer about one unit, repeats averaged: a value, or why there is none."""

    label: Label
    status: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Both:
    """One unit that both rated with a value."""

    unit: Unit
    scenario: str
    release: str
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A label that could not be compared: whose ("a" or "b"), where, and why."""

    side: str
    trait: str
    unit: Unit
    why: str


@dataclass(slots=True)
class Matched:
    """A trait (in one version of its words) as two raters rated it.

    `applicability` counts the units both answered by what each said: both rated, one or both not
    applicable. `unmatched` holds every label that is in no pair.
    """

    trait: str
    version: str
    scale: Scale
    both: list[Both] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    applicability: Counter[str] = field(default_factory=Counter)


def from_rows(rows: Iterable[Any]) -> list[Label]:
    """Labels from anything that has their fields, the scale as (low, high, two_sided)."""
    return [
        Label(
            one.unit, one.trait, one.version, one.scenario, one.release, one.status, one.value,
            Scale(*one.scale), one.repeat,
        )
        for one in rows
    ]  # fmt: skip


def in_words(labels: Sequence[Label], version: str = "") -> list[Label]:
    """One instrument's labels: those in this version of the words, else of each trait those in the
    words that were answered last. `labels` come the earlier first."""
    last = {one.trait: one.version for one in labels}
    return [one for one in labels if one.version == (version or last[one.trait])]


def latest_answers(labels: Iterable[Label]) -> list[Label]:
    """A person's labels with one a place: a later answer counts, in whichever words it was asked
    (on a scale of its own it is another question)."""
    found: dict[Any, Label] = {}
    for one in labels:
        place = (one.unit, one.trait, one.scale, one.repeat)
        found.pop(place, None)
        found[place] = one
    return list(found.values())


def match(
    first: Iterable[Label], second: Iterable[Label], *, any_version: bool = False
) -> list[Matched]:
    """Pairs of labels by trait and version of the rubric, in the order of traits.

    Two raters who both rated turns are compared turn by turn; where one rated whole transcripts
    alone, the other's turns are averaged over the transcript. Repeats are averaged. Answers to
    different versions of a rubric are not compared unless `any_version` says so, and then only
    on equal scales.
    """
    sides = (_by_trait(first), _by_trait(second))
    found = []
    for trait in sorted({*sides[0], *sides[1]}):
        mine, theirs = (side.get(trait, []) for side in sides)
        found += _match_trait(trait, mine, theirs, any_version)
    return found


def _by_trait(labels: Iterable[Label]) -> dict[str, list[Label]]:
    found: dict[str, list[Label]] = defaultdict(list)
    for one in labels:
        found[one.trait].append(one)
    return found


def _match_trait(
    trait: str, first: list[Label], second: list[Label], any_version: bool
) -> list[Matched]:
    turns = [any(one.unit[1] is not None for one in side) for side in (first, second)]
    by_turn = all(turns) or not (first and second)
    answers = [_answers(side, by_turn, any_version) for side in (first, second)]
    versions = {key[1]: one.label.scale for side in answers for key, one in side.items()}
    shared = {key[1] for key in answers[0]} & {key[1] for key in answers[1]}
    found = {
        version: Matched(trait, version, scale)
        for version, scale in versions.items()
        if version in shared or not shared
    }
    rest = next(iter(found))
    for key in dict.fromkeys([*answers[0], *answers[1]]):
        a, b = answers[0].get(key), answers[1].get(key)
        matched = found[key[1] if key[1] in found else rest]
        if a and b:
            _pair(matched, a, b)
        else:
            side, other = ("a", answers[1]) if a else ("b", answers[0])
            elsewhere = any((key[0], version) in other for version in versions)
            why = VERSION if elsewhere else ABSENT
            matched.unmatched.append(Unmatched(side, trait, key[0], why))
    return [one for one in found.values() if one.both or one.unmatched or one.applicability]


def _pair(matched: Matched, a: Answer, b: Answer) -> None:
    unit = a.label.unit
    if a.value is not None and b.value is not None:
        matched.applicability["both"] += 1
        matched.both.append(Both(unit, a.label.scenario, a.label.release, a.value, b.value))
        return
    if "unscored" in (a.status, b.status):
        why = UNSCORED
    elif a.status == b.status:
        why = BOTH_INAPPLICABLE
        matched.applicability["neither"] += 1
    else:
        why = INAPPLICABLE
        matched.applicability["b_only" if a.value is None else "a_only"] += 1
    for side in "ab":
        matched.unmatched.append(Unmatched(side, matched.trait, unit, why))


def _answers(
    labels: list[Label], by_turn: bool, any_version: bool
) -> dict[tuple[Unit, str], Answer]:
    """One answer a unit and version: repeats averaged, and turns too unless `by_turn`."""
    groups: dict[tuple[Unit, str], list[Label]] = defaultdict(list)
    for one in labels:
        unit = one.unit if by_turn else (one.unit[0], None, one.unit[2])
        version = f"{one.scale.low}..{one.scale.high}" if any_version else one.version
        groups[unit, version].append(one)
    return {key: _averaged(key[0], group) for key, group in groups.items()}


def _averaged(unit: Unit, group: list[Label]) -> Answer:
    turns: Mapping[int | None, list[float]] = defaultdict(list)
    for one in group:
        if one.value is not None:
            turns[one.unit[1]].append(one.value)
    label = group[0]
    if turns:
        value = fmean(fmean(values) for values in turns.values())
        status = "rated"
    else:
        value = None
        lost = any(one.status == "unscored" for one in group)
        status = "unscored" if lost else "not_applicable"
    placed = Label(
        unit, label.trait, label.version, label.scenario, label.release, status, value, label.scale
    )
    return Answer(placed, status, value)
