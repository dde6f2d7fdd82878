"""The bar of a judge's run: how many, how fast, how much money, how many unscored, how long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scorers.judge import Progress


@contextmanager
def judging_bar(progress: Progress) -> Iterator[Callable[[], None]]:
    """A bar on stderr, if that is a terminal; gives a function that brings it up to date."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("judging"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=progress.planned)

        def show() -> None:
            bar.update(task, completed=progress.tally.asked, description=line(progress))

        yield show


def line(progress: Progress) -> str:
    """What stands beside the bar."""
    told = progress.told()
    rate = "" if told["per_minute"] is None else f"{told['per_minute']:,.0f}/min"
    cost = "price unknown" if told["cost_usd"] is None else f"${told['cost_usd']:.4f}"
    unscored = sum(told["unscored"].values())
    left = told["seconds_left"]
    time = "" if left is None else f"{left // 3600}:{left // 60 % 60:02d}:{left % 60:02d} left"
    return "  ".join(filter(None, (rate, cost, f"{unscored:,} unscored", time)))
