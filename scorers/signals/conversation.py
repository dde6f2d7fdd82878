"""A transcript as the signals read it: assistant turns, each with what the user said before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar

from scorers.signals._words import Words
from transcripts import Message, Transcript

Span = tuple[int, int, int, int]
"""Message number (from 1), part (from 0), start and end in code points of that part's text."""


LONGEST = 400
"""A quoted sentence is cut there."""

SHORTEST = 16
WIDER = 30
"""A quote of fewer characters is widened by as many on each side: "may" alone says nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a signal says of one turn (or of the transcript, where `message` is None).

    `value` None means not applicable: there was no opportunity. A value other than 0 has spans.
    """

    message: int | None
    value: int | None
    reason: str = ""
    spans: tuple[Span, ...] = ()


@dataclass
class Turn:
    """One assistant message that says something, and the user's words just before it.

    `index` counts the turns from 0; `user` is empty where tools, not the user, spoke before.
    """

    number: int
    part: int
    text: str
    user: str
    user_number: int | None
    previous: Turn | None = None
    index: int = 0
    thinking: str = ""
    thinking_part: int | None = None
    known: dict[Callable[[Turn], Any], Any] = field(default_factory=dict, repr=False)

    @cached_property
    def said(self) -> Words:
        """The assistant's words."""
        return Words(self.text)

    @cached_property
    def asked(self) -> Words:
        """The user's words."""
        return Words(self.user)

    @cached_property
    def english(self) -> bool:
        """Whether both sides can be read as English."""
        return self.said.english and self.asked.english

    def span(self, match: re.Match[str]) -> Span:
        """A match in this turn's text as a span; a word or two get some of their sentence."""
        start, end = match.span()
        if end - start < SHORTEST:
            start, end = self._widened(start, end)
        return (self.number, self.part, start, end)

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        """Whole words on both sides, as far as the sentence and WIDER characters go."""
        first, last = self.said.sentences[self.said.sentence_at(start)]
        before = self.text[max(first, start - WIDER) : start]
        after = self.text[end : min(last, end + WIDER)]
        if start - WIDER > first:
            before = before.partition(" ")[2]
        if end + WIDER < last:
            after = after.rpartition(" ")[0]
        return start - len(before.lstrip()), end + len(after.rstrip())

    def spans(self, matches: Iterable[re.Match[str]]) -> tuple[Span, ...]:
        """Matches in this turn's text as spans, none within another."""
        kept: list[Span] = []
        for span in sorted(map(self.span, matches)):
            if not kept or span[2] >= kept[-1][3]:
                kept.append(span)
        return tuple(kept)

    def sentence(self, index: int) -> Span:
        """The nth sentence of this turn as a span, without the space around it; a very short
        one ("No.") together with the next.

        A turn that only quotes has no sentence of its own: then it is all of it.
        """
        sentences = self.said.sentences or [(0, len(self.text))]
        start, end = sentences[index]
        if end - start < SHORTEST and index + 1 < len(sentences):
            end = sentences[index + 1][1]
        said = self.text[start : min(end, start + LONGEST)]
        start += len(said) - len(said.lstrip())
        return (self.number, self.part, start, start + len(said.strip()))


Answer = TypeVar("Answer")


def once(ask: Callable[[Turn], Answer]) -> Callable[[Turn], Answer]:
    """Keep what a function says of a turn with the turn: several signals ask the same."""

    @wraps(ask)
    def answer(turn: Turn) -> Answer:
        if answer not in turn.known:
            turn.known[answer] = ask(turn)
        return turn.known[answer]  # type: ignore[no-any-return]

    return answer


@dataclass
class Conversation:
    """A transcript's turns, worked out once for all signals."""

    transcript: Transcript
    turns: list[Turn] = field(default_factory=list)

    @classmethod
    def of(cls, transcript: Transcript) -> Conversation:
        """The turns of a transcript; assistant messages without words are passed over."""
        made = cls(transcript)
        user, user_number = "", None
        for number, message in transcript.numbered():
            if message.role == "user":
                user, user_number = message.text, number
            if message.role == "assistant" and (turn := _turn(number, message)):
                turn.user, turn.user_number = user, user_number
                turn.previous = made.turns[-1] if made.turns else None
                turn.index = len(made.turns)
                made.turns.append(turn)
                user, user_number = "", None
        return made

    @cached_property
    def has_tools(self) -> bool:
        """Whether any tool was called."""
        return any(p.kind == "tool_call" for m in self.transcript.messages for p in m.parts)

    @cached_property
    def english(self) -> bool:
        """Whether all of it can be read as English."""
        return all(turn.english for turn in self.turns)

    @cached_property
    def warranted(self) -> str:
        """Whether disagreement with the user is warranted, where the metadata says so: "yes",
        "no", "contested"; else empty."""
        return str(self.transcript.metadata.get("warranted", ""))


def _turn(number: int, message: Message) -> Turn | None:
    spoken = [i for i, p in enumerate(message.parts) if p.kind == "text" and p.text.strip()]
    if not spoken:
        return None
    # The longest text part speaks for a message that has several: nearly none has.
    part = max(spoken, key=lambda i: len(message.parts[i].text))
    turn = Turn(number, part, message.parts[part].text, "", None)
    thought = [i for i, p in enumerate(message.parts) if p.kind == "thinking" and p.text.strip()]
    if thought:
        turn.thinking_part = max(thought, key=lambda i: len(message.parts[i].text))
        turn.thinking = message.parts[turn.thinking_part].text
    return turn


def each_turn(conversation: Conversation, rate: Callable[[Turn], Finding]) -> Iterator[Finding]:
    """A finding for every turn. One that cannot be read as English is not rated: not 0."""
    for turn in conversation.turns:
        yield rate(turn) if turn.english else Finding(turn.number, None, "not in English")
