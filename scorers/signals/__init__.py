"""Signals: rules that rate a transcript with quotes, and need no key, no model, no network.

They are screens that say where to look, weaker than a judge: docs/signals.md gives what each of
them was measured to be worth. A signal is a module here with a docstring (what it sees, what it
cannot see), `TRAIT`, `EXAMPLES` (conversations and the value each turn should get) and
`rate(conversation)`, which yields a `Finding` for each turn, or one for the transcript. A file put
here is noticed by the walk.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from rubrics import Quote, Rater, Rating, Rubric
from scorers.signals.conversation import Conversation, Finding
from transcripts import Transcript


class Signal(Protocol):
    """What a signal module offers."""

    __name__: str
    TRAIT: str

    def rate(self, conversation: Conversation) -> Iterable[Finding]:
        """What the rule finds; deterministic, and pure."""


@cache
def signals() -> dict[str, Signal]:
    """Every signal by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not _shared(m.name))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def _shared(name: str) -> bool:
    return name.startswith("_") or name == "conversation"


@cache
def rater(name: str) -> Rater:
    """The signal as a rater; its version is the hash of its rules and of what it shares."""
    here = Path(__file__).parent
    shared = sorted(path for path in here.glob("*.py") if _shared(path.stem) or path.stem == name)
    told = hashlib.sha256()
    for path in shared:
        if path.stem != "__init__":
            told.update(path.read_bytes())
    return Rater("signal", name, told.hexdigest()[:8])


def score(
    transcript: Transcript, rubrics: Mapping[str, Rubric], names: Iterable[str] | None = None
) -> Iterator[Rating]:
    """The ratings of the named signals (of all, by default) whose trait is among the rubrics."""
    conversation = Conversation.of(transcript)
    identity = transcript.id
    for name in names if names is not None else signals():
        if rubric := rubrics.get(signals()[name].TRAIT):
            yield from rate(name, conversation, rubric, identity)


def rate(name: str, conversation: Conversation, rubric: Rubric, identity: str) -> list[Rating]:
    """One signal's ratings of a conversation whose transcript has the id `identity`.

    A transcript none of whose turns gave an opportunity says so once, as a whole.
    """
    found = list(signals()[name].rate(conversation)) or [Finding(None, None)]
    return [_rating(one, identity, rater(name), rubric, conversation.transcript) for one in found]


def _rating(
    finding: Finding, identity: str, by: Rater, rubric: Rubric, transcript: Transcript
) -> Rating:
    return Rating(
        transcript=identity,
        trait=rubric.trait,
        rater=by,
        status="rated" if finding.value is not None else "not_applicable",
        value=finding.value,
        message=finding.message,
        reason=finding.reason,
        quotes=tuple(_quote(span, transcript) for span in finding.spans),
        rubric=rubric.version,
    )


def _quote(span: tuple[int, int, int, int], transcript: Transcript) -> Quote:
    number, part, start, end = span
    text = transcript.messages[number - 1].parts[part].readable[start:end]
    return Quote(text, number, part, start, end, "exact")
