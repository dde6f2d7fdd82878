"""Out again: transcripts and ratings as JSON Lines, CSV or Parquet, streamed, never half a file."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from rubrics import Rating
from store import ratings as kept
from store.database import Store
from store.errors import StoreError
from store.manners import manners
from transcripts import Transcript
from transcripts.blocks import compact, to_content

Row = dict[str, Any]
BATCH = 500
BATCH_CHARACTERS = 16_000_000

TRANSCRIPT_COLUMNS = (
    "id",
    "release",
    "model",
    "scenario",
    "sample",
    "messages",
    "metadata",
    "ratings",
)
RATING_COLUMNS = (
    "transcript", "release", "scenario", "sample", "trait", "rater", "kind", "value", "status",
    "message", "repeat", "why", "reason", "quotes", "scale", "rubric", "other", "at",
    "manner", "identity", "unsure",
)  # fmt: skip


def to_record(one: Transcript, ratings: Iterable[Row] = ()) -> Row:
    """A transcript in the native interchange."""
    return {
        "id": one.id,
        "release": one.release,
        "model": one.model or None,
        "scenario": one.scenario,
        "sample": one.sample,
        "messages": [{"role": m.role, "content": to_content(m)} for m in one.messages],
        "metadata": dict(one.metadata),
        "ratings": [
            _without(row, "transcript", "release", "scenario", "sample") for row in ratings
        ],
    }


def _without(row: Row, *names: str) -> Row:
    return {key: value for key, value in row.items() if key not in names and value is not None}


def rating_rows(store: Store, *, history: bool = False) -> Iterator[Row]:
    """Each latest rating, or with `history` each one ever given, in the native interchange."""
    known = scales(store)
    places = {
        row["id"]: row
        for row in store.rows(
            "SELECT t.id, e.name AS release, s.name AS scenario, t.sample FROM transcripts t "
            "JOIN releases e ON e.key = t.release JOIN scenarios s ON s.key = t.scenario"
        )
    }
    manner = manners(store)
    for rating in kept.each_rating(store, history=history):
        yield {**rating_row(rating, places[rating.transcript], known), **manner(rating)}


def scales(store: Store) -> dict[tuple[str, str], list[float] | None]:
    """The scale of each rubric by trait and version; None where its source told none."""
    rows = store.rows("SELECT trait, version, low, high FROM rubrics")
    return {
        (row["trait"], row["version"]): None if row["low"] is None else [row["low"], row["high"]]
        for row in rows
    }


def rating_row(rating: Rating, place: Any, scales: dict[tuple[str, str], Any]) -> Row:
    """A rating in the native interchange; `place` tells release, scenario and sample."""
    told = (
        (lambda name: getattr(place, name)) if isinstance(place, Transcript) else place.__getitem__
    )
    return {
        "transcript": rating.transcript,
        "release": told("release"),
        "scenario": told("scenario"),
        "sample": told("sample"),
        "trait": rating.trait,
        "rater": str(rating.rater),
        "kind": rating.rater.kind,
        "value": rating.value,
        "status": rating.status,
        "message": rating.message,
        "repeat": rating.repeat,
        "why": rating.why or None,
        "reason": rating.reason or None,
        "quotes": [
            {
                "message": q.message,
                "text": q.text,
                "match": q.match,
                "part": q.part,
                "start": q.start,
                "end": q.end,
            }
            for q in rating.quotes
        ],
        "scale": scales.get((rating.trait, rating.rubric)),
        "rubric": rating.rubric,
        "other": rating.other,
        "at": rating.at,
    }


def write(path: Path, rows: Iterable[Row], columns: tuple[str, ...]) -> int:
    """Write rows to a `.jsonl`, `.csv` or `.parquet` file; how many. The file appears only when
    it is whole. Raises `StoreError` for another ending, or where it cannot be written."""
    writers: dict[str, Callable[[Path, Iterable[Row], tuple[str, ...]], int]] = {
        ".jsonl": _jsonl,
        ".csv": _csv,
        ".parquet": _parquet,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise StoreError(f"{path}: the ending says the form; known: {', '.join(writers)}")
    part = path.with_name(f".{path.name}.part")
    try:
        count = writer(part, rows, columns)
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return count


def _jsonl(path: Path, rows: Iterable[Row], columns: tuple[str, ...]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(compact(row) + "\n")
            count += 1
    return count


def _flat(row: Row, columns: tuple[str, ...]) -> list[Any]:
    cells = (row.get(name) for name in columns)
    return [compact(cell) if isinstance(cell, list | dict) else cell for cell in cells]


def _csv(path: Path, rows: Iterable[Row], columns: tuple[str, ...]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow(_flat(row, columns))
            count += 1
    return count


_NUMBERS = {
    "sample": "int64", "message": "int64", "repeat": "int64", "value": "float64",
    "unsure": "bool_", "swapped": "bool_",
    "task_repeat": "int64", "message_count": "int64", "total_tokens": "int64",
}  # fmt: skip


def _parquet(path: Path, rows: Iterable[Row], columns: tuple[str, ...]) -> int:
    import pyarrow
    from pyarrow import parquet

    types = [(name, getattr(pyarrow, _NUMBERS.get(name, "string"))()) for name in columns]
    schema = pyarrow.schema(types)
    count = size = 0
    held: list[list[Any]] = []
    with parquet.ParquetWriter(path, schema) as writer:

        def flush() -> None:
            arrays = [list(column) for column in zip(*held, strict=True)] or [[] for _ in columns]
            writer.write_table(pyarrow.table(arrays, schema=schema))
            held.clear()

        for row in rows:
            held.append(_flat(row, columns))
            count += 1
            size += sum(len(cell) for cell in held[-1] if isinstance(cell, str))
            if len(held) >= BATCH or size >= BATCH_CHARACTERS:
                flush()
                size = 0
        flush()
    return count
