"""Two transcripts put to a judge at once, in both orders: rubrics on pairs, and which has more.

A judge favours a place as well as an answer; what it says in one order only counts as a tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rubrics import Call, Judged, Preference, Quote, Rating, Rubric, Task
from scorers.judge import prompt
from scorers.judge.asking import Course, answered
from scorers.judge.judge import Item, Judge
from scorers.judge.prompt import Prepared, prepare_two
from scorers.judge.verdict import Asked, Reading
from transcripts import Transcript

AGREE, DISAGREE = "both orders agree", "the orders disagree"
SIDES = {1: "first", -1: "second", 0: "tie"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two transcripts, and what is asked of them: as a rubric on pairs, or which has more."""

    first: Transcript
    second: Transcript
    tasks: tuple[Task, ...]
    free: bool = False

    @property
    def whole(self) -> Transcript:
        """Both as one transcript, to be planned by its length."""
        return Transcript((*self.first.messages, *self.second.messages))


def items(judge: Judge, pairs: Iterable[Pair]) -> Iterator[Item]:
    """The work on each pair. In a rubric on pairs odd repeats have the first one first, even ones
    the second; a free comparison has both orders in one judgement."""
    for pair in pairs:
        there = prepare_two(pair.first, pair.second, judge.salt)
        back = prepare_two(pair.second, pair.first, judge.salt)
        courses: list[Course] = []
        for task in pair.tasks:
            if pair.free:
                courses.append(_preference(judge, there, back, task, pair))
            else:
                turned = task.repeat % 2 == 0
                courses.append(_pairing(judge, back if turned else there, task, pair, turned))
        # Two orders are two prefixes: nothing is shared that would be worth a cache.
        yield Item(there, pair.tasks, tuple(courses), cached=False)


def _pairing(judge: Judge, prepared: Prepared, task: Task, pair: Pair, turned: bool) -> Course:
    """A rubric on a pair, in one order."""
    first, other = pair.first.id, pair.second.id
    asked = Asked(prepared, task.rubric, judge.rater, task.repeat, (first, other))
    calls: list[Call] = []
    words = prompt.question(task.rubric, prepared, (task.repeat + 1) // 2, ())
    reading = yield from answered(asked, words, calls, False)
    ratings = tuple(_of_first(one, prepared, turned) for one in reading.ratings.values())
    return Judged(first, task.rubric, judge.rater, task.repeat, ratings, tuple(calls), other=other)


def _of_first(rating: Rating, prepared: Prepared, turned: bool) -> Rating:
    """The rating with its quotes numbered as in the first transcript; those of the other, which
    has no place in it, are told in the reason."""
    opening = prepared.opening
    mine: list[Quote] = []
    told = [rating.reason]
    for quote in rating.quotes:
        if quote.message is None:
            mine.append(quote)
            continue
        in_front = quote.message <= opening
        number = quote.message if in_front else quote.message - opening
        if in_front != turned:
            mine.append(replace(quote, message=number))
        else:
            told.append(f"[the other, message {number}: “{quote.text}”]")
    return replace(rating, quotes=tuple(mine), reason=" ".join(filter(None, told)))


def _preference(judge: Judge, there: Prepared, back: Prepared, task: Task, pair: Pair) -> Course:
    """Which of the two has more of a trait: asked in both orders, a tie where they disagree.

    Where one order fails there is no preference, and one unscored rating says why.
    """
    first, other = pair.first.id, pair.second.id
    rubric = _compared(task.rubric)
    calls: list[Call] = []
    said: list[int] = []
    reasons: list[str] = []
    made = Judged(first, task.rubric, judge.rater, task.repeat, other=other)
    for prepared, sign in ((there, 1), (back, -1)):
        asked = Asked(prepared, rubric, judge.rater, task.repeat, (first, other))
        words = prompt.preference_question(task.rubric, prepared)
        reading: Reading = yield from answered(asked, words, calls, False)
        (rating,) = reading.ratings.values()
        if rating.status == "unscored":
            failed = replace(rating, rubric=task.rubric.version, quotes=())
            return replace(made, ratings=(failed,), calls=tuple(calls))
        said.append(sign * int(rating.value or 0))
        reasons.append(rating.reason)
    agree = said[0] == said[1]
    winner = SIDES[said[0]] if agree else "tie"
    reason = f"{AGREE if agree else DISAGREE}: {' | '.join(filter(None, reasons))}"
    told = Preference(first, other, task.rubric.trait, judge.rater, winner, reason)  # type: ignore[arg-type]
    return replace(made, calls=tuple(calls), preference=told)


def _compared(rubric: Rubric) -> Rubric:
    """The rubric as a reply is checked against: one verdict on the whole, -1 to 1."""
    scale = rubric.scale.model_copy(update={"low": -1, "high": 1, "two_sided": True})
    return rubric.model_copy(update={"scale": scale, "level": "pair"})
