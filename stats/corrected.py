"""A judge's numbers corrected by people's labels: cheap ratings of many, dear ones of a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stats.bootstrap import ONE_CLUSTER
from stats.estimate import Estimate, Floats, cluster_codes, finite, same_length, z_quantile

FEW_POSITIVES = 30
USELESS = 1.2
"""Least sensitivity + specificity; at 1 a judge knows nothing, near it the correction raves."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Ratings of one release: people's and the judge's of what people labelled (n,), in one
    order, and the judge's of the rest (N,). Raises ValueError on NaN or unequal length."""

    people: npt.ArrayLike
    judge: npt.ArrayLike
    judge_only: npt.ArrayLike

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """The three as floats, checked."""
        people, judge = finite("people", self.people), finite("judge", self.judge)
        same_length(people=people, judge=judge)
        return people, judge, finite("judge_only", self.judge_only)


class Corrected(NamedTuple):
    """A corrected mean, and how far the judge was trusted: 0 not at all, 1 wholly."""

    mean: Estimate
    tuning: float


def ppi_mean(
    judged: Judged,
    *,
    tuning: float | None = None,
    clusters: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    level: float = 0.95,
) -> Corrected:
    """The mean people would have given, by PPI++ (Angelopoulos, Duchi and Zrnic 2023).

    tuning x mean(judge_only) + mean(people - tuning x judge): unbiased for any judge as long as the
    labelled were drawn at random. `tuning` None: the one of least variance, within 0..1; 0 is
    people only. `clusters` are the scenarios of the labelled and of the rest. Too narrow for rare
    events: the note says so under 30 labelled positives; draw labels by stratum then.
    """
    people, judge, rest = judged.arrays()
    n = people.size
    if n < 2:
        return Corrected(Estimate(None, n=n, note="less than two labels"), 0.0)
    trust = _best_tuning(_moments(people, judge, rest), n, rest.size) if tuning is None else tuning
    if not 0 <= trust <= 1:
        raise ValueError(f"the tuning lies within 0..1, not {trust}")
    if not rest.size:
        trust = 0.0
    rectified = people - trust * judge
    mean = float(rectified.mean() + (trust * rest.mean() if rest.size else 0.0))
    se = _ppi_se(rectified, trust * rest, clusters)
    if se is None:
        return Corrected(Estimate(mean, n=n, note=ONE_CLUSTER), trust)
    if se <= 1e-12 * max(1.0, float(np.abs(people).max())):
        told = "nothing varies: the error cannot be estimated"
        return Corrected(Estimate(mean, se=0.0, n=n, note=told), trust)
    half = z_quantile(level) * se
    return Corrected(Estimate(mean, mean - half, mean + half, se, n=n, note=_rare(people)), trust)


