"""Metadata as JSON that any store and any screen can hold, whatever a log had in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from transcripts.transcript import encodable

DEEPEST = 32
"""Levels of nesting kept. A log of a thousand levels would break the writer of JSON, not us."""


def clean(value: Any, level: int = 0) -> Any:
    """The value in plain JSON: NaN as null, dates as text, bytes as their number, no half emoji.

    What is nested deeper than `DEEPEST` is replaced by words that say so.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, int):
        # As text: a span's id of 64 bits without a sign must not lose its last digits.
        return value if -(2**63) <= value < 2**63 else str(value) if abs(value) < 10**300 else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if level >= DEEPEST:
        return "(nested too deeply to keep)"
    if isinstance(value, Mapping):
        return {encodable(str(key)): clean(one, level + 1) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean(one, level + 1) for one in value]
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return encodable(value.isoformat() if hasattr(value, "isoformat") else str(value))
