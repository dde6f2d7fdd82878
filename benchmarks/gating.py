"""The gate itself in worlds whose truth is known: how often it stops a release that is no worse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks import Figure
from benchmarks.simulations import BETWEEN, DROP, SAMPLES, SCENARIOS, TRAITS, WITHIN, against
from releases.comparing import Two
from releases.gate import Evidence, judge
from releases.gatefile import GateFile, Limit
from rubrics.answers import Answers, Instrument, Places, gather

WORLDS = 1000
NONE, MARGIN = 1e-9, 0.1


def run() -> Iterator[Figure]:
    """14 traits, 60 scenarios x 3 samples, through the gate as the command calls it."""
    rng = np.random.default_rng(12)
    counts = {(drop, margin): 0 for drop in (0.0, DROP) for margin in (NONE, MARGIN)}
    more = 0
    for drop in (0.0, DROP):
        for _ in range(WORLDS):
            world = evidence(rng, drop)
            fails = [_fails(world, margin) for margin in (NONE, MARGIN)]
            for margin, failed in zip((NONE, MARGIN), fails, strict=True):
                counts[drop, margin] += bool(failed) if drop == 0 else "t0" in failed
            more += not set(fails[1]) <= set(fails[0])
    yield Figure("worlds in which the margin stops what would else pass", str(more), "0", more == 0)
    told = "no change, gate fails: "
    # A gate asks one side only: half of the false alarms of a test that asks both.
    yield against(f"{told}without a margin", counts[0.0, NONE] / WORLDS, ".0215", WORLDS)
    share = counts[0.0, MARGIN] / WORLDS
    without = counts[0.0, NONE] / WORLDS
    yield Figure(f"{told}with a margin of .1", f"{share:.4f}", "at most that", share <= without)
    power = counts[DROP, NONE] / WORLDS
    yield against("one trait worse by .35, found without a margin", power, ".84", WORLDS)
    seen = counts[DROP, MARGIN] / WORLDS
    yield Figure("  found with a margin of .1", f"{seen:.3f}", "")


def evidence(rng: np.random.Generator, drop: float) -> dict[str, Evidence]:
    """One world: the first trait of the candidate is worse by `drop`."""
    scenario = rng.normal(size=(TRAITS, SCENARIOS, 1)) * BETWEEN
    values = scenario + rng.normal(size=(2, TRAITS, SCENARIOS, SAMPLES)) * WITHIN
    values[1, 0] += drop
    return {
        f"t{k}": Evidence(Two(*(_answers(f"t{k}", values[side, k]) for side in (0, 1))))
        for k in range(TRAITS)
    }


def _answers(trait: str, values: np.ndarray) -> Answers:  # type: ignore[type-arg]
    ids = np.arange(1, values.size + 1)
    scenarios = np.repeat(np.arange(SCENARIOS), SAMPLES)
    flat = values.ravel()
    rows = np.column_stack([ids, np.zeros(ids.size), flat, np.zeros(ids.size)])
    one = np.ones_like(ids)
    return gather(Instrument(trait, "v", "judge:m"), rows, Places(ids, one, scenarios, one))


def _fails(world: dict[str, Evidence], margin: float) -> list[str]:
    rules = GateFile(traits={trait: Limit(margin=margin) for trait in world})
    return [one.trait for one in judge(rules, world, "r1", "r2").traits if one.verdict == "fail"]
