"""Correlations with intervals that need no bootstrap. With clusters take `raters.agree` instead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stats.estimate import Estimate, Floats, finite, is_nothing, same_length, z_quantile


def spearman(first: npt.ArrayLike, second: npt.ArrayLike, *, level: float = 0.95) -> Estimate:
    """Spearman's rank correlation of (n,) with mid-ranks for ties, interval by Bonett and Wright.

    None where one of the two does not vary; no interval under four or at exactly 1 or -1.
    """
    a, b = finite("first", first), finite("second", second)
    same_length(first=a, second=b)
    return bonett_wright(correlation(_ranks(a), _ranks(b)), a.size, level=level)


def pearson(first: npt.ArrayLike, second: npt.ArrayLike, *, level: float = 0.95) -> Estimate:
    """Pearson's correlation of (n,), interval by Fisher's z: tanh(atanh r +- z / sqrt(n - 3))."""
    a, b = finite("first", first), finite("second", second)
    same_length(first=a, second=b)
    return _around(correlation(a, b), a.size, 1.0, level)


def bonett_wright(r: float | None, n: int, *, level: float = 0.95) -> Estimate:
    """The interval of a Spearman correlation: tanh(atanh r +- z sqrt((1 + r^2 / 2) / (n - 3))).

    Bonett and Wright 2000; for independent pairs, and r up to about .95.
    """
    return _around(r, n, 1 + (r or 0.0) ** 2 / 2, level)


def _around(r: float | None, n: int, inflation: float, level: float) -> Estimate:
    if r is None:
        told = "less than two pairs" if n < 2 else "one of the two does not vary"
        return Estimate(None, n=n, note=told)
    if n < 4:
        return Estimate(r, n=n, note="less than four pairs: no interval")
    if abs(r) >= 1 - 1e-12:
        return Estimate(r, n=n, note="a perfect correlation: no interval")
    half = z_quantile(level) * np.sqrt(inflation / (n - 3))
    low, high = (float(np.tanh(np.arctanh(r) + end)) for end in (-half, half))
    return Estimate(r, low, high, n=n)


def correlation(first: Floats, second: Floats) -> float | None:
    """Pearson's correlation of (n,), None under two pairs or where one of the two does not vary."""
    if first.size < 2:
        return None
    a, b = first - first.mean(), second - second.mean()
    spread_a, spread_b = (float(np.sqrt(one @ one)) for one in (a, b))
    if is_nothing(spread_a, first) or is_nothing(spread_b, second):
        return None
    return float(np.clip(a @ b / (spread_a * spread_b), -1, 1))


def _ranks(values: Floats) -> Floats:
    _, at, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(count) - (count - 1) / 2)[at]
    return ranks
