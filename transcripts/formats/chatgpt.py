"""ChatGPT exports: `conversations.json`, an array of conversations that are trees of messages.

Shape from chatgpt-export-parser (mitkury), chatlectify and polylogue: `mapping` of nodes with
`parent` and `children`, `current_node`, and messages with `author.role`, `content.content_type`,
`recipient` and `metadata.model_slug`. The path to the current node is the conversation; what was
edited or answered again comes on request, as further transcripts with `branch`. A message to
another recipient than "all" is a tool call. An array is streamed, conversation by conversation.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import arguments, compact, to_role
from transcripts.formats._each import each
from transcripts.formats._told import a_list, a_map, as_turns, name, several, told, when
from transcripts.formats._tree import Tree
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Transcript

EXAMPLE = b"""\
[{"id": "c1", "title": "Primes", "create_time": 1767225600.5, "current_node": "n4", "mapping": {
  "n0": {"id": "n0", "parent": null, "children": ["n1"], "message": null},
  "n1": {"id": "n1", "parent": "n0", "children": ["n2", "n3"], "message": {"id": "n1",
   "author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Is 91 prime?"]}}},
  "n2": {"id": "n2", "parent": "n1", "children": [], "message": {"id": "n2", "recipient": "all",
   "author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["Yes."]}}},
  "n3": {"id": "n3", "parent": "n1", "children": ["n4"], "message": {"id": "n3",
   "author": {"role": "assistant"}, "metadata": {"model_slug": "m-1"},
   "content": {"content_type": "thoughts", "thoughts": [{"summary": "", "content": "7 x 13"}]}}},
  "n4": {"id": "n4", "parent": "n3", "children": [], "message": {"id": "n4", "recipient": "all",
   "author": {"role": "assistant"}, "metadata": {"model_slug": "m-1"},
   "content": {"content_type": "text", "parts": ["No: 7 times 13."]}}}}}]
