"""`compare`: two releases, trait by trait, on the scenarios both answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import common, existing, load_rubrics, rubric_option
from commands._releases import labels_option, rater_option, trait_option, two_releases


@click.command("compare")
@click.argument("base")
@click.argument("candidate")
@rater_option
@trait_option
@labels_option
@click.option("--by", metavar="KEY", default="", help="Also within slices of this metadata.")
@click.option("--ordinal", is_flag=True, help="Add the line of sensitivity (slow).")
@rubric_option
@common
def command(base: str, candidate: str, db: Path, folders: tuple[Path, ...], **given: Any) -> None:
    """What changed from release BASE to release CANDIDATE.

    Each scenario that both answered is one pair: repeats and samples are averaged first. Two-sided
    traits are compared in the share under, the share over and the mean distance from right. p is
    adjusted for all lines together (Benjamini-Hochberg). Read the interval before the p.

    Where people have rated some of it, the numbers corrected by them stand below; where two were
    shown side by side, who was preferred.
    """
    from commands import _compare

    two_releases(base, candidate)
    _compare.run(existing(db), base, candidate, load_rubrics(folders), **given)
