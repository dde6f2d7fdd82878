"""The book of message batches: what is to be sent, what was sent, and which of it has come back.

A batch is `gathering` while requests are put to it, `intended` just before it is sent, `sent` once
the server's id is known, and `ended` when all that came back is kept; `lost` where the server does
not know it. A process may die between any two of these and the next one finds its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from sqlite3 import Connection

from store.adding import now
from store.database import Store


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the book has it; `waiting` is how many of its requests have not come back."""

    key: int
    state: str
    id: str
    started: str
    size: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a batch: what it asks, and the calls of its judgement so far, as JSON."""

    custom_id: str
    transcript: str
    trait: str
    repeat: int
    earlier: str = "[]"


def of_run(store: Store, run: int, *states: str) -> list[Batch]:
    """The batches of a run in these states, the oldest first."""
    marks = ", ".join("?" * len(states))
    rows = store.rows(
        "SELECT b.key, b.state, b.id, b.started, count(i.custom_id) AS size, "
        "count(i.custom_id) - coalesce(sum(i.done), 0) AS waiting FROM batches b "
        "LEFT JOIN batch_items i ON i.batch = b.key "
        f"WHERE b.run = ? AND b.state IN ({marks}) GROUP BY b.key ORDER BY b.key",
        (run, *states),
    )
    return [Batch(row["key"], row["state"], row["id"] or "", *tuple(row)[3:]) for row in rows]


def begin(store: Store, run: int, base_url: str) -> int:
    """A new batch that gathers requests."""
    with store.write() as connection:
        cursor = connection.execute(
            "INSERT INTO batches (run, state, base_url, started) VALUES (?, 'gathering', ?, ?)",
            (run, base_url, now()),
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def put(connection: Connection, batch: int, entries: Iterable[Entry]) -> None:
    """Put requests to a batch, as part of a transaction; the same one twice is one."""
    connection.executemany(
        "INSERT INTO batch_items (batch, custom_id, transcript, trait, repeat, earlier) "
        "VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING",
        [(batch, e.custom_id, e.transcript, e.trait, e.repeat, e.earlier) for e in entries],
    )


def entries(store: Store, batch: int) -> Iterator[Entry]:
    """The requests of a batch that have not come back, in the order they were put, streamed."""
    rows = store.each(
        "SELECT custom_id, transcript, trait, repeat, earlier FROM batch_items "
        "WHERE batch = ? AND NOT done ORDER BY rowid",
        (batch,),
    )
    for row in rows:
        yield Entry(*row)


def found(store: Store, batch: int, custom_id: str) -> Entry | None:
    """A request of a batch by its name, if it has not come back yet."""
    rows = store.rows(
        "SELECT custom_id, transcript, trait, repeat, earlier FROM batch_items "
        "WHERE batch = ? AND custom_id = ? AND NOT done",
        (batch, custom_id),
    )
    return Entry(*rows[0]) if rows else None


def settle(connection: Connection, batch: int, custom_ids: Iterable[str]) -> None:
    """These have come back and are kept, as part of the transaction that keeps them."""
    connection.executemany(
        "UPDATE batch_items SET done = 1 WHERE batch = ? AND custom_id = ?",
        [(batch, one) for one in custom_ids],
    )


def drop(store: Store, batch: int, custom_ids: Iterable[str]) -> None:
    """Take requests out of a batch that is not sent: they are to be asked in another."""
    with store.write() as connection:
        connection.executemany(
            "DELETE FROM batch_items WHERE batch = ? AND custom_id = ?",
            [(batch, one) for one in custom_ids],
        )


def mark(store: Store, batch: int, state: str, identity: str | None = None) -> None:
    """The batch is now in another state; the server's id, once it is known."""
    with store.write() as connection:
        connection.execute(
            "UPDATE batches SET state = ?, id = coalesce(?, id), "
            "started = CASE ? WHEN 'intended' THEN ? ELSE started END, "
            "ended = CASE WHEN ? IN ('ended', 'lost') THEN ? END WHERE key = ?",
            (state, identity, state, now(), state, now(), batch),
        )


def known_ids(store: Store) -> set[str]:
    """The server's ids of all batches in the book."""
    return {row["id"] for row in store.rows("SELECT id FROM batches WHERE id IS NOT NULL")}
