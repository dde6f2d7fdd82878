"""Conversations as Hugging Face datasets keep them: Parquet, CSV, JSON with a column of messages.

Shapes from the datasets' cards: `conversation` or `conversations` with `role` and `content`
(lmsys/lmsys-chat-1m, allenai/WildChat), and in Parquet and CSV also `messages`, ShareGPT's `from`
and `value`, or any of them as JSON text, as our own export and Scout's transcripts have them.
`model` and the columns with a meaning here (`release`, `scenario`, `sample`, `ratings`) are read
as such; all others become metadata. A Parquet file without such a column is refused with the
columns it has.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Any

from transcripts.blocks import to_messages
from transcripts.formats import sharegpt
from transcripts.formats._each import each
from transcripts.formats._inspect import message, to_number
from transcripts.formats._scores import scored
from transcripts.formats._told import a_list, a_map, name, when
from transcripts.formats.native import from_record as from_native
from transcripts.formats.native import to_score
from transcripts.records import Broken, json_records, opened
from transcripts.source import Refused, Source
from transcripts.tables import rows
from transcripts.transcript import Message, Score, Transcript

EXAMPLE = b"""\
{"conversation_id": "c1", "model": "m-1", "turn": 1, "language": "English", "redacted": false, \
"conversation": [{"role": "user", "content": "Is 91 prime?"}, \
{"role": "assistant", "content": "No."}]}
"""

COLUMNS = ("conversation", "conversations", "messages")
PARQUET = b"PAR1"
OURS = "traitbook"
LETTERS = "bcdefghijklmnopqrstuvwxyz"
DELIMITERS = {".csv": ",", ".tsv": "\t"}
NESTED = ("metadata", "ratings")


def recognises(source: Source) -> bool:
    if source.head.startswith(PARQUET) or _is_talk_csv(source):
        return True
    return any(isinstance(record, dict) and _has_turns(record) for record in source.records)


def _is_talk_csv(source: Source) -> bool:
    """Whether a CSV has a column of conversations: ours, or a data set's written by pandas."""
    if source.suffix not in DELIMITERS:
        return False
    lines = source.head.decode("utf-8-sig", "replace").splitlines()
    try:
        columns = next(csv.reader(lines[:1], delimiter=DELIMITERS[source.suffix]), [])
    except csv.Error:
        return False
    return any(column in COLUMNS for column in columns)


def _has_turns(record: Mapping[str, Any]) -> bool:
    turns = a_list(record.get("conversation")) or a_list(record.get("conversations"))
    return bool(turns) and "role" in a_map(turns[0]) and "content" in a_map(turns[0])


def parse(source: Source) -> Iterator[Transcript | Refused]:
    if source.head.startswith(PARQUET) or source.suffix in DELIMITERS:
        return _table(source)
    return each(source, json_records(source), from_row)


def _table(source: Source) -> Iterator[Transcript | Refused]:
    found = rows(source)
    first = next(found, None)
    if isinstance(first, tuple) and not any(key in first[1] for key in COLUMNS):
        has = ", ".join(str(key) for key in list(first[1])[:20])
        why = f"is a table of {has}; say which column is what with --map FILE.yaml"
        yield Refused(source.name, "", why)
        return
    convert = _from_text if source.suffix in DELIMITERS else from_row
    yield from each(source, itertools.chain(filter(None, [first]), found), convert)


def _from_text(row: Any) -> Transcript:
    """A row of a CSV, where every cell is text: an empty one is none, and a sample is a number."""
    given = {key: value for key, value in row.items() if value != ""}
    if str(given.get("sample", "")).isdecimal():
        given["sample"] = int(given["sample"])
    return from_row(given)


