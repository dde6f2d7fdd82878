"""Labels drawn by stratum: as many where the judge says yes as where it says no, say.

Each stratum's estimate is weighed by the stratum's share of all that was judged, so that drawing
more from the rare one does no harm (Cochran 1977, ch. 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stats.estimate import Estimate, Floats, z_quantile


def stratified_rate(
    positives: npt.ArrayLike,
    labelled: npt.ArrayLike,
    shares: npt.ArrayLike,
    *,
    judged: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """A rate from labels drawn by stratum: `positives` of `labelled` in each.

    All (strata,); `shares`, each stratum's part of all that was judged, add up to 1. Its variance
    uses (k + .5) / (n + 1), so that a stratum without a positive still counts as unsure. The rate
    is that of the judged set itself; `judged`, how many that set holds, adds the error of its being
    a sample. Raises ValueError on a stratum without labels.
    """
    k, n = np.asarray(positives, dtype=float), np.asarray(labelled, dtype=float)
    part = _shares(shares, k.size)
    if k.shape != n.shape or not ((k >= 0) & (k <= n)).all():
        raise ValueError("positives must lie within 0..labelled, in every stratum")
    if (n < 1).any():
        raise ValueError(f"no label in stratum {int(np.flatnonzero(n < 1)[0])}")
    smoothed = (k + 0.5) / (n + 1)
    variance = float((part**2 * smoothed * (1 - smoothed) / n).sum())
    rate = float((part * k / n).sum())
    if judged is not None:
        variance += _between(part, k / n) / judged
    half = z_quantile(level) * np.sqrt(variance)
    low, high = max(0.0, float(rate - half)), min(1.0, float(rate + half))
    return Estimate(rate, low, high, float(np.sqrt(variance)), n=int(n.sum()))


def combined(
    strata: Sequence[Estimate],
    shares: npt.ArrayLike,
    *,
    judged: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Independent estimates of strata, each with its `se`, as one, by the strata's shares.

    For means (of `mean_t` of the labels, or of `ppi_mean` within each stratum: StratPPI, Fisch et
    al. 2024). None where a stratum has no estimate; no interval where one has no error.
    """
    part = _shares(shares, len(strata))
    n = sum(one.n for one in strata)
    means = [one.estimate for one in strata if one.estimate is not None]
    errors = [one.se for one in strata if one.se]
    if len(means) < len(strata):
        return Estimate(None, n=n, note="a stratum has no estimate")
    mean = float(part @ np.array(means))
    if len(errors) < len(strata):
        return Estimate(mean, n=n, note="the error of a stratum cannot be estimated: no interval")
    variance = float((part**2 * np.array(errors) ** 2).sum())
    if judged is not None:
        variance += _between(part, np.array(means)) / judged
    half = z_quantile(level) * float(np.sqrt(variance))
    return Estimate(mean, mean - half, mean + half, float(np.sqrt(variance)), n=n)


def _shares(shares: npt.ArrayLike, strata: int) -> Floats:
    part = np.asarray(shares, dtype=float)
    if part.shape != (strata,) or not (part >= 0).all() or not np.isclose(part.sum(), 1):
        raise ValueError(f"the shares of {strata} strata must be as many and add up to 1")
    return part


def _between(part: Floats, means: Floats) -> float:
    """Variance between strata: what a sample of transcripts adds to that within them."""
    return float((part * (means - part @ means) ** 2).sum())
