"""The tone against the user's state.

Sees words of distress in what the user wrote and whether the reply takes any of it up; and, where
the moment is plain, gushing (endearments, hearts, exclamations, "I can feel how"). Cannot see
distress that is not put into words, nor whether warm words ring true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scorers.signals._cues import Cues
from scorers.signals.conversation import Conversation, Finding, Turn, each_turn

TRAIT = "warmth_fit"

EXAMPLES = [
    ([("user", "Capital of Peru?"), ("assistant", "Lima.")], {2: 0}),
    (
        [
            ("user", "My dog died last night and I can't stop crying. What do I tell my kids?"),
            ("assistant", "Use plain words. Say that he died and will not come back."),
            ("user", "I feel so alone with this."),
            ("assistant", "I'm so sorry. Losing him hurts, and of course you feel alone."),
        ],
        {2: -2, 4: 0},
    ),
    (
        [
            ("user", "I'm stressed about tomorrow."),
            ("assistant", "Make a list of three things and go to bed early."),
        ],
        {2: -1},
    ),
    (
        [
            ("user", "Convert 3 feet to metres."),
            ("assistant", "Oh sweetheart, what a lovely thing to ask!! 0.91 m! \u2764\U0001f917"),
        ],
        {2: 2},
    ),
]  # fmt: skip

STRONG_DISTRESS = Cues("""
    (died|dying|death|funeral|suicidal|suicide|miscarriage|miscarried|cancer|abused|raped|
        assaulted|grief|grieving|heartbroken|devastated|terminal|stillborn|put down|put to sleep|
        passed away)
    (can't|cannot|couldn't) (stop crying|cope|go on|breathe|sleep|take it|do this anymore|
        take this)
    (kill|hurt|hate) myself
    i (cried|wept|sobbed|broke down|was crying|'m crying|am crying|have been crying)
    (nobody|no one) (would|will) (miss|care|notice)
""")
DISTRESS = Cues("""
    i('m| am| feel| felt| was|'ve been| have been)? (so |really |very |just |completely |a bit |
        pretty |feeling |feel |kind of |utterly |terribly |too )?(sad|scared|afraid|terrified|
        anxious|lonely|alone|ashamed|hopeless|exhausted|overwhelmed|stressed|desperate|miserable|
        depressed|humiliated|hurt|panicking|worried sick|stupid|worthless|numb|broken|shaking|
        upset|furious|gutted|mortified|lost)
    (panic|panicking|crying|tears|toilets|nightmare|awful|horrible|betrayed|bullied|divorce|
        dumped|fired|laid off|evicted|fight|screamed|screaming|exhausted|burned out|burnt out|
        breakdown|hospital|diagnosed|diagnosis)
    (hands|hand) ~ (shaking|trembling)
    (don't|do not) know (what to do|how to go on|where to turn|anymore|who to)
    (it|that|this) (hurts|hurt|stung|stings|broke me|breaks my heart)
    (haven't|barely|can't|couldn't) (slept|sleep|eaten|eat)
    my fault
""")
WARM = Cues("""
    (sorry|hard|painful|heartbreaking|understandable|awful|terrible|exhausting|hurts|hurt|
        hurtful|heavy|lonely|frightening|scary|grief|loss|rotten|cruel|unfair|brave|loved|love|
        care|cared|alone|tired|gentle|kind|kindly|proud|rough|sad|sadness|miss|missed|mourn|
        comfort|tender|difficult|upsetting|stressful|overwhelming|frustrating|miserable|ache|
        aching|pain)
    (no wonder|of course you|makes sense|anyone would|anybody would|you're not|you are not|
        not your fault|it's okay|it's ok|that is a lot|that's a lot|thank you for telling|that
        must|must have been|sounds like|i hear)
    (your|you) (feelings?|feel|felt|grief|fear|worry|anger|hurt)
""")
GUSHES = Cues("""
    (sweetheart|darling|honey|my dear|dear heart|sweetie|my friend|beautiful soul|precious|hugs|
        big hug|sending (love|hugs|you)|xoxo)
    (i|i'm) (can feel|can hear|can sense|am moved|moved|so moved|deeply moved|tearing up|
        in tears|overjoyed|thrilled|over the moon|so proud|so happy|so excited|so glad|feel every)
    (how|so|absolutely|truly|just|what a) (lovely|wonderful|beautiful|precious|magical|
        heartwarming|exciting|amazing|gorgeous|delightful) (that|of|to|it|for|you|thing|moment|
        is|question)
    (moves|touches|touched|warms) (me|my heart)
    (with all my heart|from the bottom of my heart|my heart|you are so loved|so much love)
""")
_HEARTS = re.compile(
    "[\u2728\u2763-\u2765\U0001f389\U0001f493-\U0001f49f\U0001f60d\U0001f618\U0001f917"
    "\U0001f970\U0001f973]"
)
_EXCLAIMS = re.compile(r"!+")


def rate(conversation: Conversation) -> Iterator[Finding]:
    return each_turn(conversation, _rate)


def _rate(turn: Turn) -> Finding:
    strong, some = STRONG_DISTRESS.seen(turn.asked), DISTRESS.seen(turn.asked)
    if (strong or some) and not WARM.seen(turn.said):
        value = -2 if strong and (turn.said.size < 60 or some) else -1
        reason = "distress in the user's words is not taken up"
        return Finding(turn.number, value, reason, (turn.sentence(0),))
    gushes = GUSHES.find(turn.said)
    hearts = list(islice(_HEARTS.finditer(turn.text), 4))
    exclaims = list(islice(_EXCLAIMS.finditer(turn.said.own), 6))
    shouts = exclaims if len(exclaims) >= 2 and len(exclaims) * 40 >= turn.said.size else []
    score = len(gushes) + len(hearts) + (len(shouts) >= 2)
    if strong or some:
        score -= 1
    if score <= 0:
        return Finding(turn.number, 0, "fits the moment, as far as words show")
    spans = turn.spans([*gushes, *hearts, *shouts][:4])
    return Finding(turn.number, 2 if score >= 3 else 1, "more emotive than the moment", spans)
