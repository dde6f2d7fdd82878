"""Spiral-Bench result files (`res_v0.2/*.json`, `res_v1.2/*.json`): conversations with findings.

Shape from real result files and the code that writes them: `{run: {prompt file: {prompt: [
conversation, ...]}, "__meta__", "scoring_summary"}}`. A conversation's `judgements` are chunks of
assistant turns (`chunk3`: numbered from 1 by `assistant_turn_indexes`, over the assistant's turns
alone), or a list of such maps, one a judge. Each finding is a quote with a strength 1 to 3; a
rating is their sum by turn and behavior, as the benchmark has it, 0 where none was found. A
failed chunk is unscored for every behavior. Conversations are streamed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from transcripts import documents
from transcripts.blocks import to_messages
from transcripts.formats._each import each
from transcripts.formats._scores import failed, scored
from transcripts.formats._told import a_list, a_map, name, told
from transcripts.records import Broken, Placed
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Said, Score, Transcript

EXAMPLE = b"""\
{"1": {"eval_prompts.json": {"td01": [{"prompt_id": "td01", "category": "theory_development",
  "prompts": ["I have a theory."], "convo_index": 0, "user_model": "m-user",
  "evaluated_model": "m-1", "evaluated_system_prompt": "", "transcript": [
   {"role": "user", "content": "I have a theory."},
   {"role": "assistant", "content": "A brilliant one!"},
   {"role": "user", "content": "So it is true?"}, {"role": "assistant", "content": "Test it."}],
  "judgements": {"chunk0": {"metrics": {"sycophancy or praise": 3.0, "pushback": 0.0},
    "full_metrics": {"sycophancy or praise": [["A brilliant one!", 3]], "pushback": []},
    "assistant_turn_indexes": [1]}, "chunk1": {"error": "no JSON"}},
  "final_judgement": {"off_rails": 3, "safety": 6}}]},
 "__meta__": {"judge_model": "m-judge"}}}
"""

ASIDE = ("__meta__", "scoring_summary")
JUDGE = "spiral-bench judge"
DEPTH = 4
KEPT = ("prompt_id", "category", "prompt_file", "convo_index", "user_model", "completed", "errors")


def recognises(source: Source) -> bool:
    return any(_is_conversation(one) for one in _first(source.first, DEPTH))


def _first(value: Any, depth: int) -> list[Any]:
    """The first values that stand so deep, where all above are maps and lists."""
    level = [value]
    for _ in range(depth):
        level = [inner for one in level for inner in _inside(one)[:2]]
    return level


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else a_list(value)


def _is_conversation(record: Any) -> bool:
    return isinstance(record, dict) and "prompt_id" in record and (
        "evaluated_model" in record or "transcript" in record
    )  # fmt: skip


def parse(source: Source) -> Iterator[Transcript | Refused]:
    judges = _judges(source)
    return each(source, _conversations(source), partial(from_record, judges=judges))


def _conversations(source: Source) -> Iterator[Placed | Refused]:
    for item in documents.deep(source, DEPTH):
        if isinstance(item, Refused):
            yield item
        elif item[0][1] not in ASIDE:
            yield "/".join(item[0]), item


def _judges(source: Source) -> list[str]:
    """Who judged, from the `__meta__` at the end of a run."""
    for item in documents.deep(source, 3):
        if isinstance(item, Refused) or item[0][1] != "__meta__":
            continue
        if item[0][2] == "judges":
            return [name(a_map(one).get("model")) for one in a_list(item[1])]
        if item[0][2] == "judge_model" and name(item[1]):
            return [item[1]]
    return []


def from_record(item: tuple[tuple[str, ...], Any], *, judges: list[str]) -> Transcript:
    """A conversation, given with the keys that lead to it, and its ratings. Raises `Broken`."""
    keys, record = item
    if not isinstance(record, Mapping) or not isinstance(record.get("transcript"), list):
        raise Broken("has no 'transcript'")
    messages = to_messages(record["transcript"])
    if name(record.get("evaluated_system_prompt")).strip():
        system = Message.plain("system", record["evaluated_system_prompt"])
        messages = (system, *messages)
    turns = [n for n, message in enumerate(messages, start=1) if message.role == "assistant"]
    return Transcript(
        messages,
        model=name(record.get("evaluated_model")),
        scenario=f"spiral-bench/{keys[1]}/{keys[2]}",
        metadata={**told(**{key: record.get(key) for key in KEPT}), "run": keys[0]},
        scores=tuple(_scores(record, turns, judges)),
    )


def _scores(record: Mapping[str, Any], turns: list[int], judges: list[str]) -> Iterator[Score]:
    judged = record.get("judgements")
    for number, chunks in enumerate(judged if isinstance(judged, list) else [judged]):
        judge = judges[number] if number < len(judges) and judges[number] else JUDGE
        if judge == JUDGE and number:
            judge = f"{JUDGE} {number + 1}"
        yield from _of_judge(a_map(chunks), turns, judge)
    final = record.get("final_judgement")
    for number, one in enumerate(final if isinstance(final, list) else [final]):
        judge = judges[number] if number < len(judges) and judges[number] else JUDGE
        if a_map(one).get("error"):
            yield failed("final_judgement", judge, str(a_map(one)["error"]), why="judge_failed")
            continue
        for trait, value in a_map(one).items():
            if isinstance(value, int | float | None):
                yield scored(trait, judge, value, scale=(0.0, 10.0))


def _of_judge(chunks: Mapping[str, Any], turns: list[int], judge: str) -> Iterator[Score]:
    behaviors = {b: None for c in map(a_map, chunks.values()) for b in a_map(c.get("full_metrics"))}
    sizes = [len(a_list(a_map(c).get("assistant_turn_indexes"))) for c in chunks.values()]
    size = max(sizes, default=1) or 1
    for key, chunk in sorted(chunks.items(), key=lambda item: _number(item[0])):
        chunk = a_map(chunk)
        indexes = a_list(chunk.get("assistant_turn_indexes")) or [_number(key) * size + 1]
        message = _message(indexes, turns)
        findings = a_map(chunk.get("full_metrics"))
        if not findings:
            why = str(chunk.get("error") or "the judge left no findings")
            for behavior in behaviors or ("spiral-bench",):
                yield failed(behavior, judge, why, why="judge_failed", message=message)
            continue
        for behavior, found in findings.items():
            value = a_map(chunk.get("metrics")).get(behavior)
            yield _finding(behavior, judge, found, value, message)


def _number(key: str) -> int:
    digits = "".join(c for c in key if c in "0123456789")[:6]
    return int(digits or 0)


def _message(indexes: list[Any], turns: list[int]) -> int | None:
    first = indexes[0] if indexes else None
    known = isinstance(first, int) and not isinstance(first, bool) and 1 <= first <= len(turns)
    return turns[first - 1] if known else None  # type: ignore[operator]


def _finding(behavior: str, judge: str, found: Any, value: Any, message: int | None) -> Score:
    pairs = [one for one in a_list(found) if isinstance(one, list) and len(one) == 2]
    strengths = [one[1] for one in pairs if isinstance(one[1], int | float)]
    words = [one[0] for one in pairs if isinstance(one[0], str) and one[0].strip()]
    quotes = tuple(Said(message, one) for one in words)
    value = sum(strengths) if value is None else value
    told_of = f"strengths {', '.join(f'{s:g}' for s in strengths)}" if strengths else ""
    return scored(behavior, judge, value, reason=told_of, message=message, quotes=quotes)
