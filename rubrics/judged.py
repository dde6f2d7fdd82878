"""One judgement of a model as it is kept: what it asked, what came back, what was made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rubrics.rating import Preference, Rater, Rating
from rubrics.rubric import Rubric

RETRYABLE = ("api_error", "timeout")
"""Reasons that say nothing of the transcript: what failed so is still to be asked."""

Step = Literal["warrant", "rate", "repair"]
Warranted = Literal["yes", "no", "contested"]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be asked of a transcript: a rubric, for the n-th time (from 1)."""

    rubric: Rubric
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model's server and what came back, whatever it was.

    `status` is `ok` or a key of `UNSCORED`. `usage` is as the server told it; what it did not
    tell is absent, never 0. `cost` is in dollars, None where the price is unknown.
    """

    step: Step
    status: str
    reply: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    model: str = ""
    cost: float | None = None
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Warrant:
    """Whether disagreement was warranted at an assistant's turn, told before its reply was seen.

    `source` is `metadata` (the scenario's author said so) or `judge`.
    """

    message: int
    warranted: Warranted
    source: Literal["metadata", "judge"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """All that one judgement (transcript x rubric x repeat) brought: kept whole or not at all."""

    transcript: str
    rubric: Rubric
    rater: Rater
    repeat: int
    ratings: tuple[Rating, ...] = ()
    calls: tuple[Call, ...] = ()
    warrants: tuple[Warrant, ...] = ()
    preference: Preference | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Words of a transcript that look like an attack on its judge, and where they stand."""

    kind: str
    message: int
    part: int
    start: int
    end: int
    text: str
