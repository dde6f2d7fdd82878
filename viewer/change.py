"""One trait over releases as a component's data: words, charts with tables, what to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rubrics import Rubric
from viewer import tones

MINUS = "\u2212"
Link = Callable[[Mapping[str, Any]], str]


def told(value: float | None, *, share: bool) -> str:
    """A level: `12 %`, `0.31`."""
    if value is None:
        return "\u2013"
    return f"{value * 100:.0f}\u202f%" if share else f"{value:.2f}".replace("-", MINUS)


def signed(value: float | None, *, share: bool) -> str:
    """A difference: `+8`, `\u22120.31`."""
    if value is None:
        return "\u2013"
    made = f"{value * 100:+.0f}" if share else f"{value:+.2f}"
    return made.replace("-", MINUS)


def trend_data(
    lines: Sequence[Any], rubric: Rubric | None, key: Callable[[str], str]
) -> dict[str, Any]:
    """The trend: a series a measure that is shown, over releases, broken where epochs change."""
    shown = [one for one in lines if one.measure != "mean_abs"]
    share = shown[0].measure in ("under", "over")
    names = [point.release for point in shown[0].points]
    series = [
        {
            "name": _measure(one.measure, rubric),
            "tone": {"under": "under", "over": "over"}.get(
                one.measure, "bad" if rubric else "none"
            ),
            "points": [_point(point, one.measure, rubric, key) for point in one.points],
        }
        for one in shown
    ]
    levels = [point.level for one in shown for point in one.points]
    tops = [x for at in levels for x in (at.high, at.estimate) if x is not None]
    lows = [x for at in levels for x in (at.low, at.estimate) if x is not None]
    floor = 0.0 if share or rubric else min(lows, default=0.0)
    return {
        "releases": names,
        "share": share,
        "series": series,
        "low": floor,
        "high": max([*tops, floor + (0.1 if share else 0.5)]),
        "table": {
            "name": "trend.csv",
            "columns": ["release", "measure", "value", "low", "high", "n", "unscored", "coverage",
                        "epoch", "rater", "change", "change low", "change high", "adjusted p"],
            "rows": [_table_row(one, point) for one in shown for point in one.points],
        },
    }  # fmt: skip


def _measure(measure: str, rubric: Rubric | None) -> str:
    if rubric and measure in ("under", "over"):
        return rubric.under if measure == "under" else rubric.over
    return {"under": f"{MINUS}1 or less", "over": "+1 or more"}.get(measure, "mean severity")


def _point(
    point: Any, measure: str, rubric: Rubric | None, key: Callable[[str], str]
) -> dict[str, Any]:
    level, share = point.level, measure in ("under", "over")
    ends = [told(x, share=share) for x in (level.low, level.high)]
    spoken = f"{point.release}, {_measure(measure, rubric)}: {told(level.estimate, share=share)}"
    if level.low is not None:
        spoken += f" ({ends[0]} to {ends[1]})"
    spoken += f", {point.n:,} transcripts, by {point.instrument.rater}"
    return {
        "value": level.estimate, "low": level.low, "high": level.high, "epoch": point.epoch,
        "key": key(point.release), "spoken": spoken + (f"; {point.why}" if point.why else ""),
    }  # fmt: skip


def _table_row(one: Any, point: Any) -> list[Any]:
    change, level = point.change, point.level
    moved = [None] * 4
    if change is not None:
        moved = [change.difference, change.low, change.high, change.p_adjusted]
    return [
        point.release, one.measure, level.estimate, level.low, level.high, point.n, point.unscored,
        point.coverage, point.epoch, point.instrument.rater, *moved,
    ]  # fmt: skip


def slices_data(
    found: Sequence[Any], names: Sequence[str], name: str, value: str
) -> dict[str, Any]:
    """The change within each slice: dots with intervals around 0, right of it worse."""
    ends = [
        abs(x) for one in found
        for x in (one.change.low, one.change.high, one.change.difference) if x is not None
    ]  # fmt: skip
    reach = max(ends, default=1.0) or 1.0
    return {
        "names": list(names),
        "name": name,
        "rows": [_slice(one, reach, value) for one in found],
        "table": {
            "name": f"slices-{name}.csv",
            "columns": [name, "measure", "scenarios", "base", "candidate", "difference", "low",
                        "high", "adjusted p", "note"],
            "rows": [[one.value, c.measure, c.scenarios, c.base, c.candidate, c.difference, c.low,
                      c.high, c.p_adjusted, c.note] for one in found for c in (one.change,)],
        },
    }  # fmt: skip


def _slice(one: Any, reach: float, picked: str) -> dict[str, Any]:
    change, share = one.change, one.change.is_share

    def at(value: float | None) -> float | None:
        return None if value is None else round(0.5 + value / reach / 2, 4)

    tone = "none" if not change.shown else "bad" if change.difference > 0 else "good"
    ends = f" ({signed(change.low, share=share)} to {signed(change.high, share=share)})"
    return {
        "value": one.value, "picked": one.value == picked, "tone": tone,
        "n": change.scenarios, "x": at(change.difference), "low": at(change.low),
        "high": at(change.high), "note": change.note if change.difference is None else "",
        "text": signed(change.difference, share=share) + (ends if change.low is not None else ""),
        "levels": f"{told(change.base, share=share)} \u2192 {told(change.candidate, share=share)}",
    }  # fmt: skip


def read_data(found: Sequence[Any], *, share: bool, link: Link) -> list[dict[str, Any]]:
    """Scenarios to read, each a link to both transcripts side by side."""
    return [
        {
            "scenario": one.scenario,
            "before": told(one.before, share=share),
            "after": told(one.after, share=share),
            "tone": "bad" if one.after > one.before else "good",
            "params": {"t": one.candidate, "beside": f"{one.base},{one.candidate}"},
            "href": link({"t": one.candidate, "beside": f"{one.base},{one.candidate}"}),
        }
        for one in found
    ]


def corrected_data(found: Sequence[Any]) -> dict[str, Any] | None:
    """Judge alone beside corrected by people, before and now; None where nobody labelled."""
    if not found:
        return None
    columns = ["measure", "release before: rater", "corrected", "this release: rater", "corrected",
               "labels", "method", "labels that would halve the interval"]  # fmt: skip
    rows = []
    for before, now in found:
        share = now.measure in ("under", "over")
        sides = [estimate(before.raw, share), estimate(before.corrected, share)] if before else [
            "\u2013", "\u2013"]  # fmt: skip
        labels = f"{before.labels if before else 0} + {now.labels}"
        sides += [estimate(now.raw, share), estimate(now.corrected, share)]
        rows.append([now.measure, *sides, labels, now.method, now.halved])
    return {"name": "corrected.csv", "columns": columns, "rows": rows}


def estimate(one: Any, share: bool) -> str:
    """`12 % (8 % to 17 %)`, or why there is none."""
    if one.estimate is None:
        return one.note or "\u2013"
    made = told(one.estimate, share=share)
    if one.low is None:
        return made
    return f"{made} ({told(one.low, share=share)} to {told(one.high, share=share)})"


def scatter_data(
    x: Sequence[Any], y: Sequence[Any], names: tuple[str, str], key: Callable[[str], str]
) -> dict[str, Any] | None:
    """Releases by two measures, each with both intervals; None without two releases in both."""
    down = {point.release: point.level for point in y if point.level.estimate is not None}
    points = [
        {"release": one.release, "key": key(one.release),
         "x": [one.level.estimate, one.level.low, one.level.high],
         "y": [down[one.release].estimate, down[one.release].low, down[one.release].high]}
        for one in x if one.release in down and one.level.estimate is not None
    ]  # fmt: skip
    if len(points) < 2:
        return None
    columns = ["release", names[0], "low", "high", names[1], "low", "high"]
    return {
        "x": names[0], "y": names[1], "points": points,
        "table": {"name": "scatter.csv", "columns": columns,
                  "rows": [[p["release"], *p["x"], *p["y"]] for p in points]},
    }  # fmt: skip


def heading(trait: str, release: str, base: str | None, rubric: Rubric | None) -> str:
    """What the panel is about."""
    name = tones.title(trait, rubric)
    return f"{name}: {release}" + (f" after {base}" if base else "")
