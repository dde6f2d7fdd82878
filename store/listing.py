"""The Library's pages: transcripts by filters and words, worked out by SQLite, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from store import matching
from store.database import Store
from store.matching import Filter
from store.ratings import CURRENT
from store.searching import to_match
from store.snippets import snippet, terms

COUNT_CAP = 1_000
"""Transcripts that fit are counted up to here."""
CROWD = 200
"""A scenario of more transcripts than this is no set to be read together: one steps through it."""
STEPS = 2_000
"""So many are looked at for the next scenario before the list is said to end."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What stands out in a transcript: the furthest value one rater gave one trait."""

    trait: str
    kind: str
    value: float
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A transcript as a line of the list; `snippet` holds the words that were looked for."""

    id: str
    release: str
    scenario: str
    sample: int
    messages: int
    opening: str
    flags: tuple[Flag, ...] = ()
    unscored: int = 0
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of all that fit. `total` is counted up to a cap; `capped` says it goes on."""

    total: int
    capped: bool
    rows: list[Row] = field(default_factory=list)


def page(store: Store, wanted: Filter, *, limit: int = 50, offset: int = 0) -> Page:
    """The transcripts that fit, the newest first."""
    most = max(COUNT_CAP, offset + limit) + 1
    keys = list(islice(matching.newest(store, wanted), most))
    rows = store.rows(
        "SELECT t.key, t.id, e.name AS release, s.name AS scenario, t.sample, t.messages, "
        "t.opening FROM transcripts t JOIN releases e ON e.key = t.release "
        "JOIN scenarios s ON s.key = t.scenario "
        "WHERE t.key IN (SELECT value FROM json_each(?)) ORDER BY t.key DESC",
        (json.dumps(keys[offset : offset + limit]),),
    )
    shown = [row["key"] for row in rows]
    flags, unscored = _flags(store, shown), _unscored(store, shown)
    snippets = _snippets(store, shown, wanted.words)
    made = [
        Row(
            row["id"], row["release"], row["scenario"], row["sample"], row["messages"],
            row["opening"] or "", tuple(flags.get(row["key"], ())), unscored.get(row["key"], 0),
            snippets.get(row["key"], ""),
        )
        for row in rows
    ]  # fmt: skip
    return Page(min(len(keys), most - 1), len(keys) == most, made)


def neighbours(
    store: Store, wanted: Filter, identity: str, *, by_scenario: bool
) -> tuple[str | None, str | None]:
    """The transcripts before (newer) and after (older) this one in the list the filter gives.

    With `by_scenario` a step goes to the next scenario, since its transcripts are read together:
    a scenario stands in the list at the newest of its transcripts that fit.
    """
    here = store.one("SELECT key FROM transcripts WHERE id = ?", (identity,))
    if here is None:
        return None, None
    seen = set(matching.siblings(store, here)) if by_scenario else {here}
    if len(seen) > CROWD:
        seen, by_scenario = {here}, False
    if by_scenario:
        here = max((key for key in seen if matching.fits(store, wanted, key)), default=here)
    found = [
        _next(store, wanted, stream, by_scenario, seen)
        for stream in (
            matching.oldest(store, wanted, above=here),
            matching.newest(store, wanted, below=here),
        )
    ]
    return found[0], found[1]


def _next(
    store: Store, wanted: Filter, stream: Iterator[int], by_scenario: bool, seen: set[int]
) -> str | None:
    """The first of a stream, passing over scenarios that stand elsewhere in the list."""
    for key in islice(stream, STEPS):
        if key in seen:
            continue
        newer = (one for one in matching.siblings(store, key) if one > key)
        if by_scenario and any(matching.fits(store, wanted, one) for one in newer):
            continue
        identity: str = store.one("SELECT id FROM transcripts WHERE key = ?", (key,))
        return identity
    return None


def openings(store: Store, identities: list[str]) -> dict[str, str]:
    """The first words of each of these transcripts."""
    rows = store.rows(
        "SELECT id, opening FROM transcripts WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(identities),),
    )
    return {row["id"]: row["opening"] or row["id"] for row in rows}


def _flags(store: Store, keys: list[int]) -> dict[int, list[Flag]]:
    """The furthest value from 0 of each trait, of ratings that have a rubric or lie off 0."""
    rows = store.rows(
        "SELECT r.transcript, b.trait, a.kind, r.value, count(*) AS count, max(abs(r.value)) "
        "FROM ratings r JOIN rubrics b ON b.key = r.rubric JOIN raters a ON a.key = r.rater "
        "WHERE r.transcript IN (SELECT value FROM json_each(?)) AND r.status = 'rated' "
        f"AND r.value <> 0 AND b.words IS NOT NULL AND {CURRENT} "
        "GROUP BY r.transcript, b.trait, a.kind ORDER BY max(abs(r.value)) DESC, b.trait",
        (json.dumps(keys),),
    )
    found: dict[int, list[Flag]] = {}
    for row in rows:
        flag = Flag(row["trait"], row["kind"], row["value"], row["count"])
        found.setdefault(row["transcript"], []).append(flag)
    return found


def _snippets(store: Store, keys: list[int], words: str) -> dict[int, str]:
    """For each transcript the words around the first find, between U+E000 and U+E001."""
    wanted, match = terms(words), to_match(words)
    if not match:
        return {}
    rows = store.rows(
        "SELECT m.transcript, m.text, m.hidden FROM messages m WHERE m.transcript IN "
        "(SELECT value FROM json_each(?)) AND m.key IN (SELECT rowid FROM messages_fts WHERE "
        "messages_fts MATCH ? AND rowid BETWEEN (SELECT min(key) FROM messages WHERE transcript IN "
        "(SELECT value FROM json_each(?))) AND (SELECT max(key) FROM messages WHERE transcript IN "
        "(SELECT value FROM json_each(?)))) ORDER BY m.key DESC",
        (json.dumps(keys), match, json.dumps(keys), json.dumps(keys)),
    )
    marks = ("\ue000", "\ue001")
    return {  # the first find of a transcript comes last, and wins
        row["transcript"]: snippet(row["text"], wanted, marks=marks)
        or snippet(row["hidden"] or "", wanted, marks=marks)
        for row in rows
    }


def _unscored(store: Store, keys: list[int]) -> dict[int, int]:
    rows = store.rows(
        "SELECT r.transcript, count(*) FROM ratings r WHERE r.status = 'unscored' "
        f"AND r.transcript IN (SELECT value FROM json_each(?)) AND {CURRENT} GROUP BY 1",
        (json.dumps(keys),),
    )
    return {row[0]: row[1] for row in rows}
