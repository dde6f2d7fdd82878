"""Pairs of transcripts: matched scenarios of one release, and one scenario of two releases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import combinations, groupby
from typing import Any

from rubrics import Rater
from rubrics.judged import RETRYABLE
from store.database import Store
from store.ratings import CURRENT
from store.transcripts import each
from transcripts import Transcript

_AGAIN = ", ".join(f"'{why}'" for why in RETRYABLE)

Two = tuple[Transcript, Transcript]


def matched(store: Store, where: tuple[str, Any] = ("1", ())) -> Iterator[Two]:
    """Transcripts of one release and sample whose scenarios have the same `pair` in their
    metadata and another `variant`, each two of them."""
    sql, values = where
    rows = store.rows(
        "SELECT t.id, e.key AS release, t.sample, json_extract(t.metadata, '$.pair') AS pair "
        "FROM transcripts t JOIN releases e ON e.key = t.release "
        "JOIN scenarios s ON s.key = t.scenario "
        "WHERE json_extract(t.metadata, '$.pair') IS NOT NULL "
        f"AND json_extract(t.metadata, '$.variant') IS NOT NULL AND ({sql}) "
        "ORDER BY e.key, pair, t.sample, json_extract(t.metadata, '$.variant'), t.key",
        values,
    )
    for _, group in groupby(rows, key=lambda row: (row["release"], row["pair"], row["sample"])):
        yield from _loaded(store, list(combinations([row["id"] for row in group], 2)))


def versus(store: Store, base: str, candidate: str) -> Iterator[Two]:
    """The transcripts of two releases that share scenario and sample, the base's first."""
    rows = store.rows(
        "SELECT a.id, b.id FROM transcripts a JOIN transcripts b "
        "ON b.scenario = a.scenario AND b.sample = a.sample "
        "JOIN releases x ON x.key = a.release JOIN releases y ON y.key = b.release "
        "WHERE x.name = ? AND y.name = ? ORDER BY a.key",
        (base, candidate),
    )
    yield from _loaded(store, [(row[0], row[1]) for row in rows])


def _loaded(store: Store, pairs: list[tuple[str, str]]) -> Iterator[Two]:
    for start in range(0, len(pairs), 50):
        some = pairs[start : start + 50]
        wanted = json.dumps(sorted({one for pair in some for one in pair}))
        found = each(store, "t.id IN (SELECT value FROM json_each(?))", (wanted,))
        known: Mapping[str, Transcript] = {one.id: one for one in found}
        yield from ((known[a], known[b]) for a, b in some if a in known and b in known)


def rated(store: Store, rater: Rater) -> set[tuple[str, str, str, str, int]]:
    """(first, second, trait, rubric version, repeat) of the pairs this judge has rated."""
    rows = store.rows(
        "SELECT t.id, o.id, b.trait, b.version, r.repeat FROM ratings r "
        "JOIN transcripts t ON t.key = r.transcript JOIN transcripts o ON o.key = r.other "
        "JOIN raters a ON a.key = r.rater JOIN rubrics b ON b.key = r.rubric "
        f"WHERE a.kind = ? AND a.name = ? AND a.version = ? AND {CURRENT} "
        f"AND NOT (r.status = 'unscored' AND r.why IN ({_AGAIN}))",
        (rater.kind, rater.name, rater.version),
    )
    return {tuple(row) for row in rows}


def compared(store: Store, rater: Rater) -> set[tuple[str, str, str, str]]:
    """(first, second, trait, rubric version) of the pairs this judge has compared or could not.

    The last call of one that failed (`store.uncompared`) says whether to ask again.
    """
    rows = store.rows(
        "SELECT t.id, o.id, b.trait, b.version, c.status, max(c.key) FROM calls c "
        "JOIN transcripts t ON t.key = c.transcript JOIN transcripts o ON o.key = c.other "
        "JOIN raters a ON a.key = c.rater JOIN rubrics b ON b.key = c.rubric "
        "WHERE a.kind = ? AND a.name = ? AND a.version = ? AND b.level <> 'pair' "
        "GROUP BY c.transcript, c.other, c.rubric",
        (rater.kind, rater.name, rater.version),
    )
    return {tuple(row)[:4] for row in rows if row["status"] not in RETRYABLE}


def order_consistency(store: Store, rater: Rater, trait: str) -> tuple[int, int]:
    """(agreeing, all) pairs of this judge on this trait that it was asked about in both orders."""
    told = (rater.kind, rater.name, rater.version, trait)
    row = store.rows(
        "SELECT sum(p.reason LIKE 'both orders agree%') AS agree, count(*) AS n "
        "FROM preferences p JOIN raters a ON a.key = p.rater "
        "WHERE a.kind = ? AND a.name = ? AND a.version = ? AND p.trait = ?",
        told,
    )[0]
    if row["n"]:
        return row["agree"], row["n"]
    row = store.rows(
        "SELECT coalesce(sum(r.value = s.value), 0) AS agree, count(*) AS n FROM ratings r "
        "JOIN ratings s ON s.transcript = r.transcript AND s.other = r.other "
        "AND s.rater = r.rater AND s.rubric = r.rubric AND s.repeat = r.repeat + 1 "
        "JOIN raters a ON a.key = r.rater JOIN rubrics b ON b.key = r.rubric "
        "WHERE a.kind = ? AND a.name = ? AND a.version = ? AND b.trait = ? "
        f"AND r.repeat % 2 = 1 AND r.status = 'rated' AND s.status = 'rated' AND {CURRENT}",
        told,
    )[0]
    return row["agree"], row["n"]
