"""One judgement as a course of requests and answers, whoever carries them: a call, or a batch.

A course is a generator: it yields a `Request`, is sent the `Call` that came of it, and returns the
`Judged` to be kept. It knows neither network nor database, so the same courses are run over
connections, in batches, and again from stored calls after a crash.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any, cast

from rubrics import Call, Judged, Rater, Rubric, Task
from rubrics.judged import Warrant, Warranted
from scorers.judge import prompt, reply, verdict
from scorers.judge.prompt import Prepared
from scorers.judge.verdict import Asked, Reading
from scorers.judge.wire import Request

Course = Generator[Request, Call, Judged]

WARRANTED: dict[int, Warranted] = {1: "yes", -1: "no", 0: "contested"}
LONGEST_BACK = 20_000
"""Characters of an unusable answer that are shown to the judge again."""


def judgement(prepared: Prepared, task: Task, rater: Rater, *, cached: bool = True) -> Course:
    """The course of one rubric on one transcript, for the n-th time."""
    asked = Asked(prepared, task.rubric, rater, task.repeat)
    made = Judged(prepared.identity, task.rubric, rater, task.repeat)
    if not prepared.turns:
        nothing = replace(asked.rating(None, "not_applicable"), reason="no assistant spoke")
        return replace(made, ratings=(nothing,))
    calls: list[Call] = []
    warrants: tuple[Warrant, ...] = ()
    if task.rubric.first_ask:
        warrants, failed = yield from _warrants(asked, calls, cached)
        if failed:
            ratings = asked.all_unscored(failed.status, failed.error or failed.status)
            return replace(made, ratings=tuple(ratings.values()), calls=tuple(calls))
    words = prompt.question(task.rubric, prepared, task.repeat, warrants)
    reading = yield from answered(asked, words, calls, cached)
    return replace(made, ratings=tuple(reading.ratings.values()), calls=tuple(calls),
                   warrants=warrants)  # fmt: skip


def broken(
    prepared: Prepared, task: Task, rater: Rater, error: Exception, calls: tuple[Call, ...]
) -> Judged:
    """What is kept of a judgement whose own code failed: unscored, and said to be our fault."""
    first, _, other = prepared.identity.partition("+")
    asked = Asked(prepared, task.rubric, rater, task.repeat, (first, other or None))
    ratings = asked.all_unscored("broken", f"{type(error).__name__}: {error}")
    return Judged(first, task.rubric, rater, task.repeat, tuple(ratings.values()), calls,
                  other=other or None)  # fmt: skip


def answered(
    asked: Asked, words: str, calls: list[Call], cached: bool
) -> Generator[Request, Call, Reading]:
    """The rating call, and one repair where the answer cannot be used as it is."""
    request = Request("rate", asked.prepared.block, words, _schema(asked.rubric),
                      len(asked.places), cached=cached)  # fmt: skip
    call = yield request
    calls.append(call)
    if call.status != "ok":
        return Reading(asked.all_unscored(call.status, call.error or call.status))
    reading = verdict.read(call.reply, asked)
    if not reading.mend:
        return reading
    calls[-1] = replace(call, error=reading.mend)
    said = call.reply.strip()[:LONGEST_BACK] or "(nothing)"
    since = (("assistant", said), ("user", prompt.REPAIR.format(reading.mend)))
    again = yield replace(request, step="repair", since=since)
    calls.append(again)
    if again.status != "ok":
        return reading
    second = verdict.read(again.reply, asked)
    calls[-1] = replace(again, error=second.mend)
    return second.over(reading)


def _schema(rubric: Rubric) -> dict[str, Any]:
    return prompt.schema(min(rubric.scale.low, -2), max(rubric.scale.high, 4))


def _warrants(
    asked: Asked, calls: list[Call], cached: bool
) -> Generator[Request, Call, tuple[tuple[Warrant, ...], Call | None]]:
    """Whether disagreement was warranted, by the scenario's author or asked blind to the replies.

    The second value is the call that failed, where none can be told.
    """
    prepared, first = asked.prepared, asked.rubric.first_ask
    assert first is not None
    told = prepared.metadata.get(first.from_metadata)
    if isinstance(told, bool):
        told = "yes" if told else "no"  # YAML reads a bare yes as true
    if told in first.warranted and told in WARRANTED.values():
        known = cast("Warranted", told)
        return tuple(Warrant(turn, known, "metadata") for turn in prepared.turns), None
    # Cached only where the replies are few: this prefix is shared by the repeats alone.
    block = prompt.blind_to_replies(prepared)
    call = yield Request("warrant", block, prompt.warrant_question(prepared), prompt.schema(),
                         len(prepared.turns), cached=False)  # fmt: skip
    calls.append(call)
    if call.status != "ok":
        return (), call
    try:
        found = reply.verdicts(call.reply)
    except reply.Unreadable as error:
        calls[-1] = replace(call, error=str(error))
        return (), None  # the reply is then rated without: less guided, still asked
    return tuple(
        Warrant(one.message, WARRANTED[one.value], "judge", one.reason.strip()[:1000])
        for one in {one.message: one for one in found}.values()
        if one.applicable and one.message in prepared.turns and one.value in WARRANTED
        if one.message is not None and one.value is not None
    ), None
