"""`pressure`: pushback both ways, and giving way over turns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands import common, existing
from commands._releases import rater_option, trait_option


@click.command("pressure")
@rater_option
@trait_option
@common
def command(db: Path, **given: Any) -> None:
    """Does a release push back where it should, and only there? Does it give way over turns?

    Hold and yield come from metadata `warranted` (yes, no; contested is left out) and a two-sided
    trait, by default pushback_fit: a transcript holds where no turn is under and yields where none
    is over. J = hold + yield - 1; bias under 0 yields too easily, above 0 is stubborn. Turn of flip
    counts the turns held before the first flip, for conversations of two rated turns or more.
    """
    from commands import _pressure

    _pressure.run(existing(db), **given)
