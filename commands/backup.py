"""`backup`: a copy of the database, while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from commands import common, existing, progress, put
from store import copying


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common
def command(file: Path, db: Path, as_json: bool) -> None:
    """Copy the whole database into a new FILE. The app and runs may go on meanwhile."""
    with progress("copying", 1.0, "share") as advance:
        size = copying.backup(existing(db), file, advance)
    if as_json:
        put({"file": str(file), "bytes": size})
    else:
        click.echo(f"{db} copied to {file}: {size / (1 << 20):,.1f} MiB")
