"""How far raters agree on pairs: every number with its interval over scenarios, and their sides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reviews.agreement import FEW
from reviews.pairs import CHOICES, BothChose, Choice, MatchedPairs, Two
from stats.agreement import krippendorff_alpha, raw_agreement
from stats.bootstrap import Resampling
from stats.estimate import Estimate, Floats
from stats.intervals import clustered_rate
from stats.raters import agree

PAIR_NUMBERS = ("raw", "raw_untied", "alpha", "kappa", "ac1")
"""The numbers of agreement on pairs, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class PairsAgreed:
    """What two raters' answers about pairs say together, three outcomes without an order.

    `untied` counts the pairs on which neither said tie; `raw_untied` is their raw agreement.
    """

    matched: MatchedPairs
    n: int
    untied: int
    scenarios: int
    numbers: Mapping[str, Estimate]
    note: str


def pairs_agreed(matched: MatchedPairs, *, seed: int = 0) -> PairsAgreed:
    """The agreement on one trait's pairs, with intervals by 2,000 resamples of scenarios."""
    decided = [one for one in matched.both if "tie" not in (one.first, one.second)]
    whole, part = _agree(matched.both, seed), _agree(decided, seed)
    numbers = {
        "raw": whole.raw, "raw_untied": part.raw, "alpha": whole.alpha, "kappa": whole.kappa,
        "ac1": whole.ac2,  # with identity weights AC2 is AC1
    }  # fmt: skip
    known = len({one.scenario for one in matched.both})
    notes = [_undefined(numbers) if matched.both else "no pair that both compared"]
    if 0 < known < FEW:
        notes.append(f"{known} scenarios: exploratory")
    told = "; ".join(filter(None, notes))
    return PairsAgreed(matched, len(matched.both), len(decided), known, numbers, told)


def _agree(both: Sequence[BothChose], seed: int) -> Any:
    values = [[CHOICES.index(said) for said in (one.first, one.second)] for one in both]
    first, second = np.array(values, dtype=float).reshape(-1, 2).T
    clusters = np.array([one.scenario for one in both]) if both else None
    drawn = Resampling(clusters, seed=seed)
    scale = range(len(CHOICES))
    return agree(first, second, level="nominal", categories=list(scale), resampling=drawn)


def _undefined(numbers: Mapping[str, Estimate]) -> str:
    lacking: dict[str, list[str]] = defaultdict(list)
    for name, one in numbers.items():
        if one.estimate is None:
            lacking[one.note].append("agreement without ties" if name == "raw_untied" else name)
    return "; ".join(
        why if len(names) == len(numbers) else f"{', '.join(names)}: {why}"
        for why, names in lacking.items()
    )


@dataclass(frozen=True, slots=True)
class Sides:
    """How one rater took sides in a trait's pairs: `left`, how often they chose what stood left of
    those answers of which that is known and that are no tie; `apart`, how often a judge's two
    orders disagreed. Each with its n and an interval over scenarios; None without any such."""

    left: Estimate | None
    apart: Estimate | None


def sides(given: Sequence[Choice], trait: str) -> Sides:
    """The sides that one rater took on a trait; without a habit half of the chosen stood left."""
    mine = [one for one in given if one.trait == trait]
    return Sides(
        _share([(one.left, one.scenario) for one in mine if one.left is not None]),
        _share([(not one.orders, one.scenario) for one in mine if one.orders is not None]),
    )


def _share(events: Sequence[tuple[bool, str]]) -> Estimate | None:
    if not events:
        return None
    happened, scenarios = zip(*events, strict=True)
    return clustered_rate(np.array(happened, dtype=float), np.array(scenarios))


@dataclass(frozen=True, slots=True)
class PairCeiling:
    """How far people agree among themselves on a trait's pairs; `n` were compared by two of them
    or more."""

    raters: Sequence[str]
    n: int
    alpha: Estimate
    raw: Estimate


