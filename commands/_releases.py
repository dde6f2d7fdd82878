"""What `compare`, `gate`, `trend`, `report` and `pressure` share: their options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def rater_option(function: F) -> F:
    """`--rater`: by whom, repeatable; a trait is taken by the first named that has rated it."""
    return click.option(
        "--rater",
        "raters",
        multiple=True,
        help="By this rater. Repeatable: a trait goes by the first that has rated it. "
        "Without it: a trait's only rater, else its latest judge.",
    )(function)


def trait_option(function: F) -> F:
    """`--trait`: only these, repeatable."""
    return click.option("--trait", "traits", multiple=True, help="Only this trait. Repeatable.")(
        function
    )


def labels_option(function: F) -> F:
    """`--labels`: whose ratings are taken as true."""
    return click.option(
        "--labels",
        multiple=True,
        help="Whose ratings count as the truth that corrects a judge. Repeatable. "
        "Without it: all people's.",
    )(function)


def two_releases(base: str, candidate: str) -> None:
    """Refuse a release compared with itself."""
    if base == candidate:
        raise click.UsageError(f"{base!r} is given twice: a release is compared with another one")
