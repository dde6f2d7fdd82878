"""Two raters on pairs: how far they agree on which of two transcripts has more of a trait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import screens
from reviews.pair_agreement import (
    PairCeiling,
    PairsAgreed,
    apart,
    behind_pairs,
    pair_ceilings,
    pairs_agreed,
    pairs_row,
)
from reviews.pairs import CHOICES, BothChose, Choice, LonePair, MatchedPairs, match_pairs, most_said
from screens.raters import PEOPLE, Between
from store.listing import openings
from viewer.agreement import Line, Page, Table, agreement_data, around, number, share
from viewer.components import agreement

SHOWN = 40
LONG = 8
"""A shared beginning of so many letters or more is left out of names of releases."""
CAPTION = (
    "Which of two transcripts has more of the trait: one, the other, or a tie, whichever way round "
    "they stood. Alpha, kappa and AC1 take these as three outcomes without an order. Left: how "
    "often what stood on the left was chosen; without a habit it is half. Orders: how often a "
    "judge said otherwise when the two were turned round (kept as a tie)."
)
Key = tuple[str, str]


@dataclass(frozen=True)
class PairsBetween:
    """All that two raters said of pairs, and people among themselves."""

    between: Between
    given: tuple[Sequence[Choice], Sequence[Choice]]
    matched: Sequence[MatchedPairs]
    ceilings: Mapping[Key, PairCeiling]

    def draw(self) -> None:
        """The table of traits, and the opened trait's."""
        found = [pairs_agreed(one) for one in self.matched if one.both]
        lost = [item for one in self.matched for item in one.unmatched]
        page = Page(
            [self._line(one) for one in found], self._opened(found), self._unmatched(lost),
            self.between.rubrics, "Pairs: which of two has more", "pairs", CAPTION,
        )  # fmt: skip
        agreement(
            key="pairs",
            data=agreement_data(page),
            on_pick_change=_pick,
            on_open_change=lambda: None,
        )

    def _line(self, one: PairsAgreed) -> Line:
        top = self.ceilings.get((one.matched.trait, one.matched.version))
        row = pairs_row(one, (self.between.a, self.between.b), self.given, top)
        return Line(row, _people(top), None, [*_others(row), *self._sides(row)])

    def _sides(self, row: Mapping[str, Any]) -> list[dict[str, str]]:
        told = []
        for name, label in (("left", "left"), ("apart", "orders")):
            for side, who in zip("ab", self.between.names, strict=True):
                # A column is there for every trait or for none.
                if any(_known(one, name) for one in self.given["ab".index(side)]):
                    told.append(_side(f"{label}: {_brief(who)}", row[name][side]))
        return told

    def _opened(self, found: Sequence[PairsAgreed]) -> Table | None:
        trait = screens.param("pair")
        one = next((o for o in found if o.matched.trait == trait), None)
        if one is None:
            return None
        row = pairs_row(one, (self.between.a, self.between.b), self.given, None)
        heads = _shorter(row["outcomes"])
        cell = _cell()
        units = (behind_pairs(one.matched, *cell) if cell else apart(one.matched))[:SHOWN]
        words = openings(self.between.raters.store, [unit.pair[0] for unit in units])
        return Table(
            trait, range(len(CHOICES)), row["confusion"], cell,
            [_unit(unit, words, heads) for unit in units], (),
            self._lone(one.matched.unmatched), self.between.names, heads,
        )  # fmt: skip

    def _lone(self, lost: Sequence[LonePair]) -> list[dict[str, Any]]:
        groups: dict[tuple[str, str], list[LonePair]] = {}
        for item in lost:
            groups.setdefault((item.side, item.why), []).append(item)
        shown = [item.pair[0] for group in groups.values() for item in group[:SHOWN]]
        words = openings(self.between.raters.store, shown)
        return [
            {
                "why": f"{self.between.names[side == 'b']}: {why}", "count": len(group),
                "units": [
                    {**_place(item.pair), "values": "", "where": "",
                     "opening": words.get(item.pair[0], item.pair[0])}
                    for item in group[:SHOWN]
                ],
            }
            for (side, why), group in groups.items()
        ]  # fmt: skip

    def _unmatched(self, lost: Sequence[LonePair]) -> str:
        if not lost:
            return "Every pair was compared."
        sides = [sum(item.side == side for item in lost) for side in "ab"]
        a, b = self.between.names
        return (
            f"{sides[0]:,} pairs of {a} and {sides[1]:,} of {b} matched nothing; "
            "traitbook agree --json lists each."
        )


