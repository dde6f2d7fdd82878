"""Inspect logs, the `.eval` form: a zip with one JSON a sample and a header written last.

Shape from real logs (inspect_ai, inspect_scout): `header.json`, `_journal/start.json`,
`samples/{id}_epoch_{n}.json`, packed by deflate or zstd. A log that was cut off, or whose run
died before the header, still gives every whole sample; the journal says what was run.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from transcripts import documents
from transcripts.formats._each import each
from transcripts.formats._inspect import KEPT, to_transcript
from transcripts.records import Broken, Placed
from transcripts.source import Refused, Source, explain
from transcripts.transcript import Transcript
from transcripts.zipping import BROKEN, danger, open_archive, open_member, salvage

WANTED = (*KEPT, "messages", "message_pool", "attachments", "scores", "score")


def _example() -> bytes:
    sample = {
        "id": 5,
        "epoch": 1,
        "messages": [
            {"role": "user", "content": "Is 91 prime?"},
            {"role": "assistant", "content": "No."},
        ],
        "scores": {"match": {"value": "C"}},
    }
    spec = {"version": 2, "eval": {"task": "primes", "model": "x/m-1"}}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_journal/start.json", json.dumps(spec))
        archive.writestr("samples/5_epoch_1.json", json.dumps(sample))
        archive.writestr("header.json", json.dumps(spec))
    return buffer.getvalue()


EXAMPLE = _example()


def recognises(source: Source) -> bool:
    return source.head.startswith(b"PK\x03\x04") and (
        source.suffix == ".eval" or b"_journal/start.json" in source.head
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    with source.seekable() as file:
        try:
            archive = open_archive(file)
        except zipfile.BadZipFile as error:
            yield from _from_wreck(source, file, error)
            return
        with archive:
            spec = _spec(_read_all(archive, ("header.json", "_journal/start.json")))
            convert = functools.partial(to_transcript, spec=spec)
            yield from each(source, _samples(source, archive), convert)


def _read_all(archive: zipfile.ZipFile, names: tuple[str, ...]) -> Iterator[bytes]:
    present = set(archive.namelist())
    for name in names:
        if name in present:
            with (
                contextlib.suppress(*BROKEN),
                open_member(archive, archive.getinfo(name)) as stream,
            ):
                yield stream.read()


def _spec(headers: Iterator[bytes]) -> Mapping[str, Any]:
    """The `eval` section from the first header that can be read."""
    for raw in headers:
        try:
            spec = json.loads(raw).get("eval")
        except (ValueError, AttributeError, RecursionError):
            continue
        if isinstance(spec, dict):
            return spec
    return {}


def _samples(source: Source, archive: zipfile.ZipFile) -> Iterator[Placed | Refused]:
    for info in archive.infolist():
        if not info.filename.startswith("samples/") or not info.filename.endswith(".json"):
            continue
        where = f"member {info.filename}"
        try:
            if why := danger(info):
                yield Refused(source.name, where, why)
                continue
            with open_member(archive, info) as stream:
                yield where, documents.decode(stream, WANTED)
        except Broken as error:
            yield Refused(source.name, where, str(error))
        except BROKEN as error:
            yield Refused(source.name, where, explain(error))


def _from_wreck(
    source: Source, file: BinaryIO, error: zipfile.BadZipFile
) -> Iterator[Transcript | Refused]:
    """Every whole sample of a log that was cut off before its central directory."""
    members = 0
    spec: Mapping[str, Any] = {}
    for name, content in salvage(file):
        if name.endswith(("header.json", "_journal/start.json")) and content:
            spec = _spec(iter([content])) or spec
        if not name.startswith("samples/"):
            continue
        members += 1
        where = f"member {name}"
        if content is None:
            yield Refused(source.name, where, "is not whole; the file was cut off here")
            continue
        try:
            placed: Placed = (where, documents.decode(io.BytesIO(content), WANTED))
        except Broken as why:
            yield Refused(source.name, where, str(why))
            continue
        yield from each(source, [placed], functools.partial(to_transcript, spec=spec))
    kept = f"; its {members} samples were looked for one by one" if members else ""
    yield Refused(source.name, "", f"{explain(error)}{kept}")
