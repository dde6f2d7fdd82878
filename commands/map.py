"""`map`: a mapping for a file that no format recognises, proposed by looking."""

from __future__ import annotations

from pathlib import Path

import click

from commands import DONE, NOT_HELD, common, note, put
from transcripts import Refused, Source, Unreadable
from transcripts.previewing import as_rows, lines
from transcripts.proposing import Proposal, propose
from transcripts.reading import recognise
from transcripts.source import sources


@click.command("map")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the mapping here; it must not be there yet.",
)  # fmt: skip
@common
@click.pass_context
def command(
    context: click.Context, file: Path, output: Path | None, db: Path, as_json: bool
) -> None:
    """Propose a mapping for FILE (JSON, JSON Lines, CSV, Parquet) by looking at its first records.

    The mapping comes on stdout, and what it makes of the first records on stderr. Nothing is
    imported: read it, mend it, then `traitbook import --map`.
    """
    source = _source(file)
    try:
        known = recognise(source)
        proposal = propose(source)
    except Unreadable as error:
        raise click.ClickException(f"{file}: {error}") from error
    name = known.__name__.rpartition(".")[2] if known else None
    if output:
        _write(output, proposal.text)
    if as_json:
        told = [one for one in proposal.preview if not isinstance(one, Refused)]
        put({
            "mapping": proposal.text, "recognised": name, "notes": list(proposal.notes),
            "preview": as_rows(told),
        })  # fmt: skip
    else:
        _say(proposal, name, output)
    context.exit(DONE if proposal.preview else NOT_HELD)


def _source(file: Path) -> Source:
    found = list(sources(file))
    if len(found) != 1:
        raise click.UsageError(f"{file} holds {len(found)} files; unpack it and name one of them")
    (one,) = found
    if isinstance(one, Refused):
        raise click.ClickException(str(one))
    return one


def _write(output: Path, text: str) -> None:
    try:
        with output.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise click.UsageError(f"{output} is there already; name another") from None
    except OSError as error:
        raise click.UsageError(f"{output} cannot be written ({error.strerror})") from error


def _say(proposal: Proposal, known: str | None, output: Path | None) -> None:
    if output:
        note(f"written to {output}")
    else:
        click.echo(proposal.text, nl=False)
    if known:
        note(f"\nThis file is recognised as {known}: `traitbook import` needs no mapping for it.")
    for remark in proposal.notes:
        note(f"note: {remark}")
    if proposal.preview:
        note("\nWhat it makes of the first records:")
    for item in proposal.preview:
        if isinstance(item, Refused):
            note(f"refused: {item}")
        else:
            note("\n".join(lines(item)))
