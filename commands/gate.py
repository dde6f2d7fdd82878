"""`gate`: may the candidate ship?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import common, existing, load_rubrics, rubric_option
from commands._releases import labels_option, rater_option, two_releases

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("gate")
@click.argument("base")
@click.argument("candidate")
@click.option("--config", required=True, type=FILE, help="The gate: gate.yaml.")
@click.option("--junit", type=FILE, help="Write JUnit XML to this file.")
@click.option("--markdown", type=FILE, help="Add a summary for a pull request to this file.")
@rater_option
@labels_option
@rubric_option
@common
@click.pass_context
def command(
    context: click.Context, /, base: str, candidate: str, db: Path, folders: tuple[Path, ...],
    **given: Any,
) -> None:  # fmt: skip
    """May CANDIDATE ship, after BASE? Exit 0 pass, 1 fail, 3 inconclusive.

    A trait fails where it got worse beyond chance (p adjusted for all gated measures) and beyond
    its margin; it passes where the whole interval lies inside the margin; all else is inconclusive,
    with what is missing.
    """
    from commands import _gate

    two_releases(base, candidate)
    rubrics = load_rubrics(folders)
    context.exit(_gate.run(existing(db), (base, candidate), rubrics, **given))
