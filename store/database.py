"""One SQLite file: opening it, reading it, writing to it. All that is kept goes through here.

A thread has a connection of its own; writers take turns by BEGIN IMMEDIATE, because a plain BEGIN
that reads before it writes fails at once with "database is locked", whatever the timeout.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from store import migrations
from store.errors import NotNow, StoreError

BUSY_SECONDS = 30
MAIN = "traitbook.db"


def default_path() -> Path:
    """The database of this user: `TRAITBOOK_DB`, else `traitbook.db` here."""
    return Path(os.environ.get("TRAITBOOK_DB") or MAIN)


class Store:
    """An open database file, for any number of threads.

    Raises `StoreError` where the file is not ours, newer than this program, or cannot be made. A
    file that may only be read is opened so, and writing to it then raises `StoreError`.
    """

    def __init__(self, path: str | Path | None = None, *, must_exist: bool = False) -> None:
        self.path = Path(path) if path is not None else default_path()
        self._local = threading.local()
        self._read_only = self.path.exists() and not _writable(self.path)
        if must_exist and not self.path.exists():
            raise StoreError(f"{self.path}: there is no such database; import something first")
        if not self.path.parent.is_dir():
            raise StoreError(f"{self.path}: its folder does not exist; make it first")
        with told(self.path):
            migrations.bring_up(self.connection(), self.path, read_only=self._read_only)

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit, rows by name."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._connect()
            self._local.connection = found
        return found

    def _connect(self) -> sqlite3.Connection:
        if self._read_only:
            made = self._connect_read_only()
        else:
            made = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        made.row_factory = sqlite3.Row
        made.execute("PRAGMA foreign_keys = ON")
        made.execute("PRAGMA recursive_triggers = ON")  # without it REPLACE corrupts the index
        if not self._read_only:
            made.execute("PRAGMA journal_mode = WAL")
            made.execute("PRAGMA synchronous = NORMAL")
        return made

    def _connect_read_only(self) -> sqlite3.Connection:
        name = self.path.resolve().as_uri()
        made = sqlite3.connect(f"{name}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            made.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            # WAL wants to make two files beside the database; in a read-only folder it cannot.
            made.close()
            made = sqlite3.connect(f"{name}?mode=ro&immutable=1", uri=True)
        made.isolation_level = None
        return made

    def rows(self, sql: str, values: Any = ()) -> list[sqlite3.Row]:
        """Every row of a query."""
        with told(self.path):
            return self.connection().execute(sql, values).fetchall()

    def each(self, sql: str, values: Any = ()) -> Iterator[sqlite3.Row]:
        """The rows of a query one at a time."""
        with told(self.path):
            yield from self.connection().execute(sql, values)

    def one(self, sql: str, values: Any = ()) -> Any:
        """The first value of the first row, or None."""
        with told(self.path):
            row = self.connection().execute(sql, values).fetchone()
        return row[0] if row else None

    @contextlib.contextmanager
    def write(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is kept when the block ends, or, on an error, none of it.

        What is kept survives the end of this process at once, and a power cut from the next
        checkpoint on; with `durable` it is on the disk itself before the block ends.
        """
        connection = self.connection()
        with told(self.path):
            if connection.in_transaction:
                yield connection  # part of a larger write
                return
            if durable:
                connection.execute("PRAGMA synchronous = FULL")  # not possible within a transaction
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                if durable:
                    connection.execute("PRAGMA synchronous = NORMAL")

    @contextlib.contextmanager
    def waiting(self, seconds: float) -> Iterator[None]:
        """Within the block this thread waits so long for another writer, and not `BUSY_SECONDS`."""
        connection = self.connection()
        connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        try:
            yield
        finally:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")

    def close(self) -> None:
        """Close this thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is not None:
            found.close()
            self._local.connection = None


def _writable(path: Path) -> bool:
    """Whether file and folder may be written to (WAL makes two files beside the database)."""
    try:
        with path.open("r+b"):
            effective = os.access in os.supports_effective_ids
            return os.access(path.parent, os.W_OK, effective_ids=effective)
    except OSError:
        return False


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """SQLite's complaints about the file as `StoreError`s that say the mend."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if found := _passing(error):
            why, mend = found
            raise NotNow(f"{path}: {mend}", why) from error
        if lasting := _mend(error):
            raise StoreError(f"{path}: {lasting}") from error
        raise


def _passing(error: sqlite3.DatabaseError) -> tuple[str, str] | None:
    """What time can mend: its cause, and what to do meanwhile."""
    message = str(error)
    if "disk is full" in message or "disk I/O error" in message:
        return "the disk is full", (
            "the disk is full; what was committed before is safe. Free some space and give the "
            "same command again: it goes on where it stopped"
        )
    if "locked" in message or "busy" in message:
        why = "another program is writing to the database"
        return why, "another program has been writing to it for a while; try again later"
    return None


def _mend(error: sqlite3.DatabaseError) -> str | None:
    message = str(error)
    if "readonly" in message or "read-only" in message:
        return "may only be read; change its permissions, or copy it and open the copy"
    if "not a database" in message or "malformed" in message:
        return "is not a database, or damaged; restore it from a backup"
    if "unable to open" in message:
        return "cannot be opened; is its folder there, and may you write to it?"
    return None
