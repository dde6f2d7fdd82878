"""Ratings as history: nothing is overwritten, a later rating of the same rater supersedes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from sqlite3 import Connection, Row
from typing import Any

from rubrics import Quote, Rater, Rating, Rubric
from store.chains import Place, make_room, told_before
from store.database import Store
from store.errors import StoreError

EXTERNAL = "external"
CURRENT = "NOT EXISTS (SELECT 1 FROM ratings s WHERE s.supersedes = r.key)"


class Keys:
    """Keys of raters and rubrics, looked up or made, remembered for one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._raters: dict[Rater, int] = {}
        self._rubrics: dict[tuple[str, str], int] = {}

    def rater(self, rater: Rater) -> int:
        """The key of a rater."""
        key = self._raters.get(rater)
        if key is None:
            told = (rater.kind, rater.name, rater.version)
            self._connection.execute(
                "INSERT INTO raters (kind, name, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                told,
            )
            sql = "SELECT key FROM raters WHERE kind = ? AND name = ? AND version = ?"
            key = self._raters[rater] = self._connection.execute(sql, told).fetchone()[0]
        return key

    def rubric(self, rubric: Rubric) -> int:
        """The key of a rubric's version."""
        return self._kept(
            rubric.trait, rubric.version, rubric.level, rubric.scale.low, rubric.scale.high,
            int(rubric.scale.two_sided), json.dumps(rubric.words(), ensure_ascii=False),
        )  # fmt: skip

    def external(self, trait: str, scale: tuple[float, float] | None, level: str) -> int:
        """The key of a trait that has no rubric here, with the scale its source tells.

        The same trait on another scale is another version: their values cannot be averaged.
        """
        low, high = scale if scale else (None, None)
        version = EXTERNAL if scale is None else f"{EXTERNAL} {low:g}..{high:g}"
        return self._kept(trait, version, level, low, high, 0, None)

    def version(
        self, trait: str, version: str, scale: tuple[float, float] | None, level: str
    ) -> int:
        """The key of a version of a rubric whose words we do not have: ratings from elsewhere."""
        return self._kept(trait, version, level, *(scale or (None, None)), int(_below(scale)), None)

    def _kept(self, trait: str, version: str, *told: Any) -> int:
        key = self._rubrics.get((trait, version))
        if key is None:
            self._connection.execute(
                "INSERT INTO rubrics (trait, version, level, low, high, two_sided, words) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (trait, version, *told),
            )
            sql = "SELECT key FROM rubrics WHERE trait = ? AND version = ?"
            key = self._connection.execute(sql, (trait, version)).fetchone()[0]
            self._rubrics[trait, version] = key
        return key


def _below(scale: tuple[float, float] | None) -> bool:
    return scale is not None and scale[0] < 0


def save(
    store: Store,
    ratings: Iterable[Rating],
    rubrics: Mapping[str, Rubric],
    *,
    run: int | None = None,
) -> int:
    """Keep ratings of transcripts that are in the store; how many were kept.

    A rating equal to the latest one of its rater in value, quotes and reason is not kept again.
    All are kept or none. Raises `StoreError` for a transcript that is not there.
    """
    with store.write() as connection:
        return save_within(connection, ratings, rubrics, run=run)


def save_within(
    connection: Connection,
    ratings: Iterable[Rating],
    rubrics: Mapping[str, Rubric],
    *,
    run: int | None = None,
) -> int:
    """`save` as part of a transaction that is already open."""
    keys = Keys(connection)
    transcripts: dict[str, int] = {}
    kept = 0
    for rating in ratings:
        transcript = _transcript(connection, rating.transcript, transcripts)
        other = _transcript(connection, rating.other, transcripts) if rating.other else None
        rubric = keys.rubric(rubrics[rating.trait])
        kept += insert(
            connection, rating, (transcript, rubric, keys.rater(rating.rater), other), run
        )
    return kept


def _transcript(connection: Connection, identity: str, known: dict[str, int]) -> int:
    if identity not in known:
        sql = "SELECT key FROM transcripts WHERE id = ?"
        row = connection.execute(sql, (identity,)).fetchone()
        if row is None:
            raise StoreError(f"no transcript {identity!r} here; import it before its ratings")
        if len(known) > 10_000:
            known.clear()
        known[identity] = row[0]
    return known[identity]


