"""Two releases on the same scenarios: the difference, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from stats.correlation import correlation
from stats.estimate import Estimate, Floats, cluster_codes, finite, is_nothing, same_length
from stats.intervals import clopper_pearson, clustered_mean, clustered_se


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """After less before, with its interval, beside what it is made of.

    `unpaired_se` is the error had the pairing been thrown away. Whatever cannot be known is None,
    and `note` says why.
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    p: float | None = None
    df: float | None = None
    n: int = 0
    clusters: int = 0
    before: float | None = None
    after: float | None = None
    se_before: float | None = None
    se_after: float | None = None
    unpaired_se: float | None = None
    correlation: float | None = None
    note: str = ""


def paired_difference(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    clusters: npt.ArrayLike | None = None,
    *,
    corrected: bool = True,
    level: float = 0.95,
) -> PairedDifference:
    """The mean of after - before (n,), clustered, by t on clusters less one (Miller 2024).

    One value a pair: average samples within scenarios first (`samples.scenario_means`, `pair`).
    `clusters` ties together pairs that are not independent (variants of one scenario); None: each
    its own. `p` is against no difference; it is None, as is the interval, from less than two
    clusters or where the differences do not vary. Raises ValueError on NaN, naming the array.
    """
    first, second = finite("before", before), finite("after", after)
    same_length(before=first, after=second)
    count = cluster_codes(clusters, first.size)[1]
    if count == 0:
        return PairedDifference(None, note="no pair: nothing to compare")
    change = second - first
    found = clustered_mean(change, clusters, corrected=corrected, level=level)
    if found.se is not None and is_nothing(found.se, np.concatenate([first, second])):
        # Differences of nearly equal averages: what is left of them is rounding.
        found = Estimate(found.estimate, se=0.0, df=found.df, n=found.n, note=_flat(change))
    se_before = clustered_se(first, clusters, corrected=corrected)
    se_after = clustered_se(second, clusters, corrected=corrected)
    known = se_before is not None and se_after is not None
    return PairedDifference(
        **{name: getattr(found, name) for name in Estimate.__slots__},
        clusters=count,
        before=float(first.mean()),
        after=float(second.mean()),
        se_before=se_before,
        se_after=se_after,
        unpaired_se=math.hypot(se_before or 0, se_after or 0) if known else None,
        correlation=correlation(first, second),
    )


def mcnemar(only_before: int, only_after: int) -> Estimate:
    """Exact McNemar: among pairs that changed, the share whose event is in `after` only.

    For one yes-or-no a scenario. `p` is two-sided against a half (binomial, at most 1); the
    interval is Clopper-Pearson's, n the pairs that changed; the others say nothing here.
    Raises ValueError on negative counts.
    """
    if min(only_before, only_after) < 0:
        raise ValueError(f"counts cannot be negative: {only_before}, {only_after}")
    changed = only_before + only_after
    if changed == 0:
        return Estimate(None, note="no pair changed: nothing to test")
    share = clopper_pearson(only_after, changed)
    p = min(1.0, 2 * float(bdtr(min(only_before, only_after), changed, 0.5)))
    return Estimate(share.estimate, share.low, share.high, p=p, n=changed)


def _flat(change: Floats) -> str:
    if np.ptp(change) <= 1e-12 * max(1.0, float(np.abs(change).max())):
        told = "every difference is the same"
    else:
        told = "the differences cancel within every cluster"
    return f"{told}: no error can be estimated, no test made"
