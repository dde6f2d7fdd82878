"""Two ratings of one thing, counted by the pair of values that occurred: the sums under agreement.

Every statistic below takes counts (..., J), one for each pair of values that occurred, and gives
(...): the data are one row of counts, a bootstrap is two thousand. NaN is "undefined".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from stats.estimate import Floats, Whole

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Weights = Literal["identity", "linear", "quadratic", "ordinal"]

MOST = 25_000_000
"""Numbers held for one bootstrap (200 MB): different pairs of values, times clusters or draws."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The scale's values (K,) in order; for each pair of them that occurred (J,) its two places on
    that scale; and how often it did in each cluster: counts (clusters, J)."""

    values: Floats
    row: Whole
    column: Whole
    counts: Floats

    def rows(self, counts: Floats) -> Floats:
        """How often the first rater gave each value (..., K)."""
        return _gathered(counts, self.row, self.values.size)

    def columns(self, counts: Floats) -> Floats:
        """How often the second rater gave each value (..., K)."""
        return _gathered(counts, self.column, self.values.size)


def count(
    first: Floats,
    second: Floats,
    codes: tuple[Whole, int],
    *,
    weight: Floats | None = None,
    values: Floats | None = None,
) -> Cells:
    """Count pairs (n,) by value and cluster. `codes` are each pair's cluster and how many there
    are; `values` the scale, None: what occurs. Raises ValueError on far too many values."""
    if values is None:
        values = np.unique(np.concatenate([first, second]))
    row, column = np.searchsorted(values, first), np.searchsorted(values, second)
    pairs, at = np.unique(row * max(1, values.size) + column, return_inverse=True)
    cluster, clusters = codes
    if pairs.size * max(clusters, 2000) > MOST:
        raise ValueError(f"{values.size} different values: round them to their scale first")
    size = clusters * pairs.size
    counts = np.bincount(cluster * pairs.size + at, weight, size).astype(float)
    places = np.divmod(pairs, max(1, values.size))
    return Cells(values, *places, counts.reshape(clusters, pairs.size))


def agreement_weights(values: Floats, weights: Weights) -> Floats:
    """How near each value is to each other (K, K): 1 the same, 0 as far apart as can be.

    identity; linear 1 - |a-b| / range; quadratic 1 - (a-b)^2 / range^2; ordinal
    1 - C(|i-j|+1, 2) / C(K, 2) by places (Gwet 2014, ch. 3).
    """
    places = np.arange(values.size, dtype=float)
    if weights == "identity" or values.size < 2:
        return np.eye(values.size)
    apart: Floats = np.abs(np.subtract.outer(values, values)) / np.ptp(values)
    if weights == "linear":
        return 1 - apart
    if weights == "quadratic":
        return 1 - apart**2
    if weights == "ordinal":
        steps: Floats = np.abs(np.subtract.outer(places, places))
        return 1 - steps * (steps + 1) / (values.size * (values.size - 1))
    raise ValueError(f"no such weights: {weights!r}")


def raw(cells: Cells, counts: Floats) -> Floats:
    """The share of pairs with one and the same value."""
    return divided((counts * (cells.row == cells.column)).sum(-1), counts.sum(-1))


def cohen(cells: Cells, counts: Floats, weights: Weights = "identity") -> Floats:
    """Cohen's kappa (1960; weighted 1968): each rater's own use of the scale is the chance."""
    near = agreement_weights(cells.values, weights)
    n = counts.sum(-1)
    seen = divided(counts @ near[cells.row, cells.column], n)
    chance = divided(_form(cells.rows(counts), near, cells.columns(counts)), n * n)
    return _above_chance(seen, chance)


def gwet(cells: Cells, counts: Floats, weights: Weights = "identity") -> Floats:
    """Gwet's AC1 (identity) or AC2 for two raters who both rated every unit (Gwet 2008, 2014)."""
    n = counts.sum(-1)
    near = agreement_weights(cells.values, weights)
    seen = divided(counts @ near[cells.row, cells.column], n)
    shares = divided(cells.rows(counts) + cells.columns(counts), 2 * n[..., None])
    return _above_chance(seen, gwet_chance(near, shares))


