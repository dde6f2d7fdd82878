"""A judge's run from the shell: plan, price, confirm, run with a bar, and say what came of it."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, NoReturn

import click

from commands import note
from commands._batch import Batching
from commands._driving import CANCELLED, Driving
from commands._work import Order, items, missing, planned
from scorers import judge as judges
from scorers.judge import (
    Abilities,
    BadSettings,
    Item,
    Judge,
    Judging,
    Plan,
    Progress,
)
from store import Store, judging, pairs, runs, uncompared

SETTINGS = ("temperature", "max_tokens", "slots", "timeout")


def made(store: Store, model: str, given: Mapping[str, Any], salt: str = "") -> Judge:
    """The judge that options, environment and `.env` describe, with what its server is known
    to do."""
    rest = {name: given[name] for name in SETTINGS if given.get(name) is not None}
    if given.get("batch"):
        rest["long_cache"] = True
    try:
        told = judges.settings(
            model, base_url=given.get("base_url"), key=given.get("api_key"), **rest
        )
        prices = judges.price_file()
    except (BadSettings, ValueError) as error:
        raise click.UsageError(str(error)) from error
    known = judging.abilities(store, told.place, told.model)
    return Judge(told, prices, salt or secrets.token_hex(16), Abilities(**known))


def score(store: Store, judge: Judge, order: Order) -> dict[str, Any]:
    """Ask what is missing; what came of it, as JSON. Raises click's exceptions."""
    try:
        plan = foreseen(store, judge, order)
    except judges.Fatal as error:
        return {"run": None, **Progress(0).told(), "stopped": str(error)}
    if order.only_plan:
        return {"plan": plan.told()}
    if not plan.judgements:
        note("nothing to ask: this judge has answered all of it")
        return {"run": None, **Progress(0).told(), "cost_usd": 0.0, "plan": plan.told()}
    _confirmed(judge, order, plan)
    return _run(store, judge, order, plan)


def foreseen(store: Store, judge: Judge, order: Order) -> Plan:
    """The plan; marks transcripts that look like attacks on a judge on the way.

    Raises `Fatal` where the judge cannot be asked at all.
    """
    judges.calibrate(judge, planned(store, judge, order))
    plan = judges.plan(judge, planned(store, judge, order))
    plan.flagged = len(order.flagged)
    if order.mode == "versus":
        plan.judgements //= 2  # one judgement, in both orders
    return plan


def _confirmed(judge: Judge, order: Order, plan: Plan) -> None:
    for line in told(judge, order, plan):
        note(line)
    if order.max_cost is not None and plan.money["cached"] is None:
        _wrong(
            f"--max-cost cannot be kept: the price of {judge.settings.model} is unknown; put it "
            "into a price file (docs/judge.md)"
        )
    if order.yes:
        return
    if not sys.stdin.isatty():
        _wrong("a priced run without a terminal needs --yes")
    if not click.confirm("Ask?", err=True):
        raise click.Abort


def _wrong(sentence: str) -> NoReturn:
    raise click.UsageError(sentence)


def told(judge: Judge, order: Order, plan: Plan) -> Iterator[str]:
    """The plan in lines for people."""
    yield (
        f"{judge.rater} at {judge.settings.place}: {plan.judgements:,} judgements of "
        f"{plan.transcripts:,} transcripts, at most {plan.calls:,} calls and their repairs"
    )
    tokens = f"{plan.prompt_tokens:,.0f} tokens in, {plan.output_tokens:,.0f} out"
    yield f"{tokens} (input {plan.tokens_by}, output estimated)"
    if plan.money["cached"] is None:
        yield "price: unknown; this model is not in the price file"
    else:
        ways = ", ".join(f"{way} ${cost:.4f}" for way, cost in plan.money.items())
        used = "batch" if order.batch else "cached"
        yield f"price: {ways} (this run: {used}; prices of {plan.prices_as_of})"
    if plan.flagged:
        yield (
            f"{plan.flagged:,} transcripts hold words that look like an attack on the judge: "
            "judged twice, marked for a person"
        )


