"""What a judge has still to be asked, and keeping what it answers: a judgement whole or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Any

from rubrics import Call, Flag, Judged, Rater, Rubric, Task
from rubrics.judged import RETRYABLE
from store import uncompared
from store.adding import now
from store.database import Store
from store.errors import StoreError
from store.ratings import CURRENT, Keys, insert
from store.transcripts import each_chunk
from transcripts import Transcript

Work = Iterator[tuple[Transcript, list[Task]]]

_AGAIN = ", ".join(f"'{why}'" for why in RETRYABLE)


def missing(
    store: Store,
    rater: Rater,
    rubrics: Sequence[Rubric],
    repeats: Callable[[Transcript], int],
    where: tuple[str, Any] = ("1", ()),
) -> Work:
    """Each transcript with what this judge has not yet answered on it.

    `repeats` says how often a transcript is to be judged; `where` is SQL as for
    `store.transcripts.each`. What failed for the server's sake (`RETRYABLE`) is still missing.
    """
    for chunk in each_chunk(store, *where):
        done = _done(store, rater, [one.id for one in chunk])
        for one in chunk:
            identity = one.id
            tasks = [
                Task(rubric, repeat)
                for repeat in range(1, repeats(one) + 1)
                for rubric in rubrics
                if (identity, rubric.trait, rubric.version, repeat) not in done
            ]
            if tasks:
                yield one, tasks


def _done(store: Store, rater: Rater, identities: list[str]) -> set[tuple[str, str, str, int]]:
    rows = store.rows(
        "SELECT t.id, b.trait, b.version, r.repeat FROM ratings r "
        "JOIN transcripts t ON t.key = r.transcript JOIN raters a ON a.key = r.rater "
        "JOIN rubrics b ON b.key = r.rubric "
        "WHERE t.id IN (SELECT value FROM json_each(?)) AND a.kind = ? AND a.name = ? "
        f"AND a.version = ? AND r.other IS NULL AND {CURRENT} GROUP BY t.key, b.key, r.repeat "
        f"HAVING NOT max(r.status = 'unscored' AND r.why IN ({_AGAIN}))",
        (json.dumps(identities), rater.kind, rater.name, rater.version),
    )
    return {tuple(row) for row in rows}


class Keeper:
    """Keeps a run's judgements, many a transaction, each whole; remembers keys between them."""

    def __init__(self, store: Store, run: int) -> None:
        self._store, self._run = store, run
        self._rubrics: dict[tuple[str, str], int] = {}
        self._raters: dict[Rater, int] = {}

    def keep(
        self,
        judged: Iterable[Judged],
        progress: Mapping[str, Any] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> None:
        """On disk when it returns, or, on an error, nothing of it, nor of what `also` writes.

        A transcript that was taken out meanwhile takes its judgement along.
        """
        try:
            with self._store.write() as connection:
                for one in judged:
                    self._one(connection, one)
                if also:
                    also(connection)
                _beat(connection, self._run, progress)
        except BaseException:
            self._rubrics.clear()  # keys made in the transaction went with it
            self._raters.clear()
            raise

    def _one(self, connection: Connection, one: Judged) -> None:
        transcript = _key(connection, one.transcript)
        other = _key(connection, one.other) if one.other else None
        if transcript is None or (one.other and other is None):
            return
        rubric, rater = self._keys(connection, one)
        if other is not None and uncompared.is_one(one):
            uncompared.keep(connection, one, (transcript, other), (rubric, rater), self._run)
        for rating in () if uncompared.is_one(one) else one.ratings:
            insert(connection, rating, (transcript, rubric, rater, other), self._run)
        at = now()
        place = (self._run, transcript, other, rubric, rater, one.repeat)
        connection.executemany(
            "INSERT INTO calls (run, transcript, other, rubric, rater, repeat, step, status, "
            "reply, usage, cost, seconds, model, request_id, error, at) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [(*place, *_call_row(call), at) for call in one.calls],
        )
        connection.executemany(
            "INSERT INTO warrants (transcript, message, rubric, rater, repeat, warranted, source, "
            "reason, at) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
            "warranted = excluded.warranted, source = excluded.source, reason = excluded.reason",
            [
                (transcript, w.message, rubric, rater, one.repeat, w.warranted, w.source, w.reason,
                 at)
                for w in one.warrants
            ],
        )  # fmt: skip
        if one.preference:
            told = one.preference
            connection.execute(
                "INSERT INTO preferences (first, second, trait, rater, winner, reason, at, run, "
                "rubric) VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    transcript,
                    other,
                    told.trait,
                    rater,
                    told.winner,
                    told.reason,
                    at,
                    self._run,
                    rubric,
                ),
            )

    def _keys(self, connection: Connection, one: Judged) -> tuple[int, int]:
        version = (one.rubric.trait, one.rubric.version)
        if version not in self._rubrics:
            self._rubrics[version] = Keys(connection).rubric(one.rubric)
        if one.rater not in self._raters:
            self._raters[one.rater] = Keys(connection).rater(one.rater)
        return self._rubrics[version], self._raters[one.rater]


