"""What an answer is: one rater's rating of one trait on one transcript, with its quotes.

A person, a judge model and a rule are all raters, and their ratings have one shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

RaterKind = Literal["person", "judge", "signal", "author", "imported"]
Status = Literal["rated", "not_applicable", "unscored"]
Match = Literal["exact", "normalised", "fuzzy", "missing"]

KINDS: tuple[str, ...] = get_args(RaterKind)
STATUSES: tuple[str, ...] = get_args(Status)

UNSCORED = {
    "refusal": "the judge refused to answer",
    "truncated": "the judge's answer was cut off",
    "overflow": "the transcript does not fit into the judge's context",
    "bad_json": "the judge's answer could not be read",
    "evidence": "a value without a quote that is found in the text",
    "timeout": "the judge did not answer in time",
    "api_error": "the judge's server answered with an error",
    "no_number": "the source gave a label or nothing where a number belongs",
    "off_scale": "the value given is not on the scale",
    "broken": "the scorer itself failed",
    "withdrawn": "its rater took it back",
}
"""Why a rating may be unscored, and what that means. An unscored rating is never a 0."""


@dataclass(frozen=True, slots=True)
class Rater:
    """Who rates. `version` tells apart one judge's prompts and settings, one rule's wordings."""

    kind: RaterKind
    name: str
    version: str = ""

    def __str__(self) -> str:
        if self.kind == "author" and self.name == "author":
            return "author"
        return f"{self.kind}:{self.name}" + (f"#{self.version}" if self.version else "")

    @classmethod
    def parse(cls, text: str) -> Rater:
        """The rater a full name stands for. Raises ValueError where it is none."""
        if text == "author":
            return cls("author", "author")
        kind, colon, rest = text.partition(":")
        if not colon or kind not in KINDS or not rest:
            raise ValueError(f"{text!r} is no rater; write person:NAME, judge:MODEL#hash, ...")
        name, _, version = rest.partition("#")
        return cls(kind, name, version)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words a rating rests on, and where they stand: a message's number (from 1), its part
    (from 0), start and end in code points of that part. A quote that is nowhere has no place and
    says `missing`; it is kept and shown, never dropped."""

    text: str
    message: int | None = None
    part: int | None = None
    start: int | None = None
    end: int | None = None
    match: Match = "missing"


@dataclass(frozen=True, slots=True)
class Rating:
    """One answer: `rated` with a value, `not_applicable`, or `unscored` with why.

    `message` is the turn that is rated, None for the transcript as a whole; `other` is the second
    transcript of a rated pair; `repeat` counts a judge's repetitions from 1. `rubric` is the
    version of the words that were asked, "" for a score whose question we never saw.
    """

    transcript: str
    trait: str
    rater: Rater
    status: Status
    value: float | None = None
    message: int | None = None
    repeat: int = 1
    why: str = ""
    reason: str = ""
    quotes: tuple[Quote, ...] = ()
    rubric: str = ""
    other: str | None = None
    at: str = ""

    def __post_init__(self) -> None:
        if (self.value is not None) != (self.status == "rated"):
            raise ValueError(f"a rating that is {self.status} cannot have the value {self.value!r}")
        if self.status == "unscored" and not self.why:
            raise ValueError("an unscored rating must say why")


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two transcripts has more of a trait: the first, the second, or neither (a tie)."""

    first: str
    second: str
    trait: str
    rater: Rater
    winner: Literal["first", "second", "tie"]
    reason: str = ""
    at: str = ""
