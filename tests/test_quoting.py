"""A quote is found exactly, then normalised, then nearly; else it is missing, and never made up."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts import Message, Part, Transcript
from transcripts.quoting import find, normalise, number

TEXT = (
    "You\u2019re **absolutely right** \u2014 that's\n\n a bold and `courageous` question\u2026 "
    "And I would say so again, whatever anybody says about it."
)
OTHER = "It is a sound plan in every respect, honestly; nobody could fault it."


@pytest.fixture
def talk() -> Transcript:
    thinking = (Part("thinking", "They will like this."), Part("text", OTHER))
    return Transcript(
        (
            Message.plain("user", "Is it a sound plan?"),
            Message.plain("assistant", TEXT),
            Message.plain("user", "And the rest?"),
            Message("assistant", thinking),
        )
    )


@pytest.mark.parametrize(
    ("words", "message", "match", "text"),
    [
        ("absolutely right", 2, "exact", "absolutely right"),
        ("You're absolutely right", 2, "normalised", "You\u2019re **absolutely right"),
        ("right - that's a bold", 2, "normalised", "right** \u2014 that's\n\n a bold"),
        ("bold and courageous question...", 2, "normalised", "bold and `courageous` question\u2026"),
        ("sound plan in evry respect honestly", 4, "fuzzy", "sound plan in every respect, honestly"),
        ("They will like this", 4, "exact", "They will like this"),
    ],
)  # fmt: skip
def test_words_are_found(talk: Transcript, words: str, message: int, match: str, text: str) -> None:
    place = find(talk, words, message)
    assert place is not None
    assert (place.message, place.match, place.text) == (message, match, text)
    assert talk.messages[message - 1].parts[place.part].text[place.start : place.end] == text


@pytest.mark.parametrize(
    "words", ["nobody ever said this at all", "ABSOLUTELY RIGHT", "rihgt", "", "   ", "sound plan?"]
)
def test_words_that_are_not_there_are_missing(talk: Transcript, words: str) -> None:
    assert find(talk, words) is None


def test_a_wrong_number_is_set_right_and_the_named_message_comes_first(talk: Transcript) -> None:
    place = find(talk, "sound plan", 2)
    assert place is not None and place.message == 4
    twice = Transcript((*talk.messages, Message.plain("assistant", TEXT)))
    assert [find(twice, "courageous", n).message for n in (2, 5)] == [2, 5]  # type: ignore[union-attr]


def test_messages_are_numbered_from_one(talk: Transcript) -> None:
    assert number(talk)[3] == f"[4] assistant: {OTHER}"


words = st.text(
    alphabet=st.sampled_from("abc XY*_`#>|\n\t\u2019\u201c\u2014\u2026\U0001f642\u0301\u05d0"),
    max_size=80,
)


@given(before=words, quote=words, after=words)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_there_is_found_where_it_stands(
    before: str, quote: str, after: str
) -> None:
    talk = Transcript((Message.plain("assistant", before + quote + after),))
    place = find(talk, quote)
    if not quote.strip():
        assert place is None
    else:
        assert place is not None and place.match == "exact"
        assert place.text == quote.strip()
        assert (before + quote + after)[place.start : place.end] == quote.strip()


@given(text=words)
@settings(max_examples=300, deadline=None)
def test_normalising_keeps_the_way_back(text: str) -> None:
    plain, places = normalise(text)
    assert len(plain) == len(places)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


def test_long_texts_are_searched_in_good_time() -> None:
    long = Transcript((Message.plain("assistant", "word and another thing, " * 8000),))
    begun = time.process_time()
    assert find(long, "a sentence of several words that is not in there") is None
    assert time.process_time() - begun < 3