def _beat(connection: Connection, run: int, progress: Mapping[str, Any] | None) -> None:
    told = json.dumps(progress) if progress is not None else None
    connection.execute(
        "UPDATE runs SET beat = ?, progress = coalesce(?, progress), "
        "asked = coalesce(json_extract(?, '$.asked'), asked) WHERE key = ?",
        (now(), told, told, run),
    )


def _key(connection: Connection, identity: str) -> int | None:
    row = connection.execute("SELECT key FROM transcripts WHERE id = ?", (identity,)).fetchone()
    return row[0] if row else None


def _call_row(call: Call) -> tuple[Any, ...]:
    return (
        call.step, call.status, call.reply, json.dumps(call.usage), call.cost, call.seconds,
        call.model or None, call.request_id or None, call.error or None,
    )  # fmt: skip


def keep_words(
    store: Store, rubrics: Iterable[Rubric], rater: Rater, details: Mapping[str, Any]
) -> None:
    """Keep the words that a run asks, so that it can be taken up again when they have changed,
    and what the judge's version stands for, so that it can be read years later."""
    with store.write() as connection:
        keys = Keys(connection)
        connection.execute(
            "UPDATE raters SET details = ? WHERE key = ?",
            (json.dumps(details, ensure_ascii=False), keys.rater(rater)),
        )
        for rubric in rubrics:
            keys.rubric(rubric)


def rubrics_of(store: Store, versions: Iterable[Sequence[str]]) -> list[Rubric]:
    """The rubrics with these (trait, version), by the words that were kept."""
    found = []
    for trait, version in versions:
        sql = "SELECT words FROM rubrics WHERE trait = ? AND version = ?"
        words = store.one(sql, (trait, version))
        if words is None:
            raise StoreError(f"the words of {trait} #{version} are not in {store.path}")
        found.append(Rubric.from_words(json.loads(words)))
    return found


def flag(store: Store, identity: str, flags: Iterable[Flag]) -> None:
    """Mark what in a transcript looks like an attack on its judge; it waits for a person."""
    with store.write() as connection:
        key = _key(connection, identity)
        if key is None:
            raise StoreError(f"no transcript {identity!r} here")
        connection.executemany(
            "INSERT INTO flags (transcript, kind, message, part, start, end, text, at) "
            "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
            [
                (key, f.kind, f.message, f.part, f.start, f.end, f.text, now()) for f in flags
            ],
        )  # fmt: skip


def abilities(store: Store, base_url: str, model: str) -> dict[str, bool]:
    """What this server was seen to do or not to do for this model."""
    sql = "SELECT abilities FROM servers WHERE base_url = ? AND model = ?"
    found = store.one(sql, (base_url, model))
    return dict(json.loads(found)) if found else {}


def remember(store: Store, base_url: str, model: str, seen: Mapping[str, bool]) -> None:
    """Keep what a server was seen to do, for the next run."""
    with store.write() as connection:
        connection.execute(
            "INSERT INTO servers (base_url, model, abilities, at) VALUES (?,?,?,?) "
            "ON CONFLICT DO UPDATE SET abilities = excluded.abilities, at = excluded.at",
            (base_url, model, json.dumps(dict(seen)), now()),
        )
