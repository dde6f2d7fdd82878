"""Codex sessions: `rollout-*.jsonl`, a line each event of the program.

Shape from polylogue's fixtures: `session_meta` (id, cwd, instructions), `turn_context` (model),
`response_item` with a `payload` as the Responses API has them (message, reasoning, function_call
and its output, custom and local shell calls), `compacted`, and token counts. `event_msg` lines
repeat what is said elsewhere and are passed over. Reasoning, calls and words between two
messages of others are one answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from transcripts.blocks import arguments, compact, to_message, to_parts
from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.formats._told import a_list, a_map, as_turns, name, several, told, total, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Transcript

EXAMPLE = b"""\
{"type": "session_meta", "payload": {"id": "s1", "timestamp": "2026-01-31T10:00:00Z", \
"cwd": "/repo", "instructions": "Be brief."}}
{"type": "turn_context", "payload": {"cwd": "/repo", "model": "m-1"}}
{"type": "response_item", "payload": {"type": "message", "role": "user", \
"content": [{"type": "input_text", "text": "List the files."}]}}
{"type": "response_item", "payload": {"type": "function_call", "call_id": "c1", "name": "shell", \
"arguments": "{\\"cmd\\": \\"ls\\"}"}}
{"type": "response_item", "payload": {"type": "function_call_output", "call_id": "c1", \
"output": "README.md"}}
{"type": "response_item", "payload": {"type": "message", "role": "assistant", \
"content": [{"type": "output_text", "text": "One: README.md."}]}}
"""

KINDS = ("session_meta", "turn_context", "response_item", "event_msg", "compacted")
CALLS = (
    "function_call",
    "custom_tool_call",
    "local_shell_call",
    "web_search_call",
    "tool_search_call",
)


@dataclass
class _Session:
    """One session while its lines come in."""

    told: dict[str, Any] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    usage: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def recognises(source: Source) -> bool:
    return any(
        isinstance(r, dict) and r.get("type") in KINDS and isinstance(r.get("payload"), dict)
        for r in source.records
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    session = _Session()
    for item in json_records(source):
        if isinstance(item, Refused):
            yield item
            continue
        where, line = item
        try:
            if a_map(line).get("type") == "session_meta" and _spoken(session):
                yield _transcript(session, source)
                session = _Session()
            _take(session, line)
        except (Broken, *NOT_THE_SHAPE) as error:
            yield Refused(source.name, where, f"not a Codex line ({error})")
    if session.messages:
        yield _transcript(session, source)


def _spoken(session: _Session) -> bool:
    return any(message.role != "system" for message in session.messages)


def _transcript(session: _Session, source: Source) -> Transcript:
    usage = {"usage": session.usage} if session.usage else {}
    return Transcript(
        tuple(as_turns(session.messages)),
        model=next(iter(session.models), ""),
        metadata={**session.told, **usage, **several(session.models)},
        source=f"{source.name}: session {session.told.get('id', '')}".rstrip(),
    )


def _take(session: _Session, line: Any) -> None:
    if not isinstance(line, Mapping) or not isinstance(line.get("payload"), Mapping):
        raise Broken("has no payload")
    kind, payload = line.get("type"), line["payload"]
    if kind == "session_meta":
        _open(session, payload)
    elif kind == "turn_context":
        inner = a_map(payload.get("turn_context")) or payload
        if name(inner.get("model")):
            session.models.append(inner["model"])
    elif kind == "compacted":
        session.told["compacted"] = session.told.get("compacted", 0) + 1
    elif payload.get("type") == "token_count":
        _count(session, payload)
    elif kind == "response_item":
        session.messages.extend(_item(session, payload))


def _open(session: _Session, payload: Mapping[str, Any]) -> None:
    session.told.update(
        told(
            id=payload.get("id"),
            created=when(payload.get("timestamp")),
            cwd=payload.get("cwd"),
            git=payload.get("git"),
            version=payload.get("cli_version"),
            source=payload.get("originator"),
        )
    )
    instructions = payload.get("instructions") or a_map(payload.get("base_instructions")).get(
        "text"
    )
    if isinstance(instructions, str) and instructions:
        session.messages.append(Message.plain("system", instructions))


def _count(session: _Session, payload: Mapping[str, Any]) -> None:
    running = a_map(a_map(payload.get("info")).get("total_token_usage"))
    if running:  # a running total
        session.usage = dict(running)
    else:
        session.usage = total([session.usage, payload])


def _item(session: _Session, payload: Mapping[str, Any]) -> Iterator[Message]:
    kind, call = payload.get("type"), name(payload.get("call_id")) or name(payload.get("id"))
    if kind == "message":
        yield to_message(payload, len(session.messages) + 1)
    elif kind == "reasoning":
        if part := _thought(payload):
            yield Message("assistant", (part,))
    elif kind in CALLS:
        called = session.names[call] = name(payload.get("name")) or str(kind).removesuffix("_call")
        given = next((payload[k] for k in ("arguments", "input", "action") if k in payload), None)
        yield Message(
            "assistant", (Part("tool_call", name=called, call=call, data=arguments(given)),)
        )
    elif isinstance(kind, str) and kind.endswith("_output"):
        yield Message(
            "tool", tuple(_result(payload.get("output"), session.names.get(call, ""), call))
        )
    else:
        data = compact({**payload, "type": str(kind)})
        yield Message("assistant", (Part("other", name=str(kind), data=data),))


def _thought(payload: Mapping[str, Any]) -> Part | None:
    said = [*a_list(payload.get("summary")), *a_list(payload.get("content"))]
    words = "\n\n".join(name(a_map(one).get("text")) for one in said if a_map(one).get("text"))
    sealed = name(payload.get("encrypted_content"))
    if words:
        return Part("thinking", words, data=sealed)
    return Part("thinking", name="redacted", data=sealed) if sealed else None


def _result(output: Any, called: str, call: str) -> Iterator[Part]:
    failed = False
    if isinstance(output, Mapping):
        failed = output.get("success") is False
        output = output.get("content", compact(dict(output)))
    parts = list(to_parts(output if isinstance(output, str | list) else str(output or "")))
    text = "\n\n".join(part.text for part in parts if part.kind == "text")
    yield Part("tool_result", text, called, call, failed=failed)
    yield from (Part(p.kind, p.text, p.name, call, p.data) for p in parts if p.kind != "text")
