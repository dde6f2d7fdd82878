"""`compare` at work. Apart from its options because numpy and scipy are slow to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from commands import note, put, table
from releases.applicable import Applicable, applicable
from releases.comparing import Change, Two, compare, measures
from releases.correcting import Corrected, correct
from releases.correcting import difference as corrected_difference
from releases.preferring import ranked
from releases.slicing import slices
from releases.telling import difference, plain, sentence, title, told_apart
from rubrics import Rubric
from stats.estimate import Estimate
from store import Store, uncompared
from store.choosing import chosen, doubts, met
from store.frames import labels, metadata, places, sources
from store.preferring import preferences

COLUMNS = ["trait", "measure", "scenarios", "dropped", "base", "candidate", "difference", "p adj"]


def run(store: Store, base: str, candidate: str, rubrics: dict[str, Rubric], **given: Any) -> None:
    """Compare and print; `given` are `raters`, `traits`, `labels`, `by`, `ordinal`, `as_json`."""
    found = compared(store, base, candidate, given["raters"], given["traits"])
    changes = compare(found)
    absent = {two.instrument.trait: applicable(two) for two in found}
    fixed = _fixed(store, found, (base, candidate), given["labels"])
    warned = [*doubts(store, base), *doubts(store, candidate)]
    ordinal = _ordinal(found) if given["ordinal"] else {}
    sliced = _sliced(store, found, given["by"]) if given["by"] else []
    ranking = [row for trait in {one.trait for one in changes} for row in _ranking(store, trait)]
    if given["as_json"]:
        rows = [
            as_row(one)
            | _absent_row(absent[one.trait])
            | ordinal.get(one.trait, {})
            | corrected_row(fixed.get(_place(one)))
            for one in changes
        ]
        put({
            "base": base, "candidate": candidate, "rater": one_rater(changes), "traits": rows,
            "slices": [{"slice": value} | as_row(one) for value, one in sliced],
            "preferences": ranking, "notes": warned,
        })  # fmt: skip
        return
    for line in warned:
        note(line)
    _print(changes, (base, candidate), rubrics, ordinal)
    for line in absent_told(absent, (base, candidate), rubrics):
        click.echo(line)
    _print_more(fixed, sliced, ranking, given["by"])


def _place(one: Change) -> tuple[str, str]:
    return one.trait, one.measure


Fixed = tuple[Corrected, Corrected, Estimate]


def _fixed(
    store: Store, found: list[Two], names: tuple[str, str], truth: Sequence[str]
) -> dict[tuple[str, str], Fixed]:
    """By trait and measure, both releases corrected by people, and the corrected change."""
    made: dict[tuple[str, str], Fixed] = {}
    everybody = {one.instrument: one for one in sources(store)}
    at = places(store, names)
    for two in found:
        people, _ = labels(store, everybody[two.instrument], at, truth)
        for measure in measures(two.instrument) if people is not None else ():
            sides = [correct(one, people, measure) for one in two[:2]]
            if min(side.labels for side in sides) >= 2:
                change = corrected_difference(*sides)
                made[two.instrument.trait, measure] = (sides[0], sides[1], change)
    return made


def corrected_row(fixed: Fixed | None) -> dict[str, Any]:
    """The corrected numbers as JSON; nothing where nobody labelled."""
    if fixed is None:
        return {}
    row: dict[str, Any] = {}
    for name, one in (("base", fixed[0]), ("candidate", fixed[1])):
        row[f"{name}_corrected"] = one.corrected.estimate
        row[f"{name}_corrected_low"] = one.corrected.low
        row[f"{name}_corrected_high"] = one.corrected.high
        row[f"{name}_labels"], row[f"{name}_method"] = one.labels, one.method
        row[f"{name}_labels_to_halve"] = one.halved
    change = fixed[2]
    return row | {
        "difference_corrected": change.estimate,
        "difference_corrected_low": change.low,
        "difference_corrected_high": change.high,
    }


def _sliced(store: Store, found: list[Two], name: str) -> list[tuple[str, Change]]:
    made = []
    for two in found:
        sides = [metadata(store, one.key, name) for one in two[:2]]
        for measure in measures(two.instrument):
            made += [(one.value, one.change) for one in slices(two, measure, *sides)]
    return made


def _ranking(store: Store, trait: str) -> list[dict[str, Any]]:
    """Bradley-Terry over all releases, by each rater that was shown two at a time."""
    rows = []
    lost = uncompared.count(store, trait)
    for (_, rater), found in preferences(store, trait).items():
        ranking = ranked(found)
        failed = lost.pop(rater, 0)
        for release, one in zip(ranking.items, ranking.strengths, strict=False):
            rows.append({"trait": trait, "rater": rater, "release": str(release),
                         "strength": one.estimate, "low": one.low, "high": one.high,
                         "n": one.n, "unscored": failed})  # fmt: skip
        if ranking.note:
            rows.append({"trait": trait, "rater": rater, "release": None, "strength": None,
                         "n": len(found), "unscored": failed,
                         "note": ranking.note})  # fmt: skip
    for rater, failed in lost.items():
        rows.append({"trait": trait, "rater": rater, "release": None, "strength": None, "n": 0,
                     "unscored": failed, "note": "every comparison failed"})  # fmt: skip
    return rows


def _print_more(
    fixed: dict[tuple[str, str], Fixed], sliced: list[tuple[str, Change]],
    ranking: list[dict[str, Any]], by: str,
) -> None:  # fmt: skip
    if fixed:
        click.echo("\nCorrected by people:")
        table(["trait", "measure", "base", "candidate", "difference", "labels"], [
            [trait, measure, *(_told(one, measure) for one in (a.corrected, b.corrected, change)),
             f"{a.labels} + {b.labels}"]
            for (trait, measure), (a, b, change) in fixed.items()
        ])  # fmt: skip
    if sliced:
        click.echo(f"\nBy {by}:")
        table([by, "trait", "measure", "scenarios", "difference"], [
            [value, one.trait, one.measure, one.scenarios, difference(one)]
            for value, one in sliced if one.difference is not None
        ])  # fmt: skip
    if ranking:
        click.echo("\nPreferred side by side (Bradley-Terry):")
        names = ["trait", "rater", "release", "strength", "low", "high", "n", "unscored"]
        table(names, [[row.get(name) for name in names] for row in ranking])


def _told(one: Estimate, measure: str) -> str:
    share = measure in ("under", "over")
    if one.estimate is None or one.low is None:
        return one.note or plain(one.estimate, share=share)
    ends = " to ".join(plain(x, share=share) for x in (one.low, one.high))
    return f"{plain(one.estimate, share=share)} ({ends})"


def compared(
    store: Store, base: str, candidate: str, raters: tuple[str, ...], traits: tuple[str, ...] = ()
) -> list[Two]:
    """Both releases' answers to every trait."""
    return [Two(*one) for one in met(store, chosen(store, raters, traits), base, candidate)]


