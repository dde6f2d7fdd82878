"""`compare` at work. Apart from its options because numpy and scipy are slow to load."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from commands import note, put, table
from releases.comparing import Change, Two, compare
from releases.telling import difference, plain, sentence, told_apart
from rubrics import Rubric
from store import Store
from store.choosing import chosen, doubts, met

COLUMNS = ["trait", "measure", "scenarios", "dropped", "base", "candidate", "difference", "p adj"]


def run(store: Store, base: str, candidate: str, rubrics: dict[str, Rubric], **given: Any) -> None:
    """Compare and print; `given` are the options `raters`, `traits`, `ordinal`, `as_json`."""
    found = compared(store, base, candidate, given["raters"], given["traits"])
    changes = compare(found)
    warned = [*doubts(store, base), *doubts(store, candidate)]
    ordinal = _ordinal(found) if given["ordinal"] else {}
    if given["as_json"]:
        rows = [as_row(one) | ordinal.get(one.trait, {}) for one in changes]
        put({"base": base, "candidate": candidate, "rater": one_rater(changes), "traits": rows,
             "notes": warned})  # fmt: skip
        return
    for line in warned:
        note(line)
    _print(changes, (base, candidate), rubrics, ordinal)


def compared(
    store: Store, base: str, candidate: str, raters: tuple[str, ...], traits: tuple[str, ...] = ()
) -> list[Two]:
    """Both releases' answers to every trait."""
    return [Two(*one) for one in met(store, chosen(store, raters, traits), base, candidate)]


def as_row(one: Change) -> dict[str, Any]:
    """A change as JSON; `note` is there where something must be known."""
    row = asdict(one)
    if not one.note:
        row.pop("note")
    return row


def one_rater(changes: list[Change]) -> str | None:
    """The rater of all lines, or None where they differ (each line names its own)."""
    raters = {one.rater for one in changes}
    return raters.pop() if len(raters) == 1 else None


def _ordinal(found: list[Two]) -> dict[str, dict[str, Any]]:
    from releases.sensitivity import ordinal_line

    return {two.instrument.trait: ordinal_line(two) for two in found}


def _print(
    changes: list[Change], names: tuple[str, str], rubrics: dict[str, Rubric], ordinal: Any
) -> None:
    rows = []
    for one in changes:
        levels = [plain(x, share=one.is_share) for x in (one.base, one.candidate)]
        told = difference(one) if one.difference is not None else "-"
        rows.append([one.trait, one.measure, one.scenarios, one.dropped, *levels, told,
                     one.p_adjusted])  # fmt: skip
    table(COLUMNS, rows)
    click.echo()
    said = told_apart(changes)
    for one in changes:
        if one in said or one.difference is None:
            click.echo(sentence(one, *names, rubrics.get(one.trait)))
    quiet = sum(1 for one in changes if not one.shown and one.difference is not None)
    if quiet:
        click.echo(f"{quiet} of {len(changes)} lines: no change beyond chance.")
    for trait, line in ordinal.items():
        click.echo(f"{trait}, ordinal model: {line['ordinal_told']}")
