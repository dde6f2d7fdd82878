"""Langfuse exports: traces with their observations and scores, or observations alone.

Shape from an export (BipinRimal314/ai-trace-auditor) and Langfuse's API: traces as an array, a
line each, `{"data": [...]}`, or `{"trace", "observations"}` as downloaded from one trace. The
GENERATION observations of a trace are its calls; each brings its whole input or only what is
new, and both are joined. Scores of an observation stand on its answer, those of a trace on the
whole; a categorical one is unscored, with its word.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts import documents
from transcripts.formats._each import each
from transcripts.formats._langchain import to_messages
from transcripts.formats._scores import failed, scored
from transcripts.formats._threads import ANSWER, Call, threads
from transcripts.formats._told import a_list, a_map, name, order, told, when
from transcripts.records import Broken, Placed, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Score, Transcript

EXAMPLE = b"""\
[{"id": "t1", "name": "bot", "sessionId": "s1", "timestamp": "2026-01-31T10:00:00Z",
  "observations": [{"id": "o1", "traceId": "t1", "type": "GENERATION", "model": "m-1",
   "startTime": "2026-01-31T10:00:00Z", "usage": {"input": 9, "output": 2},
   "input": [{"role": "user", "content": "Is 91 prime?"}],
   "output": {"role": "assistant", "content": "No."}}],
  "scores": [{"name": "correct", "value": 1, "source": "ANNOTATION", "comment": "7 x 13"}]}]
