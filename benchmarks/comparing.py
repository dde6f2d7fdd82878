"""Comparing: 16 traits, two releases of 10,000 transcripts; ten times the data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import WORK, Figure, median, ours
from benchmarks._ratings import database
from releases.comparing import Two, compare
from rubrics.answers import Answers
from stats.bootstrap import Resampling, bootstrap_means
from store import Store
from store.choosing import chosen, met

LIMIT = 2.0
SIZES = (1_000, 10_000)
ROUNDS = 5


def run() -> Iterator[Figure]:
    """CPU seconds within one process, from the file to the adjusted lines; the whole command."""
    seen = {}
    for size in SIZES:
        path = database(WORK / f"compare{size}.db", releases=2, transcripts=size, samples=5)
        seen[size] = sorted(_seconds(path) for _ in range(ROUNDS))[ROUNDS // 2]
    small, large = SIZES
    told = f"16 traits x 2 releases x {large:,} transcripts"
    yield Figure(
        f"{told}: compare", f"{seen[large]:.2f} s", f"under {LIMIT} s", seen[large] < LIMIT
    )
    times = seen[large] / seen[small]
    yield Figure("ten times the data takes", f"{times:.1f} times as long", "under 10", times < 10)
    cost = median([ours("compare", "r1", "r2", "--json", "--db", str(path)) for _ in range(3)])
    yield Figure("  the whole command, CPU", f"{cost:.2f} s", f"under {LIMIT} s", cost < LIMIT)
    boot = _bootstrap(path)
    yield Figure(
        "  bootstrap 2,000 of all 16 traits", f"{boot:.2f} s", f"under {LIMIT} s", boot < LIMIT
    )


def _pairs(path: Path) -> list[Two]:
    store = Store(path)
    return [Two(*one) for one in met(store, chosen(store), "r1", "r2")]


def _seconds(path: Path) -> float:
    begun = time.process_time()
    compare(_pairs(path))
    return time.process_time() - begun


def _bootstrap(path: Path) -> float:
    """Scenarios drawn again with replacement, all traits from the same draws."""
    pairs = _pairs(path)
    begun = time.process_time()
    first = pairs[0].base
    columns = [_difference(two, first) for two in pairs]
    bootstrap_means(np.column_stack(columns), Resampling(clusters=np.arange(columns[0].size)))
    return time.process_time() - begun


def _difference(two: Two, first: Answers) -> np.ndarray:  # type: ignore[type-arg]
    scenarios = np.unique(first.scenario)
    means = []
    for one in two[:2]:
        has = one.has_value
        sums = np.bincount(
            np.searchsorted(scenarios, one.scenario[has]), one.value[has], scenarios.size
        )
        means.append(
            sums
            / np.bincount(np.searchsorted(scenarios, one.scenario[has]), minlength=scenarios.size)
        )
    found: np.ndarray = means[1] - means[0]  # type: ignore[type-arg]
    return found
