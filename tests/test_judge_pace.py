"""How many are in flight and when the next may start."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from scorers.judge.budget import Budget, Meter, OverBudget
from scorers.judge.pacing import Pace


def headers(kind: str, limit: int, left: int, seconds: float) -> dict[str, str]:
    reset = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    name = f"anthropic-ratelimit-{kind}"
    return {f"{name}-limit": str(limit), f"{name}-remaining": str(left), f"{name}-reset": reset}


def test_slots_shrink_under_429_and_grow_again() -> None:
    pace = Pace(16, 60)
    pace.pushed_back(0)
    pace.pushed_back(0)
    assert pace.width == 10, "the answers to one burst are one sign"
    for _ in range(200):
        pace.went_well({}, {})
    assert pace.width == 16


def test_what_is_left_is_spread_until_the_reset() -> None:
    async def spent(told: dict[str, str], used: dict[str, int], requests: int) -> float:
        pace = Pace(16, 60)
        pace.went_well(told, used)
        began = time.monotonic()
        for _ in range(requests):
            await pace.ready()
        return time.monotonic() - began

    plenty = asyncio.run(spent(headers("requests", 100, 90, 10), {}, 20))
    scarce = asyncio.run(spent(headers("requests", 100, 5, 0.5), {}, 5))
    tokens = asyncio.run(
        spent(headers("output-tokens", 10_000, 500, 0.5), {"output-tokens": 100}, 5)
    )
    assert plenty < 0.1 and 0.3 < scarce < 1.5 and 0.3 < tokens < 1.5


def test_absurd_headers_do_no_harm() -> None:
    pace = Pace(4, 0.2)
    for told in (
        headers("requests", 100, 0, 86_400 * 365),
        {"anthropic-ratelimit-requests-limit": "many", "anthropic-ratelimit-requests-reset": "soon"},
        {"anthropic-ratelimit-requests-limit": "1", "anthropic-ratelimit-requests-remaining": "0",
         "anthropic-ratelimit-requests-reset": "2026-11-21T21:00:00Z"},
    ):  # fmt: skip
        pace.went_well(told, {})
    pace.pushed_back(1e9)
    began = time.monotonic()
    asyncio.run(pace.ready())
    assert time.monotonic() - began < 1


def test_those_on_a_warm_prefix_come_before_new_transcripts() -> None:
    order: list[str] = []

    async def one(pace: Pace, name: str, following: bool) -> None:
        await pace.take(following=following)
        order.append(name)
        await asyncio.sleep(0)
        pace.give()

    async def all_of_them() -> None:
        pace = Pace(1, 1)
        await pace.take(following=False)
        tasks = [asyncio.create_task(one(pace, n, n == "warm")) for n in ("new1", "new2", "warm")]
        await asyncio.sleep(0)
        pace.give()
        await asyncio.gather(*tasks)

    asyncio.run(all_of_them())
    assert order == ["warm", "new1", "new2"]


def test_a_budget_waits_for_those_in_flight_and_then_ends() -> None:
    async def go() -> Any:
        budget = Budget(1.0)
        first = await budget.reserve(0.6)
        waiting = asyncio.create_task(budget.reserve(0.6))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await budget.settle(first, ())
        assert await waiting == 0.6
        await budget.settle(0.6, ())
        budget.spent = 0.7
        try:
            await budget.reserve(0.6)
        except OverBudget as error:
            return str(error)

    assert "limit of $1" in asyncio.run(go())


def test_the_meter_learns() -> None:
    meter = Meter()
    assert meter.tokens(360) == 100
    for _ in range(100):
        meter.learn(800, 100)
    assert round(meter.tokens(800)) == 100
    meter.learn(0, 0)
