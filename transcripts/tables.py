"""Rows of a table one at a time, each with its place: CSV, TSV, Parquet, text lines, JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from transcripts.records import Placed, json_records
from transcripts.source import Refused, Source

BATCH = 256
csv.field_size_limit(1 << 30)  # a cell may hold a whole conversation; Python's default is 128 kB


def rows(source: Source) -> Iterator[Placed | Refused]:
    """("row 3", {column: value}) for each row; a text file has the one column `line`.

    A row that cannot be read is refused and the next one read. Raises `Unreadable`.
    """
    if source.suffix == ".parquet":
        return _parquet(source)
    if source.suffix in (".csv", ".tsv"):
        return _csv(source, "\t" if source.suffix == ".tsv" else ",")
    if source.suffix == ".txt":
        return _text(source)
    return json_records(source)


def _csv(source: Source, delimiter: str) -> Iterator[Placed | Refused]:
    with source.open() as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
        reader = csv.DictReader(text, delimiter=delimiter)
        number = 0
        while True:
            number += 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                yield Refused(source.name, f"row {number}", f"not CSV ({error}); mend its quotes")
                continue
            if row is None:
                return
            if why := _broken(row):
                yield Refused(source.name, f"row {number}", why)
            else:
                yield f"row {number}", row


def _broken(row: dict[Any, Any]) -> str | None:
    if None in row:
        return f"has {len(row[None])} cells more than the header; mend its quotes or commas"
    if any(value is None for value in row.values()):
        return "has fewer cells than the header; the file may have been cut off"
    for column, value in row.items():
        if not value.isascii() and any("\udc80" <= c <= "\udcff" for c in value):
            return f"column {column!r} is not UTF-8; save the file as UTF-8"
    return None


def _parquet(source: Source) -> Iterator[Placed | Refused]:
    import pyarrow  # a tenth of a second: only where there is a Parquet file
    from pyarrow import parquet

    with source.seekable() as file:
        try:
            table = parquet.ParquetFile(file)
            number = 0
            for batch in table.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", row
        except (pyarrow.ArrowException, OSError) as error:
            detail = str(error).split("\n")[0]
            yield Refused(source.name, "", f"not a whole Parquet file ({detail})")


def _text(source: Source) -> Iterator[Placed | Refused]:
    with source.open() as stream:
        for number, line in enumerate(io.TextIOWrapper(stream, "utf-8-sig", "replace"), start=1):
            yield f"row {number}", {"line": line.rstrip("\r\n")}
