"""Where a model speaks of itself: "I am ...", "made by ...", "You are ..." in a system prompt.

Rules over words, in English and the plainest sentence of some other languages. They cannot see a
model that is told of without being named to itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal

from transcripts.assistants import AFTER, BEFORE, Family, spelling, versions

Span = tuple[int, int]
Voice = Literal["self", "told"]
"""Who names the model: it itself, or somebody who speaks to it."""

_MARKS = r"[*_`\"'\u201c\u2018\u00ab\u300c(]{0,3}"
_STOP = (
    r"(?=[*_`\"'\u201d\u2019\u00bb\u300d)]{0,3}"
    r"(?:\s*(?:[.,;:!?\u3002\uff0c]|$)|\s+(?:and|by|from)\b))"
)
"""Behind a word that may be an ordinary one: the end of what is said, so that it was a name."""
_NOUN = r"(?:AI|assistant|(?:language )?model|chatbot|bot|LLM|agent|companion|system|helper)"
_MADE = (
    r"(?:made|created|trained|developed|built|designed|provided|powered|operated|run|hosted|"
    r"fine-?tuned)"
)
_OTHERS = (
    r"(?!(?:about|than|this|it|they|he|she|sure|think|told|whether|that(?!\s+(?:is|was|has)\b))\b)"
)
_WORDS = rf"(?:{_OTHERS}[\w'\u2019/-]+,?\s+)"
_AM: dict[Voice, str] = {
    "self": r"I am|I['\u2019]m|I was|I run on|my name is|my name['\u2019]s|call me|ich bin|"
    r"mein Name ist|je suis|je m['\u2019]appelle|soy|me llamo|sono|mi chiamo|eu sou|ik ben|"
    "меня зовут",
    "told": r"you are|you['\u2019]re|are you|you were|act as|your name is|du bist|bist du|"
    r"dein Name ist|tu es|vous êtes|êtes-vous|eres",
}
_UNSPACED: dict[Voice, str] = {"self": "我是|我叫|私は|저는", "told": "你是|您是|你叫"}
_WHO: dict[Voice, str] = {"self": "me", "told": "you"}
_WHOSE: dict[Voice, str] = {"self": "(?:my|our)", "told": "your"}


def _am(voice: Voice) -> str:
    """ "I am", and what may stand between it and a name: "not", "an AI assistant called"."""
    return (
        rf"(?:{BEFORE}(?i:{_AM[voice]}):?\s+|(?:{_UNSPACED[voice]})\s*)"
        r"(?i:(?:not|just|really|actually|still|only|indeed|called|named|known as|"
        r"based on|built on|powered by|part of|the|your)\s+){0,3}"
    )


def _noun() -> str:
    return (
        rf"(?i:(?:(?:an?|the|your)\s+)?{_WORDS}{{0,4}}?{_NOUN},?\s+"
        r"(?:(?:called|named|known as|from|by|of)\s+)?)"
    )


def _by(voice: Voice) -> str:
    """ "I am a language model trained by": what stands before a maker."""
    what = rf"(?i:{_AM[voice]}|as an?|as your|this (?:AI|model|assistant) (?:is|was))"
    return (
        rf"{BEFORE}{what}\s+(?i:{_WORDS}{{0,8}}?{_MADE}\s+by\s+(?:the\s+)?"
        r"(?:(?:team|people|folks|researchers|engineers|company)\s+(?:at|called)\s+|company\s+)?)"
    )


def cues(names: str, makers: str, voice: Voice) -> Iterator[str]:
    """Regular expressions of a model's being named, the name in the group `name`.

    `names` and `makers` are regular expressions of what it and its makers are called.
    """
    name, either = rf"{_MARKS}(?P<name>{names})", rf"{_MARKS}(?P<name>{names}|{makers})"
    yield _am(voice) + rf"(?:{_noun()})?" + either
    kind = rf"(?=(?:['\u2019]s)?[\s-]+(?i:{_NOUN}|language|based|powered))"
    yield _am(voice) + rf"(?i:an?\s+){either}{kind}"
    yield _by(voice) + either
    maker = rf"{_MARKS}(?P<name>{makers})"
    yield rf"{maker}\s+(?i:(?:has\s+|have\s+)?{_MADE}\s+{_WHO[voice]}){AFTER}"
    yield (
        rf"{BEFORE}(?i:{_WHOSE[voice]}\s+(?:creators?|makers?|developers?|trainers?|engineers|"
        rf"(?:parent\s+)?company|team)(?:\s*[,:(]\s*|\s+(?:(?:is|are|at|by|from)\s+)?)){maker}"
    )
    if voice == "self":
        yield rf"{BEFORE}(?i:here\s+at|I\s+work\s+(?:for|at))\s+{maker}"
        then = (
            r"[*_\"\u201d\u2019)]{0,3},?\s+"
            r"(?:I|an?|from|here|my|built|made|created|developed|trained)\b"
        )
        yield rf"{BEFORE}(?:[Aa]s|[Ss]peaking as)\s+{name}(?={then})"
        yield rf"\A[\W_]*(?i:this\s+is)\s+{name}{_STOP}"
        yield rf"\A[\W_]*(?P<name>{names})[*_]{{0,3}}\s+here\b"
        yield rf"(?m:^)\s*[-\u2013\u2014~]\s*{name}[*_]*\s*(?m:$)"
    else:
        hello = r"hi|hey|hello|dear|thanks|thank you|good (?:morning|evening)|okay|ok|yo"
        yield rf"\A\W*(?i:{hello}),?\s+(?i:there,?\s+)?{name}(?=\s*(?:[,.!?:;\n]|$)|\s+[a-z])"
        yield rf"@(?P<name>(?i:{names}))"


@cache
def of_family(one: Family, voice: Voice) -> tuple[re.Pattern[str], ...]:
    """Patterns of a model's being said to be of a family."""
    return tuple(map(re.compile, of_family_told(one, voice)))


