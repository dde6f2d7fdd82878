"""`import-ratings`: ratings from a file, onto transcripts that are here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from commands import DONE, NOT_HELD, common, existing, load_rubrics, note, put, rubric_option
from commands.import_ import SHOWN, as_row
from store.imported import add_ratings
from transcripts.records import Placed
from transcripts.source import Refused, sources
from transcripts.tables import rows

NUMBERS = ("value", "message", "repeat", "sample")
JSON_CELLS = ("quotes", "scale")


@click.command("import-ratings")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@rubric_option
@common
@click.pass_context
def command(
    context: click.Context, file: Path, folders: tuple[Path, ...], db: Path, as_json: bool
) -> None:
    """Read ratings (native JSON Lines, or CSV with the same columns) and keep them."""
    added = add_ratings(existing(db), _rows(file), str(file), load_rubrics(folders))
    if as_json:
        told = {"ratings": added.new + added.unchanged, "new": added.new}
        refused = [as_row(one) for one in added.refused]
        put({**told, "unchanged": added.unchanged, "refused": refused})
    else:
        click.echo(
            f"{added.new + added.unchanged:,} ratings ({added.new:,} new, "
            f"{added.unchanged:,} unchanged), {len(added.refused):,} refused"
        )
        for one in added.refused[:SHOWN]:
            note(f"refused: {one}")
    context.exit(NOT_HELD if added.refused else DONE)


def _rows(file: Path) -> Iterator[Placed | Refused]:
    for source in sources(file):
        if isinstance(source, Refused):
            yield source
            continue
        for item in rows(source):
            if isinstance(item, Refused) or source.suffix not in (".csv", ".tsv", ".parquet"):
                yield item
            else:
                yield _typed(source.name, *item)


def _typed(name: str, where: str, row: dict[str, Any]) -> Placed | Refused:
    """A row of a table with its numbers and lists as such; an empty cell is left out."""
    made = {key: value for key, value in row.items() if value not in ("", None)}
    try:
        for key in NUMBERS:
            if isinstance(made.get(key), str):
                made[key] = float(made[key]) if key == "value" else int(made[key])
        for key in JSON_CELLS:
            if isinstance(made.get(key), str):
                made[key] = json.loads(made[key])
    except ValueError as error:
        return Refused(name, where, f"{key}: {error}")
    return where, made
