"""`agree`: rater against rater."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, cast

import click

from commands import common, existing, note, put, table
from commands._pairs import on_pairs, tell_pairs
from reviews.agreement import NUMBERS, Agreed, agreed, as_row
from reviews.labels import Matched, from_rows, match
from stats.cells import Level
from store.labels import Asked, labels
from store.naming import named, number_of, rated
from store.splits import looked, splits

LEVELS = ("nominal", "ordinal", "interval", "ratio")
COLUMNS = ["trait", "n", "raw", "alpha", "95 %", "kappa", "weighted", "AC2", "Spearman", "Pearson"]


@click.command("agree")
@click.option(
    "--between", "pairs", nargs=2, multiple=True, required=True, metavar="A B",
    help="Two raters by name (see `means`). Repeatable.",
)  # fmt: skip
@click.option("--trait", help="Only this trait.")
@click.option("--release", "releases", multiple=True, help="Only this release. Repeatable.")
@click.option("--split", type=click.Choice(["dev", "test"]), help="Only this part of the labels.")
@click.option("--level", type=click.Choice(LEVELS), default="ordinal", show_default=True)
@click.option("--any-version", is_flag=True, help="Also across versions of a rubric's words.")
@common
def command(db: Path, as_json: bool, **given: Any) -> None:
    """How far two raters agree on each trait that both rated, with intervals over scenarios.

    Ratings given after the reveal, or with the judge's in view, are left out. What matched
    nothing is counted and listed. --split test is a look at the test part, and is written down.
    Where both said which of two transcripts has more, the pairs stand in a table of their own.
    """
    store = existing(db)
    asked = Asked(given["trait"], given["releases"], given["split"])
    if asked.trait:
        rated(store, asked.trait, pairs=True)
    for release in asked.releases:
        number_of(store, release)
    if asked.split and not splits(store):
        raise click.UsageError("the labels are not split yet; run `traitbook labels split`")
    pairs = [[named(store, name, pairs=True) for name in pair] for pair in given["pairs"]]
    if asked.split == "test":
        count = looked(store, "command line", f"agree --between {given['pairs']}")
        note(f"look {count} at the test part: the more looks, the less it proves")
    found: list[Agreed] = []
    rows: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for a, b in pairs:
        names = str(a.rater), str(b.rater)
        sides = [from_rows(labels(store, one.key, asked)) for one in (a, b)]
        for one in match(*sides, any_version=given["any_version"]):
            items += _unmatched(one, names)
            if one.both or one.applicability:
                found.append(agreed(one, level=cast(Level, given["level"])))
                rows.append(as_row(found[-1], *names))
    chosen = on_pairs(store, pairs, asked, any_version=given["any_version"])
    if as_json:
        sides_of = Counter(one["side"] for one in items)
        told = {side: sides_of[side] for side in "ab"}
        put({
            "rows": rows, "unmatched": told, "unmatched_items": items, "pairs": chosen[0],
            "unmatched_pairs": chosen[1],
        })  # fmt: skip
        return
    _tell(found, rows, items)
    tell_pairs(*chosen)
    if not rows and not chosen[0]:
        note("these have rated nothing in common")


def _unmatched(one: Matched, names: tuple[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "side": item.side, "rater": names[item.side == "b"], "trait": item.trait,
            "transcript": item.unit[0], "message": item.unit[1], "why": item.why,
        }
        for item in one.unmatched
    ]  # fmt: skip


def _tell(found: list[Agreed], rows: list[dict[str, Any]], items: list[dict[str, Any]]) -> None:
    for between in dict.fromkeys((row["a"], row["b"]) for row in rows):
        mine = [(o, r) for o, r in zip(found, rows, strict=True) if (r["a"], r["b"]) == between]
        click.echo(f"{between[0]} against {between[1]}")
        table(COLUMNS, [_row(one) for one, _ in mine])
        for one, row in mine:
            if row["note"]:
                note(f"{one.matched.trait}: {row['note']}")
    whys = Counter((one["rater"], one["trait"], one["why"]) for one in items)
    for (rater, trait, why), count in whys.items():
        note(f"unmatched: {count:,} of {rater} on {trait}: {why}")
    if items:
        note(f"{len(items):,} labels matched nothing; --json lists each")


def _row(one: Agreed) -> list[Any]:
    alpha = one.number("alpha")
    low, high = alpha.low, alpha.high
    between = None if low is None or high is None else f"{low:.2f} .. {high:.2f}"
    rest = [one.number(name).estimate for name in NUMBERS[2:-1]]
    raw = one.number("raw").estimate
    share = None if raw is None else f"{raw:.1%}"
    return [one.matched.trait, one.numbers.n, share, alpha.estimate, between, *rest]
