"""What every function of this room answers with, and the arrays it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtr, stdtrit  # scipy.stats would cost half a second to import

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, its interval, and what to beware of.

    Whatever cannot be known is None, and `note` says why: no interval from one cluster, no p where
    nothing varies. `n` counts the units the number rests on; `df` is there where a t distribution
    was used (clusters less one).
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    p: float | None = None
    df: float | None = None
    n: int = 0
    note: str = ""


def finite(name: str, values: npt.ArrayLike) -> Floats:
    """One-dimensional floats. Raises ValueError, naming the array, on NaN, infinity or a table."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise ValueError(f"{name} has {array.ndim} dimensions, not one")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        told = "NaN" if np.isnan(array[bad[0]]) else "infinity"
        where = f"{name} holds {told} at position {bad[0]}"
        raise ValueError(f"{where}: leave out what is unscored, and count it")
    return array


def same_length(**arrays: npt.NDArray[np.generic]) -> None:
    """Raise ValueError, naming the arrays, where they are not equally long."""
    if len({array.shape[0] for array in arrays.values()}) > 1:
        told = ", ".join(f"{name} has {array.shape[0]}" for name, array in arrays.items())
        raise ValueError(f"of unequal length: {told}")


def cluster_codes(clusters: npt.ArrayLike | None, length: int) -> tuple[Whole, int]:
    """(the number of each unit's cluster from 0, how many clusters). None: each its own.

    Cluster ids may be numbers or strings. Raises ValueError where they are not `length` many, or
    where one of them is NaN.
    """
    if clusters is None:
        return np.arange(length), length
    ids = np.asarray(clusters)
    if ids.shape != (length,):
        raise ValueError(f"clusters has the shape {ids.shape}, not ({length},)")
    if ids.dtype.kind == "f" and np.isnan(ids).any():
        raise ValueError(f"clusters holds NaN at position {np.flatnonzero(np.isnan(ids))[0]}")
    known, codes = np.unique(ids, return_inverse=True)
    return codes.astype(np.intp), len(known)


def z_quantile(level: float) -> float:
    """How many standard errors a two-sided normal interval of this level reaches; .95: 1.96."""
    _check_level(level)
    return float(ndtri((1 + level) / 2))


def t_quantile(level: float, df: float) -> float:
    """How many standard errors a two-sided t interval of this level reaches."""
    _check_level(level)
    return float(stdtrit(df, (1 + level) / 2))


def t_test_p(estimate: float, se: float, df: float) -> float:
    """Two-sided p of `estimate` against 0, by t with `df` degrees of freedom."""
    return float(2 * stdtr(df, -abs(estimate) / se))


def is_nothing(se: float, values: Floats) -> bool:
    """Whether a standard error is 0 but for rounding in the last digits of `values`."""
    return se <= 1e-12 * float(np.abs(values).max(initial=0.0))


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"the level is a share between 0 and 1, such as 0.95, not {level}")
