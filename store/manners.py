"""How people's ratings were given, told along with them when they go out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rubrics import Rater, Rating
from store.database import Store

Manner = Callable[[Rating], dict[str, Any]]


def manners(store: Store) -> Manner:
    """What tells of a rating whether it was blind, after the reveal or open, how its rater's name
    was known, and whether they were sure; nothing of a rating that no person gave here."""
    rows = store.rows(
        "SELECT t.id, b.trait, b.version, a.kind, a.name, a.version AS prompt, r.message, "
        "r.repeat, o.id AS other, r.at, r.status, r.value, v.manner, v.identity, v.unsure "
        "FROM reviewed v JOIN ratings r ON r.key = v.rating "
        "JOIN transcripts t ON t.key = r.transcript JOIN rubrics b ON b.key = r.rubric "
        "JOIN raters a ON a.key = r.rater LEFT JOIN transcripts o ON o.key = r.other"
    )
    known = {
        (row["id"], row["trait"], row["version"], Rater(row["kind"], row["name"], row["prompt"]),
         *tuple(row)[6:12]): tuple(row)[12:]
        for row in rows
    }  # fmt: skip

    def told(one: Rating) -> dict[str, Any]:
        place = (one.transcript, one.trait, one.rubric, one.rater, one.message, one.repeat)
        found = known.get((*place, one.other, one.at, one.status, one.value))
        if found is None:
            return {}
        return {"manner": found[0], "identity": found[1], "unsure": bool(found[2])}

    return told
