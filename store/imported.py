"""Scores that came with a log, and ratings from files, as ratings with quotes looked up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from sqlite3 import Connection

from rubrics import KINDS, Quote, Rater, Rating, Rubric
from store.chains import Place
from store.ratings import EXTERNAL, Keys, insert
from transcripts import Refused, Said, Score, Transcript
from transcripts.quoting import find

Late = list[tuple[int, Transcript, Score]]
"""Scores of pairs whose other transcript had not come yet, with the key of their own."""


def save_scores(
    connection: Connection, key: int, transcript: Transcript, rubrics: Mapping[str, Rubric],
    late: Late,
) -> int:  # fmt: skip
    """Keep the scores of a transcript that is in the store under `key`; how many were new.

    What rates a pair whose other is not here (yet) goes to `late`.
    """
    keys, new = Keys(connection), 0
    for score in transcript.scores:
        other = _other(connection, score)
        if score.other and other is None:
            late.append((key, transcript, score))
        else:
            new += save_score(connection, keys, (key, other), transcript, score, rubrics)
    return new


def save_late(
    connection: Connection, late: Late, rubrics: Mapping[str, Rubric], refused: list[Refused]
) -> int:
    """Keep what waited for the other of its pair; how many were new. The rest is refused."""
    keys, new = Keys(connection), 0
    for key, transcript, score in late:
        other = _other(connection, score)
        if other is None:
            why = f"rates it beside {score.other}, which is not here; import that as well"
            refused.append(Refused(transcript.source, f"its {score.trait} rating", why))
        else:
            new += save_score(connection, keys, (key, other), transcript, score, rubrics)
    return new


def _other(connection: Connection, score: Score) -> int | None:
    sql = "SELECT key FROM transcripts WHERE id = ?"
    row = connection.execute(sql, (score.other,)).fetchone() if score.other else None
    return int(row[0]) if row else None


def save_score(
    connection: Connection,
    keys: Keys,
    place: tuple[int, int | None],
    transcript: Transcript,
    score: Score,
    rubrics: Mapping[str, Rubric],
) -> int:
    """Keep one score of the transcript whose key, and the other's of a pair, are the `place`;
    0 where its rater said so last."""
    rubric = rubrics.get(score.trait)
    rating = to_rating(score, transcript, rubric)
    if rubric and score.rubric in ("", rubric.version):
        words = keys.rubric(rubric)
    elif score.rubric and not score.rubric.startswith(EXTERNAL):
        level = "turn" if score.message is not None else "transcript"
        words = keys.version(score.trait, score.rubric, score.scale, level)
    else:
        level = "turn" if score.message is not None else "transcript"
        words = keys.external(score.trait, score.scale, level)
    there = (place[0], words, keys.rater(rating.rater), place[1])
    new = insert(connection, rating, there, dated=True)
    if score.manner:
        told = (_kept(connection, there, rating), score.manner, score.identity or "imported")
        connection.execute(
            "INSERT INTO reviewed (rating, manner, identity, unsure) VALUES (?,?,?,?) "
            "ON CONFLICT DO NOTHING",
            (*told, int(score.unsure)),
        )
    return new


def _kept(connection: Connection, place: Place, rating: Rating) -> int:
    """The key of the rating that one from a file became, or was already: its rater's last there
    with this value, given when it says."""
    transcript, rubric, rater, other = place
    key: int = connection.execute(
        "SELECT max(key) FROM ratings WHERE transcript = ? AND rubric = ? AND rater = ? "
        "AND other IS ? AND message IS ? AND repeat = ? AND status = ? AND value IS ? "
        "AND (? = '' OR at = ?)",
        (
            transcript,
            rubric,
            rater,
            other,
            rating.message,
            rating.repeat,
            rating.status,
            rating.value,
            rating.at,
            rating.at,
        ),
    ).fetchone()[0]
    return key


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
