"""What could be put into a queue: transcripts and turns, and what raters but people said."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from store.behind import RaterCount
from store.database import Store
from store.ratings import CURRENT


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transcript or one turn of it; the fields are those of `reviews.queues.Candidate`."""

    transcript: str
    scenario: str
    release: str
    message: int | None = None
    values: dict[str, float] = field(default_factory=dict)
    unscored: int = 0


def candidates(
    store: Store,
    traits: Sequence[str],
    *,
    releases: Sequence[str] = (),
    scenario: str = "",
    by_turn: bool = False,
) -> list[Candidate]:
    """Every transcript that fits, or with `by_turn` every assistant turn of it.

    Values are those of judges, signals and imported scores on the traits, averaged over repeats,
    traits and, for whole transcripts, over turns. People's and authors' are never among them.
    """
    where, given = ["1"], []
    if releases:
        where.append(f"e.name IN ({', '.join('?' * len(releases))})")
        given += list(releases)
    if scenario:
        where.append("s.name LIKE ? ESCAPE '\\'")
        given.append(f"%{scenario.translate(_LIKE)}%")
    turns = "LEFT JOIN messages m ON m.transcript = t.key AND m.role = 'assistant'"
    heads = store.rows(
        "SELECT t.key, t.id, s.name AS scenario, e.name AS release, "
        f"{'m.number' if by_turn else 'NULL'} AS message FROM transcripts t "
        "JOIN scenarios s ON s.key = t.scenario JOIN releases e ON e.key = t.release "
        f"{turns if by_turn else ''} WHERE {' AND '.join(where)} ORDER BY t.key, message",
        given,
    )
    said, failed = _said(store, traits, by_turn)
    return [
        Candidate(
            row["id"], row["scenario"], row["release"], row["message"],
            said.get((row["key"], row["message"]), {}), failed.get((row["key"], row["message"]), 0),
        )
        for row in heads
    ]  # fmt: skip


_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
Place = tuple[int, int | None]


def _said(
    store: Store, traits: Sequence[str], by_turn: bool
) -> tuple[dict[Place, dict[str, float]], dict[Place, int]]:
    message = "r.message" if by_turn else "NULL"
    rows = store.each(
        f"SELECT r.transcript, {message} AS message, a.key, a.kind, a.name, a.version, "
        "avg(r.value) AS value, sum(r.status = 'unscored') AS failed FROM ratings r "
        "JOIN raters a ON a.key = r.rater JOIN rubrics b ON b.key = r.rubric "
        "WHERE a.kind NOT IN ('person', 'author') AND r.other IS NULL AND b.trait IN "
        f"(SELECT value FROM json_each(?)) AND {CURRENT} "
        f"GROUP BY r.transcript, {message}, a.key",
        (json.dumps(list(traits)),),
    )
    said: dict[Place, dict[str, float]] = defaultdict(dict)
    failed: dict[Place, int] = defaultdict(int)
    for row in rows:
        place = (row["transcript"], row["message"])
        if row["value"] is not None:
            rater = str(RaterCount(row["key"], row["kind"], row["name"], row["version"], 0))
            said[place][rater] = row["value"]
        failed[place] += row["failed"]
    return said, failed
