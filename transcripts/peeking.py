"""The first JSON values of a cut-off text: enough of a file to tell what it is."""

from __future__ import annotations

import contextlib
import io
import json
import re
from typing import Any

import ijson

from transcripts import scanning

MAX_VALUES = 8
BOM = b"\xef\xbb\xbf"

# What Python and others write for numbers and this parser stops at. Texts come first, so that what
# is said in them is not touched.
ODD = re.compile(
    rb'"(?:[^"\\]++|\\.)*+"|(-?\d{19,}(?:\.\d+)?(?:[eE][-+]?\d+)?|NaN|-?Infinity)', re.DOTALL
)


def first_values(head: bytes) -> list[Any]:
    """Up to eight JSON values from the start of `head`, the last one as far as it goes.

    A value cut off by the end of the head is given with what was read of it, so a record larger
    than the head can still be recognised by its first keys. Text that is not JSON gives [].
    """
    tamed = ODD.sub(lambda found: b"null" if found[1] else found[0], head.removeprefix(BOM))
    values: list[Any] = []
    builder = _Builder(values)
    try:
        for event, value in ijson.basic_parse(tamed, multiple_values=True, use_float=True):
            builder.take(event, value)
            if len(values) >= MAX_VALUES and not builder.open:
                break
    except (ijson.JSONError, UnicodeDecodeError, ValueError):
        pass  # cut off, or not JSON from here on: what was built so far is the answer
    return values


class _Builder:
    """Puts parser events together, attaching every container to its parent at once."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values
        self.open: list[Any] = []
        self.keys: list[str] = []

    def take(self, event: str, value: Any) -> None:
        if event == "map_key":
            self.keys[-1] = value
        elif event in ("start_map", "start_array"):
            made: Any = {} if event == "start_map" else []
            self._attach(made)
            self.open.append(made)
            self.keys.append("")
        elif event in ("end_map", "end_array"):
            self.open.pop()
            self.keys.pop()
        else:
            self._attach(value)

    def _attach(self, value: Any) -> None:
        if not self.open:
            self.values.append(value)
        elif isinstance(self.open[-1], list):
            self.open[-1].append(value)
        else:
            self.open[-1][self.keys[-1]] = value


def first_records(head: bytes) -> list[Any]:
    """Up to eight JSON records from the start: lines, elements of an array, or one document.

    Lines that are not JSON are passed over, so one bad first line does not hide what a file is.
    """
    values = first_values(head)
    if values and isinstance(values[0], list):
        many = len(values) > 1 and isinstance(values[1], list)  # a line each, not one array
        return values if many else _best(values[0][:MAX_VALUES], head)
    if values and not _is_json(head.split(b"\n")[0]):
        return values[:1]  # one document over many lines, or one line longer than the head
    lines = [line for line in head.split(b"\n")[:64] if _is_json(line)]
    return [json.loads(line) for line in lines[:MAX_VALUES]] or values


def _best(inner: list[Any], head: bytes) -> list[Any]:
    """The first elements of an array; where one is broken, those after it that are whole."""
    if len(inner) == MAX_VALUES:
        return inner
    whole: list[Any] = []
    try:
        for raw in scanning.lists(io.BytesIO(head.removeprefix(BOM)), ()):
            with contextlib.suppress(ValueError, RecursionError):
                whole.append(scanning.decoded(raw) if isinstance(raw, bytes) else None)
            if len(whole) == MAX_VALUES:
                break
    except scanning.Malformed:
        pass  # cut off by the end of the head
    return inner if len(inner) >= len(whole) else [*whole, *inner][:MAX_VALUES]


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        return False
