"""What a check of a judge asks the database."""

from __future__ import annotations

from rubrics import Rater, Rubric
from store.database import Store


def scenarios(store: Store) -> dict[str, str]:
    """The scenario of each transcript, by its id."""
    rows = store.rows(
        "SELECT t.id, s.name FROM transcripts t JOIN scenarios s ON s.key = t.scenario"
    )
    return {row["id"]: row["name"] for row in rows}


def models(store: Store) -> list[str]:
    """Every model whose transcripts are here."""
    rows = store.rows("SELECT DISTINCT model FROM transcripts WHERE model <> '' ORDER BY model")
    return [row["model"] for row in rows]


def spent(store: Store, rater: Rater, rubric: Rubric) -> tuple[float | None, int]:
    """What all calls of a judge about a rubric cost (None: unknown of some), and how many."""
    row = store.rows(
        "SELECT count(*) AS n, sum(c.cost) AS cost, count(c.cost) AS known FROM calls c "
        "JOIN raters a ON a.key = c.rater JOIN rubrics b ON b.key = c.rubric "
        "WHERE a.kind = ? AND a.name = ? AND a.version = ? AND b.trait = ? AND b.version = ?",
        (rater.kind, rater.name, rater.version, rubric.trait, rubric.version),
    )[0]
    return (row["cost"] or 0.0 if row["known"] == row["n"] else None), row["n"]
