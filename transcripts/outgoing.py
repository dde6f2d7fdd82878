"""Messages in the shapes of others: OpenAI's chat messages, and Inspect's, which Scout reads.

What a shape has no place for is left out of it, and the docstrings say what that is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from transcripts.transcript import Message, Part, Transcript

Raw = dict[str, Any]


def to_openai(message: Message) -> Iterator[Raw]:
    """The message as the Chat Completions API writes it: one, and one more a tool result.

    Thinking and blocks nobody knows are left out: the API takes neither. A message of nothing
    else gives nothing.
    """
    for part in message.parts:
        if part.kind == "tool_result":
            yield {"role": "tool", "tool_call_id": part.call, "content": part.text}
    blocks = list(filter(None, map(_openai_block, message.parts)))
    calls = [_openai_call(part) for part in message.parts if part.kind == "tool_call"]
    if message.role == "tool" or not (blocks or calls):
        return
    plain = all(block["type"] == "text" for block in blocks)
    said: Any = "\n\n".join(block["text"] for block in blocks) if plain else blocks
    called = {"tool_calls": calls} if calls else {}
    yield {"role": message.role, "content": said if blocks else None, **called}


def _openai_block(part: Part) -> Raw | None:
    if part.kind == "text":
        return {"type": "text", "text": part.text}
    url = image_url(part) if part.kind == "image" else ""
    return {"type": "image_url", "image_url": {"url": url}} if url else None


def _openai_call(part: Part) -> Raw:
    function = {"name": part.name, "arguments": part.data or "{}"}
    return {"id": part.call, "type": "function", "function": function}


def image_url(part: Part) -> str:
    """Where an image is, as a web address or as data; nothing where its source has neither."""
    source = _opened(part.data)
    if isinstance(source, str):
        return source
    if not isinstance(source, dict):
        return ""
    if isinstance(source.get("url"), str):
        return str(source["url"])
    media = source.get("media_type") or part.name
    return f"data:{media};base64,{source['data']}" if media and source.get("data") else ""


def to_inspect(transcript: Transcript) -> list[Raw]:
    """The messages as Inspect's logs write them, with ids of the form `transcript-number`.

    Inspect has one tool result a message; a message of several becomes several, with the same
    number and a letter.
    """
    identity = transcript.id  # the hash of every word: once, and not once a message
    return [
        {"id": f"{identity}-{number}{letter(place)}", **raw}
        for number, message in transcript.numbered()
        for place, raw in enumerate(_inspect(message))
    ]


def letter(place: int) -> str:
    """What tells apart the messages of one number: nothing for the first, then b, c, ..., z, zb."""
    return "z" * (place // 25) + ("" if place % 25 == 0 else chr(97 + place % 25))


def _inspect(message: Message) -> Iterator[Raw]:
    results = [part for part in message.parts if part.kind == "tool_result"]
    calls = {part.call for part in results if part.call}
    for result in results:
        more = [p for p in message.parts if p.kind == "image" and p.call and p.call == result.call]
        yield _inspect_result(result, more)
    said = [
        part
        for part in message.parts
        if part.kind not in ("tool_result", "tool_call") and not (part.call and part.call in calls)
    ]
    asked = [_inspect_call(part) for part in message.parts if part.kind == "tool_call"]
    if results and not said and not asked:
        return
    role = "user" if message.role == "tool" else message.role
    called = {"tool_calls": asked} if asked else {}
    yield {"role": role, "content": _inspect_content(said), **called}


def _inspect_content(parts: list[Part]) -> str | list[Raw]:
    if all(part.kind == "text" for part in parts) and len(parts) < 2:
        return parts[0].text if parts else ""
    return [_inspect_block(part) for part in parts]


def _inspect_block(part: Part) -> Raw:
    if part.kind == "text":
        return {"type": "text", "text": part.text}
    if part.kind == "thinking" and part.name == "redacted":
        return {"type": "reasoning", "reasoning": part.data, "redacted": True}
    if part.kind == "thinking":
        signed = {"signature": part.data} if part.data else {}
        return {"type": "reasoning", "reasoning": part.text, **signed}
    url = image_url(part) if part.kind == "image" else ""
    if url:
        return {"type": "image", "image": url}
    data = _opened(part.data)
    return {"type": "data", "data": data if isinstance(data, dict) else {"value": data}}


def _inspect_result(part: Part, images: list[Part]) -> Raw:
    said = Part("text", part.text)
    failed = {"error": {"type": "unknown", "message": part.text}} if part.failed else {}
    return {
        "role": "tool", "content": _inspect_content([said, *images]),
        "tool_call_id": part.call or None, "function": part.name or None, **failed,
    }  # fmt: skip


def _inspect_call(part: Part) -> Raw:
    asked = _opened(part.data)
    known = isinstance(asked, dict)
    broken = {} if known else {"parse_error": part.data}
    return {
        "id": part.call, "function": part.name, "arguments": asked if known else {},
        "type": "function", **broken,
    }  # fmt: skip


def _opened(data: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data
