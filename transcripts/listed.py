"""A mapping's `messages:`: the list of messages that a record holds, whatever its keys are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from transcripts import templates
from transcripts.blocks import to_parts, to_role
from transcripts.records import Broken, opened
from transcripts.transcript import Message, Part, Role


class Strict(BaseModel):
    """What people write: a key nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Messages(Strict):
    """Where the list is (a dotted path, or a cell of JSON text), and which keys are what in it.

    `roles` says what the source's own names stand for: `{customer: user, agent: assistant}`.
    """

    at: str
    role: str = "role"
    text: str = "content"
    roles: dict[str, Literal["system", "user", "assistant", "tool"]] = Field(default_factory=dict)

    def of(self, row: Mapping[str, Any]) -> Iterator[Message]:
        """The messages of a record. Raises `Broken` with the number of one that is none."""
        listed = opened(templates.lookup(row, self.at))
        if not isinstance(listed, list):
            raise Broken(f"has no list of messages at {self.at!r}")
        for number, one in enumerate(listed, start=1):
            if not isinstance(one, Mapping):
                raise Broken(f"message {number} at {self.at!r} is not an object")
            parts = tuple(_parts(_cell(one, self.text, number), number))
            if parts:
                yield _message(self._role(one, number), parts)

    def _role(self, one: Mapping[str, Any], number: int) -> Role:
        said = _cell(one, self.role, number)
        known = self.roles.get(str(said))
        if known is not None:
            return known
        try:
            return to_role(said, number)
        except Broken as error:
            raise Broken(f"{error}; say what it stands for under 'roles:'") from None


def _cell(one: Mapping[str, Any], path: str, number: int) -> Any:
    try:
        return templates.lookup(one, path)
    except Broken:
        has = ", ".join(str(key) for key in list(one)[:10])
        raise Broken(f"message {number} has no {path!r}; it has: {has}") from None


def _parts(value: Any, number: int) -> Iterator[Part]:
    if isinstance(value, bool | int | float):
        value = str(value)
    yield from to_parts(value, number)


def _message(role: Role, parts: tuple[Part, ...]) -> Message:
    if role == "tool" and all(part.kind == "text" for part in parts):
        return Message("tool", (Part("tool_result", "\n\n".join(part.text for part in parts)),))
    return Message(role, parts)
