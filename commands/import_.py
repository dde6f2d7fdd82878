"""`import`: transcripts from files, folders and archives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

import checked
from commands import DONE, NOT_HELD, WRONG, common, load_rubrics, note, progress, put, rubric_option
from store import Store
from store.adding import Added, add
from transcripts import Options, Refused, UnknownFormat, read
from transcripts.mapping import Mapping
from transcripts.previewing import Preview, as_rows, lines, previews

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
@click.option(
    "--preview", is_flag=True, help="Show what the first records would give, and write nothing."
)
@click.option("--branches", is_flag=True, help="Also what was edited, answered again, rolled back.")
@click.option("--yes", is_flag=True, help="Do not ask before a mapped import, on a terminal.")
@rubric_option
@common
@click.pass_context
def command(
    context: click.Context, /, paths: tuple[Path, ...], db: Path, as_json: bool, **given: Any
) -> None:
    """Read transcripts and keep them. The same files again change nothing.

    With --map the mapping is tried on the first records and shown before anything is written; on a
    terminal one is asked. A mapping that fits none of them ends with 2 and nothing is written.
    """
    rubrics = load_rubrics(given["folders"])
    options = _options(given)
    if given["preview"] or options.mapping:
        shown = [one for path in paths for one in previews(path, options)]
        if given["preview"]:
            _preview(shown, as_json)
            context.exit(DONE if all(one.fits for one in shown) else NOT_HELD)
        _check(shown, ask=sys.stdin.isatty() and not (given["yes"] or as_json))
    store = Store(db)
    total = sum(_size(path) for path in paths)
    with progress("importing", total, "bytes") as advance:
        items = (item for path in paths for item in read(path, options, progress=advance))
        added = add(store, items, rubrics, paths=[str(path) for path in paths])
    _say(added, as_json)
    absent = any(not path.exists() for path in paths)
    context.exit(WRONG if absent else NOT_HELD if added.refused else DONE)


def _preview(shown: list[Preview], as_json: bool) -> None:
    """What the first records of each file would give."""
    if as_json:
        put({
            "files": [
                {
                    "path": one.name, "format": one.format or None,
                    "transcripts": as_rows(one.transcripts),
                    "refused": [as_row(refused) for refused in one.refused],
                }
                for one in shown
            ]
        })  # fmt: skip
        return
    for one in shown:
        click.echo(f"{one.name}: {one.format or ('mapped' if one.fits else 'not read')}")
        for transcript in one.transcripts:
            click.echo("\n".join(f"  {line}" for line in lines(transcript)))
        for refused in one.refused[:SHOWN]:
            click.echo(f"  refused: {refused.where or 'the file'}: {refused.why}")


def _check(shown: list[Preview], *, ask: bool) -> None:
    """Show what a mapping gives, and stop before anything is written where it gives nothing."""
    fitting = [one for one in shown if one.fits]
    if not fitting:
        why = next((refused for one in shown for refused in one.refused), "it gives no transcript")
        raise click.UsageError(f"the mapping fits none of the first records ({why})")
    first = fitting[0]
    note(f"{first.name}, first record:")
    note("\n".join(lines(first.transcripts[0])))
    if ask and not click.confirm("Import all of it so?", err=True):
        raise click.Abort


def _options(given: dict[str, Any]) -> Options:
    try:
        mapping = Mapping.load(given["mapping"]) if given["mapping"] else None
        options = Options(
            given["format_"], mapping, given["release"], given["model"], given["branches"]
        )
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
                "preferences": added.preferences,
                "refused": [as_row(one) for one in added.refused],
                "import": added.import_key,
            }
        )
        return
    pairs = f", {added.preferences:,} preferences" if added.preferences else ""
    click.echo(
        f"{added.transcripts:,} transcripts ({added.new:,} new, {added.unchanged:,} unchanged), "
        f"{added.messages:,} messages, {added.ratings:,} ratings{pairs}, "
        f"{len(added.refused):,} refused"
    )
    for one in added.refused[:SHOWN]:
        note(f"refused: {one}")
    if len(added.refused) > SHOWN:
        note(f"... and {len(added.refused) - SHOWN:,} more; --json lists them all")


def as_row(one: Refused) -> dict[str, str]:
    """A refusal as it stands in the JSON."""
    return {"path": one.path, "where": one.where, "why": one.why}
