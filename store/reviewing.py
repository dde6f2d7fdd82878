"""What a person says while reading: kept on disk before it is called saved, and kept as history."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import Literal

from rubrics import Preference, Rater, Rating, Rubric
from store import claims
from store.adding import now
from store.database import Store
from store.errors import StoreError
from store.ratings import CURRENT, Keys, insert, of_transcripts

Manner = Literal["blind", "after_reveal", "open"]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a rating was made: blind in a queue, after the reveal there, or openly in Read; how the
    name of its rater is known; whether they were sure."""

    manner: Manner = "open"
    identity: str = "typed"
    unsure: bool = False
    item: int | None = None


def save_review(
    store: Store, rating: Rating, rubrics: Mapping[str, Rubric], how: Circumstances
) -> bool:
    """Keep a person's rating; it is on disk when this returns. False: it said the same before.

    A rating of an item whose claim went to somebody else is kept too, as a further reading.
    Raises `StoreError` for a transcript that is not here any more.
    """
    with store.write(durable=True) as connection:
        return _save(connection, rating, rubrics, how)


def _save(
    connection: Connection, rating: Rating, rubrics: Mapping[str, Rubric], how: Circumstances
) -> bool:
    keys = Keys(connection)
    me = keys.rater(rating.rater)
    place = (
        _key(connection, rating.transcript),
        keys.rubric(rubrics[rating.trait]),
        me,
        _key(connection, rating.other) if rating.other else None,
    )
    if how.item is not None:
        claims.hold(connection, how.item, me, at=time.time())
    new = insert(connection, rating, place)
    last = connection.execute(
        "SELECT key FROM ratings r WHERE transcript = ? AND rubric = ? AND rater = ? "
        f"AND other IS ? AND message IS ? AND repeat = ? AND {CURRENT}",
        (*place, rating.message, rating.repeat),
    ).fetchone()[0]
    if new:
        connection.execute(
            "INSERT INTO reviewed (rating, manner, identity, unsure, item) VALUES (?, ?, ?, ?, ?)",
            (last, how.manner, how.identity, int(how.unsure), how.item),
        )
        return True
    changed = connection.execute(
        "UPDATE reviewed SET unsure = ? WHERE rating = ? AND unsure <> ?",
        (int(how.unsure), last, int(how.unsure)),
    )
    return changed.rowcount > 0


def _key(connection: Connection, identity: str) -> int:
    row = connection.execute("SELECT key FROM transcripts WHERE id = ?", (identity,)).fetchone()
    if row is None:
        raise StoreError("this transcript was taken out meanwhile; nothing was saved")
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Given:
    """One rating of a person as it was given, with how; the chain of these is the history."""

    key: int
    rating: Rating
    manner: str
    identity: str
    unsure: bool
    item: int | None


def given(
    store: Store, transcript: str, rater: Rater, *, other: str | None = None, history: bool = False
) -> list[Given]:
    """What a person has said of a transcript (of a pair), in order; withdrawn ratings are not in
    it but in the `history`."""
    latest = "" if history else f"AND {CURRENT} AND coalesce(r.why, '') <> 'withdrawn'"
    rows = store.rows(
        "SELECT r.key, v.manner, v.identity, v.unsure, v.item FROM ratings r "
        "JOIN transcripts t ON t.key = r.transcript JOIN raters a ON a.key = r.rater "
        "LEFT JOIN reviewed v ON v.rating = r.key WHERE t.id = ? AND a.kind = ? AND a.name = ? "
        f"{latest} "
        "ORDER BY r.transcript, (SELECT trait FROM rubrics WHERE key = r.rubric), r.message, "
        "r.repeat, r.at, r.key",
        (transcript, rater.kind, rater.name),
    )
    ratings = [
        one for one in of_transcripts(store, [transcript], history=history)
        if (one.rater.kind, one.rater.name) == (rater.kind, rater.name)
    ]  # fmt: skip
    return [
        Given(
            row["key"], rating, row["manner"] or "imported", row["identity"] or "",
            bool(row["unsure"]), row["item"],
        )
        for row, rating in zip(rows, ratings, strict=True)
        if rating.other == other
    ]  # fmt: skip


def undo(store: Store, last: Given, rubrics: Mapping[str, Rubric], how: Circumstances) -> Rating:
    """Take a rating back: what its rater had said before stands again, else it is withdrawn.

    Both are new ratings; the one taken back stays in the history. Returns what stands now.
    """
    chain = [
        one for one in given(store, last.rating.transcript, last.rating.rater,
                             other=last.rating.other, history=True)
        if (one.rating.trait, one.rating.message) == (last.rating.trait, last.rating.message)
        and one.key < last.key
    ]  # fmt: skip
    back = chain[-1].rating if chain else None
    if back is None or back.why == "withdrawn":
        back = replace(
            last.rating, status="unscored", value=None, why="withdrawn", reason="", quotes=()
        )
    stands = replace(back, at="")  # when it is given, and not when its like was
    unsure = bool(chain and chain[-1].unsure)
    save_review(store, stands, rubrics, replace(how, unsure=unsure))
    return stands


def save_preference(
    store: Store, one: Preference, how: Circumstances, rubric: Rubric | None = None
) -> bool:
    """Keep which of two transcripts has more of a trait; on disk when this returns.

    A later answer of the same person about the same pair supersedes. False: it said the same to
    the same words (`rubric`). Which of the two stood left comes from the claim on its item.
    """
    with store.write(durable=True) as connection:
        keys = Keys(connection)
        me = keys.rater(one.rater)
        words = keys.rubric(rubric) if rubric else None
        pair = (_key(connection, one.first), _key(connection, one.second))
        if how.item is not None:
            claims.hold(connection, how.item, me, at=time.time())
        last = connection.execute(
            "SELECT key, winner, coalesce(reason, '') AS reason, unsure, rubric FROM preferences p "
            "WHERE first = ? AND second = ? AND trait = ? AND rater = ? ORDER BY key DESC LIMIT 1",
            (*pair, one.trait, me),
        ).fetchone()
        same = (one.winner, one.reason, int(how.unsure), words)
        if last is not None and tuple(last)[1:] == same:
            return False
        connection.execute(
            "INSERT INTO preferences (first, second, trait, rater, winner, reason, at, manner, "
            "identity, unsure, item, supersedes, rubric, swapped) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?, "
            "(SELECT swapped FROM claims WHERE item = ? AND rater = ?))",
            (
                *pair, one.trait, me, one.winner, one.reason or None, one.at or now(), how.manner,
                how.identity, int(how.unsure), how.item, last["key"] if last else None, words,
                how.item, me,
            ),
        )  # fmt: skip
    return True


def preferences_of(store: Store, first: str, second: str, rater: Rater) -> list[Preference]:
    """What a person last said of a pair, by trait."""
    rows = store.rows(
        "SELECT p.trait, p.winner, p.reason, p.at FROM preferences p "
        "JOIN transcripts f ON f.key = p.first JOIN transcripts s ON s.key = p.second "
        "JOIN raters a ON a.key = p.rater WHERE f.id = ? AND s.id = ? AND a.kind = ? "
        "AND a.name = ? ORDER BY p.key",
        (first, second, rater.kind, rater.name),
    )
    latest = {
        row["trait"]: Preference(
            first, second, row["trait"], rater, row["winner"], row["reason"] or "", row["at"]
        )
        for row in rows
    }
    return list(latest.values())
