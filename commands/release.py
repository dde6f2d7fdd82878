"""`release`: list, rename, merge and order releases."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from commands import common, existing, put, table
from store import releases as kept


@click.group("release")
def command() -> None:
    """The releases: their names and their order."""


@command.command("list")
@common
def list_(db: Path, as_json: bool) -> None:
    """Every release in order."""
    found = kept.releases(existing(db))
    if as_json:
        put({"releases": [asdict(one) for one in found]})
        return
    columns = ["place", "release", "model", "transcripts", "scenarios"]
    table(columns, [[r.place, r.name, r.model, r.transcripts, r.scenarios] for r in found])


@command.command("rename")
@click.argument("old")
@click.argument("new")
@common
def rename(old: str, new: str, db: Path, as_json: bool) -> None:
    """Give release OLD the name NEW. The ids of its transcripts change with it."""
    count = kept.rename(existing(db), old, new)
    if as_json:
        put({"release": new, "transcripts": count})
    else:
        click.echo(f"{old} is now {new}: {count:,} transcripts, each with a new id")


@command.command("merge")
@click.argument("old")
@click.argument("into")
@common
def merge(old: str, into: str, db: Path, as_json: bool) -> None:
    """Move all of OLD INTO another release; equal conversations are kept once."""
    moved, same = kept.merge(existing(db), old, into)
    if as_json:
        put({"release": into, "moved": moved, "same": same})
    else:
        click.echo(f"{moved:,} moved into {into}, {same:,} were there already")


@command.command("order")
@click.argument("names", nargs=-1, required=True)
@common
def order(names: tuple[str, ...], db: Path, as_json: bool) -> None:
    """Put releases in this order, oldest first; those not named come after."""
    store = existing(db)
    kept.order(store, list(names))
    now = [one.name for one in kept.releases(store)]
    if as_json:
        put({"releases": now})
    else:
        click.echo(" -> ".join(now))
