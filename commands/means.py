"""`means`: per release, trait and rater."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from commands import common, existing, put, table
from store.means import Mean, means

COLUMNS = ["trait", "release", "rater", "n", "n/a", "unscored", "coverage", "mean", "under", "over"]


@click.command("means")
@click.option("--release", help="Only this release.")
@click.option("--trait", help="Only this trait.")
@common
def command(release: str | None, trait: str | None, db: Path, as_json: bool) -> None:
    """Means of every trait by release and rater, each with its n and coverage.

    A two-sided trait's mean alone says nothing, since its errors cancel: read under (share of
    turns at -1 or less) and over (at 1 or more) instead.
    """
    found = means(existing(db), release=release, trait=trait)
    if as_json:
        put({"rows": [_json(one) for one in found]})
        return
    table(COLUMNS, [_row(one) for one in found])


def _json(one: Mean) -> dict[str, object]:
    row = asdict(one)
    notes = {}
    if one.n == 0:
        why = "every rating is unscored" if one.unscored else "not applicable to any transcript"
        notes = {"note": why}
    elif one.coverage is not None and one.coverage < 1:
        notes = {
            "note": f"{1 - one.coverage:.1%} of what was asked is unscored and not in the mean"
        }
    return {**row, **notes}


def _row(one: Mean) -> list[object]:
    coverage = None if one.coverage is None else f"{one.coverage:.0%}"
    shares = [None if share is None else f"{share:.0%}" for share in (one.under, one.over)]
    head = [one.trait, one.release, one.rater, one.n, one.not_applicable, one.unscored]
    return [*head, coverage, one.mean, *shares]
