"""OpenAI chat: a list of messages, alone or with the `choices` that answered it.

Shapes, as the Chat Completions API reference gives them: a JSON array of messages (one
conversation), JSON Lines of such arrays, and `{"messages", "choices"}` records. Lines of
`{"messages"}` alone (fine-tuning files) are read as native. Several choices are several samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts.blocks import to_message, to_messages
from transcripts.formats._each import each
from transcripts.records import Broken, Placed, is_lines, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Transcript

EXAMPLE = b"""\
[{"role": "developer", "content": "Answer in one line."},
 {"role": "user", "content": "What is the time in Lyon?"},
 {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
   "function": {"name": "clock", "arguments": "{\\"city\\":\\"Lyon\\"}"}}]},
 {"role": "tool", "tool_call_id": "c1", "content": "14:05"},
 {"role": "assistant", "content": "Five past two."}]
"""


def recognises(source: Source) -> bool:
    first = source.first
    if isinstance(first, list):
        first = first[0] if first else None
        return isinstance(first, dict) and "role" in first and "content" in first
    if not isinstance(first, dict):
        return False
    if source.is_array and "role" in first:
        return "content" in first or "tool_calls" in first
    return "messages" in first and "choices" in first


def parse(source: Source) -> Iterator[Transcript | Refused]:
    one = source.is_array and isinstance(source.first, dict) and "role" in source.first
    if one and not is_lines(source):
        return each(source, _whole(source), from_record)
    return each(source, json_records(source), from_record)


def _whole(source: Source) -> Iterator[Placed | Refused]:
    """All elements of the array as one conversation; nothing of it, where it breaks off."""
    messages = []
    for record in json_records(source):
        if isinstance(record, Refused):
            yield record
            return
        messages.append(record[1])
    yield "", messages


def from_record(record: Any) -> Iterator[Transcript]:
    """One conversation, or one a choice. Raises `Broken` where there is none."""
    if isinstance(record, list):
        yield Transcript(to_messages(record))
        return
    messages = to_messages(record.get("messages"))
    base = Transcript(messages, model=str(record.get("model") or ""))
    yield from answered(base, record.get("choices"), record)


def answered(base: Transcript, choices: Any, reply: Mapping[str, Any]) -> Iterator[Transcript]:
    """The conversation with each choice of a chat completion as its last message."""
    answers = list(_answers(choices, len(base.messages) + 1))
    if not answers:
        raise Broken("has a response without a message; its content was not recorded")
    metadata = dict(base.metadata)
    for ours, theirs in (("usage", "usage"), ("response_id", "id"), ("created", "created")):
        if reply.get(theirs) is not None:
            metadata[ours] = reply[theirs]
    for message in answers:
        yield replace(base, messages=(*base.messages, message), metadata=metadata)


def _answers(choices: Any, number: int) -> Iterator[Message]:
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, Mapping) and choice.get("message"):
            yield to_message(choice["message"], number)
