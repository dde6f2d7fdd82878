"""Two releases on the scenarios both answered: per trait the difference, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from rubrics.answers import Answers, Floats, Instrument
from stats.multiplicity import benjamini_hochberg
from stats.paired import PairedDifference, paired_difference
from stats.power import scenarios_needed, smallest_detectable
from stats.rare import rare_difference
from stats.samples import Pairs, pair, scenario_means

EXPLORATORY = 20
"""Under so many scenarios a comparison is called exploratory."""

SHARES = ("under", "over")
POINTS_OF_SHARE, PART_OF_SPAN = 0.05, 0.075
"""The change that is worth finding where nobody says: 5 points of a share, .3 on a scale 0..4."""


class Two(NamedTuple):
    """One instrument's answers to one trait in two releases; `note` says why they may not be
    compared, where the store knows."""

    base: Answers
    candidate: Answers
    note: str = ""

    @property
    def instrument(self) -> Instrument:
        """What measured both."""
        return self.candidate.instrument


@dataclass(frozen=True, slots=True)
class Change:
    """Candidate less base in one measure of one trait, over the scenarios both have.

    `dropped` counts scenarios that only one of them has a value for. `worst_low` and `worst_high`
    say what the difference could be had the unscored been at the ends of the scale; None where
    nothing is unscored or the scale is not known. `needed` is how many scenarios would show a
    change of `needed_for`. What cannot be known is None, and `note` says why.
    """

    trait: str
    measure: str
    rater: str
    rubric: str
    scenarios: int = 0
    dropped: int = 0
    dropped_base: int = 0
    dropped_candidate: int = 0
    base: float | None = None
    candidate: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    smallest_detectable: float | None = None
    needed: int | None = None
    needed_for: float | None = None
    coverage_base: float | None = None
    coverage_candidate: float | None = None
    worst_low: float | None = None
    worst_high: float | None = None
    exploratory: bool = False
    note: str = ""

    @property
    def shown(self) -> bool:
        """Whether the change is beyond chance, after adjusting for many traits."""
        return self.p_adjusted is not None and self.p_adjusted < 0.05

    @property
    def is_share(self) -> bool:
        """Whether the measure is a share of turns, to be told in points of a hundred."""
        return self.measure in SHARES


def measures(instrument: Instrument) -> tuple[str, ...]:
    """What is compared: never the mean of a two-sided trait, where errors cancel."""
    return ("under", "over", "mean_abs") if instrument.two_sided else ("mean",)


def compare(traits: Sequence[Two], *, level: float = 0.95) -> list[Change]:
    """Every measure of every trait, p adjusted over all of them (Benjamini and Hochberg)."""
    return adjusted(
        [change(two, one, level=level) for two in traits for one in measures(two.instrument)]
    )


def adjusted(found: Sequence[Change]) -> list[Change]:
    """The changes with p adjusted over these alone: the family."""
    family = benjamini_hochberg([one.p for one in found])
    return [replace(one, p_adjusted=p) for one, p in zip(found, family, strict=True)]


def change(two: Two, measure: str, *, level: float = 0.95, bounds: bool = True) -> Change:
    """One measure: samples averaged within scenario, then paired by scenario, t on scenarios less
    one; exact where values are yes-or-no and few changed, or where nothing varies. Worst-case
    bounds, which cost as much again, can be left for later (`bounded`)."""
    shared = paired(two, measure)
    made = _difference(shared, two.instrument, measure, level)
    told = two.instrument
    found = Change(
        told.trait, measure, told.rater, told.rubric, made.n,
        shared.only_before + shared.only_after, shared.only_before, shared.only_after,
        made.before, made.after, made.estimate, made.low, made.high, made.se, made.p,
        coverage_base=coverage(two.base), coverage_candidate=coverage(two.candidate),
        exploratory=0 < made.n < EXPLORATORY, note=_why(two, made),
    )  # fmt: skip
    return _with_power(bounded(found, two) if bounds else found, told)


def bounded(found: Change, two: Two) -> Change:
    """The change with its worst-case bounds."""
    low, high = _worst(two, found.measure)
    return replace(found, worst_low=low, worst_high=high)


def paired(two: Two, measure: str) -> Pairs:
    """One value a scenario in each release, and the scenarios both have."""
    sides = []
    for one in two[:2]:
        values, has = one.measure(measure), one.has_value
        sides.append(scenario_means(values[has], one.scenario[has]))
    return pair(*sides)


def coverage(answers: Answers) -> float | None:
    """The mean share of attempts that succeeded, over transcripts that gave an opportunity."""
    known = answers.coverage[~np.isnan(answers.coverage)]
    return float(known.mean()) if known.size else None


def bounds_of(measure: str, instrument: Instrument) -> tuple[float, float] | None:
    """The least and the greatest a measure can be; None where the scale is not known."""
    if measure in SHARES:
        return 0.0, 1.0
    if instrument.low is None or instrument.high is None:
        return None
    if measure == "mean_abs":
        return 0.0, max(abs(instrument.low), abs(instrument.high))
    return instrument.low, instrument.high


def _difference(
    shared: Pairs, instrument: Instrument, measure: str, level: float
) -> PairedDifference:
    limits = bounds_of(measure, instrument)
    span = limits[1] - limits[0] if limits else None
    exact = rare_difference(shared.before, shared.after, span=span, level=level)
    if exact is not None:
        return exact
    made = paired_difference(shared.before, shared.after, level=level)
    if span is None or made.low is None or made.high is None:
        return made
    return replace(made, low=max(-span, made.low), high=min(span, made.high))


def _why(two: Two, made: PairedDifference) -> str:
    if made.n == 1:
        return "one scenario in both: its samples are alike, so no interval and no test"
    if made.n or two.note:
        return made.note if made.n else two.note
    for one, which in ((two.base, "base"), (two.candidate, "candidate")):
        if len(one) and not one.has_value.any():
            failed = "every rating is unscored" if one.failed.any() else "nothing was applicable"
            return f"{failed} in the {which}: nothing to compare"
        if not len(one):
            return f"the {which} has no rating by {two.instrument.rater}: nothing to compare"
    return "no scenario that both have a value for: nothing to compare"


def _worst(two: Two, measure: str) -> tuple[float | None, float | None]:
    limits = bounds_of(measure, two.instrument)
    if limits is None or all((one.coverage[~np.isnan(one.coverage)] == 1).all() for one in two[:2]):
        return None, None
    ends = [_bounds(one, measure, limits) for one in two[:2]]
    least = pair(ends[0][1], ends[1][0])
    most = pair(ends[0][0], ends[1][1])
    if not least.before.size:
        return None, None
    return (
        float((least.after - least.before).mean()), float((most.after - most.before).mean()),
    )  # fmt: skip


def _bounds(one: Answers, measure: str, limits: tuple[float, float]):  # type: ignore[no-untyped-def]
    """Scenario means with what is unscored at the one end, and at the other."""
    asked = ~np.isnan(one.coverage)
    part, value = one.coverage[asked], np.nan_to_num(one.measure(measure)[asked])
    return tuple(
        scenario_means(part * value + (1 - part) * end, one.scenario[asked]) for end in limits
    )


def _with_power(found: Change, instrument: Instrument) -> Change:
    if not found.se or found.scenarios < 2:
        return found
    variance = found.scenarios * found.se**2
    effect = worth_finding(found.measure, instrument)
    needed = None if effect is None else int(np.ceil(scenarios_needed(effect, variance)))
    least = smallest_detectable(found.scenarios, variance)
    return replace(found, smallest_detectable=least, needed=needed, needed_for=effect)


def worth_finding(measure: str, instrument: Instrument) -> float | None:
    """The change worth finding where nobody says, in the measure's own unit."""
    if measure in SHARES:
        return POINTS_OF_SHARE
    return None if instrument.span is None else PART_OF_SPAN * instrument.span


def differences(shared: Pairs) -> Floats:
    """Candidate less base, a scenario."""
    return shared.after - shared.before
