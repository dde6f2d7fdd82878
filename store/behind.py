"""What lies behind a number: the ratings of one trait in one release, the words first."""

from __future__ import annotations

import json
from dataclasses import dataclass

from store.database import Store
from store.ratings import CURRENT


@dataclass(frozen=True, slots=True)
class RaterCount:
    """A rater and how much it has said; `key` grows with the time it was first seen."""

    key: int
    kind: str
    name: str
    version: str
    ratings: int

    def __str__(self) -> str:
        if self.kind == self.name == "author":
            return "author"
        return f"{self.kind}:{self.name}" + (f"#{self.version}" if self.version else "")


@dataclass(frozen=True, slots=True)
class Behind:
    """One rating as it stands behind a number; `quotes` are (words, match) pairs."""

    transcript: str
    scenario: str
    opening: str
    message: int | None
    status: str
    value: float | None
    why: str
    reason: str
    quotes: tuple[tuple[str, str], ...]


def raters(store: Store) -> list[RaterCount]:
    """Every rater that has said something, in the order in which they first did."""
    rows = store.rows(
        "SELECT a.key, a.kind, a.name, a.version, count(*) FROM raters a "
        f"JOIN ratings r ON r.rater = a.key WHERE {CURRENT} GROUP BY a.key ORDER BY a.key"
    )
    return [RaterCount(*row) for row in rows]


def distribution(store: Store, trait: str, rater: str) -> dict[str, dict[str, int]]:
    """Per release, how many ratings have each value ("-1"), are "not_applicable", "unscored"."""
    rows = store.rows(
        "SELECT release, count(*) AS count, "
        "CASE status WHEN 'rated' THEN printf('%g', value) ELSE status END AS what "
        "FROM current_ratings WHERE trait = ? AND rater = ? GROUP BY release, what",
        (trait, rater),
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["release"], {})[row["what"]] = row["count"]
    return found


def behind(
    store: Store, trait: str, release: str, rater: RaterCount, *, limit: int = 30
) -> list[Behind]:
    """The ratings behind a cell: the furthest from 0 first, then the unscored, then the rest."""
    rows = store.rows(
        "SELECT r.key, t.id, s.name AS scenario, t.opening, r.message, r.status, r.value, r.why, "
        "r.reason FROM ratings r JOIN transcripts t ON t.key = r.transcript "
        "JOIN scenarios s ON s.key = t.scenario JOIN releases e ON e.key = t.release "
        "WHERE r.rubric IN (SELECT key FROM rubrics WHERE trait = ?) AND r.rater = ? "
        f"AND e.name = ? AND {CURRENT} ORDER BY abs(r.value) IS NULL, abs(r.value) DESC, "
        "r.status = 'unscored' DESC, r.key LIMIT ?",
        (trait, rater.key, release, limit),
    )
    quotes: dict[int, list[tuple[str, str]]] = {}
    for row in store.rows(
        "SELECT rating, text, match FROM quotes WHERE rating IN (SELECT value FROM json_each(?)) "
        "ORDER BY key",
        (json.dumps([row["key"] for row in rows]),),
    ):
        quotes.setdefault(row["rating"], []).append((row["text"], row["match"]))
    return [
        Behind(
            row["id"], row["scenario"], row["opening"] or "", row["message"], row["status"],
            row["value"], row["why"] or "", row["reason"] or "", tuple(quotes.get(row["key"], ())),
        )
        for row in rows
    ]  # fmt: skip
