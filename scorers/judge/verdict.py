"""From a judge's words to ratings: what can be read is checked, what cannot is said to be so.

Each turn that was asked about gets one rating: `rated` with quotes that were looked up,
`not_applicable`, or `unscored` with its reason. Nothing is guessed and nothing is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rubrics import Rater, Rating, Rubric
from scorers.judge.evidence import look_up, proves
from scorers.judge.prompt import Prepared
from scorers.judge.reply import Unreadable, Verdict, verdicts
from transcripts.transcript import encodable

MOST_QUOTES = 20
LONGEST_REASON = 4_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says of each place that was asked about, and what a repair must mend."""

    ratings: dict[int | None, Rating]
    mend: str = ""

    def over(self, first: Reading) -> Reading:
        """This reading of a repaired answer, with what was good in the first answer kept.

        A repair must not talk a judge out of what it had said soundly.
        """
        merged = {
            place: rating if rating.status != "unscored" or place not in self.ratings
            else self.ratings[place]
            for place, rating in first.ratings.items()
        }  # fmt: skip
        return Reading(merged)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of whom, and about what: all that a reply is read against."""

    prepared: Prepared
    rubric: Rubric
    rater: Rater
    repeat: int = 1
    about: tuple[str, str | None] = ("", None)
    """The transcript the rating is of and, of a pair, the other; by default what was prepared."""

    @property
    def places(self) -> tuple[int | None, ...]:
        """Each place that gets a rating: the assistant's turns, or the whole."""
        return self.prepared.turns if self.rubric.level == "turn" else (None,)

    def unscored(self, place: int | None, why: str, reason: str = "") -> Rating:
        """A rating that says why there is none."""
        return replace(self.rating(place, "not_applicable"), status="unscored", why=why,
                       reason=reason[:LONGEST_REASON])  # fmt: skip

    def rating(self, place: int | None, status: Any, value: float | None = None) -> Rating:
        """A rating of a place, still without quotes and reason."""
        transcript, other = self.about
        return Rating(
            transcript=transcript or self.prepared.identity,
            trait=self.rubric.trait,
            rater=self.rater,
            status=status,
            value=value,
            message=place,
            repeat=self.repeat,
            rubric=self.rubric.version,
            other=other,
        )

    def all_unscored(self, why: str, reason: str = "") -> dict[int | None, Rating]:
        """Every place, unscored alike: nothing came back that could be read."""
        return {place: self.unscored(place, why, reason) for place in self.places}


def read(reply: str, asked: Asked) -> Reading:
    """What a reply says of each place that was asked about."""
    try:
        told = verdicts(reply)
    except Unreadable as error:
        return Reading(asked.all_unscored("bad_json", f"the answer: {error}"), str(error))
    ratings: dict[int | None, Rating] = {}
    mend: list[str] = []
    for one in told:
        place = one.message if asked.rubric.level == "turn" else None
        if place not in asked.places:
            mend.append(f"there is no assistant message {place}")
        elif place in ratings:
            mend.append(f"there are two verdicts on {_called(place)}")
            ratings[place] = asked.unscored(place, "bad_json", "two verdicts on the same message")
        else:
            ratings[place], wrong = _rating(one, place, asked)
            mend += wrong
    _left_out(ratings, mend, told, asked)
    return Reading(ratings, "; ".join(mend[:5]))


def _left_out(
    ratings: dict[int | None, Rating], mend: list[str], told: list[Verdict], asked: Asked
) -> None:
    """A turn left out is not applicable, if the rest of the answer can be trusted."""
    absent = [place for place in asked.places if place not in ratings]
    sound = asked.rubric.level == "turn" and not mend
    for place in absent:
        if sound:
            left = asked.rating(place, "not_applicable")
            ratings[place] = replace(left, reason="the judge left this message out")
        else:
            ratings[place] = asked.unscored(place, "bad_json", "the answer has no verdict on it")
    if absent and not told:
        mend.append("it holds no verdict; say applicable: false where the rubric does not apply")


def _rating(one: Verdict, place: int | None, asked: Asked) -> tuple[Rating, list[str]]:
    """The rating of a verdict, and what is wrong with it."""
    quotes = tuple(
        look_up(said.text, said.message, asked.prepared) for said in one.quotes[:MOST_QUOTES]
    )
    reason = encodable(one.reason.strip())[:LONGEST_REASON]
    scale = asked.rubric.scale
    if not one.applicable:
        made = replace(asked.rating(place, "not_applicable"), reason=reason, quotes=quotes)
        return made, []
    if one.value is None:
        made = asked.unscored(place, "bad_json", reason or "the verdict has no value")
        return replace(made, quotes=quotes), [f"{_called(place)} has no value"]
    if not scale.holds(one.value):
        told = f"{one.value} is not on the scale {scale.low} to {scale.high}"
        made = asked.unscored(place, "off_scale", f"{told}. {reason}".strip())
        return replace(made, quotes=quotes), [f"{_called(place)}: {told}"]
    rest = 0 if scale.holds(0) else scale.low
    if one.value != rest and not any(proves(q, place, asked.prepared) for q in quotes):
        made = asked.unscored(place, "evidence", f"{one.value:+d} was said. {reason}".strip())
        return replace(made, quotes=quotes), [
            f"{_called(place)}: the value {one.value} needs at least one quote of three words or "
            "more, copied letter for letter from " + _where(place)
        ]
    return replace(asked.rating(place, "rated", float(one.value)), reason=reason, quotes=quotes), []


def _called(place: int | None) -> str:
    return "the transcript" if place is None else f"message {place}"


def _where(place: int | None) -> str:
    return "a message of the assistant" if place is None else f"message {place} itself"
