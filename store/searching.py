"""Full-text search: quick for a rare word, a common one, a phrase, a prefix and for nonsense."""

from __future__ import annotations

import json
from dataclasses import dataclass

from store.database import Store
from store.snippets import Term, snippet, terms

CAP = 1_000
"""Hits are counted up to here; ranking is linear in them, so beyond it the newest come first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One message that fits, with the words around; `[` and `]` mark what was found."""

    transcript: str
    release: str
    scenario: str
    message: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits. `total` is counted up to a cap; `capped` says there are more than that."""

    total: int
    capped: bool
    hits: list[Hit]


def to_match(query: str) -> str:
    """What a person typed, as an FTS5 query that cannot be wrong: every term, in any order.

    Nothing in it is syntax: a term is words in double quotes, with a star where it may go on.
    """
    found = terms(query)
    return " ".join(f'"{" ".join(one.words)}"{"*" if one.begins else ""}' for one in found)


def search(
    store: Store, query: str, *, release: str | None = None, limit: int = 20, offset: int = 0
) -> Hits:
    """A page of the messages that hold every word of the query, the best or the newest first."""
    match = to_match(query)
    if not match:
        return Hits(0, False, [])
    where, values = "messages_fts MATCH ?", [match]
    if release is not None:
        where += (
            " AND rowid IN (SELECT m.key FROM messages m JOIN transcripts t ON t.key = m.transcript"
            " JOIN releases e ON e.key = t.release WHERE e.name = ?)"
        )
        values.append(release)
    sql = f"SELECT rowid FROM messages_fts WHERE {where}"
    most = max(CAP + 1, offset + limit)
    keys = [row[0] for row in store.rows(f"{sql} ORDER BY rowid DESC LIMIT {most}", values)]
    total = len(keys)
    if total <= CAP:
        keys = [row[0] for row in store.rows(f"{sql} ORDER BY rank LIMIT {most}", values)]
    hits = _hits(store, keys[offset : offset + limit], terms(query))
    return Hits(min(total, CAP), total > CAP, hits)


def _hits(store: Store, keys: list[int], wanted: list[Term]) -> list[Hit]:
    rows = store.rows(
        "SELECT t.id, e.name AS release, s.name AS scenario, m.number, m.text, m.hidden "
        "FROM json_each(?) k CROSS JOIN messages m ON m.key = k.value "
        "JOIN transcripts t ON t.key = m.transcript JOIN releases e ON e.key = t.release "
        "JOIN scenarios s ON s.key = t.scenario ORDER BY k.key",
        (json.dumps(keys),),
    )
    return [
        Hit(
            row["id"], row["release"], row["scenario"], row["number"],
            snippet(row["text"], wanted) or snippet(row["hidden"] or "", wanted),
        )
        for row in rows
    ]  # fmt: skip