def pair_ceilings(
    given: Mapping[str, Sequence[Choice]], *, seed: int = 0
) -> dict[Two, PairCeiling]:
    """By (trait, version of its words): how far these raters agree among themselves."""
    tables: dict[Two, dict[Two, dict[str, Choice]]] = defaultdict(lambda: defaultdict(dict))
    versions: dict[str, set[str]] = defaultdict(set)
    for mine in given.values():
        for one in mine:
            versions[one.trait] |= {one.version} - {""}
    for name, mine in given.items():
        for one in mine:
            known = versions[one.trait]
            version = one.version or (next(iter(known)) if len(known) == 1 else "")
            tables[one.trait, version][one.pair][name] = one
    return {key: _ceiling(table, seed) for key, table in tables.items()}


def _ceiling(table: Mapping[Two, Mapping[str, Choice]], seed: int) -> PairCeiling:
    names = sorted({name for told in table.values() for name in told})
    ratings: Floats = np.full((len(names), len(table)), np.nan)
    for column, told in enumerate(table.values()):
        for name, one in told.items():
            ratings[names.index(name), column] = CHOICES.index(one.said)
    clusters = np.array([next(iter(told.values())).scenario for told in table.values()])
    drawn = Resampling(clusters, seed=seed)
    return PairCeiling(
        names, int(((~np.isnan(ratings)).sum(0) > 1).sum()),
        krippendorff_alpha(ratings, level="nominal", resampling=drawn),
        raw_agreement(ratings, resampling=drawn),
    )  # fmt: skip


def heads(matched: MatchedPairs) -> tuple[str, str, str]:
    """What the three outcomes are called: by the two releases where they are always the same."""
    names = matched.releases or ("the earlier", "the later")
    if names[0] == names[1]:
        names = ("the first", "the second")
    return names[0], "tie", names[1]


def confusion(matched: MatchedPairs) -> list[list[int]]:
    """How often the first said the row's and the second the column's outcome, (3, 3), in the order
    of `CHOICES`."""
    counted = Counter((one.first, one.second) for one in matched.both)
    return [[counted[a, b] for b in CHOICES] for a in CHOICES]


def behind_pairs(matched: MatchedPairs, row: int, column: int) -> list[BothChose]:
    """The pairs in one cell of the table."""
    wanted = CHOICES[row], CHOICES[column]
    return [one for one in matched.both if (one.first, one.second) == wanted]


def apart(matched: MatchedPairs) -> list[BothChose]:
    """The disagreements: those who chose opposite sides before those where one said tie."""
    found = [one for one in matched.both if one.first != one.second]
    return sorted(found, key=lambda one: "tie" in (one.first, one.second))


def pairs_row(one: PairsAgreed, names: Two, given: tuple[Sequence[Choice], Sequence[Choice]],
              top: PairCeiling | None) -> dict[str, Any]:  # fmt: skip
    """The agreement as the JSON row that the command line and the page share."""
    matched = one.matched
    told: dict[str, Any] = {
        "trait": matched.trait, "a": names[0], "b": names[1], "n": one.n, "n_untied": one.untied,
        "scenarios": one.scenarios, "rubric": matched.version or None,
    }  # fmt: skip
    for name, number in one.numbers.items():
        told[name] = number.estimate
        told[f"{name}_low"], told[f"{name}_high"] = number.low, number.high
    told["outcomes"], told["confusion"] = list(heads(matched)), confusion(matched)
    taken = [sides(each, matched.trait) for each in given]
    for name in ("left", "apart"):
        told[name] = {side: _told(getattr(s, name)) for side, s in zip("ab", taken, strict=True)}
    lost = Counter(label.side for label in matched.unmatched)
    told["unmatched"] = {side: lost[side] for side in "ab"}
    told["people"] = None
    if top and top.n:
        told["people"] = {
            "raters": list(top.raters), "n": top.n, "raw": top.raw.estimate,
            "alpha": top.alpha.estimate, "alpha_low": top.alpha.low, "alpha_high": top.alpha.high,
        }  # fmt: skip
    told["note"] = one.note or None
    return told


def _told(one: Estimate | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"n": one.n, "share": one.estimate, "low": one.low, "high": one.high}
