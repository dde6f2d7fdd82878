"""Google AI Studio prompts, as it keeps them in Drive: one JSON document with `chunkedPrompt`.

Shape from polylogue's fixtures: `chunks` with `role` user or model, `text` or `parts`, `isThought`,
`executableCode`, `codeExecutionResult`, attached files, `branchParent` where an answer was given
again; `runSettings.model` and `systemInstruction` beside them. The last answer to a question is
the conversation's; the earlier ones come on request.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts.blocks import arguments, compact, to_role
from transcripts.formats._each import each
from transcripts.formats._told import a_list, a_map, as_turns, name, told, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Transcript

EXAMPLE = b"""\
{"id": "g1", "displayName": "Primes", "createTime": "2026-01-31T10:00:00Z",
 "runSettings": {"model": "models/m-1"}, "systemInstruction": {"text": "Be brief."},
 "chunkedPrompt": {"chunks": [
  {"id": "c1", "role": "user", "text": "Is 91 prime?"},
  {"id": "c2", "role": "model", "isThought": true, "text": "7 x 13"},
  {"id": "c3", "role": "model", "text": "No.", "tokenCount": 2, "finishReason": "STOP"}]}}
"""

FILES = ("driveDocument", "driveImage", "driveVideo", "driveAudio", "youtubeVideo", "inlineFile",
         "inlineImage", "inlineData")  # fmt: skip


def recognises(source: Source) -> bool:
    return any(_chunks(record) is not None for record in source.records)


def _chunks(record: Any) -> list[Any] | None:
    chunks = a_map(a_map(record).get("chunkedPrompt")).get("chunks")
    return chunks if isinstance(chunks, list) else None


def parse(source: Source) -> Iterator[Transcript | Refused]:
    convert = functools.partial(from_record, branches=source.branches)
    return each(source, json_records(source), convert)


def from_record(record: Any, branches: bool = False) -> Iterator[Transcript]:
    """A conversation and, where asked for, its other answers. Raises `Broken` without a chunk."""
    chunks = _chunks(record)
    if not chunks:
        raise Broken("has no chunks; nothing was said in it")
    main, sides = _paths(chunks)
    base = _base(record)
    yield _conversation(base, main)
    for number, side in enumerate(sides if branches else (), start=1):
        one = _conversation(base, side)
        yield replace(one, metadata={**one.metadata, "branch": number})


def _paths(chunks: list[Any]) -> tuple[list[Any], list[list[Any]]]:
    """The chunks that count, and for each answer that was given again, the path to it."""
    last = {_parent(one): n for n, one in enumerate(chunks) if _parent(one)}
    again = [n for n, one in enumerate(chunks) if _parent(one) and last[_parent(one)] != n]
    main = [one for n, one in enumerate(chunks) if n not in again]
    sides = []
    for n in again:
        before = [one for k, one in enumerate(chunks[:n]) if k not in again]
        sides.append([*before, chunks[n]])
    return main, sides


def _parent(chunk: Any) -> str:
    return name(a_map(a_map(chunk).get("branchParent")).get("id"))


def _base(record: Mapping[str, Any]) -> Transcript:
    settings = a_map(record.get("runSettings"))
    system = a_map(record.get("systemInstruction"))
    words = name(system.get("text")) or "\n\n".join(
        name(a_map(part).get("text")) for part in a_list(system.get("parts"))
    )
    return Transcript(
        (Message.plain("system", words),) if words.strip() else (),
        model=name(settings.get("model")),
        metadata=told(
            id=record.get("id"),
            title=record.get("displayName") or record.get("title"),
            created=when(record.get("createTime")),
            updated=when(record.get("updateTime")),
            temperature=settings.get("temperature"),
        ),
    )


def _conversation(base: Transcript, chunks: list[Any]) -> Transcript:
    said = [one for n, chunk in enumerate(chunks, 1) for one in to_messages(chunk, n)]
    if not said:
        raise Broken("has chunks without words; nothing was said in it")
    errors = [a_map(one)["errorMessage"] for one in chunks if a_map(one).get("errorMessage")]
    tokens = sum(n for one in chunks if isinstance(n := a_map(one).get("tokenCount"), int))
    usage = {"tokens": tokens} if tokens else {}
    metadata = {**base.metadata, **told(errors=errors, usage=usage)}
    return replace(base, messages=(*base.messages, *as_turns(said)), metadata=metadata)


def to_messages(chunk: Any, number: int) -> Iterator[Message]:
    """A chunk's message, if it says anything. Raises `Broken` for a role nobody knows."""
    if not isinstance(chunk, Mapping):
        raise Broken(f"chunk {number} is not an object with role and text")
    role = to_role(chunk.get("role"), number)
    parts = list(_parts(chunk))
    if parts:
        yield Message(role, tuple(parts))


def _parts(chunk: Mapping[str, Any]) -> Iterator[Part]:
    kind = "thinking" if chunk.get("isThought") else "text"
    if name(chunk.get("text")).strip():
        yield Part(kind, chunk["text"])  # type: ignore[arg-type]
    elif chunk.get("parts"):
        for part in a_list(chunk["parts"]):
            if name(a_map(part).get("text")).strip():
                thought = kind == "thinking" or a_map(part).get("thought")
                yield Part("thinking" if thought else "text", part["text"])
            elif not (isinstance(part, Mapping) and "text" in part):
                yield Part("other", name="part", data=compact({"value": part, "type": "part"}))
    if code := chunk.get("executableCode"):
        yield Part("tool_call", name="code_execution", data=arguments(code))
    if result := a_map(chunk.get("codeExecutionResult")):
        failed = name(result.get("outcome")) not in ("", "OUTCOME_OK")
        yield Part("tool_result", name(result.get("output")), "code_execution", failed=failed)
    for key in FILES:
        if chunk.get(key):
            file = chunk[key] if isinstance(chunk[key], Mapping) else {"value": chunk[key]}
            if name(file.get("mimeType")).startswith("image/"):
                source = {**file, "media_type": file["mimeType"]}
                yield Part("image", name=file["mimeType"], data=compact(source))
            else:
                yield Part("other", name=key, data=compact({**file, "type": key}))
