"""The versions of rubrics that ratings rest on."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rubrics import Rubric
from store.database import Store


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a trait's rubric: since when it is rated by, how often, by whom.

    `rubric` is None where its words are not here: a trait from a log, or rated elsewhere.
    """

    trait: str
    version: str
    since: str
    ratings: int
    raters: tuple[str, ...]
    rubric: Rubric | None


def wordings(store: Store) -> dict[str, list[Wording]]:
    """Every version that was rated by, by trait, the newest first."""
    rows = store.rows(
        "SELECT b.trait, b.version, b.words, min(r.at) AS since, count(*) AS ratings, "
        "json_group_array(DISTINCT a.kind || ':' || a.name) AS raters "
        "FROM ratings r JOIN rubrics b ON b.key = r.rubric JOIN raters a ON a.key = r.rater "
        "GROUP BY b.key ORDER BY b.trait, b.key DESC"
    )
    found: dict[str, list[Wording]] = {}
    for row in rows:
        words = json.loads(row["words"]) if row["words"] else None
        told = Wording(
            row["trait"], row["version"], row["since"], row["ratings"],
            tuple(sorted(json.loads(row["raters"]))), Rubric.from_words(words) if words else None,
        )  # fmt: skip
        found.setdefault(told.trait, []).append(told)
    return found
