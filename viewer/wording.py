"""Which words of a rubric changed: its fields before and after, in pieces: same, gone, new."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from rubrics import Rubric

Piece = tuple[str, str]
"""(`same`, `gone` or `new`; the words)."""

_WORD = re.compile(r"\s*\S+")


def changed_words(before: str, after: str) -> list[Piece]:
    """The texts laid over each other, word by word; together the pieces hold both."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(new[c:d])))
            continue
        if a < b:
            pieces.append(("gone", "".join(old[a:b])))
        if c < d:
            pieces.append(("new", "".join(new[c:d])))
    return pieces


def fields(rubric: Rubric) -> dict[str, str]:
    """What is asked, field by field, in the order in which a person reads it."""
    told = {"Question": rubric.question}
    for value in rubric.scale.values:
        told[f"{value:+d}" if rubric.scale.two_sided and value else str(value)] = rubric.anchors[
            value
        ]
    told["Not applicable"] = rubric.not_applicable
    told["Look for"] = "; ".join(rubric.look_for)
    told["Not evidence"] = "; ".join(rubric.not_evidence)
    told["To decide"] = rubric.decide
    return told


def compared(before: Rubric, after: Rubric) -> Iterator[tuple[str, list[Piece]]]:
    """(field, pieces) of each field whose words differ."""
    old, new = fields(before), fields(after)
    for name in dict.fromkeys([*new, *old]):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            yield name, changed_words(was, now)
