"""`score`: put rubrics to the transcripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from commands import DONE, NOT_HELD, common, existing, load_rubrics, progress, put, rubric_option
from rubrics import Rating, Rubric
from scorers import running
from store import Store, scoring
from store.ratings import save

BATCH = 2_000


@click.command("score")
@click.option("--signals", "by_signals", is_flag=True, help="By rules: no key, no model.")
@click.option("--trait", "traits", multiple=True, help="Only this trait. Repeatable.")
@click.option("--release", "releases", multiple=True, help="Only this release. Repeatable.")
@rubric_option
@common
@click.pass_context
def command(
    context: click.Context, /, by_signals: bool, db: Path, as_json: bool, **given: Any
) -> None:
    """Rate every transcript that has not been rated yet. The same again asks nothing."""
    if not by_signals:
        raise click.UsageError("say how to score: --signals (rules; no key, no model)")
    rubrics = load_rubrics(given["folders"])
    if strange := [trait for trait in given["traits"] if trait not in rubrics]:
        raise click.BadParameter(f"no trait {strange[0]!r}; there are: {', '.join(rubrics)}")
    if given["traits"]:
        rubrics = {trait: rubrics[trait] for trait in given["traits"]}
    store = existing(db)
    told = score_signals(store, rubrics, given["releases"])
    if as_json:
        put(told)
    else:
        click.echo(
            f"{told['asked']:,} asked: {told['rated']:,} rated, "
            f"{told['not_applicable']:,} not applicable, "
            f"{sum(told['unscored'].values()):,} unscored"
        )
    context.exit(NOT_HELD if told["unscored"] else DONE)


def score_signals(
    store: Store, rubrics: dict[str, Rubric], releases: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Put the signals to all that lacks them, with a progress bar; what came of it, as JSON."""
    asked = running.signals_for(rubrics)
    where, values = _where(store, releases)
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


def _where(store: Store, releases: tuple[str, ...]) -> tuple[str, list[str]]:
    if not releases:
        return "1", []
    known = [row["name"] for row in store.rows("SELECT name FROM releases ORDER BY place")]
    if strange := [name for name in releases if name not in known]:
        raise click.BadParameter(f"no release {strange[0]!r}; there are: {', '.join(known)}")
    return f"e.name IN ({', '.join('?' * len(releases))})", list(releases)


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
