"""Where one release stands in one measure: a number over transcripts, with its interval."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from releases.comparing import SHARES, bounds_of, coverage
from rubrics.answers import Answers
from stats.estimate import Estimate
from stats.intervals import clustered_mean, clustered_rate
from stats.samples import pair as join
from stats.samples import scenario_means


def level(answers: Answers, measure: str) -> Estimate:
    """The mean over transcripts that have a value, its interval clustered by scenario.

    Shares of transcripts with one rated turn are yes-or-no and have an interval within 0..1
    (`clustered_rate`); all else has t's, cut at the ends of the scale.
    """
    has = answers.has_value
    values, scenarios = answers.measure(measure)[has], answers.scenario[has]
    if measure in SHARES and bool(np.isin(values, (0.0, 1.0)).all()):
        return clustered_rate(values, scenarios)
    found = clustered_mean(values, scenarios)
    limits = bounds_of(measure, answers.instrument)
    if limits is not None and found.se == 0 and found.estimate is not None:
        return _flat(found, limits, np.unique(scenarios).size)
    if limits is None or found.low is None or found.high is None:
        return found
    return replace(found, low=max(limits[0], found.low), high=min(limits[1], found.high))


def _flat(found: Estimate, limits: tuple[float, float], scenarios: int) -> Estimate:
    """All alike: what remains if as many scenarios as so many allow lay at an end of the scale."""
    value, others = found.estimate or 0.0, 1 - 0.025 ** (1 / scenarios)
    low, high = (value + others * (end - value) for end in limits)
    return replace(found, low=low, high=high, note=f"all {scenarios} scenarios alike: a bound")


@dataclass(frozen=True, slots=True)
class Summary:
    """One release, or a slice of it, in all measures: n counts transcripts with a value. `under`,
    `over` and `mean_abs` are None for one-sided traits."""

    n: int
    not_applicable: int
    unscored: int
    coverage: float | None
    mean: Estimate
    under: Estimate | None
    over: Estimate | None
    mean_abs: Estimate | None


def summary(answers: Answers) -> Summary:
    """All that is said of one release's answers to one trait."""
    absent = np.isnan(answers.value) & np.isnan(answers.coverage)
    two = answers.instrument.two_sided
    sides = (level(answers, name) if two else None for name in ("under", "over", "mean_abs"))
    return Summary(
        int(answers.has_value.sum()), int(absent.sum()), int(answers.failed.sum()),
        coverage(answers), level(answers, "mean"), *sides,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matched:
    """Scenarios that come in pairs (the user right, the user wrong; told by either side): the
    second variant less the first, how far apart they are either way, and both added up; each over
    pairs of which both have a value. `first` and `second` name the variants, in the order of the
    alphabet within each pair."""

    pairs: int
    first: str
    second: str
    difference: Estimate
    absolute: Estimate
    total: Estimate


def matched(answers: Answers, pair: npt.ArrayLike, variant: npt.ArrayLike) -> Matched | None:
    """Pairs from each transcript's `pair` and `variant` (n,), '' for none; None without a pair of
    two variants. Samples are averaged within each variant of a pair."""
    of, which = np.asarray(pair, dtype=str), np.asarray(variant, dtype=str)
    kept = answers.has_value & (of != "") & (which != "")
    names: dict[str, list[str]] = {}
    for one in np.unique(np.column_stack([of[kept], which[kept]]), axis=0).tolist():
        names.setdefault(one[0], []).append(one[1])
    two = {name: variants for name, variants in names.items() if len(variants) == 2}
    if not two:
        return None
    sides = []
    for side in (0, 1):
        own = kept & np.array(
            [p in two and two[p][side] == v for p, v in zip(of, which, strict=True)]
        )
        sides.append(scenario_means(answers.value[own], of[own]))
    both = join(*sides)
    apart = both.after - both.before
    return Matched(
        int(apart.size), _common(two, 0), _common(two, 1), clustered_mean(apart),
        clustered_mean(np.abs(apart)), clustered_mean(both.after + both.before),
    )  # fmt: skip


def _common(names: dict[str, list[str]], side: int) -> str:
    """What the variants on one side are called, at most three names."""
    found = sorted({variants[side] for variants in names.values()})
    return " / ".join(found[:3]) + (" ..." if len(found) > 3 else "")