def pairs_between(between: Between) -> PairsBetween | None:
    """What the two said of pairs; None where not both have compared any."""
    of, asked = between.raters.choices, between.asked
    among = {name: of(name, asked) for name in between.people}
    others = {name: mine for name, mine in among.items() if name != between.a}
    second = most_said(others) if between.b == PEOPLE else of(between.b, asked)
    given = of(between.a, asked), second
    if not all(given):
        return None
    people = {name: mine for name, mine in among.items() if mine}
    top = pair_ceilings(people) if len(people) > 1 else {}
    return PairsBetween(between, given, match_pairs(*given), top)


def _known(one: Choice, name: str) -> bool:
    return (one.left if name == "left" else one.orders) is not None


def _people(top: PairCeiling | None) -> dict[str, Any] | None:
    if top is None or top.alpha.estimate is None:
        return None
    alpha = top.alpha
    near = "no interval" if alpha.low is None else f"{alpha.low:.2f} to {alpha.high:.2f}"
    return {
        "at": alpha.estimate, "low": alpha.low, "high": alpha.high, "n": top.n,
        "told": f"{alpha.estimate:.2f}", "tip": near,
    }  # fmt: skip


def _others(row: Mapping[str, Any]) -> list[dict[str, str]]:
    untied = {
        "name": "without ties", "told": share(row["raw_untied"]),
        "tip": f"{_shares(row['raw_untied_low'], row['raw_untied_high'])}, n {row['n_untied']:,}",
    }  # fmt: skip
    rest = [
        {"name": label, "told": number(row[name]), "tip": around(row, name)}
        for name, label in (("kappa", "kappa"), ("ac1", "AC1"))
    ]
    return [untied, *rest]


def _side(name: str, told: Mapping[str, Any] | None) -> dict[str, str]:
    if told is None:
        return {"name": name, "told": "\u2013", "tip": "not known"}
    near = _shares(told["low"], told["high"])
    return {"name": name, "told": f"{told['share']:.0%}", "tip": f"{near}, n {told['n']:,}"}


def _shares(low: float | None, high: float | None) -> str:
    return "no interval" if low is None or high is None else f"{low:.0%} to {high:.0%}"


def _brief(name: str) -> str:
    """A rater's name without kind and version, for the head of a column."""
    return name.partition(":")[2].partition("#")[0] or name


def _shorter(outcomes: Sequence[str]) -> list[str]:
    """The names of two releases without the long beginning that both have."""
    first, tie, second = outcomes
    ends = [at for at, letter in enumerate(first, start=1) if letter in "-_./ "]
    cut = max((at for at in ends if second.startswith(first[:at])), default=0)
    return [first[cut:], tie, second[cut:]] if cut >= LONG else list(outcomes)


def _cell() -> tuple[int, int] | None:
    row, _, column = screens.param("pcell").partition(",")
    known = [str(index) for index in range(len(CHOICES))]
    return (int(row), int(column)) if row in known and column in known else None


def _place(pair: Key) -> dict[str, Any]:
    """Where a pair is read: both side by side, in the order of releases."""
    told = {"t": pair[0], "beside": ",".join(pair), "m": 1}
    return {"t": pair[0], "m": 1, "beside": ",".join(pair), "href": screens.link("read", told)}


def _unit(one: BothChose, words: Mapping[str, str], outcomes: Sequence[str]) -> dict[str, Any]:
    """A pair that both compared, as a line to be opened."""
    said = [outcomes[CHOICES.index(each)] for each in (one.first, one.second)]
    return {
        **_place(one.pair), "values": " | ".join(said),
        "opening": words.get(one.pair[0], one.pair[0]),
        "where": f"{one.scenario} \u00b7 {one.releases[0]} beside {one.releases[1]}",
    }  # fmt: skip


def _pick() -> None:
    """Open a trait's table of pairs, or the pairs in one cell of it."""
    if told := screens.triggered("pairs", "pick"):
        if "trait" in told:
            screens.put("pair", told["trait"])
            screens.put("pcell", None)
        else:
            screens.put("pcell", told["cell"])
