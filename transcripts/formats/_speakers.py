"""Conversations written as text: who speaks by the name at the start of a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transcripts.transcript import Message, Part, Role

USER = ("user", "human", "you", "me", "person", "customer", "prompt", "question", "student")
ASSISTANT = (
    "assistant", "ai", "bot", "model", "chatgpt", "gpt", "claude", "gemini", "bard", "copilot",
    "llm", "llama", "mistral", "deepseek", "grok", "response", "answer", "chatbot", "ai assistant",
)  # fmt: skip
SYSTEM = ("system", "system prompt", "developer")
TOOL = ("tool", "tool result", "tool output", "function")

ROLES: dict[str, Role] = {
    **dict.fromkeys(USER, "user"), **dict.fromkeys(ASSISTANT, "assistant"),
    **dict.fromkeys(SYSTEM, "system"), **dict.fromkeys(TOOL, "tool"),
}  # fmt: skip

NAME = r"\W{0,3}?(?P<name>[A-Za-z][A-Za-z .0-9-]{0,30}?)\s*(?:\([^)\n]{0,60}\))?"
STYLES = {
    "heading": re.compile(rf"#{{1,6}}\s+(?:\*\*)?{NAME}\s*(?:\*\*)?:?(?:\*\*)?\s*$"),
    "bold": re.compile(rf"\*\*{NAME}\s*(?::\*\*|\*\*\s*:)\s*(?P<rest>.*)$"),
    "plain": re.compile(rf"{NAME}\s*:(?:\s+(?P<rest>.*)|)$"),
}
FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
VERSION = re.compile(r"[\s-]*(?:v?\d[\w.-]*|opus|sonnet|haiku|turbo|mini|pro|flash)\b.*$")


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker line with all that follows it: the line's number, the role, the words."""

    line: int
    role: Role
    text: str


def role_of(name: str) -> Role | None:
    """The role a speaker's name stands for: "User", "ChatGPT", "Claude 3.5 Sonnet"; else None."""
    plain = " ".join(name.lower().split()).strip(" .-")
    return ROLES.get(plain) or ROLES.get(VERSION.sub("", plain).strip())


def style_of(lines: list[str]) -> str | None:
    """The style in which these lines name two speakers, one of them the user; else None.

    A text that only mentions a speaker is no transcript: there must be an answer, and it must be
    another's than the question.
    """
    for style in STYLES:
        roles = [role for _, role, _ in _marks(lines, style)]
        if "user" in roles and "assistant" in roles and roles[0] in ("user", "system"):
            return style
    return None


def _marks(lines: list[str], style: str) -> Iterator[tuple[int, Role, str]]:
    """The speaker lines of a style. In plain text one name a role: "Answer:" may be its word."""
    names: dict[Role, str] = {}
    for index, role, name, rest in _named(lines, STYLES[style]):
        if names.setdefault(role, name) == name or style != "plain":
            yield index, role, rest


def _named(lines: list[str], pattern: re.Pattern[str]) -> Iterator[tuple[int, Role, str, str]]:
    """(index, role, name, rest of the line) of each speaker line outside of fenced code."""
    fence = ""
    for index, line in enumerate(lines):
        opened = FENCE.match(line)
        if opened and not fence:
            fence = opened[1]
        elif opened and line.strip().startswith(fence):
            fence = ""
            continue
        if fence or len(line) > 20_000:
            continue
        match = pattern.match(line)
        role = role_of(match["name"]) if match else None
        if match and role:
            yield index, role, match["name"].lower(), match.groupdict().get("rest") or ""


def turns(lines: list[str], style: str) -> tuple[list[str], list[Turn]]:
    """What stands before the first speaker, and each turn."""
    marks = list(_marks(lines, style))
    ends = [*(index for index, _, _ in marks[1:]), len(lines)]
    found = [
        Turn(index + 1, role, "\n".join([rest, *lines[index + 1 : end]]).strip())
        for (index, role, rest), end in zip(marks, ends, strict=True)
    ]
    return (lines[: marks[0][0]] if marks else lines), found


def to_message(turn: Turn) -> Message:
    """A turn's message; a tool's words are its result."""
    if turn.role == "tool":
        return Message("tool", (Part("tool_result", turn.text),))
    return Message.plain(turn.role, turn.text)


HUMAN = re.compile(r"(?:^|\n\n)(Human|Assistant):[ \t]?")


def human_assistant(text: str) -> list[Message]:
    """A text of "\\n\\nHuman: ...\\n\\nAssistant: ..." as messages; none where it is not one."""
    pieces = HUMAN.split(text)
    if pieces[0].strip() or len(pieces) < 3:
        return []
    roles: dict[str, Role] = {"Human": "user", "Assistant": "assistant"}
    return [
        Message.plain(roles[speaker], words.strip("\n"))
        for speaker, words in zip(pieces[1::2], pieces[2::2], strict=True)
    ]
