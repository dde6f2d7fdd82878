"""Conversations as Markdown or plain text, with a line that names each speaker.

The ways in which chat exporters and people write them: `**User:** ...`, `## Assistant`,
`Human: ...`; the first way found holds for the whole file, and what stands in fenced code is no
speaker. YAML between `---` at the top is metadata (`model`, `release`, `scenario`, `title` ...),
a heading before the first speaker the title. One file is one conversation.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import yaml

from transcripts.formats import _speakers
from transcripts.formats._told import name
from transcripts.formats.native_yaml import Loader, tangled
from transcripts.source import Refused, Source, Unreadable
from transcripts.transcript import Transcript

EXAMPLE = b"""\
---
model: m-1
---
# About primes

**User:** Is 91 prime?

**Assistant:** No:

- it is 7 times 13.
"""

ENDINGS = (".md", ".markdown", ".txt", ".text", "")
TITLE = re.compile(r"#{1,2}\s+(.+)")
MAX_MATTER = 20_000


def recognises(source: Source) -> bool:
    if source.suffix not in ENDINGS or source.records or b"\0" in source.head:
        return False
    lines = source.head.decode("utf-8", "replace").splitlines()
    return _speakers.style_of(_split(lines)[1]) is not None


def parse(source: Source) -> Iterator[Transcript | Refused]:
    with source.open() as stream:
        try:
            text = io.TextIOWrapper(stream, "utf-8-sig")
            lines = [line.rstrip("\r\n") for line in text]
        except UnicodeDecodeError as error:
            raise Unreadable("not UTF-8; save the file as UTF-8") from error
    matter, lines = _split(lines)
    style = _speakers.style_of(lines)
    if style is None:
        yield Refused(source.name, "", "has no two speakers (**User:**, ## Assistant, Human:)")
        return
    before, turns = _speakers.turns(lines, style)
    metadata = {**_title(before), **matter}
    model, release, scenario = (name(metadata.pop(k, "")) for k in ("model", "release", "scenario"))
    messages = tuple(_speakers.to_message(turn) for turn in turns if turn.text)
    for turn in turns:
        if not turn.text:
            yield Refused(source.name, f"line {turn.line}", f"the {turn.role} says nothing here")
    if messages:
        yield Transcript(messages, release, scenario, None, model, metadata, source=source.name)


def _split(lines: list[str]) -> tuple[dict[str, Any], list[str]]:
    """The YAML at the top, where there is some, and the lines after it."""
    if not lines or lines[0].strip() != "---":
        return {}, lines
    end = next((n for n, line in enumerate(lines[1:200], start=1) if line.strip() == "---"), 0)
    if not end or tangled("\n".join(lines[1:end])):
        return {}, lines
    try:
        matter = yaml.load("\n".join(lines[1:end])[:MAX_MATTER], Loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, lines
    return (matter, lines[end + 1 :]) if isinstance(matter, dict) else ({}, lines)


def _title(before: list[str]) -> dict[str, Any]:
    said = [line for line in before if line.strip()]
    title = next((match[1] for line in said if (match := TITLE.match(line))), "")
    rest = "\n".join(line for line in said if not TITLE.match(line)).strip()
    return {**({"title": title} if title else {}), **({"preamble": rest} if rest else {})}
