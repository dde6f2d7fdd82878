"""Judgements in flight: the asynchronous half of a run, in a loop and a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from rubrics import Call, Judged, Task
from rubrics.judged import RETRYABLE
from scorers.judge.asking import Course, broken
from scorers.judge.budget import Budget, OverBudget, worst
from scorers.judge.client import Client, Fatal
from scorers.judge.judge import Item, Judge
from scorers.judge.pacing import Pace
from scorers.judge.prompt import Prepared

ALIKE = 10
"""So many failures in a row, all alike, and the run stops: it would fail to its end."""
ALIKE_FATAL = 3
"""The same for a refused key or model, once something has succeeded; before that one is enough."""


@dataclass(frozen=True, slots=True)
class News:
    """What the loop tells the thread that iterates.

    `answered`: a judgement came to its end, with what is to be kept of it, if anything, and the
    future that frees its slot. `opened`: the first of a cached transcript is in, so that its others
    may be asked. `closed`: a transcript has no more to do.
    """

    kind: Literal["answered", "opened", "closed"]
    identity: str
    judged: tuple[Judged, ...] = ()
    kept: asyncio.Future[None] | None = None


class Flight:
    """All that lives inside the loop: client, pace, budget, and the courses under way."""

    def __init__(self, judge: Judge, budget: Budget, tell: Callable[[News], None]) -> None:
        self._judge, self._budget, self._tell = judge, budget, tell
        self.pace = Pace(judge.settings.slots, judge.settings.wait)
        self._client = Client(judge.settings, judge.abilities, self.pace)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Judged] = []
        self._alike: tuple[str, int] = ("", 0)
        self._succeeded = False
        self.why = ""
        self.stopping = False

    def stop(self, why: str) -> None:
        """Ask nothing new; what is in flight comes to its end."""
        if not self.stopping:
            self.why, self.stopping = why, True

    def drop(self) -> None:
        """Let go of what is in flight."""
        for task in list(self._tasks):
            task.cancel()

    async def close(self) -> None:
        """Let go of everything and close the connections."""
        self.drop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()

    def start(self, item: Item) -> None:
        """Begin with a transcript."""
        self._spawn(self._transcript(item))

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _transcript(self, item: Item) -> None:
        """All of a transcript's judgements; those after the first find its prefix in the cache."""
        identity = item.prepared.identity
        work = list(zip(item.tasks, item.courses, strict=True))
        try:
            going: list[asyncio.Task[None]] = []
            if item.cached:
                first = asyncio.Event()
                going.append(self._spawn(self._one(item.prepared, *work.pop(0), first)))
                await first.wait()
                self._tell(News("opened", identity))
            going += [self._spawn(self._one(item.prepared, *one, None)) for one in work]
            await asyncio.gather(*going)
        finally:
            self._tell(News("closed", identity))

    async def _one(
        self, prepared: Prepared, task: Task, course: Course, answered: asyncio.Event | None
    ) -> None:
        """One judgement in a slot, which is given on once the judgement was kept."""
        await self.pace.take(following=answered is None)
        try:
            if self.stopping:
                return
            news = await self._judged(prepared, task, course)
            if answered is not None:
                answered.set()
            self._tell(news)
            if news.kept is not None:
                await news.kept
        finally:
            if answered is not None:
                answered.set()
            self.pace.give()

    async def _judged(self, prepared: Prepared, task: Task, course: Course) -> News:
        try:
            most = worst(prepared, task, self._judge.settings, self._judge.prices)
            reserved = await self._budget.reserve(most)
        except OverBudget as error:
            self.stop(str(error))
            return News("answered", prepared.identity)
        calls: list[Call] = []
        try:
            judged, fatal = await self._carried(course, calls)
        except Exception as error:  # the one broad except: around one judgement, then unscored
            judged, fatal = broken(prepared, task, self._judge.rater, error, tuple(calls)), ""
        finally:
            await self._budget.settle(reserved, tuple(calls))
        return self._sorted(judged, prepared.identity, fatal)

    async def _carried(self, course: Course, calls: list[Call]) -> tuple[Judged, str]:
        """The course, carried over the connection to its end; a plain sentence beside it where
        what failed would fail all others too."""
        call: Call | None = None
        fatal = ""
        while True:
            try:
                request = next(course) if call is None else course.send(call)
            except StopIteration as end:
                judged: Judged = end.value
                return judged, fatal
            try:
                call = self._judge.priced(await self._client.ask(request), request)
            except Fatal as error:
                fatal = str(error)
                call = Call(request.step, "api_error", error=fatal, cost=0.0)
            calls.append(call)

    def _sorted(self, judged: Judged, identity: str, fatal: str) -> News:
        """What is to be kept now. Failures of the server are held back until something succeeds:
        where all fail alike, the run stops and none of them is kept."""
        failed = [c for c in judged.calls if c.status in RETRYABLE]
        if not failed:
            self._succeeded = True
            self._alike = ("", 0)
            held, self._held = self._held, []
            kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            return News("answered", identity, (*held, judged), kept)
        self._held.append(judged)
        sign = fatal or f"{failed[-1].status}: {failed[-1].error}"
        last, times = self._alike
        self._alike = (sign, times + 1 if sign == last else 1)
        most = ALIKE if not fatal else ALIKE_FATAL if self._succeeded else 1
        if self._alike[1] >= most:
            self._held.clear()
            told = f"{self._alike[1]} judgements in a row failed alike ({sign[:200]})"
            self.stop(fatal or told)
        return News("answered", identity)

    def left(self) -> list[Judged]:
        """Failures still held back at the end, to be kept: some others have gone well, or too few
        have failed to tell."""
        return self._held
