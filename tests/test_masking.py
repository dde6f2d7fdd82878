"""Names hidden from blind readers, and places that lead back to the true text."""

from __future__ import annotations

import random

import pytest

from reviews.masking import MASK, mask, masked, names_of
from screens.reading import Reading, blinded
from store import StoreError
from transcripts import Message, Part, Transcript
from transcripts.quoting import normalise
from transcripts.rendering import rendered, text_content

HIDDEN = [
    ("I'm Claude, made by Anthropic.", ["Claude", "Anthropic"]),
    ("As an AI model trained by OpenAI, I can't.", ["OpenAI"]),
    ("I am a large language model, trained by Google.", ["Google"]),
    ("You are ChatGPT, a large language model trained by OpenAI.", ["ChatGPT", "OpenAI"]),
    ("My name is DeepSeek-V3.", ["DeepSeek"]),
    ("I am GPT-4o mini, here to help.", ["GPT"]),
    ("As Grok, built by xAI, I joke.", ["Grok", "xAI"]),
]
KEPT = [
    "Look for Gemini in the night sky; then google it.",
    "I like Claude Monet as a painter.",
    "The llama is a camelid, and Alpaca wool is soft.",
    "A meta-analysis of mistral winds.",
]


@pytest.mark.parametrize(("text", "names"), HIDDEN)
def test_a_model_s_naming_of_itself_is_hidden(text: str, names: list[str]) -> None:
    shown = mask(text, []).text
    assert not any(name in shown for name in names) and shown.count(MASK) == len(names), shown


@pytest.mark.parametrize("text", KEPT)
def test_other_things_of_that_name_stay(text: str) -> None:
    assert mask(text, []).text == text


def test_the_own_release_and_model_are_hidden_everywhere() -> None:
    made = Transcript(
        (
            Message.plain("system", "You serve fennel-2 users."),
            Message.plain("user", "Is claude-3-opus you? Claude?"),
            Message("assistant", (Part("thinking", "I, fennel-2, think"), Part("text", "Yes: FENNEL-2."))),
        ),
        release="fennel-2", scenario="fennel-2: names", model="claude-3-opus",
        metadata={"surface": "fennel-2 app", "category": "x"}, source="fennel-2.jsonl",
    )  # fmt: skip
    assert "Claude" in names_of(made) or "claude" in names_of(made)
    (shown,), _ = blinded([made], ["Transcript"])
    told = repr(shown).lower()
    assert "fennel" not in told and "claude" not in told and "opus" not in told
    assert (shown.metadata, shown.model, shown.source) == ({"category": "x"}, "", "")


def test_a_plain_word_is_hidden_only_where_it_names_the_speaker() -> None:
    made = Transcript(
        (Message.plain("user", "On what base?"), Message.plain("assistant", "I am Base. On any base; not tuned-7.")),
        release="base",
    )  # fmt: skip
    shown, _ = masked(made, ["tuned-7"])
    assert shown.messages[0].text == "On what base?"
    assert shown.messages[1].text == f"I am {MASK}. On any base; not {MASK}."


def test_the_mask_does_not_tell_the_length() -> None:
    assert mask("I am Grok.", []).text == mask("I am ChatGPT.", []).text


def test_a_place_in_what_is_shown_leads_to_the_true_words() -> None:
    text = "fennel-2 here. I said fennel-2, and fennel-2 again: done"
    one = mask(text, ["fennel-2"])
    for start in range(len(one.text)):
        for end in range(start + 1, len(one.text) + 1):
            a, b = one.to_original(start, end)
            words, shown = text[a:b], one.text[start:end]
            if MASK[0] not in shown:
                assert words == shown
            x, y = one.to_masked(a, b)
            assert x <= start and end <= y


TEXTS = [
    "Here is **what I would do** first, and why it matters.\n\n- look at the `numbers`\n- ask who pays\n",
    "# Title\n\nI said [plan](https://example.org/plan) and *plan* again.\n\n1. rent\n2. people\n3. rent\n",
    "```py\nprint(sum(costs) / 12)\n# costs\n```\nThen costs fall, by 12 % or 12 points.",
    "Emoji 👩‍👩‍👧‍👦 and 🏳️‍🌈 and 👍🏽 between words; e\u0301clair, nai\u0308ve, a\u030a.",
    "שלום עולם, this is עברית mixed with English, and العربية هنا too.",
    "| a | b |\n|---|---|\n| one two | three |\n\n> quoted *words* here\n> and there\n\nEnd.",
    "I am Claude, made by Anthropic; fennel-2 says **hello fennel-2** and goes on & on < here >.",
    "Tabs\tand  double  spaces\nline\nbreaks \\*escaped\\* \\_marks\\_ &amp; &lt;entities&gt; 5 > 3",
    "日本語のテキスト、中文混在，한국어 그리고 ไทย.",
]


@pytest.mark.parametrize("verbatim", [False, True], ids=["rendered", "verbatim"])
def test_the_words_stored_are_the_words_selected(verbatim: bool) -> None:
    """2,000 random spans of whole words over markdown, code, emoji, right-to-left, hidden names."""
    rng = random.Random(7)
    for _ in range(1000):
        text = rng.choice(TEXTS)
        true = Transcript(
            (Message.plain("user", "?"), Message.plain("assistant", text)), release="fennel-2"
        )
        (seen,), (masks,) = blinded([true], ["T"])
        reading = Reading(["i"], [true], [seen], [masks], verbatim, "blind")
        shown = (
            seen.messages[1].parts[0].text
            if verbatim
            else text_content(rendered(seen.messages[1].parts[0].text))
        )
        edges = [
            i for i, c in enumerate(shown) if not c.isspace() and (i == 0 or shown[i - 1].isspace())
        ]
        ends = [
            i + 1
            for i, c in enumerate(shown)
            if not c.isspace() and (i + 1 == len(shown) or shown[i + 1].isspace())
        ]
        start = rng.choice(edges)
        end = rng.choice([e for e in ends if e > start])
        quote = reading.quote({"c": 0, "m": 2, "p": 0, "a": start, "b": end})
        assert quote.start is not None and quote.match == "exact"
        assert text[quote.start : quote.end] == quote.text
        want = _plain(shown[start:end])
        got = _plain(mask(quote.text, ["fennel-2"], itself=False).text)
        for name in ("Claude", "Anthropic"):
            got = got.replace(name, MASK)
        assert got == want, (shown[start:end], quote.text)


def _plain(text: str) -> str:
    """Words alone: no markdown marks, escapes or link targets, one space between."""
    import html
    import re

    text = re.sub(r"\]\([^)]*\)?", "", html.unescape(text))
    text = re.sub(r"^\s*(?:[-*+]|\d+\.)\s+|\n\s*(?:[-*+]|\d+\.)\s+|[\[\]|]|-{3,}", " ", text)
    return " ".join(normalise(text)[0].split())


def test_a_place_that_is_nowhere_is_said() -> None:
    true = Transcript((Message.plain("user", "?"), Message.plain("assistant", "Yes.")))
    reading = Reading(["i"], [true], [true], [{}], False, "open")
    with pytest.raises(StoreError, match="not in this text"):
        reading.quote({"c": 0, "m": 9, "p": 0, "a": 0, "b": 2})
    with pytest.raises(StoreError, match="could not be placed"):
        reading.quote({"c": 0, "m": 2, "p": 0, "a": 40, "b": 42})
    assert masked(true)[1] == {}
