"""What a run would ask and cost, before it asks: calls, tokens, money; what is unknown is said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from rubrics import Rubric, Task
from scorers.judge import prompt
from scorers.judge.budget import Meter
from scorers.judge.client import Client
from scorers.judge.judge import Judge
from scorers.judge.price import Tokens, dollars
from scorers.judge.wire import Abilities, Request
from transcripts import Transcript

SAMPLE = 8
"""Transcripts whose tokens are counted by the server, where it can."""
ANSWER, PER_TURN, WARRANT = 160, 110, 90
"""Tokens of an answer: a guess from answers of the given form, one verdict and each more."""
LINE_BYTES = 48
FENCE_BYTES = 120


@dataclass
class Plan:
    """A run as it is foreseen. Tokens are `counted` by the server on a sample, or `estimated`.

    `money` in dollars, None where the price is unknown: `plain` without cache and batch, `cached`
    as it will be asked, `batch` as a batch with the hour-long cache.
    """

    transcripts: int = 0
    judgements: int = 0
    calls: int = 0
    flagged: int = 0
    prompt_tokens: float = 0
    output_tokens: float = 0
    tokens_by: str = "estimated"
    money: dict[str, float | None] = field(
        default_factory=lambda: {"plain": 0.0, "cached": 0.0, "batch": 0.0}
    )
    prices_as_of: str = ""

    def told(self) -> dict[str, Any]:
        """The plan as JSON."""
        rounded = {k: None if v is None else round(v, 6) for k, v in self.money.items()}
        return {**asdict(self), "prompt_tokens": round(self.prompt_tokens),
                "output_tokens": round(self.output_tokens), "money": rounded}  # fmt: skip


def plan(judge: Judge, work: Iterable[tuple[Transcript, list[Task]]]) -> Plan:
    """What this judge would be asked; nothing is kept of a transcript once it is added up."""
    made = Plan(prices_as_of=judge.prices.as_of.isoformat())
    if judge.meter.counted:
        made.tokens_by = "counted"
    sizes: dict[tuple[str, str], int] = {}
    system = len(prompt.system().encode())
    for transcript, tasks in work:
        turns = sum(m.role == "assistant" for m in transcript.messages)
        if not turns:
            made.transcripts += 1
            made.judgements += len(tasks)
            continue
        prefix = system + _bytes(transcript)
        _add(made, judge, prefix, turns, [(task, _question(task.rubric, sizes)) for task in tasks])
    return made


def _add(made: Plan, judge: Judge, prefix: int, turns: int, asked: list[tuple[Task, int]]) -> None:
    made.transcripts += 1
    made.judgements += len(asked)
    head = judge.meter.tokens(prefix)
    least = judge.prices.cache_from(judge.settings.model)
    cached = len(asked) > 1 and head >= least and judge.abilities.cache
    for index, (task, size) in enumerate(asked):
        rest = judge.meter.tokens(size)
        output = ANSWER + (PER_TURN * (turns - 1) if task.rubric.level == "turn" else 0)
        made.calls += 1
        made.prompt_tokens += head + rest
        made.output_tokens += output
        plain = Tokens(fresh=head + rest, output=output)
        short = long = plain
        if cached and index == 0:
            short = Tokens(fresh=rest, written_5m=head, output=output)
            long = Tokens(fresh=rest, written_1h=head, output=output)
        elif cached:
            short = long = Tokens(fresh=rest, read=head, output=output)
        _pay(made, judge, (plain, short, long))
        if task.rubric.first_ask:  # at most: metadata may answer it
            asking = Tokens(fresh=head + rest, output=ANSWER + WARRANT * (turns - 1))
            made.calls += 1
            made.prompt_tokens += asking.fresh
            made.output_tokens += asking.output
            _pay(made, judge, (asking, asking, asking))


def _pay(made: Plan, judge: Judge, tokens: tuple[Tokens, Tokens, Tokens]) -> None:
    for way, one in zip(("plain", "cached", "batch"), tokens, strict=True):
        cost = dollars(judge.prices, judge.settings.model, one, batch=way == "batch")
        before = made.money[way]
        made.money[way] = None if cost is None or before is None else before + cost


def _bytes(transcript: Transcript) -> int:
    told = sum(
        len(part.readable.encode("utf-8", "replace"))
        for m in transcript.messages
        for part in m.parts
    )
    return told + LINE_BYTES * len(transcript.messages) + FENCE_BYTES


def _question(rubric: Rubric, known: dict[tuple[str, str], int]) -> int:
    key = (rubric.trait, rubric.version)
    if key not in known:
        nothing = prompt.prepare(Transcript(()), "")
        known[key] = len(prompt.question(rubric, nothing, 1, ()).encode())
    return known[key]


def calibrate(judge: Judge, work: Iterable[tuple[Transcript, list[Task]]]) -> bool:
    """Have the server count a few prompts, so that tokens are known and not guessed.

    Also the first proof that the key and the model are good: raises `Fatal` where they are not.
    False where the server cannot count; tokens are then estimated.
    """
    requests = [
        Request("rate", one.block, prompt.question(tasks[0].rubric, one, 1, ()), {}, cached=False)
        for transcript, tasks in islice(work, SAMPLE)
        for one in [prompt.prepare(transcript, judge.salt)]
    ]
    return asyncio.run(_counted(judge, requests)) if requests else False


async def _counted(judge: Judge, requests: list[Request]) -> bool:
    client = Client(judge.settings, Abilities(**judge.abilities.known()))
    meter = Meter()
    try:
        for request in requests:
            tokens = await client.count(request)
            if tokens is None:
                return False
            meter.learn(request.prefix_bytes + request.rest_bytes, tokens)
    finally:
        await client.close()
    if meter.counted:
        judge.meter = meter
    return bool(meter.counted)
