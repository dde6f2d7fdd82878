"""A mapping: a YAML file that says which columns of a table are what.

    release: "{parent}"                    # {Column}, or {parent}, {stem}, {row} of the file
    scenario: "fp-{row}"
    joins:
      push: {file: "../../data/push_back.csv", on: row}
    conversation:
      - {role: user, text: "{Question}"}
      - {role: assistant, text: "{Response_1}"}
      - each: {n: [1, 2], k: [2, 3]}       # $n and $k stand for 1 and 2, then for 2 and 3
        turns:
          - {role: user, text: "{push.Pushback_$n}"}
          - {role: assistant, text: "{Response_$k}"}
    ratings:
      - {trait: held, rater: gpt-4o, message: 2, value: "{judge.Response_1}", scale: [0, 1]}

JSON whose records hold a list of messages is mapped by paths:

    records: data.items                    # where the records are, if not at the top
    messages: {at: log.turns, role: who, text: body.text, roles: {agent: assistant}}

A row that gives several conversations has `transcripts:`, a list of such maps over the common
keys. The keys are described in docs/formats.md; worked ones stand in examples/mappings.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

import checked
from transcripts import documents, templates
from transcripts.joining import Joined
from transcripts.listed import Messages, Strict
from transcripts.records import Broken, Placed
from transcripts.source import Refused, Source
from transcripts.tables import rows
from transcripts.transcript import Message, Score, Transcript


class Turn(Strict):
    """One message: its role and the template of its text. `optional`: an empty cell ends here."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    optional: bool = False


class Turns(Strict):
    """Turns said again for each of several values: `$n` in them is replaced by each in turn."""

    each: dict[str, list[str | int]]
    turns: list[Turn]


Said = Annotated[
    Annotated[Turn, Tag("turn")] | Annotated[Turns, Tag("turns")],
    Discriminator(lambda given: "turns" if "each" in dict(given) else "turn"),
]


class RatingMap(Strict):
    """A rating that came with the row; `item` picks from a list, `values` makes labels numbers."""

    trait: str
    rater: str
    value: str
    message: str | int | None = None
    item: int | None = None
    values: dict[str, float] | None = None
    scale: tuple[float, float] | None = None
    reason: str = ""
    kind: Literal["imported", "person", "judge", "author"] = "imported"
    each: dict[str, list[str | int]] = Field(default_factory=dict)


class Join(Strict):
    """A second table: its file, relative to the first, and what joins them (`row` or a column)."""

    file: str
    on: str | dict[str, str] = "row"


class Conversation(Strict):
    """What one conversation is made of; every text is a template."""

    release: str = ""
    model: str = ""
    scenario: str = ""
    sample: str | int | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    conversation: list[Said] = Field(default_factory=list)
    messages: Messages | None = None
    ratings: list[RatingMap] = Field(default_factory=list)


class Mapping(Conversation):
    """A whole mapping file."""

    about: str = ""
    records: str = ""
    joins: dict[str, Join] = Field(default_factory=dict)
    transcripts: list[Conversation] = Field(default_factory=list)

    @classmethod
    def load(cls, path: str | Path) -> Mapping:
        """The mapping in a file. Raises `checked.Mistakes` with line, key and mend."""
        return checked.load(Path(path), cls)

    @cached_property
    def conversations(self) -> list[Conversation]:
        """Each conversation a row gives, the common keys filled in."""
        if not self.transcripts:
            return [self]
        return [_over(self, one) for one in self.transcripts]

    def parse(self, source: Source) -> Iterator[Transcript | Refused]:
        """Every conversation of every row. A column that is not there refuses the whole file."""
        joined = Joined(source, {name: (join.file, join.on) for name, join in self.joins.items()})
        names = sorted({name for one in self.conversations for name in _names(one)})
        checked_columns = False
        for item in self._rows(source):
            if isinstance(item, Refused):
                yield item
                continue
            where, row = item
            if not isinstance(row, AnyMapping):
                yield Refused(source.name, where, "is not an object, or a row, with named cells")
                continue
            number = int(where.rsplit(" ", 1)[-1]) if where else 1
            try:
                row = joined.widen(dict(row), number)
                if not checked_columns:
                    templates.check(names, row)
                    checked_columns = True
            except Broken as error:
                yield Refused(source.name, "" if not checked_columns else where, str(error))
                return
            yield from self._of_row(source, where, row)

    def _rows(self, source: Source) -> Iterator[Placed | Refused]:
        return (
            documents.items(source, tuple(self.records.split(".")))
            if self.records
            else rows(source)
        )

    def _of_row(
        self, source: Source, where: str, row: dict[str, Any]
    ) -> Iterator[Transcript | Refused]:
        for one in self.conversations:
            try:
                yield _transcript(one, row, f"{source.name}: {where}")
            except Broken as error:
                yield Refused(source.name, where, str(error))
            except (TypeError, ValueError, ArithmeticError) as error:
                yield Refused(source.name, where, f"does not fit the mapping ({error})")