def _run(store: Store, judge: Judge, order: Order, plan: Plan) -> dict[str, Any]:
    judging.keep_words(store, order.rubrics, judge.rater, judge.details())
    before = dict(order.run.progress) if order.run else None
    progress = Progress(plan.judgements, before)
    key = order.run.key if order.run else None
    with runs.going(store, judge.rater, options(judge, order), plan.judgements, key=key) as run:
        driving = Driving(store, judge, run, progress)
        with driving.watched():
            if order.batch:
                why = Batching(driving, order.rubrics, order.max_cost).go(
                    missing(store, judge, order)
                )
            else:
                why = _flown(driving, items(store, judge, order), order)
        state = CANCELLED if why == CANCELLED else "stopped" if why else "done"
        runs.ended(store, run, state, why)
    if judge.abilities.changed and progress.tally.rated:
        judging.remember(store, judge.settings.place, judge.settings.model, judge.abilities.known())
    told = {"run": run, **progress.told(), "stopped": why or None, "plan": plan.told()}
    if order.mode != "each":
        told["order_consistency"] = {
            one.trait: consistency(store, judge, one.trait, versus=order.mode == "versus")
            for one in order.rubrics
        }
    return told


def consistency(store: Store, judge: Judge, trait: str, *, versus: bool) -> dict[str, Any]:
    """How often a judge says the same of a pair in both orders; None where none was asked.
    `unscored` are comparisons that failed, and have not been made since."""
    agree, asked = pairs.order_consistency(store, judge.rater, trait)
    told = {"pairs": asked, "agree": agree, "share": agree / asked if asked else None}
    lost = uncompared.count(store, trait).get(str(judge.rater), 0)
    return told | ({"unscored": lost} if versus else {})


def _flown(driving: Driving, work: Iterable[Item], order: Order) -> str:
    """All of the work, over connections; "" at its end, else why it stopped before."""
    spent = driving.progress.cost or 0.0
    passing = Judging(driving.judge, work, max_cost=order.max_cost, spent=spent)
    driving.on_stop(passing.stop)
    with closing(iter(passing)) as coming:
        for judged in coming:
            if judged:
                driving.keep(judged)
            driving.look()
    return passing.why


def options(judge: Judge, order: Order) -> dict[str, Any]:
    """What a run must know to be taken up again; the key is not among it."""
    told: dict[str, Any] = {name: getattr(judge.settings, name) for name in SETTINGS}
    return {
        **told,
        "model": judge.settings.model,
        "base_url": judge.settings.place,
        "rubrics": [[one.trait, one.version] for one in order.rubrics],
        "traits": [one.trait for one in order.rubrics],
        "releases": list(order.releases),
        "repeats": order.repeats,
        "max_cost": order.max_cost,
        "batch": order.batch,
        "mode": order.mode,
        "salt": judge.salt,
    }


def summary(told: Mapping[str, Any]) -> Iterator[str]:
    """What came of a run in lines for people."""
    if told.get("run") is None:
        if told.get("stopped"):
            yield f"not begun: {told['stopped']}"
        return
    cost = told["cost_usd"]
    money = "cost unknown" if cost is None else f"${cost:.4f}"
    unscored: Mapping[str, int] = told["unscored"]
    reasons = ", ".join(f"{why} {count:,}" for why, count in sorted(unscored.items()))
    yield (
        f"run {told['run']}: {told['asked']:,} asked: {told['rated']:,} rated, "
        f"{told['not_applicable']:,} not applicable, {sum(unscored.values()):,} unscored"
        f"{f' ({reasons})' if reasons else ''}; {money}"
    )
    for trait, found in (told.get("order_consistency") or {}).items():
        share = "no pairs" if found["share"] is None else f"{found['share']:.0%}"
        lost = f"; {found['unscored']:,} unscored" if found.get("unscored") else ""
        yield f"{trait}: {share} of {found['pairs']:,} pairs alike in both orders{lost}"
    if told["stopped"]:
        yield f"stopped early: {told['stopped']}"
        yield f"`traitbook resume {told['run']}` goes on where it stopped"


def each(models: Sequence[str], ask: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Several judges one after the other: each its own run, never merged into one count."""
    found = [ask(model) for model in models]
    return found[0] if len(found) == 1 else {"runs": found}


__all__ = ["Order", "each", "made", "options", "score", "summary"]
