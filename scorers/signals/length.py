"""Length and structure against the request.

Sees words, headings, bullets and filler beside how much was asked and how ("in one line",
"in detail", "list the steps"). Cannot see whether the content was needed, nor what is missing
beyond a reply of a few words to a long message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scorers.signals._cues import Cues
from scorers.signals.conversation import Conversation, Finding, Span, Turn, each_turn

TRAIT = "length_fit"

_PADDED = "Great! Let me explain it step by step.\n\n## Overview\n" + "Lima is the capital. " * 60
EXAMPLES = [
    ([("user", "Capital of Peru?"), ("assistant", "Lima.")], {2: 0}),
    (
        [
            ("user", "Capital of Peru?"),
            ("assistant", _PADDED + "\n## Details\n- a\n- b\n- c\n- d\n## In summary\nLima."),
        ],
        {2: 2},
    ),
    (
        [
            ("user", "One sentence, please: why is the sky blue?"),
            ("assistant", "It is the air. " * 30),
        ],
        {2: 1},
    ),
    (
        [
            ("user", "Write a detailed guide to pruning with headings."),
            ("assistant", "## When\n" + "Prune in the winter. " * 60 + "\n## How\n- saw\n- shears"),
        ],
        {2: 0},
    ),
    (
        [
            ("user", "My boiler drips and hisses. " * 20 + "Why? And how do I stop it?"),
            ("assistant", "Call someone."),
        ],
        {2: -1},
    ),
]  # fmt: skip

WANTS_SHORT = Cues("""
    (briefly|concise|concisely|succinct|succinctly|tldr)
    (in|just|only|with) (one|a|single|a single|two|1|2) (sentence|sentences|line|lines|word|words)
    (one|two|a single) (sentence|sentences|line|word),? (please|only|answer|answers|max|maximum)
    (just|only) (the|tell me|give me|say) ~ (answer|number|name|word|command|yes)
    (short answer|quick answer|yes or no|in a nutshell|keep it short|keep it brief|be brief|
        be concise)
    (no|without) (explanation|headings|bullets|bullet points|preamble|fluff|lists)
""")
WANTS_LONG = Cues("""
    (detailed|comprehensive|thorough|thoroughly|essay|article|guide|tutorial|outline|checklist|
        itinerary|headings|bullets|bullet points|step by step|pros and cons|in detail|in depth|
        at length)
    (list|write|draft|compare|summarize|summarise|translate|implement|table|plan|code) (of|the|
        all|some|a|an|me|out|for|up|my|this|your)
""")
FILLER = Cues("""
    (it's|it is) (also |always )?(important|worth|essential|crucial|good) to (note|remember|
        mention|noting|remembering|mentioning|keep in mind|understand|consider)
    (in summary|in conclusion|to summarize|to summarise|to sum up|overall|ultimately|in short|
        key takeaway|key takeaways|bottom line)
    (let me|let's) (break|dive|explain|walk|unpack|start by|take a look)
    (without further ado|as mentioned|as i said|as noted|as we have seen|needless to say)
    i hope (this|that|it) (helps|clears|clarifies|answers)
    (here's|here is) (a|an|the|your) (breakdown|overview|quick overview|detailed|comprehensive|
        summary|step-by-step)
""")
_HEADING = re.compile(r"^ {0,3}(?:#{1,6} [^\n]+|\*\*[^*\n]{2,60}\*\*:?[ \t]*$)", re.M)
_BOLD_LEAD = re.compile(
    r"^[ \t]*(?:[-*\u2022]|\d{1,2}[.)])?[ \t]*\*\*[^*\n]{2,60}\*\*[:.]?(?=[ \t]+\S)", re.M
)
_BULLET = re.compile(r"^[ \t]*(?:[-*\u2022]|\d{1,2}[.)])[ \t]+\S[^\n]{0,200}", re.M)


def rate(conversation: Conversation) -> Iterator[Finding]:
    return each_turn(conversation, _rate)


def _rate(turn: Turn) -> Finding:
    if not turn.user:
        return Finding(turn.number, None, "no request of the user's before it")
    said, asked = turn.said.size, turn.asked.size
    if said <= 5 and asked >= 60 and turn.user.count("?") >= 2:
        return Finding(turn.number, -1, "a few words for a long message", (turn.sentence(0),))
    short, long = WANTS_SHORT.seen(turn.asked), WANTS_LONG.seen(turn.asked)
    room = 60 if short and not long else (1500 if long else 220 + 1.5 * asked)
    shapes = list(islice(_HEADING.finditer(turn.text), 20))
    shapes += islice(_BOLD_LEAD.finditer(turn.text), 20)
    bullets = list(islice(_BULLET.finditer(turn.text), 40))
    filler = FILLER.find(turn.said)
    points = (said > room) + (said > 2 * room) + (len(filler) >= 3)
    if not long:
        points += (len(shapes) >= 3) + (len(shapes) >= 6 or len(bullets) >= 8)
    if not points:
        return Finding(turn.number, 0, "about the size of the request")
    spans = turn.spans([*shapes[:2], *filler[:2]]) or turn.spans(bullets[:2])
    return Finding(turn.number, min(2, points), _why(turn, room, len(shapes)), spans or _end(turn))


def _why(turn: Turn, room: float, shapes: int) -> str:
    long = f"{turn.said.size} words for a request of {turn.asked.size}"
    return (
        long
        if turn.said.size > room
        else f"structure nobody asked for ({shapes} headings or bold leads)"
    )


def _end(turn: Turn) -> tuple[Span, ...]:
    """The last sentence: where a reply that is too long might have ended long before."""
    return (turn.sentence(len(turn.said.sentences) - 1),) if turn.said.sentences else ()
