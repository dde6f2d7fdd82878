"""What people say to each other about a transcript: comments, replies, tags, what is settled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from sqlite3 import Connection

from rubrics import Quote
from store.adding import now
from store.database import Store
from store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a transcript, a message of it or some words; a reply `answers` another."""

    key: int
    transcript: str
    scenario: str
    release: str
    message: int | None
    part: int | None
    start: int | None
    end: int | None
    quote: str
    text: str
    author: str
    at: str
    tags: tuple[str, ...]
    answers: int | None
    resolved: str | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody has to say about a transcript, or `on` words or a message of it; `answers` is
    the key of the comment it replies to."""

    transcript: str
    author: str
    text: str
    on: Quote | None = None
    tags: tuple[str, ...] = ()
    answers: int | None = None


def comment(store: Store, said: Remark) -> int:
    """Keep a remark as a comment; its key.

    Raises `StoreError` where it says nothing, or answers a comment that is not there.
    """
    if not said.text.strip():
        raise StoreError("the comment says nothing")
    on, tagged = said.on, sorted({tag.strip() for tag in said.tags if tag.strip()})
    with store.write(durable=True) as connection:
        made = connection.execute(
            "INSERT INTO comments (transcript, message, part, start, end, quote, text, author, at, "
            "tags, answers) SELECT key, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM transcripts WHERE id = ?",
            (
                *((on.message, on.part, on.start, on.end, on.text) if on else (*[None] * 4, "")),
                said.text.strip(), said.author, now(), json.dumps(tagged),
                _thread(connection, said.answers), said.transcript,
            ),
        )  # fmt: skip
        if made.rowcount == 0:
            raise StoreError("this transcript was taken out meanwhile; nothing was saved")
        key = made.lastrowid
    assert key is not None
    return key


def _thread(connection: Connection, answers: int | None) -> int | None:
    """The comment that opened the thread: a thread has one level."""
    if answers is None:
        return None
    first = connection.execute(
        "SELECT coalesce(answers, key) FROM comments WHERE key = ?", (answers,)
    ).fetchone()
    if first is None:
        raise StoreError("that comment is not there any more")
    return int(first[0])


def resolve(store: Store, key: int, by: str, *, resolved: bool = True) -> None:
    """Settle a thread, or open it again."""
    with store.write(durable=True) as connection:
        connection.execute(
            "UPDATE comments SET resolved = ?, resolved_by = ? WHERE key = "
            "(SELECT coalesce(answers, key) FROM comments WHERE key = ?)",
            (now() if resolved else None, by if resolved else None, key),
        )


def comments(
    store: Store, transcript: str | None = None, *, unresolved: bool = False, tag: str = ""
) -> list[Comment]:
    """Comments with their replies: of a transcript, or all; each thread together, oldest first."""
    rows = store.rows(
        "SELECT c.*, t.id AS identity, s.name AS scenario, e.name AS release FROM comments c "
        "JOIN comments f ON f.key = coalesce(c.answers, c.key) "
        "JOIN transcripts t ON t.key = c.transcript JOIN scenarios s ON s.key = t.scenario "
        "JOIN releases e ON e.key = t.release WHERE (? IS NULL OR t.id = ?) "
        "AND (NOT ? OR f.resolved IS NULL) "
        "AND (? = '' OR EXISTS (SELECT 1 FROM json_each(f.tags) WHERE value = ?)) "
        "ORDER BY f.key, c.key",
        (transcript, transcript, unresolved, tag, tag),
    )
    return [
        Comment(
            row["key"], row["identity"], row["scenario"], row["release"], row["message"],
            row["part"], row["start"], row["end"], row["quote"], row["text"], row["author"],
            row["at"], tuple(json.loads(row["tags"])), row["answers"], row["resolved"],
            row["resolved_by"],
        )
        for row in rows
    ]  # fmt: skip


def tags(store: Store) -> list[str]:
    """Every tag in use."""
    rows = store.rows("SELECT DISTINCT value FROM comments, json_each(tags) ORDER BY value")
    return [row["value"] for row in rows]
