"""What a file would give, before anything is written: its first conversations in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from transcripts.reading import Options, read_source, recognise
from transcripts.source import Refused, Source, sources
from transcripts.transcript import Message, Transcript

SHOWN = 3
TRIED = 25
"""Records that are tried to find the first that go in; a mapping that fits none is wrong."""
WIDTH = 150
SCORE = ("trait", "rater", "value", "status", "message")


@dataclass(frozen=True, slots=True)
class Preview:
    """The first transcripts of a file, what was refused among them, and the format that read it.

    `format` is empty where a mapping did, or where none recognises the file.
    """

    name: str
    format: str
    transcripts: tuple[Transcript, ...]
    refused: tuple[Refused, ...]

    @property
    def fits(self) -> bool:
        """Whether anything of what was tried would go in."""
        return bool(self.transcripts)


def preview(source: Source, options: Options | None = None, *, shown: int = SHOWN) -> Preview:
    """The first records of an open stream, read as an import would."""
    options = options or Options()
    found: list[Transcript] = []
    refused: list[Refused] = []
    for item in islice(read_source(source, options), TRIED):
        if isinstance(item, Refused):
            refused.append(item)
        else:
            found.append(item)
        if len(found) == shown:
            break
    known = None if options.mapping or options.format else recognise(source)
    name = known.__name__.rpartition(".")[2] if known else options.format or ""
    return Preview(source.name, name, tuple(found), tuple(refused))


def previews(path: Path, options: Options | None = None) -> Iterator[Preview]:
    """A preview of each stream at a path, a file's or a folder's."""
    for source in sources(path):
        if isinstance(source, Refused):
            yield Preview(source.path, "", (), (source,))
        else:
            yield preview(source, options)


def lines(one: Transcript) -> Iterator[str]:
    """A transcript as people glance at it: whose it is, who says what, what was rated."""
    told = [("release", one.release), ("model", one.model), ("scenario", one.scenario)]
    told += [("sample", str(one.sample or ""))]
    yield "  ".join(f"{name} {_short(value, 60)}" for name, value in told if value)
    for number, message in one.numbered():
        yield f"  [{number}] {message.role}: {_short(said(message))}"
    for score in one.scores:
        value = f"{score.value:g}" if score.value is not None else score.status
        at = f" on [{score.message}]" if score.message else ""
        yield f"  {score.trait} by {score.rater}{at}: {value}"
    if one.metadata:
        pairs = ", ".join(f"{key}={_short(str(value), 40)}" for key, value in one.metadata.items())
        yield f"  metadata: {_short(pairs, 2 * WIDTH)}"


def said(message: Message) -> str:
    """A message in words, what was not said aloud by its kind: [thinking] [tool_call zoom]."""
    pieces = [
        part.text if part.kind == "text" else f"[{' '.join(filter(None, (part.kind, part.name)))}]"
        for part in message.parts
    ]
    return " ".join(filter(None, pieces))


def as_rows(found: Iterable[Transcript]) -> list[dict[str, Any]]:
    """Previewed transcripts as plain JSON."""
    return [
        {
            "release": one.release, "model": one.model or None, "scenario": one.scenario,
            "sample": one.sample, "metadata": dict(one.metadata),
            "messages": [{"role": m.role, "text": said(m)} for m in one.messages],
            "ratings": [
                {key: getattr(score, key) for key in SCORE} for score in one.scores
            ],
        }
        for one in found
    ]  # fmt: skip


def _short(text: str, width: int = WIDTH) -> str:
    plain = " ".join(text[: 4 * width].split())
    return plain if len(plain) <= width else plain[: width - 1] + "\u2026"
