"""A model's naming of itself hidden from its readers, and the way back from what they saw.

Hidden are the names of releases and models wherever they stand, and, where a model speaks of itself
("I am ...", "made by ...") or a system prompt tells it who it is, their words and the names of
well-known assistants and their makers. A talk about Gemini the constellation stays as it is, and so
does the word "base" where a release has that name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from transcripts import Message, Transcript

MASK = "\u2588\u2588\u2588\u2588"
"""What stands where a name stood: of one length, so that it does not tell the name's."""

NAMES = Path(__file__).parent / "assistants.txt"
_ABOUT_ITSELF = (
    r"\b(?:I am|I['\u2019]m|I was|my name is|call me|you are|you['\u2019]re|your name is|this is|"
    r"as|named|called|made by|built by|trained by|created by|developed by|designed by|"
    r"model (?:by|from)|assistant (?:by|from)|here at|work for)\s+(?:an?\s+|the\s+)?"
    r"(?:(?!(?:about|than)\b)[\w'\u2019-]+,?\s+){0,6}?"
)
LEAST = 3
"""Shorter pieces of a model's name (`4o`, `v2`) are hidden only as part of the whole name."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with names hidden. `spans` are (start in the text, end, start in the masked text)."""

    text: str
    spans: tuple[tuple[int, int, int], ...] = ()

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the masked text stands in the text; a name is taken whole."""
        return self._back(start, first=True), self._back(end - 1, first=False) + 1

    def to_masked(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the text stands in the masked text."""
        return self._forth(start, first=True), self._forth(end - 1, first=False) + 1

    def _back(self, at: int, *, first: bool) -> int:
        index = bisect_right([span[2] for span in self.spans], at) - 1
        if index < 0:
            return at
        start, end, shown = self.spans[index]
        if at < shown + len(MASK):
            return start if first else end - 1
        return end + at - (shown + len(MASK))

    def _forth(self, at: int, *, first: bool) -> int:
        index = bisect_right([span[0] for span in self.spans], at) - 1
        if index < 0:
            return at
        _, end, shown = self.spans[index]
        if at < end:
            return shown if first else shown + len(MASK) - 1
        return shown + len(MASK) + at - end


def mask(text: str, names: Iterable[str], *, itself: bool = True) -> Masked:
    """The text without these names, and without known assistants' where it speaks of itself."""
    told = tuple(names)
    whole = tuple(name for name in told if not name.isalpha() or name.casefold() in _families())
    words = tuple(name for name in told if name.isalpha())
    found = [match.span() for match in _own(whole).finditer(text)]
    if itself:
        for match in _known(words).finditer(text):
            found.append(match.span("name"))
    pieces: list[str] = []
    spans: list[tuple[int, int, int]] = []
    last = length = 0
    for start, end in sorted(found):
        if start < last:
            continue
        pieces += [text[last:start], MASK]
        length += start - last
        spans.append((start, end, length))
        length += len(MASK)
        last = end
    return Masked("".join([*pieces, text[last:]]), tuple(spans))


def names_of(transcript: Transcript, others: Iterable[str] = ()) -> list[str]:
    """The names by which a transcript could be told: releases and models, and the words in them."""
    told = (transcript.release, transcript.model, *others)
    whole = {name for name in told if len(name) >= LEAST}
    words = {word for name in whole for word in re.findall(r"[^\W\d_]{3,}", name)}
    return sorted(whole | words, key=lambda name: (-len(name), name))


def masked(
    transcript: Transcript, others: Iterable[str] = ()
) -> tuple[Transcript, dict[tuple[int, int], Masked]]:
    """The transcript as a blind reader sees it, and every changed part by (message, part).

    Its release, model, source and metadata that could tell are gone. `others` are names of other
    releases and models, which would tell as well.
    """
    names = names_of(transcript, others)
    changed: dict[tuple[int, int], Masked] = {}
    messages = []
    for number, message in transcript.numbered():
        parts = []
        for index, part in enumerate(message.parts):
            done = mask(part.text, names, itself=message.role in ("assistant", "system"))
            if done.spans:
                changed[number, index] = done
            data = mask(part.data, names, itself=False).text if part.data else part.data
            parts.append(replace(part, text=done.text, data=data))
        messages.append(Message(message.role, tuple(parts)))
    kept = {key: transcript.metadata[key] for key in SHOWN if key in transcript.metadata}
    scenario = mask(transcript.scenario, names, itself=False).text
    return Transcript(tuple(messages), scenario=scenario, metadata=kept), changed


SHOWN = ("warranted", "category", "language", "synthetic")
"""Metadata that a blind reader may see."""


@lru_cache(maxsize=1)
def _assistants() -> tuple[str, ...]:
    lines = NAMES.read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=256)
def _own(names: tuple[str, ...]) -> re.Pattern[str]:
    if not names:
        return re.compile(r"(?!)")
    told = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{told})(?:[-\s.]?\d+(?:\.\d+)*\w?)?(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=256)
def _known(words: tuple[str, ...]) -> re.Pattern[str]:
    names = sorted({*_assistants(), *words}, key=lambda name: (-len(name), name))
    told = "|".join(map(re.escape, names))
    version = r"(?:[-\s]?(?:\d+(?:\.\d+)*\w?|opus|sonnet|haiku|pro|flash|mini|turbo|nano|ultra))*"
    return re.compile(rf"{_ABOUT_ITSELF}(?P<name>(?:{told}){version})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _families() -> frozenset[str]:
    return frozenset(name.casefold() for name in _assistants())