"""

WRAPPER = "raw_provider_payload"
"""Where browser captures (polylogue) keep the conversation as ChatGPT gave it."""

THOUGHTS = ("thoughts", "reasoning_recap")
CONTEXT = ("user_editable_context", "model_editable_context")
"""What the person told ChatGPT about itself, and its memory: said to the model before all else."""

WORDS = ("parts", "text", "result", "content", "thoughts", "user_profile", "user_instructions",
         "model_set_context")  # fmt: skip
NESTED = ("parts", "thoughts")
KNOWN = (*WORDS, "content_type", "language", "response_format_name", "source_analysis_msg_id")


def recognises(source: Source) -> bool:
    return any(_is_conversation(record) for record in source.records)


def _is_conversation(record: Any) -> bool:
    record = _unwrapped(record)
    if not isinstance(record, dict) or not isinstance(record.get("mapping"), dict):
        return False
    nodes = list(record["mapping"].values())
    return all(
        isinstance(n, dict) and ("message" in n or "children" in n or "id" in n) for n in nodes[:3]
    )


def _unwrapped(record: Any) -> Any:
    return record.get(WRAPPER, record) if isinstance(record, dict) else record


def parse(source: Source) -> Iterator[Transcript | Refused]:
    convert = functools.partial(from_record, branches=source.branches)
    return each(source, json_records(source), convert)


def from_record(record: Any, branches: bool = False) -> Iterator[Transcript]:
    """A conversation and, where asked for, the paths that were left. Raises `Broken`."""
    record = _unwrapped(record)
    if not isinstance(record, Mapping) or not isinstance(record.get("mapping"), Mapping):
        raise Broken("has no 'mapping' of messages")
    nodes = {key: node for key, node in record["mapping"].items() if isinstance(node, Mapping)}
    tree = Tree({key: name(node.get("parent")) or None for key, node in nodes.items()})
    main = tree.main(name(record.get("current_node")))
    found = _conversation(record, nodes, main)
    if not found:
        raise Broken("is a conversation without a message; it was opened and left")
    yield found
    seen = {found.content}
    for path in tree.others(main) if branches else ():
        side = _conversation(record, nodes, path, branch=len(seen))
        if side and side.content not in seen:
            seen.add(side.content)
            yield side


def _conversation(
    record: Mapping[str, Any], nodes: Mapping[str, Any], path: list[str], branch: int = 0
) -> Transcript | None:
    raw = [nodes[key]["message"] for key in path if isinstance(nodes[key].get("message"), Mapping)]
    messages = tuple(as_turns(one for n, m in enumerate(raw, 1) if (one := to_message(m, n))))
    if not messages:
        return None
    slugs = [name(a_map(m.get("metadata")).get("model_slug")) for m in raw]
    metadata = told(
        id=record.get("conversation_id") or record.get("id"),
        title=record.get("title"),
        created=when(record.get("create_time")),
        updated=when(record.get("update_time")),
        gizmo=record.get("gizmo_id"),
        archived=record.get("is_archived") or None,
        branch=branch or None,
    )
    model = next(filter(None, slugs), "") or name(record.get("default_model_slug"))
    return Transcript(messages, model=model, metadata={**metadata, **several(slugs)})


def to_message(raw: Mapping[str, Any], number: int) -> Message | None:
    """One message; None where it says nothing (the hidden, empty system message of every chat)."""
    author = a_map(raw.get("author"))
    role = to_role(author.get("role"), number)
    content = raw.get("content")
    content = content if isinstance(content, Mapping) else {"parts": [content]}
    if content.get("content_type") in CONTEXT:
        role = "system"
    parts = list(_parts(content))
    recipient = name(raw.get("recipient")) or "all"
    if role == "assistant" and recipient != "all":
        asked = "\n\n".join(part.text for part in parts if part.kind == "text")
        parts = [p for p in parts if p.kind != "text"]
        parts.append(Part("tool_call", name=recipient, call=_id(raw), data=arguments(asked)))
    elif role == "tool":
        text = "\n\n".join(part.text for part in parts if part.kind == "text")
        rest = [part for part in parts if part.kind != "text"]
        parts = [Part("tool_result", text, name(author.get("name"))), *rest] if parts else []
    elif role != "assistant":
        parts += _attachments(raw)
    return Message(role, tuple(parts)) if parts else None


def _id(raw: Mapping[str, Any]) -> str:
    return name(raw.get("id"))


def _parts(content: Mapping[str, Any]) -> Iterator[Part]:
    kind = content.get("content_type")
    said = list(_said(content))
    words = "\n\n".join(one for one in said if isinstance(one, str) and one.strip())
    if words:
        yield Part("thinking" if kind in THOUGHTS else "text", words)
    for one in said:
        if isinstance(one, Mapping):
            yield _media(one)
        elif one is not None and not isinstance(one, str):
            yield Part("other", name="part", data=_other({"value": one}, "part"))
    rest = {key: value for key, value in content.items() if key not in KNOWN and value}
    if rest:
        yield Part("other", name=str(kind), data=_other(rest, str(kind)))


def _said(content: Mapping[str, Any]) -> Iterator[Any]:
    """Every piece of a content, wherever its type keeps it."""
    yield from a_list(content.get("parts"))
    if not content.get("parts"):
        yield from (content[key] for key in WORDS if content.get(key) and key not in NESTED)
    if content.get("content_type") in THOUGHTS:
        for thought in a_list(content.get("thoughts")):
            told_of = a_map(thought)
            yield "\n".join(
                filter(None, map(name, (told_of.get("summary"), told_of.get("content"))))
            )


def _media(piece: Mapping[str, Any]) -> Part:
    kind = str(piece.get("content_type") or "part")
    if kind == "image_asset_pointer":
        return Part("image", data=compact(dict(piece)))
    if kind == "audio_transcription" and isinstance(piece.get("text"), str):
        return Part("text", piece["text"])
    return Part("other", name=kind, data=_other(piece, kind))


def _attachments(raw: Mapping[str, Any]) -> Iterator[Part]:
    for one in a_list(a_map(raw.get("metadata")).get("attachments")):
        yield Part("other", name="attachment", data=_other(a_map(one), "attachment"))


def _other(value: Mapping[str, Any], kind: Any) -> str:
    return compact({**value, "type": kind})
