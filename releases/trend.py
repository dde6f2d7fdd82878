"""Many releases in a row: each with its interval, the line broken where the instrument changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from releases.comparing import Change, Two, adjusted, change, coverage, measures
from releases.drift import Drift, drift
from releases.levels import level
from rubrics.answers import Answers, Instrument
from stats.estimate import Estimate
from stats.trend import LEAST_POINTS, Ewma, ewma


@dataclass(frozen=True, slots=True)
class Point:
    """One release on the line. A new `epoch` begins where another instrument measured and the
    anchors do not say that it is the same. `change` is to the release before, on shared scenarios
    and by this release's instrument on both; None, with the reason in `why`, where that one has
    not rated both: then `bridge` names the release it should rate."""

    release: str
    instrument: Instrument
    epoch: int
    n: int
    level: Estimate
    change: Change | None
    bridge: str = ""
    why: str = ""
    not_applicable: int = 0
    unscored: int = 0
    coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of one trait over releases; `drifts` are the checks made where the instrument
    changed, `alarms` the moving average's, where it may speak."""

    trait: str
    measure: str
    points: tuple[Point, ...]
    drifts: tuple[Drift, ...] = ()
    smoothed: Ewma | None = None
    note: str = ""


def line(
    releases: Sequence[tuple[str, int]], by: Sequence[Answers], labels: Answers | None
) -> list[Line]:
    """One trait's lines, a measure each. `releases` are (name, number) in order; `by` the answers
    of each instrument over all of them, the older first; `labels` people's. Worst-case bounds are
    left out of the changes."""
    steps = _steps(releases, by)
    if not steps:
        return []
    checks = _checks(steps, labels)
    return [_measure(steps, one, checks) for one in measures(steps[0].here.instrument)]


@dataclass(frozen=True, slots=True)
class _Step:
    """One release by its latest instrument, and the release before by the same, where rated."""

    release: str
    here: Answers
    whole: Answers
    before: Answers | None
    previous: str = ""


def _steps(releases: Sequence[tuple[str, int]], by: Sequence[Answers]) -> list[_Step]:
    steps: list[_Step] = []
    for name, number in releases:
        found = [(whole, whole.of(number)) for whole in by]
        most = max(len(here) for _, here in found)
        if not most:
            continue
        # A judge that only saw the anchors of an old release is not that release's judge.
        whole, here = [one for one in found if 2 * len(one[1]) >= most][-1]
        before, previous = None, ""
        if steps:
            previous = steps[-1].release
            number = dict(releases)[previous]
            earlier = whole.of(number)
            before = earlier if earlier.has_value.any() else None
        steps.append(_Step(name, here, whole, before, previous))
    return steps


def _checks(steps: Sequence[_Step], labels: Answers | None) -> Mapping[str, Drift]:
    """By release, the check of its instrument against that of the release before."""
    found = {}
    for last, now in pairwise(steps):
        if last.here.instrument != now.here.instrument:
            found[now.release] = drift(last.whole, now.whole, labels)
    return found


def _measure(steps: Sequence[_Step], measure: str, checks: Mapping[str, Drift]) -> Line:
    points: list[Point] = []
    epoch = 1
    for step in steps:
        check = checks.get(step.release)
        if check is not None and not check.same:
            epoch += 1
        made = Point(
            step.release, step.here.instrument, epoch, int(step.here.has_value.sum()),
            level(step.here, measure), None,
        )  # fmt: skip
        absent = np.isnan(step.here.value) & np.isnan(step.here.coverage)
        made = replace(
            made, not_applicable=int(absent.sum()), unscored=int(step.here.failed.sum()),
            coverage=coverage(step.here),
        )  # fmt: skip
        points.append(_changed(made, step, measure, check))
    told = ""
    if checks:
        told = "; ".join(f"at {name}: {one.why}" for name, one in checks.items())
    trait = steps[0].here.instrument.trait
    return Line(trait, measure, tuple(points), tuple(checks.values()), _smoothed(points), told)


def _changed(made: Point, step: _Step, measure: str, check: Drift | None) -> Point:
    if not step.previous:
        return made
    if step.before is not None:
        two = Two(step.before, step.here)
        bridged = f"bridged: {step.previous} was judged by it too" if check else ""
        return replace(made, change=change(two, measure, bounds=False), why=bridged)
    rater = step.here.instrument.rater
    told = f"{step.previous} was not rated by {rater}: score it to bridge"
    return replace(made, bridge=step.previous, why=told)


def _smoothed(points: Sequence[Point]) -> Ewma | None:
    """Target and spread from the first half of the releases."""
    values = [one.level.estimate for one in points]
    if len(points) < LEAST_POINTS or None in values or points[-1].epoch > 1:
        return None
    series = np.array(values, dtype=float)
    half = len(points) // 2
    errors = [one.level.se for one in points[:half] if one.level.se]
    sigma = max(float(series[:half].std(ddof=1)), float(np.median(errors)) if errors else 0.0)
    if sigma <= 0:
        return None
    return ewma(series, target=float(series[:half].mean()), sigma=sigma)


def adjusted_by_release(lines: Sequence[Line]) -> list[Line]:
    """The lines with every change's p adjusted over all traits and measures of its release."""
    families: dict[str, list[tuple[int, int]]] = {}
    for i, one in enumerate(lines):
        for k, point in enumerate(one.points):
            if point.change is not None:
                families.setdefault(point.release, []).append((i, k))
    points = [list(one.points) for one in lines]
    for places in families.values():
        changes = [points[i][k].change for i, k in places]
        for (i, k), found in zip(places, adjusted([c for c in changes if c]), strict=True):
            points[i][k] = replace(points[i][k], change=found)
    return [replace(one, points=tuple(p)) for one, p in zip(lines, points, strict=True)]
