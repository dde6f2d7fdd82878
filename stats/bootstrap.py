"""Clusters drawn again with replacement (Efron and Tibshirani 1993, percentile intervals).

What is bootstrapped here is always a function of sums over units: the clusters' sums are a table of
clusters x sums, a resample is a row of weights, and all resamples are one product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stats.estimate import Estimate, Floats, Whole, cluster_codes, finite

Statistic = Callable[[Floats], Floats]
"""From sums (..., m) to a number (...): of the data, or of all resamples at once."""

ONE_CLUSTER = "one cluster: no interval"

CHUNK = 1_000_000
"""Draws held in memory at once (8 MB)."""


@dataclass(frozen=True, slots=True, eq=False)
class Resampling:
    """How to bootstrap: ids of the clusters (None: each unit its own), how often, seed, level."""

    clusters: npt.ArrayLike | None = None
    resamples: int = 2000
    seed: int = 0
    level: float = 0.95


def weights(clusters: int, *, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each cluster was drawn: chunks of (some resamples, clusters), each row adding up
    to the number of clusters. The same seed draws the same."""
    rng = np.random.default_rng(seed)
    rows = max(1, CHUNK // max(1, clusters))
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        drawn = rng.integers(0, clusters, size=(size, clusters))
        yield np.stack([np.bincount(row, minlength=clusters) for row in drawn]).astype(float)


def cluster_sums(values: Floats, codes: Whole, clusters: int) -> Floats:
    """(units, m) values summed to (clusters, m)."""
    columns = [np.bincount(codes, column, clusters) for column in values.T]
    return np.stack(columns, axis=1) if columns else np.zeros((clusters, 0))


def resampled(sums: Floats, *, resamples: int, seed: int) -> Floats:
    """(clusters, m) sums as each resample would have had them: (resamples, m)."""
    drawn = weights(sums.shape[0], resamples=resamples, seed=seed)
    return np.concatenate([chunk @ sums for chunk in drawn])


def with_percentiles(point: Estimate, draws: Floats, *, level: float = 0.95) -> Estimate:
    """`point` with the interval its resampled values (resamples,) span, NaN being undefined.

    The note says how many resamples were undefined; where more than half were, or where all are
    the same, there is no interval.
    """
    good = draws[np.isfinite(draws)]
    notes = [point.note] if point.note else []
    if lost := draws.size - good.size:
        notes.append(f"undefined in {lost} of {draws.size} resamples")
    low = high = se = None
    if good.size > draws.size / 2:
        tail = (1 - level) / 2
        low, high = (float(one) for one in np.quantile(good, [tail, 1 - tail]))
        se = float(good.std(ddof=1))
        if se <= 1e-12 * max(1.0, float(np.abs(good).max())):
            low = high = None
            notes.append("every resample gives the same: no interval")
    return replace(point, low=low, high=high, se=se, note="; ".join(notes))


def of_sums(
    sums: Floats,
    statistic: Statistic,
    *,
    n: int,
    resampling: Resampling | None = None,
    undefined: str = "undefined",
) -> Estimate:
    """A statistic of sums, with its interval over clusters where `resampling` asks for one.

    `sums` is (clusters, m); `statistic` takes (..., m) and gives (...), NaN where it is undefined:
    then the estimate is None with the note `undefined`.
    """
    found = each_of_sums(sums, {"it": (statistic, undefined)}, n=n, resampling=resampling)
    return found["it"]


def each_of_sums(
    sums: Floats,
    statistics: Mapping[str, tuple[Statistic, str]],
    *,
    n: int,
    resampling: Resampling | None = None,
) -> dict[str, Estimate]:
    """`of_sums` for several (statistic, note where undefined) from the same draws, by name."""
    total, clusters = sums.sum(0), len(sums)
    draws = None
    if resampling is not None and clusters > 1:
        draws = resampled(sums, resamples=resampling.resamples, seed=resampling.seed)
    found = {}
    for name, (statistic, undefined) in statistics.items():
        value = float(statistic(total))
        point = Estimate(value, n=n)
        if not np.isfinite(value):
            point = Estimate(None, n=n, note=undefined)
        elif draws is not None and resampling is not None:
            point = with_percentiles(point, statistic(draws), level=resampling.level)
        elif resampling is not None:
            point = replace(point, note=ONE_CLUSTER)
        found[name] = point
    return found


def bootstrap_means(
    table: npt.ArrayLike,
    resampling: Resampling | None = None,
) -> list[Estimate]:
    """The mean of each column of (units, columns), with percentile intervals over clusters.

    All columns (traits, say) share the same draws, so many cost little more than one. A NaN is a
    value that is not there: the mean is over what is. Raises ValueError on infinity.
    """
    told = resampling or Resampling()
    values = np.asarray(table, dtype=float)
    if values.ndim != 2 or np.isinf(values).any():
        raise ValueError("the table must be two-dimensional and hold no infinity")
    codes, count = cluster_codes(told.clusters, values.shape[0])
    there = ~np.isnan(values)
    sums = cluster_sums(np.hstack([np.where(there, values, 0.0), there]), codes, count)
    columns = values.shape[1]
    draws = resampled(sums, resamples=told.resamples, seed=told.seed) if count > 1 else sums
    with np.errstate(invalid="ignore", divide="ignore"):
        means = draws[:, :columns] / draws[:, columns:]
    return [_column(values[there[:, k], k], means[:, k], count, told.level) for k in range(columns)]


def bootstrap_mean(values: npt.ArrayLike, resampling: Resampling | None = None) -> Estimate:
    """The mean of values (n,) with a percentile interval over clusters. Raises on NaN."""
    return bootstrap_means(finite("values", values)[:, None], resampling)[0]


def _column(values: Floats, draws: Floats, clusters: int, level: float) -> Estimate:
    if not values.size:
        return Estimate(None, note="no value")
    point = Estimate(float(values.mean()), n=values.size)
    if clusters < 2:
        return replace(point, note=ONE_CLUSTER)
    return with_percentiles(point, draws, level=level)
