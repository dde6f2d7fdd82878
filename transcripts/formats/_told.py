"""Small things that most formats need: times, names, numbers, and answers that came in pieces."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from transcripts.transcript import Message

EMPTY: tuple[Any, ...] = (None, "", {}, [], ())
SINCE, UNTIL = 1e8, 1e11
"""Seconds since 1970 that a log may mean: the years 1973 to 5138."""


def told(**given: Any) -> dict[str, Any]:
    """The given keys that say something: without null, empty texts, lists and maps."""
    return {key: value for key, value in given.items() if value not in EMPTY}


def when(value: Any) -> str:
    """A time as ISO 8601; text as it is, a number as seconds, milli-, micro- or nanoseconds."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and not value.isdigit():
        return value
    number = to_number(value)
    if number is None:
        return ""
    for _ in range(4):
        if number < UNTIL:
            break
        number /= 1000
    if not SINCE < number < UNTIL:
        return ""
    return datetime.fromtimestamp(number, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def order(value: Any) -> str:
    """Text by which times of one log sort, numbers as well as ISO 8601."""
    number = None if isinstance(value, str) and not value.isdigit() else to_number(value)
    return f"{number:040.9f}" if number is not None else str(value or "")


def to_number(value: Any) -> float | None:
    """A number, or text that is one, as a finite float; else None. True is 1, False 0."""
    if not isinstance(value, bool | int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def name(value: Any) -> str:
    """A model's or a tool's name where the source gives one as text, else nothing."""
    return value if isinstance(value, str) else ""


def a_map(value: Any) -> Mapping[str, Any]:
    """The value where it is a map, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def a_list(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def several(models: Iterable[str]) -> dict[str, Any]:
    """`{"models": [...]}` where more than one model spoke, else nothing."""
    known = sorted({model for model in models if model})
    return {"models": known} if len(known) > 1 else {}


def total(usages: Iterable[Any]) -> dict[str, float]:
    """Token counts added up, key by key; what is no number is left out."""
    sums: dict[str, float] = {}
    for usage in usages:
        for key, value in a_map(usage).items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                sums[key] = sums.get(key, 0) + value
    return sums


def as_turns(messages: Iterable[Message]) -> Iterator[Message]:
    """Messages with an answer that a log wrote in pieces (thought, call, words) made one again."""
    held: Message | None = None
    for message in messages:
        if held and held.role == message.role == "assistant":
            held = Message("assistant", (*held.parts, *message.parts))
            continue
        if held:
            yield held
        held = message
    if held:
        yield held
