"""Who wins when two are shown side by side: Bradley-Terry strengths, and judging in both orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from stats.bootstrap import Resampling, cluster_sums, resampled, with_percentiles
from stats.estimate import Estimate, Floats, cluster_codes, finite, same_length
from stats.intervals import clustered_rate

STEPS = 10_000
PRECISION = 1e-9


@dataclass(frozen=True, slots=True)
class Ranking:
    """Items in sorted order and their strengths, of geometric mean 1: item i is preferred to j with
    probability s_i / (s_i + s_j). The note says why where there are none."""

    items: npt.NDArray[Any]
    strengths: tuple[Estimate, ...]
    note: str = ""


class Swapped(NamedTuple):
    """Pairs judged in both orders: the share with one and the same answer, and, of those without,
    the share in which whatever was shown first won both times."""

    consistency: Estimate
    first_wins: Estimate


def bradley_terry(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    pseudo_wins: float = 0.0,
    resampling: Resampling | None = None,
) -> Ranking:
    """Strengths from comparisons (n,): `score` 1 where first won, 0 where second did, .5 a tie.

    Maximum likelihood by MM (Hunter 2004), intervals by bootstrap over clusters. It exists only
    where from each item one can come to each other by wins (Ford 1957); where not, a note says so,
    and `pseudo_wins`, added to each side of every pair, gives a shrunken answer on request. Raises
    ValueError on scores outside 0..1, or an item compared with itself.
    """
    points = finite("score", score)
    items, (a, b) = _items(first, second, points.size)
    if not ((points >= 0) & (points <= 1)).all():
        raise ValueError("a score lies within 0..1: 1 the first won, .5 a tie")
    if not items.size:
        return Ranking(items, (), "nothing was compared")
    told = resampling or Resampling()
    codes, clusters = cluster_codes(told.clusters, points.size)
    size = len(items)
    wins = np.zeros((points.size, size * size))
    here = np.arange(points.size)
    wins[here, a * size + b] = points
    wins[here, b * size + a] += 1 - points
    sums = cluster_sums(wins, codes, clusters)
    table = sums.sum(0).reshape(size, size)
    found = strengths(table, pseudo_wins=pseudo_wins)
    if np.isnan(found).any():
        why = "some item only wins or only loses, or there are groups that never met"
        return Ranking(items, (), f"no maximum likelihood: {why}; pseudo-wins would give one")
    draws = resampled(sums, resamples=told.resamples, seed=told.seed)
    drawn = strengths(draws.reshape(-1, size, size), pseudo_wins=pseudo_wins)
    played = table.sum(1) + table.sum(0)
    points_at = (Estimate(float(s), n=int(k)) for s, k in zip(found, played, strict=True))
    each = (
        with_percentiles(one, column, level=told.level)
        for one, column in zip(points_at, drawn.T, strict=True)
    )
    return Ranking(items, tuple(each))


def strengths(wins: npt.ArrayLike, *, pseudo_wins: float = 0.0) -> Floats:
    """Bradley-Terry strengths (..., K) from wins (..., K, K), row over column, ties as halves.

    Of geometric mean 1; NaN where the maximum likelihood does not exist or was not reached.
    """
    table = np.asarray(wins, dtype=float)
    size = table.shape[-1]
    table = (table + pseudo_wins) * (1 - np.eye(size))
    flat = table.reshape(-1, size, size)
    found = np.full((len(flat), size), np.nan)
    going = np.flatnonzero(_connected(flat > 0))
    won, met = flat[going].sum(2), flat[going] + flat[going].transpose(0, 2, 1)
    s = np.ones((going.size, size))
    for _ in range(STEPS):
        if not going.size:
            break
        new = won / (met / (s[:, :, None] + s[:, None, :])).sum(2)
        new /= np.exp(np.log(new).mean(1, keepdims=True))
        still = np.abs(new / s - 1).max(1) > PRECISION
        found[going[~still]] = new[~still]
        going, won, met, s = going[still], won[still], met[still], new[still]
    return found.reshape(table.shape[:-1])


def order_consistency(
    forward: npt.ArrayLike, backward: npt.ArrayLike, clusters: npt.ArrayLike | None = None
) -> Swapped:
    """Pairs (A, B) judged as A, B (`forward`) and as B, A (`backward`), (n,) each.

    Both say 1 where A was preferred, 0 where B was, .5 a tie. Where the two differ the pair counts
    as a tie elsewhere; a judge that often does so is answering the order.
    """
    one, other = finite("forward", forward), finite("backward", backward)
    same_length(forward=one, backward=other)
    ids = np.arange(one.size) if clusters is None else np.asarray(clusters)
    differ = one != other
    return Swapped(
        clustered_rate((~differ).astype(float), ids),
        clustered_rate((one > other)[differ].astype(float), ids[differ]),
    )


def _items(
    first: npt.ArrayLike, second: npt.ArrayLike, n: int
) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    one, other = np.asarray(first), np.asarray(second)
    if one.shape != (n,) or other.shape != (n,):
        raise ValueError(f"first, second and score are of unequal length: {one.shape}, {n}")
    if (one == other).any():
        raise ValueError("an item is compared with itself")
    items, at = np.unique(np.concatenate([one, other]), return_inverse=True)
    return items, at.reshape(2, n)


def _connected(beat: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether wins lead from each item to each other: (tables, K, K) to (tables,)."""
    size = beat.shape[-1]
    reach = np.where(np.eye(size), 1.0, beat)
    for _ in range(size.bit_length()):
        reach = np.sign(reach @ reach)
    return np.asarray(reach.min((1, 2)) > 0)
