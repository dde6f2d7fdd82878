"""`agree` on pairs: which of two has more of a trait, by two raters."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from commands import note, table
from reviews.pair_agreement import (
    PAIR_NUMBERS,
    PairCeiling,
    pair_ceilings,
    pairs_agreed,
    pairs_row,
)
from reviews.pairs import Choice, MatchedPairs, choices, match_pairs
from store import Store
from store.labels import Asked
from store.naming import Known, known
from store.pair_labels import pair_labels

Item = dict[str, Any]
COLUMNS = ["trait", "pairs", "raw", "no ties", "n", "alpha", "95 %", "kappa", "AC1", "people"]


def on_pairs(
    store: Store, between: list[list[Known]], asked: Asked, *, any_version: bool
) -> tuple[list[Item], list[Item]]:
    """(a row for each two raters and trait, each answer that matched nothing)."""
    rows: list[Item] = []
    lost: list[Item] = []
    top = _ceilings(store, asked)
    for a, b in between:
        names = str(a.rater), str(b.rater)
        given = choices(pair_labels(store, a.key, asked)), choices(pair_labels(store, b.key, asked))
        for one in match_pairs(*given, any_version=any_version):
            lost += _unmatched(one, names)
            if one.both:
                told = top.get((one.trait, one.version))
                rows.append(pairs_row(pairs_agreed(one), names, given, told))
    return rows, lost


def _ceilings(store: Store, asked: Asked) -> dict[tuple[str, str], PairCeiling]:
    people: dict[str, list[Choice]] = {}
    for one in known(store, asked.trait, pairs=True):
        if one.rater.kind == "person":
            people[str(one.rater)] = choices(pair_labels(store, one.key, asked))
    return pair_ceilings(people)


def _unmatched(one: MatchedPairs, names: tuple[str, str]) -> list[Item]:
    return [
        {
            "side": item.side, "rater": names[item.side == "b"], "trait": item.trait,
            "transcripts": list(item.pair), "why": item.why,
        }
        for item in one.unmatched
    ]  # fmt: skip


def tell_pairs(rows: list[Item], lost: list[Item]) -> None:
    """The tables for people, the sides that were taken, and what matched nothing."""
    for between in dict.fromkeys((row["a"], row["b"]) for row in rows):
        click.echo(f"{between[0]} against {between[1]}, pairs (which of two has more)")
        mine = [row for row in rows if (row["a"], row["b"]) == between]
        table(COLUMNS, [_row(row) for row in mine])
        for row in mine:
            if row["note"]:
                note(f"{row['trait']}: {row['note']}")
    said = {(row[side], row["trait"]): (row, side) for row in rows for side in "ab"}
    for (rater, trait), (row, side) in said.items():
        if left := row["left"][side]:
            note(f"{rater} on {trait}: chose the left of two {_share(left)}")
        if apart := row["apart"][side]:
            note(f"{rater} on {trait}: said otherwise in the other order {_share(apart)}")
    whys = Counter((one["rater"], one["trait"], one["why"]) for one in lost)
    for (rater, trait, why), count in whys.items():
        note(f"unmatched: {count:,} pairs of {rater} on {trait}: {why}")
    if lost:
        note(f"{len(lost):,} pairs matched nothing; --json lists each")


def _row(row: Item) -> list[Any]:
    share = {name: None if row[name] is None else f"{row[name]:.1%}" for name in PAIR_NUMBERS[:2]}
    between = None
    if row["alpha_low"] is not None:
        between = f"{row['alpha_low']:.2f} .. {row['alpha_high']:.2f}"
    people = row["people"]["alpha"] if row["people"] else None
    return [
        row["trait"], row["n"], share["raw"], share["raw_untied"], row["n_untied"], row["alpha"],
        between, row["kappa"], row["ac1"], people,
    ]  # fmt: skip


def _share(one: Item) -> str:
    between = "" if one["low"] is None else f" ({one['low']:.0%} to {one['high']:.0%})"
    return f"{one['share']:.0%} of {one['n']:,} times{between}"
