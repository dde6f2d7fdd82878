"""Traits by release as a component's data: dots with intervals, each with n and coverage."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from rubrics import Rubric
from viewer import tones

CAPTION = (
    "A dot is a number, the line its 95 % interval, clustered by scenario. Two-sided traits: left, "
    "blue, the share of turns that fall short; right, amber, the share that overdo; nearer the "
    "middle is better. One-sided traits: mean severity; further left is better. \u25b2\u25bc: "
    "worse, better than the release before, beyond chance. n counts transcripts; the small bar is "
    "coverage. Click a value for what changed and the words behind it."
)


def board_data(
    lines: Mapping[str, Sequence[Any]],
    releases: Sequence[Any],
    rubrics: Mapping[str, Rubric],
) -> dict[str, Any]:
    """The board's data; `lines` are each trait's lines over releases, a measure each. Which cell is
    open is not in it: the address says, and a click then sends nothing of the board again."""
    traits = sorted(lines, key=lambda t: _order(t, rubrics))
    names = [one.name for one in releases]
    points = [point for trait in traits for one in lines[trait] for point in one.points]
    count = sum(point.n for point in points)
    moved = [point for point in points if point.change and point.change.shown]
    return {
        "version": f"{count}/{len(traits)}/{','.join(names)}/{len(moved)}",
        "caption": CAPTION,
        "releases": [
            {"name": one.name, "told": f"{one.transcripts:,} transcripts"} for one in releases
        ],
        "rows": [_row(trait, lines[trait], names, rubrics.get(trait)) for trait in traits],
    }


def _order(trait: str, rubrics: Mapping[str, Rubric]) -> tuple[int, str]:
    rubric = rubrics.get(trait)
    return (2 if rubric is None else 0 if rubric.gate else 1, tones.title(trait, rubric))


def _row(
    trait: str, lines: Sequence[Any], names: Sequence[str], rubric: Rubric | None
) -> dict[str, Any]:
    by = {one.measure: {point.release: point for point in one.points} for one in lines}
    reach = _reach(by, rubric)
    cells = []
    for name in names:
        points = {measure: found[name] for measure, found in by.items() if name in found}
        cells.append(_cell(trait, name, points, reach, rubric) if points else None)
    two = "under" in by
    return {
        "title": tones.title(trait, rubric),
        "key": cell_key(trait, lines[0].points[-1].release),
        "question": rubric.question if rubric else "",
        "two_sided": two,
        "left": rubric.under if rubric and two else "",
        "right": rubric.over if rubric and two else "",
        "way": "" if two else _way(rubric),
        "cells": cells,
    }


def _way(rubric: Rubric | None) -> str:
    if rubric is None:
        return "came with the log; no rubric here"
    return f"\u25c2 less is better \u00b7 0 none, {rubric.scale.high} severe"


def _reach(by: Mapping[str, Mapping[str, Any]], rubric: Rubric | None) -> tuple[float, float]:
    """Where the axis of a row begins and ends: the same for all its cells."""
    if "under" in by:
        highest = [_top(point) for name in ("under", "over") for point in by[name].values()]
        return 0.0, min(1.0, max(0.2, *highest)) if highest else 1.0
    points = list(by["mean"].values())
    told = points[0].instrument
    levels = [x for p in points for x in (p.level.low, p.level.high, p.level.estimate)]
    ends = [x for x in levels if x is not None]
    low = told.low if told.low is not None else min(ends, default=0.0)
    high = max(ends, default=1.0)
    if rubric is not None and told.high is not None and told.low is not None:
        high = max(high, told.low + (told.high - told.low) / 4)
    return low, high if high > low else low + 1.0


def _top(point: Any) -> float:
    return float(point.level.high or point.level.estimate or 0.0)


def cell_key(trait: str, release: str) -> str:
    """The key of a cell, for the URL."""
    return f"{trait}@{release}"


def _cell(
    trait: str,
    release: str,
    points: Mapping[str, Any],
    reach: tuple[float, float],
    rubric: Rubric | None,
) -> dict[str, Any]:
    one = next(iter(points.values()))
    key = cell_key(trait, release)
    if not one.n:
        failed = f"{one.unscored:,} unscored" if one.unscored else "not applicable to any"
        return {"key": key, "n": 0, "note": failed}
    two = "under" in points
    shown = ("under", "over") if two else ("mean",)
    covered = 1.0 if one.coverage is None else one.coverage
    return {
        "key": key,
        "n": one.n,
        "two_sided": two,
        "external": rubric is None,
        "under": points["under"].level.estimate if two else None,
        "over": points["over"].level.estimate if two else None,
        "texts": [_text(points[m].level.estimate, rubric, share=two) for m in shown],
        "dots": [_dot(points[m].level, m, reach) for m in shown],
        "coverage": covered,
        "unscored_text": f"{one.unscored:,} of {one.n + one.unscored:,} transcripts unscored",
        "broken": one.epoch,
        "changes": _change([points[m].change for m in shown], rubric),
        "spoken": _spoken(trait, release, points, rubric),
    }  # fmt: skip


def _text(value: float, rubric: Rubric | None, *, share: bool) -> str:
    if share:
        return f"{value * 100:.0f}\u202f%"
    return f"{value:.2f}" if rubric else f"{value:.3g}"


def _dot(level: Any, measure: str, reach: tuple[float, float]) -> dict[str, Any]:
    """A dot and its whisker as shares of the axis from its left end."""

    def at(value: float | None) -> float | None:
        if value is None:
            return None
        share = max(0.0, min(1.0, (value - reach[0]) / (reach[1] - reach[0])))
        if measure == "mean":
            return round(share, 4)
        return round(0.5 - share / 2 if measure == "under" else 0.5 + share / 2, 4)

    ends = [end for end in (at(level.low), at(level.high)) if end is not None]
    tone = {"under": "under", "over": "over", "mean": "bad"}[measure]
    low, high = min(ends, default=None), max(ends, default=None)
    return {"x": at(level.estimate), "low": low, "high": high, "tone": tone}


def _change(changes: Sequence[Any], rubric: Rubric | None) -> list[dict[str, Any]]:
    """The changes beyond chance of what is shown: less under may be more over, so both are told."""
    made = []
    for one in changes:
        if one is None or not one.shown:
            continue
        up = one.difference > 0
        size = f"{abs(one.difference) * 100:.0f}" if one.is_share else f"{abs(one.difference):.2f}"
        tone = "none" if rubric is None else "worse" if up else "better"
        made.append({"text": f"{chr(0x25B2) if up else chr(0x25BC)}\u202f{size}", "tone": tone})
    return made


def _interval(level: Any, rubric: Rubric | None, *, share: bool) -> str:
    told = _text(level.estimate, rubric, share=share)
    if level.low is None:
        return f"{told}, no interval"
    ends = [_text(end, rubric, share=share) for end in (level.low, level.high)]
    return f"{told} ({ends[0]} to {ends[1]})"


def _spoken(trait: str, release: str, points: Mapping[str, Any], rubric: Rubric | None) -> str:
    """A cell in words: what a screen reader says and a hover shows."""
    one = next(iter(points.values()))
    name = tones.title(trait, rubric)
    if "under" in points:
        under, over = (_interval(points[m].level, rubric, share=True) for m in ("under", "over"))
        sides = (rubric.under, rubric.over) if rubric else ("\u22121 or less", "+1 or more")
        told = f"{sides[0]} in {under} of turns, {sides[1]} in {over}"
    else:
        told = f"mean {_interval(one.level, rubric, share=False)}"
        told += f" of {rubric.scale.high}" if rubric else ""
    absent = f", {one.not_applicable:,} not applicable" if one.not_applicable else ""
    covered = 1.0 if one.coverage is None else one.coverage
    why = f"; {one.why}" if one.why else ""
    return (
        f"{name}, {release}: {told}; {one.n:,} transcripts{absent}, coverage {covered:.0%}, "
        f"by {one.instrument.rater}{why}"
    )


COLUMNS = (
    "trait", "release", "measure", "value", "low", "high", "n", "not_applicable", "unscored",
    "coverage", "rater", "rubric", "epoch", "change", "change_low", "change_high", "p_adjusted",
)  # fmt: skip


def board_csv(lines: Mapping[str, Sequence[Any]]) -> str:
    """The whole board as CSV, a measure a line; what a spreadsheet would run is put out as text."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for trait, found in lines.items():
        for one in found:
            table.writerows(_csv_row(trait, one.measure, point) for point in one.points)
    return out.getvalue()


def _csv_row(trait: str, measure: str, point: Any) -> list[Any]:
    level, change = point.level, point.change
    moved = (
        [change.difference, change.low, change.high, change.p_adjusted] if change else [None] * 4
    )
    names = [_inert(name) for name in (trait, point.release)]
    instrument = [_inert(point.instrument.rater), point.instrument.rubric]
    return [
        *names, measure, level.estimate, level.low, level.high, point.n, point.not_applicable,
        point.unscored, point.coverage, *instrument, point.epoch, *moved,
    ]  # fmt: skip


def _inert(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