def gwet_chance(near: Floats, shares: Floats) -> Floats:
    """Gwet's chance agreement, from weights (K, K) and the share of each value (..., K)."""
    size = near.shape[0]
    if size < 2:
        return np.full(shares.shape[:-1], np.nan)
    chance: Floats = near.sum() / (size * (size - 1)) * (shares * (1 - shares)).sum(-1)
    return chance


def alpha(cells: Cells, counts: Floats, level: Level = "ordinal") -> Floats:
    """Krippendorff's alpha = 1 - D_o / D_e (2019, ch. 12). Counts are weighed 1 / (m - 1) where a
    unit has m ratings; for two raters that is 1.

    Ordinal distance is the squared difference of mid-ranks among all values given.
    """
    given = cells.rows(counts) + cells.columns(counts)
    n = given.sum(-1)
    if level == "nominal":
        seen = 2 * (counts * (cells.row != cells.column)).sum(-1)
        expected = n * n - (given**2).sum(-1)
    elif level == "ratio":
        apart = _ratio_distance(cells.values)
        seen, expected = 2 * counts @ apart[cells.row, cells.column], _form(given, apart, given)
    elif level in ("interval", "ordinal"):
        at = mid_ranks(given) if level == "ordinal" else cells.values - cells.values.mean()
        seen = 2 * (counts * (at[..., cells.row] - at[..., cells.column]) ** 2).sum(-1)
        expected = 2 * (n * (given * at**2).sum(-1) - (given * at).sum(-1) ** 2)
    else:
        raise ValueError(f"no such level of measurement: {level!r}")
    return 1 - divided(seen * (n - 1), expected)


def pearson(cells: Cells, counts: Floats) -> Floats:
    """Pearson's correlation of first and second value."""
    at = cells.values - cells.values.mean()
    return _correlation(counts, at[cells.row], at[cells.column])


def spearman(cells: Cells, counts: Floats) -> Floats:
    """Spearman's: Pearson's correlation of mid-ranks, ties and all."""
    first, second = mid_ranks(cells.rows(counts)), mid_ranks(cells.columns(counts))
    return _correlation(counts, first[..., cells.row], second[..., cells.column])


def bias(cells: Cells, counts: Floats) -> Floats:
    """The mean of second less first: how much higher the second rater marks."""
    apart = cells.values[cells.column] - cells.values[cells.row]
    return divided(counts @ apart, counts.sum(-1))


def mid_ranks(given: Floats) -> Floats:
    """The middle rank of each value, from how often each was given (..., K); around 0."""
    middle = np.cumsum(given, -1) - given / 2
    centred: Floats = middle - given.sum(-1, keepdims=True) / 2
    return centred


def _correlation(counts: Floats, first: Floats, second: Floats) -> Floats:
    n = counts.sum(-1)
    mean_a, mean_b = (divided((counts * one).sum(-1), n) for one in (first, second))
    a, b = first - mean_a[..., None], second - mean_b[..., None]
    spread = np.sqrt((counts * a * a).sum(-1) * (counts * b * b).sum(-1))
    return divided((counts * a * b).sum(-1), spread)


def _ratio_distance(values: Floats) -> Floats:
    if (values < 0).any():
        raise ValueError("a ratio scale has no values under 0")
    total = np.add.outer(values, values)
    safe = np.where(total == 0, 1.0, total)
    distance: Floats = (np.subtract.outer(values, values) / safe) ** 2
    return distance


def _gathered(counts: Floats, places: Whole, size: int) -> Floats:
    gathered: Floats = counts @ np.eye(size)[places]
    return gathered


def _form(left: Floats, table: Floats, right: Floats) -> Floats:
    """left (..., K) by table (K, K) by right (..., K)."""
    found: Floats = ((left @ table) * right).sum(-1)
    return found


def _above_chance(seen: Floats, chance: Floats) -> Floats:
    return divided(seen - chance, 1 - chance)


def divided(over: Any, under: Any) -> Floats:
    """over / under, NaN where under is 0 but for rounding."""
    under = np.asarray(under, dtype=float)
    nothing = np.abs(under) <= 1e-12
    divided: Floats = np.where(nothing, np.nan, over / np.where(nothing, 1.0, under))
    return divided
