"""Names hidden from blind readers, and places that lead back to the true text."""

from __future__ import annotations

import random
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from screens.reading import Reading, blinded
from store import StoreError
from transcripts import Message, Part, Transcript
from transcripts.assistants import assistants, family
from transcripts.hiding import BLOCK, WORD, Hidden, Masked, hide
from transcripts.quoting import normalise
from transcripts.rendering import rendered, text_content
from transcripts.transcript import Role
from viewer.reading import part_text


def said(text: str, role: Role = "assistant", **told: Any) -> Transcript:
    return Transcript((Message.plain("user", "Who are you?"), Message.plain(role, text)), **told)


def shown(text: str, role: Role = "assistant", others: tuple[str, ...] = (), **told: Any) -> str:
    return hide(said(text, role, **told), others).seen.messages[1].text


HIDDEN = [
    ("I'm Claude, made by Anthropic.", "I'm [name], made by [name]."),
    ("I am **Claude**, made by Anthropic.", "I am **[name]**, made by [name]."),
    ("As an AI model trained by OpenAI, I can't.", "As an AI model trained by [name], I can't."),
    ("I am a large language model, trained by Google.", "I am a large language model, trained by [name]."),
    ("My name is DeepSeek-V3.", "My name is [name]."),
    ("I am GPT-4o mini, here to help.", "I am [name], here to help."),
    ("I'm Claude 3.5 Sonnet. claude-3-5-sonnet-20241022!", "I'm [name]. [name]!"),
    ("As Grok, built by xAI, I joke.", "As [name], built by [name], I joke."),
    ("As ChatGPT I cannot. OpenAI made me.", "As [name] I cannot. [name] made me."),
    ("i'm gemini, hi", "i'm [name], hi"),
    ("I'm Gemini. Ask Gemini, by Google.", "I'm [name]. Ask [name], by [name]."),
    ("I'm an OpenAI model.", "I'm an [name] model."),
    ("I'm based on Llama 3.1 70B-Instruct.", "I'm based on [name]."),
    ("My creators at Meta say so. Meta!", "My creators at [name] say so. [name]!"),
    ("_Claude_ here. CLAUDE_KEY, ask Claude's friends", "_[name]_ here. [name]_KEY, ask [name]'s friends"),
    ("I am a model called Zoe. I'm a language model developed by the Large Model Systems Organization (LMSYS).",
     "I am a model called Zoe. I'm a language model developed by the [name] ([name])."),
    ("I'm an AI assistant, created by Very Large Corporation Of Europe. Nice!", "I'm an AI assistant, created by [name]. Nice!"),
    ("Sure.\n- Claude", "Sure.\n- [name]"),
    ("我是Claude，由Anthropic开发。", "我是[name]，由[name]开发。"),
    ("我是通义千问。", "我是[name]。"),
    ("Ich bin Claude, von Anthropic.", "Ich bin [name], von [name]."),
    ("My name is Zephyr, an AI assistant. Zephyr helps.", "My name is [name], an AI assistant. [name] helps."),
    ("I'm a language model developed by Foo Labs (FL). FL!", "I'm a language model developed by [name] ([name]). [name]!"),
]  # fmt: skip
TOLD: list[tuple[Role, str, str]] = [
    ("system", "You are ChatGPT, a large language model trained by OpenAI.",
     "You are [name], a large language model trained by [name]."),
    ("user", "Are you trained by Google?", "Are you trained by [name]?"),
    ("user", "are you gemini?", "are you [name]?"),
    ("user", "Hey claude can you", "Hey [name] can you"),
    ("user", "@grok is it so?", "@[name] is it so?"),
    ("tool", "You are Claude Code.", "You are [name]."),
    ("user", "I am Claude, nice to meet you.", "I am Claude, nice to meet you."),
    ("user", "I work at Google.", "I work at Google."),
]  # fmt: skip
KEPT = [
    "Look for Gemini in the night sky; then google it.",
    "I like Claude Monet as a painter. I am Claude Monet. Jean-Claude too.",
    "The llama is a camelid, and Alpaca wool is soft.",
    "A meta-analysis of mistral winds, as Meta announced.",
    "As a fast command line tool, use curl. As I said, many people use Google.",
    "It is Gemini season. You are a Gemini, I am sure.",
    "Kubernetes was developed by Google. I think Android was made by Google.",
    "I am Hungry, a bit. I was direct with you; I am based here.",
    "The Titan moon; a moon called Titan. Nova Scotia. Pi is 3.14.",
    "o3 ozone in the air, O3 on the ground.",
]


@pytest.mark.parametrize(("text", "seen"), HIDDEN)
def test_a_model_s_naming_of_itself_is_hidden(text: str, seen: str) -> None:
    assert shown(text) == seen


@pytest.mark.parametrize(("role", "text", "seen"), TOLD)
def test_who_speaks_to_a_model_may_name_it(role: Role, text: str, seen: str) -> None:
    assert shown(text, role) == seen


