"""Out to others: Scout's transcripts Parquet and its validation cases.

Shapes from inspect_scout 0.6 (`transcripts_db_schema`, `ValidationCase`): one row a transcript
with `transcript_id` and `messages` as Inspect writes them; `id,target,split` of people's ratings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import fmean
from typing import Any

from store import exporting, selecting
from store.database import Store
from store.errors import StoreError
from store.exporting import rating_row, scales, to_record
from store.manners import manners
from store.naming import named, rated
from store.selecting import Chosen, Wanted
from transcripts import Transcript
from transcripts.blocks import compact
from transcripts.outgoing import to_inspect
from transcripts.transcript import digest

Row = dict[str, Any]

SCOUT = (
    "transcript_id", "source_type", "source_id", "date", "task_id", "task_repeat", "model",
    "score", "message_count", "total_tokens", "messages", "release", "ratings", "metadata_json",
)  # fmt: skip
RESERVED = {
    *SCOUT, "source_uri", "task_set", "agent", "agent_args", "model_options", "score_explanation",
    "success", "total_time", "error", "limit", "trust_content", "events", "timelines",
    "events_data", "filename", "metadata",
}  # fmt: skip
MOST_COLUMNS = 200
CASES = ("id", "target", "split")


def native_rows(store: Store, wanted: Wanted) -> Iterator[Row]:
    """The transcripts that fit in the native interchange, with all their ratings."""
    known, manner = scales(store), manners(store)
    for chosen in selecting.each(store, wanted):
        one = chosen.transcript
        ratings = [{**rating_row(each, one, known), **manner(each)} for each in chosen.ratings]
        yield to_record(one, ratings)


def rating_rows(store: Store, wanted: Wanted, *, history: bool = False) -> Iterator[Row]:
    """The ratings that fit in the native interchange, of whatever status: the latest, or with
    `history` every one ever given.

    Bounds hold for rated ones, and let no others through.
    """
    if wanted.trait:
        rated(store, wanted.trait)
    rater = str(named(store, wanted.rater, wanted.trait).rater) if wanted.rater else None
    bound = wanted.low is not None or wanted.high is not None
    for row in exporting.rating_rows(store, history=history):
        asked = (wanted.release, wanted.trait, rater)
        told = (row["release"], row["trait"], row["rater"])
        fits = all(one in (None, other) for one, other in zip(asked, told, strict=True))
        if fits and (not bound or (row["value"] is not None and wanted.holds(row["value"]))):
            yield row


def scout_columns(store: Store, wanted: Wanted) -> tuple[str, ...]:
    """The columns of the Parquet: Scout's, ours, and the commonest keys of the metadata.

    Names of columns are alike in upper and lower case to Scout; of two keys that differ in
    nothing else, the commoner is a column. `metadata_json` holds all of it.
    """
    rows = store.rows(
        "SELECT j.key, count(*) AS n FROM transcripts t JOIN releases e ON e.key = t.release, "
        "json_each(t.metadata) j WHERE ? IS NULL OR e.name = ? GROUP BY 1 ORDER BY n DESC, 1",
        (wanted.release, wanted.release),
    )
    known = {name.lower() for name in RESERVED}
    keys: list[str] = []
    for key in (str(row["key"]) for row in rows):
        if key and key.isprintable() and key.lower() not in known and len(keys) < MOST_COLUMNS:
            known.add(key.lower())
            keys.append(key)
    return (*SCOUT, *keys)


def scout_rows(store: Store, wanted: Wanted, columns: tuple[str, ...]) -> Iterator[Row]:
    """A row a transcript; `score` is the wanted rater's value of the wanted trait, if any."""
    known = scales(store)
    for chosen in selecting.each(store, wanted):
        one = chosen.transcript
        ratings = [rating_row(rating, one, known) for rating in chosen.ratings]
        yield {
            **{key: _cell(one.metadata.get(key)) for key in columns[len(SCOUT) :]},
            **_scout(one, chosen),
            "ratings": ratings,
            "metadata_json": dict(one.metadata),
        }


def _scout(one: Transcript, chosen: Chosen) -> Row:
    usage = one.metadata.get("usage")
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    return {
        "transcript_id": one.id,
        "source_type": "traitbook",
        "source_id": one.release,
        "date": _text(one.metadata.get("created")),
        "task_id": one.scenario,
        "task_repeat": one.sample,
        "model": one.model or None,
        "score": compact(fmean(chosen.places.values())) if chosen.places else None,
        "message_count": len(one.messages),
        "total_tokens": tokens if isinstance(tokens, int) else None,
        "messages": to_inspect(one),
        "release": one.release,
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _cell(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else compact(value)


def case_rows(
    store: Store, wanted: Wanted, left: Counter[str], test_share: float = 0.5
) -> Iterator[Row]:
    """A line a rated transcript: its id, what the rater said of the trait, and its part.

    The value of a whole transcript is meant; where turns alone were rated, their mean. The part
    (`dev`, `test`) is the one its scenario was put in for calibration, else it is drawn from the
    scenario's name: all transcripts of a scenario are in one part, and the same at every export.
    Raises `StoreError` without a trait.
    """
    if wanted.trait is None:
        raise StoreError("validation cases are of one trait; name it with --trait")
    splits = _splits(store)
    for chosen in selecting.each(store, wanted):
        if not chosen.places:
            left["not rated"] += 1
            continue
        whole = chosen.places.get(None)
        value = fmean(chosen.places.values()) if whole is None else whole
        scenario = chosen.transcript.scenario
        part = splits.get(scenario) or _drawn(scenario, test_share)
        target = int(value) if value == int(value) else value
        yield {"id": chosen.transcript.id, "target": target, "split": part}


def _drawn(scenario: str, test_share: float) -> str:
    return "test" if int(digest(["split", scenario])[:8], 16) < test_share * 16**8 else "dev"


def _splits(store: Store) -> dict[str, str]:
    """The part of each scenario that was put in one for calibration."""
    if not store.one("SELECT 1 FROM sqlite_master WHERE name = 'label_splits'"):
        return {}
    rows = store.rows(
        "SELECT s.name, l.split FROM label_splits l JOIN scenarios s ON s.key = l.scenario"
    )
    return {row["name"]: row["split"] for row in rows}
