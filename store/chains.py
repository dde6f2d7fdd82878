"""The chain of one rater's answers to one question, when an older one comes in from a file."""

from __future__ import annotations

from sqlite3 import Connection, Row

from rubrics import Rating

Place = tuple[int, int, int, int | None]
"""Keys of transcript, rubric, rater and, for a pair, the other transcript."""


def make_room(connection: Connection, place: Place, rating: Rating) -> Row:
    """The rating before which one from a file was given, made free to supersede it: what is older
    than the latest comes into the history and does not overrule it."""
    transcript, rubric, rater, other = place
    above: Row = connection.execute(
        "SELECT key, supersedes FROM ratings WHERE transcript = ? AND rater = ? AND rubric = ? "
        "AND message IS ? AND repeat = ? AND other IS ? AND at > ? ORDER BY at, key LIMIT 1",
        (transcript, rater, rubric, rating.message, rating.repeat, other, rating.at),
    ).fetchone()
    connection.execute("UPDATE ratings SET supersedes = NULL WHERE key = ?", (above["key"],))
    return above


def told_before(connection: Connection, place: Place, rating: Rating) -> bool:
    """Whether a rating from a file, which says when it was given, is in the history already."""
    if not rating.at:
        return False
    transcript, rubric, rater, other = place
    found = connection.execute(
        "SELECT 1 FROM ratings WHERE transcript = ? AND rater = ? AND rubric = ? AND message IS ? "
        "AND repeat = ? AND other IS ? AND at = ? AND status = ? AND value IS ?",
        (
            transcript, rater, rubric, rating.message, rating.repeat, other, rating.at,
            rating.status, rating.value,
        ),
    )  # fmt: skip
    return found.fetchone() is not None
