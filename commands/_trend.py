"""`trend` at work. Apart from its options because numpy and scipy are slow to load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from commands import put, table
from releases.drift import Drift
from releases.telling import difference, measure_title, plain, title
from releases.trend import Line, Point, line
from rubrics import Rubric
from store import Store
from store.choosing import series
from store.frames import answers, labels, places
from store.releases import releases

COLUMNS = ["release", "n", "level", "interval", "change to the release before", "epoch", "rater"]


def run(store: Store, rubrics: dict[str, Rubric], **given: Any) -> None:
    """Print the lines; `given` are `raters`, `traits`, `labels`, `as_json`."""
    found = lines(store, given["raters"], given["traits"], given["labels"])
    if given["as_json"]:
        put({"lines": [as_json(one) for one in found]})
        return
    for one in found:
        told = measure_title(one.measure, rubrics.get(one.trait))
        click.echo(f"\n{title(one.trait, rubrics)}: {told}")
        table(COLUMNS, [_row(one, point) for point in one.points])
        for point in one.points:
            if point.bridge or (point.why and point.epoch > 1):
                click.echo(f"  {point.release}: {point.why}")
        if one.note:
            click.echo(f"  {one.note}")
        if one.smoothed and one.smoothed.alarms:
            names = ", ".join(one.points[k].release for k in one.smoothed.alarms)
            click.echo(f"  moving average outside its limits: {names}")


def lines(
    store: Store, raters: Sequence[str], traits: Sequence[str] = (), truth: Sequence[str] = ()
) -> list[Line]:
    """Every trait's lines over all releases."""
    order = [(one.name, one.key) for one in releases(store)]
    at = places(store)
    found: list[Line] = []
    for there in series(store, raters, traits).values():
        known, _ = labels(store, there[-1], at, truth)
        found += line(order, answers(store, there, at), known)
    return found


def as_json(one: Line) -> dict[str, Any]:
    """A line as JSON values."""
    return {
        "trait": one.trait, "measure": one.measure,
        "points": [_point(point) for point in one.points],
        "drifts": [drift_json(check) for check in one.drifts],
        "alarms": [one.points[k].release for k in one.smoothed.alarms] if one.smoothed else [],
        "note": one.note,
    }  # fmt: skip


def _point(point: Point) -> dict[str, Any]:
    told = {"value": point.level.estimate, "low": point.level.low, "high": point.level.high}
    return {
        "release": point.release, "epoch": point.epoch, "rater": point.instrument.rater,
        "rubric": point.instrument.rubric, "n": point.n, **told,
        "change": asdict(point.change) if point.change else None,
        "bridge": point.bridge or None, "note": point.why or point.level.note,
    }  # fmt: skip


def drift_json(check: Drift) -> dict[str, Any]:
    """A check of two instruments as JSON values."""
    return {
        "older": check.older, "newer": check.newer, "anchors": check.anchors, "same": check.same,
        "shift": check.shift.estimate, "shift_low": check.shift.low,
        "shift_high": check.shift.high, "alpha": check.alpha.estimate,
        "alpha_low": check.alpha.low, "alpha_high": check.alpha.high,
        "older_with_people": check.older_people.estimate,
        "newer_with_people": check.newer_people.estimate, "why": check.why,
    }  # fmt: skip


def _row(one: Line, point: Point) -> list[Any]:
    share, now = one.measure in ("under", "over"), point.level
    ends = " to ".join(plain(x, share=share) for x in (now.low, now.high))
    known = point.change and point.change.difference is not None
    changed = difference(point.change) if point.change and known else "-"
    told = [point.release, point.n, plain(now.estimate, share=share), ends, changed]
    return [*told, point.epoch, point.instrument.rater]
