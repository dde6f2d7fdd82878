"""Docent agent runs: an `AgentRun` a line, in an array, alone, or under `agent_runs`.

Shape as printed by docent 0.1.88, and the older one of 0.1.18, where `transcripts` is a map by
name: each run has `transcripts` with `messages` (role, content as text or parts, `tool_calls`),
and `metadata` with `model`, `scores`, and what its loader put there (`task_id`, `sample_id`).
Each transcript of a run comes as one; the scores of a run stand with all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transcripts import documents
from transcripts.formats._each import each
from transcripts.formats._inspect import message
from transcripts.formats._scores import scored
from transcripts.formats._told import a_list, a_map, name, told, when
from transcripts.records import Broken, Placed, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Score, Transcript

EXAMPLE = b"""\
{"id": "r1", "name": null, "transcripts": [{"id": "t1", "name": "main", "created_at": null,
  "messages": [{"id": null, "role": "user", "content": "Is 91 prime?"},
   {"role": "assistant", "model": "m-1", "content": [{"type": "reasoning", "reasoning": "7 x 13"},
    {"type": "text", "text": "No."}], "tool_calls": null}], "metadata": {}}],
 "transcript_groups": [], "metadata": {"model": "x/m-1", "scores": {"correct": true}}}
"""

USED = ("model", "scores")


def recognises(source: Source) -> bool:
    return any(_is_run(record) or _runs(record) for record in source.records)


def _runs(record: Any) -> bool:
    return any(_is_run(one) for one in a_list(a_map(record).get("agent_runs"))[:1])


def _is_run(record: Any) -> bool:
    return any("messages" in one for one in _inner(record))


def _inner(record: Any) -> list[Mapping[str, Any]]:
    """The transcripts of a run, in either shape."""
    given = a_map(record).get("transcripts")
    if isinstance(given, Mapping):
        return [{"name": key, **one} for key, one in given.items() if isinstance(one, Mapping)]
    return [one for one in a_list(given) if isinstance(one, Mapping)]


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, _records(source), from_record)


def _records(source: Source) -> Iterator[Placed | Refused]:
    if _runs(source.first):
        return documents.items(source, ("agent_runs",), "run")
    return json_records(source)


def from_record(record: Any) -> Iterator[Transcript]:
    """Each transcript of a run. Raises `Broken` for a run without one."""
    inner = _inner(record)
    if not inner:
        raise Broken("is a run without transcripts")
    of_run = a_map(record.get("metadata"))
    scores = tuple(_scores(of_run))
    for one in inner:
        raw = a_list(one.get("messages"))
        if not raw:
            raise Broken(f"has a transcript without messages ({one.get('name') or one.get('id')})")
        details = {**of_run, **a_map(one.get("metadata"))}
        spoke = next((name(a_map(m).get("model")) for m in raw if a_map(m).get("model")), "")
        yield Transcript(
            tuple(message(m, number) for number, m in enumerate(raw, start=1)),
            scenario=_scenario(details),
            model=name(details.get("model")) or spoke,
            metadata={
                **{key: value for key, value in details.items() if key not in USED},
                **told(
                    run=record.get("id"), run_name=record.get("name"), id=one.get("id"),
                    name=one.get("name"), created=when(one.get("created_at")),
                    description=one.get("description") or record.get("description"),
                ),
            },
            scores=scores,
        )  # fmt: skip


def _scenario(details: Mapping[str, Any]) -> str:
    """Task and sample, where the run's loader told them."""
    parts = [details.get(key) for key in ("task_id", "sample_id")]
    return "/".join(str(part) for part in parts) if parts[1] is not None else ""


def _scores(details: Mapping[str, Any]) -> Iterator[Score]:
    for trait, value in a_map(details.get("scores")).items():
        if isinstance(value, Mapping):
            for key, one in value.items():
                yield scored(f"{trait}/{key}", "docent", one)
        else:
            scale = (0.0, 1.0) if isinstance(value, bool) else None
            yield scored(trait, "docent", value, scale=scale)
