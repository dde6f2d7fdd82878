"""Answers about pairs as agreement wants them: given without seeing others', in the order given.

An answer after the reveal, or in Read where everything is shown, is left out, and the one before
it stands. Which of the two stood left, and whether a judge said the same in both orders, come
along where they are known.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.database import Store
from store.labels import Asked

_SQL = """
SELECT f.id AS first, s.id AS second, p.trait, coalesce(b.version, '') AS version,
       n.name AS scenario, e.name AS release, g.name AS other, e.place, g.place AS other_place,
       p.winner, p.swapped,
       CASE WHEN a.kind <> 'judge' THEN NULL
            WHEN p.reason LIKE 'both orders agree%' THEN 1
            WHEN p.reason LIKE 'the orders disagree%' THEN 0 END AS orders
FROM preferences p
JOIN raters a ON a.key = p.rater
JOIN transcripts f ON f.key = p.first
JOIN transcripts s ON s.key = p.second
JOIN releases e ON e.key = f.release
JOIN releases g ON g.key = s.release
JOIN scenarios n ON n.key = f.scenario
LEFT JOIN rubrics b ON b.key = p.rubric
LEFT JOIN label_splits l ON l.scenario = f.scenario
WHERE p.rater = ? AND (? IS NULL OR p.trait = ?) AND coalesce(p.manner, 'blind') = 'blind'
"""


@dataclass(frozen=True, slots=True)
class PairRow:
    """One answer: which of two transcripts has more of a trait. `version` is that of the words
    asked, '' where it is not known; `places` where the two releases stand in their order.

    `swapped`: the second stood left. `orders`: a judge said the same in both orders. None: nobody
    knows.
    """

    pair: tuple[str, str]
    trait: str
    version: str
    scenario: str
    releases: tuple[str, str]
    places: tuple[int, int]
    winner: str
    swapped: bool | None
    orders: bool | None


def pair_labels(store: Store, rater: int, asked: Asked) -> list[PairRow]:
    """The independent answers about pairs of the rater with this key, the earlier first.

    Of one release alone are the pairs it is in, of several those with both sides among them.
    """
    sql, values = _SQL, [rater, asked.trait, asked.trait]
    if asked.split:
        sql += " AND l.split = ?"
        values.append(asked.split)
    if asked.releases:
        marks = ", ".join("?" * len(asked.releases))
        joint = "OR" if len(asked.releases) == 1 else "AND"
        sql += f" AND (e.name IN ({marks}) {joint} g.name IN ({marks}))"
        values += [*asked.releases, *asked.releases]
    return [
        PairRow(
            (row["first"], row["second"]), row["trait"], row["version"], row["scenario"],
            (row["release"], row["other"]), (row["place"], row["other_place"]), row["winner"],
            _known(row["swapped"]), _known(row["orders"]),
        )
        for row in store.rows(f"{sql} ORDER BY p.key", values)
    ]  # fmt: skip


def _known(value: int | None) -> bool | None:
    return None if value is None else bool(value)
