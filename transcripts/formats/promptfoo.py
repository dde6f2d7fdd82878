"""promptfoo results: `promptfoo eval -o out.json` (or `.jsonl`), and exports of one eval.

Shape from promptfoo's own sample export (version 3) and documentation: `results.results`, or
`results` in the older form, each with `prompt.raw` (text, or chat messages as JSON), `vars`,
`response.output`, `provider.id`, and `gradingResult` with a score for each assertion. Every
assertion is a rating 0 to 1 by its type; a red-team conversation is read turn by turn. A result
whose call failed is refused with its error. Results are streamed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from transcripts import documents
from transcripts.blocks import compact, to_messages
from transcripts.formats._each import each
from transcripts.formats._scores import UNIT, scored
from transcripts.formats._told import a_list, a_map, name, told, when
from transcripts.records import Broken, Placed, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Score, Transcript

EXAMPLE = b"""\
{"evalId": "eval-1", "results": {"version": 3, "timestamp": "2026-01-31T10:00:00Z", "results": [
 {"id": "r1", "promptIdx": 0, "testIdx": 0, "vars": {"n": "91"}, "success": true, "score": 1,
  "prompt": {"raw": "Is 91 prime?", "label": "Is {{n}} prime?"}, "provider": {"id": "x:m-1"},
  "response": {"output": "No.", "tokenUsage": {"total": 9}}, "gradingResult": {"pass": true,
   "score": 1, "reason": "All passed", "componentResults": [{"pass": true, "score": 1,
    "reason": "It says no.", "assertion": {"type": "llm-rubric", "value": "says no"}}]}}]}}
"""

JUDGED = (
    "llm-rubric",
    "model-graded",
    "g-eval",
    "factuality",
    "answer-relevance",
    "moderation",
    "select-best",
)


def recognises(source: Source) -> bool:
    return any(_keys(record) or _is_result(record) for record in source.records[:2])


def _keys(record: Any) -> tuple[str, ...]:
    """The keys that lead to the results of a document; none where it has none."""
    results = a_map(record).get("results")
    if isinstance(results, dict):
        known = "version" in results and (
            "prompts" in results or "results" in results or "table" in results
        )
        return ("results", "results") if known else ()
    many = a_list(results)
    return ("results",) if many and _is_result(many[0]) else ()


def _is_result(record: Any) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("prompt"), dict):
        return False
    return "raw" in record["prompt"] and (
        "response" in record or "gradingResult" in record or "error" in record
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, _results(source), from_record)


def _results(source: Source) -> Iterator[Placed | Refused]:
    keys = next(filter(None, map(_keys, source.records[:1])), ())
    return documents.items(source, keys, "result") if keys else json_records(source)


def from_record(record: Any) -> Iterator[Transcript]:
    """One result. Raises `Broken` where the call failed or said nothing."""
    if not isinstance(record, Mapping) or not isinstance(record.get("prompt"), Mapping):
        raise Broken("is not a result; it has no prompt")
    messages = tuple(_conversation(record))
    provider = record.get("provider")
    model = name(a_map(provider).get("id")) or name(provider)
    response = a_map(record.get("response"))
    yield Transcript(
        messages,
        model=model,
        metadata=told(
            id=record.get("id"), test=record.get("testIdx"), prompt=record.get("promptIdx"),
            vars=record.get("vars"), label=a_map(record["prompt"]).get("label"),
            description=a_map(record.get("testCase")).get("description"),
            provider_label=a_map(provider).get("label"), latency_ms=record.get("latencyMs"),
            cost=record.get("cost"), created=when(record.get("timestamp")),
            usage=response.get("tokenUsage") or record.get("tokenUsage"),
            plugin=a_map(record.get("metadata")).get("pluginId"),
            strategy=a_map(record.get("metadata")).get("strategyId"),
        ),
        scores=tuple(_scores(record)),
    )  # fmt: skip


def _conversation(record: Mapping[str, Any]) -> Iterator[Message]:
    metadata = {
        **a_map(a_map(record.get("response")).get("metadata")),
        **a_map(record.get("metadata")),
    }
    if a_list(metadata.get("messages")):
        yield from to_messages(metadata["messages"])
        return
    history = [one for one in a_list(metadata.get("redteamHistory")) if isinstance(one, Mapping)]
    for turn in history:
        yield from (Message.plain("user", _text(turn.get("prompt"))), *_answer(turn.get("output")))
    if history:
        return
    output = _output(record)
    yield from _asked(record["prompt"].get("raw"))
    yield from output


def _output(record: Mapping[str, Any]) -> tuple[Message, ...]:
    response = record.get("response")
    output = response.get("output") if isinstance(response, Mapping) else response
    if output in (None, ""):
        error = name(a_map(response).get("error")) or name(record.get("error"))
        raise Broken(f"is a call that failed ({error[:200]})" if error else "has no output")
    return _answer(output)


def _answer(output: Any) -> tuple[Message, ...]:
    if isinstance(output, list) and all(isinstance(b, Mapping) and "type" in b for b in output):
        return to_messages([{"role": "assistant", "content": output}])
    return (Message.plain("assistant", _text(output)),)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else compact(value)


def _asked(raw: Any) -> tuple[Message, ...]:
    """The prompt: chat messages where it is such a list, as JSON or YAML; else the user's words."""
    value = raw
    if isinstance(raw, str) and raw.lstrip()[:1] in ("[", "{"):
        value = _parsed(raw, json.loads)
    elif isinstance(raw, str) and raw.lstrip().startswith("- role:"):
        value = _parsed(raw, yaml.safe_load)
    if isinstance(value, Mapping):
        value = value.get("messages")
    if (
        isinstance(value, list)
        and value
        and all(isinstance(m, Mapping) and "role" in m for m in value)
    ):
        return to_messages(value)
    return (Message.plain("user", _text(raw)),)


def _parsed(text: str, parser: Any) -> Any:
    try:
        return parser(text)
    except (ValueError, RecursionError, yaml.YAMLError):
        return text


def _scores(record: Mapping[str, Any]) -> Iterator[Score]:
    grading = a_map(record.get("gradingResult"))
    for component in map(a_map, a_list(grading.get("componentResults"))):
        assertion = a_map(component.get("assertion"))
        kind = name(assertion.get("type")) or "assertion"
        value = component.get("score", component.get("pass"))
        reason = name(component.get("reason"))
        yield scored(
            _trait(assertion, kind), _rater(assertion, kind), value, scale=UNIT, reason=reason
        )
    named = a_map(grading.get("namedScores")) or a_map(record.get("namedScores"))
    for trait, value in named.items():
        yield scored(trait, "promptfoo", value)
    score = grading.get("score", record.get("score"))
    if score is not None:
        reason = name(grading.get("reason"))
        yield scored("promptfoo", "promptfoo", score, scale=UNIT, reason=reason)


def _trait(assertion: Mapping[str, Any], kind: str) -> str:
    """A metric by its name; an assertion by type and what it wants, so that two stay apart."""
    if name(assertion.get("metric")):
        return str(assertion["metric"])
    wanted = assertion.get("value")
    return f"{kind}: {_text(wanted)[:80]}" if wanted not in (None, "") else kind


def _rater(assertion: Mapping[str, Any], kind: str) -> str:
    provider = assertion.get("provider")
    judge = name(provider) or name(a_map(provider).get("id"))
    return judge if judge and kind.startswith(JUDGED) else f"promptfoo {kind}"