def from_row(row: Any) -> Transcript:
    """A row as a transcript. Raises `Broken` where it has no conversation."""
    if not isinstance(row, Mapping):
        raise Broken("is not an object with a conversation")
    column = next((key for key in COLUMNS if key in row and row[key] is not None), None)
    if column is None:
        raise Broken(f"has nothing under {', '.join(COLUMNS)}")
    turns = opened(row[column])
    rest = {key: value for key, value in row.items() if key != column}
    if isinstance(turns, list) and turns and "from" in a_map(turns[0]):
        return sharegpt.from_record({"conversations": turns, **_without_null(rest)})
    if column == "messages" and not _from_scout(row):
        given = {key: opened(value) if key in NESTED else value for key, value in rest.items()}
        return from_native({"messages": _tidy(turns), **_without_null(given)})
    if _from_scout(row) and isinstance(turns, list):
        return _scout(rest, turns)
    messages = to_messages(_tidy(turns))
    return Transcript(messages, model=name(rest.pop("model", "")), metadata=_metadata(rest, turns))


def _scout(rest: Mapping[str, Any], turns: list[Any]) -> Transcript:
    """A row of Scout's transcripts. What we wrote ourselves comes back as it was.

    The repeat of another's task stays in metadata: two logs may claim one number for different
    answers.
    """
    messages = tuple(message(_tidy([one])[0], n) for n, one in enumerate(turns, start=1))
    if not messages:
        raise Broken("has no messages")
    if rest.get("source_type") == OURS:
        base = from_native({
            "messages": [{"role": "user", "content": ""}], "release": rest.get("release"),
            "model": rest.get("model"), "scenario": rest.get("task_id"),
            "sample": rest.get("task_repeat"), "metadata": opened(rest.get("metadata_json")) or {},
        })  # fmt: skip
        messages = tuple(_joined(turns, messages))
        told = [to_score(one, len(messages)) for one in opened(rest.get("ratings")) or ()]
        return replace(base, messages=messages, scores=tuple(told))
    task = [str(rest[key]) for key in ("task_set", "task_id") if rest.get(key) is not None]
    return Transcript(
        messages, model=name(rest.get("model")), scenario="/".join(task),
        metadata=_metadata({k: v for k, v in rest.items() if k != "model"}, turns),
        scores=tuple(_scout_scores(rest)),
    )  # fmt: skip


def _joined(turns: list[Any], messages: tuple[Message, ...]) -> Iterator[Message]:
    """Messages of one number (ids `t-3`, `t-3b`) as the one they were before Inspect's shape."""
    numbered = zip(
        (str(a_map(turn).get("id")).rstrip(LETTERS) for turn in turns), messages, strict=True
    )
    for _, group in itertools.groupby(numbered, key=itemgetter(0)):
        said = [one for _, one in group]
        parts = [part for one in said for part in one.parts]
        # Inspect has no message without content: an empty text beside a call is its filler.
        words = [part for part in parts if part.kind != "text" or part.text]
        yield Message(said[-1].role, tuple(words or parts[:1]))


def _scout_scores(rest: Mapping[str, Any]) -> Iterator[Score]:
    said = rest.get("score")
    if said is None or isinstance(said, Mapping | list):
        return
    try:
        value = json.loads(said) if isinstance(said, str) else said
    except (ValueError, RecursionError):
        value = said
    if isinstance(value, dict | list):
        return  # stays in metadata as it is
    number, why = to_number(value), name(rest.get("score_explanation"))
    yield scored("score", "scout", number, reason=why or ("" if number is not None else str(value)))


def _from_scout(row: Mapping[str, Any]) -> bool:
    return "transcript_id" in row


def _tidy(turns: Any) -> Any:
    """Messages without the nulls that a table puts where another row's message has something."""
    if not isinstance(turns, list):
        return turns
    return [_without_null(turn) if isinstance(turn, Mapping) else turn for turn in turns]


def _without_null(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in value.items() if one is not None}


def _metadata(rest: Mapping[str, Any], turns: Any) -> dict[str, Any]:
    found = {key: opened(value) if key in NESTED else value for key, value in rest.items()}
    inner = found.pop("metadata", None)
    found.update(inner if isinstance(inner, Mapping) else {})
    created = next(
        (when(a_map(t).get("timestamp")) for t in a_list(turns) if a_map(t).get("timestamp")), ""
    )
    if created:
        found.setdefault("created", created)
    return _without_null(found)
