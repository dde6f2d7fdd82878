"""The Library's pages: transcripts by filters and words, worked out by SQLite, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from store.database import Store
from store.ratings import CURRENT
from store.searching import to_match
from store.snippets import snippet, terms

COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; an empty field narrows nothing.

    `scenario` is a part of its name.
    `low` and `high` bound the value of at least one rating of the trait (by the rater); `status`
    asks for one with that status instead.
    """

    words: str = ""
    releases: Sequence[str] = ()
    scenario: str = ""
    trait: str = ""
    rater: str = ""
    status: str = ""
    low: float | None = None
    high: float | None = None
    metadata: tuple[str, str] | None = None


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
    where, values = _where(wanted)
    sql = f"SELECT t.key FROM transcripts t WHERE {where}"
    total = store.one(f"SELECT count(*) FROM ({sql} LIMIT {COUNT_CAP + 1})", values)
    rows = store.rows(
        "SELECT t.key, t.id, e.name AS release, s.name AS scenario, t.sample, t.messages, "
        "t.opening FROM transcripts t JOIN releases e ON e.key = t.release "
        f"JOIN scenarios s ON s.key = t.scenario WHERE t.key IN ({sql} ORDER BY t.key DESC "
        "LIMIT ? OFFSET ?) ORDER BY t.key DESC",
        [*values, limit, offset],
    )
    keys = [row["key"] for row in rows]
    flags, unscored = _flags(store, keys), _unscored(store, keys)
    snippets = _snippets(store, keys, wanted.words)
    made = [
        Row(
            row["id"], row["release"], row["scenario"], row["sample"], row["messages"],
            row["opening"] or "", tuple(flags.get(row["key"], ())), unscored.get(row["key"], 0),
            snippets.get(row["key"], ""),
        )
        for row in rows
    ]  # fmt: skip
    return Page(min(total, COUNT_CAP), total > COUNT_CAP, made)


def neighbours(
    store: Store, wanted: Filter, identity: str, *, by_scenario: bool
) -> tuple[str | None, str | None]:
    """The transcripts before and after this one in the list that the filter gives.

    With `by_scenario` a step goes to the next scenario, since its transcripts are read together:
    scenarios stand in the order of their newest transcript that fits.
    """
    row = store.rows("SELECT key, scenario FROM transcripts WHERE id = ?", (identity,))
    if not row:
        return None, None
    where, values = _where(wanted)
    listed = f"SELECT t.id, t.key AS at FROM transcripts t WHERE {where}"
    here = row[0]["key"]
    if by_scenario:
        listed = (
            f"SELECT t.id, max(t.key) AS at FROM transcripts t WHERE {where} GROUP BY t.scenario"
        )
        scenario = f"SELECT max(t.key) FROM transcripts t WHERE {where} AND t.scenario = ?"
        here = store.one(scenario, [*values, row[0]["scenario"]]) or here
    found = [
        store.one(f"SELECT id FROM ({listed}) WHERE at {sign} ? ORDER BY at {way} LIMIT 1",
                  [*values, here])
        for sign, way in ((">", "ASC"), ("<", "DESC"))
    ]  # fmt: skip
    return found[0], found[1]


def _where(wanted: Filter) -> tuple[str, list[Any]]:
    """The filter as SQL over `transcripts t`."""
    parts, values = ["1"], []
    if match := to_match(wanted.words):
        parts.append(
            "t.key IN (SELECT m.transcript FROM messages m WHERE m.key IN "
            "(SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?))"
        )
        values.append(match)
    elif wanted.words.strip():
        parts.append("0")
    if wanted.releases:
        parts.append(
            "t.release IN (SELECT key FROM releases WHERE name IN (SELECT value FROM json_each(?)))"
        )
        values.append(json.dumps(list(wanted.releases)))
    if wanted.scenario:
        parts.append("t.scenario IN (SELECT key FROM scenarios WHERE instr(lower(name), lower(?)))")
        values.append(wanted.scenario)
    if wanted.metadata:
        parts.append("json_extract(t.metadata, ?) = ?")
        values += [f'$."{wanted.metadata[0]}"', wanted.metadata[1]]
    if wanted.trait or wanted.rater or wanted.status:
        inner, more = _rated(wanted)
        parts.append(f"t.key IN ({inner})")
        values += more
    return " AND ".join(parts), values


def _rated(wanted: Filter) -> tuple[str, list[Any]]:
    """Transcripts with a rating that fits trait, rater, status and value."""
    parts: list[str] = [CURRENT]
    values: list[Any] = []
    if wanted.trait:
        parts.append("r.rubric IN (SELECT key FROM rubrics WHERE trait = ?)")
        values.append(wanted.trait)
    if wanted.rater:
        kind, _, rest = wanted.rater.partition(":")
        name, _, version = rest.partition("#")
        parts.append("r.rater IN (SELECT key FROM raters WHERE kind = ? AND name = ? "
                     "AND (? = '' OR version = ?))")  # fmt: skip
        values += [kind, name or kind, version, version]
    if wanted.status:
        parts.append("r.status = ?")
        values.append(wanted.status)
    for bound, sign in ((wanted.low, ">="), (wanted.high, "<=")):
        if bound is not None:
            parts.append(f"r.value {sign} ?")
            values.append(bound)
    return f"SELECT r.transcript FROM ratings r WHERE {' AND '.join(parts)}", values


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
