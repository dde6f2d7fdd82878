"""ShareGPT: `{"id", "conversations": [{"from": "human" | "gpt" | "system", "value"}]}`.

The shape of the ShareGPT dumps and of FastChat's training data (lm-sys/FastChat,
`data/dummy_conversation.json`); as a JSON array or one record a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import to_role
from transcripts.formats._each import each
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Role, Transcript

EXAMPLE = b"""\
[{"id": "a_0", "conversations": [{"from": "human", "value": "Who are you?"},
  {"from": "gpt", "value": "A language model."}]}]
"""

SPEAKERS = {"chatgpt": "assistant", "bing": "assistant", "bard": "assistant", "claude": "assistant"}
TOOLS: dict[str, Role] = {"observation": "tool", "function_response": "tool", "tool": "tool"}


def recognises(source: Source) -> bool:
    return any(
        isinstance(record, dict) and _turns(record) and "from" in _turns(record)[0]
        for record in source.records
    )


def _turns(record: Mapping[str, Any]) -> list[Any]:
    turns = record.get("conversations") or record.get("conversation")
    return turns if isinstance(turns, list) and turns and isinstance(turns[0], dict) else []


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, json_records(source), from_record)


def from_record(record: Any) -> Transcript:
    """One conversation. Raises `Broken` for one without turns, or a speaker nobody knows."""
    if not isinstance(record, Mapping) or not _turns(record):
        raise Broken("has no 'conversations' with turns")
    messages = []
    if record.get("system"):
        messages.append(Message.plain("system", str(record["system"])))
    messages.extend(_message(turn, n) for n, turn in enumerate(_turns(record), start=1))
    others = {k: v for k, v in record.items() if k not in ("conversations", "conversation")}
    others.pop("system", None)
    return Transcript(tuple(messages), model=str(others.pop("model", "") or ""), metadata=others)


def _message(turn: Any, number: int) -> Message:
    if not isinstance(turn, Mapping) or not isinstance(turn.get("value"), str):
        raise Broken(f"turn {number} has no text under 'value'")
    speaker = str(turn.get("from", "")).lower()
    if speaker in TOOLS:
        return Message("tool", (Part("tool_result", turn["value"]),))
    if speaker == "function_call":
        return Message("assistant", (Part("tool_call", data=turn["value"]),))
    return Message.plain(to_role(SPEAKERS.get(speaker, turn.get("from")), number), turn["value"])
