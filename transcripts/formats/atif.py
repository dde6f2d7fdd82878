"""ATIF trajectories (Agent Trajectory Interchange Format, v1.0 to v1.7), one JSON document each.

Shape from inspect_scout's and polylogue's fixtures: `schema_version` "ATIF-v...", `agent` (name,
model), `steps` with `source` system, user or agent, `message`, `reasoning_content`, `tool_calls`
and an `observation` of results; `final_metrics`. Trajectories of sub-agents that stand inside
come as transcripts of their own. Pictures are kept as the paths they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import arguments, compact, to_parts
from transcripts.formats._each import each
from transcripts.formats._told import a_list, a_map, name, several, told, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Part, Role, Transcript

EXAMPLE = b"""\
{"schema_version": "ATIF-v1.5", "session_id": "s1", "agent": {"name": "a", "version": "1",
  "model_name": "m-1"}, "steps": [
  {"step_id": 1, "source": "user", "message": "List the files."},
  {"step_id": 2, "source": "agent", "message": "I look.", "reasoning_content": "ls will do",
   "tool_calls": [{"tool_call_id": "c1", "function_name": "bash", "arguments": {"cmd": "ls"}}],
   "observation": {"results": [{"source_call_id": "c1", "content": "README.md"}]},
   "metrics": {"prompt_tokens": 9, "completion_tokens": 2}}],
 "final_metrics": {"total_prompt_tokens": 9, "total_completion_tokens": 2}}
"""

SPEAKERS: dict[str, Role] = {"system": "system", "user": "user", "agent": "assistant"}


def recognises(source: Source) -> bool:
    return any(_is_trajectory(record) for record in source.records)


def _is_trajectory(record: Any) -> bool:
    return isinstance(record, dict) and name(record.get("schema_version")).startswith("ATIF")


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, json_records(source), from_record)


def from_record(record: Any, parent: str = "") -> Iterator[Transcript]:
    """A trajectory and those of its sub-agents. Raises `Broken` without a step."""
    if not isinstance(record, Mapping) or not a_list(record.get("steps")):
        raise Broken("is a trajectory without steps")
    agent = a_map(record.get("agent"))
    steps = record["steps"]
    names = {
        name(call.get("tool_call_id")): name(call.get("function_name"))
        for step in map(a_map, steps) for call in map(a_map, a_list(step.get("tool_calls")))
    }  # fmt: skip
    messages = tuple(m for n, step in enumerate(steps, 1) for m in to_messages(step, n, names))
    if not messages:
        raise Broken("is a trajectory whose steps say nothing")
    models = [name(a_map(step).get("model_name")) for step in steps]
    session = name(record.get("session_id"))
    metadata = told(
        id=record.get("trajectory_id") or session, session=session, agent=agent.get("name"),
        agent_version=agent.get("version"), parent=parent, usage=record.get("final_metrics"),
        created=when(a_map(steps[0]).get("timestamp")), notes=record.get("notes"),
        continued=record.get("continued_trajectory_ref"),
    )  # fmt: skip
    model = name(agent.get("model_name")) or next(filter(None, models), "")
    yield Transcript(messages, model=model, metadata={**metadata, **several(models)})
    for inner in a_list(record.get("subagent_trajectories")):
        yield from from_record(inner, session)


def to_messages(step: Any, number: int, names: Mapping[str, str]) -> Iterator[Message]:
    """A step's own message and what its tools answered. Raises `Broken` for an unknown source."""
    if not isinstance(step, Mapping):
        raise Broken(f"step {number} is not an object")
    source = step.get("source")
    role = SPEAKERS.get(source) if isinstance(source, str) else None
    if role is None:
        raise Broken(f"step {number} has the source {source!r}; known are {', '.join(SPEAKERS)}")
    parts = list(_content(step.get("message"), number))
    if name(step.get("reasoning_content")):
        parts.insert(0, Part("thinking", step["reasoning_content"]))
    for call in map(a_map, a_list(step.get("tool_calls"))):
        key, data = name(call.get("tool_call_id")), arguments(call.get("arguments"))
        parts.append(Part("tool_call", "", name(call.get("function_name")), key, data))
    if parts:
        yield Message(role, tuple(parts))
    for result in a_list(a_map(step.get("observation")).get("results")):
        yield Message("tool", tuple(_result(a_map(result), number, names)))


def _content(raw: Any, number: int) -> Iterator[Part]:
    for part in to_parts(raw, number):
        if part.kind != "text" or part.text:
            yield part


def _result(result: Mapping[str, Any], number: int, names: Mapping[str, str]) -> Iterator[Part]:
    call = name(result.get("source_call_id"))
    inner = list(_content(result.get("content"), number))
    text = "\n\n".join(part.text for part in inner if part.kind == "text")
    yield Part("tool_result", text, names.get(call, ""), call)
    yield from (Part(p.kind, p.text, p.name, call, p.data) for p in inner if p.kind != "text")
    for reference in a_list(result.get("subagent_trajectory_ref")):
        data = compact({**a_map(reference), "type": "subagent_trajectory_ref"})
        yield Part("other", name="subagent_trajectory_ref", data=data, call=call)
