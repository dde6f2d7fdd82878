"""Preferences as they are kept, to go out and come in again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from store.database import Store
from store.naming import named, rated
from store.selecting import Wanted

PREFERENCE_COLUMNS = (
    "first", "second", "release", "other_release", "scenario", "trait", "rater", "kind", "winner",
    "reason", "manner", "identity", "unsure", "swapped", "rubric", "at",
)  # fmt: skip

_SQL = """
SELECT f.id AS first, s.id AS second, e.name AS release, g.name AS other_release,
       n.name AS scenario, p.trait, a.kind, a.name, a.version, p.winner, p.reason, p.manner,
       p.identity, p.unsure, p.swapped, b.version AS rubric, p.at
FROM preferences p
JOIN transcripts f ON f.key = p.first JOIN transcripts s ON s.key = p.second
JOIN releases e ON e.key = f.release JOIN releases g ON g.key = s.release
JOIN scenarios n ON n.key = f.scenario JOIN raters a ON a.key = p.rater
LEFT JOIN rubrics b ON b.key = p.rubric
WHERE (? IS NULL OR p.trait = ?) AND (? IS NULL OR p.rater = ?)
  AND (? IS NULL OR ? IN (e.name, g.name))
"""
_LATEST = """
  AND NOT EXISTS (SELECT 1 FROM preferences l WHERE l.first = p.first AND l.second = p.second
                  AND l.trait = p.trait AND l.rater = p.rater AND l.key > p.key)
"""


def preference_rows(
    store: Store, wanted: Wanted, *, history: bool = False
) -> Iterator[dict[str, Any]]:
    """The latest answer of each rater to each pair, or with `history` every one ever given, oldest
    first: who said which has more, how it was given, which of the two stood left (`swapped`)."""
    if wanted.trait:
        rated(store, wanted.trait, pairs=True)
    rater = named(store, wanted.rater, pairs=True).key if wanted.rater else None
    asked = (*[wanted.trait] * 2, *[rater] * 2, *[wanted.release] * 2)
    for row in store.each(f"{_SQL}{'' if history else _LATEST} ORDER BY p.key", asked):
        told = dict(row)
        kind, name, version = (told.pop(key) for key in ("kind", "name", "version"))
        full = "author" if kind == name == "author" else f"{kind}:{name}"
        told |= {"rater": full + (f"#{version}" if version else ""), "kind": kind}
        told["unsure"] = bool(told["unsure"])
        if told["swapped"] is not None:
            told["swapped"] = bool(told["swapped"])
        yield {key: told[key] for key in PREFERENCE_COLUMNS}