def _over(common: Mapping, own: Conversation) -> Conversation:
    merged = {name: getattr(common, name) for name in Conversation.model_fields}
    given = {name: getattr(own, name) for name in own.model_fields_set}
    metadata = {**common.metadata, **own.metadata}
    return Conversation.model_validate({**merged, **given, "metadata": metadata})


def _names(one: Conversation) -> Iterator[str]:
    if one.messages:
        yield one.messages.at
    texts = [one.release, one.model, one.scenario, str(one.sample or "")]
    texts += [str(value) for value in one.metadata.values()]
    texts += [turn.text for turn in _turns(one)]
    for rating in one.ratings:
        for values in templates.loops(rating.each):
            texts += [templates.substitute(t, values) for t in (rating.value, rating.reason)]
    for text in texts:
        yield from templates.names(text)


def _turns(one: Conversation) -> Iterator[Turn]:
    for turn in one.conversation:
        if isinstance(turn, Turn):
            yield turn
            continue
        for values in templates.loops(turn.each):
            for inner in turn.turns:
                text = templates.substitute(inner.text, values)
                yield inner.model_copy(update={"text": text})


def _transcript(one: Conversation, row: dict[str, Any], place: str) -> Transcript:
    messages: list[Message] = []
    for turn in _turns(one):
        text = templates.text(turn.text, row)
        if not text.strip() and turn.optional:
            break
        if not text.strip() and turn.role != "assistant":  # a model may well have said nothing
            raise Broken(f"message {len(messages) + 1} ({turn.text}) is empty")
        messages.append(Message.plain(turn.role, text))
    if one.messages:
        messages.extend(one.messages.of(row))
    if not messages:
        raise Broken("gives no message; the mapping needs 'conversation:' or 'messages:'")
    sample = templates.value(str(one.sample), row) if one.sample is not None else None
    return Transcript(
        messages=tuple(messages),
        release=templates.text(one.release, row),
        model=templates.text(one.model, row),
        scenario=templates.text(one.scenario, row),
        sample=int(sample) if sample is not None else None,
        metadata={key: templates.value(value, row) for key, value in one.metadata.items()},
        scores=tuple(_scores(one, row, len(messages))),
        source=place,
    )


def _scores(one: Conversation, row: dict[str, Any], messages: int) -> Iterator[Score]:
    for rating in one.ratings:
        for loop in templates.loops(rating.each):
            number = templates.number(
                templates.value(templates.substitute(rating.value, loop), row), rating.item,
                rating.values,
            )  # fmt: skip
            at = templates.substitute(str(rating.message or ""), loop)
            message = int(at) if at else None
            if message and message > messages:
                continue
            said = templates.text(templates.substitute(rating.reason, loop), row)
            yield Score(
                trait=rating.trait,
                rater=templates.text(rating.rater, row),
                value=number if isinstance(number, float) else None,
                kind=rating.kind,
                status="rated" if isinstance(number, float) else "unscored",
                message=message,
                reason=said if isinstance(number, float) else f"the source says {number!r}",
                scale=rating.scale,
            )