def insert(
    connection: Connection,
    rating: Rating,
    place: Place,
    run: int | None = None,
    *,
    dated: bool = False,
) -> int:
    """Keep one rating whose keys are known; 0 where it says what its rater said last.

    A `dated` one, from a file, that was given before the latest comes into the history under it.
    """
    transcript, rubric, rater, other = place
    last = connection.execute(
        "SELECT key, status, value, why, reason, at FROM ratings r WHERE transcript = ? "
        "AND rater = ? AND rubric = ? AND message IS ? AND repeat = ? AND other IS ? "
        f"AND {CURRENT}",
        (transcript, rater, rubric, rating.message, rating.repeat, other),
    ).fetchone()
    if last is not None and (
        _same(connection, last, rating) or told_before(connection, place, rating)
    ):
        return 0
    older = dated and last is not None and "" < rating.at < last["at"]
    above = make_room(connection, place, rating) if older else None
    below = above["supersedes"] if above else last["key"] if last else None
    cursor = connection.execute(
        "INSERT INTO ratings (transcript, rubric, rater, message, repeat, other, status, value, "
        "why, reason, at, run, supersedes) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            transcript, rubric, rater, rating.message, rating.repeat, other, rating.status,
            rating.value, rating.why or None, rating.reason or None, rating.at or _now(), run,
            below,
        ),
    )  # fmt: skip
    if above:
        connection.execute(
            "UPDATE ratings SET supersedes = ? WHERE key = ?", (cursor.lastrowid, above["key"])
        )
    if rating.quotes:
        connection.executemany(
            "INSERT INTO quotes (rating, message, part, start, end, text, match) "
            "VALUES (?,?,?,?,?,?,?)",
            [(cursor.lastrowid, *_quote_row(quote)) for quote in rating.quotes],
        )
    return 1


def _quote_row(quote: Quote) -> tuple[Any, ...]:
    return (quote.message, quote.part, quote.start, quote.end, quote.text, quote.match)


def _same(connection: Connection, last: Row, rating: Rating) -> bool:
    told = (last["status"], last["value"], last["why"] or "", last["reason"] or "")
    if told != (rating.status, rating.value, rating.why, rating.reason):
        return False
    sql = "SELECT message, part, start, end, text, match FROM quotes WHERE rating = ? ORDER BY key"
    kept = [tuple(row) for row in connection.execute(sql, (last["key"],))]
    return kept == [_quote_row(quote) for quote in rating.quotes]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_COLUMNS = """
SELECT r.key, t.id AS transcript, o.id AS other, b.trait, b.version AS rubric,
       a.kind, a.name, a.version, r.status, r.value, r.message, r.repeat, r.why, r.reason, r.at
FROM ratings r
JOIN transcripts t ON t.key = r.transcript
JOIN rubrics b ON b.key = r.rubric
JOIN raters a ON a.key = r.rater
LEFT JOIN transcripts o ON o.key = r.other
"""


def of_transcripts(
    store: Store, identities: Iterable[str], *, history: bool = False
) -> Iterator[Rating]:
    """The latest ratings of these transcripts, with quotes; all ever given, with `history`.

    A rating that its rater took back is history only.
    """
    wanted = json.dumps(list(identities))
    latest = "" if history else f"AND {CURRENT} AND coalesce(r.why, '') <> 'withdrawn'"
    rows = store.rows(
        f"{_COLUMNS} WHERE t.id IN (SELECT value FROM json_each(?)) {latest} "
        "ORDER BY r.transcript, b.trait, a.kind, a.name, r.message, r.repeat, r.at, r.key",
        (wanted,),
    )
    quotes = _quotes_of(store, [row["key"] for row in rows])
    for row in rows:
        yield _rating(row, quotes.get(row["key"], ()))


def each_rating(
    store: Store, where: str = "1", values: Any = (), *, history: bool = False
) -> Iterator[Rating]:
    """Every latest rating that fits, or with `history` every one ever given, in the order they
    were kept; streamed."""
    latest = "1" if history else CURRENT
    for row in store.each(f"{_COLUMNS} WHERE {latest} AND {where} ORDER BY r.key", values):
        yield _rating(row, _quotes_of(store, [row["key"]]).get(row["key"], ()))


def _quotes_of(store: Store, keys: list[int]) -> dict[int, tuple[Quote, ...]]:
    rows = store.rows(
        "SELECT rating, message, part, start, end, text, match FROM quotes "
        "WHERE rating IN (SELECT value FROM json_each(?)) ORDER BY key",
        (json.dumps(keys),),
    )
    found: dict[int, tuple[Quote, ...]] = {}
    for row in rows:
        quote = Quote(
            row["text"], *(row[name] for name in ("message", "part", "start", "end", "match"))
        )
        found[row["rating"]] = (*found.get(row["rating"], ()), quote)
    return found


def _rating(row: Row, quotes: tuple[Quote, ...]) -> Rating:
    return Rating(
        transcript=row["transcript"],
        trait=row["trait"],
        rater=Rater(row["kind"], row["name"], row["version"]),
        status=row["status"],
        value=row["value"],
        message=row["message"],
        repeat=row["repeat"],
        why=row["why"] or "",
        reason=row["reason"] or "",
        quotes=quotes,
        rubric=row["rubric"],
        other=row["other"],
        at=row["at"],
    )
