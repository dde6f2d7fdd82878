"""`import-ratings`: ratings and preferences from a file, onto transcripts that are here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from commands import DONE, NOT_HELD, common, existing, load_rubrics, note, put, rubric_option
from commands.import_ import SHOWN, as_row
from store.labels_in import add_ratings
from transcripts.rating_rows import KINDS, rating_rows
from transcripts.records import Placed
from transcripts.source import Refused, sources


@click.command("import-ratings")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--kind", type=click.Choice(KINDS), help="What raters are whose row does not say it."
)  # fmt: skip
@rubric_option
@common
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    kind: str | None,
    folders: tuple[Path, ...],
    db: Path,
    as_json: bool,
) -> None:
    """Read ratings (native JSON Lines, or a table with the same columns) and keep them.

    Each row that cannot be kept is refused with its line, the cause and the mend; the others go
    in. Rows with first, second and winner are preferences between two transcripts.
    """
    added = add_ratings(existing(db), _rows(file, kind or ""), str(file), load_rubrics(folders))
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
        if len(added.refused) > SHOWN:
            note(f"... and {len(added.refused) - SHOWN:,} more; --json lists them all")
        for trait, count in added.external.items():
            note(f"{trait} has no rubric here: {count:,} kept as a trait with its own scale")
    context.exit(NOT_HELD if added.refused else DONE)


def _rows(file: Path, kind: str) -> Iterator[Placed | Refused]:
    for source in sources(file):
        if isinstance(source, Refused):
            yield source
        else:
            yield from rating_rows(source, kind)
