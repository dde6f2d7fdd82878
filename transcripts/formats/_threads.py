"""Calls of a model joined into conversations: each later call repeats what was said before.

Tracing systems keep calls, not conversations. A call whose input begins with what a thread has
said so far continues that thread; one that asks otherwise begins a thread of its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from transcripts.formats._told import several, total
from transcripts.source import Refused
from transcripts.transcript import Message, Score, Transcript

ANSWER = -1
"""The message number of a score on the answer of its call, wherever that comes to stand."""

OPEN_CHARACTERS = 40_000_000
"""Of the conversations that may go on; the one longest untouched is closed first."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what was asked, what was answered, when (sorts as text or number), and by whom.

    `loose`: its log gives only what is new, so it goes on where the last call of its lane ended.
    `scores` may name `ANSWER` as their message.
    """

    asked: tuple[Message, ...]
    answer: tuple[Message, ...]
    model: str = ""
    at: str = ""
    lane: str = ""
    loose: bool = False
    usage: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    scores: tuple[Score, ...] = ()

    @property
    def size(self) -> int:
        """About how many characters it holds."""
        messages = (*self.asked, *self.answer)
        return 200 + sum(len(p.text) + len(p.data) for m in messages for p in m.parts)


@dataclass
class _Thread:
    messages: list[Message]
    calls: list[Call]
    scores: list[Score]

    def take(self, call: Call, asked: Iterable[Message]) -> None:
        self.messages += [*asked, *call.answer]
        self.calls.append(call)
        last = len(self.messages)
        place = last if call.answer else None
        self.scores += [
            replace(s, message=place) if s.message == ANSWER else s for s in call.scores
        ]


def grouped(
    calls: Iterable[tuple[str, Call] | Refused],
) -> Iterator[tuple[str, list[Call]] | Refused]:
    """The calls of each conversation (by its key) in the order of time; what is refused, at once.

    Only so much is held at once: a conversation that goes on after ever so many others comes in
    two pieces, and nothing of it is lost.
    """
    held: OrderedDict[str, list[Call]] = OrderedDict()
    size = 0
    for item in calls:
        if isinstance(item, Refused):
            yield item
            continue
        key, call = item
        held.setdefault(key, []).append(call)
        held.move_to_end(key)
        size += call.size
        while size > OPEN_CHARACTERS and len(held) > 1:
            closed, some = held.popitem(last=False)
            size -= sum(one.size for one in some)
            yield closed, _by_time(some)
    for key, some in held.items():
        yield key, _by_time(some)


def _by_time(calls: list[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: call.at)


def threads(calls: Iterable[Call]) -> Iterator[Transcript]:
    """The conversations that these calls of one key make, each once and whole."""
    found: list[_Thread] = []
    for call in calls:
        thread, begun = _home(found, call)
        if thread is None:
            thread, begun = _Thread([], [], []), 0
            found.append(thread)
        thread.take(call, call.asked[begun:])
    for thread in found:
        yield _transcript(thread)


def _home(found: list[_Thread], call: Call) -> tuple[_Thread | None, int]:
    """The thread this call goes on, and how many of its asked messages are in it already."""
    for thread in reversed(found):
        so_far = len(thread.messages)
        if so_far <= len(call.asked) and all(map(_alike, thread.messages, call.asked[:so_far])):
            return thread, so_far
    if call.loose and not any(message.role == "assistant" for message in call.asked):
        for thread in reversed(found):
            if thread.calls[-1].lane == call.lane:
                return thread, _repeated(thread.messages, call.asked)
    return None, 0


def _repeated(said: list[Message], asked: tuple[Message, ...]) -> int:
    """How many system messages at the start of a call only say again what the thread began with."""
    count = 0
    while count < min(len(said), len(asked)) and asked[count].role == "system":
        if not _alike(said[count], asked[count]):
            break
        count += 1
    return count


def _alike(one: Message, other: Message) -> bool:
    return one is other or (one.role == other.role and _said(one) == _said(other))


def _said(message: Message) -> list[tuple[str, str, str]]:
    # Logs write the same answer differently when it is asked again: without its thoughts, with
    # other call ids. Its words, its calls and their results stay.
    return [
        (part.kind, part.text.strip(), part.data)
        for part in message.parts
        if part.kind in ("text", "tool_call", "tool_result") and (part.text.strip() or part.data)
    ]


def _transcript(thread: _Thread) -> Transcript:
    models = [call.model for call in thread.calls]
    metadata = {k: v for call in reversed(thread.calls) for k, v in call.metadata.items()}
    usage = total(call.usage for call in thread.calls)
    return Transcript(
        tuple(thread.messages),
        model=next(filter(None, models), ""),
        metadata={
            **metadata,
            **several(models),
            **({"usage": usage} if usage else {}),
            **({"calls": len(thread.calls)} if len(thread.calls) > 1 else {}),
        },
        scores=tuple(thread.scores),
    )