"""

CALLS = ("GENERATION", "EMBEDDING")
RANGES = {"BOOLEAN": (0.0, 1.0)}


def recognises(source: Source) -> bool:
    return any(
        _is_trace(one) or _is_observation(one)
        for record in source.records
        for one in _inner(record)
    )


def _inner(record: Any) -> list[Any]:
    data = a_list(a_map(record).get("data"))[:2]
    return [
        record,
        *data,
        *([record["trace"]] if isinstance(a_map(record).get("trace"), dict) else []),
    ]


def _is_trace(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    if any(_is_observation(one) for one in a_list(record.get("observations"))):
        return True
    known = sum(
        key in record for key in ("sessionId", "userId", "observations", "htmlPath", "latency")
    )
    return "id" in record and "input" in record and "output" in record and known >= 2


def _is_observation(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and "type" in record
        and "traceId" in record
        and "startTime" in record
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, _records(source), functools.partial(from_record, place=source.name))


def _records(source: Source) -> Iterator[Placed | Refused]:
    if isinstance(a_map(source.first).get("data"), list):
        return documents.items(source, ("data",), "record")
    return json_records(source)


def from_record(record: Any, place: str = "") -> Iterator[Transcript]:
    """The conversations of a trace (one, unless its calls do not belong together)."""
    if not isinstance(record, Mapping):
        raise Broken("is not a trace")
    if isinstance(record.get("trace"), Mapping):
        record = {**record["trace"], "observations": record.get("observations")}
    if _is_observation(dict(record)):
        if record.get("type") not in CALLS:
            raise Broken(f"is a {record['type']}, not a call of a model; export the traces instead")
        record = {"id": record.get("traceId"), "observations": [record]}
    calls = sorted(_calls(record), key=lambda call: call.at)
    if not calls:
        raise Broken("is a trace without a call whose input and output were recorded")
    whole = tuple(_scores(record.get("scores"), None, None))
    base = told(
        id=record.get("id"), name=record.get("name"), session=record.get("sessionId"),
        user=record.get("userId"), tags=record.get("tags"), version=record.get("version"),
        created=when(record.get("timestamp")), environment=record.get("environment"),
        details=record.get("metadata"),
    )  # fmt: skip
    for number, one in enumerate(threads(calls)):
        scores = one.scores if number else (*one.scores, *whole)
        yield replace(
            one,
            release=name(record.get("release")),
            metadata={**one.metadata, **base},
            scores=scores,
        )


def _calls(trace: Mapping[str, Any]) -> Iterator[Call]:
    for one in a_list(trace.get("observations")):
        if isinstance(one, Mapping) and one.get("type") in CALLS:
            asked, answer = (
                _messages(one.get("input"), "user"),
                _messages(one.get("output"), "assistant"),
            )
            if asked or answer:
                yield _call(one, asked, answer, trace)
    if not any(isinstance(one, Mapping) for one in a_list(trace.get("observations"))):
        asked, answer = (
            _messages(trace.get("input"), "user"),
            _messages(trace.get("output"), "assistant"),
        )
        if asked and answer:
            yield Call(asked, answer, at=when(trace.get("timestamp")))


def _call(
    one: Mapping[str, Any],
    asked: tuple[Message, ...],
    answer: tuple[Message, ...],
    trace: Mapping[str, Any],
) -> Call:
    usage = {
        "input": one.get("inputTokens") or one.get("promptTokens"),
        "output": one.get("outputTokens") or one.get("completionTokens"),
        "total": one.get("totalTokens"),
    }
    own = [_score(s, ANSWER) for s in a_list(one.get("scores")) if isinstance(s, Mapping)]
    return Call(
        asked,
        answer,
        model=name(one.get("providedModelName"))
        or name(one.get("model"))
        or name(one.get("internalModel")),
        at=order(one.get("startTime")),
        lane=str(one.get("parentObservationId") or ""),
        loose=True,
        usage=one.get("usageDetails") or one.get("usage") or usage,
        metadata=told(
            created=when(one.get("startTime")),
            failed=name(one.get("statusMessage")) if one.get("level") == "ERROR" else "",
        ),
        scores=(*own, *_scores(trace.get("scores"), one.get("id"), ANSWER)),
    )


def _messages(raw: Any, role: str) -> tuple[Message, ...]:
    """What an observation was given or gave: messages, one message, text, or anything as JSON."""
    if isinstance(raw, str) and raw.lstrip()[:1] in ("{", "["):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return to_messages([{"role": role, "content": raw}])
    if isinstance(raw, Mapping):
        for key in ("messages", "message", "choices"):
            if raw.get(key):
                inner = raw[key]
                first = a_map(inner[0]) if key == "choices" and isinstance(inner, list) else {}
                return _messages(first.get("message") if key == "choices" else inner, role)
    if raw in (None, "", [], {}):
        return ()
    if isinstance(raw, str):
        return to_messages([{"role": role, "content": raw}])
    many = raw if isinstance(raw, list) else [raw]
    if all(isinstance(one, Mapping) and ("role" in one or "lc" in one) for one in many):
        return to_messages(many)
    if isinstance(raw, Mapping) and "content" in raw:
        return to_messages([{"role": role, **raw}])
    if all(isinstance(one, Mapping) and "type" in one for one in many):
        return to_messages([{"role": role, "content": many}])  # blocks, as Anthropic answers
    words = json.dumps(raw, ensure_ascii=False, indent=1)
    return to_messages([{"role": role, "content": words}])


def _scores(raw: Any, observation: Any, message: int | None) -> Iterator[Score]:
    """The scores of a list that name this observation (None: that name none)."""
    for one in a_list(raw):
        if isinstance(one, Mapping) and one.get("observationId") == observation:
            yield _score(one, message)


def _score(one: Mapping[str, Any], message: int | None) -> Score:
    trait = str(one.get("name") or "score")
    rater = " ".join(filter(None, ("langfuse", name(one.get("source")).lower())))
    kind, reason, at = (
        name(one.get("dataType")),
        name(one.get("comment")),
        when(one.get("timestamp")),
    )
    if kind == "CATEGORICAL":
        said = f"the source says {one.get('stringValue') or one.get('value')!r}. {reason}".strip()
        return failed(trait, rater, said, message=message, at=at)
    value, scale = one.get("value"), RANGES.get(kind)
    return scored(trait, rater, value, scale=scale, reason=reason, message=message, at=at)
