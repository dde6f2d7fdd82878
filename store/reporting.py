"""What a report says besides numbers: why ratings failed, what runs were made, the words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from store.database import Store
from store.frames import Source
from store.naming import number_of
from store.ratings import CURRENT


@dataclass(frozen=True, slots=True)
class Words:
    """What one instrument said of one transcript: value, reason, quotes (text, match), each turn
    it rated; `opening` is how the conversation begins."""

    id: str
    opening: str
    said: tuple[tuple[int | None, float | None, str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One pass of a scorer; `options` as it was started."""

    key: int
    started: str
    kind: str
    state: str
    asked: int
    options: str


def reasons(store: Store, source: Source, release: str) -> dict[str, int]:
    """Why ratings of one release are unscored, and how many."""
    rows = store.rows(
        "SELECT r.why, count(*) FROM ratings r JOIN transcripts t ON t.key = r.transcript "
        f"WHERE r.rubric = ? AND r.rater = ? AND r.status = 'unscored' AND t.release = ? "
        f"AND {CURRENT} GROUP BY 1 ORDER BY 2 DESC",
        (source.rubric, source.rater, number_of(store, release)),
    )
    return {row[0] or "not said": row[1] for row in rows}


def words(store: Store, source: Source, keys: Iterable[int]) -> dict[int, Words]:
    """What an instrument said of these transcripts (by key), the furthest from 0 first."""
    wanted = json.dumps([int(one) for one in keys])
    quotes: dict[int, list[tuple[str, str]]] = {}
    rows = store.rows(
        "SELECT r.key, r.transcript, t.id, t.opening, r.message, r.value, r.reason "
        "FROM json_each(?) k JOIN transcripts t ON t.key = k.value "
        "JOIN ratings r ON r.transcript = t.key AND r.rater = ? AND r.rubric = ? "
        f"WHERE {CURRENT} AND r.status = 'rated' ORDER BY abs(r.value) DESC, r.message",
        (wanted, source.rater, source.rubric),
    )
    for row in store.rows(
        "SELECT rating, text, match FROM quotes WHERE rating IN (SELECT value FROM json_each(?)) "
        "ORDER BY key",
        (json.dumps([row["key"] for row in rows]),),
    ):
        quotes.setdefault(row["rating"], []).append((row["text"], row["match"]))
    found: dict[int, Words] = {}
    for row in rows:
        said = (
            row["message"],
            row["value"],
            row["reason"] or "",
            tuple(quotes.get(row["key"], ())),
        )
        old = found.get(row["transcript"])
        before = old.said if old else ()
        found[row["transcript"]] = Words(row["id"], row["opening"] or "", (*before, said))
    return found


def runs(store: Store, sources: Iterable[Source]) -> list[Run]:
    """The runs that the ratings of these instruments came from, in order."""
    pairs = [[one.rubric, one.rater] for one in sources]
    rows = store.rows(
        "SELECT u.key, u.started, u.kind, u.state, u.asked, u.options FROM runs u WHERE EXISTS "
        "(SELECT 1 FROM ratings r, json_each(?) p WHERE r.run = u.key "
        "AND r.rubric = p.value ->> 0 AND r.rater = p.value ->> 1) ORDER BY u.key",
        (json.dumps(pairs),),
    )
    return [Run(*row) for row in rows]


def cost(store: Store, sources: Iterable[Source], releases: Iterable[str]) -> str:
    """What judging these releases by these instruments cost, in words; repairs, retries and
    repeats included. An unknown price is said to be so, never taken for 0."""
    found = list(sources)
    row = store.rows(
        "SELECT count(*) AS calls, sum(c.cost IS NULL) AS unknown, sum(c.cost) AS known "
        "FROM calls c JOIN transcripts t ON t.key = c.transcript "
        "JOIN releases e ON e.key = t.release "
        "WHERE e.name IN (SELECT value FROM json_each(?)) AND EXISTS (SELECT 1 FROM json_each(?) p "
        "WHERE c.rubric = p.value ->> 0 AND c.rater = p.value ->> 1)",
        (json.dumps(list(releases)), json.dumps([[one.rubric, one.rater] for one in found])),
    )[0]
    calls = row["calls"]
    if not calls:
        return "nothing: rules" if all(one.kind == "signal" for one in found) else "not recorded"
    known = row["known"] or 0.0
    if row["unknown"]:
        return f"{known:.2f} USD and {row['unknown']:,} of {calls:,} calls at a price unknown here"
    return f"{known:.2f} USD for {calls:,} calls"


def rubric_words(store: Store, source: Source) -> str | None:
    """The words of the rubric's version that was asked, as JSON; None for an external trait."""
    found: str | None = store.one("SELECT words FROM rubrics WHERE key = ?", (source.rubric,))
    return found


def before(store: Store, release: str) -> str | None:
    """The release before this one in the order; None for the first."""
    number_of(store, release)
    found: str | None = store.one(
        "SELECT name FROM releases WHERE place < (SELECT place FROM releases WHERE name = ?) "
        "ORDER BY place DESC LIMIT 1",
        (release,),
    )
    return found
