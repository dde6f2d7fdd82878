"""`import`: transcripts from files, folders and archives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import checked
from commands import DONE, NOT_HELD, WRONG, common, load_rubrics, note, progress, put, rubric_option
from store import Store
from store.adding import Added, add
from transcripts import Options, Refused, UnknownFormat, read
from transcripts.mapping import Mapping

SHOWN = 20


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--release", help="The release of all that is read, whatever the files say.")
@click.option("--model", help="The model of all that is read.")
@click.option("--format", "format_", help="The format, instead of recognising it.")
@click.option(
    "--map", "mapping", type=click.Path(path_type=Path, dir_okay=False),
    help="A mapping that says which columns of a table are what.",
)  # fmt: skip
@rubric_option
@common
@click.pass_context
def command(
    context: click.Context, /, paths: tuple[Path, ...], db: Path, as_json: bool, **given: Any
) -> None:
    """Read transcripts and keep them. The same files again change nothing."""
    rubrics = load_rubrics(given["folders"])
    options = _options(given)
    store = Store(db)
    total = sum(_size(path) for path in paths)
    with progress("importing", total, "bytes") as advance:
        items = (item for path in paths for item in read(path, options, progress=advance))
        added = add(store, items, rubrics, paths=[str(path) for path in paths])
    _say(added, as_json)
    absent = any(not path.exists() for path in paths)
    context.exit(WRONG if absent else NOT_HELD if added.refused else DONE)


def _options(given: dict[str, Any]) -> Options:
    try:
        mapping = Mapping.load(given["mapping"]) if given["mapping"] else None
        options = Options(given["format_"], mapping, given["release"], given["model"])
        if options.format:
            next(read("", options), None)
    except checked.Mistakes as error:
        raise click.UsageError(str(error)) from error
    except UnknownFormat as error:
        raise click.BadParameter(str(error), param_hint="--format") from error
    return options


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0


def _say(added: Added, as_json: bool) -> None:
    if as_json:
        put(
            {
                "transcripts": added.transcripts,
                "new": added.new,
                "unchanged": added.unchanged,
                "messages": added.messages,
                "ratings": added.ratings,
                "refused": [as_row(one) for one in added.refused],
                "import": added.import_key,
            }
        )
        return
    click.echo(
        f"{added.transcripts:,} transcripts ({added.new:,} new, {added.unchanged:,} unchanged), "
        f"{added.messages:,} messages, {added.ratings:,} ratings, {len(added.refused):,} refused"
    )
    for one in added.refused[:SHOWN]:
        note(f"refused: {one}")
    if len(added.refused) > SHOWN:
        note(f"... and {len(added.refused) - SHOWN:,} more; --json lists them all")


def as_row(one: Refused) -> dict[str, str]:
    """A refusal as it stands in the JSON."""
    return {"path": one.path, "where": one.where, "why": one.why}
