"""What a judge was asked and what came back, word for word; what failed; what is flagged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from rubrics import Flag, Rater
from store.adding import now
from store.database import Store
from store.ratings import CURRENT
from store.uncompared import STANDS


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it is kept. `cost` in dollars, None where unknown; `usage` as it was told."""

    run: int | None
    transcript: str
    trait: str
    rater: str
    repeat: int
    step: str
    status: str
    reply: str
    usage: Mapping[str, Any]
    cost: float | None
    seconds: float
    model: str
    request_id: str
    error: str
    at: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A judgement without a value, or a comparison without a winner (of it the first transcript):
    why, the judge's reason if any, and its last call if any."""

    why: str
    transcript: str
    release: str
    scenario: str
    trait: str
    message: int | None
    repeat: int
    reason: str
    reply: str
    request_id: str
    error: str


_CALLS = """
SELECT c.run, t.id AS transcript, b.trait, a.kind, a.name, a.version, c.repeat, c.step, c.status,
       c.reply, c.usage, c.cost, c.seconds, c.model, c.request_id, c.error, c.at
FROM calls c JOIN transcripts t ON t.key = c.transcript JOIN rubrics b ON b.key = c.rubric
JOIN raters a ON a.key = c.rater
"""


def of_transcript(store: Store, identity: str, trait: str | None = None) -> list[Asked]:
    """Every call about a transcript (and a trait), in the order they were kept."""
    rows = store.rows(
        f"{_CALLS} WHERE t.id = ? AND (? IS NULL OR b.trait = ?) ORDER BY c.key",
        (identity, trait, trait),
    )
    return [_asked(row) for row in rows]


def of_run(store: Store, run: int, *, status: str | None = None, limit: int = 200) -> list[Asked]:
    """The latest calls of a run (with this status), the newest first."""
    rows = store.rows(
        f"{_CALLS} WHERE c.run = ? AND (? IS NULL OR c.status = ?) ORDER BY c.key DESC LIMIT ?",
        (run, status, status, limit),
    )
    return [_asked(row) for row in rows]


def _asked(row: Row) -> Asked:
    return Asked(
        row["run"], row["transcript"], row["trait"],
        str(Rater(row["kind"], row["name"], row["version"])), row["repeat"], row["step"],
        row["status"], row["reply"], json.loads(row["usage"]), row["cost"], row["seconds"],
        row["model"] or "", row["request_id"] or "", row["error"] or "", row["at"],
    )  # fmt: skip


def reasons(store: Store, run: int) -> dict[str, int]:
    """How many ratings of a run are unscored, and comparisons failed, by reason, the most frequent
    first."""
    rows = store.rows(
        "SELECT why, count(*) AS n FROM ("
        "SELECT r.why FROM ratings r WHERE r.run = ? AND r.status = 'unscored' "
        f"AND {CURRENT} UNION ALL SELECT u.why FROM uncompared u WHERE u.run = ? AND {STANDS}"
        ") GROUP BY why ORDER BY n DESC, why",
        (run, run),
    )
    return {row["why"]: row["n"] for row in rows}


_FAILED = f"""
SELECT r.why, r.transcript, NULL AS other, r.rubric, r.rater, r.message, r.repeat, r.reason, r.run,
       r.key
FROM ratings r WHERE r.run = :run AND r.status = 'unscored' AND {CURRENT}
UNION ALL
SELECT u.why, u.first, u.second, u.rubric, u.rater, NULL, 1, u.reason, u.run, u.key
FROM uncompared u WHERE u.run = :run AND {STANDS}
"""


def failures(store: Store, run: int, why: str | None = None, limit: int = 100) -> list[Failure]:
    """What a run could not score (for this reason), each with the raw reply of its last call."""
    rows = store.rows(
        "SELECT f.why, t.id, e.name AS release, s.name AS scenario, b.trait, f.message, f.repeat, "
        f"f.reason, c.reply, c.request_id, c.error FROM ({_FAILED}) f "
        "JOIN transcripts t ON t.key = f.transcript JOIN releases e ON e.key = t.release "
        "JOIN scenarios s ON s.key = t.scenario JOIN rubrics b ON b.key = f.rubric "
        "LEFT JOIN calls c ON c.key = (SELECT max(key) FROM calls k WHERE "
        "k.transcript = f.transcript AND (f.other IS NULL OR k.other = f.other) "
        "AND k.rater = f.rater AND k.rubric = f.rubric AND k.repeat = f.repeat AND k.run = f.run) "
        "WHERE :why IS NULL OR f.why = :why ORDER BY f.why, f.key LIMIT :limit",
        {"run": run, "why": why, "limit": limit},
    )
    return [Failure(*tuple(row)[:7], *(row[name] or "" for name in _TOLD)) for row in rows]


_TOLD = ("reason", "reply", "request_id", "error")


def flagged(store: Store, *, waiting: bool = True) -> dict[str, list[Flag]]:
    """Transcripts with words that look like an attack on a judge, by id; those that still wait
    for a person alone, by default."""
    rows = store.rows(
        "SELECT t.id, f.kind, f.message, f.part, f.start, f.end, f.text FROM flags f "
        "JOIN transcripts t ON t.key = f.transcript WHERE (NOT ? OR f.settled IS NULL) "
        "ORDER BY f.transcript, f.message, f.start",
        (waiting,),
    )
    found: dict[str, list[Flag]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(Flag(*tuple(row)[1:]))
    return found


def settle(store: Store, identity: str) -> None:
    """A person has looked at what was flagged in a transcript."""
    with store.write() as connection:
        connection.execute(
            "UPDATE flags SET settled = ? WHERE settled IS NULL AND transcript = "
            "(SELECT key FROM transcripts WHERE id = ?)",
            (now(), identity),
        )
