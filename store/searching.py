"""Full-text search: quick for a rare word, a common one, a phrase, a prefix and for nonsense."""

from __future__ import annotations

import re
from dataclasses import dataclass

from store.database import Store

CAP = 1_000
"""Hits are counted up to here; ranking is linear in them, so beyond it the newest come first."""

_TERM = re.compile(r'"([^"]*)"?(\*?)|(\S+)')


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
    """What a person typed, as an FTS5 query that cannot be wrong: every word, in any order.

    "Double quotes" make a phrase, a star at the end of a word finds its beginnings; every other
    character that FTS5 would read as syntax is text. Words without a letter or digit are left out.
    """
    terms = []
    for phrase, star, word in _TERM.findall(query.replace("\0", " ")):
        text = phrase if phrase else word
        if word.endswith("*"):
            text, star = word.rstrip("*"), "*"
        if any(c.isalnum() for c in text):
            terms.append('"' + text.replace('"', '""') + '"' + star)
    return " ".join(terms)


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
    counted = f"SELECT rowid FROM messages_fts WHERE {where} LIMIT {CAP + 1}"
    total = store.one(f"SELECT count(*) FROM ({counted})", values)
    order = "rank" if total <= CAP else "rowid DESC"
    found = f"""
        SELECT t.id, e.name, s.name, m.number, x.snippet FROM (
            SELECT rowid AS key, snippet(messages_fts, -1, '[', ']', '\u2026', 24) AS snippet
            FROM messages_fts WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?
        ) x
        CROSS JOIN messages m ON m.key = x.key
        JOIN transcripts t ON t.key = m.transcript
        JOIN releases e ON e.key = t.release
        JOIN scenarios s ON s.key = t.scenario
    """
    rows = store.rows(found, [*values, limit, offset])
    return Hits(min(total, CAP), total > CAP, [Hit(*row) for row in rows])
