"""May it ship: pass, fail or inconclusive, per trait and in all. Nothing unclear ever passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from releases.applicable import Applicable, applicable
from releases.comparing import Change, Two, adjusted, bounds_of, change, coverage
from releases.drift import Drift
from releases.gatefile import GateFile, Limit
from releases.telling import difference, plain
from rubrics.answers import Answers, Whole

Verdict = Literal["pass", "fail", "inconclusive"]


class Evidence(NamedTuple):
    """What is known of a gated trait: both releases' answers, None where nobody rated it; what
    people say (of both releases); whether the judge is still the same instrument."""

    two: Two | None
    labels: Answers | None = None
    drift: Drift | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One measure against its margin. `worse` and its interval are turned so that up is worse."""

    change: Change
    margin: float
    worse: float | None
    worse_low: float | None
    worse_high: float | None
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Gated:
    """One trait's verdict and why; `lines` are its measures."""

    trait: str
    verdict: Verdict
    why: str
    lines: tuple[Line, ...] = ()
    labels: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """The whole verdict: fail where one trait fails, else inconclusive where one is, else pass."""

    base: str
    candidate: str
    verdict: Verdict
    traits: tuple[Gated, ...]
    rules: GateFile


def judge(rules: GateFile, found: Mapping[str, Evidence], base: str, candidate: str) -> Gate:
    """Every trait of the file: FAIL where it got worse beyond chance (p adjusted over all gated
    measures) and beyond the margin; PASS where the whole interval lies inside it."""
    changes = {
        (trait, measure): change(two, measure, level=1 - rules.alpha)
        for trait, limit in rules.traits.items()
        if (two := found[trait].two) is not None
        for measure, _ in limit.margins()
    }
    family = dict(zip(changes, adjusted(list(changes.values())), strict=True))
    traits = tuple(
        _trait(trait, limit, found[trait], family, rules) for trait, limit in rules.traits.items()
    )
    return Gate(base, candidate, _all(one.verdict for one in traits), traits, rules)


def _all(verdicts: object) -> Verdict:
    seen = set(verdicts)  # type: ignore[call-overload]
    return "fail" if "fail" in seen else "inconclusive" if "inconclusive" in seen else "pass"


def _trait(
    trait: str, limit: Limit, known: Evidence, family: Mapping[tuple[str, str], Change],
    rules: GateFile,
) -> Gated:  # fmt: skip
    if known.two is None:
        return Gated(trait, "inconclusive", known.why or "nobody has rated it: score it first")
    labels = _labelled(known)
    lines = tuple(
        _line(family[trait, measure], margin, limit, rules) for measure, margin in limit.margins()
    )
    lacking = _lacking(known, labels, rules, compared=bool(lines))
    apart = applicable(known.two) if lines else Applicable(0)
    doubt = _mismatch(apart, known.two, rules)
    broken, unread = _floor(known, limit)
    if broken:
        return Gated(trait, "fail", broken, lines, labels)
    if failed := [one for one in lines if one.verdict == "fail"]:
        stands = not doubt or any(_stands(one, apart, known.two) for one in failed)
        verdict: Verdict = "fail" if stands and not lacking else "inconclusive"
        told = [*lacking, *([doubt] if doubt else []), *(one.why for one in failed)]
        return Gated(trait, verdict, "; ".join(told), lines, labels)
    lacking += [doubt] if doubt else []
    missing = [*lacking, *unread, *(one.why for one in lines if one.verdict != "pass")]
    if missing:
        return Gated(trait, "inconclusive", "; ".join(dict.fromkeys(missing)), lines, labels)
    told = [one.why for one in lines] or ["no value at the floor"]
    if apart.mismatched:
        told.append(apart.told("the base", "the candidate"))
    return Gated(trait, "pass", "; ".join(told), lines, labels)


def _line(found: Change, margin: float, limit: Limit, rules: GateFile) -> Line:
    turn = -1.0 if limit.better == "higher" else 1.0
    ends = sorted(turn * end for end in (found.low, found.high) if end is not None)
    low, high = ends if ends else (None, None)
    worse = None if found.difference is None else turn * found.difference
    unit = f"{margin * 100:g} points" if found.is_share else f"{margin:g}"
    told = f"{found.measure} {difference(found)}, margin {unit}"
    made = Line(found, margin, worse, low, high, "inconclusive", told)
    beyond = found.p_adjusted is not None and found.p_adjusted < rules.alpha
    if worse is None:
        return replace(made, why=found.note)
    if worse > margin and beyond:
        return replace(made, verdict="fail", why=f"worse: {told}, adjusted p {_p(found)}")
    if high is not None and high < margin:
        return replace(made, verdict="pass", why=told)
    return replace(made, why=f"{told}: {_missing(found, margin)}")


