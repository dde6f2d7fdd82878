"""`score`: put rubrics to the transcripts, by rules or by a model that judges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from commands import (
    DONE,
    NOT_HELD,
    _judge,
    asked_rubrics,
    common,
    existing,
    load_rubrics,
    progress,
    put,
    rubric_option,
)
from commands._options import judge_options
from commands._scope import scope
from rubrics import Rating, Rubric
from scorers import running
from store import Store, scoring
from store.naming import number_of
from store.ratings import save

BATCH = 2_000


@click.command("score")
@click.option("--signals", "by_signals", is_flag=True, help="By rules: no key, no model.")
@click.option(
    "--judge",
    "judges",
    multiple=True,
    metavar="MODEL",
    help="By this model. Several judge as several raters. Else TRAITBOOK_JUDGE.",
)
@click.option("--trait", "traits", multiple=True, help="Only this trait. Repeatable.")
@click.option("--release", "releases", multiple=True, help="Only this release. Repeatable.")
@click.option(
    "--repeats",
    default=1,
    show_default=True,
    type=click.IntRange(1, 99),
    help="How often a judge is asked the same; 3 for numbers that gate.",
)
@click.option("--pair", is_flag=True, help="Rubrics on pairs: matched scenarios, in both orders.")
@click.option(
    "--versus",
    nargs=2,
    metavar="BASE CANDIDATE",
    help="Which of the two releases shows more of each --trait, in both orders.",
)
@click.option("--batch", is_flag=True, help="As message batches: half the price, within a day.")
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="Stop before the call that could pass it.",
)
@click.option("--yes", is_flag=True, help="Do not ask whether the price is right.")
@click.option("--plan", "only_plan", is_flag=True, help="Say what it would ask and cost; no more.")
@judge_options
@rubric_option
@common
@click.pass_context
def command(
    context: click.Context, /, by_signals: bool, db: Path, as_json: bool, **given: Any
) -> None:
    """Rate every transcript that has not been rated yet. The same again asks nothing."""
    models = tuple(given["judges"]) or (() if by_signals else _default_judge())
    if by_signals == bool(models):
        raise click.UsageError(
            "say how to score: --signals (rules; no key, no model), or --judge MODEL"
        )
    rubrics = asked_rubrics(load_rubrics(given["folders"]), given["traits"])
    store = existing(db)
    for release in given["releases"]:
        number_of(store, release)
    if models:
        told = _judge.each(models, lambda model: _by_judge(store, model, rubrics, given))
    else:
        told = score_signals(store, rubrics, given["releases"])
    if as_json:
        put(told)
    elif models:
        for one in told.get("runs", [told]):
            for line in _judge.summary(one):
                click.echo(line)
    else:
        click.echo(
            f"{told['asked']:,} asked: {told['rated']:,} rated, "
            f"{told['not_applicable']:,} not applicable, "
            f"{sum(told['unscored'].values()):,} unscored"
        )
    ends = told.get("runs", [told])
    held = not any(one.get("unscored") or one.get("stopped") for one in ends)
    context.exit(DONE if held else NOT_HELD)


def _default_judge() -> tuple[str, ...]:
    from scorers.judge.settings import default_model

    found = default_model()
    return (found,) if found else ()


def _by_judge(
    store: Store, model: str, rubrics: dict[str, Rubric], given: dict[str, Any]
) -> dict[str, Any]:
    judge = _judge.made(store, model, given)
    mode: Any = "versus" if given["versus"] else "pair" if given["pair"] else "each"
    asked = [one for one in rubrics.values() if (one.level == "pair") == (mode == "pair")]
    if not asked:
        raise click.UsageError("rubrics on pairs are asked with --pair, others without")
    if mode != "each" and given["batch"]:
        raise click.UsageError("--batch is for transcripts one by one, not for pairs")
    if mode == "versus" and not given["traits"]:
        raise click.UsageError("--versus asks which has more of a trait: name it with --trait")
    releases = tuple(given["versus"] or given["releases"])
    order = _judge.Order(
        asked, scope(store, releases), given["repeats"], given["max_cost"],
        given["yes"], given["only_plan"], given["batch"], releases, mode,
    )  # fmt: skip
    return _judge.score(store, judge, order)


def score_signals(
    store: Store, rubrics: dict[str, Rubric], releases: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Put the signals to all that lacks them, with a progress bar; what came of it, as JSON."""
    asked = running.signals_for(rubrics)
    where, values = scope(store, releases)
    total = store.one(
        f"SELECT count(*) FROM transcripts t JOIN releases e ON e.key = t.release WHERE {where}",
        values,
    )
    tally = running.Tally()
    options = {"traits": sorted(rubrics), "releases": list(releases)}
    with scoring.run(store, "signals", options) as run, progress("scoring", total) as advance:
        work = scoring.missing(store, asked, where, values)
        for batch in _batched(running.run_signals(work, rubrics), tally, advance):
            save(store, batch, rubrics, run=run.key)
            run.asked = tally.asked
    return {
        "run": run.key,
        "asked": tally.asked,
        "rated": tally.rated,
        "not_applicable": tally.not_applicable,
        "unscored": tally.unscored,
        "usage": {},
        "cost_usd": 0.0,
    }


def _batched(
    runs: Iterator[list[Rating]], tally: running.Tally, advance: Any
) -> Iterator[list[Rating]]:
    """Whole transcripts' ratings in batches of one transaction each."""
    batch: list[Rating] = []
    for ratings in runs:
        tally.count(ratings)
        batch.extend(ratings)
        advance(1)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    yield batch
