"""Judgements taken up where a batch has left them: from the database, never from memory."""

from __future__ import annotations

from collections.abc import Iterable

from rubrics import Call, Judged, Rubric, Task
from scorers.judge import Judge, batch
from scorers.judge.asking import broken, judgement
from scorers.judge.prompt import Prepared, prepare
from scorers.judge.wire import Request
from store import Store
from store.batches import Entry
from store.errors import StoreError
from store.transcripts import get

Rebuilt = tuple[Prepared, Task, list[Call], Request | Judged]


class Courses:
    """The courses of a run, made again from what was kept. Entries of one transcript that stand
    together share its preparation."""

    def __init__(self, store: Store, judge: Judge, rubrics: Iterable[Rubric]) -> None:
        self._store, self._judge = store, judge
        self._rubrics = {one.trait: one for one in rubrics}
        self._last: Prepared | None = None

    def rebuilt(self, entry: Entry) -> Rebuilt | None:
        """An entry's judgement as far as it is; None where its transcript was taken out."""
        try:
            if self._last is None or self._last.identity != entry.transcript:
                self._last = prepare(get(self._store, entry.transcript), self._judge.salt)
        except StoreError:
            return None
        task = Task(self._rubrics[entry.trait], entry.repeat)
        earlier = batch.unplain(entry.earlier)
        return self._last, task, earlier, self.after(self._last, task, earlier)

    def after(self, prepared: Prepared, task: Task, calls: list[Call]) -> Request | Judged:
        """What comes after these calls: another request, or a judgement to be kept."""
        cached = len(self._rubrics) > 1 and self._judge.caches(prepared)
        course = judgement(prepared, task, self._judge.rater, cached=cached)
        try:
            return batch.replayed(course, calls)
        except Exception as error:  # as in flight.py: around one judgement, then unscored
            return broken(prepared, task, self._judge.rater, error, tuple(calls))
