"""Labels as agreement wants them: each rater's latest answer that was given without seeing others'.

A rating given after the reveal, or in Read where everything is shown, is not independent of the
judge's: it is kept and counted elsewhere, and here the one before it stands. A rating that came
from a file has no such mark; it was given outside and counts as independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from store.database import Store

_SQL = """
SELECT t.id, r.message, o.id AS other, b.trait, b.version, s.name AS scenario, e.name AS release,
       r.status, r.value, b.low, b.high, b.two_sided, r.repeat, r.why
FROM ratings r
JOIN transcripts t ON t.key = r.transcript
JOIN releases e ON e.key = t.release
JOIN scenarios s ON s.key = t.scenario
JOIN rubrics b ON b.key = r.rubric
LEFT JOIN transcripts o ON o.key = r.other
LEFT JOIN reviewed v ON v.rating = r.key
LEFT JOIN label_splits l ON l.scenario = t.scenario
WHERE r.rater = ? AND (? IS NULL OR b.trait = ?) AND coalesce(v.manner, 'blind') = 'blind'
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which labels: of one trait, of some releases, of one split ('dev' or 'test')."""

    trait: str | None = None
    releases: Sequence[str] = ()
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One label; the fields are those of `reviews.labels.Label`, plainly."""

    unit: tuple[str, int | None, str | None]
    trait: str
    version: str
    scenario: str
    release: str
    status: str
    value: float | None
    scale: tuple[float | None, float | None, bool]
    repeat: int


def labels(store: Store, rater: int, asked: Asked = Asked()) -> list[Row]:
    """The independent labels of the rater with this key, each place's latest, in the order in
    which they were given."""
    sql, values = _SQL, [rater, asked.trait, asked.trait]
    if asked.split:
        sql += " AND l.split = ?"
        values.append(asked.split)
    if asked.releases:
        sql += f" AND e.name IN ({', '.join('?' * len(asked.releases))})"
        values += asked.releases
    latest: dict[tuple[object, ...], Row] = {}
    for row in store.each(f"{sql} ORDER BY r.at, r.key", values):
        unit = (row["id"], row["message"], row["other"])
        place = (*unit, row["trait"], row["version"], row["repeat"])
        latest.pop(place, None)  # so that the later answer also stands later
        if row["why"] == "withdrawn":
            continue
        latest[place] = Row(
            unit, row["trait"], row["version"], row["scenario"], row["release"], row["status"],
            row["value"], (row["low"], row["high"], bool(row["two_sided"])), row["repeat"],
        )  # fmt: skip
    return list(latest.values())


def not_blind(store: Store, rater: int) -> int:
    """How many of a rater's ratings are kept out of agreement because they were not given blind."""
    count: int = store.one(
        "SELECT count(*) FROM ratings r JOIN reviewed v ON v.rating = r.key "
        "WHERE r.rater = ? AND v.manner <> 'blind'",
        (rater,),
    )
    return count
