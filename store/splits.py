"""Labels split once into dev and test, by scenario; and the book of looks at the test part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from store.adding import now
from store.database import Store
from store.ratings import CURRENT


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the test part: when, by whom, at what."""

    at: str
    by: str
    what: str


def splits(store: Store) -> dict[str, str]:
    """Each split scenario's part: "dev" or "test"."""
    rows = store.rows(
        "SELECT s.name, l.split FROM label_splits l JOIN scenarios s ON s.key = l.scenario"
    )
    return {row["name"]: row["split"] for row in rows}


def labelled(store: Store) -> list[str]:
    """The scenarios that people (or the authors of examples) have labelled, by name."""
    rows = store.rows(
        "SELECT s.name FROM ratings r JOIN raters a ON a.key = r.rater "
        "JOIN transcripts t ON t.key = r.transcript JOIN scenarios s ON s.key = t.scenario "
        f"WHERE a.kind IN ('person', 'author') AND {CURRENT} "
        "UNION SELECT s.name FROM preferences p JOIN raters a ON a.key = p.rater "
        "JOIN transcripts t ON t.key = p.first JOIN scenarios s ON s.key = t.scenario "
        "WHERE a.kind = 'person' ORDER BY 1"
    )
    return [row["name"] for row in rows]


def keep_splits(store: Store, given: Mapping[str, str]) -> int:
    """Put scenarios into dev or test for good; how many were new. One that has its part stays."""
    with store.write() as connection:
        made = connection.executemany(
            "INSERT INTO label_splits (scenario, split) SELECT key, ? FROM scenarios "
            "WHERE name = ? ON CONFLICT DO NOTHING",
            [(split, name) for name, split in given.items()],
        )
        return made.rowcount


def looked(store: Store, by: str, what: str) -> int:
    """Write down a look at the test part; how many there have been with it."""
    with store.write() as connection:
        connection.execute("INSERT INTO looks (at, by, what) VALUES (?, ?, ?)", (now(), by, what))
        count: int = connection.execute("SELECT count(*) FROM looks").fetchone()[0]
    return count


def looks(store: Store) -> list[Look]:
    """Every look at the test part, the latest first."""
    return [Look(*row) for row in store.rows("SELECT at, by, what FROM looks ORDER BY key DESC")]
