"""The reviewer's desk beside the reader: traits to rate, notes, quotes, what is saved, comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rubrics import Preference, Rating, Rubric
from viewer import tones

KEYS = [
    ("1 2 3 4 5", "the value, from the lowest of the scale; in a pair 1 left, 2 tie, 3 right"),
    ("x", "not applicable"),
    ("u", "unsure, on and off"),
    ("w", "write a note; Esc leaves it, and it is saved with the rating"),
    ("[ ]", "the trait before, the next"),
    ("m", "mark words by keyboard: arrows move, with Shift they extend, Esc leaves"),
    ("Enter", "quote the marked words for the trait; with nothing marked: finish and show"),
    ("c", "comment, on the marked words if there are any"),
    ("z", "take the last rating of the trait back"),
    ("n p", "finish and go to the next; back to the one before"),
    ("s", "skip: it comes again at the end"),
]
PAIR = (("first", "left", "1"), ("tie", "tie", "2"), ("second", "right", "3"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A trait that is asked of what is read; `message` is the turn it is asked of, None: all.

    Where the turn is the one in focus, `by_turn` has what was said of each: (rating, unsure).
    """

    rubric: Rubric
    message: int | None = None
    pair: bool = False
    given: Rating | None = None
    preferred: Preference | None = None
    unsure: bool = False
    manner: str = ""
    history: Sequence[str] = ()
    by_turn: Mapping[int, tuple[Rating, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk. `version` changes with what is read, `draft` names where unsaved
    notes are kept in the browser; `ack` answers what the browser sent last: its number, whether
    it is on disk, and what to say. `revealed` is None while the reader is blind."""

    version: str
    draft: str
    title: str
    sub: str
    who: str
    asked: Sequence[Asked]
    ack: Mapping[str, Any] = field(default_factory=dict)
    told: Sequence[str] = ()
    revealed: Sequence[tuple[str, str]] | None = None
    comments: Sequence[Any] = ()
    may: Sequence[str] = ()
    tags: Sequence[str] = ()
    column: int = 0


def desk_data(desk: Desk) -> dict[str, Any]:
    """The desk's data."""
    return {
        "version": desk.version,
        "draft": desk.draft,
        "title": desk.title,
        "sub": desk.sub,
        "who": desk.who,
        "traits": [_trait(one) for one in desk.asked],
        "ack": dict(desk.ack),
        "told": list(desk.told),
        "revealed": None if desk.revealed is None else [list(one) for one in desk.revealed],
        "comments": [_comment(one) for one in desk.comments],
        "may": list(desk.may),
        "tags": list(desk.tags),
        "column": desk.column,
        "keys": KEYS,
    }


def _trait(one: Asked) -> dict[str, Any]:
    rubric, rating = one.rubric, one.given
    of_two = f"Which of the two has more {rubric.name.lower()}?"
    return {
        "trait": rubric.trait,
        "title": rubric.name,
        "question": of_two if one.pair else rubric.question,
        "m": one.message,
        "pair": one.pair,
        "level": rubric.level,
        "values": _pair_values() if one.pair else _values(rubric),
        "na": rubric.not_applicable,
        "decide": "" if one.pair else rubric.decide,
        "given": _preferred(one) if one.pair else _given(rating, rubric),
        "note": (one.preferred.reason if one.preferred else "") if one.pair
        else rating.reason if rating else "",
        "unsure": one.unsure,
        "quotes": [{"text": quote.text} for quote in (rating.quotes if rating else ())],
        "late": one.manner == "after_reveal",
        "history": list(one.history),
        "turns": {
            str(message): {
                "given": _given(said, rubric), "note": said.reason, "unsure": unsure,
                "quotes": [{"text": quote.text} for quote in said.quotes],
            }
            for message, (said, unsure) in one.by_turn.items()
        },
    }  # fmt: skip


def _values(rubric: Rubric) -> list[dict[str, Any]]:
    return [
        {
            "value": value, "label": tones.shown(value, rubric).partition("/")[0],
            "anchor": rubric.anchors[value], "tone": tones.tone(value, rubric),
            "key": str(index) if index < 10 else "",
        }
        for index, value in enumerate(rubric.scale.values, start=1)
    ]  # fmt: skip


def _pair_values() -> list[dict[str, Any]]:
    return [
        {"value": value, "label": label, "anchor": "", "tone": "none", "key": key}
        for value, label, key in PAIR
    ]


def _given(rating: Rating | None, rubric: Rubric) -> dict[str, Any] | None:
    if rating is None:
        return None
    label = tones.shown(rating.value, rubric) if rating.status == "rated" else "n/a"
    tone = tones.tone(rating.value, rubric)
    return {"status": rating.status, "value": rating.value, "label": label, "tone": tone}


def _preferred(one: Asked) -> dict[str, Any] | None:
    if one.preferred is None:
        return None
    label = next(told for value, told, _ in PAIR if value == one.preferred.winner)
    return {"status": "rated", "value": one.preferred.winner, "label": label, "tone": "none"}


def _comment(one: Any) -> dict[str, Any]:
    return {
        "key": one.key, "text": one.text, "author": one.author, "at": one.at, "m": one.message,
        "quote": one.quote, "tags": list(one.tags), "answers": one.answers,
        "resolved": bool(one.resolved),
    }  # fmt: skip
