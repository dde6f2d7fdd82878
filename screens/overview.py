"""What the page Releases shows, worked out once for each state of the data and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from releases.comparing import Two
from releases.correcting import Corrected, correct
from releases.pressure import Flipping, Warranted, flipping, warranted
from releases.reading import Mover, movers
from releases.slicing import Slice, slices
from releases.trend import Line, adjusted_by_release, line
from rubrics.answers import Answers
from store import Store
from store.frames import (
    Source,
    answers,
    identities,
    labels,
    metadata,
    places,
    scenario_names,
    sources,
    stamp,
)
from store.releases import releases

SIGNALS, JUDGES = "signals", "judges"
SAID = {
    SIGNALS: "Signals (rules: screens, weaker than a judge)",
    JUDGES: "Judges (the latest of each release)",
}


@dataclass(frozen=True, eq=False)
class Overview:
    """Every trait's lines over all releases, by trait; `whole` holds the answers of each instrument
    of a trait, the older first, `people` what people say to the same words, and who they are."""

    lines: dict[str, list[Line]]
    sources: dict[str, list[Source]]
    whole: dict[str, list[Answers]]
    people: dict[str, tuple[Answers | None, tuple[str, ...]]]


@dataclass(frozen=True)
class Read:
    """A scenario to read: its name, its values, and the ids of a transcript of each release."""

    scenario: str
    before: float
    after: float
    base: str
    candidate: str


def groups(store: Store) -> dict[str, dict[str, list[Source]]]:
    """Who can be looked through, and by which instruments each trait then goes: all judges as one
    where there are several, each rater singly, all signals as one (each answers one trait)."""
    everybody = sources(store)
    kinds = {kind: [one for one in everybody if one.kind == kind] for kind in ("judge", "signal")}
    judges = list(dict.fromkeys(one.instrument.rater for one in reversed(kinds["judge"])))
    found: dict[str, dict[str, list[Source]]] = {}
    if len(judges) > 1:
        found[JUDGES] = _by_trait(kinds["judge"])
    for name in judges:
        found[name] = _by_trait([one for one in everybody if one.instrument.rater == name])
    if kinds["signal"]:
        newest = {(s.instrument.trait, s.instrument.rater.partition("#")[0]): s.rater
                  for s in kinds["signal"]}  # fmt: skip
        found[SIGNALS] = _by_trait([s for s in kinds["signal"] if s.rater in newest.values()])
    for one in sorted(everybody, key=lambda s: s.rater):
        if one.kind not in ("judge", "signal") and one.instrument.rater not in found:
            rater = one.instrument.rater
            found[rater] = _by_trait([s for s in everybody if s.instrument.rater == rater])
    return found


def _by_trait(found: Sequence[Source]) -> dict[str, list[Source]]:
    by: dict[str, list[Source]] = {}
    for one in found:
        by.setdefault(one.instrument.trait, []).append(one)
    return by


def overview(store: Store, by: str, only: tuple[str, ...]) -> Overview:
    """The overview by one group, over all releases or only some."""
    return _overview(store, str(store.path), stamp(store), by, only)


@st.cache_resource(max_entries=6, show_spinner=False)
def _overview(_store: Store, path: str, state: str, by: str, only: tuple[str, ...]) -> Overview:
    chosen = groups(_store)[by]
    order = [(one.name, one.key) for one in releases(_store) if not only or one.name in only]
    at = places(_store, [name for name, _ in order])
    whole, people, lines = {}, {}, []
    for trait, there in chosen.items():
        whole[trait] = answers(_store, there, at)
        people[trait] = labels(_store, there[-1], at)
        lines += line(order, whole[trait], people[trait][0])
    made: dict[str, list[Line]] = {}
    for one in adjusted_by_release(lines):
        made.setdefault(one.trait, []).append(one)
    return Overview(made, chosen, whole, people)


@dataclass(frozen=True, eq=False)
class Detail:
    """One trait in one release against the release before, by this one's instrument.

    `base` is None for the first release. Slices and what to read go by `measure`, the one that
    changed most surely.
    """

    trait: str
    base: str | None
    candidate: str
    measure: str
    two: Two | None
    source: Source
    here: Answers
    who: tuple[str, ...]
    labels: int
    corrected: list[tuple[Corrected | None, Corrected]]


def detail(store: Store, found: Overview, trait: str, release: str) -> Detail | None:
    """What is said of one cell; None where there is none."""
    lines = found.lines.get(trait, [])
    points = {point.release: point for point in lines[0].points} if lines else {}
    if release not in points:
        return None
    numbers = {one.name: one.key for one in releases(store)}
    names = list(points)
    base = names[names.index(release) - 1] if names.index(release) else None
    told = points[release].instrument
    k = next(k for k, one in enumerate(found.whole[trait]) if one.instrument == told)
    whole = found.whole[trait][k]
    here = whole.of(numbers[release])
    two = None
    if base is not None:
        before = whole.of(numbers[base])
        two = Two(before, here) if before.has_value.any() else None
    people, who = found.people[trait]
    fixed = _corrected(two, here, people, [one.measure for one in lines])
    count = fixed[0][1].labels if fixed else 0
    measure = _most_changed(lines, release)
    return Detail(trait, base, release, measure, two, found.sources[trait][k], here, who, count,
                  fixed)  # fmt: skip


def _corrected(
    two: Two | None, here: Answers, people: Answers | None, names: Sequence[str]
) -> list[tuple[Corrected | None, Corrected]]:
    """(before, now) a measure, where people labelled two or more of it."""
    if people is None:
        return []
    made = [
        (correct(two.base, people, name) if two else None, correct(here, people, name))
        for name in names
    ]
    return [(a if a and a.labels > 1 else None, b) for a, b in made if b.labels > 1]


def _most_changed(lines: Sequence[Line], release: str) -> str:
    def surely(one: Line) -> float:
        point = next(point for point in one.points if point.release == release)
        p = point.change.p if point.change else None
        return 1.0 if p is None else p

    kept = [one for one in lines if one.measure != "mean_abs"] or list(lines)
    return min(kept, key=surely).measure


def sliced(store: Store, told: Detail, name: str) -> list[Slice]:
    """The change within each value of a metadata key."""
    if told.two is None:
        return []
    sides = [metadata(store, one.key, name) for one in told.two[:2]]
    return slices(told.two, told.measure, *sides)


def to_read(
    store: Store, told: Detail, within: tuple[str, str] | None
) -> tuple[list[Read], list[Read]]:
    """What moved most and what moved against it, in all or within one slice (key, value)."""
    two = told.two
    if two is None:
        return [], []
    if within:
        kept = [one.where(metadata(store, one.key, within[0]) == within[1]) for one in two[:2]]
        two = Two(kept[0], kept[1])
    found = movers(two, told.measure)
    everything = [*found[0], *found[1]]
    names = scenario_names(store, {one.scenario for one in everything})
    ids = identities(store, {key for one in everything for key in (one.base, one.candidate)})

    def made(one: Mover) -> Read:
        told = (one.before, one.after, ids[one.base], ids[one.candidate])
        return Read(names[one.scenario], *told)

    return [made(one) for one in found[0]], [made(one) for one in found[1]]


def pressed(store: Store, found: Overview, trait: str) -> dict[str, Any]:
    """Per release, pushback both ways (two-sided traits) and giving way over turns, where there
    are conversations to see it in."""
    both: dict[str, Warranted] = {}
    over: dict[str, Flipping] = {}
    numbers = {one.name: one.key for one in releases(store)}
    for point in found.lines[trait][0].points:
        whole = next(w for w in found.whole[trait] if w.instrument == point.instrument)
        here = whole.of(numbers[point.release])
        if here.instrument.two_sided:
            one = warranted(here, metadata(store, here.key, "warranted"))
            if one.warranted or one.unwarranted:
                both[point.release] = one
        flips = flipping(here)
        if flips.conversations:
            over[point.release] = flips
    return {"both": both, "over": over}
