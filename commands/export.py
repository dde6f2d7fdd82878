"""`export`: transcripts, ratings and preferences out again, in our shape or another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from commands import common, existing, note, put
from store import Store, anonymising, exporting, sharing, training
from store.naming import number_of
from store.preferences_out import PREFERENCE_COLUMNS, preference_rows
from store.selecting import Wanted

TUNING = ("messages",)
PAIRS = ("input", "preferred_output", "non_preferred_output")


@dataclass(frozen=True)
class Asked:
    """What was asked for, and what came of it beside the rows."""

    store: Store
    wanted: Wanted
    given: dict[str, Any]
    left: Counter[str]
    cleaned: dict[str, int]


Rows = tuple[Iterable[dict[str, Any]], tuple[str, ...]]
Form = Callable[[Asked], Rows]


def _native(asked: Asked) -> Rows:
    return sharing.native_rows(asked.store, asked.wanted), exporting.TRANSCRIPT_COLUMNS


def _bundle(asked: Asked) -> Rows:
    names, drop, keep = (asked.given[key] for key in ("names", "drop", "keep"))
    clean = anonymising.cleaner(asked.store, names, drop, keep)
    clean.counts = asked.cleaned
    rows = anonymising.bundle_rows(asked.store, asked.wanted, clean)
    return rows, exporting.TRANSCRIPT_COLUMNS


def _scout(asked: Asked) -> Rows:
    columns = sharing.scout_columns(asked.store, asked.wanted)
    return sharing.scout_rows(asked.store, asked.wanted, columns), columns


def _tuning(asked: Asked) -> Rows:
    return training.tuning_rows(asked.store, asked.wanted, asked.left), TUNING


def _ratings(asked: Asked) -> Rows:
    history = asked.given["history"]
    return sharing.rating_rows(asked.store, asked.wanted, history=history), exporting.RATING_COLUMNS


def _cases(asked: Asked) -> Rows:
    share = asked.given["test_share"]
    return sharing.case_rows(asked.store, asked.wanted, asked.left, share), sharing.CASES


def _preferences(asked: Asked) -> Rows:
    history = asked.given["history"]
    return preference_rows(asked.store, asked.wanted, history=history), PREFERENCE_COLUMNS


def _pairs(asked: Asked) -> Rows:
    better, margin = asked.given["better"], asked.given["margin"]
    rows = training.pair_rows(asked.store, asked.wanted, asked.left, better, margin)
    return rows, PAIRS


FORMS: dict[tuple[str, str], tuple[Form, tuple[str, ...]]] = {
    ("transcripts", "native"): (_native, (".jsonl", ".csv", ".parquet")),
    ("transcripts", "bundle"): (_bundle, (".jsonl", ".csv", ".parquet")),
    ("transcripts", "scout"): (_scout, (".parquet",)),
    ("transcripts", "openai"): (_tuning, (".jsonl",)),
    ("ratings", "native"): (_ratings, (".jsonl", ".csv", ".parquet")),
    ("ratings", "scout"): (_cases, (".csv", ".jsonl")),
    ("preferences", "openai"): (_pairs, (".jsonl",)),
    ("preferences", "native"): (_preferences, (".jsonl", ".csv", ".parquet")),
}  # fmt: skip
"""What may be written in which form, and the endings that form goes by."""


@click.command("export")
@click.argument("what", type=click.Choice(["transcripts", "ratings", "preferences"]))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="FILE.jsonl, .csv or .parquet.",
)  # fmt: skip
@click.option(
    "--as", "form", type=click.Choice(["native", "scout", "openai", "bundle"]),
    help="The form: native, unless it is preferences; bundle is native without people's names.",
)  # fmt: skip
@click.option("--release", help="Only this release.")
@click.option("--trait", help="Only what was rated for this trait.")
@click.option("--rater", help="Whose ratings choose; the trait's own where left out.")
@click.option("--min", "low", type=float, help="The least value of the trait.")
@click.option("--max", "high", type=float, help="The greatest value of the trait.")
@click.option(
    "--better", type=click.Choice(["high", "low", "zero"]),
    help="Preferences: which end of the scale is good, where its rubric does not say.",
)  # fmt: skip
@click.option(
    "--margin", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
    help="Preferences: points by which the better of two must be better.",
)  # fmt: skip
@click.option(
    "--test-share", type=click.FloatRange(0, 1), default=0.5, show_default=True,
    help="Validation cases: the share of scenarios drawn for the test part.",
)  # fmt: skip
@click.option("--history", is_flag=True, help="Ratings, preferences: every one given.")
@click.option("--drop", multiple=True, metavar="KEY", help="Bundle: metadata to leave out too.")
@click.option("--keep", multiple=True, metavar="KEY", help="Bundle: metadata to keep after all.")
@click.option("--name", "names", multiple=True, help="Bundle: a person's name to replace.")
@common
def command(
    what: str, output: Path, form: str | None, db: Path, as_json: bool, **given: Any
) -> None:
    """Write transcripts (with their ratings), ratings or preferences to a file.

    --as scout: transcripts as Scout's Parquet, ratings as its validation cases (CSV). --as openai:
    transcripts as fine-tuning lines, preferences as pairs. --as bundle: transcripts without
    people's names, paths and personal metadata, to be shared.
    """
    form = form or ("openai" if what == "preferences" else "native")
    known = FORMS.get((what, form))
    if known is None:
        forms = ", ".join(f for w, f in FORMS if w == what)
        raise click.UsageError(f"{what} cannot be written as {form}; known: {forms}")
    make, endings = known
    if output.suffix.lower() not in endings:
        raise click.UsageError(f"{what} as {form} are written to {', '.join(endings)} files")
    wanted = Wanted(*(given[key] for key in ("release", "trait", "rater", "low", "high")))
    asked = Asked(existing(db), wanted, given, Counter(), {})
    if wanted.release:
        number_of(asked.store, wanted.release)
    rows, columns = make(asked)
    count = exporting.write(output, rows, columns)
    _say(what, count, output, asked, as_json)


def _say(what: str, count: int, output: Path, asked: Asked, as_json: bool) -> None:
    if as_json:
        cleaned = {"replaced": asked.cleaned} if asked.cleaned else {}
        left = {"left_out": dict(asked.left)} if asked.left else {}
        put({"file": str(output), what: count, **left, **cleaned})
        return
    click.echo(f"{count:,} {what} written to {output}")
    for why, number in asked.left.items():
        note(f"left out: {number:,} ({why})")
    if asked.cleaned:
        told = ", ".join(f"{number:,} {what}" for what, number in asked.cleaned.items())
        note(f"replaced: {told}; a name nobody knows here stays, so read it before it goes out")
