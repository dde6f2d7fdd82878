"""Figures with intervals for the signals: plain functions of plain arrays.

An interval is the middle 95 % of a bootstrap over clusters (the items that were asked), because the
answers of several models to one item are not independent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

RESAMPLES = 1000
SEED = 20261121

Measure = Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, its 95 % interval, how many pairs and how many clusters it rests on."""

    value: float
    low: float
    high: float
    n: int
    clusters: int

    def beats(self, chance: float) -> bool:
        """Whether the whole interval lies above what chance gives."""
        return self.low > chance

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "undefined"
        value, low, high = (round(x, 2) + 0.0 for x in (self.value, self.low, self.high))
        return f"{value:.2f} [{low:.2f}, {high:.2f}]"  # + 0.0, or nearly nothing reads "-0.00"


def balanced_accuracy(truth: np.ndarray, said: np.ndarray) -> float:
    """The mean of the hit rates on what is so and on what is not; 0.5 is chance. NaN where the
    truth is all one kind."""
    truth, said = truth.astype(bool), said.astype(bool)
    if truth.all() or not truth.any():
        return float("nan")
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def spearman(truth: np.ndarray, said: np.ndarray) -> float:
    """Spearman's correlation, ties at their mean rank; NaN where either is constant."""
    if len(truth) < 3 or (truth == truth[0]).all() or (said == said[0]).all():
        return float("nan")
    return float(np.corrcoef(rankdata(truth), rankdata(said))[0, 1])


def kappa(truth: np.ndarray, said: np.ndarray) -> float:
    """Cohen's kappa, unweighted; NaN where both are one and the same category throughout."""
    return _kappa(truth, said, lambda a, b: (a != b).astype(float))


def quadratic_kappa(truth: np.ndarray, said: np.ndarray) -> float:
    """Cohen's kappa with quadratic weights, for ordered values."""
    return _kappa(truth, said, lambda a, b: (a - b) ** 2.0)


def _kappa(truth: np.ndarray, said: np.ndarray, cost: Measure) -> float:  # type: ignore[type-arg]
    values = np.unique(np.concatenate([truth, said])).astype(float)
    one = np.array([(truth == v).mean() for v in values])
    two = np.array([(said == v).mean() for v in values])
    expected = (np.outer(one, two) * cost(values[:, None], values[None, :])).sum()
    if not expected:
        return float("nan")
    return float(1 - np.asarray(cost(truth.astype(float), said.astype(float))).mean() / expected)


def figure(
    measure: Measure,
    truth: Sequence[float] | np.ndarray,
    said: Sequence[float] | np.ndarray,
    clusters: Sequence[str],
    resamples: int = RESAMPLES,
) -> Figure:
    """The measure with its interval. A resample in which it is undefined is left out."""
    a, b = np.asarray(truth, float), np.asarray(said, float)
    names = sorted(set(clusters))
    place = {name: i for i, name in enumerate(names)}
    of = np.array([place[name] for name in clusters])
    members = [np.flatnonzero(of == i) for i in range(len(names))]
    rng = np.random.default_rng(SEED)
    drawn = []
    for _ in range(resamples):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(names), len(names))])
        drawn.append(measure(a[chosen], b[chosen]))
    drawn = [one for one in drawn if not np.isnan(one)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if drawn and len(names) > 1 else (np.nan,) * 2
    return Figure(measure(a, b), float(low), float(high), len(a), len(names))
