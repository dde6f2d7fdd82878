"""`labels`: people's labels split into dev and test, and judges compared on a part of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import common, existing, note, put, table
from reviews.labels import from_rows, in_words
from reviews.splits import Compared, compare_judges, compared_row, split
from stats.estimate import Estimate
from stats.paired import PairedDifference
from store.labels import Asked, labels
from store.splits import keep_splits, labelled, looked, looks, splits
from store.wordings import worded


@click.group("labels")
def command() -> None:
    """Labels of people: split once, then judges compared on the dev part."""


@command.command("split")
@click.option("--test", default=0.5, show_default=True, type=click.FloatRange(0.01, 0.99),
              help="The share of labelled scenarios that is kept for the test.")  # fmt: skip
@click.option("--seed", default=0, show_default=True)
@common
def split_(test: float, seed: int, db: Path, as_json: bool) -> None:
    """Split labelled scenarios into dev and test. What has its part keeps it for good."""
    store = existing(db)
    there = splits(store)
    fresh = [name for name in labelled(store) if name not in there]
    new = keep_splits(store, split(fresh, test=test, seed=seed))
    parts = list(splits(store).values())
    told = {"dev": parts.count("dev"), "test": parts.count("test"), "new": new}
    if as_json:
        put(told)
    else:
        click.echo(f"{told['dev']:,} scenarios dev, {told['test']:,} test ({new:,} new)")


@command.command("looks")
@common
def looks_(db: Path, as_json: bool) -> None:
    """Every look at the test part there has been."""
    found = looks(existing(db))
    if as_json:
        put({"looks": [{"at": o.at, "by": o.by, "what": o.what} for o in found]})
    else:
        table(["at", "by", "what"], [[o.at, o.by, o.what] for o in found])


@command.command("compare")
@click.argument("people")
@click.argument("first")
@click.argument("second")
@click.option("--on", "part", type=click.Choice(["dev", "test", "all"]), default="dev",
              show_default=True)  # fmt: skip
@common
def compare(people: str, first: str, second: str, db: Path, as_json: bool, part: str) -> None:
    """Which of two judges (or versions) agrees better with PEOPLE, on what all three rated.

    "closer" is how many points of the scale nearer the SECOND is, paired by scenario; above 0 it
    is better. RATER@VERSION is a judge in one version of a rubric's words, the latest of each
    trait without it. A look at the test part is written down and counted.
    """
    store = existing(db)
    if part != "all" and not splits(store):
        raise click.UsageError("the labels are not split yet; run `traitbook labels split`")
    asked = Asked(split=None if part == "all" else part)
    named = [worded(store, name) for name in (people, first, second)]
    count = None
    if part == "test":
        count = looked(store, "command line", f"{first} and {second} against {people}")
        note(f"look {count} at the test part: the more looks, the less it proves")
    sides = [from_rows(labels(store, one.key, asked)) for one, _ in named]
    if named[0][1]:
        sides[0] = in_words(sides[0], named[0][1])
    found = compare_judges(*sides, versions=(named[1][1], named[2][1]))
    if as_json:
        put({"rows": [compared_row(one) for one in found], "on": part, "looks": count})
        return
    if not found:
        where = "" if part == "all" else f" on {part}"
        names = (people, first, second)
        empty = [name for name, side in zip(names, sides, strict=True) if not side]
        told = f"{', '.join(empty)} gave no label" if empty else "nothing that all three rated"
        note(f"nothing to compare{where}: {told}")
        return
    columns = ["trait", "n", "alpha 1st", "alpha 2nd", "2nd - 1st", "95 %", "closer", "95 %", "p"]
    table(columns, [_row(one) for one in found])


def _row(one: Compared) -> list[Any]:
    numbers = [one.alpha.estimate, _between(one.alpha), one.closer.estimate, _between(one.closer)]
    return [one.trait, one.n, one.first, one.second, *numbers, one.closer.p]


def _between(one: Estimate | PairedDifference) -> str | None:
    return None if one.low is None or one.high is None else f"{one.low:.2f} .. {one.high:.2f}"
