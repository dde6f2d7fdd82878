"""Training data from ratings and preferences, in OpenAI's JSON Lines: fine-tuning, and pairs.

Shapes from OpenAI's guides to supervised fine-tuning (`messages`, `weight` 0 or 1 on an answer)
and direct preference optimisation (`input`, `preferred_output`, `non_preferred_output`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from store import selecting, transcripts
from store.database import Store
from store.errors import StoreError
from store.naming import Known
from store.selecting import Better, Chosen, Wanted
from transcripts import Message, Transcript
from transcripts.outgoing import to_openai
from transcripts.transcript import digest

Row = dict[str, Any]
MARGIN = 1.0
"""Points of the scale by which the better answer of a pair must be better."""


def tuning_rows(store: Store, wanted: Wanted, left: Counter[str]) -> Iterator[Row]:
    """A line a transcript, up to its last answer; `left` counts those left out, by why.

    Where turns were rated, the answers within the bounds are learnt from (`weight` 1) and the
    others are context (`weight` 0).
    """
    for chosen in selecting.each(store, wanted):
        messages = list(_weighted(chosen, wanted))
        while messages and messages[-1]["role"] != "assistant":
            messages.pop()
        if not any(m.get("weight", 1) for m in messages if m["role"] == "assistant"):
            left["no answer in words to learn from"] += 1
        else:
            yield {"messages": messages}


def _weighted(chosen: Chosen, wanted: Wanted) -> Iterator[Row]:
    turns = {number for number in chosen.places if number is not None}
    for number, message in chosen.transcript.numbered():
        for raw in to_openai(message):
            if turns and raw["role"] == "assistant":
                raw["weight"] = int(number in turns and wanted.holds(chosen.places[number]))
            yield raw


def pair_rows(
    store: Store, wanted: Wanted, left: Counter[str], better: Better | None = None,
    margin: float = MARGIN,
) -> Iterator[Row]:  # fmt: skip
    """A line a pair of answers to the same words.

    Of a trait: the pairs that a rater compared, and of the answers it rated the best against
    the worst to each prompt: a turn with all before it, or a whole transcript's last answer.
    Without a trait: the pairs that came with the data, as HH's do.
    """
    if wanted.trait is None:
        yield from _given(store, wanted, left)
        return
    better = selecting.better_of(store, wanted.trait, better)
    yield from _compared(store, wanted, better, left)
    yield from _rated(store, wanted, better, margin, left)


def _row(good: Transcript, bad: Transcript, left: Counter[str]) -> Iterator[Row]:
    """The pair as a line, where both answer the same words."""
    asked, answer = split(good)
    other, worse = split(bad)
    if asked != other:
        left["the two do not answer the same words"] += 1
    elif not answer or not worse:
        left["no answer in words at the end"] += 1
    elif answer == worse:
        left["the two answers are the same"] += 1
    else:
        yield {
            "input": {"messages": asked},
            "preferred_output": answer,
            "non_preferred_output": worse,
        }


def split(one: Transcript) -> tuple[list[Row], list[Row]]:
    """What was asked, and the last answer (none where it has no words), as OpenAI's messages."""
    messages = [raw for message in one.messages for raw in to_openai(message)]
    if not messages or messages[-1]["role"] != "assistant" or messages[-1].get("tool_calls"):
        return messages, []
    return messages[:-1], messages[-1:]


def _prompt(one: Transcript) -> str:
    asked: tuple[Message, ...] = one.messages[:-1]
    return digest([[m.role, *(p.as_list() for p in m.parts)] for m in asked])


def _given(store: Store, wanted: Wanted, left: Counter[str]) -> Iterator[Row]:
    where = "json_extract(t.metadata, '$.pair_of') IS NOT NULL"
    waiting: dict[str, Transcript] = {}
    if wanted.release:
        where = f"e.name = ? AND {where}"
    values = (wanted.release,) if wanted.release else ()
    for one in transcripts.each(store, where, values):
        pair = str(one.metadata["pair_of"])
        other = waiting.pop(pair, None)
        if other is None:
            waiting[pair] = one
        elif {one.metadata.get("preferred"), other.metadata.get("preferred")} != {True, False}:
            left["neither was preferred"] += 1
        else:
            first = bool(one.metadata["preferred"])
            yield from _row(*((one, other) if first else (other, one)), left)
    if waiting:
        left["the other half is not here"] += len(waiting)


