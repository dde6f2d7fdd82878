"""`search`: words in messages."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from commands import common, existing, put
from store.naming import number_of
from store.searching import search


@click.command("search")
@click.argument("query")
@click.option("--release", help="Only in this release.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@common
def command(query: str, release: str | None, limit: int, db: Path, as_json: bool) -> None:
    """Find messages that hold every word of QUERY.

    "Double quotes" make a phrase, a star finds beginnings (flatter*). The best come first; where
    more than a thousand fit, the newest.
    """
    store = existing(db)
    if release is not None:
        number_of(store, release)
    found = search(store, query, release=release, limit=limit)
    if as_json:
        hits = [asdict(hit) for hit in found.hits]
        put({"total": found.total, "capped": found.capped, "hits": hits})
        return
    more = " or more" if found.capped else ""
    click.echo(f"{found.total:,}{more} messages", err=True)
    for hit in found.hits:
        place = click.style(f"{hit.transcript}#{hit.message}", bold=True)
        click.echo(f"{place}  {hit.release} / {hit.scenario[:60]}")
        click.echo("    " + " ".join(hit.snippet.split()))
