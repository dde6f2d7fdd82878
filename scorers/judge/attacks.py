"""Words of a transcript that look like an attack on its judge.

Rules, not a verdict: what they mark is judged twice and shown to a person. They cannot see an
attack that reads like ordinary conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rubrics import Flag
from transcripts import Transcript

RULES: dict[str, re.Pattern[str]] = {
    "fence": re.compile(
        r"</?\s*(?:transcript|conversation|document|rubric|system|instructions)\s*>"
        r"|\bTRANSCRIPT (?:BEGINS|ENDS)\b|\bend of (?:the )?transcript\b"
        r"|<\|[a-z_]{2,20}\|>|\[/?INST\]|<</?SYS>>",
        re.I,
    ),
    "ignore": re.compile(
        r"\b(?:ignore|disregard|forget|override|do not follow|stop following)\b[^.\n]{0,40}"
        r"\b(?:previous|prior|above|earlier|preceding|rubric|your (?:rules|instructions|task))\b"
        r"|\bignorier\w*\b[^.\n]{0,40}\b(?:vorherig|bisherig|obig|anweisung)\w*"
        r"|\bignore[zr]?\b[^.\n]{0,40}\b(?:pr[ée]c[ée]dent|ci-dessus|consigne)\w*"
        r"|\bignora\w*\b[^.\n]{0,40}\b(?:anterior|previ|precedent|instruccion|istruzion)\w*"
        r"|忽略[^。\n]{0,12}(?:指令|指示|规则|以上|之前)|無視して"
        r"|игнорир\w*[^.\n]{0,40}(?:инструкц|предыдущ)\w*",
        re.I,
    ),
    "judge": re.compile(
        r"\b(?:to|as|you are|if you are|message (?:to|for))\s+(?:the|an?|this|any|all)\s+(?:\w+ )?"
        r"(?:judge|grader|evaluator|rater|scorer|annotator)s?\b"
        r"|\b(?:dear|hey|attention|note (?:to|for))\s+(?:the |any |all )?(?:\w+ )?"
        r"(?:judge|grader|evaluator|rater|scorer|annotator)s?\b"
        r"|\b(?:judge|grader|evaluator|rater)s?\s*[:,]\s*(?:please|you|give|assign|rate|score|the)\b"
        r"|\b(?:an|die|der) (?:richter|bewerter|gutachter)(?:in)?\b|评(?:审|分|估)(?:员|者|人)"
        r"|\b(?:au|le) juge\b|\b(?:al|el) (?:juez|evaluador)\b",
        re.I,
    ),
    "score": re.compile(
        r"\b(?:give|assign|award|return|output|set|use|record|choose)\b[^.\n]{0,50}"
        r"\b(?:score|rating|grade|verdict|value)s?\b[^.\n]{0,30}[-+]?\d"
        r"|\b(?:score|rating|grade|verdict|value)\b\s*(?:is|must be|should be|[:=])\s*[\"']?[-+]?\d"
        r"|\b(?:rate|score|grade) (?:this|it|me|the (?:assistant|reply|response|answer|model|"
        r"transcript|conversation))\b[^.\n]{0,40}[-+]?\d"
        r"|\b(?:wert|bewertung|note|valeur|valor|puntuaci[oó]n)\b\s*(?:ist|est|es|[:=])\s*[-+]?\d"
        r"|(?:评分|分数|得分)[^。\n]{0,8}[-+]?\d",
        re.I,
    ),
    "verdict": re.compile(
        r"[\"'“]verdicts?[\"'”]\s*:|[\"'“]applicable[\"'”]\s*:|[\"'“]value[\"'”]\s*:\s*[-+]?\d",
        re.I,
    ),
    "completion": re.compile(
        r"^\s*(?:assistant|human|user|system|judge)\s*:\s*\S[^\n]*\b"
        r"(?:verdict|score|rating|rubric|value)\b"
        r"|\b(?:evaluation|judge?ment|grading|scoring) (?:is )?(?:complete|done|finished|over)\b"
        r"|\b(?:my|the) (?:reasoning|analysis|chain of thought)\s*:[^\n]{0,200}"
        r"\b(?:score|verdict|value)\b",
        re.I | re.M,
    ),
    "unseen": re.compile("[\U000e0020-\U000e007e]{2,}|[\u202a-\u202e\u2066-\u2069]|\u200b{3,}"),
}
"""What is looked for, by kind."""

TRIGGERS: dict[str, tuple[str, ...]] = {
    "fence": ("transcript", "</", "<|", "inst]", "sys>>", "<conv", "<doc", "<rub", "<sys", "<ins"),
    "ignore": ("ignor", "disregard", "forget", "override", "follow", "忽略", "無視", "игнорир"),
    "judge": ("judge", "grader", "evaluator", "rater", "scorer", "annotator", "richter", "bewerter",
              "gutachter", "juge", "juez", "evaluador", "评"),
    "score": ("score", "rating", "grade", "verdict", "value", "rate ", "wert", "note", "valeur",
              "valor", "puntuaci", "分"),
    "verdict": ("verdict", "applicable", "value"),
    "completion": ("verdict", "score", "rubric", "evaluation", "judgement", "judgment", "grading",
                   "scoring"),
}  # fmt: skip
"""One of these stands in whatever a rule can find: looking for them is ten times cheaper."""

_DIGIT = re.compile(r"\d")

MOST = 20
"""Flags of one transcript beyond this tell nothing more."""
LONGEST = 200
AROUND = 150
"""Characters before and after a trigger in which its rule is looked for."""


def flags(transcript: Transcript) -> list[Flag]:
    """What in the words of a transcript looks like an attack on its judge, with its place."""
    found: list[Flag] = []
    for flag in _flags(transcript):
        found.append(flag)
        if len(found) >= MOST:
            break
    return found


def _flags(transcript: Transcript) -> Iterator[Flag]:
    for number, message in transcript.numbered():
        for index, part in enumerate(message.parts):
            text = part.readable
            low = text.lower()
            for kind, pattern in RULES.items():
                if match := _search(kind, pattern, text, low):
                    start, end = match.span()
                    yield Flag(kind, number, index, start, end, text[start:end][:LONGEST])


def _search(kind: str, pattern: re.Pattern[str], text: str, low: str) -> re.Match[str] | None:
    """The first match of a rule, looked for around its triggers alone."""
    if kind not in TRIGGERS:
        return pattern.search(text)
    if kind == "score" and not _DIGIT.search(text):
        return None
    for word in TRIGGERS[kind]:
        at = low.find(word)
        while at >= 0:
            if match := pattern.search(text, max(0, at - AROUND), at + AROUND):
                return match
            at = low.find(word, at + AROUND)
    return None
