"""A rate or a mean, and how far it may be off. Clusters are scenarios."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from stats.bootstrap import ONE_CLUSTER
from stats.estimate import (
    Estimate,
    Floats,
    cluster_codes,
    finite,
    is_nothing,
    t_quantile,
    t_test_p,
    z_quantile,
)

ALL_EQUAL = "nothing varies between clusters: the error cannot be estimated"


def wilson(successes: float, n: float, *, level: float = 0.95) -> Estimate:
    """A rate of independent trials with Wilson's score interval (1927), within 0..1.

    For small n and for rates near 0 and 1, where rate +- 1.96 se fails. Raises ValueError where
    successes are not within 0..n.
    """
    _check_counts(successes, n)
    if n == 0:
        return Estimate(None, note="nothing was counted")
    rate, z2 = float(successes / n), z_quantile(level) ** 2
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (rate * (1 - rate) + z2 / (4 * n)) / n) / (1 + z2 / n)
    low = 0.0 if successes == 0 else float(centre - half)
    high = 1.0 if successes == n else float(centre + half)
    return Estimate(rate, low, high, n=int(n))


def clopper_pearson(successes: int, n: int, *, level: float = 0.95) -> Estimate:
    """A rate with the exact interval (Clopper and Pearson 1934): never under its level, so wide."""
    _check_counts(successes, n)
    if n == 0:
        return Estimate(None, note="nothing was counted")
    tail = (1 - level) / 2
    k, rest = successes, n - successes
    low = float(betaincinv(k, rest + 1, tail)) if k else 0.0
    high = float(betaincinv(k + 1, rest, 1 - tail)) if rest else 1.0
    return Estimate(k / n, low, high, n=n)


def zero_events(n: int, *, level: float = 0.95) -> Estimate:
    """The highest rate that n trials without an event leave possible: one-sided, exact, 1-a^(1/n).

    About 3/n at 95 % (Hanley and Lippman-Hand 1983).
    """
    _check_counts(0, n)
    if n == 0:
        return Estimate(None, note="nothing was counted")
    return Estimate(0.0, 0.0, float(1 - (1 - level) ** (1 / n)), n=n, note="one-sided upper limit")


def clustered_se(
    values: npt.ArrayLike, clusters: npt.ArrayLike | None = None, *, corrected: bool = True
) -> float | None:
    """Standard error of the mean of values (n,) that come in clusters.

    sqrt(sum over clusters of (sum of deviations)^2) / n (Liang and Zeger 1986; Miller 2024,
    arXiv 2411.00640), corrected for C clusters by sqrt(C / (C - 1)). Each its own cluster and
    corrected: the usual sd / sqrt(n). None for less than two clusters.
    """
    array = finite("values", values)
    codes, count = cluster_codes(clusters, array.size)
    if count < 2:
        return None
    sums = np.bincount(codes, array - array.mean(), count)
    raw = float(np.sqrt((sums**2).sum())) / array.size
    return raw * float(np.sqrt(count / (count - 1))) if corrected else raw


def clustered_mean(
    values: npt.ArrayLike,
    clusters: npt.ArrayLike | None = None,
    *,
    corrected: bool = True,
    level: float = 0.95,
) -> Estimate:
    """The mean of values (n,), its t interval on C - 1 degrees of freedom, and p against 0.

    Every value weighs the same; average samples within scenarios first where scenarios should.
    No interval and no p from one cluster, or where nothing varies between clusters.
    """
    array = finite("values", values)
    count = cluster_codes(clusters, array.size)[1]
    if count == 0:
        return Estimate(None, note="no value")
    mean = float(array.mean())
    se = clustered_se(array, clusters, corrected=corrected)
    if se is None:
        return Estimate(mean, n=array.size, note=ONE_CLUSTER)
    if is_nothing(se, array):
        return Estimate(mean, se=0.0, df=count - 1, n=array.size, note=ALL_EQUAL)
    half = t_quantile(level, count - 1) * se
    p = t_test_p(mean, se, count - 1)
    return Estimate(mean, mean - half, mean + half, se, p, count - 1, array.size)


def mean_t(values: npt.ArrayLike, *, level: float = 0.95) -> Estimate:
    """The mean of independent values (n,) with Student's t interval, and p against 0."""
    return clustered_mean(values, level=level)


def clustered_rate(
    events: npt.ArrayLike, clusters: npt.ArrayLike | None = None, *, level: float = 0.95
) -> Estimate:
    """The share of 1 among 0/1 events (n,) that come in clusters: an interval within 0..1.

    Wilson's interval with the number of independent trials that would have this clustered error
    (Korn and Graubard 1998; Dean and Pagano 2015). Where all are 0 or all are 1 no error can be
    estimated: then every cluster counts as one trial. Raises ValueError on any other value.
    """
    array = finite("events", events)
    if not np.isin(array, (0, 1)).all():
        raise ValueError("events holds other values than 0 and 1")
    count = cluster_codes(clusters, array.size)[1]
    if count == 0:
        return Estimate(None, note="no value")
    rate = float(array.mean())
    if count == 1:
        return Estimate(rate, n=array.size, note=ONE_CLUSTER)
    if rate in (0.0, 1.0):
        alike = wilson(rate * count, count, level=level)
        told = f"all alike: {count} clusters counted as {count} trials"
        return Estimate(rate, alike.low, alike.high, 0.0, n=array.size, note=told)
    se = clustered_se(array, clusters) or 0.0
    trials = _effective_trials(array, se, count, level)
    around = wilson(rate * trials, trials, level=level)
    return Estimate(rate, around.low, around.high, se, df=count - 1, n=array.size)


def _effective_trials(events: Floats, se: float, clusters: int, level: float) -> float:
    """Independent trials worth as much as these clustered ones; at most as many as there are."""
    rate, n = float(events.mean()), events.size
    if is_nothing(se, events):
        return float(n)
    narrower = t_quantile(level, n - 1) / t_quantile(level, clusters - 1)
    as_if_independent = rate * (1 - rate) / (n - 1)
    return min(float(n), n * as_if_independent / se**2 * narrower**2)


def _check_counts(successes: float, n: float) -> None:
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} trials: they must lie within 0..n")
