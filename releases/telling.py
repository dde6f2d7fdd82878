"""A change in plain words, as a person would say it, never surer than it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from releases.comparing import Change
from rubrics import Rubric

MINUS = "\u2212"


def signed(value: float | None, *, share: bool) -> str:
    """A difference as people read it: `+8 points`' number, `+0.31`; a dash where there is none."""
    if value is None:
        return "\u2013"
    told = f"{value * 100:+.0f}" if share else f"{value:+.2f}"
    if told in ("+0", "-0", "+0.00", "-0.00"):
        told = told[1:]
    return told.replace("-", MINUS)


def plain(value: float | None, *, share: bool) -> str:
    """A level: `12 %`, `0.31`; a dash where there is none."""
    if value is None:
        return "\u2013"
    return f"{value * 100:.0f}\u202f%" if share else f"{value:.2f}".replace("-", MINUS)


def title(trait: str, rubrics: Mapping[str, Rubric]) -> str:
    """The trait's name for people."""
    return rubrics[trait].name if trait in rubrics else trait


def measure_title(measure: str, rubric: Rubric | None) -> str:
    """What a measure is in this trait's own words."""
    if rubric and measure in ("under", "over"):
        return rubric.under if measure == "under" else rubric.over
    told = {"mean_abs": "mean distance from right", "under": "\u22121 or less"}
    return {**told, "over": "+1 or more", "mean": "mean"}[measure]


def difference(change: Change) -> str:
    """`+8 points (+3 to +13)`."""
    unit = " points" if change.is_share else ""
    told = f"{signed(change.difference, share=change.is_share)}{unit}"
    if change.low is None:
        return f"{told} (no interval)"
    ends = [signed(end, share=change.is_share) for end in (change.low, change.high)]
    return f"{told} ({ends[0]} to {ends[1]})"


def sentence(
    change: Change, base: str, candidate: str, rubric: Rubric | None, *, checked: str = ""
) -> str:
    """`r3 gives way more often than r2: +8 points (+3 to +13), 60 scenarios, judged by ...`."""
    name = rubric.name if rubric else change.trait
    if change.difference is None:
        return f"{name}: {change.note}."
    told = f"{_what(change, base, candidate, rubric)}: {difference(change)}"
    basis = [f"{change.scenarios:,} scenario{'s' if change.scenarios != 1 else ''}"]
    basis.append(f"{said_by(change.rater)}{checked}")
    return f"{told}, {', '.join(basis)}{_beware(change)}."


def told_apart(changes: Sequence[Change]) -> list[Change]:
    """The changes beyond chance, without a trait's mean distance where under or over says it."""
    shown = [one for one in changes if one.shown]
    said = {one.trait for one in shown if one.measure != "mean_abs"}
    return [one for one in shown if one.measure != "mean_abs" or one.trait not in said]


def said_by(rater: str) -> str:
    """Who measured, in words."""
    kind, _, name = rater.partition(":")
    told = {"judge": "judged by", "signal": "by the rule", "person": "read by",
            "imported": "scored in the log by"}  # fmt: skip
    return f"{told[kind]} {name}" if kind in told else "as its author meant"


def _what(change: Change, base: str, candidate: str, rubric: Rubric | None) -> str:
    name = rubric.name if rubric else change.trait
    up = (change.difference or 0) > 0
    if not change.shown:
        what = f": {measure_title(change.measure, rubric)}" if change.measure != "mean" else ""
        told = "no change beyond chance"
        if change.low is not None and change.high is not None and change.low * change.high > 0:
            told = "beyond chance by itself, not once adjusted for all that was compared,"
        return f"{name}{what}: {told} from {base} to {candidate}"
    if change.is_share:
        doing = measure_title(change.measure, rubric)
        return f"{name}: {doing} {'more' if up else 'less'} often in {candidate} than in {base}"
    if change.measure == "mean_abs":
        return f"{name}: {candidate} is {'further from' if up else 'nearer to'} right than {base}"
    if rubric:
        return f"{name}: {candidate} is {'worse' if up else 'better'} than {base} (mean severity)"
    return f"{name}: {candidate} is {'higher' if up else 'lower'} than {base}"


def _beware(change: Change) -> str:
    """What to beware of, after the numbers."""
    told = []
    if change.exploratory:
        told.append("exploratory: fewer than 20 scenarios")
    if change.difference is not None and not change.shown and change.smallest_detectable:
        least = plain(change.smallest_detectable, share=False)
        if change.is_share:
            least = f"{change.smallest_detectable * 100:.0f} points"
        told.append(f"so many could have shown {least}")
    covered = [one for one in (change.coverage_base, change.coverage_candidate) if one is not None]
    if covered and min(covered) < 1:
        worst = [signed(x, share=change.is_share) for x in (change.worst_low, change.worst_high)]
        ends = f", at worst {worst[0]} to {worst[1]}" if change.worst_low is not None else ""
        told.append(f"{1 - min(covered):.0%} unscored{ends}")
    if change.note:
        told.append(change.note)
    return f" ({'; '.join(told)})" if told else ""
