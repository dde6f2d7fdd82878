"""Many releases in a row: an exponentially weighted moving average with its limits."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stats.estimate import Floats, finite

LEAST_POINTS = 8


@dataclass(frozen=True, slots=True)
class Ewma:
    """The smoothed points (n,), their limits, and the positions of those outside. Where no limits
    can be given they are None, nothing is an alarm, and the note says why."""

    smoothed: Floats
    low: float | None
    high: float | None
    alarms: tuple[int, ...]
    note: str = ""


def ewma(
    points: npt.ArrayLike,
    *,
    target: float,
    sigma: float,
    instruments: Sequence[Hashable] = (),
    weight: float = 0.3,
    width: float = 3.0,
) -> Ewma:
    """z_t = weight x_t + (1 - weight) z_(t-1) from z_0 = target; limits target +- width sigma
    sqrt(weight / (2 - weight)) (Roberts 1959; NIST/SEMATECH handbook 6.3.2.4).

    `target` and `sigma`, the points' standard deviation, come from releases known to be alike, not
    from these. `instruments`, one a point, says what measured it (judge, rubric): with more than
    one, or under eight points, there are no limits. Raises ValueError on NaN, sigma not over 0, or
    a weight outside 0..1.
    """
    values = finite("points", points)
    if not sigma > 0 or not 0 < weight <= 1 or not width > 0:
        raise ValueError("sigma and width must be over 0, the weight within 0..1")
    if instruments and len(instruments) != values.size:
        raise ValueError(f"{len(instruments)} instruments for {values.size} points")
    smoothed, last = np.empty(values.size), float(target)
    for at, value in enumerate(values):
        last = weight * float(value) + (1 - weight) * last
        smoothed[at] = last
    if len(set(instruments)) > 1:
        told = "measured by more than one instrument: a change may be theirs"
        return Ewma(smoothed, None, None, (), told)
    if values.size < LEAST_POINTS:
        told = f"{values.size} points: limits need at least {LEAST_POINTS}"
        return Ewma(smoothed, None, None, (), told)
    half = width * sigma * float(np.sqrt(weight / (2 - weight)))
    low, high = target - half, target + half
    alarms = np.flatnonzero((smoothed < low) | (smoothed > high))
    return Ewma(smoothed, low, high, tuple(int(at) for at in alarms))
