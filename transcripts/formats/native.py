"""Traitbook's own interchange: one transcript a JSON line (or in an array, or one a file).

    {"release", "model", "scenario", "sample", "messages", "metadata", "ratings"}

Only `messages` is required. Content is a string or a list of blocks as the Anthropic Messages
API has them; OpenAI's tool calls are understood too. Keys that are not ours go into metadata.
The shape is described in docs/formats.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import to_messages
from transcripts.formats._each import each
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Said, Score, Transcript

EXAMPLE = b"""\
{"release": "r2", "scenario": "s-014", "sample": 1, "messages": [\
{"role": "user", "content": "Is 91 prime?"}, {"role": "assistant", "content": [\
{"type": "thinking", "thinking": "7 x 13."}, {"type": "text", "text": "No: 7 times 13."}]}], \
"metadata": {"warranted": "no"}, "ratings": [{"trait": "candor_fit", "rater": "author", \
"kind": "author", "value": 0, "message": 2, "quotes": [{"message": 2, "text": "7 times 13"}]}]}
"""

OURS = ("release", "model", "scenario", "sample", "messages", "metadata", "ratings", "id")
FOREIGN = (
    "choices", "response", "request", "conversations", "mapping", "chat_messages", "eval",
    "target_messages", "max_tokens", "system", "events", "sessionKey", "producer",
)  # fmt: skip
MANNERS = ("blind", "after_reveal", "open")
YES_NO = {True: "yes", False: "no"}


def recognises(source: Source) -> bool:
    records = [record for record in source.records if isinstance(record, dict)]
    return any("messages" in record and not _foreign(record) for record in records)


def _foreign(record: dict[str, Any]) -> bool:
    return any(key in record for key in FOREIGN)


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, json_records(source), from_record)


def from_record(record: Any) -> Transcript:
    """A native record as a transcript. Raises `Broken` where it is not one."""
    if not isinstance(record, Mapping):
        raise Broken("is not an object with 'messages'")
    if "messages" not in record:
        raise Broken('has no \'messages\'; a transcript is {"messages": [{"role", "content"}]}')
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise Broken("has metadata that is not an object")
    others = {key: value for key, value in record.items() if key not in OURS}
    messages = to_messages(record["messages"])
    return Transcript(
        messages=messages,
        release=_name(record, "release"),
        scenario=_name(record, "scenario"),
        sample=_sample(record.get("sample")),
        model=_name(record, "model"),
        metadata=_plain({**others, **metadata}),
        scores=tuple(to_score(one, len(messages)) for one in record.get("ratings") or ()),
    )


def _name(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        raise Broken(f"has a {key} that is not a name: {value!r}")
    return str(value)


def _sample(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Broken(f"has sample {value!r}; a sample is a whole number from 1, or left out")
    return value


def _plain(metadata: dict[str, Any]) -> dict[str, Any]:
    warranted = metadata.get("warranted")
    if isinstance(warranted, bool):  # YAML 1.1 reads an unquoted yes as true
        metadata["warranted"] = YES_NO[warranted]
    return metadata


def to_score(raw: Any, messages: int) -> Score:
    """A rating of the native interchange as a score. Raises `Broken` where it is not one."""
    if not isinstance(raw, Mapping) or not raw.get("trait"):
        raise Broken("has a rating without a trait")
    trait = str(raw["trait"])
    status = raw.get("status") or ("rated" if raw.get("value") is not None else "unscored")
    value, message = raw.get("value"), raw.get("message")
    if status not in ("rated", "not_applicable", "unscored"):
        raise Broken(f"has a {trait} rating with status {status!r}")
    if status == "rated" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Broken(f"has a {trait} rating whose value is {value!r}, not a number")
    if message is not None and not (isinstance(message, int) and 1 <= message <= messages):
        raise Broken(f"has a {trait} rating on message {message!r}; there are {messages}")
    scale = raw.get("scale")
    kind = str(raw.get("kind") or "author")
    return Score(
        trait=trait,
        rater=str(raw.get("rater") or kind),
        value=float(value) if status == "rated" and value is not None else None,
        kind=kind,
        status=status,
        message=message,
        repeat=int(raw.get("repeat") or 1),
        why=str(raw.get("why") or ""),
        reason=str(raw.get("reason") or ""),
        quotes=tuple(_quote(one, message) for one in raw.get("quotes") or ()),
        scale=(float(scale[0]), float(scale[1])) if scale else None,
        rubric=str(raw.get("rubric") or ""),
        at=str(raw.get("at") or ""),
        other=str(raw.get("other") or ""),
        manner=_manner(raw, trait),
        identity=str(raw.get("identity") or ""),
        unsure=str(raw.get("unsure") or "").lower() in ("1", "true", "yes"),
    )


def _manner(raw: Mapping[str, Any], trait: str) -> str:
    manner = str(raw.get("manner") or "")
    if manner not in ("", *MANNERS):
        raise Broken(f"has a {trait} rating with the manner {manner!r}; {', '.join(MANNERS)}")
    return manner


def _quote(raw: Any, message: int | None) -> Said:
    if isinstance(raw, str):
        return Said(message, raw)
    return Said(raw.get("message", message), str(raw["text"]), raw.get("part"), raw.get("start"))
