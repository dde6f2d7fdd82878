"""`means` at work. Apart from its options because numpy and scipy are slow to load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from commands import put, table
from releases.levels import Matched, Summary, matched, summary
from rubrics.answers import Answers
from stats.estimate import Estimate
from store import Store
from store.frames import answers, metadata, places, sources
from store.naming import number_of, rated
from store.releases import releases

MEASURES = ("mean", "under", "over", "mean_abs")
COLUMNS = ["trait", "release", "rater", "n", "n/a", "unscored", "coverage", "mean", "under", "over"]
PAIRED = ["trait", "release", "rater", "pairs", "variants", "difference", "apart", "sum"]


def run(store: Store, *, release: str | None, trait: str | None, by: str | None, pairs: bool,
        as_json: bool) -> None:  # fmt: skip
    """Print the means; with `by` one line a value of the metadata; or the pairs."""
    if release is not None:
        number_of(store, release)
    if trait is not None:
        rated(store, trait)
    found = each(store, release, trait)
    if pairs:
        rows = [row for name, one in found for row in _pair(store, name, one)]
        lines = [_paired(row) for row in rows]
    else:
        rows = [row for name, one in found for row in _rows(store, name, one, by)]
        lines = [_line(row, by) for row in rows]
    if as_json:
        put({"rows": rows})
    else:
        table(PAIRED if pairs else [*COLUMNS[:2], *([by] if by else []), *COLUMNS[2:]], lines)


def each(
    store: Store, release: str | None = None, trait: str | None = None
) -> Iterator[tuple[str, Answers]]:
    """(release, answers) of every instrument, in the order of traits, raters and releases."""
    names = [one.name for one in releases(store) if release in (None, one.name)]
    numbers = {name: number_of(store, name) for name in names}
    at = places(store, names)
    for one in answers(store, sources(store, trait=trait), at):
        for name, number in numbers.items():
            here = one.of(number)
            if len(here):
                yield name, here


def _rows(store: Store, release: str, one: Answers, by: str | None) -> Iterator[dict[str, Any]]:
    if not by:
        yield as_row(release, one, summary(one))
        return
    told = metadata(store, one.key, by)
    for value in np.unique(told):
        part = one.where(told == value)
        row = as_row(release, part, summary(part))
        yield {"release": release, "slice": str(value) or None, **row}


def as_row(release: str, answers: Answers, found: Summary) -> dict[str, Any]:
    """One line of means as JSON; `note` is there where something must be known."""
    told = answers.instrument
    row: dict[str, Any] = {
        "release": release, "trait": told.trait, "rubric": told.rubric, "rater": told.rater,
        "two_sided": told.two_sided, "n": found.n, "not_applicable": found.not_applicable,
        "unscored": found.unscored, "coverage": found.coverage,
    }  # fmt: skip
    for name in MEASURES:
        one: Estimate | None = getattr(found, name)
        row[name] = one.estimate if one else None
    for name in MEASURES:
        one = getattr(found, name)
        row[f"{name}_low"], row[f"{name}_high"] = (one.low, one.high) if one else (None, None)
    if note := _note(found):
        row["note"] = note
    return row


def _note(found: Summary) -> str:
    if found.n == 0:
        return "every rating is unscored" if found.unscored else "not applicable to any transcript"
    notes = []
    if found.coverage is not None and found.coverage < 1:
        lost = f"{1 - found.coverage:.1%} of what was asked is unscored and not in the mean"
        notes.append(lost)
    if found.mean.low is None:
        notes.append(found.mean.note)
    return "; ".join(notes)


def _head(row: dict[str, Any]) -> list[Any]:
    return [row["trait"], row["release"], row["rater"]]


def _line(row: dict[str, Any], by: str | None) -> list[Any]:
    covered = None if row["coverage"] is None else f"{row['coverage']:.0%}"
    head = [row["trait"], row["release"], *([row["slice"] or "-"] if by else []), row["rater"]]
    counts = [row["n"], row["not_applicable"], row["unscored"]]
    return [*head, *counts, covered, _told(row, "mean"), _share(row, "under"), _share(row, "over")]


def _paired(row: dict[str, Any]) -> list[Any]:
    told = [_told(row, key) for key in ("difference", "absolute", "sum")]
    return [*_head(row), row["pairs"], " | ".join(row["variants"]), *told]


def _told(row: dict[str, Any], name: str) -> str | None:
    if row[name] is None:
        return None
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:.2f}" + ("" if low is None else f" ({low:.2f}..{high:.2f})")


def _share(row: dict[str, Any], name: str) -> str | None:
    if row[name] is None:
        return None
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:.0%}" + ("" if low is None else f" ({low:.0%}..{high:.0%})")


def _pair(store: Store, release: str, one: Answers) -> Iterator[dict[str, Any]]:
    found = matched(one, metadata(store, one.key, "pair"), metadata(store, one.key, "variant"))
    if found is not None:
        yield as_pair(release, one, found)


def as_pair(release: str, answers: Answers, found: Matched) -> dict[str, Any]:
    """Matched scenarios as JSON."""
    told = answers.instrument
    row: dict[str, Any] = {
        "release": release, "trait": told.trait, "rater": told.rater, "pairs": found.pairs,
        "variants": [found.first, found.second],
    }  # fmt: skip
    for name, one in (
        ("difference", found.difference), ("absolute", found.absolute), ("sum", found.total),
    ):  # fmt: skip
        row[name], row[f"{name}_low"], row[f"{name}_high"] = one.estimate, one.low, one.high
    return row
