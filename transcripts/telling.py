"""What in a transcript tells whose it is: where names stand that must not be seen.

Three kinds. Names of releases and models with a digit or a joint in them, anywhere. Names of the
families of models that an id tells or that the transcript says it is of, anywhere, as the list
spells them. Words that may be ordinary ones, where a model speaks of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from transcripts import selfnaming
from transcripts.assistants import Family, assistants, family_of, spelling, versions
from transcripts.selfnaming import Span, Voice
from transcripts.transcript import Part, Transcript

LEAST = 4
"""A shorter name of a release (`o3`) is too likely something else: it counts as a word."""

Place = tuple[int, int]
"""A message, from 1, and a part of it, from 0."""
VOICES: dict[str, tuple[Voice, ...]] = {
    "assistant": ("self",), "system": ("self", "told"), "user": ("told",), "tool": ("told",),
}  # fmt: skip
"""Who may name a model in a message of this role. A user's "I am Claude" is about a user."""

_NOUNS = ("assistant", "language model", "chatbot", "AI", "A.I.", "model")
_NOUN = re.compile("|".join(map(re.escape, _NOUNS)))
_LETTERS = bytes(c if chr(c).isascii() and chr(c).isalpha() else 32 for c in range(256))


class Name(NamedTuple):
    """A name in lower case, and its longest run of plain letters: where that is no word of a text,
    the name is not in it."""

    low: str
    key: bytes

    @classmethod
    def of(cls, name: str) -> Name:
        """A name as it is looked for."""
        low = name.lower()
        return cls(low, max(low.encode().translate(_LETTERS).split(), key=len, default=b""))


class _Text:
    """All words of a transcript, to see quickly which names can be in it at all."""

    def __init__(self, transcript: Transcript) -> None:
        pieces = [transcript.scenario]
        for message in transcript.messages:
            for part in message.parts:
                if part.kind != "image":
                    pieces += (part.text, part.data, part.name)
        self.low = _low("\n".join(pieces))
        self.words = frozenset(self.low.encode("utf-8", "replace").translate(_LETTERS).split())

    def has(self, name: Name) -> bool:
        """Whether a name stands in the text, be it as a part of a word."""
        return (not name.key or name.key in self.words) and name.low in self.low


def _low(text: str) -> str:
    return text.lower().replace("\u00a0", " ")


def at(names: Iterable[str], text: str) -> list[Span]:
    """Where names, given in lower case, stand in a text in any case, in order."""
    low = _low(text)
    if len(low) != len(text):  # a letter that is two in lower case: places would be off
        low = "".join(c if len(_low(c)) > 1 else _low(c) for c in text)
    found = []
    for name in names:
        start = low.find(name)
        while start >= 0:
            found.append((start, start + len(name)))
            start = low.find(name, start + 1)
    return sorted(found)


@cache
def _listed() -> tuple[tuple[Family, tuple[Name, ...]], ...]:
    return tuple((one, tuple(map(Name.of, one.told))) for one in assistants().families)


@cache
def _by_name() -> dict[str, Family]:
    return {one.family: one for one in assistants().families}


@dataclass(frozen=True, slots=True)
class Own:
    """What releases and models are called: names to hide anywhere, words, families they tell."""

    anywhere: tuple[Name, ...]
    words: tuple[Name, ...]
    families: frozenset[str]


@lru_cache(maxsize=256)
def own(names: tuple[str, ...]) -> Own:
    """The same, of these names. Of `lab/fennel-2:free` also `fennel-2`."""
    anywhere: set[str] = set()
    words: set[str] = set()
    for name in names:
        pieces = {name, *(re.split(r"[/:]", name) if not re.search(r"\s", name) else ())}
        for piece in pieces:
            low = piece.lower()
            if len(low) >= LEAST and re.search(r"[^\W\d_]", low) and re.search(r"[\d._@+/-]", low):
                anywhere.add(low)
            elif len(low) > 1 and re.search(r"[^\W\d_]", low):
                words.add(low)
        words.update(re.findall(r"[^\W\d_]{3,}", name.lower()))
    words -= {name.lower() for one in assistants().families for name in one.told}
    told = {one.family for one in map(family_of, names) if one}
    first, rest = (tuple(map(Name.of, sorted(some))) for some in (anywhere, words))
    return Own(first, rest, frozenset(told))


@dataclass(frozen=True, slots=True)
class Telling:
    """Where one transcript tells whose it is: a pattern for anywhere, and single places."""

    anywhere: Anywhere
    places: Mapping[Place, list[Span]]

    @classmethod
    def of(cls, transcript: Transcript, others: Iterable[str] = ()) -> Telling:
        """What tells in a transcript; `others` are further names that would."""
        names = (transcript.release, transcript.model, *others)
        mine = own(tuple(dict.fromkeys(name for name in names if name)))
        text = _Text(transcript)
        there = [one for one, told in _listed() if any(map(text.has, told))]
        known = frozenset(one.family for one in there if one.family in mine.families)
        claims = _Claims(there, known, [word.low for word in mine.words if text.has(word)])
        claims.read(transcript)
        own_names = frozenset(name.low for name in mine.anywhere if text.has(name))
        everywhere = anywhere(
            known, frozenset(claims.families), own_names, frozenset(claims.unknown)
        )
        return cls(everywhere, claims.places)

    def spans(self, part: Part, place: Place) -> list[Span]:
        """The spans of a part's `readable` that are hidden."""
        if part.kind == "image":
            return []
        return [*self.anywhere.spans(part.readable), *self.places.get(place, ())]


