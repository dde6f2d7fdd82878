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
        ("i can", "I can do it", "I can't do it"),
        ("(a|b|\n        long) word", "a long word", "a short word"),
    ],
)
def test_what_a_line_means(line: str, fits: str, not_: str) -> None:
    cues = Cues(f"\n    {line}\n")
    assert cues.find(Words(fits)) and not cues.find(Words(not_))


@pytest.mark.parametrize("line", ["great .*question", r"\w+ question", "(a|b", "(really )?(so )?"])
def test_a_line_that_cannot_be_searched_for_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"repeats|plain word|closed"):
        Cues(line)


def test_places_are_places_of_the_text() -> None:
    words = Words("\u0130\u0130 **You\u2019re** right. \u201cYou are right.\u201d")
    (found,) = Cues("you('re| are) right").find(words)
    assert words.text[found.start() : found.end()] == "You\u2019re** right"
