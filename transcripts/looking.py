"""What stands in the records of an unknown file: who speaks where, what the other cells tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from transcripts.finding import Listed, Row, is_word, lists
from transcripts.transcript import Role
from transcripts.vocabulary import ANSWERED, ASKED, NAMED, RATED, SYSTEM

MAX_METADATA = 12


@dataclass(frozen=True)
class Found:
    """What was found in some records; `used` are the top-level columns that have a place."""

    listed: Listed | None = None
    turns: Sequence[tuple[Role, str]] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    ratings: Sequence[str] = ()
    metadata: Sequence[str] = ()
    guessed: Mapping[str, Role] = field(default_factory=dict)

    @property
    def speaks(self) -> bool:
        """Whether anything looks like what somebody said."""
        return bool(self.turns or self.listed)

    @property
    def used(self) -> set[str]:
        """The columns that the mapping reads."""
        at = {self.listed.at.partition(".")[0], self.listed.at} if self.listed else set()
        said = {column for _, column in self.turns}
        return {*at, *said, *self.named.values(), *self.ratings, *self.metadata}


def look(records: Sequence[Row]) -> Found:
    """Who speaks where in these records, and what their other cells seem to tell."""
    listed = next(lists(records), None)
    rows = [dict(_flat(record)) for record in records]
    turns = [] if listed else list(_turns(rows))
    said = {listed.at} if listed else {column for _, column in turns}
    cells = [key for key in _common(rows) if key not in said]
    named = {key: column for key, names in NAMED.items() if (column := _match(cells, names, rows))}
    if turns and "scenario" in named and _asks_again(rows, turns[-2][1], named["scenario"]):
        del named["scenario"]  # a record's id, not a question's
    cells = [key for key in cells if key not in named.values()]
    ratings = [key for key in cells if _is_rating(key, rows)]
    rest = [key for key in cells if key not in ratings and _is_short(key, rows)]
    guessed = {} if not listed else {k: v for k, v in listed.roles.items() if not is_word(k)}
    return Found(listed, tuple(turns), named, ratings, rest[:MAX_METADATA], guessed)


def _asks_again(rows: Sequence[Row], asked: str, scenario: str) -> bool:
    """Whether one question stands under several ids."""
    return len({str(row[asked]) for row in rows}) < len({str(row[scenario]) for row in rows})


def _flat(record: Row, path: str = "", depth: int = 3) -> Iterator[tuple[str, Any]]:
    """The cells of a record, those of its inner maps by dotted paths."""
    for key, value in record.items():
        where = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping) and depth and value:
            yield from _flat(value, where, depth - 1)
        else:
            yield where, value


def columns(record: Row) -> list[str]:
    """The names of a record's cells, inner maps by dotted paths."""
    return [key for key, _ in _flat(record)]


def _last(column: str) -> str:
    return column.rpartition(".")[2].lower().strip()


def _common(rows: Sequence[Row]) -> list[str]:
    """The columns that every record has, in the order of the first; a path cannot hold braces."""
    return [k for k in rows[0] if all(k in row for row in rows) and k and not set(k) & set("{}\n")]


def _turns(rows: Sequence[Row]) -> Iterator[tuple[Role, str]]:
    columns = [key for key in _common(rows) if _is_text(key, rows)]
    worded = [key for key in columns if _has_sentences(key, rows)]
    system = _match(worded, SYSTEM, rows)
    answered = _series(columns, ANSWERED)
    asked = _series([key for key in columns if key not in answered], ASKED)
    left = [key for key in worded if key not in (*asked, *answered, system)]
    asked = asked or left[:1]
    answered = answered or [key for key in left if key not in asked][:1]
    if not asked or not answered:
        return
    if system and system not in (*asked, *answered):
        yield "system", system
    for question, answer in zip(asked, answered, strict=False):
        yield "user", question
        yield "assistant", answer


def _series(columns: list[str], names: tuple[str, ...]) -> list[str]:
    """The column of one of these names, or those numbered: question_1, question_2 ..."""
    plain = {_last(key): key for key in reversed(columns)}
    for name in names:
        numbered = [
            plain[key] for n in range(20) for key in (f"{name}_{n}", f"{name}{n}") if key in plain
        ]
        if numbered:
            return [plain[name], *numbered] if name in plain else numbered
        if name in plain:
            return [plain[name]]
    ends = tuple(f"_{name}" for name in names)
    return [key for key in columns if _last(key).endswith(ends)][:1]


def _has_sentences(key: str, rows: Sequence[Row]) -> bool:
    words = [len(str(row[key]).split()) for row in rows if row[key]]
    return bool(words) and sum(words) / len(words) >= 3


def _match(columns: Sequence[str], names: tuple[str, ...], rows: Sequence[Row]) -> str | None:
    short = [key for key in columns if _is_short(key, rows) or names is SYSTEM]
    plain = {_last(key): key for key in reversed(short)}
    return next((plain[name] for name in names if name in plain), None)


def _is_text(key: str, rows: Sequence[Row]) -> bool:
    return any(isinstance(row[key], str) for row in rows) and all(
        isinstance(row[key], str | None) for row in rows
    )


def _is_short(key: str, rows: Sequence[Row]) -> bool:
    """Whether each record has one short value under the key, and no list or map."""
    return all(
        isinstance(r[key], str | int | float | bool | None) and len(str(r[key])) < 200 for r in rows
    )


def _is_rating(key: str, rows: Sequence[Row]) -> bool:
    if not any(word in key.lower() for word in RATED):
        return False
    values = [row[key] for row in rows if row[key] not in (None, "")]
    return bool(values) and all(_is_number(cast("object", value)) for value in values)


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return False
    return not isinstance(value, bool)
