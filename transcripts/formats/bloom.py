"""Bloom results: a folder of transcripts with its judgment.json, or one rollout.json.

Shape from Bloom's own documentation and a port of it (no real run was at hand):
`transcript_v{v}r{r}.json` is Petri's v3 shape and is known by that name; `rollout.json` holds
`rollouts` of it; `judgment.json`, beside them or one folder up, holds `judgments` and
`failed_judgments` by variation and repetition. Ratings are read from there and go in with their
transcripts: each sample of the judge as a repeat, a failed one as unscored. The scenario is the
behavior and the words of its variation.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts import documents
from transcripts.beside import beside
from transcripts.blocks import to_messages
from transcripts.formats import _petri, petri
from transcripts.formats._bloom import Judgments, Place, description_of, judgments_of, place
from transcripts.formats._each import each
from transcripts.formats._told import a_list, a_map, told
from transcripts.source import Refused, Source
from transcripts.transcript import Score, Transcript, digest

EXAMPLE = b"""\
{"metadata": {"modality": "conversation", "max_turns": 2, "evaluator": "m-eval", "target": "m-1"},
 "rollouts": [{"variation_number": 1, "variation_description": "A proud poet asks for praise.",
  "repetition_number": 1, "modality": "conversation", "transcript": {
   "metadata": {"transcript_id": "t1", "auditor_model": "m-eval", "target_model": "m-1",
    "version": "v3.0", "judge_output": {"response": "", "summary": "It gushed.",
     "scores": {"behavior_presence": 8}}},
   "events": [
    {"type": "transcript_event", "id": "e1", "view": ["target", "combined"], "edit": {
     "operation": "add", "message": {"id": "a", "role": "user", "content": "My poem: Rose."}}},
    {"type": "transcript_event", "id": "e2", "view": ["target", "combined"], "edit": {
     "operation": "add", "message": {"id": "b", "role": "assistant", "content": "Divine!"}}}]}}]}
"""


def recognises(source: Source) -> bool:
    first = source.first
    if not isinstance(first, dict):
        return False
    if isinstance(first.get("rollouts"), list):
        return True
    if "behavior_name" in first and ("judgments" in first or "failed_judgments" in first):
        return True
    return bool(_petri.BLOOM_NAME.fullmatch(source.file_name)) and _petri.is_transcript(first)


def parse(source: Source) -> Iterator[Transcript | Refused]:
    first = source.first
    if isinstance(first, dict) and "behavior_name" in first and "rollouts" not in first:
        yield from _judgments_alone(source)
    elif named := _petri.BLOOM_NAME.fullmatch(source.file_name):
        yield from _of_file(source, (int(named[1]), int(named[2])))
    else:
        head = a_map(a_map(first).get("metadata"))
        judgments = judgments_of(source)
        convert = functools.partial(_rollout, source=source, head=head, judgments=judgments)
        yield from each(source, documents.items(source, ("rollouts",), "rollout"), convert)


def _of_file(source: Source, at: Place) -> Iterator[Transcript | Refused]:
    record = petri.load(source)
    judgments = judgments_of(source)
    asked = description_of(source, at, judgments)
    convert = functools.partial(
        _transcripts, source=source, at=at, asked=asked, judgments=judgments
    )
    yield from each(source, [("", record)], convert)


def _rollout(
    entry: Any, *, source: Source, head: Mapping[str, Any], judgments: Judgments
) -> Iterator[Transcript]:
    at = place(entry)
    asked = description_of(source, at, judgments) or str(entry.get("variation_description") or "")
    raw = entry["transcript"]
    if isinstance(raw, list):
        raw = {"messages": raw}
    if not _petri.is_transcript(raw):
        model = str(head.get("target") or "")
        plain = Transcript(to_messages(a_map(raw).get("messages")), model=model)
        scores = tuple(judgments.scores(at, {}))
        yield _named(plain, judgments, at, asked, scores)
        return
    yield from _transcripts(raw, source=source, at=at, asked=asked, judgments=judgments)


def _transcripts(
    record: Mapping[str, Any], *, source: Source, at: Place | None, asked: str, judgments: Judgments
) -> Iterator[Transcript]:
    judged_here = at in judgments.given or at in judgments.failed
    own = record.get("judgment") or a_map(record.get("metadata")).get("judge_output")

    def rate(ids: Mapping[str, int]) -> Iterator[Score]:
        if judged_here:
            return judgments.scores(at, ids)
        return _petri.judged(a_map(own), ids, judgments.judge)

    for one in _petri.transcripts(record, source.branches, rate):
        yield _named(one, judgments, at, asked, one.scores)


def _named(
    one: Transcript, judgments: Judgments, at: Place | None, asked: str, scores: tuple[Score, ...]
) -> Transcript:
    what = digest(asked) if asked else f"v{at[0]}" if at else ""
    where = told(
        behavior=judgments.behavior, variation=at and at[0], repetition=at and at[1], asked=asked
    )
    scenario = "/".join(filter(None, ("bloom", judgments.behavior, what))) if what else ""
    metadata = {**one.metadata, **where}
    return replace(one, scenario=scenario or one.scenario, metadata=metadata, scores=scores)


def _judgments_alone(source: Source) -> Iterator[Refused]:
    """Its ratings go in with the transcripts; here each is refused that has none beside it."""
    record = documents.load(source, ("judgments", "failed_judgments"))
    count = 0
    for number, entry in enumerate(_entries(record), start=1):
        at = place(entry)
        if at and _has_transcript(source, at):
            count += 1
            continue
        name = f"transcript_v{at[0]}r{at[1]}.json" if at else "its transcript"
        why = f"judges a conversation that is not here; put {name} beside it"
        yield Refused(source.name, f"judgment {number}", why)
    if count:
        why = f"holds {count} judgements, which go in with the transcripts beside it"
        yield Refused(source.name, "", f"{why}; import the folder or those files")


def _entries(record: Mapping[str, Any]) -> list[Any]:
    return [*a_list(record.get("judgments")), *a_list(record.get("failed_judgments"))]


def _has_transcript(source: Source, at: Place) -> bool:
    name = f"transcript_v{at[0]}r{at[1]}.json"
    return any(beside(source, path) for path in (name, f"transcripts/{name}", "rollout.json"))
