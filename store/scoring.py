"""What a scorer has still to do, and the book of its runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from rubrics import Rater, Rubric
from store.adding import now
from store.database import Store
from store.errors import StoreError
from store.transcripts import each_chunk
from transcripts import Transcript

Asked = Mapping[str, tuple[Rater, Rubric]]
"""What is to be asked, by name: who rates, and what is put to the transcript."""


def missing(
    store: Store, asked: Asked, where: str = "1", values: Any = ()
) -> Iterator[tuple[Transcript, list[str]]]:
    """Each transcript with the names of what has no rating on it yet.

    Anything that a rater has said of a version of a rubric counts, so the same run twice asks
    nothing; a changed rule or a changed rubric is asked anew.
    """
    for chunk in each_chunk(store, where, values):
        done = _done(store, [one.id for one in chunk])
        for one in chunk:
            names = [
                name
                for name, (rater, rubric) in asked.items()
                if (one.id, rater, rubric.trait, rubric.version) not in done
            ]
            if names:
                yield one, names


def _done(store: Store, identities: list[str]) -> set[tuple[str, Rater, str, str]]:
    rows = store.rows(
        "SELECT DISTINCT t.id, a.kind, a.name, a.version, b.trait, b.version AS rubric "
        "FROM ratings r JOIN transcripts t ON t.key = r.transcript "
        "JOIN raters a ON a.key = r.rater JOIN rubrics b ON b.key = r.rubric "
        "WHERE t.id IN (SELECT value FROM json_each(?))",
        (json.dumps(identities),),
    )
    return {
        (row["id"], Rater(row["kind"], row["name"], row["version"]), row["trait"], row["rubric"])
        for row in rows
    }


@dataclass
class Run:
    """A pass of a scorer while it goes on; the caller counts what was asked."""

    key: int
    asked: int = 0


@contextmanager
def run(store: Store, kind: str, options: Mapping[str, Any]) -> Iterator[Run]:
    """A run, written into the book when it begins and when it ends: `done`, or `failed`."""
    with store.write() as connection:
        cursor = connection.execute(
            "INSERT INTO runs (started, kind, state, options) VALUES (?, ?, 'running', ?)",
            (now(), kind, json.dumps(options)),
        )
    assert cursor.lastrowid is not None
    going = Run(cursor.lastrowid)
    try:
        yield going
    except BaseException:
        with suppress(sqlite3.Error, StoreError):  # the first error is the one to tell
            _end(store, going, "failed")
        raise
    _end(store, going, "done")


def _end(store: Store, going: Run, state: str) -> None:
    with store.write() as connection:
        connection.execute(
            "UPDATE runs SET finished = ?, state = ?, asked = ? WHERE key = ?",
            (now(), state, going.asked, going.key),
        )
