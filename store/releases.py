"""Releases: their names and their order."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Connection

from store.adding import key_of
from store.database import Store
from store.errors import StoreError
from transcripts.transcript import transcript_id


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a model as tried; `place` is where it stands in the order, from 1, `key` its
    number in arrays."""

    key: int
    name: str
    model: str | None
    date: str | None
    surface: str | None
    place: int
    transcripts: int
    scenarios: int


def releases(store: Store) -> list[Release]:
    """Every release in order."""
    rows = store.rows(
        "SELECT e.key, e.name, e.model, e.date, e.surface, e.place, "
        "count(t.key) AS transcripts, count(DISTINCT t.scenario) AS scenarios "
        "FROM releases e LEFT JOIN transcripts t ON t.release = e.key "
        "GROUP BY e.key ORDER BY e.place, e.name"
    )
    return [Release(*row) for row in rows]


def order(store: Store, names: list[str]) -> None:
    """Put these releases first, in this order; the others keep theirs behind them."""
    with store.write() as connection:
        known = [
            row["name"] for row in connection.execute("SELECT name FROM releases ORDER BY place")
        ]
        if strange := [name for name in names if name not in known]:
            raise StoreError(f"no release {strange[0]!r}; there are: {', '.join(known)}")
        wanted = list(dict.fromkeys([*names, *known]))
        for place, name in enumerate(wanted, start=1):
            connection.execute("UPDATE releases SET place = ? WHERE name = ?", (place, name))


def rename(store: Store, old: str, new: str) -> int:
    """Give a release another name; how many transcripts it has. Their ids change with the name.

    Raises `StoreError` where the old name is not there or the new one is taken (merge them then).
    """
    with store.write() as connection:
        key = _require(connection, old)
        if connection.execute("SELECT 1 FROM releases WHERE name = ?", (new,)).fetchone():
            raise StoreError(f"there is a release {new!r} already; use 'release merge {old} {new}'")
        connection.execute("UPDATE releases SET name = ? WHERE key = ?", (new, key))
        return _new_ids(connection, key, new)


def merge(store: Store, old: str, into: str) -> tuple[int, int]:
    """Move every transcript of one release into another: (moved, left out because it was there).

    Samples whose number is taken get the next free one; equal conversations are kept once, with
    all that hung on both: ratings, comments, places in queues, what judges were paid for.
    """
    with store.write() as connection:
        source, target = _require(connection, old), _require(connection, into)
        moved = same = 0
        for row in connection.execute(
            "SELECT key, scenario, content FROM transcripts WHERE release = ? ORDER BY key",
            (source,),
        ).fetchall():
            twin = connection.execute(
                "SELECT key FROM transcripts WHERE content = ? AND scenario = ? AND release = ?",
                (row["content"], row["scenario"], target),
            ).fetchone()
            if twin:
                same += 1
                _move_all(connection, row["key"], twin["key"])
                connection.execute("DELETE FROM transcripts WHERE key = ?", (row["key"],))
            else:
                moved += 1
                connection.execute(
                    "UPDATE transcripts SET release = ?, sample = (SELECT coalesce(max(sample), 0)"
                    " + 1 FROM transcripts WHERE scenario = ? AND release = ?) WHERE key = ?",
                    (target, row["scenario"], target, row["key"]),
                )
        connection.execute("DELETE FROM releases WHERE key = ?", (source,))
        _new_ids(connection, target, into)
        return moved, same


HANGING = (
    ("ratings", "transcript"), ("ratings", "other"), ("comments", "transcript"),
    ("preferences", "first"), ("preferences", "second"), ("queue_items", "transcript"),
    ("queue_items", "other"), ("calls", "transcript"), ("calls", "other"),
    ("warrants", "transcript"), ("flags", "transcript"), ("uncompared", "first"),
    ("uncompared", "second"),
)  # fmt: skip
"""Everything that hangs on a transcript but its own words; what stays behind is deleted with it."""


_PAIRS = (
    ("ratings", "transcript", "other"), ("preferences", "first", "second"),
    ("queue_items", "transcript", "other"), ("uncompared", "first", "second"),
)  # fmt: skip
"""What may be about two transcripts at once; a judge's calls stay, for they were paid for."""


def _move_all(connection: Connection, old: int, new: int) -> None:
    """What hung on one transcript now hangs on the other; its ratings count as the later ones.

    Of what can be there once only (a flag at a place, a judge's answer on one turn), what the
    other has already stands. An answer about the two as a pair goes: they are one conversation.
    """
    for table, one, other in _PAIRS:
        connection.execute(
            f"DELETE FROM {table} WHERE ({one} = ?1 AND {other} = ?2) "
            f"OR ({one} = ?2 AND {other} = ?1)",
            (old, new),
        )
    connection.execute(
        "UPDATE ratings AS m SET supersedes = (SELECT r.key FROM ratings r WHERE r.transcript = ? "
        "AND r.rater = m.rater AND r.rubric = m.rubric AND r.message IS m.message "
        "AND r.repeat = m.repeat AND r.other IS m.other "
        "AND NOT EXISTS (SELECT 1 FROM ratings s WHERE s.supersedes = r.key)) "
        "WHERE m.transcript = ? AND m.supersedes IS NULL",
        (new, old),
    )
    for table, column in HANGING:
        connection.execute(
            f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", (new, old)
        )


def _require(connection: Connection, name: str) -> int:
    if not connection.execute("SELECT 1 FROM releases WHERE name = ?", (name,)).fetchone():
        known = [row["name"] for row in connection.execute("SELECT name FROM releases")]
        raise StoreError(f"no release {name!r}; there are: {', '.join(known) or 'none'}")
    return key_of(connection, "releases", name)


def _new_ids(connection: Connection, release: int, name: str) -> int:
    rows = connection.execute(
        "SELECT t.key, s.name AS scenario, t.sample, t.content FROM transcripts t "
        "JOIN scenarios s ON s.key = t.scenario WHERE t.release = ?",
        (release,),
    ).fetchall()
    changed = [
        (transcript_id(name, row["scenario"], row["sample"], row["content"]), row["key"])
        for row in rows
    ]
    connection.executemany("UPDATE transcripts SET id = ? WHERE key = ?", changed)
    return len(rows)
