"""Recorded Anthropic API calls as VCR cassettes: YAML, one interaction a call.

The shape is that of the vcrpy library (`interactions: [{request: {body, uri}, response: {body:
{string}}}]`) as instrumentation projects keep it in their tests: request and response bodies are
the JSON of the wire, the response perhaps gzipped or a stream of server-sent events. Calls to
other addresses than `/v1/messages` are passed over.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from transcripts.formats._each import each
from transcripts.formats._told import a_list, a_map, name
from transcripts.formats.anthropic_messages import from_record
from transcripts.formats.native_yaml import Loader
from transcripts.records import Broken, Placed
from transcripts.source import Refused, Source, Unreadable
from transcripts.transcript import Transcript

EXAMPLE = b"""\
interactions:
- request:
    body: '{"model": "m-1", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}'
    method: POST
    uri: https://api.anthropic.com/v1/messages
  response:
    body:
      string: '{"id": "msg_1", "model": "m-1", "content": [{"type": "text", "text": "Hello."}]}'
    status: {code: 200, message: OK}
version: 1
"""


def recognises(source: Source) -> bool:
    return source.head.lstrip().startswith(b"interactions:") and b"/v1/messages" in source.head


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, _interactions(source), _exchange)


def _interactions(source: Source) -> Iterator[Placed | Refused]:
    with source.open() as stream:
        try:
            cassette = yaml.load(stream, Loader)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise Unreadable(f"not YAML: {str(error).splitlines()[0]}") from error
    interactions = cassette.get("interactions") if isinstance(cassette, dict) else None
    for number, call in enumerate(a_list(interactions), start=1):
        uri = name(a_map(a_map(call).get("request")).get("uri"))
        if not uri or uri.split("?")[0].rstrip("/").endswith("/v1/messages"):
            yield f"interaction {number}", call


def _exchange(call: Mapping[str, Any]) -> Iterator[Transcript]:
    request = json.loads(_text(call["request"]["body"]))
    body = _text(call["response"]["body"].get("string", ""))
    response = from_events(body) if body.lstrip().startswith("event:") else json.loads(body)
    return from_record({"request": request, "response": response})


def _text(body: Any) -> str:
    if isinstance(body, bytes):
        try:
            return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()
        except (OSError, EOFError, zlib.error) as error:
            raise Broken(f"has a packed body that is damaged ({error})") from error
    if not isinstance(body, str):
        raise Broken("has a body that is not text")
    return body


def from_events(stream: str) -> dict[str, Any]:
    """The message that a stream of server-sent events spelt out. Raises `Broken` for an error."""
    message: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    for line in stream.splitlines():
        if not line.startswith("data:"):
            continue
        event = json.loads(line[5:])
        kind = event.get("type")
        if kind == "error":
            raise Broken(f"is a stream that failed ({event.get('error')})")
        if kind == "message_start":
            message = dict(event["message"])
        elif kind == "content_block_start":
            blocks[event["index"]] = dict(event["content_block"])
        elif kind == "content_block_delta":
            _grow(blocks[event["index"]], event["delta"])
        elif kind == "message_delta":
            message.update(event.get("delta") or {})
            message["usage"] = {**(message.get("usage") or {}), **(event.get("usage") or {})}
    message["content"] = [_closed(blocks[index]) for index in sorted(blocks)]
    return message


def _grow(block: dict[str, Any], delta: Mapping[str, Any]) -> None:
    for key, into in (("text", "text"), ("thinking", "thinking"), ("signature", "signature")):
        if key in delta:
            block[into] = block.get(into, "") + delta[key]
    if "partial_json" in delta:
        block["_json"] = block.get("_json", "") + delta["partial_json"]


def _closed(block: dict[str, Any]) -> dict[str, Any]:
    if arguments := block.pop("_json", ""):
        block["input"] = json.loads(arguments)
    return block
