"""Untrusted text is shown safely and never mangled, and offsets find their way both ways."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payloads import PAYLOADS
from transcripts.rendering import rendered, text_content, to_rendered, to_source, verbatim


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_restyles_or_fetches_is_left(payload: str) -> None:
    for markup in (rendered(payload), verbatim(payload)):
        lower = markup.lower()
        tags = [piece.split(">")[0] for piece in lower.split("<")[1:]]
        names = {tag.split()[0].strip("/") for tag in tags}
        assert not names & {"script", "style", "img", "iframe", "form", "input", "link", "svg",
                            "object", "embed", "meta", "base", "video", "audio"}  # fmt: skip
        for tag in tags:
            assert " on" not in tag, tag
            assert "style=" not in tag, tag
            assert "javascript:" not in tag and "data:" not in tag, tag


@pytest.mark.parametrize("payload", PAYLOADS)
def test_verbatim_is_the_text_to_the_character(payload: str) -> None:
    assert text_content(verbatim(payload)).replace("\u2400", "\0") == payload


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_verbatim_is_any_text(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert text_content(verbatim(text)).replace("\u2400", "\0") == text.replace("\u2400", "\0")


PIECES = [
    "plain words here", "**bold words**", "*leaning*", "`code x < y`", "[a link](https://a.b/c)",
    "# A title\n", "- one\n- two *three*\n", "1. first\n2. second\n", "> said somebody\n",
    "```py\nprint('hi')  # & so on\n```\n", "| a | b |\n|---|---|\n| 1 | **2** |\n",
    "\U0001f642 \U0001f469\u200d\U0001f680 emoji", "e\u0301te\u0301 combining", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "5 * 3 * 2 = 30", "snake_case_name", "a & b < c > d", "\\*not bold\\*", "~~gone~~", "line\nbreak",
]  # fmt: skip


def test_a_span_of_the_rendered_view_is_the_same_words_in_the_text() -> None:
    """2,000 random selections of whole words: what is stored is what was selected."""
    rng = random.Random(5)
    for _ in range(2000):
        text = " ".join(rng.choices(PIECES, k=rng.randint(2, 8)))
        text = text.replace(" #", "\n\n#").replace(" -", "\n\n-").replace(" |", "\n\n|", 1)
        plain = text_content(rendered(text))
        starts = [i for i, c in enumerate(plain) if c.isalnum()]
        start = rng.choice(starts)
        end = rng.choice([i for i in starts if i >= start][:60]) + 1
        span = to_source(text, start, end)
        assert span is not None, (text, plain[start:end])
        assert (text[span[0]], text[span[1] - 1]) == (plain[start], plain[end - 1])
        assert is_within(letters(plain[start:end]), letters(text[slice(*span)]))
        assert to_rendered(text, *span) == (start, end)


def letters(text: str) -> list[str]:
    return [c for c in text if c.isalnum()]


def is_within(few: list[str], many: list[str]) -> bool:
    """Whether `few` stands in `many` in its order; marks and addresses may stand between."""
    rest = iter(many)
    return all(c in rest for c in few)


def test_a_quote_in_the_text_is_found_in_the_rendered_view() -> None:
    text = "You are **absolutely right** about `x < y`, see [this](http://a.b/c) & that."
    plain = text_content(rendered(text))
    for quote in ("absolutely right", "x < y", "this", "& that"):
        start = text.index(quote)
        span = to_rendered(text, start, start + len(quote))
        assert span is not None and plain[slice(*span)] == quote


def test_pictures_are_links_and_bidi_is_seen() -> None:
    assert 'href="https://e.vil/x.png"' in rendered("![cat](https://e.vil/x.png)")
    assert "<img" not in rendered("![cat](https://e.vil/x.png)")
    assert 'class="unseen" data-code="202E"' in rendered("abc \u202e def")
    assert "\u200d" in rendered("\U0001f469\u200d\U0001f680") and "unseen" not in rendered(
        "a\u200db"
    )
