"""Lists of messages in an unknown record: where they are, and which of their keys are what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transcripts.blocks import ALIASES
from transcripts.records import opened
from transcripts.transcript import Role
from transcripts.vocabulary import ROLE_KEYS, TEXT_KEYS, WORDS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """A list of messages: where it is, its keys, and what the source's roles stand for."""

    at: str
    role: str
    text: str
    roles: Mapping[str, Role]


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


def lists(rows: Sequence[Row]) -> Iterator[Listed]:
    """The lists of messages that these records hold, the one nearest to the top first."""
    for path, value in sorted(_walk(dict(rows[0]), 3), key=lambda item: item[0].count(".")):
        keys = _keys_of(opened(value))
        if keys:
            said = list(_roles_said(rows, path, keys[0]))
            yield Listed(path, *keys, _roles(said))


def speakers(rows: Sequence[Row], path: str, role: str) -> dict[str, Role]:
    """What each name under a list's role key seems to stand for, of those not known anyway."""
    return _roles(list(_roles_said(rows, path, role)))


def listed_at(rows: Sequence[Row]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every path at which the first record has a list of maps, with the paths of their cells."""
    for path, value in _walk(dict(rows[0]), 3):
        many = opened(value)
        if isinstance(many, list) and many and all(isinstance(one, Mapping) for one in many):
            yield path, tuple(dict.fromkeys(p for one in many for p, v in _walk(one, 3)))


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


def is_word(name: str) -> bool:
    """Whether a speaker's name tells by itself who speaks."""
    return any(word in name.lower() for _, words in WORDS for word in words)
