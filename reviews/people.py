"""People as one rater, people among themselves, and which traits a judge may gate by them.

How far people agree among themselves is the ceiling for a judge: none can be expected to agree with
people better than they do with each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reviews.agreement import Agreed
from reviews.labels import Label, Unit
from reviews.settings import Gating
from stats.agreement import krippendorff_alpha, raw_agreement
from stats.bootstrap import Resampling
from stats.estimate import Estimate, Floats
from stats.raters import leniency

Key = tuple[str, str]
"""A trait and the version of its words."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How far several raters agree on a trait: alpha and raw agreement, `n` units rated by two or
    more, and for each rater how much higher they mark than the others on what they share."""

    raters: Sequence[str]
    n: int
    alpha: Estimate
    raw: Estimate
    leniency: Mapping[str, Estimate]


def pooled(labels: Mapping[str, Sequence[Label]]) -> list[Label]:
    """Several people's labels as one rater's: averaged over people wherever they rated the same."""
    found: list[Label] = []
    for index, (_, mine) in enumerate(sorted(labels.items())):
        found += [replace(one, repeat=one.repeat + 1000 * index) for one in mine]
    return found


def ceilings(labels: Mapping[str, Sequence[Label]], *, seed: int = 0) -> dict[Key, Ceiling]:
    """How far these raters agree among themselves, by trait and version of its words."""
    tables: dict[Key, dict[Unit, dict[str, list[float]]]] = defaultdict(lambda: defaultdict(dict))
    scenarios: dict[Unit, str] = {}
    for name, mine in labels.items():
        for one in mine:
            if one.value is not None:
                tables[one.trait, one.version][one.unit].setdefault(name, []).append(one.value)
                scenarios[one.unit] = one.scenario
    return {key: _ceiling(table, scenarios, seed) for key, table in tables.items()}


def _ceiling(
    table: Mapping[Unit, Mapping[str, list[float]]], scenarios: Mapping[Unit, str], seed: int
) -> Ceiling:
    names = sorted({name for told in table.values() for name in told})
    ratings: Floats = np.full((len(names), len(table)), np.nan)
    for column, told in enumerate(table.values()):
        for name, values in told.items():
            ratings[names.index(name), column] = float(np.mean(values))
    clusters = np.array([scenarios[unit] for unit in table])
    twice = int(((~np.isnan(ratings)).sum(0) > 1).sum())
    drawn = Resampling(clusters, seed=seed)
    apart = leniency(ratings, clusters) if twice else []
    return Ceiling(
        names, twice, krippendorff_alpha(ratings, resampling=drawn),
        raw_agreement(ratings, resampling=drawn), dict(zip(names, apart, strict=False)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a trait may gate, and what is missing where not."""

    may: bool
    lacking: Sequence[str]


def may_gate(judged: Agreed | None, ceiling: Ceiling | None, gating: Gating) -> Verdict:
    """Whether a judge agrees with people well enough on a trait for it to gate releases."""
    if judged is None or not judged.numbers.n:
        return Verdict(False, [f"{gating.labels} blind labels on what it rated (there is none)"])
    lacking = []
    alpha = judged.number("alpha")
    if judged.numbers.n < gating.labels:
        more = gating.labels - judged.numbers.n
        lacking.append(f"{more} more blind labels ({judged.numbers.n} of {gating.labels})")
    if alpha.estimate is None:
        lacking.append(f"an alpha ({alpha.note})")
    elif alpha.low is None:
        lacking.append("an interval around alpha (labels of more scenarios)")
    elif alpha.low <= gating.least:
        lacking.append(f"a lower bound above {gating.least:g} (it is {alpha.low:.2f})")
    people = ceiling.alpha.estimate if ceiling else None
    if people is None:
        why = ceiling.alpha.note if ceiling and ceiling.n else "nothing is read by two people"
        lacking.append(f"people against people ({why})")
    elif alpha.estimate is not None and alpha.estimate < people - gating.within:
        lacking.append(
            f"within {gating.within:g} of people ({alpha.estimate:.2f}, they have {people:.2f})"
        )
    if people is not None and people < gating.least:
        lacking.append(f"a clearer rubric: people themselves agree at {people:.2f} only")
    return Verdict(not lacking, lacking)
