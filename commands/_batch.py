"""A judge's run in message batches: gather, send, wait, keep; and the same again for what is left.

A judgement that needs a second request (a blind first question, a repair) has it in the next
round's batch. Every step is in the database before it is taken, so that a killed process goes on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from commands._courses import Courses, Rebuilt
from commands._driving import Driving
from rubrics import Call, Judged, Rubric, Task
from scorers.judge import batch as server
from scorers.judge.batch import BatchServer
from scorers.judge.budget import worst
from scorers.judge.client import Fatal
from store import Store, batches
from store.batches import Batch, Entry
from transcripts import Transcript

KEPT_AT_ONCE = 200
SLOWEST_POLL = 60.0
ALIKE = 3
FOR_NOTHING = 3
ADOPTED_WITHIN = timedelta(minutes=15)


class Batching:
    """One run's batches, driven to their end. `why` says why it stopped early, if it did."""

    def __init__(self, driving: Driving, rubrics: Iterable[Rubric], max_cost: float | None) -> None:
        self._driving, self._max_cost = driving, max_cost
        self._store: Store = driving.store
        self._judge, self._run = driving.judge, driving.run
        self._courses = Courses(self._store, self._judge, rubrics)
        self._server = BatchServer(self._judge.settings)
        self._gathering: int | None = None
        self._for_nothing = 0

    def go(self, work: Iterator[tuple[Transcript, list[Task]]]) -> str:
        """Ask all of the work; "" at its end, else a plain sentence why it stopped."""
        try:
            self._take_up()
            self._gather(work)
            while not self._driving.stopping:
                self._send()
                if not batches.of_run(self._store, self._run, "sent"):
                    break
                self._collect()
        except Fatal as error:
            return str(error)
        finally:
            self._server.close()
        if self._driving.stopping:
            for one in batches.of_run(self._store, self._run, "sent"):
                BatchServer(self._judge.settings).cancel(one.id)
        return self._driving.why

    # ---- after a crash ----

    def _take_up(self) -> None:
        """Find the batches of an earlier process: one that was only intended may have been sent."""
        known = batches.known_ids(self._store)
        for one in batches.of_run(self._store, self._run, "intended"):
            began = datetime.fromisoformat(one.started)
            candidates = [
                seen for seen in self._server.listed()
                if seen.id not in known and seen.requests == one.size
                and abs(seen.created - began) < ADOPTED_WITHIN
            ]  # fmt: skip
            if len(candidates) == 1:
                batches.mark(self._store, one.key, "sent", candidates[0].id)
            else:
                batches.mark(self._store, one.key, "gathering")
        for one in batches.of_run(self._store, self._run, "gathering"):
            self._gathering = one.key

    # ---- gather and send ----

    def _gather(self, work: Iterator[tuple[Transcript, list[Task]]]) -> None:
        """Put all that is missing into a batch, but for what is already under way."""
        under_way = {
            entry.custom_id
            for one in batches.of_run(self._store, self._run, "sent", "gathering")
            for entry in batches.entries(self._store, one.key)
        }
        for transcript, tasks in work:
            identity = transcript.id
            found = [
                Entry(
                    server.custom_id(identity, task, ()), identity, task.rubric.trait, task.repeat
                )
                for task in tasks
                if not any(self._name(identity, task, n) in under_way for n in range(3))
            ]
            with self._store.write() as connection:
                batches.put(connection, self._batch(), found)
            self._driving.look()
            if self._driving.stopping:
                return

    def _name(self, identity: str, task: Task, earlier: int) -> str:
        return server.custom_id(identity, task, [Call("rate", "ok")] * earlier)

    def _batch(self) -> int:
        if self._gathering is None:
            self._gathering = batches.begin(
                self._store, self._run, self._judge.settings.place
            )  # fmt: skip
        return self._gathering

    def _send(self) -> None:
        """Send what is gathered, in as many batches as its size needs."""
        while (waiting := batches.of_run(self._store, self._run, "gathering")) and (
            not self._driving.stopping
        ):
            one = waiting[0]
            self._gathering = None
            if not one.size:
                batches.mark(self._store, one.key, "ended")
                continue
            requests, left = self._requests(one)
            if left:
                batches.drop(self._store, one.key, [entry.custom_id for entry in left])
                with self._store.write() as connection:
                    batches.put(connection, self._batch(), left)
            if not requests:
                self._driving.stop("the next batch could pass the limit of --max-cost")
                return
            batches.mark(self._store, one.key, "intended")
            batches.mark(self._store, one.key, "sent", self._server.create(requests))

    def _requests(self, one: Batch) -> tuple[list[dict[str, Any]], list[Entry]]:
        """The requests that fit into one batch and under the limit, and the entries that do not."""
        requests: list[dict[str, Any]] = []
        left: list[Entry] = []
        size, spent = 0, self._driving.progress.cost or 0.0
        for entry in batches.entries(self._store, one.key):
            made = self._courses.rebuilt(entry)
            if made is None:
                continue
            prepared, task, _, request = made
            if isinstance(request, Judged):
                continue
            params = server.params(request, self._judge.settings, self._judge.abilities)
            size += request.prefix_bytes + request.rest_bytes + 2_000
            if self._max_cost is not None:
                most = worst(prepared, task, self._judge.settings, self._judge.prices, batch=True)
                spent += most or 0.0
            full = size > server.MOST_BYTES or len(requests) >= server.MOST_REQUESTS
            if full or (self._max_cost is not None and spent > self._max_cost):
                left.append(entry)
                continue
            requests.append({"custom_id": entry.custom_id, "params": params})
            self._driving.look()
        return requests, left

    # ---- wait and keep ----

    def _collect(self) -> None:
        """Wait for the batches that are out, and keep what came back."""
        wait = 1.0
        while not self._driving.stopping:
            out = batches.of_run(self._store, self._run, "sent")
            if not out:
                return
            for one in out:
                seen = self._server.seen(one.id)
                if seen is None:
                    batches.mark(self._store, one.key, "lost")
                elif seen.ended:
                    self._keep(one)
                    wait = 1.0
            if not batches.of_run(self._store, self._run, "sent"):
                return
            until = time.monotonic() + wait
            while time.monotonic() < until and not self._driving.stopping:
                time.sleep(0.2)
                self._driving.look()
            wait = min(wait * 1.5, SLOWEST_POLL)

    def _keep(self, one: Batch) -> None:
        """Keep a batch's results, a few hundred a transaction, each once."""
        judged: list[Judged] = []
        settled: list[str] = []
        following: list[Entry] = []
        errors: dict[str, int] = {}
        sound = 0
        for name, result in self._server.results(one.id):
            entry = batches.found(self._store, one.key, name)
            made = self._courses.rebuilt(entry) if entry else None
            if entry is None or made is None or isinstance(made[3], Judged):
                continue
            settled.append(name)
            call = server.came(made[3], result)
            if call is None:  # let go of before it was asked: it goes into the next batch
                following.append(entry)
                continue
            call = self._judge.priced(call, made[3], batch=True)
            if call.status == "api_error":
                errors[call.error] = errors.get(call.error, 0) + 1
            else:
                sound += 1
            self._next(entry, made, call, judged, following)
            if len(settled) >= KEPT_AT_ONCE:
                self._unless_alike(one, errors, sound)
                self._commit(one, judged, settled, following)
        self._unless_alike(one, errors, sound)
        self._commit(one, judged, settled, following)
        batches.mark(self._store, one.key, "ended")
        self._for_nothing = 0 if sound or errors else self._for_nothing + 1
        if self._for_nothing >= FOR_NOTHING:
            raise Fatal(f"{self._for_nothing} batches came back unasked; try without --batch")

    def _unless_alike(self, one: Batch, errors: dict[str, int], sound: int) -> None:
        """Raises `Fatal`, and keeps nothing, where every request failed for one and the same
        reason: it lies with the run and not with the transcripts."""
        if not sound and len(errors) == 1 and (many := sum(errors.values())) >= ALIKE:
            batches.mark(self._store, one.key, "lost")
            raise Fatal(
                f"all {many:,} requests of a batch failed alike ({next(iter(errors))[:200]})"
            )

    def _next(
        self, entry: Entry, made: Rebuilt, call: Call,
        judged: list[Judged], following: list[Entry],
    ) -> None:  # fmt: skip
        prepared, task, earlier, _ = made
        calls = [*earlier, call]
        after = self._courses.after(prepared, task, calls)
        if isinstance(after, Judged):
            judged.append(after)
        else:
            name = server.custom_id(entry.transcript, task, calls)
            following.append(
                Entry(name, entry.transcript, entry.trait, entry.repeat, server.plain(calls))
            )

    def _commit(
        self, one: Batch, judged: list[Judged], settled: list[str], following: list[Entry]
    ) -> None:
        if not settled:
            return
        into = self._batch() if following else None

        def also(connection: Any) -> None:
            batches.settle(connection, one.key, settled)
            if into is not None:
                batches.put(connection, into, following)

        self._driving.keep(judged, also)
        for kept in (judged, settled, following):
            kept.clear()