@pytest.mark.parametrize(
    "model",
    [
        "",
        "o3",
        "command-r",
        "meta-llama/Llama-3.1-8B",
        "gemini-2.5-pro",
        "claude-x-1",
        "r/google-phi-titan-nova",
    ],
)
@pytest.mark.parametrize("text", KEPT)
def test_ordinary_words_stay_whoever_speaks(text: str, model: str) -> None:
    """Where a model does not speak of itself, whatever its id tells."""
    assert shown(text, model=model) == text


@pytest.mark.parametrize(
    ("text", "told", "seen"),
    [
        ("Ask GPT-4o about it.", {"model": "gpt-4o"}, "Ask [name] about it."),
        ("Claude Monet, Claude", {"model": "claude-x-1"}, "Claude Monet, [name]"),
        ("Gemini 2.5 Pro, gemini-2.5-pro", {"model": "gemini-1"}, "[name], [name]"),
        ("The release V7-beta is mine.", {"release": "v7-beta"}, "The release [name] is mine."),
        ("zeta-9 and Zeta", {"model": "lab/zeta-9:free"}, "[name] and Zeta"),
        ("I'm Zeta. A zeta.", {"model": "lab/zeta-9:free"}, "I'm [name]. A zeta."),
        ("I am o3. I am base. On any base.", {"release": "base", "model": "o3"}, "I am [name]. I am [name]. On any base."),
    ],
)  # fmt: skip
def test_what_its_id_tells_is_hidden(text: str, told: dict[str, str], seen: str) -> None:
    assert shown(text, **told) == seen


def test_every_listed_name_is_hidden_where_a_model_says_that_it_is_its_own() -> None:
    """No name that the list has is known to one reader alone."""
    for one in assistants().families:
        for name in one.names:
            assert shown(f"I am {name}. {name}!") == "I am [name]. [name]!", name
            assert shown(f"You are {name}.", "system") == "You are [name].", name
            assert name.lower() not in shown(f"Meet {name} 3.", model=f"{one.ids[0]}-7"), name
        for maker in one.makers:
            text = f"I am an AI model made by {maker}; {maker}."
            assert shown(text) == "I am an AI model made by [name]; [name].", maker


def test_judge_and_blind_reviewer_are_shown_the_same() -> None:
    made = said("I'm Claude, by Anthropic, fennel-2; Claude Monet.", release="fennel-2")
    page = hide(made, mark=BLOCK)
    assert page.seen.messages[1].text.replace(BLOCK, WORD) == hide(made).seen.messages[1].text
    (seen,), (masks,) = blinded([made], ["Transcript"])
    assert (seen.messages, masks) == (page.seen.messages, page.masks)


def test_what_is_not_the_text_is_hidden_too() -> None:
    made = Transcript(
        (
            Message.plain("system", "You serve fennel-2 users."),
            Message.plain("user", "Is claude-3-opus you? Claude?"),
            Message(
                "assistant",
                (
                    Part("thinking", "I, fennel-2, think"), Part("text", "Yes: FENNEL-2."),
                    Part("tool_call", name="ask_claude", data='{"model": "claude-3-opus"}'),
                    Part("image", name="image/png", data='"https://claude.ai/fennel-2.png"'),
                    Part("text", "`fennel-2`\n```py\nask('claude-3-opus')\n```"),
                ),
            ),
            Message("tool", (Part("tool_result", "fennel-2 said", data='{"by": "fennel-2"}'),)),
        ),
        release="fennel-2", scenario="fennel-2: names", model="claude-3-opus",
        metadata={"surface": "fennel-2 app", "category": "x"}, source="fennel-2.jsonl",
    )  # fmt: skip
    seen = hide(made).seen
    told = repr(seen).lower()
    assert "fennel" not in told and "claude" not in told and "opus" not in told
    assert (seen.metadata, seen.model, seen.source) == ({"category": "x"}, "", "")


def test_names_of_other_releases_are_hidden_where_they_are_given() -> None:
    made = said("Not tuned-7, not gpt-4o, no ChatGPT.", release="base")
    assert hide(made).seen.messages == made.messages
    others = hide(made, ["tuned-7", "gpt-4o"]).seen.messages[1].text
    assert others == "Not [name], not [name], no [name]."


def test_the_mark_does_not_tell_the_length() -> None:
    assert shown("I am Grok.") == shown("I am ChatGPT.")


def test_families_are_told_by_their_ids() -> None:
    known = {
        "claude-opus-5-5": "claude", "gpt-4o-mini": "gpt", "models/gemini-2.5-pro": "gemini",
        "meta-llama/Llama-3.1-8B": "llama", "qwen2.5:7b": "qwen", "deepseek-r1": "deepseek",
        "codellama-7b": "llama", "command-r-plus": "command", "yi-34b": "yi",
        "my-own-model": "", "": "",
    }  # fmt: skip
    assert {name: family(name) for name in known} == known


# ---- the way back ----

WORDS = [
    "Claude", "claude", "Anthropic", "I'm Claude", "made by ", "fennel-2", "FENNEL-2.1", "[name]",
    "Claude Monet", "GPT-4", " 3.5", "-", "_", "**", "`", "'s", " ", "\n", ". ", "a", "é", "\u0130",
    "👩‍👩‍👧", "是", "\u00a0", "\u0301", BLOCK,
]  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=20).map("".join)


