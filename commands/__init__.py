"""The commands of `traitbook`, one file a command (or a small family); a file put here is noticed.

A command module has `command`, a click command or group. They share options and manners here.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from rubrics import Rubric, load_all
from store import Store, default_path
from store.errors import among

F = TypeVar("F", bound=Callable[..., Any])

DONE, NOT_HELD, WRONG, INCONCLUSIVE = 0, 1, 2, 3
"""Exit codes: done; a check did not hold or something was refused; wrong usage or unreadable
input; inconclusive (the gate alone)."""


def names() -> dict[str, str]:
    """The module of every command by the command's name, by the walk of this folder.

    `check_judge.py` is `check-judge`, `import_.py` is `import`; a file named `_x.py` is what some
    share. None is imported, because one command needs a tenth of what all need.
    """
    found = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name[0] != "_")
    return {name.rstrip("_").replace("_", "-"): name for name in found}


def load(name: str) -> click.Command | None:
    """The command of this name; None where there is none."""
    module = names().get(name)
    if module is None:
        return None
    made: click.Command = importlib.import_module(f"{__name__}.{module}").command
    return made


def commands() -> Iterator[click.Command]:
    """Every command."""
    for name in names():
        command = load(name)
        assert command is not None and command.name == name, f"{name} is called otherwise"
        yield command


def common(function: F) -> F:
    """The options every command has: `--db` and `--json`."""
    function = click.option(
        "--json", "as_json", is_flag=True, help="Print exactly one JSON value on stdout."
    )(function)
    return click.option(
        "--db",
        type=click.Path(path_type=Path, dir_okay=False),
        default=default_path,
        show_default="TRAITBOOK_DB, else traitbook.db",
        help="The database file.",
    )(function)


def rubric_option(function: F) -> F:
    """`--rubrics DIR`: a folder of traits beside the shipped ones."""
    return click.option(
        "--rubrics",
        "folders",
        multiple=True,
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="A folder of trait files to add to the shipped ones (they win). Repeatable.",
    )(function)


def load_rubrics(folders: Iterable[Path]) -> dict[str, Rubric]:
    """The shipped rubrics and those of the folders."""
    return load_all(*folders)


def asked_rubrics(rubrics: dict[str, Rubric], traits: Iterable[str]) -> dict[str, Rubric]:
    """Those of these traits, or all where none is named. Raises `StoreError` with the list to
    choose from where there is no such trait."""
    wanted = [among(trait, rubrics, "no trait") for trait in traits]
    return {trait: rubrics[trait] for trait in wanted or rubrics}


def existing(db: Path) -> Store:
    """The database, which must be there."""
    return Store(db, must_exist=True)


def put(value: Any) -> None:
    """The one JSON value on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def note(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(text, err=True)


@contextmanager
def progress(label: str, total: float | None, unit: str = "") -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr, if that is a terminal; gives a function that advances it."""
    if not sys.stderr.isatty():
        yield lambda amount: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    counts = {"bytes": DownloadColumn, "share": TaskProgressColumn}
    count = counts.get(unit, MofNCompleteColumn)()
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda amount: bar.advance(task, amount)


def table(columns: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """A plain table on stdout; numbers to the right."""
    told = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [columns, *told]) for i in range(len(columns))]
    right = [all(_numeric(row[i]) for row in told) for i in range(len(columns))]
    for row in [columns, *told]:
        cells = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _numeric(text: str) -> bool:
    return text == "-" or text.replace(".", "", 1).replace("-", "", 1).isdigit()
