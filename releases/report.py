"""All of a comparison as one page for a launch review: HTML that needs nothing else; Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from releases.comparing import Change
from releases.correcting import Corrected
from releases.drawing import Row, forest
from releases.gate import Gate
from releases.telling import difference, measure_title, plain, sentence, signed, title, told_apart
from releases.verdicts import cell
from rubrics import Rubric
from stats.estimate import Estimate

HERE = Path(__file__).parent
MOST_WORDS = 600
"""Characters of a quote or a reason that a report carries; the app has the rest."""


@dataclass(frozen=True, slots=True)
class Side:
    """One transcript as evidence: what was said of it and the words it rests on, (text, match)."""

    id: str
    value: float
    reason: str
    quotes: tuple[tuple[str, str], ...]
    opening: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A scenario that moved, with a transcript of each release."""

    trait: str
    measure: str
    scenario: str
    base: Side
    candidate: Side
    against: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """How a trait was measured: whose words, by whom, how far people agree, what failed."""

    trait: str
    question: str
    rubric: str
    rater: str
    labels: int
    people: tuple[str, ...]
    alpha: Estimate
    counts: Mapping[str, tuple[int, int, int, float | None]]
    failed: Mapping[str, Mapping[str, int]]
    drift: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """One measure corrected by people in both releases, and the corrected change."""

    trait: str
    base: Corrected
    candidate: Corrected
    change: Estimate


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says. `about` are plain lines on the data, `absent` on traits of which much was
    applicable in one release alone; `reproduce` are commands; `cost` is
    what the judge's calls took, in words."""

    base: str
    candidate: str
    made: str
    changes: Sequence[Change]
    gate: Gate | None
    passages: Sequence[Passage]
    measured: Sequence[Measured]
    fixed: Sequence[Fixed]
    pushback: Sequence[Mapping[str, Any]]
    runs: Sequence[Any]
    cost: str
    absent: Sequence[str]
    about: Sequence[str]
    reproduce: Sequence[str]
    rubrics: Mapping[str, Rubric] = field(repr=False)


def html(report: Report) -> str:
    """The report as one HTML page: styles and charts inside, no script, nothing fetched."""
    return _environment(escape=True).get_template("report.html.j2").render(_told(report))


def markdown(report: Report) -> str:
    """The report as Markdown."""
    return _environment(escape=False).get_template("report.md.j2").render(_told(report))


def _environment(*, escape: bool) -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE), autoescape=escape, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"cell": cell, "cut": _cut, "estimate": _estimate, "signed": signed,
                     "plain": plain, "difference": difference}  # fmt: skip
    return made


def _told(report: Report) -> dict[str, Any]:
    """What the templates are given: words made, charts drawn."""
    rubrics = report.rubrics
    shown = sorted(told_apart(report.changes), key=_worst_first)

    def told(one: Change) -> str:
        found = next((m for m in report.measured if m.trait == one.trait), None)
        by = _checked(found) if found else ""
        rubric = rubrics.get(one.trait)
        return sentence(one, report.base, report.candidate, rubric, checked=by)

    rows = [Row(f"{title(one.trait, rubrics)}: {measure_title(one.measure, rubrics.get(one.trait))}"
                if one.is_share else title(one.trait, rubrics), one)
            for one in report.changes if one.measure != "mean_abs"]  # fmt: skip
    return {
        "report": report,
        "title_of": lambda trait: title(trait, rubrics),
        "measure_of": lambda one: measure_title(one.measure, rubrics.get(one.trait)),
        "worse": [told(one) for one in shown if (one.difference or 0) > 0],
        "better": [told(one) for one in shown if (one.difference or 0) < 0],
        "quiet": [one for one in report.changes if not one.shown and one.difference is not None],
        "lost": [told(one) for one in report.changes if one.difference is None],
        "shares": forest([r for r in rows if r.change.is_share], unit="points of a hundred"),
        "means": forest([r for r in rows if not r.change.is_share and _rubric(r, rubrics)],
                        unit="points of severity"),
        "answer": _answer(report, shown),
    }  # fmt: skip


def _rubric(row: Row, rubrics: Mapping[str, Rubric]) -> bool:
    """Whether up is known to be worse: of a score that came with a log it is not."""
    return row.change.trait in rubrics


def _answer(report: Report, shown: Sequence[Change]) -> str:
    """The first line: what is the matter, in one sentence."""
    worse = sum((one.difference or 0) > 0 for one in shown)
    better, all_of = len(shown) - worse, len({one.trait for one in report.changes})
    told = f"{worse} {_things(worse)} worse beyond chance and {better} better, in {all_of} traits"
    if report.gate is None:
        return f"{told}. No gate was asked."
    return f"{told}. The gate says {report.gate.verdict}."


def _things(count: int) -> str:
    return "measure is" if count == 1 else "measures are"


def _worst_first(one: Change) -> tuple[bool, float]:
    rise = one.difference or 0.0
    return rise <= 0, -abs(rise / one.se) if one.se else -1e9


def _checked(found: Measured) -> str:
    if not found.labels:
        by_people = found.rater.startswith(("person:", "author"))
        return "" if by_people else ", checked by nobody"
    who = f"{len(found.people)} people" if len(found.people) > 1 else found.people[0]
    return f", checked by {who} on {found.labels:,}"


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_WORDS else flat[: MOST_WORDS - 1] + "\u2026"


def _estimate(one: Estimate | None, share: bool = False) -> str:
    """`12 % (8 to 17)`."""
    if one is None or one.estimate is None:
        return "\u2013"
    told = plain(one.estimate, share=share)
    if one.low is None:
        return told
    return f"{told} ({plain(one.low, share=share)} to {plain(one.high, share=share)})"
