"""Two judges (or wordings) held against people, as a component's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rubrics import Rubric
from viewer import tones
from viewer.agreement import number

CAPTION = (
    "Both on what people rated too. The first bar is alpha of the second less alpha of the first; "
    "the other says by how many points of the scale the second is nearer to people. Bars are 95 % "
    "intervals, paired by scenario: right of 0 the second is better, and a bar across 0 is no "
    "difference shown. Click a trait for where the two differ most."
)
WORDS = {"first": "the first", "second": "the second", "": "neither"}


@dataclass(frozen=True, slots=True)
class Row:
    """One trait: the numbers (as `labels compare --json` has them) and whether it is open."""

    told: Mapping[str, Any]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Behind:
    """Where the two differ most in the open trait: units {people, first, second, nearer, t, m,
    where, opening, href}, of `all` that differ."""

    trait: str
    units: Sequence[Mapping[str, Any]] = ()
    all: int = 0


@dataclass(frozen=True, slots=True)
class Two:
    """All that the view shows; `names` are people's, the first's and the second's."""

    rows: Sequence[Row]
    names: tuple[str, str, str]
    behind: Behind | None = None
    rubrics: Mapping[str, Rubric] = field(default_factory=dict)


def compared_data(page: Two) -> dict[str, Any]:
    """The component's data."""
    shown = page.behind
    return {
        "version": f"{len(page.rows)}{page.names}{shown}",
        "caption": CAPTION,
        "names": list(page.names),
        "rows": [_row(one, page.rubrics) for one in page.rows],
        "behind": None
        if shown is None
        else {
            "title": tones.title(shown.trait, page.rubrics.get(shown.trait)),
            "units": [_unit(one, page.rubrics.get(shown.trait)) for one in shown.units],
            "all": shown.all,
        },
    }


def _row(one: Row, rubrics: Mapping[str, Rubric]) -> dict[str, Any]:
    told = one.told
    trait = str(told["trait"])
    rubric = rubrics.get(trait)
    reach = float(rubric.scale.high - rubric.scale.low) if rubric else _reach(told)
    first, second = told["words"]
    return {
        "trait": trait,
        "title": tones.title(trait, rubric),
        "open": one.open,
        "n": told["n"],
        "scenarios": told["scenarios"],
        "words": f"words {first} and {second}" if first != second else "",
        "alphas": [number(told[name]) for name in ("alpha_first", "alpha_second")],
        "alpha": _track(told, "alpha_difference", 1.0),
        "closer": _track(told, "closer", reach / 2),
        "p": ""
        if told["p"] is None
        else "p < 0.001"
        if told["p"] < 0.001
        else f"p {told['p']:.3f}",
        "note": told["note"] or "",
    }


def _reach(told: Mapping[str, Any]) -> float:
    ends = [abs(told[name]) for name in ("closer_low", "closer_high") if told[name] is not None]
    return 2 * max(1.0, *map(float, ends))


def _track(told: Mapping[str, Any], name: str, reach: float) -> dict[str, Any]:
    """A difference as a place from -1 to 1 on its track, with its words."""
    low, high = told[f"{name}_low"], told[f"{name}_high"]
    tip = "no interval" if low is None else f"{number(low)} to {number(high)}"
    sure = low is not None and (low > 0 or high < 0)
    return {
        "at": _placed(told[name], reach), "low": _placed(low, reach), "high": _placed(high, reach),
        "told": _signed(told[name]), "tip": tip,
        "way": ("better" if low > 0 else "worse") if sure else "",
    }  # fmt: skip


def _placed(value: float | None, reach: float) -> float | None:
    return None if value is None else max(-1.0, min(1.0, value / reach))


def _signed(value: float | None) -> str:
    told = number(value)
    return f"+{told}" if value is not None and value > 0 else told


def _unit(one: Mapping[str, Any], rubric: Rubric | None) -> dict[str, Any]:
    return {
        **one,
        "values": [tones.shown(one[name], rubric) for name in ("people", "first", "second")],
        "nearer": one["nearer"],
        "said": WORDS[one["nearer"]],
    }
