"""`gate` at work. Apart from its options because numpy and scipy are slow to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import checked
from commands import DONE, INCONCLUSIVE, NOT_HELD, note, put
from releases.comparing import Two
from releases.drift import drift
from releases.gate import Evidence, Gate, judge
from releases.gatefile import GateFile, load
from releases.telling import title
from releases.verdicts import as_json, junit, markdown
from rubrics import Rubric
from store import Store
from store.choosing import doubts
from store.frames import sources
from store.gating import evidence
from store.naming import number_of

EXITS = {"pass": DONE, "fail": NOT_HELD, "inconclusive": INCONCLUSIVE}


def run(store: Store, names: tuple[str, str], rubrics: dict[str, Rubric], **given: Any) -> int:
    """Judge, print and write; the exit code."""
    rules = read(store, given["config"], rubrics)
    found = gated(store, names, rules, given["raters"], given["labels"])
    if given["junit"]:
        given["junit"].write_text(junit(found), "utf-8")
    if given["markdown"]:
        with given["markdown"].open("a", encoding="utf-8") as out:
            out.write(markdown(found, rubrics))
    for line in [line for name in names for line in doubts(store, name)]:
        note(line)
    if given["as_json"]:
        put(as_json(found))
    else:
        _print(found, rubrics)
    return EXITS[found.verdict]


def read(store: Store, path: Path, rubrics: Mapping[str, Rubric]) -> GateFile:
    """The gate file, its traits checked against the rubrics and what came with logs."""
    sides: dict[str, bool | None] = {
        one.instrument.trait: one.instrument.two_sided or None for one in sources(store)
    }
    sides |= {trait: rubric.scale.two_sided for trait, rubric in rubrics.items()}
    try:
        return load(path, sides)
    except checked.Mistakes as mistakes:
        raise click.UsageError(str(mistakes)) from mistakes


def gated(
    store: Store, names: tuple[str, str], rules: GateFile, raters: Sequence[str],
    truth: Sequence[str],
) -> Gate:  # fmt: skip
    """The verdict on what the store holds."""
    for name in names:
        number_of(store, name)
    found = {}
    for trait, one in evidence(store, names, rules.traits, raters, truth).items():
        if isinstance(one, str):
            found[trait] = Evidence(None, why=one)
            continue
        moved = drift(*one.again, one.every_label) if one.again and one.every_label else None
        found[trait] = Evidence(Two(*one.met), one.labels, moved)
    return judge(rules, found, *names)


def _print(found: Gate, rubrics: dict[str, Rubric]) -> None:
    wide = max(len(title(one.trait, rubrics)) for one in found.traits)
    for one in found.traits:
        told = f"{one.verdict.upper():<12}  {title(one.trait, rubrics):<{wide}}"
        click.echo(f"{told}  {one.why}")
    click.echo(f"\n{found.candidate} against {found.base}: {found.verdict.upper()}")
