"""A judge's quotes, looked up in what the assistant said; whether one carries a verdict."""

from __future__ import annotations

from rubrics import Quote
from scorers.judge.prompt import Prepared
from transcripts.quoting import find
from transcripts.transcript import encodable

LEAST_WORDS, LEAST_CHARACTERS = 3, 12
"""A quote shorter than both stands almost anywhere, so it proves nothing."""
LONGEST = 4_000


def look_up(words: str, message: int | None, prepared: Prepared) -> Quote:
    """The quote with its place in the source; `missing`, and kept, where no assistant said it.

    It is looked for in what the judge saw and given back in the source's own words, so that a name
    that was taken out does not lose the quote around it.
    """
    words = encodable(words)[:LONGEST]
    place = find(prepared.hidden.seen, words, message)
    if place is None:
        return Quote(words)
    start, end = prepared.hidden.back(place.message, place.part, place.start, place.end)
    part = prepared.hidden.source.messages[place.message - 1].parts[place.part]
    return Quote(
        part.readable[start:end], place.message, place.part, start, end, place.match
    )  # fmt: skip


def proves(quote: Quote, place: int | None, prepared: Prepared) -> bool:
    """Whether a quote carries a verdict on a place: found there, and long enough to say something.

    Of a short reply the whole is enough. Words of another message are shown but carry nothing.
    """
    if quote.message is None or quote.part is None:
        return False
    if place is not None and quote.message != place:
        return False
    text = quote.text.strip()
    long = len(text.split()) >= LEAST_WORDS or len(text) >= LEAST_CHARACTERS
    dense = sum(c > "\u2e7f" for c in text) >= LEAST_WORDS  # scripts that write words unspaced
    part = prepared.hidden.source.messages[quote.message - 1].parts[quote.part]
    return long or dense or text == part.readable.strip()
