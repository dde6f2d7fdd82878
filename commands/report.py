"""`report`: a release against the one before, as a page for a launch review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import common, existing, load_rubrics, rubric_option
from commands._releases import labels_option, rater_option, trait_option

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("report")
@click.argument("candidate")
@click.option("--against", "base", help="The release to compare with; else the one before it.")
@click.option("-o", "--output", required=True, type=FILE, help="FILE.html or FILE.md.")
@click.option("--config", type=FILE, help="Also judge by this gate: gate.yaml.")
@click.option(
    "--rogan-gladen", is_flag=True,
    help="Correct shares by the judge's sensitivity and specificity over all labels.",
)  # fmt: skip
@rater_option
@trait_option
@labels_option
@rubric_option
@common
def command(candidate: str, db: Path, folders: tuple[Path, ...], **given: Any) -> None:
    """What changed in CANDIDATE, with the words that show it, as one file to read offline.

    Verdict, changes with intervals, numbers corrected by people beside the judge's, passages, what
    could not be judged, how it was measured, and how to make it again.
    """
    from commands import _report

    _report.run(existing(db), candidate, load_rubrics(folders), **given)
