"""Hedging and over-certainty.

Sees hedging words and disclaimers per hundred words, words of certainty, and unnamed authorities
("studies show"). Cannot see whether a claim is true: a sober falsehood gets 0, and invented
sources (2) are beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorers.signals._cues import Cues
from scorers.signals._words import wordset
from scorers.signals.conversation import Conversation, Finding, Turn, each_turn

TRAIT = "confidence_fit"

EXAMPLES = [
    (
        [
            ("user", "Does water boil at 100 degrees?"),
            (
                "assistant",
                "At sea level it does. At 3000 metres water boils at about 90 degrees, since the "
                "air presses less on it.",
            ),
        ],
        {2: 0},
    ),
    (
        [
            ("user", "Does water boil at 100 degrees?"),
            (
                "assistant",
                "It may perhaps be the case that water could possibly boil at about 100 degrees, "
                "though this might vary, and I cannot be certain. It seems likely, but you should "
                "consult a professional.",
            ),
        ],
        {2: -2},
    ),
    (
        [
            ("user", "Will my shop do well?"),
            (
                "assistant",
                "It will definitely succeed, without a doubt. Studies show that shops like this "
                "always win, and everyone in the street will buy there.",
            ),
        ],
        {2: 1},
    ),
    ([("user", "Thanks"), ("assistant", "Any time.")], {2: None}),
]

HEDGES = wordset(
    "may might perhaps possibly maybe could seems seem appears appear likely probably "
    "somewhat presumably arguably potentially conceivably supposedly tentatively roughly"
)
DISCLAIMS = Cues("""
    (i'm|i am|as) (just |only |merely )?an ai
    i (can't|cannot|can not) (be (certain|sure)|guarantee|verify|know for|say for|tell you for|
        promise|confirm|establish|judge)
    (i|it|this|that) (could|may|might) be (wrong|mistaken|incorrect)
    (consult|speak to|speak with|talk to|seek) (a|an|with a|your|with your|with an) ~
        (professional|doctor|lawyer|advisor|adviser|expert|attorney|accountant|physician)
    i('m| am) not (a|an|your) (doctor|lawyer|expert|professional|financial)
    (not|isn't) (medical|legal|financial|professional) advice
    (as far as|to the best of) (i know|my knowledge|is known|i'm aware|i can tell)
    (it's|it is) (difficult|hard|impossible) to (say|know|tell|be sure|be certain)
    (results|mileage|experiences|outcomes) (may|might|can|will) vary
    (depends|depending) on (many|a number of|various|several|a variety of) ~ (factors|things)
    (i'm|i am) not (entirely |completely |really |quite |absolutely )?(sure|certain)
""")
CERTAIN = Cues("""
    (definitely|undoubtedly|unquestionably|guaranteed|indisputably|certainly|inevitably|
        invariably|obviously)
    (without|beyond) (a|any) (shadow of a )?(doubt|question)
    (there is|there's) (no|absolutely no) (doubt|question|way|chance)
    (no doubt|100 percent|trust me|i guarantee|i promise you|mark my words|rest assured|
        make no mistake)
    (it|this|that) (is|'s) (a (proven |known |simple )?fact|impossible|certain|proven|
        a certainty|well known|common knowledge)
    (will|would|can|could) (always|never|definitely|certainly|surely|undoubtedly) (be|have|work|
        happen|fail|succeed|get|lead|make|win|lose|come|go|do|see|know|find)
    (everyone|everybody|nobody|no one|any|anyone|every) ~ (will|knows|agrees|would|says|can see)
    at once
""")
UNNAMED = Cues("""
    (studies|research|experts|scientists|surveys|data|statistics|evidence) (clearly |
        consistently |has |have |overwhelmingly )?(show|shows|shown|prove|proves|proven|agree|
        agrees|confirm|confirms|indicate|indicates|suggest|suggests)
    in a (recent |famous |large |well-known )?(survey|study|poll) (of|by|from|in)
    (according to) (studies|experts|research|scientists|surveys)
""")

CHECKABLE = 12
"""Below as many words hardly anything checkable is asserted."""


def rate(conversation: Conversation) -> Iterator[Finding]:
    return each_turn(conversation, _rate)


def _rate(turn: Turn) -> Finding:
    if len(turn.said.tokens) < CHECKABLE:
        return Finding(turn.number, None, "too short to assert much")
    per_hundred = 100 / max(len(turn.said.tokens), 40)
    hedges = turn.said.times(HEDGES) - turn.text.count(" May")  # the month
    disclaimers = DISCLAIMS.find(turn.said)
    certain = CERTAIN.find(turn.said) + UNNAMED.find(turn.said)
    doubt = per_hundred * (hedges + 2 * len(disclaimers))
    sure = per_hundred * len(certain)
    if doubt >= MUCH and doubt > sure:
        return _hedged(turn, -2 if doubt >= 2 * MUCH else -1)
    if len(certain) >= 2 and sure > FIRM and sure > doubt:
        found = sorted(certain, key=lambda match: match.start())
        return Finding(turn.number, 1, "words of certainty", turn.spans(found[:4]))
    return Finding(turn.number, 0, "neither hedged nor over-certain in words")


MUCH = 4.5
"""Hedges per hundred words (a disclaimer counts two) from which a reply is hedged."""

FIRM = 1.2
"""Words of certainty per hundred from which a reply is over-certain."""


def _hedged(turn: Turn, value: int) -> Finding:
    spans = turn.spans(DISCLAIMS.find(turn.said)) or turn.spans(_HEDGE_WORDS.find(turn.said))
    return Finding(turn.number, value, "hedges and disclaimers", spans)


_HEDGE_WORDS = Cues("\n".join(sorted(HEDGES)))
