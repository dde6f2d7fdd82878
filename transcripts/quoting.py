"""Finding a quote in a transcript: exactly, then normalised, then nearly, else missing.

Offsets are code points of the part's own text (`Part.readable`), as stored, before any rendering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from transcripts.transcript import Message, Transcript

Match = Literal["exact", "normalised", "fuzzy", "missing"]

FUZZY_LEAST = 90.0
"""The least partial ratio (0 to 100, normalised indel similarity) that still counts as found."""
FUZZY_WORDS = 4
"""Shorter quotes are nearly like too many things to be looked up nearly."""
FUZZY_LONGEST = 200_000

_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<marks>[*_~#>|\\`]+)|(?P<dots>\u2026)|[^\s*_~#>|\\`\u2026]+"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: message number (from 1), part (from 0), start and end in code points."""

    message: int
    part: int
    start: int
    end: int
    match: Match
    text: str


def number(transcript: Transcript) -> list[str]:
    """Each message as one numbered line: `[3] assistant: ...`."""
    return [f"[{n}] {m.role}: {m.text}" for n, m in transcript.numbered()]


def find(
    transcript: Transcript,
    words: str,
    message: int | None = None,
    roles: Sequence[str] = ("assistant",),
) -> Place | None:
    """Where the words stand, in the named message first, then in the others of these roles.

    None means that they are nowhere: the quote is `missing`. Text parts are searched before
    thinking and tool calls. An exact find anywhere beats a nearly exact one in the named message.
    """
    words = words.strip()
    if not words:
        return None
    texts = list(_texts(transcript, message, roles))
    for search in (_exact, _normalised, _fuzzy):
        for where, part, text in texts:
            span = search(words, text)
            if span:
                kind: Match = search.__name__.removeprefix("_")  # type: ignore[assignment]
                start, end = span
                return Place(where, part, start, end, kind, text[start:end])
    return None


def _texts(
    transcript: Transcript, named: int | None, roles: Sequence[str]
) -> Iterator[tuple[int, int, str]]:
    """(message, part, text) in the order in which they are searched."""
    messages = [(n, m) for n, m in transcript.numbered(*roles)]
    messages.sort(key=lambda one: one[0] != named)
    for kinds in (("text",), ("thinking", "tool_call")):
        for n, m in messages:
            yield from _parts(n, m, kinds)


def _parts(n: int, message: Message, kinds: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    for index, part in enumerate(message.parts):
        if part.kind in kinds and part.readable:
            yield n, index, part.readable


def _exact(words: str, text: str) -> tuple[int, int] | None:
    start = text.find(words)
    return (start, start + len(words)) if start >= 0 else None


def _normalised(words: str, text: str) -> tuple[int, int] | None:
    wanted = normalise(words)[0].strip()
    if not wanted:
        return None
    plain, places = normalise(text)
    start = plain.find(wanted)
    if start < 0:
        return None
    return places[start], places[start + len(wanted) - 1] + 1


def _fuzzy(words: str, text: str) -> tuple[int, int] | None:
    wanted = normalise(words)[0].strip()
    if len(wanted.split()) < FUZZY_WORDS or len(text) > FUZZY_LONGEST:
        return None
    plain, places = normalise(text)
    if len(plain) * 1.2 < len(wanted):
        return None  # partial_ratio would then look for the text in the quote
    found = fuzz.partial_ratio_alignment(wanted, plain, score_cutoff=FUZZY_LEAST)
    if found is None or found.dest_end <= found.dest_start:
        return None
    start, end = _whole_words(plain, found.dest_start, found.dest_end)
    return places[start], places[end - 1] + 1


def _whole_words(plain: str, start: int, end: int) -> tuple[int, int]:
    """The span grown or shrunk to word edges, so that no half word is lit."""
    while start < end and plain[start].isspace():
        start += 1
    while end > start and plain[end - 1].isspace():
        end -= 1
    while start > 0 and plain[start].isalnum() and plain[start - 1].isalnum():
        start -= 1
    while end < len(plain) and plain[end - 1].isalnum() and plain[end].isalnum():
        end += 1
    return start, end


def normalise(text: str) -> tuple[str, list[int]]:
    """The text with spaces, quotes, dashes and markdown marks made alike; case is kept.

    Also, for each character of it, the index in `text` that it stands for.
    """
    pieces: list[str] = []
    places: list[int] = []
    for token in _TOKEN.finditer(text.translate(_SAME)):  # one for one, so indices stay
        start, end = token.span()
        if token.lastgroup == "space":
            if places and pieces[-1] != " ":
                pieces.append(" ")
                places.append(start)
        elif token.lastgroup == "dots":
            pieces.append("...")
            places.extend([start] * 3)
        elif token.lastgroup is None:
            pieces.append(token[0])
            places.extend(range(start, end))
    return "".join(pieces), places
