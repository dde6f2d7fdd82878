"""Visible reasoning against the request and the answer.

Sees how long the reasoning is beside the request, how often it starts again ("wait", "hmm", "let me
reconsider"), and whether a result it arrived at ("so the answer is 42") is missing from the reply.
Cannot see whether the reasoning is right. Turns without visible reasoning are not applicable: that
there was none cannot be told from that it was hidden.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

from scorers.signals._words import Words
from scorers.signals.conversation import Conversation, Finding, Span, Turn, each_turn

TRAIT = "thinking_fit"

EXAMPLES: list[tuple[list[object], dict[int | None, int | None]]] = [
    ([("user", "Capital of Peru?"), ("assistant", "Lima.")], {2: None}),
    (
        [
            ("user", "What is 17 times 23?"),
            (
                "assistant",
                [("thinking", "17 times 20 is 340, and 51 more."), ("text", "It is 391.")],
            ),
        ],
        {2: 0},
    ),
    (
        [
            ("user", "What is 17 times 23?"),
            (
                "assistant",
                [
                    ("thinking", "17 times 20 is 340, and 51 more, so the answer is 391."),
                    ("text", "It is 401."),
                ],
            ),
        ],
        {2: -2},
    ),
    (
        [
            ("user", "Capital of Peru?"),
            (
                "assistant",
                [
                    ("thinking", "Lima. " + "Wait, let me reconsider. Hmm, is it Lima? Yes. " * 6),
                    ("text", "Lima."),
                ],
            ),
        ],
        {2: 2},
    ),
]

_RESTARTS = re.compile(
    r"\b(?:wait|hmm|hold on|on second thought|going back|back to the start|actually,? (?:no|wait)"
    r"|let me (?:reconsider|re-?think|start (?:again|over)|double[- ]check|try again)"
    r"|no,? that's (?:not|wrong))\b"
)
_RESULT = re.compile(
    r"\b(?:so|thus|therefore|hence|the (?:final )?(?:answer|result|total)|=)"
    r"\W{1,3}(?:\w{1,12}\W{1,2}){0,5}?"
    r"(?:is|are|=|be|gives?|equals?)?\W{0,3}(\d[\d,.]{0,12}\d|\d)(?![\w%])"
)
_DIGITS = re.compile(r"\d[\d,.]*\d|\d")


def rate(conversation: Conversation) -> Iterator[Finding]:
    return each_turn(conversation, _rate)


def _rate(turn: Turn) -> Finding:
    if turn.thinking_part is None:
        return Finding(turn.number, None, "no reasoning is shown")
    thought = Words(turn.thinking)
    if missed := _missing_result(thought, turn):
        return Finding(turn.number, -2, "the reasoning's result is not in the answer", (missed,))
    restarts = list(islice(_RESTARTS.finditer(thought.own), 12))
    spans = tuple(_span(turn, match) for match in restarts[:3])
    if len(restarts) >= 5 or (len(restarts) >= 3 and thought.size > 10 * turn.said.size):
        return Finding(turn.number, 2, "starts again and again", spans)
    if thought.size > 150 and turn.asked.size and thought.size > 12 * turn.asked.size + 100:
        long = f"{thought.size} words of reasoning on a request of {turn.asked.size}"
        return Finding(turn.number, 1, long, spans or (_head(turn),))
    return Finding(turn.number, 0, "in proportion, as far as length shows")


def _missing_result(thought: Words, turn: Turn) -> Span | None:
    """The last figure the reasoning arrives at, where the reply has figures but not that one."""
    results = deque(_RESULT.finditer(thought.own), maxlen=1)
    if not results:
        return None
    last = results[0]
    told = {figure.replace(",", "") for figure in _DIGITS.findall(turn.text)}
    if not told or last[1].replace(",", "") in told:
        return None
    return _span(turn, last)


def _span(turn: Turn, match: re.Match[str]) -> Span:
    return (turn.number, turn.thinking_part or 0, match.start(), match.end())


def _head(turn: Turn) -> Span:
    return (turn.number, turn.thinking_part or 0, 0, min(len(turn.thinking), 200))
