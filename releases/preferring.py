"""Who is preferred when two releases stand side by side: Bradley-Terry strengths with intervals."""

from __future__ import annotations

from collections.abc import Sequence

from stats.bootstrap import Resampling
from stats.ranking import Ranking, bradley_terry


def ranked(rows: Sequence[tuple[str, str, float, int]]) -> Ranking:
    """Strengths of geometric mean 1 from (first release, second, score, scenario), drawn again by
    scenario; the note says why where there are none (a release that only wins has no strength)."""
    first, second, score, scenario = zip(*rows, strict=True)
    return bradley_terry(first, second, score, resampling=Resampling(clusters=scenario))
