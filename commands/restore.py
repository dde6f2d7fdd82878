"""`restore`: a backup becomes the database again."""

from __future__ import annotations

from pathlib import Path

import click

from commands import common, progress, put
from store import copying


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def command(file: Path, yes: bool, db: Path, as_json: bool) -> None:
    """Put the backup FILE back as the database. What was there before is kept beside it."""
    if db.exists() and not yes:
        click.confirm(f"replace what is in {db} by {file}?", abort=True, err=True)
    with progress("restoring", 1.0, "share") as advance:
        kept = copying.restore(file, db, advance)
    if as_json:
        put({"db": str(db), "kept": str(kept) if kept else None})
    else:
        before = f"; what was there before is in {kept}" if kept else ""
        click.echo(f"{db} restored from {file}{before}")
