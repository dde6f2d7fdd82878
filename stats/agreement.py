"""How far any number of raters agree: Krippendorff, Gwet, Fleiss, raw. For two, see `raters`.

Show alpha, raw agreement and AC2 together: where nearly all ratings are the same, kappa and alpha
fall to 0 however well people agree (Feinstein and Cicchetti 1990), and raw agreement flatters.
Ratings are (raters, units) with NaN where a rater did not rate a unit; n counts the units with two
ratings or more. Where a statistic is undefined its estimate is None and the note says why.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from stats import cells as of
from stats.bootstrap import Resampling, Statistic, cluster_sums, of_sums
from stats.cells import Cells, Level, Weights
from stats.estimate import Estimate, Floats, Whole, cluster_codes

TOO_FEW = "less than two units with two ratings"
ALL_SAME = "every rating is the same: there is no agreement by chance to compare with"


def krippendorff_alpha(
    ratings: npt.ArrayLike, *, level: Level = "ordinal", resampling: Resampling | None = None
) -> Estimate:
    """Krippendorff's alpha of (raters, units): 1 perfect, 0 as by chance, under 0 worse (2019).

    Units with one rating count for nothing. `level` is that of the scale: nominal, ordinal,
    interval, ratio. Raises ValueError on another level, or a ratio scale with values under 0.
    """
    table = _table(ratings)
    cells, n = _cells(table, resampling), _rated_twice(table)
    if n < 2:
        return Estimate(None, n=n, note=TOO_FEW)
    alpha = partial(of.alpha, cells, level=level)
    return of_sums(cells.counts, alpha, n=n, resampling=resampling, undefined=ALL_SAME)


def gwet_ac(
    ratings: npt.ArrayLike,
    *,
    weights: Weights = "identity",
    categories: npt.ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Estimate:
    """Gwet's AC1 (identity weights) or AC2 of (raters, units), gaps allowed (Gwet 2014, ch. 2-3).

    `categories` are the values of the whole scale: their number is part of the formula, so give
    them where not all were used. None: those that occur. Raises ValueError on a value beside them.
    """
    table = _table(ratings)
    values = scale_values(table, categories)
    near = of.agreement_weights(values, weights)
    used = _used(table, values)
    shares = used / np.maximum(used.sum(1), 1)[:, None]
    sums = np.column_stack([_agreed(used, near), used.sum(1) > 0, shares])

    def ac(totals: Floats) -> Floats:
        seen = of.divided(totals[..., 0], totals[..., 1])
        chance = of.gwet_chance(near, of.divided(totals[..., 3:], totals[..., 2:3]))
        return of.divided(seen - chance, 1 - chance)

    return _of_units(sums, ac, _rated_twice(table), resampling)


def fleiss_kappa(counts: npt.ArrayLike, *, resampling: Resampling | None = None) -> Estimate:
    """Fleiss' kappa (1971) of (units, categories): how many raters put each unit where.

    Raises ValueError where units have different numbers of ratings, or less than two.
    """
    used = np.asarray(counts, dtype=float)
    if used.ndim != 2 or not (used >= 0).all():
        raise ValueError("counts must be a table (units, categories) without NaN")
    if used.size and (np.ptp(used.sum(1)) != 0 or used[0].sum() < 2):
        raise ValueError("each unit needs the same number of ratings, two or more")
    sums = np.column_stack([_agreed(used, np.eye(used.shape[1])), used])

    def kappa(totals: Floats) -> Floats:
        seen = of.divided(totals[..., 0], totals[..., 1])
        shares = of.divided(totals[..., 2:], totals[..., 2:].sum(-1, keepdims=True))
        chance = (shares**2).sum(-1)
        return of.divided(seen - chance, 1 - chance)

    return _of_units(sums, kappa, len(used), resampling)


def raw_agreement(ratings: npt.ArrayLike, *, resampling: Resampling | None = None) -> Estimate:
    """The share of pairs of raters with the same value, averaged over units with two or more."""
    table = _table(ratings)
    used = _used(table, scale_values(table, None))
    sums = _agreed(used, np.eye(used.shape[1]))

    def share(totals: Floats) -> Floats:
        return of.divided(totals[..., 0], totals[..., 1])

    return _of_units(sums, share, _rated_twice(table), resampling)


def scale_values(ratings: Floats, categories: npt.ArrayLike | None) -> Floats:
    """The values of the scale, ascending: `categories`, or those that occur among the ratings.

    Raises ValueError where a rating is beside the categories.
    """
    occur = np.unique(ratings[~np.isnan(ratings)])
    if categories is None:
        return occur
    values = np.unique(np.asarray(categories, dtype=float))
    if beside := sorted(set(occur) - set(values)):
        raise ValueError(f"the rating {beside[0]:g} is not among the categories")
    return values


def unit_clusters(units: int, resampling: Resampling | None) -> tuple[Whole, int]:
    """Each unit's cluster and how many there are; all in one where nothing is resampled."""
    if resampling is None:
        return np.zeros(units, dtype=np.intp), 1
    return cluster_codes(resampling.clusters, units)


def _table(ratings: npt.ArrayLike) -> Floats:
    table = np.asarray(ratings, dtype=float)
    if table.ndim != 2 or np.isinf(table).any():
        raise ValueError("ratings must be a table (raters, units), NaN where there is none")
    return table


def _rated_twice(table: Floats) -> int:
    return int(((~np.isnan(table)).sum(0) > 1).sum())


def _used(table: Floats, values: Floats) -> Floats:
    """How many raters gave each unit each value: (units, K)."""
    columns = [(table == value).sum(0) for value in values]
    return np.array(columns, dtype=float).reshape(values.size, table.shape[1]).T


def _agreed(used: Floats, near: Floats) -> Floats:
    """(units, 2): the weighted share of agreeing pairs of raters, and whether there is a pair."""
    m = used.sum(1)
    pairs = np.where(m > 1, m * (m - 1), 1.0)
    seen = (used * (used @ near - 1)).sum(1) / pairs
    return np.column_stack([np.where(m > 1, seen, 0.0), m > 1])


def _of_units(
    sums: Floats, statistic: Statistic, n: int, resampling: Resampling | None
) -> Estimate:
    if n < 2:
        return Estimate(None, n=n, note=TOO_FEW)
    codes, clusters = unit_clusters(len(sums), resampling)
    summed = cluster_sums(sums, codes, clusters)
    return of_sums(summed, statistic, n=n, resampling=resampling, undefined=ALL_SAME)


def _cells(table: Floats, resampling: Resampling | None) -> Cells:
    """Every pair of raters in every unit, weighed 1 / (m - 1) where the unit has m ratings."""
    m = (~np.isnan(table)).sum(0)
    codes, clusters = unit_clusters(m.size, resampling)
    left, right = np.triu_indices(len(table), 1)
    first, second = table[left].ravel(), table[right].ravel()
    both = ~(np.isnan(first) | np.isnan(second))
    weight = np.tile(1 / np.maximum(m - 1, 1), left.size)[both]
    where = np.tile(codes, left.size)[both]
    return of.count(first[both], second[both], (where, clusters), weight=weight)
