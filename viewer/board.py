"""Traits by release as a component's data: never a mean without n and coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rubrics import Rubric
from viewer import tones

CAPTION = (
    "Two-sided traits show the share of turns under (left, blue) and over (right, amber); 0 is "
    "right. One-sided traits show the mean severity of the fault, 0 is none. n counts transcripts; "
    "what was unscored is in no number. Click a value for the words behind it."
)


def board_data(
    means: Sequence[Any], releases: Sequence[Any], rubrics: Mapping[str, Rubric], picked: str
) -> dict[str, Any]:
    """The board's data; `means` are of one rater a trait, `picked` is the key of the open cell."""
    cells = {(one.trait, one.release): one for one in means}
    traits = sorted({one.trait for one in means}, key=lambda t: _order(t, rubrics))
    return {
        "version": picked + str(len(means)),
        "caption": CAPTION,
        "releases": [
            {"name": one.name, "told": f"{one.transcripts:,} transcripts"} for one in releases
        ],
        "rows": [
            {
                "title": tones.title(trait, rubrics.get(trait)),
                "question": rubrics[trait].question if trait in rubrics else "",
                "told": _sides(rubrics.get(trait)),
                "cells": [
                    _cell(cells.get((trait, one.name)), rubrics.get(trait), picked)
                    for one in releases
                ],
            }
            for trait in traits
        ],
    }


def _order(trait: str, rubrics: Mapping[str, Rubric]) -> tuple[int, str]:
    rubric = rubrics.get(trait)
    return (2 if rubric is None else 0 if rubric.gate else 1, tones.title(trait, rubric))


def _sides(rubric: Rubric | None) -> str:
    if rubric is None:
        return "came with the log; no rubric here"
    if rubric.scale.two_sided:
        return f"{rubric.under} \u00b7 {rubric.over}"
    return f"0 none \u2026 {rubric.scale.high} severe"


def cell_key(trait: str, release: str) -> str:
    """The key of a cell, for the URL."""
    return f"{trait}@{release}"


def _cell(mean: Any, rubric: Rubric | None, picked: str) -> dict[str, Any] | None:
    if mean is None:
        return None
    key = cell_key(mean.trait, mean.release)
    if not mean.n:
        failed = f"{mean.unscored:,} unscored" if mean.unscored else "not applicable to any"
        return {"key": key, "n": 0, "note": failed}
    low, high = (rubric.scale.low, rubric.scale.high) if rubric else (0, 1)
    return {
        "key": key,
        "n": mean.n,
        "two_sided": mean.two_sided,
        "external": rubric is None,
        "under": mean.under,
        "over": mean.over,
        "mean_text": f"{mean.mean:.2f}" if rubric else f"{mean.mean:.3g}",
        "share": (mean.mean - low) / (high - low),
        "coverage": 1.0 if mean.coverage is None else mean.coverage,
        "unscored_text": f"{mean.unscored:,} of {mean.n + mean.unscored:,} transcripts unscored",
        "picked": key == picked,
        "spoken": _spoken(mean, rubric),
    }


def _spoken(mean: Any, rubric: Rubric | None) -> str:
    """A cell in words: what a screen reader says and a hover shows."""
    name = tones.title(mean.trait, rubric)
    if mean.two_sided and rubric:
        told = f"{rubric.under} in {mean.under:.0%} of turns, {rubric.over} in {mean.over:.0%}"
    elif rubric:
        told = f"mean {mean.mean:.2f} of {rubric.scale.high}"
    else:
        told = f"mean {mean.mean:.3g}"
    absent = f", {mean.not_applicable} not applicable" if mean.not_applicable else ""
    coverage = 1.0 if mean.coverage is None else mean.coverage
    return (
        f"{name}, {mean.release}: {told}; {mean.n} transcripts{absent}, coverage {coverage:.0%}, "
        f"by {mean.rater}"
    )
