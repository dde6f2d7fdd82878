"""Reading transcripts: which format recognises a file, and every transcript it holds.

for item in read("logs/"):
    if isinstance(item, Refused): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from transcripts.cleaning import clean
from transcripts.formats import Format, formats
from transcripts.mapping import Mapping
from transcripts.records import Broken
from transcripts.source import Progress, Refused, Source, Unreadable, sources
from transcripts.strangers import why_none
from transcripts.transcript import Transcript, digest, encodable

TABLES = (".csv", ".tsv", ".parquet")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


class UnknownFormat(Exception):
    """A format was asked for that does not exist; the message names those that do."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may say about the files it reads; a None is left to the files."""

    format: str | None = None
    mapping: Mapping | None = None
    release: str | None = None
    model: str | None = None
    branches: bool = False
    """Also the sides of a tree: what was edited, answered again or rolled back."""


def read(
    path: str | Path, options: Options | None = None, *, progress: Progress | None = None
) -> Iterator[Transcript | Refused]:
    """Every transcript at a path (file, folder, `.gz`, `.zip`), one at a time, in file order.

    What could not be read comes as `Refused` with its place, cause and mend, in the same order; a
    file that holds no transcript is refused with that reason. Raises `UnknownFormat`.
    """
    options = options or Options()
    if options.format and options.format not in formats():
        raise UnknownFormat(f"no format {options.format!r}; known: {', '.join(formats())}")
    for source in sources(Path(path), progress):
        if isinstance(source, Refused):
            yield source
        else:
            yield from read_source(source, options)


def read_source(source: Source, options: Options | None = None) -> Iterator[Transcript | Refused]:
    """The same for one open stream: an upload, or a member of an archive."""
    options = options or Options()
    source.branches = options.branches
    found = refused = 0
    try:
        for item in _parse(source, options):
            if isinstance(item, Refused):
                refused += 1
                yield item
            else:
                found += 1
                yield complete(item, source, options)
    except (Unreadable, Broken) as error:
        refused += 1
        yield Refused(source.name, "", str(error))
    if not found and not refused:
        yield Refused(source.name, "", "holds no transcript")


def _parse(source: Source, options: Options) -> Iterator[Transcript | Refused]:
    if not source.head:
        return iter([Refused(source.name, "", "is empty")])
    if source.head.startswith(UTF16):
        return iter([Refused(source.name, "", "is UTF-16; save it as UTF-8")])
    if options.mapping:
        return options.mapping.parse(source)
    fmt = formats()[options.format] if options.format else recognise(source)
    if fmt is None:
        return iter([Refused(source.name, "", why_unknown(source))])
    return fmt.parse(source)


def recognise(source: Source) -> Format | None:
    """The format of a source by its first 64 kB, or None."""
    return next((fmt for fmt in formats().values() if fmt.recognises(source)), None)


def why_unknown(source: Source) -> str:
    """Why no format recognises a source, and what one can do."""
    if known := why_none(source):
        return known
    if source.suffix in TABLES:
        return "is a table; say which columns are what by --map (`traitbook map` proposes one)"
    if source.is_array and source.head.strip().endswith(b"[]"):
        return "is an empty list; it holds no transcript"
    if isinstance(source.first, dict | list):
        first = source.first
        keys = ", ".join(list(first)[:6]) if isinstance(first, dict) else "a list"
        return f"is JSON of a shape no format recognises (it begins with: {keys}); see --map"
    try:
        source.head[:-4].decode()
    except UnicodeDecodeError:
        return "is not text in UTF-8, and no format recognises it"
    return "is not JSON, and has no speaker lines (**User:**, ## Assistant, Human:); no transcript"


def complete(transcript: Transcript, source: Source, options: Options) -> Transcript:
    """The transcript with release and scenario filled in where its record left them out.

    A missing release is the model, else the file's stem; a missing scenario is the hash of the
    first user message (of the first message, where no user speaks).
    """
    model = options.model or encodable(transcript.model)
    release = options.release or encodable(transcript.release) or model or source.stem
    scenario = encodable(transcript.scenario)
    if not scenario:
        users = [message for _, message in transcript.numbered("user")]
        asked = (users or list(transcript.messages))[0]
        scenario = digest([part.as_list() for part in asked.parts])
    metadata = clean(transcript.metadata)
    return replace(transcript, release=release, model=model, scenario=scenario, metadata=metadata)
