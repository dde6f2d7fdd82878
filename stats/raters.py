"""Two raters on the same units: every number of agreement at once, bias, leniency, confusion.

Values are (n,), the two raters' in one order, for the units both rated; what only one of them rated
is the caller's to count. Raises ValueError on NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from stats import cells as of
from stats.agreement import ALL_SAME, TOO_FEW, scale_values, unit_clusters
from stats.bootstrap import Resampling, each_of_sums, of_sums
from stats.cells import Cells, Level, Weights
from stats.estimate import Estimate, Floats, Whole, finite, same_length
from stats.intervals import clustered_mean, clustered_rate

NO_ORDER = "not for a nominal scale: its values have no order"
ONE_FLAT = "a rater always gives the same value"

FLAT = (of.spearman, of.pearson)

AC2_WEIGHTS: dict[Level, Weights] = {
    "nominal": "identity",
    "ordinal": "ordinal",
    "interval": "quadratic",
    "ratio": "quadratic",
}
"""The weights of `ac2` in `agree`, by the level of the scale; identity makes it AC1."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """All that is said of two raters on `n` units: each with its interval over clusters.

    `bias` is the mean of second less first; `kappa_weighted` is quadratic.
    """

    n: int
    raw: Estimate
    alpha: Estimate
    kappa: Estimate
    kappa_weighted: Estimate
    ac2: Estimate
    spearman: Estimate
    pearson: Estimate
    bias: Estimate


def agree(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    level: Level = "ordinal",
    categories: npt.ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Agreement:
    """Raw agreement, alpha, kappa, AC2, correlations and bias of two raters, from one bootstrap.

    `level` is the scale's; `categories` its values, so that AC2 knows the unused ones too. What is
    undefined is None with its reason in the note; under two units everything is.
    """
    cells, n = _counted(first, second, categories, resampling)
    if n < 2:
        return Agreement(n, *[Estimate(None, n=n, note=TOO_FEW)] * 8)
    statistics = {
        name: (partial(statistic, cells), ONE_FLAT if statistic in FLAT else ALL_SAME)
        for name, statistic in _statistics(level).items()
    }
    found = each_of_sums(cells.counts, statistics, n=n, resampling=resampling)
    if resampling is not None and found["raw"].low is None:
        same = np.equal(first, second)  # all alike: a bootstrap shows no spread, a rate has one
        found["raw"] = clustered_rate(same, resampling.clusters, level=resampling.level)
    if level == "nominal":
        for name in ("kappa_weighted", "spearman", "pearson", "bias"):
            found[name] = Estimate(None, n=n, note=NO_ORDER)
    return Agreement(n, **found)


def cohen_kappa(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    weights: Weights = "identity",
    categories: npt.ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Cohen's kappa, plain (identity; 1960) or weighted (1968).

    `categories` matter for ordinal weights only: the range that linear and quadratic weights divide
    by cancels out.
    """
    cells, n = _counted(first, second, categories, resampling)
    if n < 2:
        return Estimate(None, n=n, note=TOO_FEW)
    kappa = partial(of.cohen, cells, weights=weights)
    return of_sums(cells.counts, kappa, n=n, resampling=resampling, undefined=ALL_SAME)


def confusion(
    first: npt.ArrayLike, second: npt.ArrayLike, *, categories: npt.ArrayLike | None = None
) -> tuple[Floats, Whole]:
    """(the values (K,), how often first gave the row's and second the column's value (K, K))."""
    cells, _ = _counted(first, second, categories, None)
    table = np.zeros((cells.values.size, cells.values.size), dtype=np.intp)
    table[cells.row, cells.column] = cells.counts.sum(0).astype(np.intp)
    return cells.values, table


def bias(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    clusters: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> Estimate:
    """The mean of second less first, its t interval over clusters, and p against none."""
    a, b = _both(first, second)
    return clustered_mean(b - a, clusters, level=level)


def leniency(
    ratings: npt.ArrayLike, clusters: npt.ArrayLike | None = None, *, level: float = 0.95
) -> list[Estimate]:
    """For each rater of (raters, units), NaN where there is no rating: how much higher they mark
    than the mean of the others on the units they share, with a t interval over clusters."""
    table = np.asarray(ratings, dtype=float)
    ids = np.arange(table.shape[1]) if clusters is None else np.asarray(clusters)
    there = ~np.isnan(table)
    total, many = np.where(there, table, 0.0).sum(0), there.sum(0)
    found = []
    for own, rated in zip(table, there, strict=True):
        shared = rated & (many > 1)
        others = (total[shared] - own[shared]) / (many[shared] - 1)
        found.append(clustered_mean(own[shared] - others, ids[shared], level=level))
    return found


def _statistics(level: Level) -> dict[str, Callable[[Cells, Floats], Floats]]:
    return {
        "raw": of.raw,
        "alpha": partial(of.alpha, level=level),
        "kappa": of.cohen,
        "kappa_weighted": partial(of.cohen, weights="quadratic"),
        "ac2": partial(of.gwet, weights=AC2_WEIGHTS[level]),
        "spearman": of.spearman,
        "pearson": of.pearson,
        "bias": of.bias,
    }


def _both(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Floats, Floats]:
    a, b = finite("first", first), finite("second", second)
    same_length(first=a, second=b)
    return a, b


def _counted(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    categories: npt.ArrayLike | None,
    resampling: Resampling | None,
) -> tuple[Cells, int]:
    a, b = _both(first, second)
    values = scale_values(np.concatenate([a, b]), categories)
    return of.count(a, b, unit_clusters(a.size, resampling), values=values), a.size
