"""Answers about pairs (which has more of a trait?) put side by side, and what matched nothing.

(A, B) and (B, A) are one question. All answers are turned to one order: the earlier release first,
and within a release by id, so that "first" means the same to every rater.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reviews.labels import ABSENT, VERSION

Two = tuple[str, str]
"""The ids of a pair's transcripts, in the one order."""

CHOICES = ("first", "tie", "second")
TURNED = {"first": "second", "second": "first", "tie": "tie"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One rater's latest answer about one pair: `first`, `second` or `tie` has more.

    `left`: the chosen one stood left (None: a tie, or not known). `orders`: a judge said the same
    in both orders (None: no judge, or not known). `version` is '' where the words are not known.
    """

    pair: Two
    trait: str
    version: str
    scenario: str
    releases: Two
    said: str
    left: bool | None = None
    orders: bool | None = None


@dataclass(frozen=True, slots=True)
class BothChose:
    """One pair that both raters compared."""

    pair: Two
    scenario: str
    releases: Two
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class LonePair:
    """An answer that could not be compared: whose ("a" or "b"), about which pair, and why."""

    side: str
    trait: str
    pair: Two
    why: str


@dataclass(slots=True)
class MatchedPairs:
    """A trait (in one version of its words) as two raters compared pairs on it."""

    trait: str
    version: str
    both: list[BothChose] = field(default_factory=list)
    unmatched: list[LonePair] = field(default_factory=list)

    @property
    def releases(self) -> Two | None:
        """The two releases where all pairs are of the same two; None where they are of several."""
        found = {one.releases for one in self.both}
        return found.pop() if len(found) == 1 else None


def choices(rows: Iterable[Any]) -> list[Choice]:
    """The latest answer to each pair in each version of the words, in one order of the two.

    `rows` have the fields of `store.pair_labels.PairRow`, the earlier first.
    """
    found: dict[tuple[str, str, Two], Choice] = {}
    for row in rows:
        turned = (row.places[0], row.pair[0]) > (row.places[1], row.pair[1])
        step = -1 if turned else 1
        pair, releases = tuple(row.pair[::step]), tuple(row.releases[::step])
        left = None
        if row.winner != "tie" and row.swapped is not None:
            left = (row.winner == "first") != row.swapped
        said = TURNED[row.winner] if turned else row.winner
        key = (row.trait, row.version, pair)
        found.pop(key, None)  # so that the later answer also stands later
        found[key] = Choice(
            pair, row.trait, row.version, row.scenario, releases, said, left, row.orders
        )
    return list(found.values())


def match_pairs(
    first: Iterable[Choice], second: Iterable[Choice], *, any_version: bool = False
) -> list[MatchedPairs]:
    """What both compared, by trait and version of the words, in the order of traits.

    Answers to other words are other answers; where only one version is known of a trait, what
    comes without one is taken for it. With `any_version` words count for nothing.
    """
    sides = [defaultdict(list), defaultdict(list)]  # type: list[dict[str, list[Choice]]]
    for side, given in zip(sides, (first, second), strict=True):
        for one in given:
            side[one.trait].append(one)
    found = []
    for trait in sorted({*sides[0], *sides[1]}):
        found += _match(trait, *(_one_version(side[trait], any_version) for side in sides))
    return found


def _one_version(given: list[Choice], any_version: bool) -> list[Choice]:
    return [replace(one, version="") for one in given] if any_version else given


def _match(trait: str, first: list[Choice], second: list[Choice]) -> list[MatchedPairs]:
    told = sorted({one.version for one in (*first, *second) if one.version})
    only = told[0] if len(told) == 1 else ""
    sides = [{(o.pair, o.version or only): o for o in side} for side in (first, second)]
    shared = {key[1] for key in sides[0]} & {key[1] for key in sides[1]}
    versions = dict.fromkeys(key[1] for side in sides for key in side)
    found = {v: MatchedPairs(trait, v) for v in versions if v in shared or not shared}
    rest = next(iter(found))
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        a, b = sides[0].get(key), sides[1].get(key)
        matched = found[key[1] if key[1] in found else rest]
        if a and b:
            matched.both.append(BothChose(a.pair, a.scenario, a.releases, a.said, b.said))
            continue
        side, other = ("a", sides[1]) if a else ("b", sides[0])
        elsewhere = any((key[0], version) in other for version in versions)
        why = VERSION if elsewhere else ABSENT
        matched.unmatched.append(LonePair(side, trait, key[0], why))
    return list(found.values())


def most_said(given: Mapping[str, Sequence[Choice]]) -> list[Choice]:
    """Several people as one rater: what most of them said of a pair; a tie where none has most.

    Which side they chose is each one's own and not told of all.
    """
    said: dict[tuple[str, str, Two], list[Choice]] = defaultdict(list)
    for _, mine in sorted(given.items()):
        for one in mine:
            said[one.trait, one.version, one.pair].append(one)
    return [replace(each[0], said=_most(each), left=None, orders=None) for each in said.values()]


def _most(each: Sequence[Choice]) -> str:
    counted = Counter(one.said for one in each).most_common(2)
    even = len(counted) > 1 and counted[0][1] == counted[1][1]
    return "tie" if even else counted[0][0]
