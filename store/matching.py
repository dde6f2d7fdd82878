"""Which transcripts a filter lets through, streamed newest or oldest first.

A common word stands in most messages, so its finds are never gathered: they are read from the
full-text index in the order of the list until there are enough. Transcripts and their messages
have keys in the order in which they came in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from store.database import Store
from store.ratings import CURRENT
from store.searching import to_match

CHUNK = 200


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


def newest(store: Store, wanted: Filter, *, below: int | None = None) -> Iterator[int]:
    """Keys of transcripts that fit, the newest first; of those under `below`, where it is given."""
    return _stream(store, wanted, ("<", below) if below is not None else None, "DESC")


def oldest(store: Store, wanted: Filter, *, above: int) -> Iterator[int]:
    """Keys of transcripts that fit and came after `above`, the oldest first."""
    return _stream(store, wanted, (">", above), "ASC")


def fits(store: Store, wanted: Filter, key: int) -> bool:
    """Whether one transcript fits."""
    where, values = _where(wanted)
    sql, given = f"SELECT 1 FROM transcripts t WHERE t.key = ? AND {where}", [key, *values]
    if match := to_match(wanted.words):
        sql += (
            " AND EXISTS (SELECT 1 FROM messages_fts WHERE messages_fts MATCH ? AND rowid BETWEEN "
            "(SELECT min(key) FROM messages WHERE transcript = ?) AND "
            "(SELECT max(key) FROM messages WHERE transcript = ?))"
        )
        given += [match, key, key]
    return store.one(sql, given) is not None


def siblings(store: Store, key: int) -> list[int]:
    """Keys of all transcripts of the same scenario."""
    scenario = "(SELECT scenario FROM transcripts WHERE key = ?)"
    sql = f"SELECT key FROM transcripts WHERE scenario = {scenario}"
    return [row[0] for row in store.rows(sql, (key,))]


def _stream(store: Store, wanted: Filter, bound: tuple[str, int] | None, way: str) -> Iterator[int]:
    match = to_match(wanted.words)
    if match:
        yield from _by_words(store, wanted, match, bound, way)
    elif not wanted.words.strip():
        where, values = _where(wanted)
        if bound:
            where, values = f"{where} AND t.key {bound[0]} ?", [*values, bound[1]]
        sql = f"SELECT t.key FROM transcripts t WHERE {where} ORDER BY t.key {way}"
        yield from (row[0] for row in store.each(sql, values))


def _by_words(
    store: Store, wanted: Filter, match: str, bound: tuple[str, int] | None, way: str
) -> Iterator[int]:
    where, values = "messages_fts MATCH ?", [match]
    if bound:
        sign, key = bound
        edge = "min" if sign == "<" else "max"
        where += f" AND rowid {sign} (SELECT {edge}(key) FROM messages WHERE transcript = ?)"
        values.append(key)  # type: ignore[arg-type]
    found = store.each(
        f"SELECT m.transcript FROM (SELECT rowid AS key FROM messages_fts WHERE {where} "
        f"ORDER BY rowid {way}) x CROSS JOIN messages m ON m.key = x.key",
        values,
    )
    keys = (key for key, _ in groupby(row[0] for row in found))
    others, given = _where(wanted)
    while chunk := list(islice(keys, CHUNK)):
        if others == "1":
            yield from chunk
            continue
        rows = store.rows(
            "SELECT t.key FROM json_each(?) k CROSS JOIN transcripts t ON t.key = k.value "
            f"WHERE {others} ORDER BY k.key",
            [json.dumps(chunk), *given],
        )
        yield from (row[0] for row in rows)


def _where(wanted: Filter) -> tuple[str, list[Any]]:
    """All of the filter but its words, as SQL over `transcripts t`."""
    parts: list[str] = ["1"]
    values: list[Any] = []
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
