"""`demo`: the examples, scored, in the app."""

from __future__ import annotations

from pathlib import Path

import click

from commands import load_rubrics, note
from commands.score import score_signals
from commands.serve import ROOT, serve
from store import Store
from store.adding import add
from transcripts import read


@click.command("demo")
@click.option(
    "--db", type=click.Path(path_type=Path, dir_okay=False), default=Path("demo.db"),
    show_default=True, help="A database of its own, so that yours stays as it is.",
)  # fmt: skip
@click.option("--port", default=8501, show_default=True, type=click.IntRange(0, 65535))
@click.option("--open/--no-open", "open_", default=True, help="Open the app when all is loaded.")
@click.pass_context
def command(context: click.Context, db: Path, port: int, open_: bool) -> None:
    """Load the examples, score them by the signals, open the app. No key, no network."""
    rubrics = load_rubrics(())
    store = Store(db)
    added = add(store, read(ROOT / "examples" / "transcripts"), rubrics, paths=["examples"])
    note(
        f"{added.transcripts:,} synthetic example transcripts of a fictional assistant in {db} "
        f"({added.new:,} new)"
    )
    told = score_signals(store, rubrics)
    note(f"signals: {told['asked']:,} asked, {told['rated']:,} rated")
    store.close()
    if open_:
        context.exit(serve(db, port))
