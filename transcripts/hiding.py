"""A transcript without what tells whose words it is, and the way back from what is shown.

A judge or a person who knows which model spoke favours one. Both are shown the same: the names of
its release and model are hidden wherever they stand; so are the names and makers of the families
of models that its id tells or that it says it is of (`assistants.yaml`); words that are names only
sometimes ("base", "Gemini") where a model speaks of itself. It is a screen, not a proof: a style
may still tell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from transcripts.selfnaming import Span
from transcripts.telling import Place, Telling, rules
from transcripts.transcript import Message, Part, Transcript, digest

WORD = "[name]"
"""What stands for a name in a prompt: a model can read it and copy it."""
BLOCK = "\u2588\u2588\u2588\u2588"
"""The same on a page. `[name]` would not do there: markdown takes `[name]: ...` for a link."""

SHOWN = ("warranted", "category", "language", "synthetic")
"""Metadata that a blind reader may see."""
REVISION = 1
"""Raised where the same list and the same patterns come to hide something else than before."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with names hidden. `spans` are (start in the text, end, start in what is shown), in
    order; in each place `width` characters are shown."""

    text: str
    spans: tuple[tuple[int, int, int], ...] = ()
    width: int = len(WORD)

    def to_original(self, start: int, end: int) -> Span:
        """Where a span of what is shown stands in the text; a name is taken whole."""
        return self._back(start, first=True), self._back(end - 1, first=False) + 1

    def to_masked(self, start: int, end: int) -> Span:
        """Where a span of the text stands in what is shown; a mask is taken whole."""
        return self._forth(start, first=True), self._forth(end - 1, first=False) + 1

    def _back(self, at: int, *, first: bool) -> int:
        index = bisect_right(self.spans, at, key=lambda span: span[2]) - 1
        if index < 0:
            return at
        start, end, shown = self.spans[index]
        if at < shown + self.width:
            return start if first else end - 1
        return end + at - (shown + self.width)

    def _forth(self, at: int, *, first: bool) -> int:
        index = bisect_right(self.spans, at, key=lambda span: span[0]) - 1
        if index < 0:
            return at
        _, end, shown = self.spans[index]
        if at < end:
            return shown if first else shown + self.width - 1
        return shown + self.width + at - end


@dataclass(frozen=True, slots=True)
class Hidden:
    """A transcript, what is shown of it, and every part in which the two differ.

    A mask's offsets are those of `Part.readable`, which quotes point into.
    """

    source: Transcript
    seen: Transcript
    masks: Mapping[Place, Masked]

    def back(self, message: int, part: int, start: int, end: int) -> Span:
        """A span of what is shown as a span of the source's same part."""
        mask = self.masks.get((message, part))
        return mask.to_original(start, end) if mask else (start, end)


def hide(transcript: Transcript, others: Iterable[str] = (), mark: str = WORD) -> Hidden:
    """The transcript as somebody sees it who must not know whose it is.

    Release, model, source, and metadata that could tell are gone. `others` are names of other
    releases and models that would tell as well. All names are shown alike, by the mark.
    """
    telling = Telling.of(transcript, others)
    masks: dict[Place, Masked] = {}
    messages: list[Message] = []
    for number, message in transcript.numbered():
        parts: list[Part] = []
        for index, part in enumerate(message.parts):
            mask = _masked(part.readable, telling.spans(part, (number, index)), mark)
            parts.append(_part(part, mask.text, telling, mark))
            if mask.spans:
                masks[number, index] = mask
        messages.append(Message(message.role, tuple(parts)))
    kept = {key: transcript.metadata[key] for key in SHOWN if key in transcript.metadata}
    scenario = _plain(transcript.scenario, telling, mark)
    return Hidden(transcript, Transcript(tuple(messages), scenario=scenario, metadata=kept), masks)


def _part(part: Part, shown: str, telling: Telling, mark: str) -> Part:
    if part.kind == "image":
        return replace(part, data="")  # never shown, and its address may tell
    if shown == part.readable and not telling.anywhere.names:
        return part
    text, data = (shown, _plain(part.data, telling, mark)) if part.text else ("", shown)
    return replace(part, text=text, data=data, name=_plain(part.name, telling, mark))


def _plain(text: str, telling: Telling, mark: str) -> str:
    return _masked(text, telling.anywhere.spans(text), mark).text


def _masked(text: str, found: Iterable[Span], mark: str) -> Masked:
    pieces: list[str] = []
    spans: list[tuple[int, int, int]] = []
    last = length = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start < last:
            continue
        pieces += [text[last:start], mark]
        length += start - last
        spans.append((start, end, length))
        length += len(mark)
        last = end
    return Masked("".join([*pieces, text[last:]]) if spans else text, tuple(spans), len(mark))


def version() -> str:
    """The hash of all that decides what is hidden: the list, the cues, how a name is spelled."""
    return digest([REVISION, WORD, rules()])
