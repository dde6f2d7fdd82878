"""`cancel`: ask a run to stop."""

from __future__ import annotations

from pathlib import Path

import click

from commands import common, existing, put
from commands.runs import told
from store import runs


@click.command("cancel")
@click.argument("run", type=int)
@common
def command(run: int, db: Path, as_json: bool) -> None:
    """Ask RUN to stop. What is in flight comes in and is kept; `resume` goes on later."""
    asked = runs.cancel(existing(db), run)
    if as_json:
        put(told(asked))
    elif asked.cancelling and asked.state == runs.LIVE:
        click.echo(f"run {run} stops once what is in flight has come in")
    else:
        click.echo(f"run {run} is {asked.state}")
