"""LangChain's messages as API messages: its `lc` constructors, and `{"type", "data"}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import to_message
from transcripts.formats._told import a_list, a_map, name
from transcripts.transcript import Message

ROLES = {
    "human": "user", "ai": "assistant", "system": "system", "tool": "tool", "function": "function",
    "developer": "system", "chat": "",
}  # fmt: skip


def to_messages(raw: Any) -> tuple[Message, ...]:
    """Messages in any shape that runs hold: a list, a list in a list, one, or plain text."""
    while isinstance(raw, list) and raw and isinstance(raw[0], list):
        raw = raw[0]  # LangChain batches: one conversation a list
    if isinstance(raw, str):
        raw = {"role": "user", "content": raw}
    if isinstance(raw, Mapping):
        raw = [raw]
    return tuple(_message(one, number) for number, one in enumerate(a_list(raw), start=1))


def _message(raw: Any, number: int) -> Message:
    if isinstance(raw, list) and len(raw) == 2:  # ("human", "Hello")
        raw = {"role": raw[0], "content": raw[1]}
    return to_message(as_api(raw), number)


def as_api(raw: Any) -> Any:
    """A message with `role` and `content`, whatever it was; what is one already stays."""
    if not isinstance(raw, Mapping) or "role" in raw:
        return raw
    inner = {**a_map(raw.get("data")), **a_map(raw.get("kwargs"))} or dict(raw)
    role = ROLES.get(name(inner.get("type")) or name(raw.get("type")) or _by_class(raw), "")
    role = role or ROLES.get(_by_class(raw), "") or name(inner.get("role"))
    content = inner.get("content")
    calls = list(_calls(inner))
    if calls and isinstance(content, list):  # Anthropic's blocks hold the calls as well
        calls = [] if any(a_map(b).get("type") == "tool_use" for b in content) else calls
    return {
        "role": role or None,
        "content": content if content is not None else ("" if calls else None),
        "tool_calls": calls,
        "tool_call_id": inner.get("tool_call_id"),
        "name": inner.get("name"),
        "reasoning_content": a_map(inner.get("additional_kwargs")).get("reasoning_content"),
    }


def _by_class(raw: Mapping[str, Any]) -> str:
    """`human` from `["langchain", "schema", "messages", "HumanMessage"]`."""
    path = a_list(raw.get("id"))
    return name(path[-1]).removesuffix("Chunk").removesuffix("Message").lower() if path else ""


def _calls(inner: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    calls = a_list(inner.get("tool_calls"))
    calls = calls or a_list(a_map(inner.get("additional_kwargs")).get("tool_calls"))
    for call in calls:
        if isinstance(call, Mapping):
            function = call.get("function", call)
            yield {"id": call.get("id"), "function": function}
