"""Messages as the Anthropic and OpenAI APIs write them, into parts and back.

Both write `{"role", "content"}`; content is a string or a list of typed blocks, and OpenAI puts
tool calls beside it. One lenient reader serves every format that embeds either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.records import Broken
from transcripts.transcript import ROLES, Message, Part, Role

ALIASES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "model": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "tool": "tool",
    "function": "tool",
    "ipython": "tool",
}
PLAIN = {"role", "content"}
SPEAKERS = ("system", "user", "assistant")
TEXT_TYPES = ("text", "input_text", "output_text", "refusal")
THINKING_TYPES = ("thinking", "reasoning", "redacted_thinking")
CALL_TYPES = ("tool_use", "server_tool_use", "mcp_tool_use", "tool_call", "toolCall")
IMAGE_TYPES = ("image", "image_url", "input_image")


def compact(value: Any) -> str:
    """The value as JSON without spaces, keys in their own order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def arguments(value: Any) -> str:
    """A call's arguments as compact JSON; text that is not JSON stays as the model wrote it.

    Going out and coming in again must give the same: text that holds a JSON string is opened
    until it is something else.
    """
    while isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            break
    if isinstance(value, str):
        return value
    return compact({} if value is None else value)


def to_messages(raw: Any) -> tuple[Message, ...]:
    """A list of API messages as our messages. Raises `Broken` with the number of the bad one."""
    if not isinstance(raw, list):
        raise Broken("has no list of messages; put them under 'messages'")
    if not raw:
        raise Broken("has an empty list of messages")
    return tuple(to_message(one, number) for number, one in enumerate(raw, start=1))


def to_message(raw: Any, number: int) -> Message:
    """One API message. Raises `Broken` where role or content are not what they should be."""
    if not isinstance(raw, Mapping):
        raise Broken(f"message {number} is {_kind(raw)}, not an object with role and content")
    content = raw.get("content")
    if isinstance(content, str) and raw.keys() == PLAIN and raw["role"] in SPEAKERS:
        return Message(raw["role"], (Part("text", content),))  # nearly every message there is
    role = to_role(raw.get("role"), number)
    parts = list(to_parts(raw.get("content"), number))
    thought = raw.get("reasoning_content") or raw.get("reasoning")
    if thought and isinstance(thought, str):
        parts.insert(0, Part("thinking", thought))
    parts.extend(_openai_calls(raw))
    if role == "tool" and all(part.kind == "text" for part in parts):
        name = raw.get("name") or raw.get("function")  # Inspect writes the latter
        call = _text(raw.get("tool_call_id"))
        parts = [Part("tool_result", _joined(parts), _text(name), call)]
    if not parts:
        raise Broken(f"message {number} ({role}) has no content; give it text, or take it out")
    if role == "user" and all(part.kind in ("tool_result", "image") for part in parts):
        role = "tool" if any(part.kind == "tool_result" for part in parts) else role
    return Message(role, tuple(parts))


def to_role(name: Any, number: int) -> Role:
    """The role a source's name for it stands for. Raises `Broken` for one nobody knows."""
    role = ALIASES.get(name.lower()) if isinstance(name, str) else None
    if role is None:
        said = "no role" if name is None else f"the role {name!r}"
        raise Broken(f"message {number} has {said}; known are {', '.join(ROLES)}")
    return role


def to_parts(content: Any, number: int = 1) -> Iterator[Part]:
    """The parts of a message's content: a string, a list of blocks, or null for none."""
    if content is None:
        return
    if isinstance(content, str):
        yield Part("text", content)
        return
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, list):
        raise Broken(f"message {number} has {_kind(content)} for content, not text or blocks")
    for block in content:
        if isinstance(block, str):
            yield Part("text", block)
        elif isinstance(block, Mapping):
            yield from _block(block)
        else:
            raise Broken(f"message {number} has {_kind(block)} among its content blocks")


def _block(block: Mapping[str, Any]) -> Iterator[Part]:
    kind = block.get("type", "text" if "text" in block else None)
    if kind in TEXT_TYPES:
        yield Part("text", _text(block.get("text") or block.get("refusal")))
    elif kind in THINKING_TYPES:
        words = _text(block.get("thinking") or block.get("reasoning") or block.get("text"))
        sealed = block.get("data") or (block.get("reasoning") if block.get("redacted") else "")
        signature = block.get("signature") or ""
        yield Part(
            "thinking",
            "" if block.get("redacted") else words,
            name="redacted" if kind == "redacted_thinking" or block.get("redacted") else "",
            data=_text(sealed or signature),
        )
    elif kind in CALL_TYPES:
        yield from _call(block)
    elif kind == "tool_result":
        yield from _result(block)
    elif kind in IMAGE_TYPES:
        yield _image(block)
    else:
        yield Part("other", name=_text(kind), data=compact(block))


