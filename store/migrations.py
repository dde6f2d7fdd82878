"""The schema, as a list of steps that is only ever added to.

sqlite-utils keeps the book of which steps a file has had. It is imported only when there is a
step to take, because it brings pandas with it and most commands need neither.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from store import (
    reviewing_schema,
    schema,
    schema_judge,
    schema_pairs,
    schema_uncompared,
    schema_views,
)
from store.errors import StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

SET = "traitbook"
BOOK = "_sqlite_migrations"

Step = Callable[["Database"], None]


def m001_transcripts(db: Database) -> None:
    """Releases, scenarios, imports, transcripts, messages and their full-text index."""
    _run(db, schema.TRANSCRIPTS)


def m002_ratings(db: Database) -> None:
    """Rubrics by version, raters, runs, ratings with quotes, preferences, comments."""
    _run(db, schema.RATINGS)


def m003_views(db: Database) -> None:
    """What people read in Datasette and the shell: the latest ratings, and means by release."""
    _run(db, schema.VIEWS)


def m004_judge(db: Database) -> None:
    """A judge's calls, warrants and flags; runs that can be watched and cancelled; batches."""
    _run(db, schema_judge.JUDGE)


def m005_reviews(db: Database) -> None:
    """Queues, claims, how a person's rating was made, tags of comments, splits of labels."""
    _run(db, reviewing_schema.REVIEWING)


def m006_withdrawn(db: Database) -> None:
    """A rating that its rater took back is in no mean, as if it had not been given."""
    _run(db, reviewing_schema.WITHDRAWN)


def m007_pairs(db: Database) -> None:
    """Which side of a pair stood left, and which words were asked of it."""
    _run(db, schema_pairs.PAIRS)


def m008_uncompared(db: Database) -> None:
    """Comparisons of two transcripts that failed."""
    _run(db, schema_uncompared.UNCOMPARED)


def m009_means(db: Database) -> None:
    """A turn's rating that was taken back no longer hides what its rater said of the whole."""
    _run(db, schema_views.MEANS)


STEPS: list[Step] = [
    m001_transcripts, m002_ratings, m003_views, m004_judge, m005_reviews, m006_withdrawn,
    m007_pairs, m008_uncompared, m009_means,
]  # fmt: skip


def _run(db: Database, script: str) -> None:
    """The script, statement by statement: `executescript` would commit what is still open."""
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            db.conn.execute(held)
            held = ""


def bring_up(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Take every step that the file has not had. Raises `StoreError` where that cannot be."""
    taken = _taken(connection)
    known = [step.__name__ for step in STEPS]
    if strange := sorted(set(taken) - set(known)):
        raise StoreError(
            f"{path}: was written by a newer Traitbook (it has {strange[-1]}, which this one does "
            "not know); update Traitbook, or open another file"
        )
    if not taken and _tables(connection):
        raise StoreError(f"{path}: is a database, but not one of Traitbook's; name another file")
    if len(taken) == len(known):
        return
    if read_only:
        raise StoreError(f"{path}: must be brought up to date, but may only be read")
    _take(connection)


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [row[0] for row in found if row[0] != BOOK]


def _taken(connection: sqlite3.Connection) -> list[str]:
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (BOOK,)).fetchone()
    if not there:
        return []
    found = connection.execute(f"SELECT name FROM {BOOK} WHERE migration_set = ?", (SET,))
    return [row[0] for row in found]


def _take(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database, Migrations

    book = Migrations(SET)
    for step in STEPS:
        book(name=step.__name__)(step)
    database = Database(connection)
    factory, connection.row_factory = connection.row_factory, None
    try:
        # Two programs may open a new file at once: the second waits here and finds it done.
        connection.execute("BEGIN EXCLUSIVE")
        book.apply(database)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.row_factory = factory
