"""The command line: `traitbook`, or `python cli.py`. The commands stand in commands/."""

from __future__ import annotations

import os
import sys

import click

from commands import WRONG, load, names
from rubrics import BadRubric
from store import StoreError


class Commands(click.Group):
    """Commands that are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        return list(names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None where there is none."""
        return load(cmd_name)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="traitbook", message="%(prog)s %(version)s")
def traitbook() -> None:
    """Read how language models behaved, and what changed from one release to the next."""


def main() -> None:
    """Run a command; what a person can mend is one plain line and exit code 2."""
    try:
        traitbook(standalone_mode=True)
    except (StoreError, BadRubric) as error:
        click.echo(f"traitbook: {error}", err=True)
        sys.exit(WRONG)
    except BrokenPipeError:  # the reader of a pipe had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
