"""What was said: one conversation as frozen values that know neither files nor a database.

Messages are numbered from 1, the system message included. That number is the one pointer that
prompts, quotes, ratings, links and exports share.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

Role = Literal["system", "user", "assistant", "tool"]
PartKind = Literal["text", "thinking", "tool_call", "tool_result", "image", "other"]
ROLES: tuple[str, ...] = get_args(Role)
PART_KINDS: tuple[str, ...] = get_args(PartKind)

ID_LENGTH = 16
"""Hex digits of an id: 64 bits, so among a million transcripts two collide with chance 3e-8."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def digest(value: object) -> str:
    """The first 64 bits of SHA-256 over the value's JSON, as 16 hex digits."""
    plain = _ENCODER.encode(value)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


def encodable(text: str) -> str:
    """The text, with a lone surrogate (half an emoji, cut by some log) replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def _mend(value: object, *names: str) -> None:
    for name in names:
        text = getattr(value, name)
        mended = encodable(text)
        if mended is not text:
            object.__setattr__(value, name, mended)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message that is read in its own way.

    `text` is what a person reads: the words, the reasoning, a tool's output; empty for a call or
    an image. `name` is the tool's name or the image's media type, `call` the id that joins a tool
    call to its result, `data` a call's arguments or an image's source as JSON, and `failed` marks
    a tool result that reports an error. What a format does not know is kept as `other` in `data`.
    """

    kind: PartKind
    text: str = ""
    name: str = ""
    call: str = ""
    data: str = ""
    failed: bool = False

    def __post_init__(self) -> None:
        if not (self.text + self.name + self.call + self.data).isascii():
            _mend(self, "text", "name", "call", "data")

    @property
    def readable(self) -> str:
        """The text that quotes of this part point into: `text`, or `data` where there is none."""
        return self.text or self.data

    def as_list(self) -> list[Any]:
        """The part as a short JSON list without trailing defaults: what is hashed and stored."""
        if self.kind == "text" and not self.data:
            return ["text", self.text]
        row = [self.kind, self.text, self.name, self.call, self.data, self.failed]
        while len(row) > 2 and not row[-1]:
            row.pop()
        return row

    @classmethod
    def from_list(cls, row: list[Any]) -> Part:
        """The inverse of `as_list`."""
        return cls(*row)


@dataclass(frozen=True, slots=True)
class Message:
    """What one speaker said at one time, in parts."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The words said aloud: the text parts, a blank line between two of them."""
        if len(self.parts) == 1 and self.parts[0].kind == "text":
            return self.parts[0].text
        return "\n\n".join(part.text for part in self.parts if part.kind == "text")

    @property
    def is_plain(self) -> bool:
        """True where the message is one text and nothing else."""
        return len(self.parts) == 1 and self.parts[0].kind == "text"

    @property
    def hidden(self) -> str:
        """What was not said aloud: thinking, tool calls and their results, as searchable text."""
        return "\n".join(
            f"{part.name} {part.readable}".strip()
            for part in self.parts
            if part.kind in ("thinking", "tool_call", "tool_result")
        )

    @classmethod
    def plain(cls, role: Role, text: str) -> Message:
        """A message of one text."""
        return cls(role, (Part("text", text),))


class Said(NamedTuple):
    """Words that a source quotes: the message it names, if any, and where in it, if it says so."""

    message: int | None
    text: str
    part: int | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A score that came with a log, as its source gave it; the store makes a rating of it.

    `value` is None where the source has a label or a failure instead of a number; then `status`
    is `unscored` or `not_applicable` and `reason` holds what it said. `scale` is (low, high) where
    the source tells it; `quotes` are not yet looked up. Our own exports also tell `rubric` (the
    version of the words that were asked), `other` (the second transcript of a rated pair, by id),
    `manner` (blind, after_reveal, open), `identity` and `unsure`.
    """

    trait: str
    rater: str
    value: float | None
    kind: str = "imported"
    status: str = "rated"
    message: int | None = None
    repeat: int = 1
    why: str = ""
    reason: str = ""
    quotes: tuple[Said, ...] = ()
    scale: tuple[float, float] | None = None
    rubric: str = ""
    at: str = ""
    other: str = ""
    manner: str = ""
    identity: str = ""
    unsure: bool = False

    def __post_init__(self) -> None:
        _mend(self, "trait", "rater", "reason", "why", "at")
        if any(encodable(said.text) is not said.text for said in self.quotes):
            mended = tuple(said._replace(text=encodable(said.text)) for said in self.quotes)
            object.__setattr__(self, "quotes", mended)


@dataclass(frozen=True, slots=True)
class Transcript:
    """One conversation, the release that spoke in it and the scenario it answers.

    `sample` tells apart several answers of one release to one scenario; None means "the next free
    number", which only the store can know. `source` says where it was read, for error lines.
    Metadata never changes the id: a corrected category is still the same conversation.
    """

    messages: tuple[Message, ...]
    release: str = ""
    scenario: str = ""
    sample: int | None = None
    model: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    scores: tuple[Score, ...] = ()
    source: str = ""

    @property
    def content(self) -> str:
        """The hash of roles and parts: equal for equal conversations, whoever had them."""
        return digest([[m.role, *(p.as_list() for p in m.parts)] for m in self.messages])

    @property
    def id(self) -> str:
        """The hash of release, scenario, sample (1 where not yet known), roles and parts."""
        return transcript_id(self.release, self.scenario, self.sample or 1, self.content)

    def numbered(self, *roles: str) -> Iterator[tuple[int, Message]]:
        """Each message with its number, from 1; of the given roles only, where any are given."""
        for number, message in enumerate(self.messages, start=1):
            if not roles or message.role in roles:
                yield number, message


def transcript_id(release: str, scenario: str, sample: int, content: str) -> str:
    """A transcript's id from its place among its siblings and the hash of its content."""
    return digest([release, scenario, sample, content])
