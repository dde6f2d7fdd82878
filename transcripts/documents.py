"""Parts of one large JSON document, streamed: the elements of a list in it, or some of its keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import ijson

from transcripts.records import Broken, Placed, elements, why_not_document
from transcripts.source import BOM, Refused, Source

WHOLE = 32 << 20
"""A document up to this size is decoded at once; a larger one by its wanted keys only."""


def items(source: Source, prefix: str, noun: str = "record") -> Iterator[Placed | Refused]:
    """Each element under an ijson prefix such as `samples.item`, as ("sample 3", element).

    A document that breaks off gives all elements before the break, and says where it broke.
    """
    with source.open() as stream:
        if source.head.startswith(BOM):
            stream.read(len(BOM))
        for record in elements(source, stream, prefix):
            if isinstance(record, Refused):
                where = record.where.replace("record", noun)
                yield Refused(record.path, where, record.why)
            else:
                yield record[0].replace("record", noun), record[1]


def deep(source: Source, depth: int) -> Iterator[tuple[tuple[str, ...], Any] | Refused]:
    """Each value that stands `depth` levels deep in a document, with the keys that lead to it.

    For documents whose keys are names of their own (a run's, a prompt's) and no fixed path.
    Values that stand higher are left out; elements of lists count from 0.
    """
    keys: list[Any] = []
    builder: ijson.ObjectBuilder | None = None
    level = 0
    with source.open() as stream:
        if source.head.startswith(BOM):
            stream.read(len(BOM))
        try:
            for event, value in ijson.basic_parse(stream, use_float=True, buf_size=1 << 16):
                closes = event in ("end_map", "end_array")
                level -= closes
                if builder is None:
                    _step(keys, event, value, level)
                    if level == depth and event not in ("map_key", "end_map", "end_array"):
                        builder = ijson.ObjectBuilder()
                if builder is not None:
                    builder.event(event, value)
                    if level == depth and event not in ("start_map", "start_array", "map_key"):
                        yield tuple(map(str, keys[:depth])), builder.value
                        builder = None
                level += event in ("start_map", "start_array")
        except (ijson.JSONError, ValueError, RecursionError) as error:
            yield Refused(source.name, "/".join(map(str, keys)), why_not_document(error))


def _step(keys: list[Any], event: str, value: Any, level: int) -> None:
    """Keep the keys down to the value that comes next; `level` is the depth of this event."""
    del keys[level:]
    if event == "map_key":
        keys[level - 1 :] = [value]
    elif keys and isinstance(keys[-1], int) and event not in ("end_map", "end_array"):
        keys[-1] += 1
    if event in ("start_map", "start_array"):
        keys.append(-1 if event == "start_array" else None)


def load(source: Source, wanted: tuple[str, ...]) -> dict[str, Any]:
    """The wanted top-level keys of a document, the others perhaps too. Raises `Broken`.

    The rest of a document that is larger than `WHOLE` is passed over and never built.
    """
    with source.open() as stream:
        if source.head.startswith(BOM):
            stream.read(len(BOM))
        value = decode(stream, wanted)
    if not isinstance(value, dict):
        raise Broken("is not a JSON object")
    return value


def decode(stream: IO[bytes], wanted: tuple[str, ...]) -> Any:
    """The same for an open stream. Raises `Broken` for what is not JSON."""
    start = stream.read(WHOLE + 1)
    try:
        if len(start) <= WHOLE:
            return json.loads(start)
        return _by_key(start, stream, wanted)
    except (ValueError, RecursionError, ijson.JSONError) as error:
        raise Broken(_why(error)) from error


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(error.doc) or error.msg.startswith("Unterminated"):
            return "the file ends in the middle; export it again"
        return f"not JSON ({error.msg} at line {error.lineno}, column {error.colno})"
    return why_not_document(error)


class _Resumed:
    """A stream of which the start was read already."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int = -1) -> bytes:
        """The next bytes, first those that were read before."""
        if self._start and size > 0:
            some, self._start = self._start[:size], self._start[size:]
            return some
        return self._rest.read(size)


def _by_key(start: bytes, rest: IO[bytes], wanted: tuple[str, ...]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    building = ""
    builder = ijson.ObjectBuilder()
    events = ijson.basic_parse(_Resumed(start, rest), use_float=True, buf_size=1 << 16)
    depth = 0
    for event, value in events:
        if depth == 1 and event == "map_key":
            building, builder = value, ijson.ObjectBuilder()
            continue
        if event in ("end_map", "end_array"):
            depth -= 1
        if depth and building in wanted:
            builder.event(event, value)
            if depth == 1 and event not in ("start_map", "start_array"):
                record[building] = builder.value
        if event in ("start_map", "start_array"):
            depth += 1
    return record
