"""JSON records one at a time, each with its place, from JSON Lines, arrays and single documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from transcripts import scanning
from transcripts.source import BOM, LINES, Refused, Source, Unreadable

MAX_RECORD = 256 << 20

Placed = tuple[str, Any]
"""Where a record stands ("line 7", "record 3") and the record."""


class Broken(Exception):
    """A record that is not what its format promises; the message says what, and the mend."""


def json_records(source: Source) -> Iterator[Placed | Refused]:
    """Every record of a JSON source in file order; what cannot be decoded is `Refused`.

    A line that is not JSON never costs the lines after it. An array or document that breaks off
    gives all elements before the break.
    """
    try:
        with source.open() as stream:
            if is_lines(source):
                yield from _lines(source, stream)
            else:
                yield from _elements(source, stream)
    except Unreadable as error:
        yield Refused(source.name, "", str(error))


def is_lines(source: Source) -> bool:
    """Whether the source is JSON Lines and not one document."""
    start = source.head.removeprefix(BOM).lstrip()
    if source.suffix in LINES:
        return True
    if not start.startswith((b"{", b"[")):
        return False
    first, newline, rest = start.partition(b"\n")
    if start.startswith(b"[") and not rest.lstrip().startswith(b"["):
        return False  # an array; lines of arrays have another one below
    try:
        json.loads(first)
    except RecursionError:
        return bool(newline)
    except ValueError:
        if start.startswith(b"["):
            return False
        # A first line longer than the head is still a line: a document has breaks long before.
        return not newline and len(source.head) > len(first) // 2 and len(first) > 60_000
    return True


def _lines(source: Source, stream: IO[bytes]) -> Iterator[Placed | Refused]:
    number = 0
    while line := stream.readline(MAX_RECORD):
        number += 1
        where = f"line {number}"
        if len(line) >= MAX_RECORD and not line.endswith(b"\n"):
            while rest := stream.readline(MAX_RECORD):
                if rest.endswith(b"\n"):
                    break
            yield Refused(source.name, where, f"longer than {MAX_RECORD >> 20} MiB; split it")
            continue
        if number == 1:
            line = line.removeprefix(BOM)
        if not line.strip():
            continue
        try:
            yield where, json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Refused(source.name, where, why_not_json(error, line))


def why_not_json(error: Exception, line: bytes) -> str:
    """What is wrong with a line that is not JSON, and what to do about it."""
    if isinstance(error, UnicodeDecodeError):
        bad = line[error.start : error.start + 1].hex()
        return f"not UTF-8 (byte 0x{bad} at column {error.start + 1}); save the file as UTF-8"
    if isinstance(error, RecursionError):
        return "nested too deeply to be a conversation"
    if isinstance(error, json.JSONDecodeError):
        if not line.rstrip().endswith(b"}") and line.lstrip().startswith(b"{"):
            return "ends in the middle of a record; the file was cut off, export it again"
        return f"not JSON ({error.msg} at column {error.colno}); mend the line or take it out"
    return f"not JSON ({error}); mend the line or take it out"


def _elements(source: Source, stream: IO[bytes]) -> Iterator[Placed | Refused]:
    if source.head.startswith(BOM):
        stream.read(len(BOM))
    yield from elements(source, stream, () if source.is_array else None)


def elements(
    source: Source, stream: IO[bytes], keys: tuple[str, ...] | None, noun: str = "record"
) -> Iterator[Placed | Refused]:
    """The elements of the list under these keys of a JSON document, as ("record 3", value).

    For None the documents themselves, one or more, the first without a place.
    """
    number = 0
    try:
        for raw in scanning.lists(stream, keys):
            number += 1
            where = f"{noun} {number}" if keys is not None or number > 1 else ""
            if isinstance(raw, scanning.TooLong):
                yield Refused(source.name, where, str(raw))
                continue
            try:
                yield where, scanning.decoded(raw)
            except (ValueError, RecursionError) as error:
                yield Refused(source.name, where or f"{noun} 1", why_not_value(error))
    except scanning.Malformed as error:
        yield Refused(source.name, f"{noun} {number + 1}", why_not_document(error))


def why_not_value(error: Exception) -> str:
    """What is wrong with one value of a JSON document, and what to do about it."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 (byte 0x{error.object[error.start]:02x}); save the file as UTF-8"
    if isinstance(error, RecursionError):
        return "nested too deeply to be a conversation"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at its character {error.pos + 1}); mend it or take it out"
    return f"not JSON ({error}); mend it or take it out"


def why_not_document(error: scanning.Malformed) -> str:
    """Where the JSON of a document ends, and what to do about it."""
    if isinstance(error, scanning.CutOff):
        return "the file ends in the middle of this record; export it again"
    return f"not JSON from here on ({error}); nothing after it could be read"


def opened(value: Any) -> Any:
    """A list or a map that a table keeps as JSON text; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