def as_row(one: Change) -> dict[str, Any]:
    """A change as JSON; `note` is there where something must be known."""
    row = asdict(one)
    if not one.note:
        row.pop("note")
    return row


def _absent_row(one: Applicable) -> dict[str, Any]:
    """What was not applicable, as JSON; null where the releases share no scenario."""
    told = {"not_applicable_base": one.base, "not_applicable_candidate": one.candidate,
            "mismatched": one.mismatched}  # fmt: skip
    return {name: value if one.scenarios else None for name, value in told.items()}


def absent_told(
    absent: Mapping[str, Applicable], names: tuple[str, str], rubrics: Mapping[str, Rubric]
) -> list[str]:
    """A line for each trait whose comparison leaves out much that only one release has."""
    return [
        f"{title(trait, rubrics)}: {one.told(*names)}: the comparison is of the rest."
        for trait, one in absent.items() if one.matters
    ]  # fmt: skip


def one_rater(changes: list[Change]) -> str | None:
    """The rater of all lines, or None where they differ (each line names its own)."""
    raters = {one.rater for one in changes}
    return raters.pop() if len(raters) == 1 else None


def _ordinal(found: list[Two]) -> dict[str, dict[str, Any]]:
    from releases.sensitivity import ordinal_line

    return {two.instrument.trait: ordinal_line(two) for two in found}


def _print(
    changes: list[Change], names: tuple[str, str], rubrics: dict[str, Rubric], ordinal: Any
) -> None:
    rows = []
    for one in changes:
        levels = [plain(x, share=one.is_share) for x in (one.base, one.candidate)]
        told = difference(one) if one.difference is not None else "-"
        rows.append([one.trait, one.measure, one.scenarios, one.dropped, *levels, told,
                     one.p_adjusted])  # fmt: skip
    table(COLUMNS, rows)
    click.echo()
    said = told_apart(changes)
    for one in changes:
        if one in said or one.difference is None:
            click.echo(sentence(one, *names, rubrics.get(one.trait)))
    quiet = sum(1 for one in changes if not one.shown and one.difference is not None)
    if quiet:
        click.echo(f"{quiet} of {len(changes)} lines: no change beyond chance.")
    for trait, line in ordinal.items():
        click.echo(f"{trait}, ordinal model: {line['ordinal_told']}")
