"""What people read next: which transcripts are worth a reading, and in what order.

Every ordering chooses; then what was chosen is shuffled, so that its place in the queue tells the
reader nothing. Each entry says why it was chosen (shown after it is rated) and how many of the
population it stands for, which statistics over an unevenly drawn sample must weigh it by.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

ORDERINGS = {
    "random": "at random",
    "stratified": "as many of each value that a judge gave (weights are kept)",
    "disagreement": "where raters are furthest apart",
    "unscored": "what could not be scored, then what a rule or judge flags most",
    "change": "the biggest change between two releases",
}
"""The orderings, and what each chooses."""


class BadQueue(ValueError):
    """A queue that cannot be made as asked; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transcript, or one turn of it, that could be read; `values` are what raters other than
    people gave it, by rater, and `unscored` how often one failed."""

    transcript: str
    scenario: str
    release: str
    message: int | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    unscored: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be read: a transcript (or one turn), or two beside each other."""

    transcript: str
    why: str
    other: str | None = None
    message: int | None = None
    stratum: str | None = None
    weight: float = 1.0
    readings: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """How a queue is to be made.

    `size` is how many to choose, `readings` how many people read each, `twice` the share that is
    read by one more; `rater` whose values strata are made of (None: the mean of all); `releases`
    the two between which change is sought, before and after.
    """

    ordering: str = "random"
    size: int = 60
    readings: int = 1
    twice: float = 0.2
    rater: str | None = None
    releases: tuple[str, str] | None = None
    seed: int = 0


def plan_entries(candidates: Sequence[Candidate], plan: Plan) -> list[Entry]:
    """The queue's entries in the order in which they are read. Raises `BadQueue`."""
    if plan.ordering not in ORDERINGS:
        raise BadQueue(f"no ordering {plan.ordering!r}; there are: {', '.join(ORDERINGS)}")
    if not candidates:
        raise BadQueue("nothing to read: no transcript fits")
    rng = random.Random(plan.seed)
    ones = _one_a_transcript(
        candidates, rng, by_value=plan.ordering in ("disagreement", "unscored")
    )
    chosen = _CHOOSERS[plan.ordering](ones, plan, rng)
    rng.shuffle(chosen)
    return _read_twice(chosen, plan, rng)


def pair_entries(candidates: Sequence[Candidate], plan: Plan) -> list[Entry]:
    """The same scenarios of two releases, beside each other, at random. Raises `BadQueue`."""
    if plan.releases is None:
        raise BadQueue("pairs are of two releases; name both")
    rng = random.Random(plan.seed)
    before, after = (_by_scenario(candidates, name) for name in plan.releases)
    shared = sorted(set(before) & set(after))
    if not shared:
        raise BadQueue(f"{plan.releases[0]} and {plan.releases[1]} share no scenario")
    rng.shuffle(shared)
    entries = [
        Entry(
            before[one][0].transcript,
            f"{plan.releases[0]} beside {plan.releases[1]}, at random",
            other=after[one][0].transcript,
        )
        for one in shared[: plan.size]
    ]
    return _read_twice(entries, plan, rng)


def _one_a_transcript(
    candidates: Sequence[Candidate], rng: random.Random, *, by_value: bool
) -> list[Candidate]:
    """One turn of each transcript: the most telling with `by_value`, else any."""
    turns: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        turns[one.transcript].append(one)
    if by_value:
        return [
            max(group, key=lambda o: (_spread(o), o.unscored, _size(o))) for group in turns.values()
        ]
    return [rng.choice(group) for group in turns.values()]


def _spread(one: Candidate) -> float:
    return max(one.values.values()) - min(one.values.values()) if len(one.values) > 1 else 0.0


def _size(one: Candidate) -> float:
    return max(map(abs, one.values.values()), default=0.0)


def _random(ones: list[Candidate], plan: Plan, rng: random.Random) -> list[Entry]:
    chosen = rng.sample(ones, min(plan.size, len(ones)))
    weight = len(ones) / len(chosen)
    return [_entry(one, f"at random, of {len(ones):,}", weight=weight) for one in chosen]


