"""How far two raters agree on a trait: every number with its interval over scenarios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reviews.labels import Both, Matched, Scale
from stats.bootstrap import Resampling
from stats.cells import Level
from stats.estimate import Estimate
from stats.raters import Agreement, agree, confusion

NUMBERS = ("raw", "alpha", "kappa", "kappa_weighted", "ac2", "spearman", "pearson", "bias")
"""The numbers of agreement, in the order in which they are shown."""

AVERAGED = "means are taken to the nearest value for raw, kappa and AC2"
FEW = 20
"""Under so many scenarios an agreement is exploratory."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What two raters' labels of one trait say together."""

    matched: Matched
    numbers: Agreement
    scenarios: int
    note: str

    def number(self, name: str) -> Estimate:
        """One of `NUMBERS`."""
        found: Estimate = getattr(self.numbers, name)
        return found


def agreed(matched: Matched, *, level: Level = "ordinal", seed: int = 0) -> Agreed:
    """The agreement on one trait, with intervals by 2,000 resamples of scenarios.

    Raw agreement, kappa and AC2 ask for the same category, so means of repeats count as the
    nearest value of the scale there; alpha, correlations and bias take them as they are.
    """
    first = np.array([one.first for one in matched.both])
    second = np.array([one.second for one in matched.both])
    scenarios = [one.scenario for one in matched.both]
    known = len(set(scenarios))
    resampling = Resampling(np.array(scenarios) if scenarios else None, seed=seed)
    whole = np.rint(first), np.rint(second)
    averaged = bool((whole[0] != first).any() or (whole[1] != second).any())
    on_scale = categories(matched.scale)
    if averaged and on_scale is None:
        found = agree(first, second, level=level, resampling=resampling)
    else:
        found = agree(*whole, level=level, categories=on_scale, resampling=resampling)
        if averaged:
            exact = agree(first, second, level=level, resampling=resampling)
            told = {name: getattr(exact, name) for name in ("alpha", "spearman", "pearson", "bias")}
            found = replace(found, **told)
    notes = [_undefined(found)] if matched.both else ["nothing that both rated"]
    if averaged:
        notes.append(AVERAGED)
    if 0 < known < FEW:
        notes.append(f"{known} scenarios: exploratory")
    return Agreed(matched, found, known, "; ".join(filter(None, notes)))


def categories(scale: Scale) -> list[float] | None:
    """Every whole value of a scale; None where it is not known or has far too many."""
    if scale.low is None or scale.high is None or scale.high - scale.low > 20:
        return None
    if scale.low != int(scale.low):
        return None
    return [float(v) for v in range(int(scale.low), int(scale.high) + 1)]


def _undefined(found: Agreement) -> str:
    lacking: dict[str, list[str]] = {}
    for name in NUMBERS:
        one: Estimate = getattr(found, name)
        if one.estimate is None:
            lacking.setdefault(one.note, []).append(name)
    return "; ".join(
        why if len(names) == len(NUMBERS) else f"{', '.join(names)}: {why}"
        for why, names in lacking.items()
    )


@dataclass(frozen=True, slots=True)
class Table:
    """How often the first gave the row's value and the second the column's."""

    values: Sequence[float]
    counts: Sequence[Sequence[int]]


def table(matched: Matched) -> Table:
    """The confusion of two raters over the whole scale, means taken to the nearest value."""
    if not matched.both:
        return Table((), ())
    first = np.rint([one.first for one in matched.both])
    second = np.rint([one.second for one in matched.both])
    values, counts = confusion(first, second, categories=categories(matched.scale))
    return Table(values.tolist(), counts.tolist())


def behind(matched: Matched, row: float, column: float) -> list[Both]:
    """The units in one cell of the table."""
    return [
        one for one in matched.both
        if np.rint(one.first) == row and np.rint(one.second) == column
    ]  # fmt: skip


def furthest(matched: Matched, limit: int = 30) -> list[Both]:
    """The disagreements, the widest first."""
    apart = [one for one in matched.both if one.first != one.second]
    return sorted(apart, key=lambda one: -abs(one.first - one.second))[:limit]


def as_row(one: Agreed, a: str, b: str) -> dict[str, Any]:
    """The agreement as the JSON row that the command line and the page share."""
    told: dict[str, Any] = {
        "trait": one.matched.trait, "a": a, "b": b, "n": one.numbers.n,
        "scenarios": one.scenarios, "rubric": one.matched.version,
    }  # fmt: skip
    for name in NUMBERS:
        number = one.number(name)
        told[name] = number.estimate
        told[f"{name}_low"], told[f"{name}_high"] = number.low, number.high
    sides = Counter(label.side for label in one.matched.unmatched)
    told["unmatched"] = {side: sides[side] for side in "ab"}
    kept = one.matched.applicability
    told["applicable"] = {name: kept[name] for name in ("both", "a_only", "b_only", "neither")}
    told["note"] = one.note or None
    return told