def _compared(store: Store, wanted: Wanted, better: Better, left: Counter[str]) -> Iterator[Row]:
    """The pairs of a trait that raters compared; `winner` has more of the trait."""
    columns = {row["name"] for row in store.rows("PRAGMA table_info(preferences)")}
    latest = (
        "AND NOT EXISTS (SELECT 1 FROM preferences s WHERE s.supersedes = p.key)"
        if "supersedes" in columns
        else ""
    )
    rows = store.rows(
        "SELECT f.id AS first, s.id AS second, p.winner, a.kind, a.name FROM preferences p "
        "JOIN transcripts f ON f.key = p.first JOIN transcripts s ON s.key = p.second "
        f"JOIN raters a ON a.key = p.rater WHERE p.trait = ? {latest} ORDER BY p.key",
        (wanted.trait,),
    )
    for row in rows:
        if wanted.rater and wanted.rater not in (row["name"], f"{row['kind']}:{row['name']}"):
            continue
        if row["winner"] == "tie":
            left["a tie"] += 1
        elif better == "zero":
            left["more of a two-sided trait is not better; say --better high|low"] += 1
        else:
            pair = [transcripts.get(store, row["first"]), transcripts.get(store, row["second"])]
            if (row["winner"] == "second") != (better == "low"):
                pair.reverse()
            yield from _row(pair[0], pair[1], left)


def _rated(
    store: Store, wanted: Wanted, better: Better, margin: float, left: Counter[str]
) -> Iterator[Row]:
    try:
        rater = selecting.rater_of(store, wanted)
    except StoreError:
        if store.one("SELECT 1 FROM preferences WHERE trait = ?", (wanted.trait,)):
            return  # compared in pairs only
        raise
    assert rater is not None
    for scenario in _scenarios(store, str(wanted.trait), rater.key):
        answers = [
            answer
            for chosen in _of_scenario(store, scenario, wanted, rater)
            for answer in _answers(chosen, better)
        ]
        answers.sort(key=lambda one: one.prompt)
        for _, group in groupby(answers, key=lambda one: one.prompt):
            yield from _best_and_worst(list(group), margin, left)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A rated answer: the conversation up to it, what was asked as a hash, and how good it is."""

    said: Transcript
    prompt: str
    good: float


def _answers(chosen: Chosen, better: Better) -> Iterator[_Answer]:
    """Each rated turn with what stands before it; a rating of the whole is one of its end."""
    for number, value in chosen.places.items():
        said = replace(chosen.transcript, messages=chosen.transcript.messages[:number])
        yield _Answer(said, _prompt(said), selecting.goodness({number: value}, better))


def _scenarios(store: Store, trait: str, rater: int) -> Iterator[int]:
    """Keys of scenarios of which this rater rated two transcripts or more."""
    rows = store.each(
        "SELECT t.scenario FROM ratings r JOIN transcripts t ON t.key = r.transcript "
        "JOIN rubrics b ON b.key = r.rubric WHERE b.trait = ? AND r.rater = ? "
        "AND r.status = 'rated' GROUP BY t.scenario HAVING count(DISTINCT t.key) > 1",
        (trait, rater),
    )
    yield from (row[0] for row in rows)


def _of_scenario(store: Store, scenario: int, wanted: Wanted, rater: Known) -> Iterator[Chosen]:
    where, values = "t.scenario = ?", (scenario,)
    for chunk in transcripts.each_chunk(store, where, values):
        ratings = selecting.by_transcript(store, [one.id for one in chunk])
        for one in chunk:
            mine = ratings.get(one.id, [])
            found = selecting.places(mine, str(wanted.trait), rater)
            if found and wanted.release in (None, one.release):
                yield Chosen(one, mine, found)


def _best_and_worst(group: list[_Answer], margin: float, left: Counter[str]) -> Iterator[Row]:
    worst, best = (end(group, key=lambda one: one.good) for end in (min, max))
    if len(group) < 2:
        left["nothing else answers the same words"] += 1
    elif best.good - worst.good < margin:
        left[f"less than {margin:g} apart"] += 1
    else:
        yield from _row(best.said, worst.said, left)
