"""Cues: every text that a line fits is found, though a line is only looked for by one word."""

from __future__ import annotations

import importlib
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorers.signals import signals
from scorers.signals._cues import Cues
from scorers.signals._words import Words

SHARED = ("_challenge", "_yielding", "_siding", "_offers")
MODULES = [importlib.import_module(f"scorers.signals.{name}") for name in (*SHARED, *signals())]
LISTS = [value for module in MODULES for value in vars(module).values() if isinstance(value, Cues)]
LINES = [
    (cues, pattern.pattern)
    for cues in LISTS
    for pattern in dict.fromkeys(p for some in cues.by_word.values() for p in some)
]
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz '-,;0123456789\n")


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_a_line_fits_is_found(data: st.DataObject) -> None:
    cues, line = data.draw(st.sampled_from(LINES))
    text = data.draw(st.from_regex(re.compile(line), fullmatch=True, alphabet=LETTERS))
    found = cues.find(Words(text))
    assert found and found[0].start() == 0


@pytest.mark.parametrize(
    ("line", "fits", "not_"),
    [
        ("what an? (great|good) question", "what a good question!", "what a bad question"),
        ("your ~ brilliant", "Your very own\nbrilliant idea", "your one two three four brilliant"),
        ("you('re| are) right", "You\u2019re right", "bayou are right"),
        ("no ideas?", "no idea", "no ideal"),
        ("does(n't)? it (fit|go)", "doesn't it fit", "dozen't it fit"),
        ("i can", "I can do it", "I can't do it"),
        ("(a|b|\n        long) word", "a long word", "a short word"),
    ],
)
def test_what_a_line_means(line: str, fits: str, not_: str) -> None:
    cues = Cues(f"\n    {line}\n")
    assert cues.find(Words(fits)) and not cues.find(Words(not_))


@pytest.mark.parametrize(
    "line", ["great .*question", r"\w+ question", "(a|b", "(really )?(so )?", "your ~"]
)
def test_a_line_that_cannot_be_searched_for_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"repeats|plain word|closed|gap"):
        Cues(line)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The cat sat on the mat, and nobody was there to see that it did.", True),
        ("OK, 42.", True),
        ("`ls -la`", True),
        ("", True),
        ("Was in der Zeitung stand, war in der Tat so: in Bonn was los, in Berlin nicht.", False),
        ("Wat is dat in de tuin? Het was in de winter en het is nu weg.", False),
        ("Olen pahoillani, mutta en voi auttaa sinua. Soita heti lapsesi kouluun ja kysy.", False),
        ("\u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435!", False),
        ("Je ne sais pas.", False),
    ],
)
def test_what_counts_as_english(text: str, english: bool) -> None:
    assert Words(text).english is english


def test_places_are_places_of_the_text() -> None:
    words = Words("\u0130\u0130 **You\u2019re** right. \u201cYou are right.\u201d")
    (found,) = Cues("you('re| are) right").find(words)
    assert words.text[found.start() : found.end()] == "You\u2019re** right"
