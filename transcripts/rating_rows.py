"""Rows of ratings that people or their programs wrote, each with its line.

A table may be separated by commas, semicolons or tabs, in UTF-8 (with or without its mark) or
UTF-16; the names of its columns may be in capitals. What a table lacks is said once, not per row.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.records import Broken, Placed, json_records
from transcripts.source import Refused, Source, Unreadable
from transcripts.tables import rows

KINDS = ("person", "judge", "signal", "author", "imported")
WHOLE = ("message", "repeat", "sample", "start", "end", "part")
LISTS = ("quotes", "scale")
CHOICES = ("first", "second", "tie")
TABLES = (".csv", ".tsv", ".parquet")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SHAPE = (
    "a table of ratings has the columns transcript (or release and scenario), trait, rater, kind "
    "and value, one row a rating"
)


def rating_rows(source: Source, kind: str = "") -> Iterator[Placed | Refused]:
    """(line, row) for each rating or preference of a source; what is none is refused with its line,
    the cause and the mend. `kind` is that of raters whose row tells none."""
    try:
        source = in_utf8(source)
        found = 0
        for item in _placed(source):
            found += 1
            if isinstance(item, Refused):
                yield item
                continue
            where, row = item
            try:
                yield where, _typed(row, kind)
            except Broken as error:
                yield Refused(source.name, where, str(error))
        if not found:
            yield Refused(source.name, "", f"holds no rating; {SHAPE}")
    except Unreadable as error:
        yield Refused(source.name, "", str(error))


def in_utf8(source: Source) -> Source:
    """The source, its text in UTF-8: spreadsheets like to write UTF-16. Raises `Unreadable` where
    it begins as text and is none."""
    if source.suffix == ".parquet":
        return source
    head = source.head
    coding = ""
    if head.startswith(UTF16):
        coding = "utf-16"
    elif head[1:2] == b"\0" or head[:1] == b"\0":
        coding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    if not coding:
        return source
    with source.open() as stream:
        raw = stream.read()
    try:
        text = raw.decode(coding).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise Unreadable("is neither UTF-8 nor UTF-16 text; save it as CSV in UTF-8") from error
    made = Source(source.path, lambda: io.BytesIO(text.encode()), source.inner)
    made.on_disk = False
    return made


def _placed(source: Source) -> Iterator[Placed | Refused]:
    if source.suffix in (".csv", ".tsv"):
        return _table(source)
    if source.suffix == ".parquet":
        return rows(source)
    return json_records(source)


def _table(source: Source) -> Iterator[Placed | Refused]:
    with source.open() as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
        reader = csv.reader(text, delimiter=_delimiter(source))
        columns: list[str] = []
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield Refused(source.name, f"line {line}", f"not CSV ({error}); mend its quotes")
                continue
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [cell.strip().lower() for cell in cells]
                if why := _lacking(columns):
                    yield Refused(source.name, f"line {line}", why)
                    return
                continue
            if why := _unlike(cells, columns):
                yield Refused(source.name, f"line {line}", why)
            else:
                yield f"line {line}", dict(zip(columns, cells, strict=True))


def _delimiter(source: Source) -> str:
    """What parts the cells: what the first line has most of."""
    first = source.head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")[0]
    return max(",;\t", key=lambda letter: first.count(letter.encode()))


def _lacking(columns: list[str]) -> str:
    """What a table of ratings lacks; '' where it has what it needs."""
    if len(columns) == 1 and not columns[0].isprintable():
        return "is no text; save the table as CSV in UTF-8"
    if doubled := [name for name in dict.fromkeys(columns) if name and columns.count(name) > 1]:
        return f"has the column {doubled[0]!r} twice; take one out"
    of_pairs = "winner" in columns
    wanted = ("first", "second", "winner", "trait", "rater") if of_pairs else ("trait", "rater")
    lacking = [name for name in wanted if name not in columns]
    if not of_pairs:
        if "transcript" not in columns and not {"release", "scenario"} <= set(columns):
            lacking.insert(0, "transcript")
        if "value" not in columns and "status" not in columns:
            lacking.append("value")
    if not lacking:
        return ""
    told = ", ".join(name for name in columns if name)[:200]
    noun = "column" if len(lacking) == 1 else "columns"
    return f"lacks the {noun} {', '.join(lacking)}; {SHAPE}; it has: {told}"


def _unlike(cells: list[str], columns: list[str]) -> str:
    """Why a line is no row of this table; '' where it is one."""
    if len(cells) > len(columns):
        more = len(cells) - len(columns)
        return (
            f"has {more} cell{'s' * (more > 1)} more than the header; put what holds a separator "
            "into quotes (a number with a comma too)"
        )
    if len(cells) < len(columns):
        return "has fewer cells than the header; the file may have been cut off"
    for column, cell in zip(columns, cells, strict=True):
        if not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell):
            return f"column {column!r} is not UTF-8; save the file as UTF-8"
    return ""


def _typed(row: Any, kind: str) -> dict[str, Any]:
    """A row with numbers and lists as such, its rater and kind told; empty cells are left out.
    Raises `Broken`."""
    if not isinstance(row, Mapping):
        raise Broken('is no rating; one is an object such as {"transcript", "trait", "rater", ...}')
    made = {
        str(key): value
        for key, value in row.items()
        if value is not None and (not isinstance(value, str) or value.strip())
    }
    for key in WHOLE:
        if key in made:
            made[key] = _whole(key, made[key])
    for key in LISTS:
        if isinstance(made.get(key), str) and made[key].lstrip()[:1] in "[{":
            try:
                made[key] = json.loads(made[key])
            except ValueError as error:
                told = f"has {key} that are not JSON ({error}); mend or empty the cell"
                raise Broken(told) from error
    if "winner" not in made:
        _check_value(made)
    elif made["winner"] not in CHOICES:
        raise Broken(f"has the winner {made['winner']!r}; one of {', '.join(CHOICES)}")
    if not made.get("trait"):
        raise Broken("names no trait; write one, such as warmth_fit")
    made["rater"], made["kind"] = _rater(made, kind)
    return made


def _whole(key: str, value: Any) -> int:
    try:
        number = float(value)
        if isinstance(value, bool) or number != int(number):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise Broken(f"has the {key} {value!r}; write a whole number, or leave it out") from None
    return int(number)


def _check_value(made: dict[str, Any]) -> None:
    """The value as a number, and no contradiction between it and the status."""
    value, status = made.get("value"), made.get("status", "")
    if isinstance(value, str):
        told = value.strip()
        if re.fullmatch(r"[+-]?\d+,\d{1,2}", told):  # a comma as in much of Europe
            told = told.replace(",", ".")
        try:
            made["value"] = float(told)
        except ValueError:
            raise Broken(f"has the value {value!r}, which is no number; write one") from None
    if status in ("not_applicable", "unscored") and value is not None:
        raise Broken(f"is {status} and has the value {value}; leave one of the two out")
    if status in ("", "rated") and value is None:
        raise Broken("has no value; write one, or the status not_applicable, or take the row out")
    scale = made.get("scale")
    if scale is not None and not _is_scale(scale):
        raise Broken(f"has the scale {scale!r}; write it as [0, 10], the lowest first")
    quotes = made.get("quotes")
    if quotes is not None and not (
        isinstance(quotes, list)
        and all(isinstance(q, str) or (isinstance(q, dict) and "text" in q) for q in quotes)
    ):
        raise Broken('has quotes that are no list; write [{"message": 2, "text": "exact words"}]')


def _is_scale(scale: Any) -> bool:
    if not isinstance(scale, list) or len(scale) != 2:
        return False
    numbers = [one for one in scale if isinstance(one, int | float) and not isinstance(one, bool)]
    return len(numbers) == 2 and numbers[0] < numbers[1]


def _rater(made: Mapping[str, Any], kind: str) -> tuple[str, str]:
    """(rater, kind): the kind as told, as the name begins, else as was said of all."""
    name = str(made.get("rater") or "").strip()
    if not name:
        raise Broken("names no rater; write who says so, such as person:Ida")
    told = str(made.get("kind") or "").strip()
    begins = name.partition(":")[0] if ":" in name else name if name == "author" else ""
    begins = begins if begins in KINDS else ""
    if told and told not in KINDS:
        raise Broken(f"has the kind {told!r}; one of {', '.join(KINDS)}")
    if told and begins and told != begins:
        raise Broken(f"calls {name} a {told}; mend the kind or the name")
    found = told or begins or kind
    if not found:
        raise Broken(
            f"does not say what kind of rater {name} is: write the column kind (person, judge, "
            f"imported), or person:{name}, or give --kind person for the whole file"
        )
    return name, found
