"""What a run could not score, by reason, with the model's own words."""

from __future__ import annotations

from dataclasses import dataclass

from store.database import Store
from store.ratings import CURRENT


@dataclass(frozen=True, slots=True)
class Failure:
    """One unscored rating of a run, and the last call behind it, if any was made.

    `reply` is what the model said, to the letter; `error` what was wrong with it or what the
    server said instead.
    """

    transcript: str
    release: str
    scenario: str
    trait: str
    message: int | None
    repeat: int
    why: str
    reason: str
    reply: str
    error: str
    request_id: str


def reasons(store: Store, run: int) -> dict[str, int]:
    """How many ratings of a run are unscored, by reason, the commonest first."""
    rows = store.rows(
        "SELECT r.why, count(*) AS n FROM ratings r WHERE r.run = ? AND r.status = 'unscored' "
        f"AND {CURRENT} GROUP BY r.why ORDER BY n DESC, r.why",
        (run,),
    )
    return {row["why"]: row["n"] for row in rows}


def failures(store: Store, run: int, why: str, limit: int = 50) -> list[Failure]:
    """The unscored ratings of a run with this reason, the first ones first."""
    rows = store.rows(
        "SELECT t.id, e.name AS release, s.name AS scenario, b.trait, r.message, r.repeat, r.why, "
        "r.reason, c.reply, c.error, c.request_id "
        "FROM ratings r JOIN transcripts t ON t.key = r.transcript "
        "JOIN releases e ON e.key = t.release JOIN scenarios s ON s.key = t.scenario "
        "JOIN rubrics b ON b.key = r.rubric LEFT JOIN calls c ON c.key = ("
        "  SELECT max(key) FROM calls WHERE transcript = r.transcript AND rater = r.rater "
        "  AND rubric = r.rubric AND repeat = r.repeat AND run = r.run AND other IS r.other) "
        f"WHERE r.run = ? AND r.why = ? AND r.status = 'unscored' AND {CURRENT} "
        "ORDER BY r.key LIMIT ?",
        (run, why, limit),
    )
    return [
        Failure(
            row["id"], row["release"], row["scenario"], row["trait"], row["message"],
            row["repeat"], row["why"], row["reason"] or "", row["reply"] or "",
            row["error"] or "", row["request_id"] or "",
        )
        for row in rows
    ]  # fmt: skip
