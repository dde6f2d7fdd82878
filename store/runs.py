"""The book of runs: begun, watched, asked to stop, ended; all of it read from the database.

A run is a process of its own. Whoever looks at it, in the app or a shell, reads what it wrote
with its last commit; whoever wants it to stop says so here, and it looks once a second.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any

from rubrics import Rater
from store.adding import now
from store.database import Store
from store.errors import StoreError
from store.ratings import Keys

SILENT_SECONDS = 30
"""A running run that has not been seen for so long has lost its process."""

LIVE = "running"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands. `state`: running, done, stopped (early, `note` says why), cancelled,
    failed; or `lost`, where it says running but its process has not been seen for a while.

    `progress` has asked, rated, not_applicable, unscored (by reason), usage, cost_usd (None where
    unknown), per_minute, seconds_left.
    """

    key: int
    kind: str
    state: str
    started: str
    finished: str | None
    rater: str | None
    planned: int | None
    options: Mapping[str, Any]
    progress: Mapping[str, Any]
    note: str
    beat: str | None
    cancelling: bool

    @property
    def resumable(self) -> bool:
        """Whether it may be taken up again where it stopped."""
        return self.kind == "judge" and self.state in ("lost", "failed", "stopped", "cancelled")


_RUNS = """
SELECT r.key, r.kind, r.state, r.started, r.finished, r.planned, r.options, r.progress, r.asked,
       r.note, r.beat, r.cancel, a.kind AS rater_kind, a.name, a.version
FROM runs r LEFT JOIN raters a ON a.key = r.rater
"""


def runs(store: Store, limit: int = 50) -> list[Run]:
    """The latest runs, the newest first."""
    return [_run(row) for row in store.rows(f"{_RUNS} ORDER BY r.key DESC LIMIT ?", (limit,))]


def get(store: Store, key: int) -> Run:
    """One run. Raises `StoreError` where there is none."""
    rows = store.rows(f"{_RUNS} WHERE r.key = ?", (key,))
    if not rows:
        raise StoreError(f"no run {key} in {store.path}; `traitbook runs` lists them")
    return _run(rows[0])


def _run(row: Row) -> Run:
    state = row["state"]
    options = json.loads(row["options"])
    if state == LIVE and (_gone(options) or _silent(row["beat"] or row["started"])):
        state = "lost"
    rater = Rater(row["rater_kind"], row["name"], row["version"]) if row["name"] else None
    return Run(
        key=row["key"], kind=row["kind"], state=state, started=row["started"],
        finished=row["finished"], rater=str(rater) if rater else None, planned=row["planned"],
        options=options,
        progress={"asked": row["asked"], **json.loads(row["progress"])},
        note=row["note"] or "", beat=row["beat"], cancelling=row["cancel"] is not None,
    )  # fmt: skip


def _here() -> list[Any]:
    """Host and number of this process."""
    return [socket.gethostname(), os.getpid()]


def _gone(options: Mapping[str, Any]) -> bool:
    """Whether the run's process was on this machine and is there no more: then nobody need wait."""
    host, number = options.get("process") or ("", 0)
    if host != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(number, 0)  # asks whether it is there; sends nothing
    except ProcessLookupError:
        return True
    except OSError:  # it is there, and somebody else's
        return False
    return False


def _silent(beat: str) -> bool:
    seen = datetime.strptime(beat, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (datetime.now(UTC) - seen).total_seconds() > SILENT_SECONDS


@contextmanager
def going(
    store: Store, rater: Rater, options: Mapping[str, Any], planned: int, *, key: int | None = None
) -> Iterator[int]:
    """A judge's run while it goes on; an old one is taken up again by its key.

    Ends as `done`, or `failed` with the error's sentence, unless `ended` has said otherwise.
    Raises `StoreError` where another process is on a run with the same judge: both would ask, and
    pay for, the same.
    """
    with store.write() as connection:
        _alone(store, rater)
        who = Keys(connection).rater(rater)
        if key is None:
            cursor = connection.execute(
                "INSERT INTO runs (started, kind, state, options, rater, planned, beat) "
                "VALUES (?, 'judge', ?, ?, ?, ?, ?)",
                (now(), LIVE, json.dumps({**options, "process": _here()}), who, planned, now()),
            )
            assert cursor.lastrowid is not None
            key = cursor.lastrowid
        else:
            connection.execute(
                "UPDATE runs SET state = ?, finished = NULL, note = NULL, cancel = NULL, beat = ?, "
                "options = json_set(options, '$.process', json(?)), "
                "planned = coalesce(json_extract(progress, '$.asked'), asked) + ? WHERE key = ?",
                (LIVE, now(), json.dumps(_here()), planned, key),
            )
    try:
        yield key
    except BaseException as error:
        with suppress(sqlite3.Error, StoreError):  # the first error is the one to tell
            ended(store, key, "failed", f"{type(error).__name__}: {error}"[:500])
        raise
    if get(store, key).state in (LIVE, "lost"):
        ended(store, key, "done")


def _alone(store: Store, rater: Rater) -> None:
    for run in runs(store, 20):
        if run.state == LIVE and run.rater == str(rater):
            raise StoreError(
                f"run {run.key} with this judge is going on; watch it with `traitbook runs`, or "
                f"`traitbook cancel {run.key}`"
            )


def ended(store: Store, key: int, state: str, note: str = "") -> None:
    """Write the end of a run into the book."""
    with store.write() as connection:
        connection.execute(
            "UPDATE runs SET finished = ?, state = ?, note = ?, beat = ? WHERE key = ?",
            (now(), state, note or None, now(), key),
        )


def beat(store: Store, key: int) -> bool:
    """Say that the run's process is alive; whether somebody has asked it to stop."""
    with store.write() as connection:
        connection.execute("UPDATE runs SET beat = ? WHERE key = ?", (now(), key))
    return store.one("SELECT cancel FROM runs WHERE key = ?", (key,)) is not None


def cancel(store: Store, key: int) -> Run:
    """Ask a run to stop. One whose process is gone is ended here and now."""
    run = get(store, key)
    if run.state == "lost":
        ended(store, key, "cancelled", "its process was gone")
    elif run.state == LIVE:
        with store.write() as connection:
            connection.execute("UPDATE runs SET cancel = ? WHERE key = ?", (now(), key))
    else:
        raise StoreError(f"run {key} is not going on: it is {run.state}")
    return get(store, key)
