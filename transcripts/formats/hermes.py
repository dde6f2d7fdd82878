"""Hermes archival exports: one session with its messages, each in a state of its own.

Shape from polylogue's fixture (`archival_export/v1`): `producer` hermes/..., `messages` with
`role`, `text`, `reasoning`, `tool_calls` and `tool_results`. What was compacted was still said;
what was `rewound` was taken back, and comes on request, as a branch.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import arguments, to_role
from transcripts.formats._each import each
from transcripts.formats._told import a_list, a_map, as_turns, name, told, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Transcript

EXAMPLE = b"""\
{"schema_version": 1, "producer": "hermes/0.9.0", "session_id": "s1", "finalized": true,
 "created_at": "2026-01-31T10:00:00Z", "messages": [
  {"message_id": "m0", "role": "user", "state": "active", "text": "Is 91 prime?"},
  {"message_id": "m1", "role": "assistant", "state": "rewound", "text": "Yes."},
  {"message_id": "m2", "role": "assistant", "state": "observed", "text": "No.",
   "reasoning": "7 x 13", "tool_calls": [], "tool_results": []}],
 "usage": {"input_tokens": 9, "output_tokens": 2}}
"""

TAKEN_BACK = "rewound"


def recognises(source: Source) -> bool:
    return any(_is_session(record) for record in source.records)


def _is_session(record: Any) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("messages"), list):
        return False
    first = a_map(next(iter(record["messages"]), None))
    return "session_id" in record and "message_id" in first and "state" in first


def parse(source: Source) -> Iterator[Transcript | Refused]:
    convert = functools.partial(from_record, branches=source.branches)
    return each(source, json_records(source), convert)


def from_record(record: Any, branches: bool = False) -> Iterator[Transcript]:
    """A session and, where asked for, the answers that were rewound. Raises `Broken`."""
    raw = [a_map(one) for one in a_list(a_map(record).get("messages"))]
    kept = [one for one in raw if one.get("state") != TAKEN_BACK]
    if not kept:
        raise Broken("has no message that was kept")
    yield _conversation(record, kept, 0)
    back = [n for n, one in enumerate(raw) if one.get("state") == TAKEN_BACK]
    for branch, place in enumerate(back if branches else (), start=1):
        before = [one for one in raw[:place] if one.get("state") != TAKEN_BACK]
        yield _conversation(record, [*before, raw[place]], branch)


def _conversation(
    record: Mapping[str, Any], raw: list[Mapping[str, Any]], branch: int
) -> Transcript:
    names = {
        name(call.get("action_id")): name(call.get("tool_name"))
        for one in raw for call in map(a_map, a_list(one.get("tool_calls")))
    }  # fmt: skip
    said = [one for n, m in enumerate(raw, start=1) for one in _messages(m, n, names)]
    if not said:
        raise Broken("has messages without words")
    metadata = told(
        id=record.get("session_id"), created=when(record.get("created_at")),
        ended=when(record.get("ended_at")), end_reason=record.get("end_reason"),
        parent=record.get("parent_session_id"), producer=record.get("producer"),
        cwd=record.get("repository_cwd"), git_branch=record.get("git_branch"),
        usage=record.get("usage"), branch=branch or None,
    )  # fmt: skip
    return Transcript(tuple(as_turns(said)), model=name(record.get("model")), metadata=metadata)


def _messages(raw: Mapping[str, Any], number: int, names: Mapping[str, str]) -> Iterator[Message]:
    role = to_role(raw.get("role"), number)
    parts = []
    if name(raw.get("reasoning")):
        parts.append(Part("thinking", raw["reasoning"]))
    if name(raw.get("text")):
        parts.append(Part("text", raw["text"]))
    for call in map(a_map, a_list(raw.get("tool_calls"))):
        data = arguments(call.get("arguments_json"))
        parts.append(
            Part("tool_call", "", name(call.get("tool_name")), name(call.get("action_id")), data)
        )
    if parts and role == "tool":
        parts = [Part("tool_result", "\n\n".join(part.text for part in parts if part.text))]
    results = [_result(one, names) for one in map(a_map, a_list(raw.get("tool_results")))]
    if parts and role != "tool":
        yield Message(role, tuple(parts))
        parts = []
    if parts or results:
        yield Message("tool", (*parts, *results))


def _result(raw: Mapping[str, Any], names: Mapping[str, str]) -> Part:
    call = name(raw.get("action_id"))
    text = name(raw.get("output")) or name(raw.get("output_preview"))
    return Part("tool_result", text, names.get(call, ""), call, failed=bool(raw.get("is_error")))
