"""What people say to each other about a transcript: comments, replies, tags, what is settled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

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


def comment(
    store: Store,
    transcript: str,
    author: str,
    text: str,
    *,
    on: Quote | None = None,
    tags: Sequence[str] = (),
    answers: int | None = None,
) -> int:
    """Keep a comment; its key. `on` are the words, or only the message, that it is about.

    Raises `StoreError` where it says nothing, or answers a comment that is not there.
    """
    if not text.strip():
        raise StoreError("the comment says nothing")
    with store.write(durable=True) as connection:
        if answers is not None:
            first = connection.execute(
                "SELECT coalesce(answers, key) FROM comments WHERE key = ?", (answers,)
            ).fetchone()
            if first is None:
                raise StoreError("that comment is not there any more")
            answers = first[0]  # a thread has one level
        made = connection.execute(
            "INSERT INTO comments (transcript, message, part, start, end, quote, text, author, at, "
            "tags, answers) SELECT key, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM transcripts WHERE id = ?",
            (
                on.message if on else None, on.part if on else None, on.start if on else None,
                on.end if on else None, on.text if on else "", text.strip(), author, now(),
                json.dumps(sorted({tag.strip() for tag in tags if tag.strip()})), answers,
                transcript,
            ),
        )  # fmt: skip
        if made.rowcount == 0:
            raise StoreError("this transcript was taken out meanwhile; nothing was saved")
        key = made.lastrowid
    assert key is not None
    return key


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
