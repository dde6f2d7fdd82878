"""A second opinion on a change: the scale taken as ordered only, and the signs held together."""

from __future__ import annotations

from typing import Any

import numpy as np

from releases.comparing import Two
from stats.ordinal import cumulative_link


def ordinal_line(two: Two) -> dict[str, Any]:
    """The log odds ratio of a higher rating in the candidate, over the scenarios both have.

    By cumulative logit on single ratings (repeats of a turn averaged and rounded to the scale),
    errors clustered by scenario. `sign_differs` where it points against the difference of means.
    """
    sides = [one.where(one.has_value) for one in two[:2]]
    shared = np.intersect1d(sides[0].scenario, sides[1].scenario)
    values, clusters = [], []
    for one in sides:
        kept = one.where(np.isin(one.scenario, shared))
        rated = ~np.isnan(kept.turns.value)
        values.append(np.round(kept.turns.value[rated]))
        clusters.append(kept.scenario[kept.turns.at[rated]])
    found = cumulative_link(values[0], values[1], (clusters[0], clusters[1]))
    means = [one.mean() if one.size else 0.0 for one in values]
    differs = found.estimate is not None and found.estimate * (means[1] - means[0]) < 0
    told = found.note
    if found.estimate is not None:
        ends = "" if found.low is None else f" ({found.low:+.2f} to {found.high:+.2f})"
        told = f"log odds of a higher value {found.estimate:+.2f}{ends}"
        told += "; its sign differs from the means'" if differs else ""
    return {
        "log_odds": found.estimate, "log_odds_low": found.low, "log_odds_high": found.high,
        "sign_differs": bool(differs), "ordinal_told": told,
    }  # fmt: skip
