"""What a mean would be had every unscored value been the lowest, or the highest (Manski 1989)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stats.estimate import cluster_codes


class Bounds(NamedTuple):
    """The least and the greatest the number can be, and the share of values that is known.

    Not an interval of sampling: it says only what the missing values could have done.
    """

    low: float | None
    high: float | None
    coverage: float | None


def worst_case_mean(
    values: npt.ArrayLike,
    *,
    scale: tuple[float, float],
    clusters: npt.ArrayLike | None = None,
) -> Bounds:
    """Bounds of the mean of values (n,) where NaN is a value that should be there and is not.

    `scale` is its lowest and highest value. With `clusters` (scenarios) the mean is that of the
    clusters' means, as in a comparison. Raises ValueError where a value lies outside the scale.
    """
    array = np.asarray(values, dtype=float)
    low, high = scale
    if low >= high:
        raise ValueError(f"the scale must go up, not from {low} to {high}")
    missing = np.isnan(array)
    if ((array < low) | (array > high)).any():
        raise ValueError(f"a value lies outside the scale {low}..{high}")
    if not array.size:
        return Bounds(None, None, None)
    codes, count = cluster_codes(clusters, array.size)
    sizes = np.bincount(codes, minlength=count)

    def mean_with(end: float) -> float:
        return float((np.bincount(codes, np.where(missing, end, array), count) / sizes).mean())

    return Bounds(mean_with(low), mean_with(high), float(1 - missing.mean()))


def worst_case_difference(before: Bounds, after: Bounds) -> Bounds:
    """Bounds of after - before; its coverage is the lower of the two."""
    ends = (before.low, before.high, after.low, after.high, before.coverage, after.coverage)
    if None in ends:
        return Bounds(None, None, None)
    b_low, b_high, a_low, a_high, b_known, a_known = (float(one) for one in ends if one is not None)
    return Bounds(a_low - b_high, a_high - b_low, min(b_known, a_known))
