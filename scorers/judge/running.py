"""Putting rubrics to transcripts, many side by side: a plain iterator over a loop of its own.

What is yielded must be kept before the next is taken: a slot is given on only once its judgement
was handed out and the iterator came back for more. So a killed run has lost, and asks again, at
most what was in flight.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress

from rubrics import Judged, Task
from scorers.judge.budget import Budget
from scorers.judge.flight import Flight, News
from scorers.judge.judge import Item, Judge, item
from scorers.judge.prompt import prepare
from transcripts import Transcript

TICK = 1.0
"""Seconds after which the iterator yields, were it nothing: its caller looks around then."""
GRACE = 30.0
"""Seconds that what is in flight may still take once a run was asked to stop."""


def items(judge: Judge, work: Iterable[tuple[Transcript, list[Task]]]) -> Iterator[Item]:
    """Each transcript's work, made ready when its turn comes."""
    for transcript, tasks in work:
        yield item(judge, prepare(transcript, judge.salt), tasks)


class Judging:
    """A pass of one judge over work. Iterate it once; `stop` ends it early.

    `why` is a plain sentence where it stopped before its end, and "" where it did not.
    """

    def __init__(
        self,
        judge: Judge,
        work: Iterable[Item],
        *,
        max_cost: float | None = None,
        spent: float = 0.0,
    ) -> None:
        self.judge = judge
        self._work = iter(work)
        self._limits = (max_cost, spent)
        self._news: queue.SimpleQueue[News | BaseException] = queue.SimpleQueue()
        self._open: dict[str, list[int]] = {}  # transcripts at work: [can be asked, waits behind]
        self._kept: list[asyncio.Future[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flight: Flight | None = None
        self._asked_to_stop = ""

    @property
    def why(self) -> str:
        """Why it stopped early, if it did."""
        return self._flight.why if self._flight else self._asked_to_stop

    @property
    def stopping(self) -> bool:
        """Whether nothing new is asked any more."""
        return self._flight.stopping if self._flight else bool(self._asked_to_stop)

    def stop(self, why: str) -> None:
        """Ask nothing new; what is in flight comes to its end, within `GRACE` seconds."""
        self._asked_to_stop = why
        if self._flight and self._loop:
            self._flight.stop(why)
            with suppress(RuntimeError):  # the loop may have come to its end by itself
                self._loop.call_soon_threadsafe(self._loop.call_later, GRACE, self._flight.drop)

    def __iter__(self) -> Generator[list[Judged], None, None]:
        thread = self._begin()
        exhausted = bool(self._asked_to_stop)
        try:
            while True:
                exhausted = exhausted or self._feed()
                if exhausted and not self._open:
                    break
                yield self._gather()
                self._release()
            assert self._flight is not None
            if left := self._flight.left():
                yield left
        finally:
            self._end(thread)

    def _begin(self) -> threading.Thread:
        ready = threading.Event()
        thread = threading.Thread(target=self._serve, args=(ready,), name="judge", daemon=True)
        thread.start()
        ready.wait()
        if self._flight is None:
            self._gather()  # raises what went wrong
        return thread

    def _end(self, thread: threading.Thread) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._finish.set)
        thread.join(GRACE)

    def _serve(self, ready: threading.Event) -> None:
        async def fly() -> None:
            self._loop = asyncio.get_running_loop()
            self._finish = asyncio.Event()
            self._flight = Flight(self.judge, Budget(*self._limits), self._news.put)
            ready.set()
            await self._finish.wait()
            await self._flight.close()

        try:
            asyncio.run(fly())
        except BaseException as error:  # handed to the thread that iterates, which raises it
            self._news.put(error)
            ready.set()

    def _feed(self) -> bool:
        """Begin transcripts while slots would stand idle; whether there is no more to begin.

        Those that follow on a cached prefix come before new ones, so that it is used while warm.
        """
        assert self._flight is not None and self._loop is not None
        slots = self.judge.settings.slots
        wanted = slots + max(2, slots // 4)
        while not self._flight.stopping:
            if sum(asked for asked, _ in self._open.values()) >= wanted:
                return False
            one = next(self._work, None)
            if one is None:
                return True
            behind = len(one.tasks) - 1 if one.cached else 0
            self._open[one.prepared.identity] = [len(one.tasks) - behind, behind]
            self._loop.call_soon_threadsafe(self._flight.start, one)
        return True

    def _gather(self) -> list[Judged]:
        """What has come in: at least one thing, or nothing after a tick."""
        judged: list[Judged] = []
        with suppress(queue.Empty):
            judged += self._heard(self._news.get(timeout=TICK))
            while True:
                judged += self._heard(self._news.get_nowait())
        return judged

    def _heard(self, news: News | BaseException) -> tuple[Judged, ...]:
        if isinstance(news, BaseException):
            raise news
        if news.kind == "closed":
            self._open.pop(news.identity, None)
            return ()
        counts = self._open[news.identity]
        if news.kind == "opened":
            counts[0], counts[1] = counts[0] + counts[1], 0
        else:
            counts[0] -= 1
        if news.kept is not None:
            self._kept.append(news.kept)
        return news.judged

    def _release(self) -> None:
        """All that was handed out is kept: their slots are free."""
        kept, self._kept = self._kept, []
        if kept and self._loop:
            self._loop.call_soon_threadsafe(_done, kept)


def _done(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