def _stratified(ones: list[Candidate], plan: Plan, rng: random.Random) -> list[Entry]:
    """As many of each value as there are; what a scarce value leaves goes to the others."""
    strata: dict[float, list[Candidate]] = defaultdict(list)
    for one in ones:
        value = one.values.get(plan.rater) if plan.rater else _mean(one)
        if value is not None:
            strata[round(value)].append(one)
    if not strata:
        raise BadQueue(f"{plan.rater or 'nobody'} has given none of these a value")
    shares = _even(plan.size, {value: len(group) for value, group in strata.items()})
    entries = []
    for value, group in sorted(strata.items()):
        for one in rng.sample(group, shares[value]):
            who = plan.rater or "the raters"
            why = f"{who} gave {value:+g}: 1 of {shares[value]} drawn of {len(group):,} such"
            weight = len(group) / shares[value]
            entries.append(_entry(one, why, stratum=f"{value:g}", weight=weight))
    return entries


def _mean(one: Candidate) -> float | None:
    return fmean(one.values.values()) if one.values else None


def _even(size: int, there: Mapping[float, int]) -> dict[float, int]:
    """`size` spread over strata as evenly as their numbers allow."""
    shares = dict.fromkeys(there, 0)
    left = min(size, sum(there.values()))
    while left:
        open_ones = sorted((v for v in there if shares[v] < there[v]), key=lambda v: shares[v])
        for value in open_ones[:left]:
            shares[value] += 1
        left -= len(open_ones[:left])
    return shares


def _disagreement(ones: list[Candidate], plan: Plan, rng: random.Random) -> list[Entry]:
    apart = sorted((one for one in ones if _spread(one) > 0), key=_spread, reverse=True)
    if not apart:
        raise BadQueue("no two raters disagree here; try --order random or stratified")
    return [_entry(one, f"raters are apart: {_said(one)}") for one in apart[: plan.size]]


def _unscored(ones: list[Candidate], plan: Plan, rng: random.Random) -> list[Entry]:
    flagged = [one for one in ones if one.unscored or _size(one) > 0]
    if not flagged:
        raise BadQueue("nothing here is unscored or flagged; try --order random")
    flagged.sort(key=lambda one: (-one.unscored, -_size(one)))
    return [
        _entry(one, "could not be scored" if one.unscored else f"flagged: {_said(one)}")
        for one in flagged[: plan.size]
    ]


def _change(ones: list[Candidate], plan: Plan, rng: random.Random) -> list[Entry]:
    """Both transcripts of the scenarios whose value moved most."""
    if plan.releases is None:
        raise BadQueue("change is between two releases; name both")
    before, after = (_by_scenario(ones, name) for name in plan.releases)
    moved = []
    for scenario in sorted(set(before) & set(after)):
        means = [_mean_of(group[scenario], plan.rater) for group in (before, after)]
        if means[0] is not None and means[1] is not None and means[0] != means[1]:
            moved.append(
                (abs(means[1] - means[0]), scenario, f"{means[0]:+.2g} to {means[1]:+.2g}")
            )
    if not moved:
        raise BadQueue(f"nothing changed between {plan.releases[0]} and {plan.releases[1]}")
    moved.sort(key=lambda one: (-one[0], one[1]))
    entries = []
    for _, scenario, told in moved:
        for group in (before, after):
            entries.append(_entry(group[scenario][0], f"changed between releases: {told}"))
    return entries[: plan.size]


def _by_scenario(ones: Sequence[Candidate], release: str) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = defaultdict(list)
    for one in ones:
        if one.release == release:
            found[one.scenario].append(one)
    return found


def _mean_of(group: list[Candidate], rater: str | None) -> float | None:
    values = [one.values.get(rater) if rater else _mean(one) for one in group]
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _said(one: Candidate) -> str:
    return ", ".join(f"{rater} {value:+.2g}" for rater, value in sorted(one.values.items()))


def _entry(one: Candidate, why: str, *, stratum: str | None = None, weight: float = 1.0) -> Entry:
    return Entry(one.transcript, why, message=one.message, stratum=stratum, weight=weight)


def _read_twice(entries: list[Entry], plan: Plan, rng: random.Random) -> list[Entry]:
    count = round(len(entries) * plan.twice)
    more = set(rng.sample(range(len(entries)), count))
    return [
        replace(one, readings=plan.readings + (index in more))
        for index, one in enumerate(entries)
    ]  # fmt: skip


_CHOOSERS: dict[str, Callable[[list[Candidate], Plan, random.Random], list[Entry]]] = {
    "random": _random,
    "stratified": _stratified,
    "disagreement": _disagreement,
    "unscored": _unscored,
    "change": _change,
}
