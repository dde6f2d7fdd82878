"""Scores that came with a log, and ratings from files, as ratings with quotes looked up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import Any

from rubrics import KINDS, Quote, Rater, Rating, Rubric
from store import transcripts as said
from store.database import Store
from store.errors import StoreError
from store.ratings import EXTERNAL, Keys, insert
from transcripts import Refused, Said, Score, Transcript
from transcripts.formats.native import to_score
from transcripts.quoting import find
from transcripts.records import Broken


@dataclass
class AddedRatings:
    """What an import of ratings did."""

    new: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)


def save_scores(
    connection: Connection, key: int, transcript: Transcript, rubrics: Mapping[str, Rubric]
) -> int:
    """Keep the scores of a transcript that is in the store under `key`; how many were new."""
    keys = Keys(connection)
    return sum(
        _save_score(connection, keys, key, transcript, s, rubrics) for s in transcript.scores
    )


def _save_score(
    connection: Connection,
    keys: Keys,
    key: int,
    transcript: Transcript,
    score: Score,
    rubrics: Mapping[str, Rubric],
) -> int:
    rubric = rubrics.get(score.trait)
    rating = to_rating(score, transcript, rubric)
    if rubric and score.rubric in ("", rubric.version):
        place = keys.rubric(rubric)
    elif score.rubric and not score.rubric.startswith(EXTERNAL):
        level = "turn" if score.message is not None else "transcript"
        place = keys.version(score.trait, score.rubric, score.scale, level)
    else:
        level = "turn" if score.message is not None else "transcript"
        place = keys.external(score.trait, score.scale, level)
    return insert(connection, rating, (key, place, keys.rater(rating.rater), None))


def to_rating(score: Score, transcript: Transcript, rubric: Rubric | None) -> Rating:
    """A score as a rating: its quotes looked up, a value off the scale as `unscored`.

    A value that its scale does not hold is kept in the reason and never averaged.
    """
    kind = score.kind if score.kind in KINDS else "imported"
    value, status, why, reason = score.value, score.status, score.why, score.reason
    low, high = (rubric.scale.low, rubric.scale.high) if rubric else score.scale or (None, None)
    if value is not None and not math.isfinite(value):
        # Python's JSON reads NaN and Infinity; neither is a value that could be averaged.
        status, why, reason, value = "unscored", "no_number", f"{value}. {reason}".strip(), None
    elif status == "unscored":
        why = why or "no_number"
    elif value is not None and low is not None and high is not None and not low <= value <= high:
        status, why = "unscored", "off_scale"
        reason = f"{value:g} is not on the scale {low:g}..{high:g}. {reason}".strip()
        value = None
    return Rating(
        transcript=transcript.id,
        trait=score.trait,
        rater=to_rater(kind, score.rater),
        status=status,  # type: ignore[arg-type]
        value=value,
        message=score.message,
        repeat=score.repeat,
        why=why,
        reason=reason,
        quotes=tuple(_quote(said, transcript) for said in score.quotes),
        rubric=rubric.version if rubric else "",
        at=score.at,
    )


def to_rater(kind: str, name: str) -> Rater:
    """The rater of a score: a full name (`judge:M#hash`) is taken apart, a bare one is kept."""
    if name.startswith(f"{kind}:") or name == "author":
        return Rater.parse(name)
    return Rater(kind, name)  # type: ignore[arg-type]


def _quote(words: Said, transcript: Transcript) -> Quote:
    """The quote at the place its source gives, if the words are there; else where they stand."""
    start, message = words.start, words.message
    if start is not None and message is not None and 1 <= message <= len(transcript.messages):
        parts = transcript.messages[message - 1].parts
        part, end = words.part or 0, start + len(words.text)
        if part < len(parts) and parts[part].readable[start:end] == words.text:
            return Quote(words.text, message, part, start, end, "exact")
    place = find(transcript, words.text, message, roles=("assistant", "tool"))
    if place is None:
        return Quote(words.text, message)
    return Quote(place.text, place.message, place.part, place.start, place.end, place.match)


def add_ratings(
    store: Store,
    items: Iterable[tuple[str, Any] | Refused],
    name: str,
    rubrics: Mapping[str, Rubric],
) -> AddedRatings:
    """Put in ratings of the native interchange, given as (place, row); all that can be.

    A row names its transcript by id, or by release, scenario and sample (1 where left out). One
    whose transcript is not there, or that is no rating, is refused.
    """
    added = AddedRatings()
    with store.write() as connection:
        keys = Keys(connection)
        for item in items:
            if isinstance(item, Refused):
                added.refused.append(item)
                continue
            where, row = item
            try:
                transcript, key = _transcript(store, row)
                score = to_score(row, len(transcript.messages))
                new = _save_score(connection, keys, key, transcript, score, rubrics)
            except (Broken, StoreError, ValueError, TypeError, KeyError) as error:
                added.refused.append(Refused(name, where, str(error)))
            else:
                added.new += new
                added.unchanged += 1 - new
    return added


def _transcript(store: Store, row: Mapping[str, Any]) -> tuple[Transcript, int]:
    if row.get("transcript"):
        one = said.get(store, str(row["transcript"]))
    else:
        names = [str(row.get(name) or "") for name in ("release", "scenario")]
        if not all(names):
            raise Broken("names no transcript; give its id, or its release, scenario and sample")
        sql = (
            "SELECT t.id FROM transcripts t JOIN releases e ON e.key = t.release "
            "JOIN scenarios s ON s.key = t.scenario "
            "WHERE e.name = ? AND s.name = ? AND t.sample = ?"
        )
        identity = store.one(sql, (*names, int(row.get("sample") or 1)))
        if identity is None:
            raise Broken(f"no transcript of {names[0]} / {names[1]} with that sample here")
        one = said.get(store, identity)
    key: int = store.one("SELECT key FROM transcripts WHERE id = ?", (one.id,))
    return one, key
