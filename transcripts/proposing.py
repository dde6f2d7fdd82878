"""A mapping for a file that no format recognises, proposed by looking at its first records.

proposal = propose(source)
print(proposal.text)                      # YAML, to be read and mended by a person
for item in proposal.preview: ...         # what it makes of the first records

It is a guess from the names of columns and what stands in them; nothing is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import yaml

from transcripts import looking, tables
from transcripts.documents import items
from transcripts.finding import list_in
from transcripts.looking import Found
from transcripts.mapping import Mapping as MappingFile
from transcripts.source import LINES, Refused, Source
from transcripts.transcript import Transcript

LOOKED_AT = 50
SHOWN = 3
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
TABLES = (".csv", ".tsv", ".parquet", ".txt")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as text, what it makes of the first records, and what a person should check.

    `text` is always a mapping that loads; `preview` is empty where nothing in the file looks like
    what somebody said, and `notes` says so.
    """

    text: str
    preview: tuple[Transcript | Refused, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """The first records of a file, where in it they are, and what was found in them."""

    inside: str
    rows: list[Mapping[str, Any]]
    found: Found


def look_at(source: Source) -> Looked | None:
    """Look at the first records of a file; None where they have no named cells.

    Raises `Unreadable` for a file that cannot be read at all.
    """
    inside, records = _records(source)
    rows = [record for record in records if isinstance(record, Mapping) and record]
    return Looked(inside, rows, looking.look(rows)) if rows else None


def propose(source: Source) -> Proposal:
    """Look at the first records of a JSON, JSONL, CSV, TSV or Parquet file.

    Raises `Unreadable` for a file that cannot be read at all.
    """
    looked = look_at(source)
    if looked is None:
        note = "holds no records with named cells; a mapping cannot read it"
        return Proposal("conversation: []\n", (), (note,))
    text, found = written(looked), looked.found
    mapping = MappingFile.model_validate(yaml.safe_load(text))
    preview = tuple(islice(mapping.parse(source), SHOWN)) if found.speaks else ()
    return Proposal(text, preview, tuple(_notes(found, preview)))


def written(looked: Looked, rater: str = "", scale: tuple[float, float] | None = None) -> str:
    """The mapping as YAML; `rater` and `scale` are those of its ratings, where they are known."""
    return "\n".join(_yaml(looked.found, looked.inside, looked.rows[0], rater, scale)) + "\n"


def _records(source: Source) -> tuple[str, list[Any]]:
    """Where the records are in the file, and the first of them."""
    if source.suffix not in (*TABLES, *LINES) and not source.is_array and len(source.records) < 2:
        inside = list_in(source.first)
        if inside:
            found = islice(items(source, tuple(inside.split("."))), LOOKED_AT)
            return inside, [item[1] for item in found if not isinstance(item, Refused)]
    found = islice(tables.rows(source), LOOKED_AT)
    return "", [item[1] for item in found if not isinstance(item, Refused)]


def _yaml(
    found: Found, inside: str, row: Mapping[str, Any], rater: str, scale: tuple[float, float] | None
) -> Iterator[str]:
    """The mapping, a line at a time; what no rule claimed stands in a comment at the end."""
    yield "# Proposed by looking at the first records: check it, mend it, then import with --map."
    if inside:
        yield f"records: {_quoted(inside)}"
    for key, column in found.named.items():
        yield f"{key}: {_cell(column)}"
    if found.metadata:
        yield "metadata:"
        last = [key.rpartition(".")[2] for key in found.metadata]
        for key, short in zip(found.metadata, last, strict=True):
            yield f"  {_quoted(short if last.count(short) == 1 else key)}: {_cell(key)}"
    yield from _said(found)
    if found.ratings:
        known = bool(rater and scale)
        yield "ratings:" + (
            "" if known else " " * 21 + "# the scale, and who rated, are for you to say"
        )
        on = f", scale: [{scale[0]:g}, {scale[1]:g}]" if scale else ""
        for column in found.ratings:
            by = _quoted(rater or "source")
            yield f"  - {{trait: {_quoted(column)}, rater: {by}, value: {_cell(column)}{on}}}"
    rest = [key for key in looking.columns(row) if key not in found.used]
    if rest:
        yield f"# Columns left out: {_printable(', '.join(_one_line(key) for key in rest)[:400])}"


def _said(found: Found) -> Iterator[str]:
    if found.turns:
        yield "conversation:"
        answered = False
        for role, column in found.turns:
            later = ", optional: true" if answered else ""  # a talk may end before its last column
            yield f"  - {{role: {role}, text: {_cell(column)}{later}}}"
            answered = answered or role == "assistant"
    if found.listed:
        listed = found.listed
        told = [
            f"at: {_quoted(listed.at)}",
            f"role: {_quoted(listed.role)}",
            f"text: {_quoted(listed.text)}",
        ]
        if listed.roles:
            pairs = ", ".join(f"{_quoted(said)}: {role}" for said, role in listed.roles.items())
            told.append(f"roles: {{{pairs}}}")
        yield f"messages: {{{', '.join(told)}}}"
    if not found.speaks:
        yield "conversation: []             # no column looks like what somebody said"


def _one_line(key: object) -> str:
    return " ".join(str(key).split())


def _quoted(text: str) -> str:
    return _printable(json.dumps(text, ensure_ascii=False))


def _printable(text: str) -> str:
    """The text with what YAML does not take, or takes for a line's end, as `\\u0085`."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _cell(column: str) -> str:
    return _quoted(f"{{{column}}}")


def _notes(found: Found, preview: tuple[Transcript | Refused, ...]) -> Iterator[str]:
    if not found.speaks:
        yield "no column looks like what somebody said; write 'conversation:' yourself"
    if found.guessed:
        yield f"guessed who speaks: {', '.join(f'{k} is {v}' for k, v in found.guessed.items())}"
    if found.ratings:
        yield f"say the scale and the rater of {', '.join(found.ratings)}"
    if "scenario" not in found.named and found.speaks:
        yield "no column names the scenario; the hash of the first question stands in for it"
    for item in preview:
        if isinstance(item, Refused):
            yield f"{item.where} was refused: {item.why}"
