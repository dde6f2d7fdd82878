"""Comparisons that a judge was asked for and that failed: kept, counted, shown, nobody's winner.

One that was made after all, or failed again later, is history: only the latest stands.
"""

from __future__ import annotations

from sqlite3 import Connection

from rubrics import Judged, Rater
from store.adding import now
from store.database import Store

STANDS = """NOT EXISTS (
    SELECT 1 FROM preferences p JOIN rubrics q ON q.key = u.rubric WHERE p.first = u.first
    AND p.second = u.second AND p.rater = u.rater AND p.trait = q.trait
) AND NOT EXISTS (
    SELECT 1 FROM uncompared v WHERE v.first = u.first AND v.second = u.second
    AND v.rater = u.rater AND v.rubric = u.rubric AND v.key > u.key
)"""
"""Of a row `u`: that it is still how it stands."""


def is_one(judged: Judged) -> bool:
    """Whether a judgement is a comparison without a preference."""
    return bool(judged.other and judged.rubric.level != "pair" and judged.preference is None)


def keep(
    connection: Connection, judged: Judged, pair: tuple[int, int], asked: tuple[int, int], run: int
) -> None:
    """Keep that a comparison failed, and why; `pair` and `asked` are the keys of both transcripts,
    of rubric and rater."""
    why, reason = next(((one.why, one.reason) for one in judged.ratings), ("broken", ""))
    connection.execute(
        "INSERT INTO uncompared (first, second, rubric, rater, why, reason, at, run) "
        "VALUES (?,?,?,?,?,?,?,?)",
        (*pair, *asked, why, reason or None, now(), run),
    )


def count(store: Store, trait: str) -> dict[str, int]:
    """By rater, how many pairs it could not compare by a trait, to this day."""
    rows = store.rows(
        "SELECT a.kind, a.name, a.version, count(*) AS n FROM uncompared u "
        "JOIN raters a ON a.key = u.rater JOIN rubrics b ON b.key = u.rubric "
        f"WHERE b.trait = ? AND {STANDS} GROUP BY a.key ORDER BY a.key",
        (trait,),
    )
    return {str(Rater(row["kind"], row["name"], row["version"])): row["n"] for row in rows}
