"""A line of sensitivity: the release effect by a model that takes the scale as ordered only.

The comparison itself is of means (`paired`); where this line's sign differs from it, say so.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from stats.bootstrap import ONE_CLUSTER
from stats.estimate import Estimate, Floats, Whole, cluster_codes, finite, z_quantile


def cumulative_link(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    clusters: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    *,
    level: float = 0.95,
) -> Estimate:
    """Log odds ratio of a higher value after than before: cumulative logit (McCullagh 1980).

    Takes ratings on the scale, not averages: each value is a step. `clusters`, the scenarios of
    both, make the error one that knows of pairs and repeats (sandwich); no random effects. None
    where a release has no value or the two do not overlap. Loads statsmodels: over a second.
    """
    first, second = finite("before", before), finite("after", after)
    values = np.concatenate([first, second])
    if not first.size or not second.size:
        return Estimate(None, n=values.size, note="a release has no value")
    if first.max() <= second.min() or second.max() <= first.min():
        told = "all values are the same" if np.ptp(values) == 0 else "the releases do not overlap"
        return Estimate(None, n=values.size, note=f"{told}: no finite odds")
    codes, count = None, values.size
    if clusters is not None:
        ids = np.concatenate([np.asarray(one) for one in clusters])
        codes, count = cluster_codes(ids, values.size)
    is_after = np.repeat([0.0, 1.0], [first.size, second.size])
    effect, se = _fitted(values, is_after, codes if count > 1 else None)
    if effect is None:
        return Estimate(None, n=values.size, note="the model did not converge")
    if count < 2 or se is None:
        return Estimate(effect, n=values.size, note=ONE_CLUSTER)
    half = z_quantile(level) * se
    return Estimate(effect, effect - half, effect + half, se, n=values.size)


def _fitted(
    values: Floats, is_after: Floats, codes: Whole | None
) -> tuple[float | None, float | None]:
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # slow to load

    ranks = np.unique(values, return_inverse=True)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is read below
        model = OrderedModel(ranks, is_after[:, None], distr="logit")
        told = {} if codes is None else {"cov_type": "cluster", "cov_kwds": {"groups": codes}}
        fit = model.fit(method="bfgs", disp=False, maxiter=500, **told)
    effect, se = float(fit.params[0]), float(fit.bse[0])
    if not fit.mle_retvals["converged"] or not np.isfinite(effect):
        return None, None
    return effect, se if np.isfinite(se) else None
