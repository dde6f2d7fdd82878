"""A judge's numbers corrected by people's labels, beside the raw ones, both with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from releases.comparing import SHARES, bounds_of
from releases.levels import level
from rubrics.answers import Answers, Floats
from stats.corrected import (
    FEW_POSITIVES,
    Calibration,
    Judged,
    labels_needed,
    ppi_mean,
    rogan_gladen,
)
from stats.estimate import Estimate, z_quantile
from stats.intervals import clustered_mean
from stats.strata import combined, stratified_rate

FEW_OF_STRATUM = 5
UNEVEN = 3.0
"""Standard errors by which the shares labelled may differ before labels count as drawn by what the
judge said."""

Method = Literal["auto", "rogan-gladen"]


@dataclass(frozen=True, slots=True)
class Corrected:
    """One measure of one release: by the judge alone, by people alone (on what they labelled), and
    corrected. `method` says how; `halved` is how many labels in all would halve the corrected
    interval, None where all there are would not do."""

    measure: str
    labels: int
    judged: int
    raw: Estimate
    people: Estimate
    corrected: Estimate
    method: str
    halved: int | None = None


class _Split(NamedTuple):
    people: Floats
    judge: Floats
    rest: Floats
    scenarios: tuple[np.ndarray, np.ndarray]


def correct(
    judged: Answers, labels: Answers | None, measure: str, *, method: Method = "auto",
    everywhere: tuple[Answers, Answers] | None = None,
) -> Corrected:  # fmt: skip
    """The measure that people would have given one release, from a judge and some labels.

    Means by PPI++; where labels were drawn by what the judge said, or for shares with under 30
    labelled positives, each stratum (the judge says yes, says no) by its weight. `rogan-gladen`
    takes shares only, and the judge's errors from `everywhere`: (judged, labels) of all releases.
    """
    raw = level(judged, measure)
    split = _split(judged, labels, measure)
    people = clustered_mean(split.people, split.scenarios[0])
    n, total = split.people.size, split.people.size + split.rest.size
    if n < 2:
        none = Estimate(None, n=n, note="fewer than two labels: nothing to correct by")
        return Corrected(measure, n, total, raw, people, none, "none")
    if method == "rogan-gladen":
        found = _rogan_gladen(measure, raw, everywhere)
        return Corrected(measure, n, total, raw, people, found, "Rogan-Gladen")
    limits = bounds_of(measure, judged.instrument)
    low = limits[0] if limits else 0.0
    strata = _strata(split, low, measure)
    if strata is not None:
        halved = 4 * n if 4 * n <= total else None
        return Corrected(measure, n, total, raw, people, strata, "by stratum", halved)
    told = Judged(split.people, split.judge, split.rest)
    ppi = ppi_mean(told, clusters=split.scenarios)
    needed = labels_needed(told)
    return Corrected(measure, n, total, raw, people, ppi.mean, "PPI++", needed)


def difference(base: Corrected, candidate: Corrected) -> Estimate:
    """Candidate less base, both corrected; their errors are added as if independent, which is
    wider than pairing would be."""
    one, two = base.corrected, candidate.corrected
    if one.estimate is None or two.estimate is None:
        return Estimate(None, note="one of the two could not be corrected")
    change = two.estimate - one.estimate
    if one.se is None or two.se is None:
        return Estimate(change, note="one of the two has no error: no interval")
    se = math.hypot(one.se, two.se)
    half = z_quantile(0.95) * se
    return Estimate(change, change - half, change + half, se, n=one.n + two.n)


def _split(judged: Answers, labels: Answers | None, measure: str) -> _Split:
    has = judged.has_value
    key, values, scenarios = judged.key[has], judged.measure(measure)[has], judged.scenario[has]
    none = np.empty(0)
    if labels is None or not labels.has_value.any():
        return _Split(none, none, values, (none, scenarios))
    own = labels.has_value
    here, there = np.intersect1d(key, labels.key[own], assume_unique=True, return_indices=True)[1:]
    rest = np.setdiff1d(np.arange(key.size), here, assume_unique=True)
    return _Split(
        labels.measure(measure)[own][there], values[here], values[rest],
        (scenarios[here], scenarios[rest]),
    )  # fmt: skip


def _strata(split: _Split, low: float, measure: str) -> Estimate | None:
    """By what the judge said, where labels were drawn so or positives are few; else None."""
    yes, rest_yes = split.judge > low, split.rest > low
    totals = [int((part == flag).sum()) for flag in (True, False) for part in (yes, rest_yes)]
    labelled, total = (totals[0], totals[2]), (sum(totals[:2]), sum(totals[2:]))
    if min(labelled) < FEW_OF_STRATUM:
        return None
    positives = float((split.people > low).sum())
    few = measure in SHARES and positives < FEW_POSITIVES
    if not few and not _uneven(labelled, total):
        return None
    shares = [one / sum(total) for one in total]
    judged = sum(total)
    groups = [split.people[yes], split.people[~yes]]
    if measure in SHARES:
        counts = [float(group.sum()) for group in groups]
        return stratified_rate(counts, list(labelled), shares, judged=judged)
    return combined([clustered_mean(group) for group in groups], shares, judged=judged)


def _uneven(labelled: tuple[int, int], total: tuple[int, int]) -> bool:
    """Whether more of one stratum was labelled than of the other, beyond chance."""
    rate = sum(labelled) / sum(total)
    error = math.sqrt(rate * (1 - rate) * (1 / total[0] + 1 / total[1]))
    apart = abs(labelled[0] / total[0] - labelled[1] / total[1])
    return error > 0 and apart > UNEVEN * error


def _rogan_gladen(
    measure: str, raw: Estimate, everywhere: tuple[Answers, Answers] | None
) -> Estimate:
    if measure not in SHARES or everywhere is None:
        return Estimate(None, note="Rogan-Gladen corrects shares, by labels")
    split = _split(*everywhere, measure)
    truth, said = split.people >= 0.5, split.judge >= 0.5
    if not truth.any() or truth.all() or raw.estimate is None:
        return Estimate(None, note="the labels hold no case of one kind: no sensitivity")
    known = Calibration(
        float(said[truth].mean()), int(truth.sum()), float((~said[~truth]).mean()),
        int((~truth).sum()),
    )  # fmt: skip
    return rogan_gladen(raw.estimate, raw.n, known)
