"""What to read: the scenarios that moved most, and those that moved against the trend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from releases.comparing import Two, differences, paired
from rubrics.answers import Answers


class Mover(NamedTuple):
    """One scenario (by number): its value in both releases, and a transcript of each to read (by
    key): the one furthest towards where the scenario moved."""

    scenario: int
    before: float
    after: float
    base: int
    candidate: int

    @property
    def difference(self) -> float:
        """Candidate less base."""
        return self.after - self.before


def movers(two: Two, measure: str, *, limit: int = 8) -> tuple[list[Mover], list[Mover]]:
    """(those that moved most, either way; those that moved most against the mean change)."""
    shared = paired(two, measure)
    if not shared.before.size:
        return [], []
    moved = differences(shared)
    order = np.argsort(-np.abs(moved), kind="stable")
    trend = np.sign(moved.mean())
    against = [k for k in order if moved[k] * trend < 0][:limit]
    most = [k for k in order if moved[k] != 0][:limit]
    sides = [_by_scenario(one, measure) for one in two[:2]]

    def made(k: int) -> Mover:
        scenario, up = int(shared.scenarios[k]), moved[k] > 0
        base, candidate = (
            _furthest(side[scenario], high=high)
            for side, high in zip(sides, (not up, up), strict=True)
        )
        return Mover(scenario, float(shared.before[k]), float(shared.after[k]), base, candidate)

    return [made(int(k)) for k in most], [made(int(k)) for k in against]


def _by_scenario(one: Answers, measure: str) -> Mapping[int, list[tuple[float, int]]]:
    found: dict[int, list[tuple[float, int]]] = {}
    has = one.has_value
    for scenario, value, key in zip(
        one.scenario[has], one.measure(measure)[has], one.key[has], strict=True
    ):
        found.setdefault(int(scenario), []).append((float(value), int(key)))
    return found


def _furthest(found: list[tuple[float, int]], *, high: bool) -> int:
    return (max if high else min)(found, key=lambda one: one[0])[1]
