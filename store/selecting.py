"""Transcripts chosen by what one rater said of one trait, with the value at each place.

Repeats of a judge are averaged within a place (a turn, or the transcript as a whole), as they are
everywhere. Unscored and not applicable ratings choose nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal

from rubrics import Rating
from store import ratings as kept
from store import transcripts as said
from store.database import Store
from store.errors import StoreError
from store.naming import Known, default, named, rated
from transcripts import Transcript

Better = Literal["high", "low", "zero"]
Places = dict[int | None, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which transcripts: of a release, or by one rater's values of a trait within bounds."""

    release: str | None = None
    trait: str | None = None
    rater: str | None = None
    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value lies within the bounds, which count as inside."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A transcript, all its latest ratings, and the wanted rater's values by message."""

    transcript: Transcript
    ratings: list[Rating] = field(default_factory=list)
    places: Places = field(default_factory=dict)


def rater_of(store: Store, wanted: Wanted) -> Known | None:
    """The rater whose values are wanted: the one named, else the trait's own. None without a trait.

    Raises `StoreError` where it is not clear.
    """
    if wanted.trait is None:
        if wanted.rater or wanted.low is not None or wanted.high is not None:
            raise StoreError("a rater and bounds belong to a trait; name it with --trait")
        return None
    rated(store, wanted.trait)
    if wanted.rater:
        return named(store, wanted.rater, wanted.trait)
    return default(store, wanted.trait)


def each(store: Store, wanted: Wanted) -> Iterator[Chosen]:
    """The transcripts that fit, streamed; with a trait those alone that its rater rated.

    With bounds at least one place must lie within them.
    """
    rater = rater_of(store, wanted)
    where, values = ("e.name = ?", (wanted.release,)) if wanted.release else ("1", ())
    for chunk in said.each_chunk(store, where, values):
        identities = [one.id for one in chunk]
        ratings = by_transcript(store, identities)
        for one, identity in zip(chunk, identities, strict=True):
            mine = ratings.get(identity, [])
            if rater is None:
                yield Chosen(one, mine)
                continue
            found = places(mine, str(wanted.trait), rater)
            if any(wanted.holds(value) for value in found.values()):
                yield Chosen(one, mine, found)


def by_transcript(store: Store, identities: Iterable[str]) -> dict[str, list[Rating]]:
    """The latest ratings of these transcripts, by transcript."""
    found: dict[str, list[Rating]] = {}
    for rating in kept.of_transcripts(store, identities):
        found.setdefault(rating.transcript, []).append(rating)
    return found


def places(ratings: Iterable[Rating], trait: str, rater: Known) -> Places:
    """One rater's values of a trait by message (None: the whole), repeats averaged."""
    found: dict[int | None, list[float]] = {}
    for one in ratings:
        mine = one.trait == trait and one.rater == rater.rater and one.other is None
        if mine and one.value is not None:
            found.setdefault(one.message, []).append(one.value)
    return {message: fmean(values) for message, values in found.items()}


def better_of(store: Store, trait: str, asked: Better | None) -> Better:
    """Which end of a trait's scale is the good one: as asked, else as its rubric has it.

    On a two-sided scale 0 is right, on a rubric's one-sided scale `low` is the absence of the
    fault. Raises `StoreError` for a trait without a rubric: nobody knows.
    """
    if asked:
        return asked
    rows = store.rows(
        "SELECT two_sided, words FROM rubrics WHERE trait = ? ORDER BY words IS NULL, key DESC",
        (trait,),
    )
    if not rows:
        rated(store, trait, pairs=True)
        raise StoreError(f"{trait} came without a rubric; say which is better: --better high|low")
    if rows[0]["two_sided"]:
        return "zero"
    if rows[0]["words"] is None:
        raise StoreError(f"{trait} came without a rubric; say which is better: --better high|low")
    return "low"


def goodness(found: Places, better: Better) -> float:
    """How good the values of a transcript's places are on average; more is better."""
    sign = {"high": 1.0, "low": -1.0, "zero": -1.0}[better]
    return fmean(sign * (abs(value) if better == "zero" else value) for value in found.values())
