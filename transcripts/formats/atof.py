"""ATOF event streams (Agent Trajectory Observability Format 0.1): JSON Lines of scopes and marks.

Shape from a redacted recording of NeMo Relay by polylogue and the format's specification:
`kind` scope with `category` llm and `scope_category` start (`data.content`, the request) or end
(`data.assistant_message`), joined by `uuid`; sessions by `metadata.session_id`. A stream whose
words were redacted before it was shared is refused with that reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.formats._langchain import to_messages
from transcripts.formats._threads import Call, grouped, threads
from transcripts.formats._told import a_map, name, order, told, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Transcript

EXAMPLE = b"""\
{"atof_version": "0.1", "kind": "scope", "category": "llm", "scope_category": "start", \
"uuid": "l1", "timestamp": "2026-01-31T10:00:00Z", "metadata": {"session_id": "s1", \
"model": "m-1"}, "data": {"content": {"messages": [{"role": "user", "content": "Is 91 prime?"}]}}}
{"atof_version": "0.1", "kind": "scope", "category": "llm", "scope_category": "end", \
"uuid": "l1", "timestamp": "2026-01-31T10:00:02Z", "metadata": {"session_id": "s1", \
"model": "m-1"}, "data": {"assistant_message": {"role": "assistant", "content": "No."}}}
"""

REDACTED = "<redacted>"
WHY_REDACTED = "its words were redacted before it was shared; export the stream without redaction"


def recognises(source: Source) -> bool:
    return any(isinstance(record, dict) and "atof_version" in record for record in source.records)


def parse(source: Source) -> Iterator[Transcript | Refused]:
    for item in grouped(_calls(source)):
        if isinstance(item, Refused):
            yield item
            continue
        key, calls = item
        for one in threads(calls):
            yield replace(one, source=f"{source.name}: session {key}")


def _calls(source: Source) -> Iterator[tuple[str, Call] | Refused]:
    asked: dict[str, tuple[Message, ...]] = {}
    for item in json_records(source):
        if isinstance(item, Refused):
            yield item
            continue
        where, event = item
        if not isinstance(event, Mapping):
            yield Refused(source.name, where, "is not an event")
            continue
        if event.get("category") != "llm":
            continue
        key = name(event.get("uuid"))
        try:
            if event.get("scope_category") == "start":
                asked[key] = _request(a_map(event.get("data")))
            elif event.get("scope_category") == "end":
                session = name(a_map(event.get("metadata")).get("session_id"))
                yield session, _call(event, asked.pop(key, ()))
        except (Broken, *NOT_THE_SHAPE) as error:
            yield Refused(source.name, where, str(error))
    for key in asked:
        yield Refused(source.name, f"call {key}", "was never answered; the stream ends before")


def _request(data: Mapping[str, Any]) -> tuple[Message, ...]:
    content = data.get("content", data.get("input"))
    if content == REDACTED:
        raise Broken(WHY_REDACTED)
    if isinstance(content, Mapping):
        system = content.get("system") or content.get("instructions")
        first = to_messages([{"role": "system", "content": system}]) if system else ()
        return (*first, *to_messages(content.get("messages") or content.get("input")))
    return to_messages(content)


def _call(event: Mapping[str, Any], asked: tuple[Message, ...]) -> Call:
    data, metadata = a_map(event.get("data")), a_map(event.get("metadata"))
    if data.get("error"):
        raise Broken(f"is a call that failed ({str(data['error'])[:200]})")
    raw = data.get("assistant_message", data.get("output"))
    if raw == REDACTED:
        raise Broken(WHY_REDACTED)
    answer = to_messages([{"role": "assistant", "content": raw}] if isinstance(raw, str) else raw)
    if not answer:
        raise Broken("is a call without an answer")
    return Call(
        asked, answer, model=name(metadata.get("model")), at=order(event.get("timestamp")),
        usage=data.get("usage"),
        metadata=told(
            session=metadata.get("session_id"), task=metadata.get("task_id"),
            created=when(event.get("timestamp")), platform=metadata.get("platform"),
        ),
    )  # fmt: skip
