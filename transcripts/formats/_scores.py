"""Scores that came with a log: numbers on their scale, and what failed as unscored."""

from __future__ import annotations

from typing import Any

from transcripts.formats._told import to_number
from transcripts.transcript import Score

TEN = (1.0, 10.0)
UNIT = (0.0, 1.0)


def scored(
    trait: str,
    rater: str,
    value: Any,
    *,
    scale: tuple[float, float] | None = None,
    reason: str = "",
    **more: Any,
) -> Score:
    """A score of the log; unscored where its value is no number, or none of its scale's.

    Some judges write 0 on a scale from 1 where they could not read their own answer; that is a
    failure, and must never be averaged as if it were the best value.
    """
    number = to_number(value)
    if number is None:
        said = "" if value is None else f"the source says {str(value)[:200]!r}. "
        return failed(trait, rater, f"{said}{reason}".strip(), scale=scale, **more)
    if scale and not scale[0] <= number <= scale[1]:
        said = f"{number:g} is not on the scale {scale[0]:g}..{scale[1]:g}. {reason}".strip()
        return failed(trait, rater, said, why="off_scale", scale=scale, **more)
    return Score(trait, rater, number, scale=scale, reason=reason, **more)


def failed(trait: str, rater: str, reason: str, *, why: str = "no_number", **more: Any) -> Score:
    """A judgement that gave no value: refused, failed, or not readable."""
    return Score(trait, rater, None, status="unscored", why=why, reason=reason, **more)
