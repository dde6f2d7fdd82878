"""Print the reference of commands from their own help: `make docs` keeps docs/commands.md so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from commands import commands

WIDTH = 96
HEAD = """\
# Commands

Made by `make docs` from the help of the commands themselves; a test checks that it is up to date.
`python cli.py` is the same as `traitbook`. Exit codes: 0 done; 1 a check did not hold, something
was refused, or a run stopped early; 2 wrong usage or unreadable input; 3 inconclusive (the gate).
With `--json` exactly one JSON value goes to stdout; notes and progress bars go to stderr.
"""


def reference() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(part for one in commands() for part in _section(one, "traitbook"))])


def _section(command: click.Command, above: str) -> Iterator[str]:
    name = f"{above} {command.name}"
    context = click.Context(command, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH)
    yield f"## {name}\n\n```\n{command.get_help(context).strip()}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _section(inner, name)


if __name__ == "__main__":
    sys.stdout.write(reference())
