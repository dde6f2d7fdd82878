"""LangSmith runs: JSON or JSON Lines of runs, `{"runs": [...]}`, or recorded `{"post", "patch"}`.

Shape from recordings of langsmith-sdk and its documentation: a run has `id`, `trace_id`,
`run_type`, `inputs` (`messages` as OpenAI's, or LangChain's serialised ones), `outputs` (a chat
completion, `generations`, or messages), `extra.metadata.ls_model_name`, `feedback_stats`. The
model's runs of one trace or thread are joined: each later one repeats what was said before. A
run of another type is read only where its trace has no model's run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts import documents
from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.formats._langchain import to_messages
from transcripts.formats._scores import scored
from transcripts.formats._threads import ANSWER, Call, grouped, threads
from transcripts.formats._told import a_list, a_map, name, order, told, when
from transcripts.records import Broken, Placed, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Score, Transcript

EXAMPLE = b"""\
[{"id": "r1", "trace_id": "t1", "name": "ChatOpenAI", "run_type": "llm",
  "start_time": "2026-01-31T10:00:00Z", "extra": {"metadata": {"ls_model_name": "m-1"}},
  "inputs": {"messages": [[{"lc": 1, "type": "constructor", "id": ["langchain", "schema",
   "messages", "HumanMessage"], "kwargs": {"content": "Is 91 prime?", "type": "human"}}]]},
  "outputs": {"generations": [[{"text": "No.", "message": {"lc": 1, "type": "constructor",
   "id": ["langchain", "schema", "messages", "AIMessage"], "kwargs": {"content": "No."}}}]]},
  "feedback_stats": {"helpful": {"n": 1, "avg": 1.0}}}]
"""

MODEL = ("llm", "chat_model")
THREAD = ("session_id", "thread_id", "conversation_id")
Run = Mapping[str, Any]


def recognises(source: Source) -> bool:
    return any(
        _is_run(record) or _is_batch(record) or _is_list(record) for record in source.records
    )


def _is_run(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and "run_type" in record
        and ("inputs" in record or "trace_id" in record)
    )


def _is_batch(record: Any) -> bool:
    runs = a_list(a_map(record).get("post")) or a_list(a_map(record).get("patch"))
    return bool(runs) and ("run_type" in a_map(runs[0]) or "dotted_order" in a_map(runs[0]))


def _is_list(record: Any) -> bool:
    runs = a_list(a_map(record).get("runs"))
    return bool(runs) and _is_run(runs[0])


def parse(source: Source) -> Iterator[Transcript | Refused]:
    for item in grouped(_calls(source)):
        if isinstance(item, Refused):
            yield item
            continue
        key, calls = item
        models = [call for call in calls if call.lane == "model"]
        for one in threads(models or calls):
            yield replace(one, source=f"{source.name}: trace {key}")


def _calls(source: Source) -> Iterator[tuple[str, Call] | Refused]:
    for item in _runs(source):
        if isinstance(item, Refused):
            yield item
            continue
        where, run = item
        try:
            made = to_call(run)
        except Broken as error:
            yield Refused(source.name, where, str(error))
        except NOT_THE_SHAPE as error:
            yield Refused(source.name, where, f"is not a run ({error})")
        else:
            if made:
                yield made


def _runs(source: Source) -> Iterator[Placed | Refused]:
    if any(_is_list(record) for record in source.records[:1]):
        yield from documents.items(source, ("runs",), "run")
        return
    for item in json_records(source):
        if isinstance(item, Refused) or not _is_batch(item[1]):
            yield item
            continue
        where, batch = item
        for number, run in enumerate(_joined(batch), start=1):
            yield f"{where} run {number}".strip(), run


def _joined(batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The runs of a recorded batch, what was patched later put over what was posted."""
    posted = [dict(run) for run in a_list(batch.get("post")) if isinstance(run, Mapping)]
    for patch in a_list(batch.get("patch")):
        given = {key: value for key, value in a_map(patch).items() if value not in (None, {}, [])}
        key = next((k for k in ("id", "dotted_order", "trace_id") if k in given), None)
        partner = next((run for run in posted if key and run.get(key) == given[key]), None)
        if partner is None:
            posted.append(given)
        else:
            partner.update(given)
    return posted


