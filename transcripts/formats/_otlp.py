"""OpenTelemetry spans as JSON: attributes made plain, and the messages that they carry.

Three generations of attributes are in use: numbered ones (`gen_ai.prompt.0.role`, as OpenLLMetry
writes them; OpenInference's `llm.input_messages.0.message.role` are alike), events for each
message (`gen_ai.user.message`, `gen_ai.choice`), and lists of messages with parts
(`gen_ai.input.messages`, as JSON or structured, on the span or on an event).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import arguments, compact, to_message, to_role
from transcripts.formats._told import a_list, a_map, name
from transcripts.records import opened
from transcripts.transcript import Message, Part

Attributes = Mapping[str, Any]
NUMBERED = re.compile(
    r"(gen_ai\.prompt|gen_ai\.completion|llm\.(?:in|out)put_messages)\.(\d+)\.(.+)"
)
ASKED = ("gen_ai.prompt", "llm.input_messages")
EVENT_ROLES = {
    "gen_ai.system.message": "system", "gen_ai.user.message": "user", "gen_ai.choice": "assistant",
    "gen_ai.assistant.message": "assistant", "gen_ai.tool.message": "tool",
}  # fmt: skip


def plain(value: Any) -> Any:
    """An OTLP AnyValue as plain JSON; what is plain already stays."""
    if not isinstance(value, Mapping):
        return value
    if "arrayValue" in value:
        return [plain(one) for one in a_list(a_map(value["arrayValue"]).get("values"))]
    if "kvlistValue" in value:
        return attributes(a_map(value["kvlistValue"]).get("values"))
    if "intValue" in value:
        number = value["intValue"]
        return int(number) if isinstance(number, str) and number.lstrip("-").isdigit() else number
    for key in ("stringValue", "boolValue", "doubleValue", "bytesValue"):
        if key in value:
            return value[key]
    return dict(value) or None


def attributes(raw: Any) -> dict[str, Any]:
    """`[{"key", "value"}]`, or a plain map, as a map."""
    if isinstance(raw, Mapping):
        return {str(key): plain(value) for key, value in raw.items()}
    return {
        str(one["key"]): plain(one.get("value")) for one in a_list(raw) if a_map(one).get("key")
    }


def messages(span: Mapping[str, Any], told: Attributes) -> tuple[list[Message], list[Message]]:
    """What was asked and what was answered in a span, by whichever attributes it has."""
    asked, answer = _listed(told)
    for event in a_list(span.get("events")):
        if not isinstance(event, Mapping):
            continue
        inner = attributes(event.get("attributes"))
        more = _listed(inner)
        asked, answer = asked or more[0], answer or more[1]
        if one := _of_event(name(event.get("name")), inner, event):
            (answer if event.get("name") == "gen_ai.choice" else asked).append(one)
    numbered = _numbered(told)
    return asked or numbered[0], answer or numbered[1]


def _listed(told: Attributes) -> tuple[list[Message], list[Message]]:
    """Messages in lists: `gen_ai.input.messages` and its kin, with the system's instructions."""
    system = opened(told.get("gen_ai.system_instructions"))
    asked = list(
        _many(opened(told.get("gen_ai.input.messages") or told.get("gen_ai.prompt")), "user")
    )
    answer = list(
        _many(
            opened(told.get("gen_ai.output.messages") or told.get("gen_ai.completion")),
            "assistant",
        )
    )
    if system and not (asked and asked[0].role == "system"):
        instructions = list(
            _many([{"role": "system", "parts": a_list(system) or [system]}], "system")
        )
        asked = [*instructions, *asked]
    return asked, answer


def _many(raw: Any, role: str) -> Iterator[Message]:
    if isinstance(raw, Mapping):
        raw = raw.get("messages") or [raw]
    elif isinstance(raw, str) and raw:
        raw = [{"role": role, "content": raw}]
    for number, one in enumerate(a_list(raw), start=1):
        one = opened(one)
        if isinstance(one, str):
            one = {"role": role, "content": one}
        yield _message({"role": role, **a_map(one)}, number)


