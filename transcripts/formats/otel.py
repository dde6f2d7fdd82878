"""OpenTelemetry GenAI spans as OTLP JSON: one document, or a line each from a collector's file.

Shape from the GenAI semantic conventions and traces of BipinRimal314/ai-trace-auditor:
`resourceSpans` > `scopeSpans` > `spans` with `gen_ai.*` attributes. The calls of one conversation
(`gen_ai.conversation.id`, `session.id`, else the trace) are joined in the order of time. Spans
without messages, which is what instrumentations write unless they are told to record content,
are refused once a conversation, with that reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts import documents
from transcripts.formats import _otlp
from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.formats._threads import Call, grouped, threads
from transcripts.formats._told import a_list, a_map, name, order, told, when
from transcripts.records import Broken, Placed, is_lines, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Transcript

EXAMPLE = b"""\
{"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue":
 "bot"}}]}, "scopeSpans": [{"scope": {"name": "x"}, "spans": [
 {"traceId": "t1", "spanId": "s1", "name": "chat m-1", "startTimeUnixNano": "1767225600000000000",
  "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
   {"key": "gen_ai.response.model", "value": {"stringValue": "m-1"}},
   {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "2"}},
   {"key": "gen_ai.input.messages", "value": {"stringValue": "[{\\"role\\": \\"user\\", \
\\"parts\\": [{\\"type\\": \\"text\\", \\"content\\": \\"Is 91 prime?\\"}]}]"}},
   {"key": "gen_ai.output.messages", "value": {"stringValue": "[{\\"role\\": \\"assistant\\", \
\\"parts\\": [{\\"type\\": \\"text\\", \\"content\\": \\"No.\\"}]}]"}}]}]}]}]}
"""

NOT_TALK = ("execute_tool", "tool_call", "embeddings", "create_agent")
CONVERSATION = ("gen_ai.conversation.id", "session.id", "conversation.id")
WHY_EMPTY = (
    "its spans hold no messages; have the instrumentation record content "
    "(OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true, TRACELOOP_TRACE_CONTENT=true)"
)


def recognises(source: Source) -> bool:
    return any(
        isinstance(r, dict) and isinstance(r.get("resourceSpans"), list) for r in source.records
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    empty: dict[str, int] = {}
    full: set[str] = set()
    for item in grouped(_calls(source, empty)):
        if isinstance(item, Refused):
            yield item
            continue
        key, calls = item
        full.add(key)
        lost = {"calls_without_words": empty[key]} if key in empty else {}
        for one in threads(calls):
            place = f"{source.name}: conversation {key}"
            yield replace(one, metadata={**one.metadata, **lost}, source=place)
    for key in empty:
        if key not in full:
            yield Refused(source.name, f"conversation {key}", WHY_EMPTY)


def _calls(source: Source, empty: dict[str, int]) -> Iterator[tuple[str, Call] | Refused]:
    """Each call with its conversation; `empty` counts the calls without words of each."""
    for item in _spans(source):
        if isinstance(item, Refused):
            yield item
            continue
        where, (resource, span) = item
        try:
            attributes = _otlp.attributes(span.get("attributes"))
            if not _is_talk(attributes):
                continue
            key = _key(span, attributes, resource)
            asked, answer = _otlp.messages(span, attributes)
        except (Broken, *NOT_THE_SHAPE) as error:
            yield Refused(source.name, where, f"is a span whose messages cannot be read ({error})")
            continue
        if not asked and not answer:
            empty[key] = empty.get(key, 0) + 1
        else:
            call = Call(tuple(asked), tuple(answer))
            yield key, _described(call, span, attributes, resource)


def _spans(source: Source) -> Iterator[Placed | Refused]:
    """("span s1", (resource's attributes, span)) for each span, however the file is cut up."""
    lines = is_lines(source) and (source.suffix in (".jsonl", ".ndjson") or len(source.records) > 1)
    records = (
        json_records(source) if lines else documents.items(source, ("resourceSpans",), "resource")
    )
    for item in records:
        if isinstance(item, Refused):
            yield item
            continue
        where, record = item
        many = a_list(a_map(record).get("resourceSpans")) if lines else [record]
        if not isinstance(record, Mapping):
            many = []
        if not many:
            yield Refused(source.name, where, "has no 'resourceSpans'")
        for resource in many:
            told_of = _otlp.attributes(a_map(a_map(resource).get("resource")).get("attributes"))
            for span in _of(resource):
                if isinstance(span, Mapping):
                    yield f"span {span.get('spanId', '')}", (told_of, span)
                else:
                    yield Refused(source.name, where, "has a span that is not an object")


def _of(resource: Any) -> Iterator[Any]:
    scopes = a_map(resource).get("scopeSpans") or a_map(resource).get("instrumentationLibrarySpans")
    for scope in a_list(scopes):
        yield from a_list(a_map(scope).get("spans"))


def _is_talk(attributes: Mapping[str, Any]) -> bool:
    if attributes.get("gen_ai.operation.name") in NOT_TALK:
        return False
    return any(key.startswith(("gen_ai.", "llm.")) for key in attributes)


def _key(
    span: Mapping[str, Any], attributes: Mapping[str, Any], resource: Mapping[str, Any]
) -> str:
    named = (of.get(key) for of in (attributes, resource) for key in CONVERSATION)
    return str(next(filter(None, named), "") or span.get("traceId") or "")


def _described(
    call: Call, span: Mapping[str, Any], attributes: Mapping[str, Any], resource: Mapping[str, Any]
) -> Call:
    usage = {
        key.rpartition(".")[2]: value
        for key, value in attributes.items()
        if key.startswith(("gen_ai.usage.", "llm.token_count."))
    }
    at = span.get("startTimeUnixNano")
    named = any(of.get(key) for of in (attributes, resource) for key in CONVERSATION)
    model = (
        "gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "llm.response.model",
    )  # fmt: skip
    return replace(
        call,
        model=next(filter(None, (name(attributes.get(key)) for key in model)), ""),
        at=order(at),
        lane=str(attributes.get("gen_ai.agent.id") or attributes.get("gen_ai.agent.name") or ""),
        loose=named,
        usage=usage,
        metadata=told(
            trace=span.get("traceId"),
            service=resource.get("service.name"),
            created=when(at),
            agent=attributes.get("gen_ai.agent.name"),
            provider=attributes.get("gen_ai.provider.name") or attributes.get("gen_ai.system"),
            response_id=attributes.get("gen_ai.response.id"),
        ),
    )
