"""The words around what was found.

SQLite's own snippet() works the whole list of hits out anew for each page, which for a prefix of a
common word costs more than the search; here a page's few texts are looked through instead.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

WORDS_AROUND = 10
LOOKED_AT = 200_000

_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'"([^"]*)"?(\*?)|(\S+)')


class Term(NamedTuple):
    """One thing that is looked for: words in a row; `begins` if the last one may go on."""

    words: tuple[str, ...]
    begins: bool


def terms(query: str) -> list[Term]:
    """What a person typed as terms: "double quotes" make a phrase, a star finds beginnings.

    A word that the index splits (it's, well-known) is a phrase; what holds no letter or digit is
    left out.
    """
    found = []
    for phrase, star, word in _TERM.findall(query.replace("\0", " ")):
        begins = bool(star) or word.endswith("*")
        parts = tuple(fold(match[0]) for match in _WORD.finditer(phrase or word))
        if parts:
            found.append(Term(parts, begins))
    return found


def fold(word: str) -> str:
    """The word in lower case without accents, as the index keeps it."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


def snippet(text: str, wanted: list[Term], *, marks: tuple[str, str] = ("[", "]")) -> str:
    """Some twenty words around the first find, what was found between the marks; "" if nothing."""
    words = [match.span() for match in _WORD.finditer(text[:LOOKED_AT])]
    folded = [fold(text[start:end]) for start, end in words]
    hits = sorted({span for term in wanted for span in _hits(folded, term)})
    if not hits:
        return ""
    first = max(0, hits[0][0] - WORDS_AROUND)
    last = min(len(words), first + 2 * WORDS_AROUND + 4)
    pieces, at = [], words[first][0]
    for begin, end in hits:
        if begin < first or end > last or words[begin][0] < at:
            continue
        start, stop = words[begin][0], words[end - 1][1]
        pieces += [text[at:start], marks[0], text[start:stop], marks[1]]
        at = stop
    ends = last == len(words)
    pieces.append(text[at:] if ends and len(text) - at < 200 else text[at : words[last - 1][1]])
    before = "" if first == 0 else "\u2026"
    return before + "".join(pieces) + ("" if ends else "\u2026")


def _hits(folded: list[str], term: Term) -> list[tuple[int, int]]:
    """(first word, one past the last) of each place where the term stands."""
    size, found = len(term.words), []
    for index in range(len(folded) - size + 1):
        *whole, last = folded[index : index + size]
        fits = last.startswith(term.words[-1]) if term.begins else last == term.words[-1]
        if fits and tuple(whole) == term.words[:-1]:
            found.append((index, index + size))
    return found
