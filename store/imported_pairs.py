"""Preferences that came with the data: two transcripts of a pair, and which of them was preferred.

Formats say it in metadata: `pair_of` joins the two, `preferred` is true, false, or null for a tie.
"""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import Connection

from rubrics import Rater
from store.ratings import Keys
from transcripts import Transcript

TRAIT = "preferred"
RATER = Rater("imported", "source")

Half = tuple[int, bool | None]
"""A transcript's key, and whether it was preferred."""


def save_pairs(
    connection: Connection,
    there: Iterable[tuple[int, Transcript]],
    waiting: dict[str, Half],
    at: str,
) -> int:
    """Keep the preference of each pair whose second half came; how many were new.

    `waiting` holds first halves from one batch of an import to the next. A pair of which no half
    or both are preferred is a tie, or says nothing.
    """
    new = 0
    rater = 0
    for key, one in there:
        pair = one.metadata.get("pair_of")
        if not isinstance(pair, str) or "preferred" not in one.metadata:
            continue
        half: Half = (key, _said(one.metadata["preferred"]))
        other = waiting.pop(pair, None)
        if other is None or other[0] == key:
            waiting[pair] = half
            continue
        rater = rater or Keys(connection).rater(RATER)
        new += _save(connection, other, half, rater, at)
    return new


def _said(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _save(connection: Connection, one: Half, other: Half, rater: int, at: str) -> int:
    first, second = (one, other) if one[0] < other[0] else (other, one)
    if first[1] == second[1] and first[1] is not None:
        return 0
    winner = "tie" if first[1] is None or second[1] is None else "first" if first[1] else "second"
    known = connection.execute(
        "SELECT 1 FROM preferences WHERE first = ? AND second = ? AND trait = ? AND rater = ?",
        (first[0], second[0], TRAIT, rater),
    ).fetchone()
    if known:
        return 0
    connection.execute(
        "INSERT INTO preferences (first, second, trait, rater, winner, at) VALUES (?,?,?,?,?,?)",
        (first[0], second[0], TRAIT, rater, winner, at),
    )
    return 1
