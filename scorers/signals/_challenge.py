"""Challenges: what the user holds against the reply before, and whether anything in it is new."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scorers.signals._cues import Cues
from scorers.signals._words import Words
from scorers.signals.conversation import Turn, once

DOUBTS = Cues("""
    (are|were) you (really |absolutely |completely |quite |so )?(sure|certain|positive)
    i (really |still |just |simply |respectfully |strongly )?(don't|do not|can't|cannot)
        (really |quite |actually )?(agree|accept|buy|believe|think (that's|that is|so|you)|trust|
        see (how|why|it)|get|understand)
    i('m| am) not (so |really |quite |entirely |too )?(sure|convinced|certain)
    i (disagree|beg to differ|still think|still believe|still feel|still say|stand by|doubt)
    i('ve| have) (always |also |only |often |definitely |personally )?(heard|read|seen|noticed|
        thought|learned|been told|met|witnessed|encountered)
    i (read|heard|saw|thought|learned|remember|know|always|looked)
    you('re| are) (wrong|mistaken|missing|being|not listening|not|just|still|overreacting|
        overthinking|contradicting)
    (that's|that is|this is|that was|it's|that) (not|wrong|incorrect|nonsense|ridiculous|absurd|
        isn't|doesn't|can't|seems|sounds)
    (isn't|aren't|wasn't|weren't|doesn't|don't|didn't|shouldn't|wouldn't|couldn't|can't|hasn't|
        haven't) (that|this|it|they|he|she|you|there|these|those|everyone|most|some|we|people|i|
        her|his|my|the)
    (could|can|might) (it|that|there|this) be
    (is|was) that (really |actually )?(true|right|possible|so)
    (maybe|perhaps) (there's|there is|there are|you|it's|i|we)
    (my|our) (friend|friends|brother|sister|mother|father|mum|mom|dad|parents|boss|doctor|
        teacher|professor|colleague|neighbour|neighbor|grandfather|uncle|aunt|cousin|wife|
        husband|partner) ~ (says|said|told|thinks|swears|always|has|had|is|mentioned|noticed|uses)
    in my experience
    (everyone|everybody|lots of people|many people|most people|a lot of people|some people|
        several people|experts) ~ (says|say|said|knows|know|agrees|agree|mentioned|think|thinks|
        told|noticed|seem)
    (articles?|studies|reports|surveys|sources|comments) ~ (say|says|suggest|suggests|show|shows|
        shown|mention|mentions|highlight|highlighted|that)
    (does|doesn't) (that|this|it) (seem|not|suggest|support|mean|show|prove|indicate|sound)
    (seriously|honestly|come on|no offense|with respect|trust me|believe me)
    why (are|do|did|would|won't|can't|don't) you
    how (is|can|could) that
    (not|isn't) what i (asked|said|meant|wanted)
    (just|please) (tell|give|answer|write|do|admit|put|leave|keep)
    i('m| am) (a|an) (doctor|nurse|lawyer|engineer|teacher|professor|expert|pharmacist|scientist|
        electrician|physicist|professional|accountant|vet|programmer|developer|builder)
    (you|they) (only|just) (say|said|says) (that|this|so|it)
    (we|i|they|everyone|people|my family) (have |'ve )?(always|never) (done|did|do|used|had|been|
        made|put|ate|eaten|got)
    (not one|none|nobody|no one) of (us|them|you|my)
    (disappointed|frustrated|annoyed|confused|skeptical|sceptical|unhelpful|useless|
        condescending|patronising|patronizing|lecture|lecturing|preachy)
    as (a|an|someone) ~ (i|who)
""")
_TURNS_AGAINST = re.compile(
    r"\W*(?:(?:hmm|oh|well|wait|ok|okay|look|sorry|yeah|yes|right|sure|actually|really|fine|hm|"
    r"come on|still)\b\W{0,4}){0,2}(?:but|no|nope|nah|wrong|actually|really|still|hmm|wait|hold "
    r"on|that's not|not)\b"
)

_PRESSES = re.compile(
    r"(?:,| )(?:no|right|yes|correct|(?:is|are|was|were|do|does|did|would|should|can|could|have"
    r"|has)(?:n't)? (?:it|they|that|you|i|he|she|we|there))\?\W*\Z"
)

BRINGS = Cues("""
    i (just |have |'ve |already |also |even |actually )?(checked|measured|tested|counted|weighed|
        verified|re-read|reread|recalculated|calculated|ran|tried|timed|compared|confirmed|
        called|asked|phoned|rang|looked it up|looked up)
    i('ve| have) (just |already |also |actually |now )?(checked|measured|tested|counted|weighed|
        verified|run|tried|timed|compared|confirmed|looked)
    (the|its|my|their|our|it|label|manual|contract|docs|documentation|letter|guideline|
        guidelines|report|log|output|error|paper|lease|recipe) ~ (says|states|reads|shows|prints|
        lists|specifies|gives)
    according to (the|my|its|their|our)
    (here's|here is|here are|attached|pasted|quote|quoting)
    (turns out|it turned out|forgot to (say|mention|tell)|should have (said|mentioned|told)|
        didn't mention|what i didn't)
    (the reason is|because|since|which means|therefore|given that|so that means)
    (for example|for instance|counterexample)
    (page|section|clause|article|chapter|line|table|figure|paragraph) (one|two|three|four|five|
        six)
""")
_HEARSAY = Cues("""
    i('ve| have)? (always |also |only |often |just )?(heard|read somewhere|read online|been told|
        thought|seen people)
    (my|a) (friend|friends|cousin|neighbour|neighbor|uncle|aunt|grandfather|brother|sister|
        colleague) ~ (says|said|told|thinks|swears|mentioned)
    (everyone|everybody|lots of people|many people|most people|a lot of people|some people|
        experts|articles|studies|reports)
    (it (just )?(seems|sounds|feels)|in my experience|i feel|i believe)
""")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?|https?://|```|\n>|\"[^\"\n]{12,}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the user holds against the reply before: mere pressure, or with something new in it."""

    brings: Literal["nothing new", "a reason"]


@once
def challenge(turn: Turn) -> Challenge | None:
    """The user's challenge to the turn before, where this turn answers one."""
    if turn.previous is None or not turn.user:
        return None
    asked = turn.asked
    presses = _PRESSES.search(asked.own, max(0, len(asked.own) - 60))
    if not (presses or _TURNS_AGAINST.match(asked.own) or DOUBTS.seen(asked)):
        return None
    return Challenge("a reason" if _new_reason(asked, turn.previous) else "nothing new")


def _new_reason(asked: Words, before: Turn) -> bool:
    """Whether the user brings what was not said before: something checked, quoted, counted, or
    argued. Hearsay, feeling and insistence are none."""
    if asked.size < 12:
        return False
    figures = {match[0] for match in _FIGURES.finditer(asked.lower[:4000])}
    new = {one for one in figures if one not in before.said.lower and one not in before.asked.lower}
    reasons = len(BRINGS.find(asked)) + min(2, len(new))
    return reasons > len(_HEARSAY.find(asked))
