"""Agreement as a component's data: intervals, the ceiling, the table of values, what to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rubrics import Rubric
from viewer import tones

CAPTION = (
    "Bars are 95 % intervals over scenarios of Krippendorff's alpha: 1 is perfect, 0 is as by "
    "chance. The hollow bar is people among themselves, the ceiling for any judge. Read alpha "
    "beside raw agreement and AC2: where nearly all values are alike, alpha falls to 0 however "
    "well people agree. Click a trait for its table."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One trait: the numbers (`row`, as `agree --json` has them), the ceiling, whether it may gate.

    `people` is None where there are not two people; `lacking` None where gating is not asked.
    `others` are further numbers, {name, told, tip}, where they are not those of values.
    """

    row: Mapping[str, Any]
    people: Mapping[str, Any] | None = None
    lacking: Sequence[str] | None = None
    others: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The open trait: the table's values and counts, its picked cell, and the units to read there;
    `heads` name the values where they are no points of a scale. `leniency` is (rater, estimate,
    low, high, n), `lost` what matched nothing: {why, count, units}."""

    trait: str
    values: Sequence[float] = ()
    counts: Sequence[Sequence[int]] = ()
    picked: tuple[float, float] | None = None
    units: Sequence[Mapping[str, Any]] = ()
    leniency: Sequence[tuple[str, float | None, float | None, float | None, int]] = ()
    lost: Sequence[Mapping[str, Any]] = ()
    names: tuple[str, str] = ("", "")
    heads: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows."""

    lines: Sequence[Line]
    table: Table | None = None
    unmatched: str = ""
    rubrics: Mapping[str, Rubric] = field(default_factory=dict)
    heading: str = ""
    unit: str = "n"
    caption: str = CAPTION


def agreement_data(page: Page) -> dict[str, Any]:
    """The component's data."""
    return {
        "version": f"{page.table}{len(page.lines)}{page.unmatched}",
        "heading": page.heading,
        "unit": page.unit,
        "caption": page.caption,
        "unmatched": page.unmatched,
        "rows": [_line(one, page) for one in page.lines],
        "table": _table(page.table, page.rubrics) if page.table else None,
    }


def _line(one: Line, page: Page) -> dict[str, Any]:
    row = one.row
    trait = str(row["trait"])
    return {
        "trait": trait,
        "title": tones.title(trait, page.rubrics.get(trait)),
        "open": bool(page.table and page.table.trait == trait),
        "n": row["n"],
        "scenarios": row["scenarios"],
        "raw": share(row["raw"]),
        "alpha": _interval(row, "alpha"),
        "people": dict(one.people) if one.people else None,
        "others": [dict(other) for other in one.others]
        or [
            {"name": label, "told": number(row[name]), "tip": around(row, name)}
            for name, label in OTHERS.items()
        ],
        "note": row.get("note") or "",
        "lacking": None if one.lacking is None else list(one.lacking),
    }


OTHERS = {
    "kappa": "kappa", "kappa_weighted": "weighted", "ac2": "AC2", "spearman": "Spearman",
    "pearson": "Pearson", "bias": "bias",
}  # fmt: skip


def _interval(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "at": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"],
        "told": number(row[name]), "tip": around(row, name),
    }  # fmt: skip


def number(value: float | None) -> str:
    """A number of agreement; a dash where it is undefined."""
    return "\u2013" if value is None else f"{value:.2f}".replace("-", "\u2212")


def share(value: float | None) -> str:
    """A share in percent; a dash where there is none."""
    return "\u2013" if value is None else f"{value:.1%}"


def around(row: Mapping[str, Any], name: str) -> str:
    """The interval of one of a row's numbers, or that it has none."""
    if row[f"{name}_low"] is None:
        return "no interval" if row[name] is not None else "undefined"
    return f"{number(row[f'{name}_low'])} to {number(row[f'{name}_high'])}"


def _table(one: Table, rubrics: Mapping[str, Rubric]) -> dict[str, Any]:
    rubric = rubrics.get(one.trait)
    most = max((count for line in one.counts for count in line), default=0)
    return {
        "title": tones.title(one.trait, rubric),
        "names": list(one.names),
        "heads": list(one.heads)
        or [tones.shown(value, rubric).partition("/")[0] for value in one.values],
        "values": list(one.values),
        "cells": [
            [{"count": count, "share": count / most if most else 0} for count in line]
            for line in one.counts
        ],
        "picked": list(one.picked) if one.picked else None,
        "units": [dict(unit) for unit in one.units],
        "leniency": [
            {"rater": rater, "told": number(at), "n": n,
             "tip": "no interval" if low is None else f"{number(low)} to {number(high)}"}
            for rater, at, low, high, n in one.leniency
        ],
        "lost": [dict(each) for each in one.lost],
    }  # fmt: skip
