"""A preference from a file, with how it was given, kept as one that was given here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from rubrics import Rater
from store.adding import now
from transcripts.records import Broken

MANNERS = ("blind", "after_reveal", "open")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which question somebody answered: keys of both transcripts, the trait, and who, with key."""

    pair: tuple[int, int]
    trait: str
    rater: Rater
    key: int

    @property
    def place(self) -> tuple[int, int, str, int]:
        """What all answers to it have in common."""
        return (*self.pair, self.trait, self.key)


def keep_preference(
    connection: Connection, asked: Asked, row: Mapping[str, Any], words: int | None
) -> int:
    """Keep the answer of a row; 0 where it is here already. A person's later answer supersedes.

    Raises `Broken` where the row is none.
    """
    if asked.pair[0] == asked.pair[1]:
        raise Broken("compares a transcript with itself")
    manner, at, winner = manner_of(row), str(row.get("at") or ""), str(row["winner"])
    before = connection.execute(
        "SELECT key, winner, at FROM preferences WHERE first = ? AND second = ? AND trait = ? "
        "AND rater = ? ORDER BY key",
        asked.place,
    ).fetchall()
    if at and (winner, at) in [(one["winner"], one["at"]) for one in before]:
        return 0
    if not at and before and before[-1]["winner"] == winner:
        return 0
    last = before[-1]["key"] if before and asked.rater.kind == "person" else None
    connection.execute(
        "INSERT INTO preferences (first, second, trait, rater, winner, reason, at, manner, "
        "identity, unsure, supersedes, rubric, swapped) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *asked.place, winner, row.get("reason") or None, at or now(), manner or None,
            row.get("identity") or None, int(is_yes(row.get("unsure"))), last, words,
            _bit(row.get("swapped")),
        ),
    )  # fmt: skip
    return 1


def manner_of(row: Mapping[str, Any]) -> str:
    """How an answer was given: blind, after the reveal, openly; '' where the row does not say.
    Raises `Broken` for anything else."""
    manner = str(row.get("manner") or "")
    if manner not in ("", *MANNERS):
        raise Broken(f"has the manner {manner!r}; one of {', '.join(MANNERS)}")
    return manner


def is_yes(value: Any) -> bool:
    """Whether a cell says yes: true, 1, yes."""
    return str(value or "").lower() in ("1", "1.0", "true", "yes")


def _bit(value: Any) -> int | None:
    return None if value in (None, "") else int(is_yes(value))
