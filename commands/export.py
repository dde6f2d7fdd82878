"""`export`: transcripts or ratings out again."""

from __future__ import annotations

from pathlib import Path

import click

from commands import common, existing, put
from store import exporting


@click.command("export")
@click.argument("what", type=click.Choice(["transcripts", "ratings"]))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="FILE.jsonl, .csv or .parquet.",
)  # fmt: skip
@click.option("--release", help="Only this release (transcripts).")
@click.option("--history", is_flag=True, help="Ratings: every one ever given, oldest first.")
@common
def command(
    what: str, output: Path, release: str | None, history: bool, db: Path, as_json: bool
) -> None:
    """Write transcripts (with their ratings) or the latest ratings to a file."""
    store = existing(db)
    if what == "transcripts":
        where, values = ("e.name = ?", (release,)) if release else ("1", ())
        rows = exporting.transcript_rows(store, where, values)
        count = exporting.write(output, rows, exporting.TRANSCRIPT_COLUMNS)
    else:
        rows = (
            r
            for r in exporting.rating_rows(store, history=history)
            if release in (None, r["release"])
        )
        count = exporting.write(output, rows, exporting.RATING_COLUMNS)
    if as_json:
        put({"file": str(output), what: count})
    else:
        click.echo(f"{count:,} {what} written to {output}")
