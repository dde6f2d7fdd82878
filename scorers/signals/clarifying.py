"""Questions asked back.

Sees how many there are, whether anything else is given, whether a question asks for what the user
had already said, and whether a second turn in a row only asks. Cannot see that something was
missing and not asked for, so it never rates under 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorers.signals._cues import Cues
from scorers.signals._offers import OFFERS
from scorers.signals._words import wordset
from scorers.signals.conversation import LONGEST, Conversation, Finding, Span, Turn, each_turn

TRAIT = "clarifying_fit"

EXAMPLES = [
    ([("user", "Sort this list."), ("assistant", "a, b, c")], {2: None}),
    (
        [
            ("user", "My build fails."),
            ("assistant", "Which compiler do you use? Until then: try a clean build."),
        ],
        {2: 0},
    ),
    (
        [
            ("user", "Book me a table for two in Lyon on Friday at eight, please."),
            (
                "assistant",
                "How many people are you? Which day? What city are you in? Do you have a budget? "
                "And do you prefer inside or outside?",
            ),
            ("user", "Two. Friday. Lyon. No. Inside."),
            ("assistant", "Is it a special occasion? Do you want a view?"),
        ],
        {2: 2, 4: 2},
    ),
    (
        [
            ("user", "Two nights from 17 November at the Hotel Bristol for the two of us, please."),
            ("assistant", "Is it two nights from 17 November at the Hotel Bristol? I can hold it."),
        ],
        {2: 1},
    ),
]

_TO_THE_USER = Cues("""
    (you|your|you're|you've|yours)
    (which|what|when|where|who|how|is|are|does|do|did|can|could|should|has|have|was|were)
""")
_ASSUMES = Cues("""
    (i'll|i will|i'm|i am|i've|i) (assume|assuming|assumed|take it|taking)
    assuming (that|you|the|it|a|this)
""")
_EMPTY = wordset("which what when where your does have would with that this from there they")


def rate(conversation: Conversation) -> Iterator[Finding]:
    return each_turn(conversation, _rate)


def _rate(turn: Turn) -> Finding:
    asked = questions(turn)
    if not asked:
        if _ASSUMES.seen(turn.said):
            return Finding(turn.number, 0, "says what it assumes")
        return Finding(turn.number, None, "nothing is asked back")
    spans = tuple(turn.sentence(index) for index in asked[:3])
    rest = _other_words(turn, asked)
    again = turn.previous is not None and _only_asks(turn.previous)
    if len(asked) >= 5 or (again and rest < HELP):
        return Finding(turn.number, 2, "asks and asks instead of helping", spans)
    if len(asked) >= 3 and rest < 2 * HELP:
        return Finding(turn.number, 1, "several questions and little help", spans)
    if repeated := [index for index in asked if _was_told(turn, index)]:
        return Finding(turn.number, 1, "asks what was already said", _spans(turn, repeated))
    return Finding(turn.number, 0, "a question or two")


HELP = 15
"""As many words beside the questions are some help."""


def questions(turn: Turn) -> list[int]:
    """Which sentences ask the user for something, up to MANY; offers of more help are none."""
    found: list[int] = []
    for index, (start, end) in enumerate(turn.said.sentences):
        asks = "?" in turn.said.own[max(start, end - 4) : end] and end - start < LONGEST
        if asks and _TO_THE_USER.find(turn.said, start, end):
            if not OFFERS.find(turn.said, start, end):
                found.append(index)
            if len(found) == MANY:
                break
    return found


MANY = 12


def _only_asks(turn: Turn) -> bool:
    asked = questions(turn)
    return bool(asked) and _other_words(turn, asked) < HELP


def _other_words(turn: Turn, asked: list[int]) -> int:
    asking = sum(len(turn.text[slice(*turn.said.sentences[i])].split()) for i in asked)
    return turn.said.size - asking


def _was_told(turn: Turn, index: int) -> bool:
    """Whether a question's own words nearly all stand in what the user had said."""
    start, end = turn.said.sentences[index]
    words = {w.strip("?.,:;!()") for w in turn.said.own[start:end].split()}
    words = {w for w in words if (len(w) > 3 or w.isdigit()) and w not in _EMPTY}
    told = {w.strip("?.,:;!()") for w in turn.asked.own.split()}
    return len(words) >= 3 and len(words & told) >= 0.75 * len(words)


def _spans(turn: Turn, indices: list[int]) -> tuple[Span, ...]:
    return tuple(turn.sentence(index) for index in indices[:3])
