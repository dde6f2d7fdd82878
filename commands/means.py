"""`means`: per release, trait and rater."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import common, existing


@click.command("means")
@click.option("--release", help="Only this release.")
@click.option("--trait", help="Only this trait.")
@click.option("--by", metavar="KEY", help="Also by this key of the metadata: surface, category ...")
@click.option(
    "--pairs", is_flag=True,
    help="Matched scenarios instead (metadata `pair` and `variant`): second variant less first.",
)  # fmt: skip
@common
def command(db: Path, **given: Any) -> None:
    """Means of every trait by release and rater, each with n, coverage and 95 % interval.

    A two-sided trait's mean alone says nothing, since its errors cancel: read under (share of
    turns at -1 or less) and over (at 1 or more) instead. Intervals are clustered by scenario.
    """
    from commands import _means

    _means.run(existing(db), **given)
