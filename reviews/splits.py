"""Labels split once into dev and test, by scenario; and two judges held against people on one part.

A rubric is made better by looking at dev. Whoever looks at test and then changes something has
made it dev, so each look is counted.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reviews.labels import Both, Label, Unit, in_words, latest_answers, match
from stats import cells as of
from stats.bootstrap import Resampling, of_sums
from stats.estimate import Estimate, Floats, cluster_codes
from stats.paired import PairedDifference, paired_difference


def split(scenarios: Sequence[str], *, test: float = 0.5, seed: int = 0) -> dict[str, str]:
    """Each scenario's part, "dev" or "test", at random; the same again for the same seed."""
    if not 0 < test < 1:
        raise ValueError(f"the share of test is between 0 and 1, not {test}")
    order = sorted(set(scenarios))
    random.Random(seed).shuffle(order)
    held = round(len(order) * test)
    return {name: "test" if index < held else "dev" for index, name in enumerate(order)}


@dataclass(frozen=True, slots=True)
class Three:
    """One unit with what people said of it and what each of the two did."""

    unit: Unit
    scenario: str
    release: str
    people: float
    first: float
    second: float

    @property
    def nearer(self) -> str:
        """Which of the two is nearer to people: "first", "second", or "" for neither."""
        one, other = abs(self.first - self.people), abs(self.second - self.people)
        return "" if one == other else "first" if one < other else "second"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two judges (or two versions of a rubric) against people on what all three rated.

    `closer` is how much nearer to people the second is, in points of the scale: the mean absolute
    error of the first less that of the second, paired by scenario, so above 0 the second is
    better. `alpha` is the second's alpha less the first's, with its interval over scenarios.
    `words` are the versions of the rubric that the two answered, `units` what all three rated,
    where the two differ most first.
    """

    trait: str
    n: int
    scenarios: int
    first: float | None
    second: float | None
    closer: PairedDifference
    alpha: Estimate
    words: tuple[str, str] = ("", "")
    units: Sequence[Three] = ()


def compare_judges(
    people: Sequence[Label],
    first: Sequence[Label],
    second: Sequence[Label],
    *,
    versions: tuple[str, str] = ("", ""),
    seed: int = 0,
) -> list[Compared]:
    """By trait: which of two agrees better with people, on the units that all three rated.

    Versions of a rubric may differ, since that is what is compared; scales may not. Each of the
    two is taken in one version of the words: the one of `versions`, else its latest.
    """
    human = latest_answers(people)
    asked = [in_words(one, v) for one, v in zip((first, second), versions, strict=True)]
    words = [{one.trait: one.version for one in side} for side in asked]
    sides: list[dict[tuple[str, Unit], Both]] = [
        {(m.trait, b.unit): b for m in match(human, one, any_version=True) for b in m.both}
        for one in asked
    ]
    found = []
    for trait in sorted({trait for trait, _ in sides[0]} & {trait for trait, _ in sides[1]}):
        units = sorted(
            (key for key in sides[0].keys() & sides[1].keys() if key[0] == trait), key=str
        )
        if units:
            three = [_three(sides[0][key], sides[1][key]) for key in units]
            told = words[0][trait], words[1][trait]
            found.append(_compared(trait, three, told, seed))
    return found


def _three(one: Both, other: Both) -> Three:
    return Three(one.unit, one.scenario, one.release, one.first, one.second, other.second)


def _compared(trait: str, three: list[Three], words: tuple[str, str], seed: int) -> Compared:
    values = np.array([[each.people, each.first, each.second] for each in three])
    scenarios = [each.scenario for each in three]
    human, one, other = values.T
    errors = np.abs(one - human), np.abs(other - human)
    closer = paired_difference(errors[1], errors[0], np.array(scenarios))
    numbers = [_alpha(human, side) for side in (one, other)]
    furthest = sorted(three, key=lambda each: -abs(each.first - each.second))
    return Compared(
        trait, len(human), len(set(scenarios)), numbers[0], numbers[1], closer,
        _difference(values, scenarios, seed), words, furthest,
    )  # fmt: skip


def _alpha(human: Floats, judge: Floats) -> float | None:
    cells = of.count(human, judge, (np.zeros(human.size, dtype=np.intp), 1))
    value = float(of.alpha(cells, cells.counts.sum(0), level="ordinal"))
    return value if np.isfinite(value) else None


def _difference(values: Floats, scenarios: list[str], seed: int) -> Estimate:
    """The second's alpha less the first's, both from the same resamples of scenarios."""
    human, one, other = values.T
    codes, clusters = cluster_codes(np.array(scenarios), len(scenarios))
    counted = [of.count(human, side, (codes, clusters)) for side in (one, other)]
    width = counted[0].counts.shape[1]
    sums = np.concatenate([side.counts for side in counted], axis=1)

    def difference(totals: Floats) -> Floats:
        return of.alpha(counted[1], totals[..., width:], level="ordinal") - of.alpha(
            counted[0], totals[..., :width], level="ordinal"
        )

    drawn = Resampling(np.array(scenarios), seed=seed)
    return of_sums(sums, difference, n=len(human), resampling=drawn, undefined="alpha is undefined")


def compared_row(one: Compared) -> dict[str, Any]:
    """The comparison as the JSON row that the command line and the page share."""
    told: dict[str, Any] = {
        "trait": one.trait, "n": one.n, "scenarios": one.scenarios, "words": list(one.words),
        "alpha_first": one.first, "alpha_second": one.second,
    }  # fmt: skip
    for name, number in (("alpha_difference", one.alpha), ("closer", one.closer)):
        told[name] = number.estimate
        told[f"{name}_low"], told[f"{name}_high"] = number.low, number.high
    notes = "; ".join(filter(None, dict.fromkeys([one.alpha.note, one.closer.note])))
    return {**told, "p": one.closer.p, "note": notes or None}
