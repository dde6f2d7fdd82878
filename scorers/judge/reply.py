"""From a judge's reply to verdicts: the JSON in it, whatever stands around it, in one shape.

Nothing is guessed: a reply with two answers that differ, or with none, is said to be so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StrictBool, ValidationError

LONGEST_REPLY = 400_000
MOST_BRACES = 40

_FENCED = re.compile(r"```(?:json|JSON)?\s*\n(.*?)```", re.S)
_DECODER = json.JSONDecoder()


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("true and false are no numbers")
    return value


Number = Annotated[int, BeforeValidator(_no_bool)]


class Said(BaseModel):
    """Words the judge gives as evidence, and the message it says they are of."""

    text: str
    message: Number | None = None


class Verdict(BaseModel):
    """One verdict as the judge wrote it. Its value may lie off the rubric's scale."""

    message: Number | None = None
    applicable: StrictBool = True
    quotes: list[Said] = Field(default_factory=list)
    reason: str = ""
    value: Number | None = None


class Unreadable(ValueError):
    """A reply in which no answer was found; the message says what is wrong with it."""


def verdicts(reply: str) -> list[Verdict]:
    """The verdicts in a reply, whatever stands around them. Raises `Unreadable`."""
    if len(reply) > LONGEST_REPLY:
        raise Unreadable("it is far too long")
    found: list[list[Verdict]] = []
    wrong = "it holds no JSON object"
    for document in _documents(reply):
        try:
            told = _verdicts(document)
        except ValidationError as error:
            wrong = _first(error)
            continue
        if told is not None and told not in found:
            found.append(told)
    if len(found) > 1:
        raise Unreadable("it holds several answers that differ")
    if not found:
        raise Unreadable(wrong)
    return found[0]


def _documents(reply: str) -> Iterator[Any]:
    """Every JSON value in the reply: the whole of it, else those that begin at some brace."""
    text = reply.strip().removeprefix("\ufeff")
    for candidate in (text, *_FENCED.findall(text)):
        try:
            yield json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        return
    at, tries = _brace(text, 0), 0
    while at >= 0 and tries < MOST_BRACES:
        tries += 1
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield value
        at = _brace(text, end)


def _brace(text: str, start: int) -> int:
    places = [at for at in (text.find("{", start), text.find("[", start)) if at >= 0]
    return min(places, default=-1)


def _verdicts(document: Any) -> list[Verdict] | None:
    """The verdicts of one JSON value; None where it is no answer at all."""
    if isinstance(document, dict) and "verdicts" in document:
        document = document["verdicts"]
    elif isinstance(document, dict) and "value" in document:
        document = [document]  # a small model's way: the one verdict, bare
    elif not (isinstance(document, list) and document and _like_verdict(document[0])):
        return None
    if not isinstance(document, list):
        document = [document]
    return [Verdict.model_validate(_without_nulls(one)) for one in document]


def _like_verdict(value: Any) -> bool:
    return isinstance(value, dict) and "value" in value


def _without_nulls(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: inner for key, inner in value.items() if inner is not None}


def _first(error: ValidationError) -> str:
    told = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, told['loc']))}: {told['msg']}"
