"""Taking a model's naming of itself out of what a judge reads, with a way back for its quotes.

A judge that knows whose words it reads favours its own kind. Names of the family that a
transcript's model belongs to, or that its assistant claims for itself, become `[name]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from transcripts import Message, Part, Transcript

MASK = "[name]"

_MADE = r"(?:made|created|trained|developed|built|designed|provided)\s+by\s+"
_SELF = (
    r"(?:I am|I['’]m|[Mm]y name is|[Cc]all me|[Yy]ou are|[Yy]our name is|[Aa]s|This is|called)\s+"
)
_CLAIMED = re.compile(
    r"(?:I am|I['’]m|[Mm]y name is|[Yy]ou are|[Yy]our name is)\s+"
    r"(?P<name>[A-Z][\w.-]+(?: [\dA-Z][\w.]*)?)"
    r",?\s+(?:an?|the|your)\s+(?:[\w-]+\s+){0,3}"
    r"(?:AI|A\.I\.|assistant|language model|chatbot|model)\b"
)
_TAIL = (
    r"(?:[\s-]?(?:v?\d+(?:\.\d+)*[a-z]?(?!\w)|Opus|Sonnet|Haiku|Fable|Mythos|Pro|Flash|Ultra|"
    r"Turbo|[Mm]ini|Instruct|Chat))*"
)
_PLAIN_WORDS = 4
"""A release's name shorter than this, or without a digit, is too likely an ordinary word."""


@dataclass(frozen=True)
class Family:
    """A family of models: words of its ids, names it has for itself, its makers."""

    family: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    makers: tuple[str, ...]


@cache
def families() -> tuple[Family, ...]:
    """Every family that `names.yaml` knows."""
    told: list[dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "names.yaml").read_text("utf-8")
    )
    return tuple(
        Family(one["family"], *(tuple(one[key]) for key in ("ids", "names", "makers")))
        for one in told
    )


def family(model: str) -> str:
    """The family a model's id tells, "" where it tells none we know."""
    found = _family(model)
    return found.family if found else ""


def _family(model: str) -> Family | None:
    words = re.split(r"[^a-z]+", model.lower())
    for one in families():
        if any(word in words or ("-" in word and word in model.lower()) for word in one.ids):
            return one
    # `qwen2.5`, `gpt4o`: a number grown to the word is split off above; `chatglm3` is not a word.
    grown = [one for one in families() if any(i in words[0] for i in one.ids if len(i) > 3)]
    return grown[0] if grown else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a name was taken out: the span in what is seen, and the span it had in the source."""

    seen: tuple[int, int]
    source: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Blinded:
    """A transcript as a judge may see it, and the places where it differs from its source."""

    source: Transcript
    seen: Transcript
    gaps: dict[tuple[int, int], tuple[Gap, ...]]

    def back(self, message: int, part: int, start: int, end: int) -> tuple[int, int]:
        """A span of what is seen as a span of the source's same part; a name is taken whole."""
        gaps = self.gaps.get((message, part))
        if not gaps:
            return start, end
        return _back(gaps, start, first=True), _back(gaps, end, first=False)


def _back(gaps: tuple[Gap, ...], at: int, *, first: bool) -> int:
    shift = 0
    for gap in gaps:
        if at < gap.seen[0] or (not first and at == gap.seen[0]):
            break
        if at < gap.seen[1] or (not first and at == gap.seen[1]):
            return gap.source[0] if first else gap.source[1]
        shift = gap.source[1] - gap.seen[1]
    return at + shift


def blind(transcript: Transcript) -> Blinded:
    """The transcript without its model's names. Equal texts stay equal: one mask for all."""
    pattern = _pattern(frozenset(_names(transcript)))
    if pattern is None:
        return Blinded(transcript, transcript, {})
    gaps: dict[tuple[int, int], tuple[Gap, ...]] = {}
    messages: list[Message] = []
    for number, message in transcript.numbered():
        parts: list[Part] = []
        for index, part in enumerate(message.parts):
            masked, found = _masked(part, pattern)
            parts.append(masked)
            if found:
                gaps[number, index] = found
        messages.append(Message(message.role, tuple(parts)) if gaps else message)
    if not gaps:
        return Blinded(transcript, transcript, {})
    return Blinded(transcript, replace(transcript, messages=tuple(messages)), gaps)


def _masked(part: Part, pattern: re.Pattern[str]) -> tuple[Part, tuple[Gap, ...]]:
    if not pattern.search(part.readable) and not (part.text and pattern.search(part.data)):
        return part, ()
    gaps: list[Gap] = []
    shift = 0
    for match in pattern.finditer(part.readable):
        start = match.start() - shift
        gaps.append(Gap((start, start + len(MASK)), match.span()))
        shift += len(match[0]) - len(MASK)
    text, data = pattern.sub(MASK, part.text), pattern.sub(MASK, part.data)
    return replace(part, text=text, data=data), tuple(gaps)


def _names(transcript: Transcript) -> Iterator[str]:
    known = {one for one in (_family(transcript.model), _family(transcript.release)) if one}
    said = "\n".join(part.readable for _, m in transcript.numbered() for part in m.parts)
    for one in families():
        names = (*one.names, *one.makers)
        if not any(name in said for name in names):
            continue  # far cheaper than the pattern, and the rule
        if one in known or _claims(one).search(said):
            yield from names
    yield from (match["name"] for match in _CLAIMED.finditer(said))
    for name in (transcript.model, transcript.release):
        if len(name) >= _PLAIN_WORDS and re.search(r"\d", name) and re.search(r"[A-Za-z]", name):
            yield name


@cache
def _claims(one: Family) -> re.Pattern[str]:
    names, makers = ("|".join(map(re.escape, told)) for told in (one.names, one.makers))
    return re.compile(rf"\b{_SELF}(?:{names})\b|\b{_MADE}(?:{makers})\b")


@cache
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    longest = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(longest)}){_TAIL}(?!\w)")
