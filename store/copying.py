"""A copy of the database while it is in use, and putting one back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from store.database import Store, told
from store.errors import StoreError

PAGES = 2_000
Told = Callable[[float], None]


def backup(store: Store, path: Path, advance: Told = lambda share: None) -> int:
    """Copy the database into a new file; its size in bytes.

    Readers and writers go on meanwhile; the copy is of one moment. `advance` is told the share
    that was done since it was last told. Raises `StoreError` where the file is there already.
    """
    if path.exists():
        raise StoreError(f"{path}: is there already; name another file, or take it away first")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: its folder does not exist; make it first")
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with told(part), contextlib.closing(sqlite3.connect(part)) as copy:
            _copy(store.connection(), copy, advance)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def restore(path: Path, into: Path, advance: Told = lambda share: None) -> Path | None:
    """Put a copy back as the database `into`; where what was there before is kept, if anything.

    The copy is looked at first and must be a whole Traitbook database. What was there is kept
    beside it as a backup of its own. It is replaced within one transaction, so a running app goes
    on with the restored one. Raises `StoreError`.
    """
    if not path.exists():
        raise StoreError(f"{path}: there is no such file")
    if into.exists() and path.resolve() == into.resolve():
        raise StoreError(f"{path}: is the database itself")
    source = Store(path, must_exist=True)
    if (seen := source.one("PRAGMA quick_check")) != "ok":
        raise StoreError(f"{path}: is damaged ({seen}); restore another backup")
    kept = None
    if into.exists():
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        kept = into.with_name(f"{into.name}.before-{stamp}")
        backup(Store(into), kept)
    with told(into), contextlib.closing(sqlite3.connect(into, timeout=30)) as target:
        _copy(source.connection(), target, advance)
    source.close()
    return kept


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, advance: Told) -> None:
    done = 0.0

    def tell(status: int, left: int, total: int) -> None:
        nonlocal done
        share = 1 - left / total if total else 1.0
        advance(share - done)
        done = share

    source.backup(target, pages=PAGES, progress=tell)
