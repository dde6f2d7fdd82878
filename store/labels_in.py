"""Ratings and preferences from files, onto transcripts that are here; what cannot be is refused.

A log may hold values off its scale, and they are kept as unscored. A file of labels is a person's
work: there such a row is refused, so that somebody mends it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import Any

from rubrics import Rubric
from store import transcripts as said
from store.database import Store
from store.errors import StoreError
from store.imported import save_score, to_rater
from store.preferences_in import Asked, keep_preference
from store.ratings import Keys
from transcripts import Refused, Score, Transcript
from transcripts.formats.native import to_score
from transcripts.records import Broken

Row = Mapping[str, Any]


@dataclass
class AddedRatings:
    """What an import of labels did; `external` are the traits that have no rubric here."""

    new: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    external: Counter[str] = field(default_factory=Counter)


def add_ratings(
    store: Store,
    items: Iterable[tuple[str, Any] | Refused],
    name: str,
    rubrics: Mapping[str, Rubric],
) -> AddedRatings:
    """Put in ratings of the native interchange, given as (place, row); all that can be.

    A row names its transcript by id, or by release, scenario and sample (1 where left out). A row
    with `winner` is a preference between the transcripts `first` and `second`. Refused are, with
    the mend: a transcript that is not here, a value off its scale, two answers of one rater to the
    same question where none says when it was given.
    """
    added = AddedRatings()
    with store.write() as connection:
        taking = _Taking(store, connection, rubrics, added)
        for item in items:
            if isinstance(item, Refused):
                added.refused.append(item)
                continue
            where, row = item
            try:
                new = taking.preference(row) if "winner" in row else taking.rating(where, row)
            except (Broken, StoreError, ValueError, TypeError, KeyError) as error:
                added.refused.append(Refused(name, where, str(error)))
            else:
                added.new += new
                added.unchanged += 1 - new
    return added


class _Taking:
    """One file's way in, within one transaction."""

    def __init__(
        self, store: Store, connection: Connection, rubrics: Mapping[str, Rubric],
        added: AddedRatings,
    ) -> None:  # fmt: skip
        self.store, self.connection, self.rubrics, self.added = store, connection, rubrics, added
        self.keys = Keys(connection)
        self.told: dict[tuple[Any, ...], tuple[str, Any]] = {}

    def rating(self, where: str, row: Row) -> int:
        """Keep one rating; 0 where it is here already."""
        transcript, key = self._transcript(row)
        score = to_score(row, len(transcript.messages))
        rubric = self.rubrics.get(score.trait)
        _check_scale(score, rubric)
        other = self._known(row["other"]) if row.get("other") else None
        if not score.at:
            self._check_twice(where, score, (key, other))
        if rubric is None and not score.rubric:
            self.added.external[score.trait] += 1
        place = (key, other)
        return save_score(self.connection, self.keys, place, transcript, score, self.rubrics)

    def _check_twice(self, where: str, score: Score, place: tuple[int, int | None]) -> None:
        asked = (*place, score.trait, score.kind, score.rater, score.message, score.repeat)
        said_now = score.value if score.status == "rated" else score.status
        before = self.told.setdefault(asked, (where, said_now))
        if before[1] != said_now:
            raise Broken(
                f"is a second answer of {score.rater} to the same question ({before[0]} says "
                f"{before[1]}, this {said_now}); take one out, or say in `at` when each was given"
            )

    def preference(self, row: Row) -> int:
        """Keep which of two has more of a trait; 0 where it is here already."""
        ids = [row.get(name) for name in ("first", "second")]
        if not all(ids):
            raise Broken("is a preference without first and second; write the ids of both")
        pair = self._known(ids[0]), self._known(ids[1])
        rater = to_rater(str(row["kind"]), str(row["rater"]))
        asked = Asked(pair, str(row["trait"]), rater, self.keys.rater(rater))
        return keep_preference(self.connection, asked, row, self._words(row))

    def _words(self, row: Row) -> int | None:
        """The words that were asked, where the row names some that are here."""
        trait, version = str(row["trait"]), str(row.get("rubric") or "")
        rubric = self.rubrics.get(trait)
        if rubric and version == rubric.version:
            return self.keys.rubric(rubric)
        sql = "SELECT key FROM rubrics WHERE trait = ? AND version = ?"
        found = self.connection.execute(sql, (trait, version)).fetchone()
        return found[0] if found else None

    def _known(self, identity: Any) -> int:
        one = said.get(self.store, str(identity))
        key: int = self.store.one("SELECT key FROM transcripts WHERE id = ?", (one.id,))
        return key

    def _transcript(self, row: Row) -> tuple[Transcript, int]:
        identity = row.get("transcript") or self._placed(row)
        one = said.get(self.store, str(identity))
        key: int = self.store.one("SELECT key FROM transcripts WHERE id = ?", (one.id,))
        return one, key

    def _placed(self, row: Row) -> str:
        names = [str(row.get(name) or "") for name in ("release", "scenario")]
        if not all(names):
            raise Broken("names no transcript; give its id, or its release, scenario and sample")
        sample = int(row.get("sample") or 1)
        identity = self.store.one(
            "SELECT t.id FROM transcripts t JOIN releases e ON e.key = t.release "
            "JOIN scenarios s ON s.key = t.scenario "
            "WHERE e.name = ? AND s.name = ? AND t.sample = ?",
            (*names, sample),
        )
        if identity is None:
            raise Broken(
                f"no transcript of {names[0]} / {names[1]} with sample {sample} here; import it "
                "first, or mend the names"
            )
        return str(identity)


def _check_scale(score: Score, rubric: Rubric | None) -> None:
    """Raise `Broken` where the value is no number of its scale."""
    if score.value is None:
        return
    if not math.isfinite(score.value):
        raise Broken(f"has the value {score.value}, which is no number of a scale; write one")
    low, high = (rubric.scale.low, rubric.scale.high) if rubric else score.scale or (None, None)
    if low is not None and high is not None and not low <= score.value <= high:
        raise Broken(
            f"has the value {score.value:g}, which is not on the scale of {score.trait} "
            f"({low:g} to {high:g}); mend the value or the trait"
        )
