"""Driving a judge's run: keep what comes, show how far it is, hear whether to stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from commands import note
from commands._bar import judging_bar
from rubrics import Judged
from scorers.judge import Judge, Progress
from store import Store, judging, runs

CANCELLED = "cancelled"


class Driving:
    """A run under way. `stopping` is set by a signal, by `traitbook cancel`, or by `stop`."""

    def __init__(self, store: Store, judge: Judge, run: int, progress: Progress) -> None:
        self.store, self.judge, self.run, self.progress = store, judge, run, progress
        self.stopping, self.why = False, ""
        self._keeper = judging.Keeper(store, run)
        self._looked = time.monotonic()
        self._show: Callable[[], None] = lambda: None
        self._hearers: list[Callable[[str], None]] = []

    def on_stop(self, hear: Callable[[str], None]) -> None:
        """Have `hear` called once the run is to stop."""
        self._hearers.append(hear)

    def stop(self, why: str) -> None:
        """Ask nothing new; what is in flight comes in."""
        if not self.stopping:
            self.stopping, self.why = True, why
            for hear in self._hearers:
                hear(why)

    def keep(self, judged: Sequence[Judged], also: Callable[[Any], None] | None = None) -> None:
        """Keep judgements and how far the run is, in one transaction."""
        self.progress.add(judged)
        self._keeper.keep(judged, self.progress.told(), also)

    def look(self) -> None:
        """At most once a second: say that the run is alive, and hear whether it is cancelled."""
        if time.monotonic() - self._looked >= 1:
            self._looked = time.monotonic()
            if runs.beat(self.store, self.run):
                self.stop(CANCELLED)
            self._show()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """With a bar, if there is a terminal, and Ctrl-C heard: the first lets what is in flight
        come in, the second ends the process."""
        with judging_bar(self.progress) as show, _signals(self._asked):
            self._show = show
            yield

    def _asked(self, number: int, frame: Any) -> None:
        if self.stopping:
            raise KeyboardInterrupt
        note("stopping: what is in flight comes in; once more to drop it")
        self.stop(CANCELLED)


@contextmanager
def _signals(hear: Callable[[int, Any], None]) -> Iterator[None]:
    before: list[tuple[int, Any]] = []
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before.append((number, signal.signal(number, hear)))
    except ValueError:  # not in the main thread: somebody else hears the signals
        pass
    try:
        yield
    finally:
        for heard, handler in before:
            signal.signal(heard, handler)
