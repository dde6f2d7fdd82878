"""From ratings to one value a scenario, and the scenarios two releases share.

The unit is the scenario: a judge's repeats are averaged within a sample, samples within their
scenario, so that a scenario asked a thousand times weighs as much as one asked once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from stats.estimate import Floats, Whole, finite

Ids = npt.NDArray[Any]


class ScenarioMeans(NamedTuple):
    """One value a scenario: ids sorted, means, and how many samples each rests on."""

    scenarios: Ids
    means: Floats
    samples: Whole


class Pairs(NamedTuple):
    """The scenarios both releases have, their values, and how many only one of them has."""

    scenarios: Ids
    before: Floats
    after: Floats
    only_before: int
    only_after: int


def scenario_means(
    values: npt.ArrayLike, scenarios: npt.ArrayLike, samples: npt.ArrayLike | None = None
) -> ScenarioMeans:
    """Repeats averaged within each sample of a scenario, then samples within each scenario.

    All (n,); without `samples` each value is a sample of its own. Raises ValueError on NaN: what
    is unscored is left out and counted, never averaged.
    """
    array = finite("values", values)
    ids, codes = _coded("scenarios", scenarios, array.size)
    if samples is not None:
        sample_ids, sample_codes = _coded("samples", samples, array.size)
        both, at = np.unique(codes * max(1, len(sample_ids)) + sample_codes, return_inverse=True)
        array = np.bincount(at, array, len(both)) / np.bincount(at, minlength=len(both))
        codes = both // max(1, len(sample_ids))
    count = np.bincount(codes, minlength=len(ids))
    return ScenarioMeans(ids, np.bincount(codes, array, len(ids)) / count, count)


def pair(before: ScenarioMeans, after: ScenarioMeans) -> Pairs:
    """The scenarios that both have, in one order."""
    shared, left, right = np.intersect1d(
        before.scenarios, after.scenarios, assume_unique=True, return_indices=True
    )
    lost = len(before.scenarios) - len(shared), len(after.scenarios) - len(shared)
    return Pairs(shared, before.means[left], after.means[right], *lost)


def _coded(name: str, ids: npt.ArrayLike, length: int) -> tuple[Ids, Whole]:
    array = np.asarray(ids)
    if array.shape != (length,):
        raise ValueError(f"{name} has the shape {array.shape}, not ({length},)")
    known, codes = np.unique(array, return_inverse=True)
    return known, codes.astype(np.intp)
