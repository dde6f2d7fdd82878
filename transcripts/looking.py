"""What stands in the records of an unknown file: who speaks where, what the other cells tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from transcripts.blocks import ALIASES
from transcripts.listed import opened
from transcripts.transcript import Role
from transcripts.vocabulary import (
    ANSWERED, ASKED, NAMED, RATED, ROLE_KEYS, SYSTEM, TEXT_KEYS, WORDS,
)  # fmt: skip

Row = Mapping[str, Any]

MAX_METADATA = 12


@dataclass(frozen=True)
class Listed:
    """A list of messages: where it is, its keys, and what the source's roles stand for."""

    at: str
    role: str
    text: str
    roles: Mapping[str, Role]


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
    listed = next(_lists(records), None)
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
    guessed = {} if not listed else {k: v for k, v in listed.roles.items() if not _is_word(k)}
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


def list_in(document: Any, depth: int = 3) -> str:
    """The dotted path of the longest list of maps in a document; nothing where it has none."""
    best, length = "", 0
    for path, value in _walk(document, depth):
        many = isinstance(value, list) and sum(isinstance(one, Mapping) for one in value)
        # A list of turns is one conversation's, not the list of records.
        if many and many > length and not _keys_of(value):
            best, length = path, many
    return best


def _walk(value: Any, depth: int, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and depth:
        for key, inner in value.items():
            if "." not in key:
                where = f"{path}.{key}" if path else key
                yield where, inner
                yield from _walk(inner, depth - 1, where)


def _common(rows: Sequence[Row]) -> list[str]:
    """The columns that every record has, in the order of the first; a path cannot hold braces."""
    return [k for k in rows[0] if all(k in row for row in rows) and k and not set(k) & set("{}\n")]


def _lists(rows: Sequence[Row]) -> Iterator[Listed]:
    for path, value in sorted(_walk(dict(rows[0]), 3), key=lambda item: item[0].count(".")):
        keys = _keys_of(opened(value))
        if keys:
            said = list(_roles_said(rows, path, keys[0]))
            yield Listed(path, *keys, _roles(said))


def _keys_of(value: Any) -> tuple[str, str] | None:
    """The keys that name who speaks and what is said, where this is a list of messages."""
    turns = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
    if not turns or len(turns) != len(value):
        return None
    role = next((key for key in ROLE_KEYS if all(_is_name(_at(t, key)) for t in turns)), None)
    texts = [key for key in TEXT_KEYS if key != role and any(_is_said(_at(t, key)) for t in turns)]
    return (role, texts[0]) if role and texts else None


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        else:
            value = value[0] if isinstance(value, list) and value and step == "0" else None
    return value


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 40 and "\n" not in value


def _is_said(value: Any) -> bool:
    return (isinstance(value, str) and bool(value.strip())) or (
        isinstance(value, list) and bool(value)
    )


def _roles_said(rows: Sequence[Row], path: str, role: str) -> Iterator[str]:
    for row in rows:
        listed = opened(_at(row, path))
        yield from (
            (str(_at(one, role)) for one in listed if isinstance(one, Mapping))
            if isinstance(listed, list)
            else ()
        )


def _roles(said: list[str]) -> dict[str, Role]:
    """What each name stands for, of those the reader does not know by itself."""
    found: dict[str, Role] = {}
    names = list(dict.fromkeys(said))
    for name in names:
        if name.lower() not in ALIASES:
            role = next((r for r, words in WORDS if any(w in name.lower() for w in words)), None)
            if role:
                found[name] = role
    unknown = [name for name in names if name.lower() not in ALIASES and name not in found]
    others = {found.get(name) or ALIASES.get(name.lower()) for name in names} - {None}
    for name in unknown[:8]:  # two people who talk: the first who speaks asks
        found[name] = "assistant" if "user" in others else "user"
        others.add(found[name])
    return found


def _is_word(name: str) -> bool:
    return any(word in name.lower() for _, words in WORDS for word in words)


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
