"""A transcript as the signals read it: assistant turns, each with what the user said before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from transcripts import Transcript

Span = tuple[int, int, int, int]
"""Message number (from 1), part (from 0), start and end in code points of that part's text."""

_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")


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
    """One assistant message that says something, and the user's words just before it."""

    number: int
    part: int
    text: str
    user: str
    user_number: int | None
    previous: Turn | None = None
    thinking: str = ""

    @cached_property
    def lower(self) -> str:
        """The text in lower case with straight quotes: what most patterns are put to.

        Never used where lower-casing changes the length (a Turkish dotted I does), so that
        offsets in it are offsets in `text`.
        """
        return same_length_lower(self.text)

    @cached_property
    def user_lower(self) -> str:
        """The user's words in lower case with straight quotes."""
        return same_length_lower(self.user)

    @cached_property
    def words(self) -> int:
        """How many words the assistant said."""
        return sum(1 for _ in _WORD.finditer(self.text))

    @cached_property
    def user_words(self) -> int:
        """How many words the user said before."""
        return sum(1 for _ in _WORD.finditer(self.user))

    def span(self, match: re.Match[str]) -> Span:
        """A match in this turn's text as a span."""
        return (self.number, self.part, match.start(), match.end())


def same_length_lower(text: str) -> str:
    """The text in lower case, curly quotes straight, every character still at its place."""
    lower = text.translate(_QUOTES).lower()
    if len(lower) == len(text):
        return lower
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text.translate(_QUOTES))


_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


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
            if message.role != "assistant":
                continue
            thinking = "\n".join(p.text for p in message.parts if p.kind == "thinking")
            spoken = [i for i, p in enumerate(message.parts) if p.kind == "text" and p.text.strip()]
            if not spoken:
                continue
            # The longest text part speaks for a message that has several: nearly none has.
            part = max(spoken, key=lambda i: len(message.parts[i].text))
            previous = made.turns[-1] if made.turns else None
            turn = Turn(
                number, part, message.parts[part].text, user, user_number, previous, thinking
            )
            made.turns.append(turn)
            user, user_number = "", None
        return made

    @property
    def has_tools(self) -> bool:
        """Whether any tool was called."""
        return any(p.kind == "tool_call" for m in self.transcript.messages for p in m.parts)