def _call(block: Mapping[str, Any]) -> Iterator[Part]:
    asked: Any = next((block[key] for key in ("input", "arguments", "args") if key in block), {})
    name, call = _text(block.get("name")), _text(block.get("id"))
    yield Part("tool_call", name=name, call=call, data=arguments(asked))
    if "tool_type" in block and (
        block.get("result") or block.get("error")
    ):  # Inspect's server tools
        failed = bool(block.get("error"))
        told = block["error"] if failed else block["result"]
        yield Part("tool_result", _text(told), name, call, failed=failed)


def _result(block: Mapping[str, Any]) -> Iterator[Part]:
    inner = list(to_parts(block.get("content")))
    call = _text(block.get("tool_use_id"))
    failed = bool(block.get("is_error"))
    yield Part("tool_result", _joined(inner), _text(block.get("name")), call, failed=failed)
    for part in inner:
        if part.kind != "text":
            yield Part(part.kind, part.text, part.name, call, part.data)


def _image(block: Mapping[str, Any]) -> Part:
    source = block.get("source") or block.get("image_url") or block.get("image") or {}
    media = source.get("media_type", "") if isinstance(source, Mapping) else ""
    url = source.get("url") if isinstance(source, Mapping) else source
    if not media and isinstance(url, str) and url.startswith("data:"):
        media = url[5:].split(";")[0].split(",")[0]
    return Part("image", name=_text(media), data=compact(source))


def _openai_calls(raw: Mapping[str, Any]) -> Iterator[Part]:
    calls = raw.get("tool_calls")
    legacy = raw.get("function_call")
    for call in [*(calls if isinstance(calls, list) else []), *([legacy] if legacy else [])]:
        if not isinstance(call, Mapping):
            continue
        function = call.get("function", call)
        if isinstance(function, Mapping):
            name = function.get("name")
            asked = function.get("arguments", function.get("args"))
        else:  # Inspect writes the name itself under "function"
            name, asked = function, call.get("arguments")
        call_id = _text(call.get("id"))
        yield Part("tool_call", name=_text(name), call=call_id, data=arguments(asked))


def to_content(message: Message) -> str | list[dict[str, Any]]:
    """The message's content as the Anthropic API writes it: a string where it is plain text."""
    if message.is_plain:
        return message.text
    blocks: list[dict[str, Any]] = []
    for part in message.parts:
        block = _to_block(part)
        result = blocks[-1] if blocks and blocks[-1]["type"] == "tool_result" else None
        if part.call and result and part.kind in ("image", "other"):  # what a tool gave back
            told = result["content"]
            result["content"] = [{"type": "text", "text": told}] if isinstance(told, str) else told
            result["content"].append(block)
        else:
            blocks.append(block)
    return blocks


def _to_block(part: Part) -> dict[str, Any]:
    if part.kind == "text":
        return {"type": "text", "text": part.text}
    if part.kind == "thinking" and part.name == "redacted":
        return {"type": "redacted_thinking", "data": part.data}
    if part.kind == "thinking":
        signed = {"signature": part.data} if part.data else {}
        return {"type": "thinking", "thinking": part.text, **signed}
    if part.kind == "tool_call":
        return {"type": "tool_use", "id": part.call, "name": part.name, "input": _loads(part.data)}
    if part.kind == "tool_result":
        named = {"name": part.name} if part.name else {}
        failed = {"is_error": True} if part.failed else {}
        result = {"type": "tool_result", "tool_use_id": part.call, "content": part.text}
        return {**result, **named, **failed}
    if part.kind == "image":
        return {"type": "image", "source": _loads(part.data)}
    return dict(_loads(part.data))


def _loads(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data  # a tool call whose arguments the model wrote as broken JSON stays as it was


def _joined(parts: list[Part]) -> str:
    return "\n\n".join(part.text for part in parts if part.kind == "text")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value)


def _kind(value: Any) -> str:
    names = {"NoneType": "null", "dict": "an object", "list": "a list", "str": "text"}
    return names.get(type(value).__name__, f"a {type(value).__name__}")
