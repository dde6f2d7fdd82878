"""claude.ai exports: `conversations.json`, an array of conversations with `chat_messages`.

Shape from chatlectify, polylogue and the exporters' types: `sender` human or assistant, `text`,
and in newer exports `content` blocks as the Messages API has them (text, thinking, tool_use,
tool_result), `attachments` with `extracted_content`, `files`, and `parent_message_uuid`, which
makes a tree where a question was edited; then the path to the last message is the conversation,
and the others come on request. The official export names no model; `model` is read where given.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import compact, to_parts, to_role
from transcripts.formats._each import each
from transcripts.formats._told import a_list, a_map, name, told, when
from transcripts.formats._tree import Tree
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Transcript

EXAMPLE = b"""\
[{"uuid": "c1", "name": "Primes", "created_at": "2026-01-31T10:00:00Z", "account": {"uuid": "u"},
  "chat_messages": [
   {"uuid": "m1", "sender": "human", "text": "Is 91 prime?", "created_at": "2026-01-31T10:00:00Z",
    "content": [{"type": "text", "text": "Is 91 prime?", "citations": []}], "attachments": [
     {"file_name": "n.txt", "file_size": 2, "file_type": "txt", "extracted_content": "91"}]},
   {"uuid": "m2", "sender": "assistant", "text": "No.", "content": [
    {"type": "thinking", "thinking": "7 x 13"}, {"type": "text", "text": "No."}]}]}]
"""


def recognises(source: Source) -> bool:
    return any(
        isinstance(r, dict) and isinstance(r.get("chat_messages"), list) for r in source.records
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    convert = functools.partial(from_record, branches=source.branches)
    return each(source, json_records(source), convert)


def from_record(record: Any, branches: bool = False) -> Iterator[Transcript]:
    """A conversation and, where asked for, the paths that were left. Raises `Broken`."""
    if not isinstance(record, Mapping) or not isinstance(record.get("chat_messages"), list):
        raise Broken("has no 'chat_messages'")
    raw = {_id(one, n): one for n, one in enumerate(record["chat_messages"])}
    tree = Tree(
        {key: name(a_map(one).get("parent_message_uuid")) or None for key, one in raw.items()}
    )
    main = tree.main(name(record.get("current_leaf_message_uuid")) or next(reversed(raw), None))
    found = _conversation(record, raw, main)
    if not found:
        raise Broken("is a conversation without a message; it was opened and left")
    yield found
    seen = {found.content}
    for path in tree.others(main) if branches else ():
        side = _conversation(record, raw, path, branch=len(seen))
        if side and side.content not in seen:
            seen.add(side.content)
            yield side


def _id(raw: Any, number: int) -> str:
    return name(a_map(raw).get("uuid")) or f"message {number}"


def _conversation(
    record: Mapping[str, Any], raw: Mapping[str, Any], path: list[str], branch: int = 0
) -> Transcript | None:
    messages = tuple(one for n, key in enumerate(path, 1) if (one := to_message(raw[key], n)))
    if not messages:
        return None
    metadata = told(
        id=record.get("uuid"),
        title=record.get("name"),
        summary=record.get("summary"),
        created=when(record.get("created_at")),
        updated=when(record.get("updated_at")),
        project=a_map(record.get("project")).get("name"),
        branch=branch or None,
    )
    return Transcript(messages, model=name(record.get("model")), metadata=metadata)


def to_message(raw: Any, number: int) -> Message | None:
    """One message; None where it was sent empty. Raises `Broken` for a sender nobody knows."""
    if not isinstance(raw, Mapping):
        raise Broken(f"message {number} is not an object with sender and text")
    role = to_role(raw.get("sender"), number)
    parts = [
        part for part in to_parts(raw.get("content"), number) if part.text or part.data or part.name
    ]
    text = name(raw.get("text"))
    if text.strip() and not any(part.kind == "text" for part in parts):
        parts.append(Part("text", text))
    for kind in ("attachments", "files"):
        for one in a_list(raw.get(kind)):
            parts.append(_file(one, kind.removesuffix("s")))
    return Message(role, tuple(parts)) if parts else None


def _file(raw: Any, kind: str) -> Part:
    return Part("other", name=kind, data=compact({**a_map(raw), "type": kind}))
