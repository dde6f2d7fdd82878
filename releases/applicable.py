"""How often a trait was not applicable: a change in that is a finding, and a doubt about others.

A scenario that is not applicable in one release alone drops out of the paired comparison, and it
was the model's own behaviour that chose it. Of a hundred scenarios five such can hide five points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from releases.comparing import Two
from releases.telling import plain
from rubrics.answers import Answers
from stats.paired import paired_difference
from stats.rare import rare_difference
from stats.samples import ScenarioMeans, pair, scenario_means

MISMATCHED = 0.05
"""So much of the shared scenarios may be applicable in one release alone, where nobody says."""


class Applicable(NamedTuple):
    """The share not applicable in each release, over the `scenarios` for which both have an answer
    (unscored is none); the share that is so in one of them alone, where several samples of a
    scenario count in part; p of no change (exact McNemar where few changed, else t)."""

    scenarios: int
    base: float = 0.0
    candidate: float = 0.0
    mismatched: float = 0.0
    p: float | None = None

    @property
    def matters(self) -> bool:
        """Whether a reader of the comparison must know it."""
        return self.mismatched > MISMATCHED or (self.p is not None and self.p < 0.05)

    def told(self, base: str, candidate: str) -> str:
        """`32 % of 28 shared scenarios were applicable in one of the two alone (...)`."""
        before, after, apart = (
            plain(x, share=True) for x in (self.base, self.candidate, self.mismatched)
        )
        many = f"{self.scenarios:,} shared scenario{'s' if self.scenarios != 1 else ''}"
        sure = ", beyond chance" if self.p is not None and self.p < 0.05 else ""
        return (
            f"{apart} of {many} were applicable in one of the two alone "
            f"(not applicable: {before} of {base}, {after} of {candidate}{sure})"
        )


def applicable(two: Two) -> Applicable:
    """How far the two releases are apart in what was applicable."""
    shared = pair(_absent(two.base), _absent(two.candidate))
    before, after = shared.before, shared.after
    if not before.size:
        return Applicable(0)
    made = rare_difference(before, after, span=1.0) or paired_difference(before, after)
    apart = float(np.abs(after - before).mean())
    return Applicable(before.size, float(before.mean()), float(after.mean()), apart, made.p)


def _absent(one: Answers) -> ScenarioMeans:
    """The share of each scenario's samples that is not applicable."""
    answered = ~one.failed
    return scenario_means((~one.has_value[answered]).astype(float), one.scenario[answered])
