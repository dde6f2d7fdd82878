"""Whether two judges, or one judge at two times, are the same instrument: the anchors say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rubrics.answers import Answers
from stats.bootstrap import Resampling
from stats.estimate import Estimate
from stats.paired import PairedDifference, paired_difference
from stats.raters import agree

TOLERATED = 0.1
"""The shift of the mean, in points of the scale, that still counts as the same instrument."""
FEW_ANCHORS = 20


@dataclass(frozen=True, slots=True)
class Drift:
    """The anchors judged by an older instrument and by a newer one: how far the mean moved (newer
    less older), their alpha, each one's alpha with people, and the verdict. Not the same, or not
    known to be: a new epoch begins."""

    older: str
    newer: str
    anchors: int
    shift: PairedDifference
    alpha: Estimate
    older_people: Estimate
    newer_people: Estimate
    same: bool
    why: str


def drift(older: Answers, newer: Answers, labels: Answers | None) -> Drift:
    """The paired shift on the anchors, clustered by scenario, and agreement.

    Anchors are the transcripts that people labelled and both have judged. The instrument is the
    same where the shift's interval holds 0 and lies within +-.1 of a point.
    """
    settled = np.empty(0, dtype=np.int64) if labels is None else labels.key[labels.has_value]
    keys = np.intersect1d(
        np.intersect1d(older.key[older.has_value], newer.key[newer.has_value]), settled
    )
    old, new = (one.where(np.isin(one.key, keys)) for one in (older, newer))
    people = labels.where(np.isin(labels.key, keys)) if labels is not None else None
    shift = paired_difference(old.value, new.value, old.scenario)
    told = Resampling(clusters=old.scenario)
    alpha = agree(old.value, new.value, level="interval", resampling=told).alpha
    with_people = [
        agree(people.value, one.value, level="interval", resampling=told).alpha
        if people is not None else Estimate(None, note="no labels")
        for one in (old, new)
    ]  # fmt: skip
    same, why = _verdict(shift, int(keys.size))
    return Drift(
        str(older.instrument.rater), str(newer.instrument.rater), int(keys.size), shift, alpha,
        with_people[0], with_people[1], same, why,
    )  # fmt: skip


def _verdict(shift: PairedDifference, anchors: int) -> tuple[bool, str]:
    if shift.estimate is None:
        return False, "no anchor was judged by both: whether they measure alike is not known"
    told = f"shift {shift.estimate:+.2f}".replace("-", "\u2212")
    if shift.low is None or shift.high is None:
        if anchors >= FEW_ANCHORS and shift.estimate == 0:
            return True, f"no anchor of {anchors} moved"
        return False, f"{told} on {anchors} anchors, too few to tell"
    told = f"{told} ({shift.low:+.2f} to {shift.high:+.2f}) on {anchors} anchors".replace(
        "-", "\u2212"
    )
    if shift.low > 0 or shift.high < 0:
        return False, told
    if shift.low < -TOLERATED or shift.high > TOLERATED:
        return False, f"{told}: too wide to be sure that it is under {TOLERATED:g}"
    return True, told
