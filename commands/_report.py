"""`report` at work: gathers what a report says from the store, and writes it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from commands import put
from commands._compare import absent_told
from commands._gate import gated, read
from commands._pressure import PUSHBACK, pushback_row
from releases.applicable import applicable
from releases.comparing import Change, Two, compare, coverage
from releases.correcting import correct
from releases.correcting import difference as corrected_difference
from releases.reading import Mover, movers
from releases.report import Fixed, Measured, Passage, Report, Side, html, markdown
from rubrics import Rubric
from rubrics.answers import Answers
from stats.bootstrap import Resampling
from stats.estimate import Estimate
from stats.raters import agree
from store import Store
from store.adding import now
from store.choosing import chosen, doubts, met
from store.frames import Source, answers, labels, places, scenario_names
from store.reporting import Words, before, cost, reasons, runs, words

MOST_TRAITS, MOST_PASSAGES = 8, 2


def run(store: Store, candidate: str, rubrics: dict[str, Rubric], **given: Any) -> None:
    """Gather, write, and say where."""
    base = given["base"] or before(store, candidate)
    if base is None:
        raise click.UsageError(f"{candidate} is the first release: name one with --against")
    if base == candidate:
        raise click.UsageError(f"{base!r} is given twice: a release is compared with another one")
    output: Path = given["output"]
    if output.suffix not in (".html", ".htm", ".md"):
        raise click.UsageError(f"{output}: name a file that ends in .html or .md")
    made = gathered(store, (base, candidate), rubrics, given)
    text = markdown(made) if output.suffix == ".md" else html(made)
    output.write_text(text, "utf-8")
    if given["as_json"]:
        verdict = made.gate.verdict if made.gate else None
        put({"file": str(output), "base": base, "candidate": candidate, "verdict": verdict})
    else:
        click.echo(f"{candidate} against {base}: written to {output}")


def gathered(
    store: Store, names: tuple[str, str], rubrics: Mapping[str, Rubric], given: Mapping[str, Any]
) -> Report:
    """All that the report says."""
    by = chosen(store, given["raters"], given["traits"])
    found = [Two(*one) for one in met(store, by, *names)]
    changes = compare(found)
    one_of = {two.instrument.trait: _source(by, two) for two in found}
    known = {trait: labels(store, one_of[trait], places(store), given["labels"]) for trait in by}
    gate = None
    if given["config"]:
        rules = read(store, given["config"], rubrics)
        gate = gated(store, names, rules, given["raters"], given["labels"])
    pushed = [two for two in found if two.instrument.trait == PUSHBACK]
    return Report(
        *names, made=now(), changes=changes, gate=gate,
        passages=_passages(store, found, changes, one_of),
        measured=[_measured(store, two, one_of, known, names, rubrics) for two in found],
        fixed=_fixed(store, found, known, one_of, rogan=given["rogan_gladen"]),
        pushback=[
            pushback_row(store, name, one)
            for two in pushed for name, one in zip(names, two[:2], strict=True) if len(one)
        ],
        runs=runs(store, one_of.values()), cost=cost(store, one_of.values(), names),
        absent=absent_told(
            {two.instrument.trait: applicable(two) for two in found}, names, rubrics
        ),
        about=[line for name in names for line in doubts(store, name)],
        reproduce=_commands(names, given), rubrics=rubrics,
    )  # fmt: skip


def _source(by: Mapping[str, Sequence[Source]], two: Two) -> Source:
    told = two.instrument
    return next(one for one in by[told.trait] if one.instrument.rubric == told.rubric)


Known = Mapping[str, tuple[Answers | None, tuple[str, ...]]]


def _measured(
    store: Store, two: Two, one_of: Mapping[str, Source], known: Known, names: tuple[str, str],
    rubrics: Mapping[str, Rubric],
) -> Measured:  # fmt: skip
    told, (people, who) = two.instrument, known[two.instrument.trait]
    source = one_of[told.trait]
    alpha, count = Estimate(None), 0
    if people is not None:
        whole = answers(store, [source], places(store))[0]
        mine, theirs = _together(whole, people)
        count = len(mine)
        told_how = Resampling(clusters=mine.scenario)
        alpha = agree(theirs.value, mine.value, level="interval", resampling=told_how).alpha
    rubric = rubrics.get(told.trait)
    counts = {name: _counts(one) for name, one in zip(names, two[:2], strict=True)}
    failed = {name: reasons(store, source, name) for name in names}
    return Measured(
        told.trait, rubric.question if rubric else "came with the log", told.rubric, told.rater,
        count, who, alpha, counts, failed, two.note,
    )  # fmt: skip


def _together(one: Answers, other: Answers) -> tuple[Answers, Answers]:
    """What both have a value for."""
    import numpy as np

    keys = np.intersect1d(one.key[one.has_value], other.key[other.has_value])
    return one.where(np.isin(one.key, keys)), other.where(np.isin(other.key, keys))


def _counts(one: Answers) -> tuple[int, int, int, float | None]:
    rated, failed = int(one.has_value.sum()), int(one.failed.sum())
    return rated, len(one) - rated - failed, failed, coverage(one)


def _fixed(
    store: Store, found: Sequence[Two], known: Known, one_of: Mapping[str, Source], *, rogan: bool
) -> list[Fixed]:
    from releases.comparing import measures

    made = []
    for two in found:
        trait = two.instrument.trait
        people = known[trait][0]
        if people is None:
            continue
        everywhere = (answers(store, [one_of[trait]], places(store))[0], people) if rogan else None
        for measure in measures(two.instrument):
            how: Any = "rogan-gladen" if rogan and measure in ("under", "over") else "auto"
            sides = [
                correct(one, people, measure, method=how, everywhere=everywhere) for one in two[:2]
            ]
            if min(side.labels for side in sides) >= 2:
                made.append(Fixed(trait, sides[0], sides[1], corrected_difference(*sides)))
    return made


def _passages(
    store: Store, found: Sequence[Two], changes: Sequence[Change], one_of: Mapping[str, Source]
) -> list[Passage]:
    """For the measures that changed most surely, the scenarios that moved most, and one against."""
    sure = [one for one in changes if one.difference and one.measure != "mean_abs" and one.p]
    sure.sort(key=lambda one: one.p or 1.0)
    made: list[Passage] = []
    for one in sure[:MOST_TRAITS]:
        two = next(t for t in found if t.instrument.trait == one.trait)
        most, against = movers(two, one.measure, limit=MOST_PASSAGES)
        picked = [(mover, False) for mover in most] + [(mover, True) for mover in against[:1]]
        keys = [key for mover, _ in picked for key in (mover.base, mover.candidate)]
        said = words(store, one_of[one.trait], keys)
        names = scenario_names(store, [mover.scenario for mover, _ in picked])
        seen: set[int] = set()
        for mover, other in picked:
            if mover.scenario not in seen:
                made.append(_passage(one, mover, names[mover.scenario], said, other))
            seen.add(mover.scenario)
    return made


def _passage(
    one: Change, mover: Mover, scenario: str, said: Mapping[int, Words], against: bool
) -> Passage:
    sides = [
        _side(said.get(key), value, one.measure)
        for key, value in ((mover.base, mover.before), (mover.candidate, mover.after))
    ]
    return Passage(one.trait, one.measure, scenario, sides[0], sides[1], against)


def _side(found: Words | None, value: float, measure: str) -> Side:
    if found is None:
        return Side("", value, "", (), "")
    sign = {"under": -1, "over": 1}.get(measure, 0)
    told = [one for one in found.said if sign == 0 or (one[1] or 0) * sign >= 1] or found.said[:1]
    quotes = tuple(quote for one in told[:2] for quote in one[3])[:3]
    return Side(found.id, value, told[0][2], quotes, found.opening)


def _commands(names: tuple[str, str], given: Mapping[str, Any]) -> list[str]:
    """The commands that make the report and its numbers again."""
    more = [f"--{key} {shlex.quote(one)}" for key, ones in (
        ("rater", given["raters"]), ("trait", given["traits"]), ("labels", given["labels"]))
        for one in ones]  # fmt: skip
    base, candidate = (shlex.quote(name) for name in names)
    compared = [one for one in more if not one.startswith("--labels")]
    told = [f"traitbook compare {base} {candidate} {' '.join(compared)}".strip()]
    if given["config"]:
        gate = [one for one in more if not one.startswith("--trait")]
        config = shlex.quote(given["config"].name)
        told.append(f"traitbook gate {base} {candidate} --config {config} {' '.join(gate)}".strip())
    if given["config"]:
        more.append(f"--config {config}")
    output = shlex.quote(given["output"].name)
    told.append(f"traitbook report {candidate} --against {base} {' '.join(more)} -o {output}")
    return told
