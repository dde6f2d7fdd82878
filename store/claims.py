"""Claims: who has which slot of a queue's item, and until when.

A slot is taken inside one immediate transaction, so two people never get the same one. A claim
that has expired falls free only when somebody else wants its slot; until then its owner may come
back to it. A rating that is saved after the slot went to another is kept as a further reading.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from sqlite3 import Connection, Row

from rubrics import Rater
from store.database import Store
from store.ratings import Keys


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read. `done` says whether this reader has finished it; `why` it was chosen and
    its `stratum` are for after that. A pair is shown with `other` first where `swapped`."""

    key: int
    queue: int
    place: int
    transcript: str
    other: str | None
    message: int | None
    readings: int
    stratum: str | None
    weight: float
    why: str
    swapped: bool
    done: bool
    until: float
    further: bool


_ITEM = """
SELECT i.key, i.queue, i.place, t.id AS transcript, o.id AS other, i.message, i.readings, i.stratum,
       i.weight, i.why, c.swapped, c.done, c.until, c.slot
FROM queue_items i
JOIN claims c ON c.item = i.key
JOIN transcripts t ON t.key = i.transcript
LEFT JOIN transcripts o ON o.key = i.other
"""


def _item(row: Row) -> Item:
    return Item(
        row["key"], row["queue"], row["place"], row["transcript"], row["other"], row["message"],
        row["readings"], row["stratum"], row["weight"], row["why"], bool(row["swapped"]),
        row["done"] is not None, row["until"], row["slot"] > row["readings"],
    )  # fmt: skip


def claim(
    store: Store, queue: int, rater: Rater, *, clock: float | None = None, skip: int = 0
) -> Item | None:
    """The reader's own open item, else the next free one, claimed for them; None: nothing is left.

    `skip` gives that item back first; it comes again when all others have been had.
    """
    at = time.time() if clock is None else clock
    with store.write() as connection:
        me = Keys(connection).rater(rater)
        if skip:
            connection.execute(
                "DELETE FROM claims WHERE item = ? AND rater = ? AND done IS NULL", (skip, me)
            )
        minutes, closed = connection.execute(
            "SELECT minutes, closed FROM queues WHERE key = ?", (queue,)
        ).fetchone()
        until = at + minutes * 60
        mine = connection.execute(
            "SELECT c.item FROM claims c JOIN queue_items i ON i.key = c.item "
            "WHERE i.queue = ? AND c.rater = ? AND c.done IS NULL ORDER BY i.place LIMIT 1",
            (queue, me),
        ).fetchone()
        key = mine[0] if mine else None if closed else _take(connection, queue, me, at, until, skip)
        if key is None:
            return None
        connection.execute(
            "UPDATE claims SET until = ? WHERE item = ? AND rater = ?", (until, key, me)
        )
        row = connection.execute(f"{_ITEM} WHERE i.key = ? AND c.rater = ?", (key, me)).fetchone()
        return _item(row)


def _take(
    connection: Connection, queue: int, me: int, at: float, until: float, skip: int
) -> int | None:
    """Take a free slot: of the next item behind all that this reader has had, else from the top."""
    found = connection.execute(
        "SELECT i.key, i.readings FROM queue_items i WHERE i.queue = :queue "
        "AND i.readings > (SELECT count(*) FROM claims c WHERE c.item = i.key "
        "  AND c.slot <= i.readings AND (c.done IS NOT NULL OR c.until >= :at)) "
        "AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.item = i.key AND c.rater = :me) "
        "ORDER BY i.place <= (SELECT coalesce(max(m.place), 0) FROM queue_items m "
        "  WHERE m.queue = :queue AND (m.key = :skip OR m.key IN "
        "  (SELECT item FROM claims WHERE rater = :me))), i.place LIMIT 1",
        {"queue": queue, "at": at, "me": me, "skip": skip},
    ).fetchone()
    if found is None:
        return None
    item, readings = found
    connection.execute(
        "DELETE FROM claims WHERE item = ? AND done IS NULL AND until < ?", (item, at)
    )
    taken = {
        row[0] for row in connection.execute("SELECT slot FROM claims WHERE item = ?", (item,))
    }
    slot = next(one for one in range(1, readings + 1) if one not in taken)
    connection.execute(
        "INSERT INTO claims (item, slot, rater, swapped, taken, until) VALUES (?, ?, ?, ?, ?, ?)",
        (item, slot, me, random.getrandbits(1), at, until),
    )
    return int(item)


def item_of(store: Store, key: int, rater: Rater) -> Item | None:
    """An item as this reader has it, claimed or finished; None where it is not theirs."""
    rows = store.rows(
        f"{_ITEM} JOIN raters a ON a.key = c.rater WHERE i.key = ? AND a.kind = ? AND a.name = ? "
        "AND a.version = ?",
        (key, rater.kind, rater.name, rater.version),
    )
    return _item(rows[0]) if rows else None


def regain(store: Store, key: int, rater: Rater) -> Item | None:
    """An item for a reader whose slot was given away: a further reading. None: it is gone."""
    with store.write() as connection:
        hold(connection, key, Keys(connection).rater(rater), at=time.time())
    return item_of(store, key, rater)


def before(store: Store, item: Item, rater: Rater) -> int | None:
    """The item that this reader finished before this one, by the time they did."""
    found: int | None = store.one(
        "SELECT c.item FROM claims c JOIN queue_items i ON i.key = c.item "
        "JOIN raters a ON a.key = c.rater WHERE i.queue = ? AND a.kind = ? AND a.name = ? "
        "AND c.done IS NOT NULL AND c.item <> ? AND c.done < coalesce((SELECT m.done FROM claims m "
        "WHERE m.item = ? AND m.rater = c.rater), 1e18) ORDER BY c.done DESC LIMIT 1",
        (item.queue, rater.kind, rater.name, item.key, item.key),
    )
    return found


def hold(connection: Connection, item: int, me: int, *, at: float) -> None:
    """Make sure that a reader who saves something has a claim, even where theirs was given away."""
    if connection.execute(
        "SELECT 1 FROM claims WHERE item = ? AND rater = ?", (item, me)
    ).fetchone():
        return
    connection.execute(
        "INSERT INTO claims (item, slot, rater, swapped, taken, until) SELECT i.key, "
        "max(i.readings, coalesce((SELECT max(slot) FROM claims WHERE item = i.key), 0)) + 1, "
        "?, 0, ?, ? FROM queue_items i WHERE i.key = ?",
        (me, at, at, item),
    )


def finish(store: Store, item: int, rater: Rater, *, clock: float | None = None) -> Item | None:
    """Say that a reader is done with an item. From here on it is revealed to them."""
    at = time.time() if clock is None else clock
    with store.write(durable=True) as connection:
        me = Keys(connection).rater(rater)
        hold(connection, item, me, at=at)
        connection.execute(
            "UPDATE claims SET done = ? WHERE item = ? AND rater = ? AND done IS NULL",
            (at, item, me),
        )
    return item_of(store, item, rater)
