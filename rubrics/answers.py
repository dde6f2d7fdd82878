"""Many ratings as arrays: what one rater answered to one trait, a value a transcript.

Numbers only, so that releases can be compared without a store and stored without being compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class Instrument(NamedTuple):
    """What measured: a trait in one version of its words, and who answered. Numbers of different
    instruments are never compared: a change of judge or of words is no change of a model.

    `low` and `high` are None for a trait that came with a log without its scale.
    """

    trait: str
    rubric: str
    rater: str
    level: str = "transcript"
    two_sided: bool = False
    low: float | None = None
    high: float | None = None

    @property
    def span(self) -> float | None:
        """From the lowest value of the scale to the highest."""
        return None if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Ratings of single turns, repeats averaged (m,): which transcript, by its place in the
    answers; which message, 0 for the whole; the value, NaN where every attempt failed; the share
    of repeats at -1 or less and at 1 or more; how many were rated, and how many unscored."""

    at: Whole
    message: Whole
    value: Floats
    under: Floats
    over: Floats
    size: Floats
    rated: Floats
    unscored: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One instrument's answers, an element a transcript (n,), turns averaged within each.

    `key` is the transcript's in the store; `release` and `scenario` are numbers of theirs. `value`
    is NaN where there is none: unscored where `unscored` counts an attempt, else not applicable.
    `under`, `over` and `size` are shares of turns at -1 or less, at 1 or more, and the mean
    distance from 0; `coverage` is the share of attempts that succeeded, NaN without an attempt.
    """

    instrument: Instrument
    key: Whole
    release: Whole
    scenario: Whole
    sample: Whole
    value: Floats
    under: Floats
    over: Floats
    size: Floats
    coverage: Floats
    turns: Turns

    def __len__(self) -> int:
        return int(self.key.size)

    @property
    def has_value(self) -> npt.NDArray[np.bool_]:
        """Where there is a value."""
        return ~np.isnan(self.value)

    @property
    def failed(self) -> npt.NDArray[np.bool_]:
        """Where an attempt was made and all of them failed."""
        return np.isnan(self.value) & ~np.isnan(self.coverage)

    def measure(self, name: str) -> Floats:
        """The values of a measure: `mean`, `under`, `over` or `mean_abs`."""
        held: Floats = getattr(self, {"mean": "value", "mean_abs": "size"}.get(name, name))
        return held

    def where(self, kept: npt.NDArray[Any]) -> Answers:
        """Only these transcripts: a mask (n,)."""
        kept = np.asarray(kept, dtype=bool)
        place = np.cumsum(kept) - 1
        own = kept[self.turns.at] if self.turns.at.size else np.zeros(0, dtype=bool)
        names = [name for name in Turns.__slots__ if name != "at"]
        turns = Turns(place[self.turns.at[own]], *(getattr(self.turns, n)[own] for n in names))
        columns = [n for n in Answers.__slots__ if n not in ("instrument", "turns")]
        return replace(self, turns=turns, **{n: getattr(self, n)[kept] for n in columns})

    def of(self, release: int) -> Answers:
        """Only one release's."""
        return self.where(self.release == release)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where transcripts stand, ascending by key: their release, scenario and sample, by number."""

    key: Whole
    release: Whole
    scenario: Whole
    sample: Whole


def gather(instrument: Instrument, rows: npt.NDArray[Any], places: Places) -> Answers:
    """Answers from ratings (n, 4): transcript's key, message (0: the whole), value or NaN, and 1
    where unscored. Repeats are averaged within a turn, turns within a transcript; where turns and
    the whole were both rated, those at the level that the rubric asks for count."""
    key, message = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64)
    found = np.searchsorted(places.key, key)
    known = np.zeros(key.size, dtype=bool)
    if places.key.size:
        known = places.key[np.minimum(found, places.key.size - 1)] == key
    kept = known & _at_level(instrument, key, message)
    turns, owner = _turns(key[kept], message[kept], rows[kept, 2], rows[kept, 3] > 0)
    transcripts, at = np.unique(owner, return_inverse=True)
    turns = replace(turns, at=at.astype(np.int64))
    size, here = transcripts.size, np.searchsorted(places.key, transcripts)
    valued = ~np.isnan(turns.value)

    def average(values: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            sums = np.bincount(at[valued], values[valued], size)
            return sums / np.bincount(at[valued], minlength=size)

    with np.errstate(invalid="ignore"):
        rated = np.bincount(at, turns.rated, size)
        coverage = rated / (rated + np.bincount(at, turns.unscored, size))
    return Answers(
        instrument, transcripts, places.release[here], places.scenario[here], places.sample[here],
        average(turns.value), average(turns.under), average(turns.over), average(turns.size),
        coverage, turns,
    )  # fmt: skip


def _at_level(instrument: Instrument, key: Whole, message: Whole) -> npt.NDArray[np.bool_]:
    right: npt.NDArray[np.bool_] = (message > 0) == (instrument.level == "turn")
    if right.all():
        return right
    # Transcripts without any rating at the right level keep what they have.
    with_right = np.unique(key[right])
    kept: npt.NDArray[np.bool_] = right | ~np.isin(key, with_right)
    return kept


def _turns(
    key: Whole, message: Whole, value: Floats, unscored: npt.NDArray[np.bool_]
) -> tuple[Turns, Whole]:
    """Repeats averaged within each turn, and the key of each turn's transcript."""
    width = int(message.max(initial=0)) + 1
    both, at = np.unique(key * width + message, return_inverse=True)
    valued = ~np.isnan(value)
    count = np.bincount(at[valued], minlength=both.size).astype(float)

    def average(values: npt.NDArray[Any]) -> Floats:
        with np.errstate(invalid="ignore"):
            mean: Floats = np.bincount(at[valued], values[valued], both.size) / count
        return mean

    return Turns(
        at=at[:0], message=both % width, value=average(value), under=average(value <= -1),
        over=average(value >= 1), size=average(np.abs(value)), rated=count,
        unscored=np.bincount(at[unscored], minlength=both.size).astype(float),
    ), both // width  # fmt: skip
