"""`trend`: many releases in a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import common, existing, load_rubrics, rubric_option
from commands._releases import labels_option, rater_option, trait_option


@click.command("trend")
@rater_option
@trait_option
@labels_option
@rubric_option
@common
def command(db: Path, folders: tuple[Path, ...], **given: Any) -> None:
    """Every trait over all releases in order, each with its interval and its change.

    Where another judge or other words measured, the line breaks and a new epoch begins, unless
    anchors (transcripts with people's labels, judged by both) show that nothing shifted. Change is
    taken on shared scenarios by one instrument; where that is missing, the bridge to make is named.
    Without --rater, each release goes by the latest judge that rated it.
    """
    from commands import _trend

    _trend.run(existing(db), load_rubrics(folders), **given)
