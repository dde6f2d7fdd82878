"""Where one release stands in one measure: a number over transcripts, with its interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from releases.comparing import SHARES, bounds_of
from rubrics.answers import Answers
from stats.estimate import Estimate
from stats.intervals import clustered_mean, clustered_rate


def level(answers: Answers, measure: str) -> Estimate:
    """The mean over transcripts that have a value, its interval clustered by scenario.

    Shares of transcripts with one rated turn are yes-or-no and have an interval within 0..1
    (`clustered_rate`); all else has t's, cut at the ends of the scale.
    """
    has = answers.has_value
    values, scenarios = answers.measure(measure)[has], answers.scenario[has]
    if measure in SHARES and bool(np.isin(values, (0.0, 1.0)).all()):
        return clustered_rate(values, scenarios)
    found = clustered_mean(values, scenarios)
    limits = bounds_of(measure, answers.instrument)
    if limits is None or found.low is None or found.high is None:
        return found
    return replace(found, low=max(limits[0], found.low), high=min(limits[1], found.high))
