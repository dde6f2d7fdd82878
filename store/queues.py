"""Queues of what people are to read, and how far each is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import IntegrityError
from typing import Any

from rubrics import Rater
from store.adding import now
from store.database import Store
from store.errors import StoreError

MINUTES = 60.0
"""How long a claim lasts, unless the queue says otherwise."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and how far it is: `readings` are wanted, `done` finished, `going` claimed now."""

    key: int
    name: str
    made: str
    made_by: str
    ordering: str
    traits: tuple[str, ...]
    items: int
    readings: int
    done: int
    going: int
    closed: bool
    pairs: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """How far one reader is in a queue, and how long an item takes them (the median), in s."""

    rater: str
    done: int
    median: float | None


def make_queue(
    store: Store,
    name: str,
    entries: Iterable[Any],
    traits: Sequence[str],
    *,
    by: str = "",
    options: Mapping[str, Any] | None = None,
) -> int:
    """Keep a queue of entries (see `reviews.queues.Entry`); its key.

    `options` are kept as they are; of them `ordering` and `minutes` have a meaning here. Raises
    `StoreError` where a queue has that name.
    """
    told = dict(options or {})
    with store.write() as connection:
        try:
            made = connection.execute(
                "INSERT INTO queues (name, made, made_by, ordering, traits, options, minutes) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    name, now(), by, told.get("ordering", "random"), json.dumps(list(traits)),
                    json.dumps(told), told.get("minutes", MINUTES),
                ),
            )  # fmt: skip
        except IntegrityError as error:
            raise StoreError(f"there is a queue {name!r}; choose another name") from error
        queue = made.lastrowid
        assert queue is not None
        connection.executemany(
            "INSERT INTO queue_items (queue, place, transcript, other, message, readings, stratum, "
            "weight, why) SELECT ?, ?, t.key, (SELECT key FROM transcripts WHERE id = ?), ?, ?, ?, "
            "?, ? FROM transcripts t WHERE t.id = ?",
            [_row(queue, place, entry) for place, entry in enumerate(entries, start=1)],
        )
    return queue


def _row(queue: int, place: int, entry: Any) -> tuple[Any, ...]:
    told = (entry.message, entry.readings, entry.stratum, entry.weight, entry.why)
    return (queue, place, entry.other, *told, entry.transcript)


def queues(store: Store, *, clock: float | None = None) -> list[Queue]:
    """Every queue with its progress, the latest first."""
    at = time.time() if clock is None else clock
    rows = store.rows(
        "SELECT q.*, (SELECT count(*) FROM queue_items i WHERE i.queue = q.key) AS items, "
        "(SELECT coalesce(sum(readings), 0) FROM queue_items i WHERE i.queue = q.key) AS readings, "
        "(SELECT count(*) FROM queue_items i JOIN claims c ON c.item = i.key "
        " WHERE i.queue = q.key AND c.done IS NOT NULL AND c.slot <= i.readings) AS done, "
        "(SELECT count(*) FROM queue_items i JOIN claims c ON c.item = i.key "
        " WHERE i.queue = q.key AND c.done IS NULL AND c.until >= ?) AS going, "
        "EXISTS (SELECT 1 FROM queue_items i WHERE i.queue = q.key AND other IS NOT NULL) AS pairs "
        "FROM queues q ORDER BY q.key DESC",
        (at,),
    )
    return [
        Queue(
            row["key"], row["name"], row["made"], row["made_by"], row["ordering"],
            tuple(json.loads(row["traits"])), row["items"], row["readings"], row["done"],
            row["going"], row["closed"] is not None, bool(row["pairs"]),
        )
        for row in rows
    ]  # fmt: skip


def queue_named(store: Store, name: str) -> Queue:
    """The queue with this name. Raises `StoreError` with those there are."""
    found = queues(store)
    for one in found:
        if one.name == name:
            return one
    there = ", ".join(one.name for one in found) or "none; a lead makes one"
    raise StoreError(f"no queue {name!r}; there are: {there}")


def close(store: Store, queue: int) -> None:
    """End a queue: nothing more is given out; what is claimed can still be finished."""
    with store.write() as connection:
        connection.execute(
            "UPDATE queues SET closed = ? WHERE key = ? AND closed IS NULL", (now(), queue)
        )


def pace(store: Store, queue: int, only: Rater | None = None) -> list[Pace]:
    """Each reader of a queue (or one): how many they have done, and the median seconds an item."""
    who = (only.kind, only.kind, only.name) if only else (None, None, None)
    rows = store.rows(
        "SELECT a.kind, a.name, a.version, c.done - c.taken AS seconds FROM claims c "
        "JOIN queue_items i ON i.key = c.item JOIN raters a ON a.key = c.rater "
        "WHERE i.queue = ? AND c.done IS NOT NULL AND (? IS NULL OR (a.kind = ? AND a.name = ?)) "
        "ORDER BY a.name, seconds",
        (queue, *who),
    )
    found: dict[str, list[float]] = {}
    for row in rows:
        rater = Rater(row["kind"], row["name"], row["version"])
        found.setdefault(str(rater), []).append(row["seconds"])
    return [Pace(name, len(all_), all_[len(all_) // 2]) for name, all_ in found.items()]


def weights(store: Store, queue: int) -> dict[tuple[str, int | None], float]:
    """What one item of a queue stands for, by (transcript, message): for weighted statistics."""
    rows = store.rows(
        "SELECT t.id, i.message, i.weight FROM queue_items i "
        "JOIN transcripts t ON t.key = i.transcript WHERE i.queue = ?",
        (queue,),
    )
    return {(row["id"], row["message"]): row["weight"] for row in rows}
