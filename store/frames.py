"""Ratings as arrays, by instrument: what releases are compared with. Fast SQL, numbers only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rubrics import Rater
from rubrics.answers import Answers, Instrument, Places, Whole, gather
from store import naming
from store.database import Store

FEW = 0.3
"""Up to this share of all transcripts, ratings are looked up by transcript, not by rater."""


@dataclass(frozen=True, slots=True)
class Source:
    """An instrument in the store: the keys of its rubric's version and of its rater, which grow
    with the time they were first seen."""

    instrument: Instrument
    kind: str
    rubric: int
    rater: int


def sources(store: Store, *, trait: str | None = None) -> list[Source]:
    """Every instrument that has answered something, the older ones of a trait first."""
    rows = store.rows(
        "SELECT b.key AS rubric, b.trait, b.version AS words, b.level, b.low, b.high, b.two_sided, "
        "a.key AS rater, a.kind, a.name, a.version FROM rubrics b CROSS JOIN raters a "
        "WHERE (? IS NULL OR b.trait = ?) AND EXISTS "
        "(SELECT 1 FROM ratings r WHERE r.rubric = b.key AND r.rater = a.key) "
        "ORDER BY b.trait, a.key, b.key",
        (trait, trait),
    )
    return [
        Source(
            Instrument(
                row["trait"], row["words"], str(Rater(row["kind"], row["name"], row["version"])),
                row["level"], bool(row["two_sided"]), row["low"], row["high"],
            ),
            row["kind"], row["rubric"], row["rater"],
        )
        for row in rows
    ]  # fmt: skip


def places(store: Store, releases: Iterable[str] | None = None) -> Places:
    """Where transcripts stand: of these releases, or of all."""
    where = "1"
    values: tuple[Any, ...] = ()
    if releases is not None:
        where = "e.name IN (SELECT value FROM json_each(?))"
        values = (json.dumps(list(releases)),)
    sql = (
        "SELECT t.key, t.release, t.scenario, t.sample FROM transcripts t "
        f"JOIN releases e ON e.key = t.release WHERE {where} ORDER BY t.key"
    )
    table = _table(store, sql, values, 4)
    return Places(*(table[:, k].astype(np.int64) for k in range(4)))


def answers(store: Store, wanted: Sequence[Source], at: Places) -> list[Answers]:
    """The latest answers of each instrument on these transcripts; pairs are left out."""
    lost = _lost(store)
    everything = store.one("SELECT count(*) FROM transcripts")
    few = at.key.size <= FEW * everything
    return [_answers(store, [one], at, lost, few) for one in wanted]


def labels(
    store: Store, of: Source, at: Places, names: Sequence[str] = ()
) -> tuple[Answers | None, tuple[str, ...]]:
    """What people say to the same words as an instrument, averaged turn by turn, and who they are.

    `names` are raters as people write them; without any, all persons. None where nobody has.
    """
    there = [
        one for one in sources(store, trait=of.instrument.trait)
        if one.rubric == of.rubric and one.rater != of.rater
    ]  # fmt: skip
    if names:
        keys = {naming.named(store, name).key for name in names}
        there = [one for one in there if one.rater in keys]
    else:
        there = [one for one in there if one.kind == "person"]
    if not there:
        return None, ()
    who = tuple(one.instrument.rater for one in there)
    found = _answers(store, there, at, _lost(store), few=False)
    return replace(found, instrument=found.instrument._replace(rater=", ".join(who))), who


def first_answers(store: Store, of: Source, at: Places) -> Answers | None:
    """What an instrument said at first, where it has answered something again since; else None."""
    first = _column(
        store, "SELECT supersedes FROM ratings WHERE supersedes IS NOT NULL AND rater = ? "
        "AND rubric = ?", (of.rater, of.rubric),
    )  # fmt: skip
    if not first.size:
        return None
    later = _column(store, "SELECT key FROM ratings WHERE supersedes IS NOT NULL")
    return _answers(store, [of], at, later, few=False)


def _lost(store: Store) -> Whole:
    """The keys of ratings that do not count: superseded, taken back, or of pairs."""
    gone = _column(
        store,
        "SELECT supersedes FROM ratings WHERE supersedes IS NOT NULL "
        "UNION ALL SELECT key FROM ratings WHERE why = 'withdrawn'",
    )
    pairs = _column(store, "SELECT key FROM ratings WHERE other IS NOT NULL")
    return np.concatenate([gone, pairs])


def metadata(store: Store, keys: Whole, name: str) -> npt.NDArray[np.str_]:
    """What the metadata of these transcripts (n,) say under a name; '' where nothing."""
    rows = store.rows(
        "SELECT t.key, t.metadata ->> ? FROM json_each(?) k JOIN transcripts t ON t.key = k.value",
        (f'$."{name}"', json.dumps(keys.tolist())),
    )
    told = {row[0]: "" if row[1] is None else str(row[1]) for row in rows}
    return np.array([told.get(key, "") for key in keys.tolist()], dtype=str)


def scenario_names(store: Store, numbers: Iterable[int]) -> dict[int, str]:
    """Scenarios by number."""
    wanted = json.dumps([int(one) for one in numbers])
    sql = "SELECT key, name FROM scenarios WHERE key IN (SELECT value FROM json_each(?))"
    return {row["key"]: row["name"] for row in store.rows(sql, (wanted,))}


def identities(store: Store, keys: Iterable[int]) -> dict[int, str]:
    """The ids of transcripts by key."""
    wanted = json.dumps([int(one) for one in keys])
    sql = "SELECT key, id FROM transcripts WHERE key IN (SELECT value FROM json_each(?))"
    return {row["key"]: row["id"] for row in store.rows(sql, (wanted,))}


def _answers(store: Store, wanted: Sequence[Source], at: Places, lost: Whole, few: bool) -> Answers:
    columns = "r.key, r.transcript, coalesce(r.message, 0), r.value, r.status = 'unscored'"
    parts = []
    for one in wanted:
        if few:  # from the transcripts to their ratings
            sql = (
                f"SELECT {columns} FROM json_each(?) t CROSS JOIN ratings r "
                "INDEXED BY ratings_of_transcript "
                "ON r.transcript = t.value AND r.rater = ? AND r.rubric = ?"
            )
            values: tuple[Any, ...] = (json.dumps(at.key.tolist()), one.rater, one.rubric)
        else:  # from the rater to its ratings: all columns stand in the index
            sql = (
                f"SELECT {columns} FROM ratings r INDEXED BY ratings_of_rater "
                "WHERE r.rubric = ? AND r.rater = ?"
            )
            values = (one.rubric, one.rater)
        parts.append(_table(store, sql, values, 5))
    table = np.concatenate(parts)
    if lost.size:
        table = table[~np.isin(table[:, 0].astype(np.int64), lost)]
    return gather(wanted[0].instrument, table[:, 1:], at)


def _table(store: Store, sql: str, values: tuple[Any, ...], columns: int) -> Any:
    """The rows of a query as floats (n, columns), NULL being NaN; plain tuples, which cost half."""
    cursor = store.connection().cursor()
    cursor.row_factory = None
    rows = cursor.execute(sql, values).fetchall()
    return np.array(rows, dtype=float).reshape(len(rows), columns)


def _column(store: Store, sql: str, values: tuple[Any, ...] = ()) -> Whole:
    return _table(store, sql, values, 1)[:, 0].astype(np.int64)  # type: ignore[no-any-return]


def stamp(store: Store) -> str:
    """Changes whenever ratings, transcripts or releases do: what worked-out numbers are kept by."""
    row = store.rows(
        "SELECT (SELECT max(key) FROM ratings), (SELECT count(*) FROM ratings), "
        "(SELECT max(key) FROM transcripts), (SELECT count(*) FROM transcripts), "
        "(SELECT group_concat(name || ' ' || place) FROM (SELECT * FROM releases ORDER BY key)), "
        "(SELECT total(length(metadata)) FROM transcripts)"
    )[0]
    return "|".join(str(one) for one in row)


def metadata_names(store: Store, *, most: int = 24, looked_at: int = 2000) -> list[str]:
    """Keys of the metadata by which transcripts can be sliced: of few values, and more than one.

    Looks at the first and the last transcripts, `looked_at` of each.
    """
    rows = store.rows(
        "SELECT j.key AS name, count(DISTINCT j.value) AS known FROM "
        "(SELECT * FROM (SELECT metadata FROM transcripts ORDER BY key LIMIT ?) UNION ALL "
        "SELECT * FROM (SELECT metadata FROM transcripts ORDER BY key DESC LIMIT ?)) t, "
        "json_each(t.metadata) j WHERE j.type IN ('text', 'integer', 'true', 'false') "
        "GROUP BY j.key HAVING known BETWEEN 2 AND ? AND j.key <> 'pair' ORDER BY known, j.key",
        (looked_at, looked_at, most),
    )
    return [row["name"] for row in rows]
