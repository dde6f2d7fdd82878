"""Anthropic Messages: what was asked and what was answered, as logging wrappers keep it.

`{"request": {"model", "system", "messages"}, "response": {"content", "usage", ...}}`, or the
request's keys beside a `response`, or a request alone; as in the Messages API reference. A
record of the same shape whose response is a chat completion (`choices`) is read too, since such
logs hold both. A failed call is refused with the error it got: it holds no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import to_message, to_messages, to_parts
from transcripts.formats._each import each
from transcripts.formats.openai_chat import answered
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Transcript

EXAMPLE = b"""\
{"request": {"model": "m-1", "max_tokens": 99, "system": "Be brief.", "messages": [\
{"role": "user", "content": "Is 91 prime?"}]}, "response": {"id": "msg_1", "model": "m-1-2026", \
"role": "assistant", "content": [{"type": "thinking", "thinking": "7 x 13", "signature": "x"}, \
{"type": "text", "text": "No."}], "stop_reason": "end_turn", \
"usage": {"input_tokens": 21, "output_tokens": 9}}}
"""


def recognises(source: Source) -> bool:
    return any(_is_record(record) for record in source.records)


def _is_record(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    request = record.get("request", record)
    if not isinstance(request, dict) or "messages" not in request:
        return False
    if "request" in record:
        return True
    return "choices" not in record and any(
        key in record for key in ("response", "system", "max_tokens")
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, json_records(source), from_record)


def from_record(record: Mapping[str, Any]) -> Iterator[Transcript]:
    """One exchange (several, where several choices came back). Raises `Broken` where it failed."""
    request = record.get("request", record)
    base = Transcript(
        messages=(*_system(request.get("system")), *to_messages(request.get("messages"))),
        model=str(request.get("model") or record.get("model") or ""),
        metadata=_metadata(record),
    )
    response = record.get("response")
    if response is None and record.get("error"):
        raise Broken(f"is a call that failed ({_error(record['error'])}); there is no answer in it")
    if response is None:
        yield base
        return
    if not isinstance(response, Mapping):
        raise Broken("has a response that is not an object")
    if response.get("type") == "error" or response.get("error"):
        raise Broken(f"is a call that failed ({_error(response['error'])}); it holds no answer")
    if "choices" in response:
        yield from answered(base, response["choices"], response)
        return
    yield with_answer(base, response)


def with_answer(base: Transcript, response: Mapping[str, Any]) -> Transcript:
    """The conversation with the response's message as its last. Raises `Broken` without one."""
    if not response.get("content"):
        raise Broken("has a response without content; what the model said was not recorded")
    number = len(base.messages) + 1
    answer = to_message({"role": "assistant", "content": response["content"]}, number)
    metadata = dict(base.metadata)
    for key in ("usage", "stop_reason"):
        if response.get(key) is not None:
            metadata[key] = response[key]
    if response.get("id"):
        metadata["response_id"] = response["id"]
    model = str(response.get("model") or base.model)
    return Transcript((*base.messages, answer), model=model, metadata=metadata)


def _system(system: Any) -> tuple[Message, ...]:
    parts = tuple(to_parts(system))
    return (Message("system", parts),) if parts else ()


def _metadata(record: Mapping[str, Any]) -> dict[str, Any]:
    if "request" not in record:
        return {}
    told = {key: record[key] for key in record if key not in ("request", "response", "error")}
    return {key: value for key, value in told.items() if value is not None}


def _error(error: Any) -> str:
    if isinstance(error, Mapping):
        return ": ".join(str(error[key]) for key in ("type", "message") if error.get(key))
    return str(error)