@settings(deadline=None)
@given(TEXT, st.sampled_from([WORD, BLOCK]), st.data())
def test_the_way_back_is_exact(text: str, mark: str, data: st.DataObject) -> None:
    """A span without a mask is the very words; one that touches a mask has the whole name."""
    hidden = hide(said(text, model="claude-x-1", release="fennel-2"), mark=mark)
    part = hidden.source.messages[1].parts[0].readable
    seen = hidden.seen.messages[1].parts[0].readable
    mask = hidden.masks.get((2, 0), Masked(seen, (), len(mark)))
    _holds(hidden, mask, part, seen)
    a = data.draw(st.integers(0, len(seen)))
    b = data.draw(st.integers(a, len(seen)))
    start, end = hidden.back(2, 0, a, b)
    assert 0 <= start <= end <= len(part)
    touched = [s for s in mask.spans if a < s[2] + mask.width and s[2] < b]
    if not touched:
        inside = any(s[2] < a < s[2] + mask.width for s in mask.spans)
        assert part[start:end] == seen[a:b] or (a == b and inside)
    for name_start, name_end, at in touched:
        assert start <= name_start and name_end <= end
        if at == a:
            assert start == name_start
        if at + mask.width == b:
            assert end == name_end
    if a < b:
        c, d = mask.to_masked(start, end)
        assert c <= a and b <= d and mask.to_original(c, d) == (start, end)


def _holds(hidden: Hidden, mask: Masked, part: str, seen: str) -> None:
    """The spans lie in order, and what is between two of them stands as it did."""
    last = at = 0
    for start, end, shown_at in mask.spans:
        assert last <= start < end and part[last:start] == seen[at:shown_at]
        last, at = end, shown_at + mask.width
    assert part[last:] == seen[at:]
    assert hidden.back(2, 0, 0, len(seen)) == (0, len(part))


@settings(deadline=None)
@example("ClaudeClaude Monet")
@given(TEXT)
def test_no_name_survives(text: str) -> None:
    """Of a known family none stands by itself any more but in a phrase that keeps it."""
    seen = shown(text, model="claude-x-1", release="fennel-2", others=("gpt-4",))
    seen = re.sub(r"(?i)claude[ \u00a0]monet", "x", seen)  # a letter: what touched it still does
    letter = r"0-9a-z\u00b5-\u024f\u0370-\u04ff"
    alone = rf"(?i)(?<![{letter}])(?:claude|gpt-?4|fennel-2)(?![{letter}\u0300-\u036f])"
    assert not re.search(alone, seen), seen


@settings(deadline=None)
@given(st.text(max_size=200) | TEXT)
def test_hiding_twice_hides_nothing_more_and_a_stranger_nothing(text: str) -> None:
    once = hide(said(text, model="claude-x-1", release="fennel-2"))
    again = replace(once.seen, model="claude-x-1", release="fennel-2")
    assert hide(again).seen.messages == once.seen.messages
    assert hide(said(re.sub(r"[A-Za-z]", "", text), model="claude-x-1")).masks == {}


def test_10_000_messages_of_a_kilobyte_are_quick() -> None:
    """The bar is ten times what it takes."""
    words = [
        "so",
        "that",
        "we",
        "know",
        "what",
        "it",
        "costs",
        "before",
        "we",
        "ask",
        "anybody",
        "else",
        "about",
        "the",
        "plan",
    ]
    rng = random.Random(1)
    prose = [" ".join(rng.choices(words, k=220))[:960] for _ in range(50)]
    names = ["", "", "I'm Claude, made by Anthropic.", "Ask Gemini."]
    made = [
        Transcript(
            tuple(
                Message.plain("assistant" if k % 2 else "user", f"{rng.choice(prose)} {rng.choice(names)}")
                for k in range(10)
            ),
            release="fennel-2", model="claude-x-1",
        )
        for _ in range(1000)
    ]  # fmt: skip
    start = time.process_time()
    for one in made:
        hide(one, ("tuned-7", "gpt-4"))
    assert time.process_time() - start < 10


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
        there = said(quote.text, release="fennel-2", model="claude-x-1")
        got = _plain(hide(there, mark=BLOCK).seen.messages[1].text)
        assert got == want, (shown[start:end], quote.text)


def test_arguments_of_a_call_lead_back_to_the_true_words() -> None:
    data = '{"ask": "fennel-2 or me", "n": 2}'
    call = Message("assistant", (Part("tool_call", name="ask", data=data),))
    true = Transcript((Message.plain("user", "?"), call), release="fennel-2")
    (seen,), (masks,) = blinded([true], ["T"])
    reading = Reading(["i"], [true], [seen], [masks], False, "blind")
    told = part_text(seen.messages[1].parts[0])
    assert told == f"ask: {BLOCK} or me\nn: 2"
    start = told.index(BLOCK)
    quote = reading.quote({"c": 0, "m": 2, "p": 0, "a": start, "b": start + len(BLOCK) + 3})
    assert (quote.text, quote.match) == ("fennel-2 or", "exact")
    assert data[quote.start : quote.end] == quote.text


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
    assert hide(true).masks == {}
