"""What the pages with a desk share: the texts as their reader sees them, and what they say."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rubrics import Preference, Quote, Rating, Rubric
from screens.who import Who
from store import NotNow, Store, StoreError
from store.comments import Remark, comment, comments, resolve
from store.reviewing import (
    Circumstances,
    Given,
    Manner,
    given,
    save_preference,
    save_review,
    undo,
)
from transcripts import Transcript
from transcripts.hiding import BLOCK, Masked, hide
from transcripts.rendering import to_source
from viewer.reading import part_text

Masks = Mapping[tuple[int, int], Masked]
PATIENCE = 4.0
"""Seconds that the desk waits for another writer, before it says so and goes on trying."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Transcripts as somebody reads them: what they are, and what is shown of them.

    `identities` are the transcripts' true ids, column by column; `masks` the hidden names of each.
    A pair's first transcript is `first`, whichever side it is shown on.
    """

    identities: Sequence[str]
    true: Sequence[Transcript]
    shown: Sequence[Transcript]
    masks: Sequence[Masks]
    verbatim: bool
    manner: Manner
    item: int | None = None
    first: str = ""
    column: int = 0

    def quote(self, place: Mapping[str, Any]) -> Quote:
        """The words that were marked at a place of what is shown, as they stand in the text.

        Raises `StoreError` where the place is in no text.
        """
        column, message, part = (int(place[name]) for name in ("c", "m", "p"))
        try:
            seen = self.shown[column].messages[message - 1].parts[part]
            real = self.true[column].messages[message - 1].parts[part]
        except IndexError:
            raise StoreError("the marked words are not in this text") from None
        start, end = int(place["a"]), int(place["b"])
        if seen.kind == "tool_call":
            words = part_text(seen)[start:end]
            start = seen.readable.find(words)
            if start < 0:
                return Quote(words, message)
            end = start + len(words)
        span = (start, end)
        if seen.kind == "text" and not self.verbatim:
            found = to_source(seen.readable, start, end)
            if found is None:
                raise StoreError("the marked words could not be placed in the text")
            span = found
        if mask := self.masks[column].get((message, part)):
            span = mask.to_original(*span)
        return Quote(real.readable[slice(*span)], message, part, *span, "exact")

    def hidden(self, rating: Rating, column: int) -> Rating:
        """A rating with its quotes as the reader sees them: names hidden, places moved."""
        return replace(rating, quotes=tuple(self._hidden(q, column) for q in rating.quotes))

    def _hidden(self, quote: Quote, column: int) -> Quote:
        mask = self.masks[column].get((quote.message or 0, quote.part or 0))
        if mask is None or quote.start is None or quote.end is None:
            return quote
        start, end = mask.to_masked(quote.start, quote.end)
        return replace(quote, text=mask.text[start:end], start=start, end=end)


def blinded(
    true: Sequence[Transcript], names: Sequence[str], others: Sequence[str] = ()
) -> tuple[list[Transcript], list[Masks]]:
    """The transcripts as a blind reader sees them, headed by these names; and what is hidden.

    `others` are names of further releases and models, which would tell as well.
    """
    done = [hide(one, others, BLOCK) for one in true]
    shown = [replace(one.seen, release=name) for one, name in zip(done, names, strict=True)]
    return shown, [one.masks for one in done]


def say(
    store: Store, rubrics: Mapping[str, Rubric], who: Who, reading: Reading, batch: Sequence[Any]
) -> tuple[str, list[str]]:
    """Do what came from the desk, in order; (what to tell, what moves the page: finish, next ...).

    All of it is on disk when this returns. Raises `StoreError` with what could not be kept.
    """
    moves = []
    for one in batch:
        kind = one["kind"]
        if kind == "rate":
            _rate(store, rubrics, who, reading, one)
        elif kind == "undo":
            _undo(store, rubrics, who, reading, one)
        elif kind == "comment":
            _comment(store, who, reading, one)
        elif kind == "resolve":
            resolve(store, int(one["key"]), who.name, resolved=bool(one["resolved"]))
        else:
            moves.append(str(kind))
    return f"Saved {time.strftime('%H:%M:%S')}", moves


def answer(store: Store, number: Any, doing: Callable[[], str]) -> dict[str, Any]:
    """What the desk is told of what it sent under a number: it is on disk; or not yet, `later`, and
    the desk sends it again; or it cannot be kept as it is."""
    try:
        with store.waiting(PATIENCE):
            return {"n": number, "ok": True, "told": doing()}
    except NotNow as error:
        return {"n": number, "ok": False, "later": True, "told": error.why}
    except StoreError as error:
        return {"n": number, "ok": False, "told": f"Not saved: {error}"}


def _rate(
    store: Store, rubrics: Mapping[str, Rubric], who: Who, reading: Reading, one: Mapping[str, Any]
) -> None:
    how = Circumstances(reading.manner, who.identity, bool(one.get("unsure")), reading.item)
    if one.get("pair"):
        asked = rubrics.get(str(one["trait"]))
        save_preference(store, _preference(who, reading, one), how, asked)
        return
    rubric = rubrics[str(one["trait"])]
    status = "rated" if one["status"] == "rated" else "not_applicable"
    value = float(one["value"]) if status == "rated" else None
    if value is not None and not rubric.scale.holds(value):
        raise StoreError(f"{value:g} is not on the scale of {rubric.name}")
    last = current(store, who, reading, rubric.trait, one.get("m"))
    before = last.rating.quotes if last else ()
    quotes = [
        before[int(q["k"])] if "k" in q else reading.quote(q)
        for q in one.get("quotes") or ()
        if "k" not in q or int(q["k"]) < len(before)
    ]
    rating = Rating(
        reading.identities[reading.column], rubric.trait, who.rater, status, value,
        message=one.get("m"), reason=str(one.get("note") or ""),
        quotes=tuple(dict.fromkeys(quotes)), rubric=rubric.version,
    )  # fmt: skip
    save_review(store, rating, rubrics, how)


def _preference(who: Who, reading: Reading, one: Mapping[str, Any]) -> Preference:
    """The answer about a pair, told by side, as one about its transcripts."""
    left, right = reading.identities[0], reading.identities[1]
    first = reading.first or left
    winner = str(one["value"])
    if first != left and winner != "tie":
        winner = "second" if winner == "first" else "first"
    second = right if first == left else left
    return Preference(
        first, second, str(one["trait"]), who.rater, winner, str(one.get("note") or "")
    )  # type: ignore[arg-type]


def current(
    store: Store, who: Who, reading: Reading, trait: str, message: int | None
) -> Given | None:
    """What somebody last said of a trait of what they read."""
    found = given(store, reading.identities[reading.column], who.rater)
    mine = [o for o in found if (o.rating.trait, o.rating.message) == (trait, message)]
    return mine[-1] if mine else None


def _undo(
    store: Store, rubrics: Mapping[str, Rubric], who: Who, reading: Reading, one: Mapping[str, Any]
) -> None:
    if one.get("pair"):
        raise StoreError("an answer about a pair is changed, not taken back: choose the other side")
    last = current(store, who, reading, str(one["trait"]), one.get("m"))
    if last is None or last.rating.value != one.get("was"):
        return  # it is taken back already: the answer to this was lost on its way
    undo(store, last, rubrics, Circumstances(reading.manner, who.identity, item=reading.item))


def _comment(store: Store, who: Who, reading: Reading, one: Mapping[str, Any]) -> None:
    on, text = one.get("on") or {}, str(one["text"])
    column = int(on.get("c") or 0)
    identity = reading.identities[column if column < len(reading.identities) else 0]
    for there in comments(store, identity):
        if (there.author, there.text) == (who.name, text.strip()):
            return  # it is kept already: the answer to this was lost on its way
    about = None
    if "a" in on:
        about = reading.quote(on)
    elif on.get("m"):
        about = Quote("", int(on["m"]))
    answers = one.get("answers")
    tags = tuple(str(tag) for tag in one.get("tags") or ())
    answering = int(answers) if answers else None
    comment(store, Remark(identity, who.name, text, about, tags, answering))