def to_call(run: Any) -> tuple[str, Call] | None:
    """A run as a call under its thread or trace; None where it is no talk with a model.

    Raises `Broken` for a model's run that failed, or that holds no message.
    """
    if not isinstance(run, Mapping):
        raise Broken("is not a run")
    is_model = run.get("run_type") in MODEL
    if not is_model and run.get("parent_run_id"):
        return None
    asked, answer = _asked(a_map(run.get("inputs"))), _answered(a_map(run.get("outputs")))
    if is_model and not answer:
        error = name(run.get("error"))
        raise Broken(
            f"is a call that failed ({error[:200]})" if error else "is a call without an answer"
        )
    if not answer or not asked:
        if is_model:
            raise Broken("is a call whose messages were not recorded")
        return None
    extra = a_map(a_map(run.get("extra")).get("metadata"))
    outputs = a_map(run.get("outputs"))
    thread = next((str(extra[key]) for key in THREAD if extra.get(key)), "")
    key = thread or str(run.get("trace_id") or run.get("id") or "")
    llm_output = a_map(outputs.get("llm_output"))
    return key, Call(
        asked,
        answer,
        model=name(outputs.get("model")) or name(llm_output.get("model_name"))
        or name(extra.get("ls_model_name")) or name(a_map(run.get("inputs")).get("model")),
        at=order(run.get("start_time")),
        lane="model" if is_model else "chain",
        usage=_first(outputs, "usage_metadata", "usage") or llm_output.get("token_usage"),
        metadata=told(
            id=run.get("id"), trace=run.get("trace_id"), thread=thread, name=run.get("name"),
            created=when(run.get("start_time")), project=run.get("session_name"),
            tags=run.get("tags"),
        ),
        scores=tuple(_feedback(run)),
    )  # fmt: skip


def _first(of: Mapping[str, Any], *keys: str) -> Any:
    return next((of[key] for key in keys if of.get(key)), None)


def _asked(inputs: Mapping[str, Any]) -> tuple[Message, ...]:
    system = (
        to_messages([{"role": "system", "content": inputs["system"]}])
        if inputs.get("system")
        else ()
    )
    for key in ("messages", "input", "question", "prompt", "prompts"):
        raw = inputs.get(key)
        if isinstance(raw, Mapping) and "messages" in raw:
            raw = raw["messages"]
        if key == "prompts" and isinstance(raw, list):
            raw = raw[0] if raw else None
        if raw:
            return (*system, *to_messages(raw))
    return ()


def _answered(outputs: Mapping[str, Any]) -> tuple[Message, ...]:
    if choices := a_list(outputs.get("choices")):
        return to_messages([a_map(choices[0]).get("message")])
    if generations := outputs.get("generations"):
        while isinstance(generations, list) and generations:
            generations = generations[0]
        one = a_map(generations)
        return _reply(one.get("message") or one.get("text"))
    if outputs.get("role") and "content" in outputs:
        return to_messages([outputs])
    for key in ("message", "output", "answer", "content"):
        if outputs.get(key):
            return _reply(outputs[key])
    said = to_messages(outputs.get("messages"))
    return said[-1:] if said and said[-1].role == "assistant" else ()


def _reply(raw: Any) -> tuple[Message, ...]:
    if isinstance(raw, str) or (isinstance(raw, list) and not any("role" in a_map(b) for b in raw)):
        raw = {"role": "assistant", "content": raw}
    return to_messages(raw)


def _feedback(run: Run) -> Iterator[Score]:
    for trait, stats in a_map(run.get("feedback_stats")).items():
        if isinstance(stats, Mapping):
            told_of = f"the mean of {stats.get('n')}" if stats.get("n") not in (None, 1) else ""
            yield scored(
                trait, "langsmith feedback", stats.get("avg"), reason=told_of, message=ANSWER
            )