def _message(raw: Mapping[str, Any], number: int) -> Message:
    if not isinstance(raw.get("parts"), list):
        return to_message(raw, number)
    role = to_role(raw.get("role"), number)
    parts = tuple(part for one in raw["parts"] for part in _part(one))
    if role in ("user", "tool") and parts and all(p.kind == "tool_result" for p in parts):
        role = "tool"
    return Message(role, parts or (Part("text", ""),))


def _part(raw: Any) -> Iterator[Part]:
    if isinstance(raw, str):
        yield Part("text", raw)
        return
    kind, content = a_map(raw).get("type"), a_map(raw).get("content")
    call = name(a_map(raw).get("id"))
    if kind == "text" or (kind is None and isinstance(content, str)):
        yield Part("text", content if isinstance(content, str) else compact(content))
    elif kind in ("reasoning", "thinking"):
        yield Part("thinking", content if isinstance(content, str) else compact(content))
    elif kind in ("tool_call", "server_tool_call"):
        yield Part(
            "tool_call", name=name(raw.get("name")), call=call, data=arguments(raw.get("arguments"))
        )
    elif kind in ("tool_call_response", "server_tool_call_response"):
        answer = raw.get("response", raw.get("result", content))
        text = answer if isinstance(answer, str) else compact(answer)
        yield Part("tool_result", text, name(raw.get("name")), call)
    elif raw.get("modality") == "image" and ("content" in raw or "uri" in raw):
        yield Part(
            "image",
            name=name(raw.get("mime_type")),
            data=compact({**raw, "media_type": raw.get("mime_type")}),
        )
    else:
        yield Part("other", name=str(kind), data=compact({**a_map(raw), "type": str(kind)}))


def _of_event(kind: str, inner: Attributes, event: Mapping[str, Any]) -> Message | None:
    role = EVENT_ROLES.get(kind)
    if role is None:
        return None
    body = {**inner, **a_map(plain(event.get("body")))}
    raw = a_map(opened(body.get("message"))) or body
    calls = opened(raw.get("tool_calls"))
    content = raw.get("content", "" if calls else None)
    if content is None and not calls:
        return None
    given = {
        "role": name(raw.get("role")) or role, "content": opened(content),
        "tool_calls": calls, "tool_call_id": raw.get("id"), "name": raw.get("name"),
    }  # fmt: skip
    return to_message(
        {**given, "content": content} if isinstance(given["content"], Mapping) else given, 1
    )


def _numbered(told: Attributes) -> tuple[list[Message], list[Message]]:
    """`gen_ai.prompt.0.content` and its kin, put together again by number."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for key, value in told.items():
        if match := NUMBERED.fullmatch(key):
            rest = match[3].removeprefix("message.")
            found.setdefault((match[1], int(match[2][:6])), {})[rest] = value
    asked: list[Message] = []
    answer: list[Message] = []
    for (kind, number), raw in sorted(found.items()):
        side = asked if kind in ASKED else answer
        side.append(_from_numbered(raw, "user" if kind in ASKED else "assistant", number + 1))
    return asked, answer


CALL_KEY = re.compile(r"tool_calls\.(\d+)\.(?:tool_call\.)?(?:function\.)?(name|arguments|id)")


def _from_numbered(raw: Mapping[str, Any], role: str, number: int) -> Message:
    calls: dict[int, dict[str, Any]] = {}
    for key, value in raw.items():
        if match := CALL_KEY.fullmatch(key):
            calls.setdefault(int(match[1][:6]), {})[match[2]] = value
    content = opened(raw.get("content"))
    if isinstance(content, Mapping) or not all(isinstance(b, Mapping) for b in a_list(content)):
        content = raw.get("content")
    made = {
        "role": name(raw.get("role")) or role,
        "content": content if content is not None else "",
        "tool_calls": [
            {
                "id": call.get("id"),
                "function": {"name": call.get("name"), "arguments": call.get("arguments")},
            }
            for _, call in sorted(calls.items())
        ],
        "tool_call_id": raw.get("tool_call_id"),
        "name": raw.get("name"),
    }
    if made["tool_calls"] and made["content"] == "":
        made["content"] = None
    return to_message(made, number)
