"""Anthropic's managed agent sessions: their events as JSON Lines, plain or as recorded SDK calls.

Shape from recordings in langsmith-sdk: `["client.beta.sessions.create", session]` (agent, model,
system), `["...events.send", ...]` and `["...events.stream", event]`, or the events alone. Event
types: `user.message`, `agent.message`, `agent.thinking`, `agent.tool_use` (also mcp and custom),
`agent.tool_result`, `user.custom_tool_result`, `span.model_request_end` (usage). What was sent is
streamed back, so it is read from the stream, and from the sending only where there is no stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from transcripts.blocks import arguments, compact, to_parts
from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.formats._told import a_list, a_map, as_turns, name, told, total, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Transcript

EXAMPLE = b"""\
["client.beta.sessions.create", {"id": "sesn_1", "type": "session", "agent": {"name": "Coder", \
"model": {"id": "m-1"}, "system": "Be brief."}, "created_at": "2026-01-31T10:00:00Z"}]
["client.beta.sessions.events.stream", {"id": "e1", "type": "user.message", \
"content": [{"type": "text", "text": "What is the time?"}]}]
["client.beta.sessions.events.stream", {"id": "e2", "type": "agent.tool_use", "name": "bash", \
"input": {"command": "date"}}]
["client.beta.sessions.events.stream", {"id": "e3", "type": "agent.tool_result", \
"tool_use_id": "e2", "content": [{"type": "text", "text": "10:00"}]}]
["client.beta.sessions.events.stream", {"id": "e4", "type": "agent.message", \
"content": [{"type": "text", "text": "Ten."}]}]
"""

CALLED = "client.beta.sessions."
CALLS = ("agent.tool_use", "agent.mcp_tool_use", "agent.custom_tool_use")
RESULTS = ("agent.tool_result", "agent.mcp_tool_result", "user.custom_tool_result")
SPOKEN = {"user.message": "user", "agent.message": "assistant", "system.message": "system"}


@dataclass
class _Session:
    """One session while its events come in."""

    told: dict[str, Any] = field(default_factory=dict)
    model: str = ""
    messages: list[Message] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    usage: list[Any] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def transcript(self, source: Source) -> Transcript | None:
        streamed = any(message.role != "system" for message in self.messages)
        messages = tuple(as_turns(self.messages if streamed else [*self.messages, *self.sent]))
        usage = total(self.usage)
        metadata = {**self.told, **({"usage": usage} if usage else {})}
        if not messages:
            return None
        return Transcript(messages, model=self.model, metadata=metadata, source=source.name)


def recognises(source: Source) -> bool:
    return any(_event(record) is not None or _is_call(record) for record in source.records)


def _is_call(record: Any) -> bool:
    return isinstance(record, list) and bool(record) and name(record[0]).startswith(CALLED)


def _event(record: Any) -> Mapping[str, Any] | None:
    if not isinstance(record, dict):
        return None
    kind = name(record.get("type"))
    known = kind in SPOKEN or kind in CALLS or kind in RESULTS
    return record if known and ("content" in record or "input" in record) else None


def parse(source: Source) -> Iterator[Transcript | Refused]:
    session = _Session()
    for item in json_records(source):
        if isinstance(item, Refused):
            yield item
            continue
        where, record = item
        try:
            if _opens(record) and session.messages:
                yield from filter(None, [session.transcript(source)])
                session = _Session()
            _take(session, record)
        except (Broken, *NOT_THE_SHAPE) as error:
            yield Refused(source.name, where, f"is not an event of a session ({error})")
    yield from filter(None, [session.transcript(source)])


def _opens(record: Any) -> bool:
    return _is_call(record) and record[0] == f"{CALLED}create"


def _take(session: _Session, record: Any) -> None:
    if not _is_call(record):
        if not isinstance(record, Mapping):
            raise Broken("neither a call nor an event")
        _event_of(session, record, session.messages)
    elif _opens(record):
        _open(session, a_map(record[1]))
    elif record[0].endswith("events.send"):
        given = record[1][1] if isinstance(record[1], list) else record[1]
        for event in a_list(a_map(given).get("events")):
            _event_of(session, a_map(event), session.sent)
    elif record[0].endswith("events.stream"):
        _event_of(session, a_map(record[1]), session.messages)


def _open(session: _Session, given: Mapping[str, Any]) -> None:
    agent = a_map(given.get("agent"))
    session.model = name(a_map(agent.get("model")).get("id")) or name(agent.get("model"))
    session.told = told(
        id=given.get("id"),
        title=given.get("title"),
        agent=agent.get("name"),
        created=when(given.get("created_at")),
        **dict(a_map(given.get("metadata"))),
    )
    if agent.get("system"):
        session.messages.append(Message("system", tuple(to_parts(agent["system"]))))


def _event_of(session: _Session, event: Mapping[str, Any], into: list[Message]) -> None:
    kind, key = name(event.get("type")), name(event.get("id"))
    if kind in SPOKEN:
        parts = tuple(to_parts(event.get("content")))
        if parts:
            into.append(Message(SPOKEN[kind], parts))  # type: ignore[arg-type]
    elif kind == "agent.thinking":
        words = "\n\n".join(part.text for part in to_parts(event.get("content")))
        words = words or name(event.get("thinking"))
        if words:  # most are only told to have been thought
            into.append(Message("assistant", (Part("thinking", words),)))
    elif kind in CALLS:
        called = session.names[key] = name(event.get("name"))
        into.append(
            Message(
                "assistant", (Part("tool_call", "", called, key, arguments(event.get("input"))),)
            )
        )
    elif kind in RESULTS:
        call = next((name(event[k]) for k in event if k.endswith("tool_use_id")), "")
        inner = list(to_parts(event.get("content")))
        text = "\n\n".join(part.text for part in inner if part.kind == "text")
        rest = [Part(p.kind, p.text, p.name, call, p.data) for p in inner if p.kind != "text"]
        failed = bool(event.get("is_error"))
        result = Part("tool_result", text, session.names.get(call, ""), call, failed=failed)
        into.append(Message("tool", (result, *rest)))
    elif kind == "span.model_request_end":
        session.usage.append(event.get("model_usage"))
    elif kind == "session.error":
        session.told["error"] = compact(event.get("error"))
