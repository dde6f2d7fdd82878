"""A message's words as the signals look at them: worked out once, whoever asks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_EMPHASIS = str.maketrans({"*": " ", "_": " "})
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*")
_FOREIGN_LETTER = re.compile(r"[^\W\d_a-z]")
_NOT_OWN = re.compile(r'```.*?(?:```|\Z)|`[^`\n]{1,200}`|^>[^\n]*|"[^"\n]{1,300}"', re.S | re.M)
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]*")


def wordset(words: str) -> frozenset[str]:
    """The words of a line as a set."""
    return frozenset(words.split())


_SAMPLE = 300
"""As many tokens tell the language."""

# No word that another language has as well (in, was, is, on, die, pour), else German reads English.
_ENGLISH = wordset(
    "the and of to that it you for with this are not be have your but or can if from they what "
    "would there which my we how because when more about should i'm don't it's you're i'll could "
    "their them who why does did been had than then just any yes will me out is she"
)
_FOREIGN = wordset(
    "der das und nicht ist ein eine ich sie den von auf sich auch el que por una para est le les "
    "une dans pas vous je il sur ce che non sono della gli het een niet van dat och att det inte "
    "jeg ikke og nie jest se uma mais ao ne"
)


class Words:
    """What one speaker said in one message, and what can be asked of it.

    `lower` and `own` have a character for each character of `text`, so places in them are places
    in it.
    """

    __slots__ = ("__dict__", "text")

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def lower(self) -> str:
        """In lower case, with straight quotes."""
        return same_length_lower(self.text)

    @cached_property
    def own(self) -> str:
        """`lower` without what is not said in one's own voice (code, quotations), blanked."""
        lower = self.lower.translate(_EMPHASIS)
        if '"' in lower or "`" in lower or ">" in lower:
            return _NOT_OWN.sub(lambda found: " " * len(found[0]), lower)
        return lower

    @cached_property
    def tokens(self) -> list[str]:
        """The words of `own` in their order."""
        return _TOKEN.findall(self.own)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word of `own` occurs."""
        return Counter(self.tokens)

    @cached_property
    def size(self) -> int:
        """How many words there are, code and quotations among them."""
        return len(self.text.split())

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Start and end of each sentence or line of `own` that has a word in it."""
        found = (match.span() for match in _SENTENCE.finditer(self.own))
        return [(start, end) for start, end in found if self.own[start:end].strip()]

    def sentence_at(self, place: int) -> int:
        """Which sentence a place lies in, from 0."""
        return bisect_right(self.sentences, (place, len(self.text))) - 1

    def times(self, words: frozenset[str]) -> int:
        """How many of the tokens are among these words."""
        counts = self.counts
        return sum(counts[word] for word in counts.keys() & words)

    @cached_property
    def english(self) -> bool:
        """Whether it can be read as English, told by its small words.

        A few words tell no language ("OK, 42"): they count as English unless something about
        them says otherwise.
        """
        sample = _TOKEN.findall(self.lower[: _SAMPLE * 8])[:_SAMPLE]
        known = sum(token in _ENGLISH for token in sample)
        foreign = sum(token in _FOREIGN for token in sample)
        head = self.lower[: _SAMPLE * 8]
        strange = len(_FOREIGN_LETTER.findall(head))
        if strange > len(head) / 10 or foreign > max(known, 1):
            return False
        return len(sample) < 12 or known >= len(sample) / 25


def same_length_lower(text: str) -> str:
    """The text in lower case, curly quotes straight, every character still at its place.

    Lower-casing some letters (a Turkish dotted I) gives two characters: those are left alone.
    """
    lower = text.translate(_QUOTES).lower()
    if len(lower) == len(text):
        return lower
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text.translate(_QUOTES))
