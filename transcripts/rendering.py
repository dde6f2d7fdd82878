"""A message's text as HTML that is safe to show, and offsets from there back into the text.

Model output is untrusted: markdown-it-py is told to pass no HTML, nh3 then keeps a short list of
tags and no attribute that could run, restyle or fetch. Pictures become links. Two views exist:
*rendered* markdown, and *verbatim*, where every character stands as it is and those that cannot be
seen (bidi controls, zero-width, NUL) are made visible without changing the text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from rapidfuzz.distance import LCSseq

LONGEST = 200_000
"""Characters of one part that are shown; more would stall a browser. An export has them all."""

TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
_TOKEN = re.compile(r"[^\W_]+|_|[^\w\s]")  # spaces would be matched at the price of words
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_ENTITIES = re.compile(r"(?:&(?:#\d+|#[xX][\da-fA-F]+|\w+);)+")
_ENTITIES_BEFORE = re.compile(_ENTITIES.pattern + "$")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _image_as_link(self: object, tokens: list, index: int, options: object, env: object) -> str:  # type: ignore[type-arg]
    """A picture as a link to it: looking at a transcript must not tell its author's server so."""
    token = tokens[index]
    address = html.escape(str(token.attrGet("src") or ""), quote=True)
    return f'<a href="{address}">{html.escape(token.content or "picture")}</a>'


_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
_MARKDOWN.enable(["table", "strikethrough"])
_MARKDOWN.add_render_rule("image", _image_as_link)


@lru_cache(maxsize=4096)
def rendered(text: str) -> str:
    """The text as safe HTML, its markdown rendered.

    Bidi overrides are shown and isolated here too, since one could make a line read otherwise
    than it is written. Joiners stay: emoji and some scripts need them.
    """
    return _BIDI.sub(_visible, _CLEANER.clean(_MARKDOWN.render(_shown(text))))


@lru_cache(maxsize=1024)
def verbatim(text: str) -> str:
    """The text as it stands, escaped; its text content is the text, character by character."""
    escaped = html.escape(_shown(text), quote=False).replace("\r", "&#13;")
    return _INVISIBLE.sub(_visible, escaped)


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST]


def _visible(match: re.Match[str]) -> str:
    """A control character inside an isolate, with a label that CSS shows before it."""
    character = match[0]
    name = unicodedata.name(character, f"control {ord(character):02x}").lower()
    inside = "\u2400" if character == "\0" else character  # a browser drops NUL from HTML
    return f'<bdi class="unseen" data-code="{ord(character):04X}" title="{name}">{inside}</bdi>'


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def text_content(markup: str) -> str:
    """What a browser gives as `textContent` of this HTML."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    return "".join(parser.pieces)


@lru_cache(maxsize=1024)
def _alignment(text: str) -> tuple[list[int], list[int]]:
    """For runs that rendered and source text share: their starts in each, and their lengths.

    Rendering takes marks away and adds nothing, so the longest common subsequence of words is
    the way back. Returned as two sorted lists of equal length: rendered and source index of every
    shared character.
    """
    plain, source = text_content(rendered(text)), _shown(text)
    ours = list(_TOKEN.finditer(plain))
    theirs = list(_TOKEN.finditer(source))
    in_plain: list[int] = []
    in_source: list[int] = []
    for op in LCSseq.opcodes([m[0] for m in ours], [m[0] for m in theirs]):
        if op.tag != "equal":
            continue
        for i, j in zip(
            range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True
        ):
            start, end = ours[i].span()
            in_plain.extend(range(start, end))
            in_source.extend(range(theirs[j].start(), theirs[j].start() + end - start))
    return in_plain, in_source


def to_rendered(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a span of the text stands in the rendered view; None where nothing of it does."""
    in_rendered, in_text = _alignment(text)
    return _map(in_text, in_rendered, start, end)


def to_source(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a span of the rendered view stands in the text; None where nothing of it does."""
    in_rendered, in_text = _alignment(text)
    found = _map(in_rendered, in_text, start, end)
    if found is None:
        return None
    # A character written as an entity (`&lt;`) has no like in the text: an edge of the span that is
    # one takes its entity along.
    plain, source = text_content(rendered(text)), _shown(text)
    first, last = bisect_left(in_rendered, start), bisect_right(in_rendered, end - 1) - 1
    begin, finish = found
    if plain[start : in_rendered[first]].strip():
        before = _ENTITIES_BEFORE.search(source[:begin])
        begin = before.start() if before else begin
    if plain[in_rendered[last] + 1 : end].strip():
        after = _ENTITIES.match(source, finish)
        finish = after.end() if after else finish
    return begin, finish


def _map(here: list[int], there: list[int], start: int, end: int) -> tuple[int, int] | None:
    first, last = bisect_left(here, start), bisect_right(here, end - 1) - 1
    if first > last:
        return None
    return there[first], there[last] + 1