def of_family_told(one: Family, voice: Voice) -> list[str]:
    """The same as text: to tell two lists apart nothing need be compiled."""
    tail = versions() + "*"
    told = [spelling(one.cases(names), tail) for names in (one.names, one.makers)]
    plain = {name: True for name in one.names if name in one.plain or name in one.cased}
    names = f"{told[0]}|{spelling(plain)}{_STOP}" if plain else told[0]
    return list(cues(names, told[1], voice))


@cache
def of_words(words: frozenset[str], voice: Voice) -> re.Pattern[str]:
    """A pattern of a model's being called one of these words, which may be ordinary ones.

    One that is all letters counts with a capital, or where nothing follows it: "I am warm to you"
    names nobody.
    """
    plain = {word for word in words if word.isalpha()}
    written = dict.fromkeys(
        {form for word in plain for form in (word.capitalize(), word.upper())}, False
    )
    whole = spelling({**dict.fromkeys(words - plain, True), **written})
    loose = spelling(dict.fromkeys(plain, True))
    return re.compile(rf"{_am(voice)}{_MARKS}(?P<name>{whole}|{loose}{_STOP})")


_UNKNOWN = r"(?P<name>[A-Z][\w.-]+(?: [\dA-Z][\w.]*)?)"
_CLAIMED: Mapping[Voice, str] = {
    "self": r"\b(?:I am|I['\u2019]m|[Mm]y name is)",
    "told": r"\b(?:[Yy]ou are|[Yy]our name is)",
}


@cache
def unknown(voice: Voice) -> tuple[re.Pattern[str], ...]:
    """Patterns of a name, or a maker, that no list knows, where it is said to be an AI's."""
    called = (
        rf"{_CLAIMED[voice]}\s+{_MARKS}{_UNKNOWN}[*_]{{0,3}}"
        rf",?\s+(?:an?|the|your)\s+(?:[\w-]+\s+){{0,3}}{_NOUN}\b"
    )
    maker = (
        rf"{_CLAIMED[voice]}\s+(?:[\w-]+,?\s+){{0,4}}{_NOUN},?\s+(?:[\w-]+\s+){{0,2}}{_MADE}\s+by\s+"
        r"(?P<name>[A-Z][\w&-]*(?:\.\w+)*(?:\s+\(?[A-Z][\w&-]*\)?){0,4})"
    )
    return re.compile(called), re.compile(maker)


REACH, AFTERWARDS = 160, 120
"""Characters before and after a name in which a cue to it is looked for."""


def found(patterns: Iterable[re.Pattern[str]], text: str, near: Sequence[Span]) -> set[Span]:
    """The spans of names that are told at these cues, looked for around the spans `near`."""
    spans: set[Span] = set()
    for start, end in _around(near):
        for pattern in patterns:
            spans |= {match.span("name") for match in pattern.finditer(text, start, end)}
    return spans


def _around(near: Sequence[Span]) -> Iterator[Span]:
    """Stretches of a text that hold every span with what stands about it, none over another."""
    start = end = -REACH
    for first, last in near:
        if first - REACH > end:
            if end > 0:
                yield start, end
            start = max(0, first - REACH)
        end = max(end, last + AFTERWARDS)
    if end > 0:
        yield start, end
