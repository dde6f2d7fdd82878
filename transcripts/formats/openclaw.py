"""OpenClaw telemetry: JSON Lines of `agent.start`, `agent.end`, `tool.*` and `message.*` events.

Shape from inspect_scout's fixtures: agent events carry a `sessionKey` and, again and again, the
whole of what was said so far in `messages`; the same turn is known by its `responseId`, else by
time and words. A session is one transcript; what it was asked (`prompt`) and is not among its
messages comes at its end. Where a session has no messages, its prompts and its tool calls are
what is known of it. Channel events (`message.*`) name no session: a channel becomes a transcript
of its own where it has words that no session has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from transcripts.blocks import arguments, compact, to_message
from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.formats._told import a_list, a_map, as_turns, name, several, told, total, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Transcript, digest

EXAMPLE = b"""\
{"type": "agent.start", "sessionKey": "agent:main:main", "agentId": "main", "prompt": "Who am I?"}
{"type": "agent.end", "sessionKey": "agent:main:main", "agentId": "main", "success": true, \
"messages": [{"role": "user", "content": "Who am I?", "timestamp": 1767225600000}, \
{"role": "assistant", "model": "m-1", "timestamp": 1767225601000, "responseId": "r1", \
"usage": {"input": 9, "output": 2}, "content": [{"type": "text", "text": "The owner."}]}]}
"""

AGENT = ("agent.start", "agent.end")
TOOL = ("tool.start", "tool.end")
CHANNEL = ("message.in", "message.out")
NOTES = ("compactionSummary", "custom", "branchSummary")
"""What the program itself put among the messages."""


@dataclass
class _Session:
    """One session while its events come in."""

    key: str
    said: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    tools: list[Message] = field(default_factory=list)

    def take(self, messages: list[Any]) -> None:
        for one in messages:
            if not isinstance(one, Mapping):
                raise Broken("has a message that is not an object")
            self.said.setdefault(_identity(one), one)


def recognises(source: Source) -> bool:
    return any(
        isinstance(r, dict) and "sessionKey" in r and r.get("type") in (*AGENT, *TOOL)
        for r in source.records
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    sessions: dict[str, _Session] = {}
    channels: dict[str, list[Message]] = {}
    words: set[str] = set()
    for item in json_records(source):
        if isinstance(item, Refused):
            yield item
            continue
        where, event = item
        try:
            _take(sessions, channels, event)
        except (Broken, *NOT_THE_SHAPE) as error:
            yield Refused(source.name, where, f"is not an event of telemetry ({error})")
    # Tool events may name a session of which no more is known: they only say again what another's
    # messages hold. Those sessions come last, and only with a call that no other has.
    for session in sorted(sessions.values(), key=lambda one: not (one.said or one.prompts)):
        place = f"{source.name}: session {session.key}"
        calls = {one for message in session.tools for one in _calls(message)}
        if not session.said and not session.prompts and calls <= words:
            continue
        try:
            made = _transcript(session, place)
        except (Broken, *NOT_THE_SHAPE) as error:
            yield Refused(source.name, f"session {session.key}", str(error))
        else:
            words.update(message.text.strip() for message in made.messages)
            words.update(one for message in made.messages for one in _calls(message))
            yield made
    for channel, said in channels.items():
        if any(message.text.strip() not in words for message in said):
            place = f"{source.name}: channel {channel}"
            yield Transcript(tuple(said), metadata={"channel": channel}, source=place)


def _calls(message: Message) -> list[str]:
    return [f"{part.name} {part.data}" for part in message.parts if part.kind == "tool_call"]


def _identity(raw: Mapping[str, Any]) -> str:
    if raw.get("responseId"):
        return f"response {raw['responseId']}"
    if raw.get("role") == "toolResult" and raw.get("toolCallId"):
        # Call ids are respelt between two snapshots: toolu_01 becomes toolu01.
        return f"result {str(raw['toolCallId']).replace('_', '')}"
    content = raw.get("content")
    if isinstance(content, list):
        content = [
            {**a_map(b), "id": ""} if a_map(b).get("type") == "toolCall" else b for b in content
        ]
    return digest([raw.get("role"), raw.get("timestamp"), content])


def _take(sessions: dict[str, _Session], channels: dict[str, list[Message]], event: Any) -> None:
    if not isinstance(event, Mapping):
        raise Broken("not an object")
    kind, key = event.get("type"), name(event.get("sessionKey"))
    if kind in CHANNEL and name(event.get("content")).strip():
        message = Message.plain("user" if kind == CHANNEL[0] else "assistant", event["content"])
        channels.setdefault(name(event.get("channel")), []).append(message)
    if kind not in (*AGENT, *TOOL):
        return
    session = sessions.setdefault(key, _Session(key))
    if kind in AGENT:
        if name(event.get("prompt")) and event["prompt"] not in session.prompts:
            session.prompts.append(event["prompt"])
        session.take(a_list(event.get("messages")))
    elif kind == "tool.start":
        data = arguments(event.get("params"))
        call = Part("tool_call", name=name(event.get("toolName")), data=data)
        session.tools.append(Message("assistant", (call,)))


def _transcript(session: _Session, place: str) -> Transcript:
    raw = sorted(session.said.values(), key=lambda one: _time(one.get("timestamp")))
    said = [to_said(one, number) for number, one in enumerate(raw, start=1)]
    unsaid = [one for one in session.prompts if not any(_has(message, one) for message in said)]
    asked = [Message.plain("user", one) for one in unsaid]
    said = [*said, *asked] if said else [*asked, *session.tools]
    if not said:
        raise Broken("is a session in which nothing was said")
    models = [name(one.get("model")) for one in raw if one.get("role") == "assistant"]
    usage = total({k: v for k, v in a_map(one.get("usage")).items() if k != "cost"} for one in raw)
    metadata = told(
        session=session.key, created=when(raw[0].get("timestamp")) if raw else "", usage=usage,
        side_chain=":subagent:" in session.key or None,
    )  # fmt: skip
    model = next(filter(None, models), "")
    return Transcript(
        tuple(as_turns(said)), model=model, metadata={**metadata, **several(models)}, source=place
    )


def _time(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _has(message: Message, prompt: str) -> bool:
    words = message.text.strip()
    return message.role == "user" and (prompt.strip() in words or (bool(words) and words in prompt))


def to_said(raw: Mapping[str, Any], number: int) -> Message:
    """One message; what the program put in is the system's. Raises `Broken`."""
    role = raw.get("role")
    if role == "toolResult":
        raw = {
            **raw,
            "role": "tool",
            "name": raw.get("toolName"),
            "tool_call_id": raw.get("toolCallId"),
        }
        made = to_message({**raw, "content": raw.get("content") or ""}, number)
        if raw.get("isError") and made.parts and made.parts[0].kind == "tool_result":
            first = made.parts[0]
            result = Part("tool_result", first.text, first.name, first.call, failed=True)
            made = Message("tool", (result, *made.parts[1:]))
        return made
    if role in NOTES:
        words = raw.get("summary") or raw.get("content") or ""
        return Message.plain("system", words if isinstance(words, str) else compact(words))
    return to_message(raw, number)
