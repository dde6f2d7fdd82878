"""`remove`: take transcripts out with all that hangs on them."""

from __future__ import annotations

from pathlib import Path

import click

from commands import common, existing, note, put
from store import transcripts as said


@click.command("remove")
@click.argument("transcript", required=False)
@click.option("--import", "import_key", type=int, help="All that came with this import.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def command(
    transcript: str | None, import_key: int | None, yes: bool, db: Path, as_json: bool
) -> None:
    """Take out one TRANSCRIPT, or all of an import, with its ratings, quotes and comments."""
    if (transcript is None) == (import_key is None):
        raise click.UsageError("name a transcript's id, or --import N")
    store = existing(db)
    if transcript is not None:
        one = said.get(store, transcript)
        what, identities = f"{one.release} / {one.scenario} / sample {one.sample}", [one.id]
    else:
        sql = "SELECT id FROM transcripts WHERE import = ?"
        identities = [row["id"] for row in store.rows(sql, (import_key,))]
        what = f"{len(identities):,} transcripts of import {import_key}"
        if not identities:
            raise click.UsageError(f"no transcript of an import {import_key} is here")
    if not yes:
        note(f"This takes out {what}, and every rating, quote and comment on it, for good.")
        click.confirm("Go on?", abort=True, err=True)
    count = said.remove(store, identities, import_key=import_key)
    if as_json:
        put({"removed": count})
    else:
        click.echo(f"{count:,} taken out")
