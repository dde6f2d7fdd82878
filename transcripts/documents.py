"""Parts of one large JSON document, streamed: the elements of a list in it, or some of its keys."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import IO, Any, cast

from transcripts import scanning
from transcripts.records import Broken, Placed, elements, why_not_document, why_not_value
from transcripts.source import BOM, Refused, Source

WHOLE = 32 << 20
"""A document up to this size is decoded at once; a larger one by its wanted keys only."""


def items(
    source: Source, keys: tuple[str, ...], noun: str = "record"
) -> Iterator[Placed | Refused]:
    """Each element of the list under keys such as `("samples",)`, as ("sample 3", element).

    A document that breaks off gives all elements before the break, and says where it broke.
    """
    with source.open() as stream:
        if source.head.startswith(BOM):
            stream.read(len(BOM))
        yield from elements(source, stream, keys, noun)


def deep(source: Source, depth: int) -> Iterator[tuple[tuple[str, ...], Any] | Refused]:
    """Each value that stands `depth` levels deep in a document, with the keys that lead to it.

    For documents whose keys are names of their own (a run's, a prompt's) and no fixed path.
    Values that stand higher are left out; elements of lists count from 0.
    """
    last: tuple[str, ...] = ()
    with source.open() as stream:
        if source.head.startswith(BOM):
            stream.read(len(BOM))
        try:
            for path, raw in scanning.values(stream, lambda p: _down_to(depth, p)):
                last = tuple(map(str, path[1:]))
                try:
                    yield last, _value(raw)
                except (ValueError, RecursionError) as error:
                    yield Refused(source.name, "/".join(last), why_not_value(error))
        except scanning.Malformed as error:
            where = f"after {'/'.join(last)}" if last else ""
            yield Refused(source.name, where, why_not_document(error))


def _down_to(depth: int, path: scanning.Path) -> scanning.Verdict:
    return "give" if len(path) > depth else "enter"


def _value(raw: bytes | scanning.TooLong) -> Any:
    if isinstance(raw, scanning.TooLong):
        raise raw
    return scanning.decoded(raw)


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
            return json.loads(start.decode())
        return _by_key(start, stream, wanted)
    except (ValueError, RecursionError) as error:
        raise Broken(_why(error)) from error


def _why(error: Exception) -> str:
    if isinstance(error, scanning.Malformed):
        return why_not_document(error)
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(error.doc) or error.msg.startswith("Unterminated"):
            return "the file ends in the middle; export it again"
        return f"not JSON ({error.msg} at line {error.lineno}, column {error.colno})"
    return why_not_value(error)


def first(source: Source, key: str) -> Any:
    """The value of a top-level key; None where it is not there. The rest is not read.

    What is damaged before it gives None too: reading the rest of the document will say so.
    """
    with source.open() as stream:
        if source.head.startswith(BOM):
            stream.read(len(BOM))
        try:
            found = scanning.values(stream, lambda path: _top_level((key,), path))
            return next((_value(raw) for _, raw in found), None)
        except (ValueError, RecursionError):
            return None


class _Resumed(io.RawIOBase):
    """A stream of which the start was read already."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, first those that were read before."""
        if self._start and size > 0:
            some, self._start = self._start[:size], self._start[size:]
            return some
        return self._rest.read(size)


def _by_key(start: bytes, rest: IO[bytes], wanted: tuple[str, ...]) -> dict[str, Any]:
    resumed = cast("IO[bytes]", _Resumed(start, rest))
    found = scanning.values(resumed, lambda path: _top_level(wanted, path))
    return {str(path[1]): _value(raw) for path, raw in found}


def _top_level(wanted: tuple[str, ...], path: scanning.Path) -> scanning.Verdict:
    if len(path) == 1:
        return "enter"
    return "give" if path[1] in wanted else "skip"