class _Claims:
    """What a transcript says of whose it is: families, names no list knows, places of words."""

    def __init__(self, there: list[Family], known: frozenset[str], words: list[str]) -> None:
        # Of one that is known by its id a claim tells more only if it has names that are words.
        self.there = [
            (one, tuple(name.lower() for name in one.told))
            for one in there
            if one.plain or one.family not in known
        ]
        self.words = words
        self.families: set[str] = set()
        self.unknown: set[str] = set()
        self.places: dict[Place, list[Span]] = {}

    def read(self, transcript: Transcript) -> None:
        """Look at every part for what it says."""
        for number, message in transcript.numbered():
            for index, part in enumerate(message.parts):
                voices = ("told",) if "tool" in part.kind else VOICES[message.role]
                if part.kind != "image":
                    for voice in voices:
                        self._part(part.readable, voice, (number, index))

    def _part(self, text: str, voice: Voice, place: Place) -> None:
        spans: set[Span] = set()
        for one, names in self.there:
            if near := at(names, text):
                mine = selfnaming.found(selfnaming.of_family(one, voice), text, near)
                mine = {span for span in mine if not _kept_at([one.family], text, span)}
                if mine:
                    self.families.add(one.family)
                    spans |= mine
        if self.words and (near := at(self.words, text)):
            cue = selfnaming.of_words(frozenset(self.words), voice)
            spans |= selfnaming.found([cue], text, near)
        if near := [match.span() for match in _NOUN.finditer(text)]:
            for start, end in selfnaming.found(selfnaming.unknown(voice), text, near):
                self.unknown.update(filter(None, re.split(r"\s*[()]\s*", text[start:end])))
        if spans:
            self.places.setdefault(place, []).extend(spans)


AROUND = 32
"""Characters before and after a name in which a phrase that keeps it is looked for."""


def _kept_at(families: Iterable[str], text: str, span: Span) -> bool:
    """Whether a name belongs to a phrase that makes it something else."""
    found = _kept(frozenset(families)).finditer(text, max(0, span[0] - AROUND), span[1] + AROUND)
    return any(match.start() < span[1] and span[0] < match.end() for match in found)


@lru_cache(maxsize=512)
def _kept(families: frozenset[str]) -> re.Pattern[str]:
    phrases = [phrase for one in sorted(families) for phrase in _by_name()[one].kept]
    return re.compile(spelling(dict.fromkeys(phrases, True)))


@dataclass(frozen=True, slots=True)
class Anywhere:
    """Names that are hidden wherever they stand: in lower case to find them, then as spelled."""

    families: tuple[str, ...]
    names: tuple[str, ...]
    pattern: re.Pattern[str]

    def spans(self, text: str) -> Iterator[Span]:
        """The spans of these names in a text, none over another."""
        last = 0
        for start, _ in at(self.names, text):
            match = self.pattern.match(text, start) if start >= last else None
            if match and not _kept_at(self.families, text, match.span()):
                last = match.end()
                yield match.span()


@lru_cache(maxsize=512)
def anywhere(
    known: frozenset[str], claimed: frozenset[str], own: frozenset[str], unknown: frozenset[str]
) -> Anywhere:
    """The same, of families that an id tells or a transcript claims, and of single names."""
    families = [_by_name()[one] for one in sorted(known | claimed)]
    told: dict[str, bool] = {}
    plain: dict[str, bool] = {}
    for one in families:
        cases = one.cases(one.told)
        told |= {n: c for n, c in cases.items() if one.family in claimed or n not in one.plain}
        plain |= {n: c for n, c in cases.items() if n in one.plain and n in one.names}
    tail = versions()
    kinds = [
        spelling(dict.fromkeys(own, True), versions(spaced=False) + "*"),
        spelling(told, tail + "*"),
        spelling(plain, tail + "+"),
        spelling(dict.fromkeys(plain, True), versions(spaced=False) + "+"),
        spelling(dict.fromkeys(unknown, False), tail + "*"),
    ]
    every = {name.lower() for name in (*own, *told, *plain, *unknown)}
    return Anywhere(
        tuple(one.family for one in families), tuple(sorted(every)), re.compile("|".join(kinds))
    )


@cache
def rules() -> list[Any]:
    """All that decides what tells, as plain values: the list, and the patterns made of it."""
    listed = assistants()
    voices: tuple[Voice, ...] = ("self", "told")
    cued = [selfnaming.of_family_told(one, v) for one in listed.families for v in voices]
    strange = [cue.pattern for v in voices for cue in selfnaming.unknown(v)]
    words = [selfnaming.of_words(frozenset({"word"}), v).pattern for v in voices]
    some = frozenset(one.family for one in listed.families[:1])
    everywhere = anywhere(some, some, frozenset({"own-1"}), frozenset({"Own"})).pattern.pattern
    numbers = [LEAST, AROUND, selfnaming.REACH, selfnaming.AFTERWARDS]
    return [numbers, VOICES, listed.model_dump(mode="json"), cued, strange, words, everywhere]
