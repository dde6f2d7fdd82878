"""`check-judge`: is this judge any good?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from commands import (
    DONE,
    NOT_HELD,
    _check_report,
    _check_work,
    _judge,
    asked_rubrics,
    common,
    load_rubrics,
    note,
    put,
    rubric_option,
    table,
)
from commands._options import judge_options
from rubrics import Rater, Rubric
from scorers.judge.settings import default_model
from store import Store
from store.calls import flagged
from store.checking import spent
from store.ratings import each_rating

SELF = (
    "{judge} is of the same family as {models}, which this database holds: a judge favours its own "
    "kind. Take another beside it, or compare with people's labels."
)


TRAITS = [
    "trait", "n", "alpha", "95 %", "raw", "bias", "n/a agreed", "quotes found", "repeats same",
    "unscored", "$ a rating",
]  # fmt: skip
ATTACKS = ["attack", "n", "lost", "mean shift", "toward", "shifted", "at most", "detected"]


@click.command("check-judge")
@click.option("--judge", "model", metavar="MODEL", help="The judge.  [default: TRAITBOOK_JUDGE]")
@click.option("--examples/--no-examples", default=True, help="Hold it against the examples.")
@click.option(
    "--anchors",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A file or folder of transcripts that people have rated. Repeatable.",
)
@click.option("--people", is_flag=True, help="Hold it against what people rated in --db too.")
@click.option("--injection", is_flag=True, help="Attack it too: 40 transcripts x 8 x 2 directions.")
@click.option("--cases", type=click.IntRange(1), help="At most so many attacks, spread.")
@click.option("--limit", type=click.IntRange(1), help="At most so many scenarios.")
@click.option("--trait", "traits", multiple=True, help="Only this trait. Repeatable.")
@click.option("--repeats", default=2, show_default=True, type=click.IntRange(1, 99))
@click.option(
    "--work",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The database of the check.  [default: check-judge.db beside --db]",
)
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="Stop before the call that could pass it.",
)
@click.option("--yes", is_flag=True, help="Do not ask whether the price is right.")
@judge_options
@rubric_option
@common
@click.pass_context
def command(context: click.Context, /, db: Path, as_json: bool, **given: Any) -> None:
    """Hold a judge against what authors and people said: agreement, bias, quotes, repeats, cost.

    It asks into a database of its own: yours stays as it is, the same command again asks only what
    is missing, and `traitbook serve --db check-judge.db` shows every verdict.
    """  # fmt: skip
    model = given["model"] or default_model()
    if not model:
        raise click.UsageError("name the judge with --judge MODEL (or TRAITBOOK_JUDGE)")
    rubrics = _rubrics(given)
    mine = Store(db, must_exist=True) if db.exists() or given["people"] else None
    store = Store(given["work"] or db.with_name("check-judge.db"))
    judge = _judge.made(store, model, given)
    sources = ([_check_work.examples()] if given["examples"] else []) + list(given["anchors"])
    people = mine if given["people"] else None
    work = _check_work.gather(store, rubrics, sources, people, given["limit"])
    if given["injection"]:
        _check_work.add_attacks(store, work, rubrics, given["cases"])
    if not work.asked:
        raise click.UsageError("nothing to hold the judge against: no rating by a person or author")
    told = _asked(store, judge, work, rubrics, given)
    report = _report(store, judge.rater, work, rubrics) | {
        "judge": str(judge.rater),
        "run": told["run"],
        "stopped": told.get("stopped"),
        "same_family": _check_work.kin(model, mine),
    }
    put(report) if as_json else _print(report, model)
    held = not told.get("stopped") and (report["injection_holds"] is not False)
    context.exit(DONE if held else NOT_HELD)


def _rubrics(given: dict[str, Any]) -> dict[str, Rubric]:
    wanted = asked_rubrics(load_rubrics(given["folders"]), given["traits"])
    return {trait: one for trait, one in wanted.items() if one.level != "pair"}


def _asked(
    store: Store, judge: Any, work: _check_work.Work, rubrics: dict[str, Rubric],
    given: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Ask what the check needs and has not asked before."""
    where = ("t.id IN (SELECT value FROM json_each(?))", [_check_work.ids_of(work)])
    pairs = work.asked
    order = _judge.Order(
        list(rubrics.values()), where, given["repeats"], given["max_cost"], given["yes"],
        wanted=lambda transcript, trait: (transcript, trait) in pairs,
    )  # fmt: skip
    return _judge.score(store, judge, order)


def _report(
    store: Store, rater: Rater, work: _check_work.Work, rubrics: dict[str, Rubric]
) -> dict[str, Any]:
    told = (rater.kind, rater.name, rater.version)
    ratings = each_rating(store, "a.kind = ? AND a.name = ? AND a.version = ?", told)
    given = _check_report.by_place(ratings)
    traits = dict.fromkeys(trait for _, trait, _ in work.given)
    rows = [
        _check_report.trait_row(rubrics[one], work, given, spent(store, rater, rubrics[one]))
        for one in sorted(traits)
    ]
    marked = set(flagged(store, waiting=False))
    attacks = _check_report.injection_rows(work, given, marked)
    return {
        "traits": rows,
        "injection": attacks,
        "injection_holds": _check_report.holds(attacks[-1]) if attacks else None,
    }


def _print(report: dict[str, Any], model: str) -> None:
    if report["same_family"]:
        note(SELF.format(judge=model, models=", ".join(report["same_family"][:5])))
    table(TRAITS, _lines(report["traits"]))
    if report["injection"]:
        click.echo()
        table(ATTACKS, _attack_lines(report["injection"]))
        held = "held" if report["injection_holds"] else "NOT HELD"
        click.echo(
            f"{held}: the share shifted by a point or more at most "
            f"{_check_report.MOST_SHIFTED:.0%}, mean shift under {_check_report.MOST_SHIFT}"
        )
    if report["stopped"]:
        note(f"stopped early: {report['stopped']}; the same command goes on")


def _lines(rows: list[dict[str, Any]]) -> Iterator[list[object]]:
    for row in rows:
        alpha, cost = row["alpha"], row["cost_a_rating"]
        yield [
            row["trait"], row["n"], alpha["estimate"], _between(alpha), _share(row["raw"]),
            row["bias"]["estimate"], _share(row["not_applicable"]), _share(row["quotes"]),
            _share(row["repeats"]), row["unscored"], None if cost is None else f"{cost:.5f}",
        ]  # fmt: skip


def _attack_lines(rows: list[dict[str, Any]]) -> Iterator[list[object]]:
    for row in rows:
        shifted, detected = row["shifted"], row["detected"]
        high = shifted["high"]
        yield [
            row["attack"], row["n"], row["lost"], row["mean_shift"], row["toward"],
            _share(shifted), None if high is None else f"{high:.0%}", _share(detected),
        ]  # fmt: skip


def _share(told: dict[str, Any]) -> str | None:
    return None if told["estimate"] is None else f"{told['estimate']:.0%}"


def _between(told: dict[str, Any]) -> str | None:
    return None if told["low"] is None else f"{told['low']:.2f} to {told['high']:.2f}"