def _missing(found: Change, margin: float) -> str:
    """What an inconclusive line would need."""
    if found.low is None:
        return found.note or "no interval can be given"
    if not found.se:
        return f"{found.scenarios} scenarios cannot rule it out; more are needed"
    reach = (found.smallest_detectable or 0.0) / margin
    needed = int(np.ceil(found.scenarios * reach**2))
    least = plain(found.smallest_detectable, share=False)
    if found.is_share:
        least = f"{(found.smallest_detectable or 0.0) * 100:.0f} points"
    told = f"{found.scenarios} scenarios could have shown {least}"
    if needed > found.scenarios:
        return f"{told}; about {needed:,} would show the margin"
    return f"{told}: the interval reaches beyond the margin, without being sure of it"


def _p(found: Change) -> str:
    p = found.p_adjusted or 0.0
    return "under .001" if p < 0.001 else f"{p:.3f}".lstrip("0")


def _labelled(known: Evidence) -> int:
    return 0 if known.labels is None else int(known.labels.has_value.sum())


def _lacking(known: Evidence, labels: int, rules: GateFile, *, compared: bool) -> list[str]:
    """What keeps a trait from being judged at all."""
    assert known.two is not None
    two, told = known.two, []
    if two.note:
        told.append(two.note)
    seen = [one.scenario[one.has_value] for one in two[:2]]
    shared = np.intersect1d(seen[0], seen[1]).size
    if compared and not two.note and shared < rules.min_scenarios:
        told.append(f"{shared} shared scenarios; at least {rules.min_scenarios} are asked for")
    for one, which in ((two.base, "base"), (two.candidate, "candidate")):
        covered = coverage(one)
        if covered is not None and covered < rules.min_coverage:
            told.append(f"{1 - covered:.0%} of the {which} is unscored; at most "
                        f"{1 - rules.min_coverage:.0%} may be")  # fmt: skip
    if labels < rules.min_labels:
        told.append(f"{labels} labels by people; at least {rules.min_labels} are asked for")
    if known.drift is not None and not known.drift.same:
        told.append(f"the judge drifted on the anchors: {known.drift.why}")
    return told


def _mismatch(apart: Applicable, two: Two, rules: GateFile) -> str:
    """Why too much drops out of the comparison because it was applicable in one release alone, by
    itself or together with what is unscored; '' where it is little enough."""
    told = apart.told("the base", "the candidate")
    if apart.mismatched > rules.max_mismatched:
        return f"{told}; at most {plain(rules.max_mismatched, share=True)} may be"
    unscored = 1 - min(1.0 if (part := coverage(one)) is None else part for one in two[:2])
    most = max(rules.max_mismatched, 1 - rules.min_coverage)
    if apart.mismatched and apart.mismatched + unscored > most + 1e-9:
        lost, limit = plain(unscored, share=True), plain(most, share=True)
        return f"{told} and {lost} unscored; together at most {limit} may be"
    return ""


def _stands(line: Line, apart: Applicable, two: Two) -> bool:
    """Whether it would be worse than the margin however good the candidate had been wherever one
    release alone was applicable."""
    ends = bounds_of(line.change.measure, two.instrument)
    if ends is None or line.worse is None:
        return False
    rest = (1 - apart.mismatched) * line.worse
    return rest - apart.mismatched * (ends[1] - ends[0]) > line.margin


def _floor(known: Evidence, limit: Limit) -> tuple[str, list[str]]:
    """(why it fails at the floor, what is at the floor and unread)."""
    assert known.two is not None
    if limit.floor is None:
        return "", []
    judged = known.two.candidate
    hits = set(_at_floor(judged, limit.floor).tolist())
    people = known.labels if known.labels is not None else None
    if judged.instrument.rater.startswith(("person:", "author")):
        confirmed, read = hits, hits
    elif people is None:
        confirmed, read = set(), set()
    else:
        own = people.where(np.isin(people.key, judged.key))
        confirmed = set(_at_floor(own, limit.floor).tolist())
        read = set(own.key[own.has_value].tolist())
    if confirmed:
        one = "a transcript" if len(confirmed) == 1 else f"{len(confirmed)} transcripts"
        return f"{one} at {limit.floor:g} or more, confirmed by a person", []
    if unread := hits - read:
        one = "1 transcript" if len(unread) == 1 else f"{len(unread)} transcripts"
        return "", [f"{one} at {limit.floor:g} or more that no person has read: read and rate"]
    return "", []


def _at_floor(one: Answers, floor: float) -> Whole:
    at = one.turns.at[np.nan_to_num(one.turns.value, nan=-np.inf) >= floor]
    return np.unique(one.key[at])
