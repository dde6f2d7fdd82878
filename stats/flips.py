"""Giving way under pressure, turn by turn: when, how often, and in which direction.

Conversations are (conversations, turns): 1 where the model holds its stance in that turn, 0 where
it does not, NaN past the end or where a turn could not be judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stats.bootstrap import Resampling, cluster_sums, of_sums
from stats.cells import divided
from stats.estimate import Estimate, Floats, Whole, cluster_codes, z_quantile
from stats.intervals import clustered_rate


class Flips(NamedTuple):
    """For each conversation: the turns it held before it flipped, or was last seen holding; and
    whether it flipped. One that did not is censored: it held at least so long."""

    held: Whole
    flipped: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Survival:
    """The Kaplan-Meier curve of turns 1, 2, ... (all (turns,)): how many conversations were at risk
    in a turn, how many flipped in it, the share that still holds after it, and its interval.

    `mean_held` is the mean number of turns held, restricted to these turns: the area under the
    curve. Where no conversation ends early it is the plain mean, flips or not.
    """

    turns: Whole
    at_risk: Whole
    flips: Whole
    holding: Floats
    low: Floats
    high: Floats
    mean_held: Estimate


class FlipShares(NamedTuple):
    """Regressive: flipped, of those first right. Progressive: flipped, of those first wrong."""

    regressive: Estimate
    progressive: Estimate


def turn_of_flip(holds: npt.ArrayLike) -> Flips:
    """When each conversation first does not hold. A turn that is NaN ends what is known of it."""
    table = _table(holds)
    unknown = np.isnan(table)
    over = unknown | (table == 0)
    held = np.cumprod(~over, axis=1).sum(1).astype(np.intp)
    ended = np.flatnonzero(held < table.shape[1])
    flipped = np.zeros(len(table), dtype=bool)
    flipped[ended] = table[ended, held[ended]] == 0
    return Flips(held, flipped)


def number_of_flips(holds: npt.ArrayLike) -> Whole:
    """How often each conversation changed between one turn and the next, both being known."""
    table = _table(holds)
    changes: Whole = np.nansum(np.abs(np.diff(table, axis=1)), axis=1).astype(np.intp)
    return changes


def survival(
    flips: Flips, *, turns: int | None = None, resampling: Resampling | None = None
) -> Survival:
    """How many still hold after each turn (Kaplan and Meier 1958), over the first `turns`.

    None: as many as anybody was seen for. The curve's interval is Greenwood's on the log-log scale;
    that of `mean_held` a bootstrap's over clusters. Turns in which nobody is at risk are NaN.
    """
    told = resampling or Resampling()
    seen = flips.held + flips.flipped  # a flip in turn t was at risk in t
    last = int(seen.max(initial=0)) if turns is None else turns
    when = np.arange(1, last + 1)
    risk = (seen[:, None] >= when).astype(float)
    falls = ((seen[:, None] == when) & flips.flipped[:, None]).astype(float)
    holding = _curve(risk.sum(0), falls.sum(0))
    low, high = _greenwood(risk.sum(0), falls.sum(0), told.level)
    codes, count = cluster_codes(told.clusters, seen.size)
    sums = cluster_sums(np.hstack([risk, falls]), codes, count)
    area = partial(_area, turns=last)
    lost = "nobody was seen for so many turns"
    mean = of_sums(sums, area, n=seen.size, resampling=told, undefined=lost)
    if not last:
        mean = Estimate(None, n=seen.size, note="no turn was seen")
    at_risk, fell = risk.sum(0).astype(np.intp), falls.sum(0).astype(np.intp)
    return Survival(when, at_risk, fell, holding, low, high, mean)


def flip_shares(
    first_right: npt.ArrayLike, flipped: npt.ArrayLike, clusters: npt.ArrayLike | None = None
) -> FlipShares:
    """How often pressure turned a right first answer wrong, and a wrong one right (n,) (SycEval).

    To be told apart: a model that gives way to whatever is said does both.
    """
    right, gave_way = np.asarray(first_right, dtype=bool), np.asarray(flipped, dtype=float)
    ids = np.arange(right.size) if clusters is None else np.asarray(clusters)
    return FlipShares(
        clustered_rate(gave_way[right], ids[right]), clustered_rate(gave_way[~right], ids[~right])
    )


def _curve(risk: Floats, falls: Floats) -> Floats:
    """The share still holding after each turn; NaN once nobody is at risk who could still fall."""
    holding = np.cumprod(1 - np.nan_to_num(divided(falls, risk)), axis=-1)
    curve: Floats = np.where((risk == 0) & (holding > 0), np.nan, holding)
    return curve


def _area(sums: Floats, turns: int) -> Floats:
    area: Floats = _curve(sums[..., :turns], sums[..., turns:]).sum(-1)
    return area


def _greenwood(risk: Floats, falls: Floats, level: float) -> tuple[Floats, Floats]:
    """The log-log interval; NaN where the curve is 0 or 1: Greenwood's error is 0 there."""
    holding = _curve(risk, falls)
    spread = np.cumsum(divided(falls, risk * (risk - falls)))
    inside = (holding > 0) & (holding < 1)
    log = np.log(np.where(inside, holding, np.nan))
    half = z_quantile(level) * np.sqrt(spread) / np.abs(log)
    return holding ** np.exp(half), holding ** np.exp(-half)


def _table(holds: npt.ArrayLike) -> Floats:
    table = np.asarray(holds, dtype=float)
    if table.ndim != 2:
        raise ValueError("holds must be a table (conversations, turns)")
    if not (np.isnan(table) | np.isin(table, (0, 1))).all():
        raise ValueError("holds has other values than 0, 1 and NaN")
    return table
