"""`doctor`: is everything in order?"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import click

from commands import DONE, NOT_HELD, common, put
from rubrics import BadRubric, load_all
from scorers.signals import signals
from store import Store, StoreError
from transcripts.formats import formats

WANTED = ("streamlit", "anthropic", "pandas", "plotly", "sqlite-utils", "pydantic", "rapidfuzz")
LEAST_FREE = 200 << 20


class Check(NamedTuple):
    """One thing looked at: what, whether it is in order, and what was seen."""

    what: str
    ok: bool
    seen: str


@click.command("doctor")
@common
@click.pass_context
def command(context: click.Context, db: Path, as_json: bool) -> None:
    """Look at the program and the database, and say what is not in order."""
    found = list(_checks(db))
    if as_json:
        put({"ok": all(one.ok for one in found), "checks": [one._asdict() for one in found]})
    else:
        for one in found:
            click.echo(f"{'ok ' if one.ok else 'BAD'}  {one.what}: {one.seen}")
    context.exit(DONE if all(one.ok for one in found) else NOT_HELD)


def _checks(db: Path) -> Iterator[Check]:
    python = platform.python_version()
    yield Check("python", sys.version_info >= (3, 11), f"{python} (3.11 or later is needed)")
    yield _packages()
    yield _rubrics()
    yield Check("formats", True, ", ".join(formats()))
    yield Check("signals", True, ", ".join(signals()))
    if not db.exists():
        yield Check("database", True, f"{db} is not there yet; 'traitbook import' makes it")
        return
    try:
        store = Store(db)
    except StoreError as error:
        yield Check("database", False, str(error))
        return
    yield from _database(store)


def _packages() -> Check:
    told, absent = [], []
    for name in WANTED:
        try:
            told.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            absent.append(name)
    seen = ", ".join(told) + (f"; missing: {', '.join(absent)}" if absent else "")
    return Check("packages", not absent, seen)


def _rubrics() -> Check:
    try:
        return Check("rubrics", True, f"{len(load_all())} traits")
    except BadRubric as error:
        return Check("rubrics", False, str(error))


def _database(store: Store) -> Iterator[Check]:
    tables = ("releases", "transcripts", "messages", "ratings")
    counts = [f"{store.one(f'SELECT count(*) FROM {name}'):,} {name}" for name in tables]
    yield Check("database", True, f"{store.path}: {', '.join(counts)}")
    quick = store.one("PRAGMA quick_check")
    yield Check("database file", quick == "ok", str(quick))
    strays = store.rows("PRAGMA foreign_key_check")
    yield Check("links", not strays, f"{len(strays)} rows point nowhere" if strays else "whole")
    indexed = store.one("SELECT count(*) FROM messages_fts_docsize")
    held = store.one("SELECT count(*) FROM messages")
    yield Check("full-text index", indexed == held, f"{indexed:,} of {held:,} messages")
    open_ = store.one("SELECT count(*) FROM imports WHERE finished IS NULL")
    seen = f"{open_} broke off; give the same command again" if open_ else "none broke off"
    yield Check("imports", not open_, seen)
    free = shutil.disk_usage(store.path.resolve().parent).free
    yield Check("disk", free > LEAST_FREE, f"{free >> 20:,} MiB free")
