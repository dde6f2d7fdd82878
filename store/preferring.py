"""Preferences between transcripts of two releases, as rows to be ranked."""

from __future__ import annotations

from typing import NamedTuple

from store.database import Store


class Preferred(NamedTuple):
    """One comparison: whose transcripts were shown first and second, 1 where the first was
    preferred, 0 where the second, .5 for a tie; and the scenario, by number."""

    first: str
    second: str
    score: float
    scenario: int


def preferences(store: Store, trait: str | None = None) -> dict[tuple[str, str], list[Preferred]]:
    """By (trait, rater), the latest answer to each pair in each order, between two releases."""
    rows = store.rows(
        "SELECT p.trait, a.kind || ':' || a.name || CASE a.version WHEN '' THEN '' "
        "ELSE '#' || a.version END AS rater, e.name AS first, f.name AS second, p.winner, "
        "s.scenario, max(p.key) FROM preferences p JOIN raters a ON a.key = p.rater "
        "JOIN transcripts s ON s.key = p.first JOIN releases e ON e.key = s.release "
        "JOIN transcripts t ON t.key = p.second JOIN releases f ON f.key = t.release "
        "WHERE s.release <> t.release AND (? IS NULL OR p.trait = ?) "
        "GROUP BY p.trait, p.rater, p.first, p.second ORDER BY p.trait, a.key, p.key",
        (trait, trait),
    )
    scores = {"first": 1.0, "second": 0.0, "tie": 0.5}
    found: dict[tuple[str, str], list[Preferred]] = {}
    for row in rows:
        one = Preferred(row["first"], row["second"], scores[row["winner"]], row["scenario"])
        found.setdefault((row["trait"], row["rater"]), []).append(one)
    return found
