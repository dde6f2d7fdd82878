"""`queue`: what people are to read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from commands import asked_rubrics, common, existing, load_rubrics, put, rubric_option, table
from reviews.queues import ORDERINGS, BadQueue, Candidate, Plan, pair_entries, plan_entries
from store.candidates import candidates
from store.naming import named, number_of
from store.queues import MINUTES, close, make_queue, pace, queue_named, queues


@click.group("queue")
def command() -> None:
    """Queues of what people are to read, blind."""


@command.command("make")
@click.argument("name")
@click.option("--trait", "traits", multiple=True, required=True, help="To be rated. Repeatable.")
@click.option("--order", type=click.Choice(list(ORDERINGS)), default="random", show_default=True)
@click.option("--size", default=60, show_default=True, type=click.IntRange(1))
@click.option("--readings", default=1, show_default=True, type=click.IntRange(1, 20))
@click.option("--twice", default=0.2, show_default=True, type=click.FloatRange(0, 1),
              help="The share that is read by one more.")  # fmt: skip
@click.option("--rater", help="Whose values strata and change are of; the mean of all otherwise.")
@click.option("--release", "releases", multiple=True, help="Only this. Two for change and pairs.")
@click.option("--pairs", is_flag=True, help="Two releases beside each other: which has more?")
@click.option("--minutes", default=MINUTES, show_default=True, help="How long a claim lasts.")
@click.option("--seed", default=0, show_default=True)
@rubric_option
@common
def make(name: str, db: Path, as_json: bool, **given: Any) -> None:
    """Make a queue: which transcripts and traits, how often each is read, chosen how."""
    store, rubrics = existing(db), load_rubrics(given["folders"])
    traits = tuple(asked_rubrics(rubrics, given["traits"]))
    for release in given["releases"]:
        number_of(store, release)
    between = given["releases"] if len(given["releases"]) == 2 else None
    rater = str(named(store, given["rater"]).rater) if given["rater"] else None
    plan = Plan(
        given["order"], given["size"], given["readings"], given["twice"], rater, between,
        given["seed"],
    )  # fmt: skip
    by_turn = not given["pairs"] and any(rubrics[trait].level == "turn" for trait in traits)
    found = [
        Candidate(o.transcript, o.scenario, o.release, o.message, o.values, o.unscored)
        for o in candidates(store, traits, releases=given["releases"], by_turn=by_turn)
    ]
    try:
        entries = (pair_entries if given["pairs"] else plan_entries)(found, plan)
    except BadQueue as error:
        raise click.UsageError(str(error)) from error
    options = {**asdict(plan), "minutes": given["minutes"]}
    make_queue(store, name, entries, traits, by="command line", options=options)
    readings = sum(one.readings for one in entries)
    if as_json:
        put({"queue": name, "items": len(entries), "readings": readings})
    else:
        click.echo(f"{name}: {len(entries):,} to read, {readings:,} readings")


@command.command("list")
@common
def list_(db: Path, as_json: bool) -> None:
    """Every queue, its progress, and the pace of its readers."""
    store = existing(db)
    found = queues(store)
    if as_json:
        rows = [{**asdict(one), "pace": [asdict(p) for p in pace(store, one.key)]} for one in found]
        put({"queues": rows})
        return
    columns = ["queue", "order", "items", "readings", "done", "going", "readers"]
    told = [
        [o.name, o.ordering, o.items, o.readings, o.done, o.going, len(pace(store, o.key))]
        for o in found
    ]
    table(columns, told)


@command.command("close")
@click.argument("name")
@common
def close_(name: str, db: Path, as_json: bool) -> None:
    """Give nothing more of a queue out. What is claimed can still be finished."""
    store = existing(db)
    close(store, queue_named(store, name).key)
    if as_json:
        put({"queue": name, "closed": True})
    else:
        click.echo(f"{name} is closed")
