"""Paired differences that t cannot judge: yes-or-no values few of which changed, or no spread.

With two changes among sixty, t takes the little spread it sees for the whole truth.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from stats.estimate import Floats, finite, same_length
from stats.intervals import wilson
from stats.paired import PairedDifference, mcnemar

FEW_CHANGED = 10


def rare_difference(
    before: npt.ArrayLike, after: npt.ArrayLike, *, span: float | None, level: float = 0.95
) -> PairedDifference | None:
    """After less before of independent pairs (n,), exactly; None where t does well enough.

    `span` is the width of the scale both lie on, None where it is not known. Where all differences
    are one and the same value its interval is what remains if as many pairs as n allows
    (`1 - ((1 - level)/2)^(1/n)`) differed as far as the scale lets them (without a scale there is
    none); p is the sign test's. Yes-or-no pairs of which less than ten changed have Newcombe's
    interval and exact McNemar's p.
    """
    first, second = finite("before", before), finite("after", after)
    same_length(before=first, after=second)
    change = second - first
    if first.size < 2:
        return None
    if np.ptp(change) <= 1e-12 * max(1.0, float(np.abs([first, second]).max())):
        return _flat(first, second, span, level)
    binary = bool(np.isin(np.concatenate([first, second]), (0.0, 1.0)).all())
    if not binary or np.count_nonzero(change) >= FEW_CHANGED:
        return None
    gained, lost = int((change > 0).sum()), int((change < 0).sum())
    ends = _newcombe(first, second, level)
    told = f"{gained + lost} of {first.size} scenarios changed: exact test"
    return _made(first, second, ends, mcnemar(lost, gained).p, told)


def _flat(first: Floats, second: Floats, span: float | None, level: float) -> PairedDifference:
    n, change = first.size, float((second - first).mean())
    others = 1 - ((1 - level) / 2) ** (1 / n)
    moved = abs(change) > 1e-12 * max(1.0, float(np.abs(first).max()))
    p = min(1.0, 2 * 0.5**n) if moved else 1.0
    told = f"all {n} scenarios changed alike" if moved else f"none of {n} scenarios changed"
    if span is None:
        return _made(first, second, (None, None), p, f"{told}, and no scale is known: no interval")
    low = max(-span, (1 - others) * change - others * span)
    high = min(span, (1 - others) * change + others * span)
    return _made(first, second, (low, high), p, f"{told}: an exact bound")


def _newcombe(first: Floats, second: Floats, level: float) -> tuple[float, float]:
    """Newcombe's interval for paired rates (1998, method 10): Wilson's of each, squared and added,
    with the pairs' correlation phi, corrected towards 0."""
    n = first.size
    both, neither = float((first * second).sum()), float(((1 - first) * (1 - second)).sum())
    gained, lost = float(((1 - first) * second).sum()), float((first * (1 - second)).sum())
    one, two = wilson(both + lost, n, level=level), wilson(both + gained, n, level=level)
    margins = (both + lost) * (gained + neither) * (both + gained) * (lost + neither)
    tied = both * neither - gained * lost
    phi = 0.0
    if margins > 0:
        phi = (max(0.0, tied - n / 2) if tied > 0 else tied) / math.sqrt(margins)

    def reach(a: float, b: float) -> float:
        return math.sqrt(max(0.0, a * a - 2 * phi * a * b + b * b))

    p1, p2 = one.estimate or 0.0, two.estimate or 0.0
    down1, up1 = p1 - (one.low or 0.0), (one.high or 0.0) - p1
    down2, up2 = p2 - (two.low or 0.0), (two.high or 0.0) - p2
    return p2 - p1 - reach(down2, up1), p2 - p1 + reach(up2, down1)


def _made(
    first: Floats, second: Floats, ends: tuple[float | None, float | None], p: float | None,
    told: str,
) -> PairedDifference:  # fmt: skip
    n, change = first.size, second - first
    se = float(change.std(ddof=1) / math.sqrt(n))
    se = 0.0 if np.ptp(change) <= 1e-12 * max(1.0, float(np.abs(change).max())) else se
    return PairedDifference(
        float(change.mean()), *ends, se, p, None, n, n, float(first.mean()), float(second.mean()),
        note=told,
    )  # fmt: skip