def labels_needed(judged: Judged, *, shrink: float = 0.5) -> int | None:
    """How many labels in all would shrink the tuned PPI++ interval to `shrink` of its width.

    New labels are taken from what only the judge rated; spread and correlation are assumed to stay.
    None where labelling everything would not do. Raises ValueError unless 0 < shrink < 1.
    """
    if not 0 < shrink < 1:
        raise ValueError(f"shrink lies between 0 and 1, not {shrink}")
    people, judge, rest = judged.arrays()
    if people.size < 2:
        return None
    moments, everything = _moments(people, judge, rest), people.size + rest.size

    def variance(n: int) -> float:
        trust = _best_tuning(moments, n, everything - n)
        of_rest = trust**2 * moments.judge / (everything - n) if trust else 0.0
        tied = moments.people - 2 * trust * moments.together + trust**2 * moments.judge
        return of_rest + tied / n

    wanted = shrink**2 * variance(people.size)
    low, high = people.size, everything
    if wanted <= 0 or variance(everything) > wanted:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if variance(middle) <= wanted else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a judge made of units whose truth people settled, of two kinds: `positives` units that
    have it, of which the judge found the share `sensitivity`; `negatives` that have not, of which
    it rightly let pass the share `specificity`."""

    sensitivity: float
    positives: int
    specificity: float
    negatives: int


def rogan_gladen(rate: float, n: int, known: Calibration, *, level: float = 0.95) -> Estimate:
    """The true rate behind a judged `rate` of n units: (rate + sp - 1) / (se + sp - 1).

    Rogan and Gladen 1978; the interval, which knows that the calibration too is a sample, after Lee
    et al. (arXiv 2511.21140). For a judge calibrated elsewhere whose errors are taken to be the
    same here; with labels from this very release prefer `ppi_mean`. Refused (None) where
    sensitivity + specificity is under 1.2. Raises ValueError on a share outside 0..1 or n of 0.
    """
    if not all(0 <= one <= 1 for one in (rate, known.sensitivity, known.specificity)):
        raise ValueError("rate, sensitivity and specificity lie within 0..1")
    if min(n, known.positives, known.negatives) < 1:
        raise ValueError("each of the three counts must be at least 1")
    if known.sensitivity + known.specificity < USELESS:
        told = f"sensitivity and specificity add up to less than {USELESS}: the judge knows"
        return Estimate(None, n=n, note=f"{told} too little to be corrected")
    z2 = z_quantile(level) ** 2
    p, size = (n * rate + z2 / 2) / (n + z2), n + z2
    q0, m0 = (known.negatives * known.specificity + 1) / (known.negatives + 2), known.negatives + 2
    q1, m1 = (known.positives * known.sensitivity + 1) / (known.positives + 2), known.positives + 2
    gain = q0 + q1 - 1
    true = (p + q0 - 1) / gain
    v0, v1 = q0 * (1 - q0) / m0, q1 * (1 - q1) / m1
    centre = true + 2 * z2 * (true * v1 - (1 - true) * v0)
    se = np.sqrt(p * (1 - p) / size + (1 - true) ** 2 * v0 + true**2 * v1) / gain
    half = z_quantile(level) * se
    point = (rate + known.specificity - 1) / (known.sensitivity + known.specificity - 1)
    point, low, high = (float(np.clip(x, 0, 1)) for x in (point, centre - half, centre + half))
    return Estimate(point, low, high, float(se), n=n)


class _Moments(NamedTuple):
    people: float
    judge: float
    together: float


def _moments(people: Floats, judge: Floats, rest: Floats) -> _Moments:
    together = float(((people - people.mean()) * (judge - judge.mean())).mean())
    spread = float(np.concatenate([judge, rest]).var(ddof=1))
    return _Moments(float(people.var()), spread, together)


def _best_tuning(moments: _Moments, n: int, rest: int) -> float:
    if rest == 0 or moments.judge <= 0:
        return 0.0
    return float(np.clip(moments.together / ((1 + n / rest) * moments.judge), 0, 1))


def _ppi_se(
    rectified: Floats,
    imputed: Floats,
    clusters: tuple[npt.ArrayLike, npt.ArrayLike] | None,
) -> float | None:
    """Error of mean(rectified) + mean(imputed); a scenario may hold some of both. None from one."""
    parts = [(one - one.mean()) / one.size for one in (rectified, imputed) if one.size]
    pull = np.concatenate(parts)
    if clusters is None:
        return float(np.sqrt(pull @ pull))
    ids = np.concatenate([np.asarray(one) for one in clusters])
    codes, count = cluster_codes(ids, pull.size)
    if count < 2:
        return None
    sums = np.bincount(codes, pull, count)
    return float(np.sqrt(sums @ sums * count / (count - 1)))


def _rare(people: Floats) -> str:
    if not np.isin(people, (0, 1)).all() or people.sum() >= FEW_POSITIVES:
        return ""
    told = f"{int(people.sum())} labelled positives: the interval is likely too narrow"
    return f"{told}; draw labels by stratum, or take people alone (Wilson)"
