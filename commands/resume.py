"""`resume`: take up a judge's run where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import DONE, NOT_HELD, _judge, common, existing, put
from commands._options import judge_options
from commands._scope import scope
from store import judging, runs


@click.command("resume")
@click.argument("run", type=int)
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD",
              help="Another limit; what the run has spent counts.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask whether the price is right.")
@judge_options
@common
@click.pass_context
def command(context: click.Context, /, run: int, db: Path, as_json: bool, **given: Any) -> None:
    """Ask what RUN has left out: what it kept stays, what was in flight is asked again."""
    store = existing(db)
    before = runs.get(store, run)
    if before.kind != "judge":
        raise click.UsageError(f"run {run} is no judge's; give its command again")
    old = before.options
    told = {name: old.get(name) for name in (*_judge.SETTINGS, "base_url", "batch")}
    told |= {name: value for name, value in given.items() if value is not None}
    judge = _judge.made(store, old["model"], told, old["salt"])
    if str(judge.rater) != before.rater:
        raise click.UsageError(
            f"run {run} is {before.rater}'s; with its prompt or settings changed this would be "
            f"{judge.rater}, another rater: begin a run of its own with `traitbook score`"
        )
    limit = given["max_cost"] if given["max_cost"] is not None else old.get("max_cost")
    order = _judge.Order(
        judging.rubrics_of(store, old["rubrics"]), scope(store, tuple(old["releases"])),
        old["repeats"], limit, given["yes"], batch=bool(old.get("batch")),
        releases=tuple(old["releases"]), mode=old.get("mode", "each"), run=before,
    )  # fmt: skip
    done = _judge.score(store, judge, order)
    if as_json:
        put(done)
    else:
        for line in _judge.summary(done):
            click.echo(line)
    context.exit(NOT_HELD if done["unscored"] or done.get("stopped") else DONE)
