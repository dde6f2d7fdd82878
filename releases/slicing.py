"""The same comparison within slices: surface, category, language, or any metadata."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from releases.comparing import Change, Two, adjusted, change

NONE = "(none)"
MOST = 24
"""More slices than this are no slices: an id, say."""


class Slice(NamedTuple):
    """One value of the metadata, and the change within it; p adjusted over the slices."""

    value: str
    change: Change


def slices(two: Two, measure: str, base: npt.ArrayLike, candidate: npt.ArrayLike) -> list[Slice]:
    """The change within each value; `base` and `candidate` say each transcript's, '' for none.

    A scenario is paired within a slice where both releases have it there. The largest slice comes
    first.
    """
    told = [np.asarray(one, dtype=str) for one in (base, candidate)]
    values, counts = np.unique(np.concatenate(told), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST]
    found = [
        change(Two(two.base.where(told[0] == v), two.candidate.where(told[1] == v)), measure)
        for v in values[order]
    ]
    return [
        Slice(str(value) or NONE, one)
        for value, one in zip(values[order], adjusted(found), strict=True)
    ]
