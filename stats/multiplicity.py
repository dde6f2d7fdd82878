"""Many traits at once: p values adjusted so that a family is not an alarm by its size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p: Sequence[float | None]) -> list[float | None]:
    """p values adjusted to hold the false discovery rate (Benjamini and Hochberg 1995).

    Reject where the adjusted value is at most the rate wanted. None (a trait that could not be
    tested) stays None and counts in the family as if it were 1, so that it makes nothing surer.
    Raises ValueError on NaN or a value outside 0..1.
    """
    family = np.array([1.0 if one is None else one for one in p], dtype=float)
    if not ((family >= 0) & (family <= 1)).all():
        raise ValueError("a p value is NaN or outside 0..1; a test that was not made is None")
    size = family.size
    order = np.argsort(family, kind="stable")
    scaled = family[order] * size / np.arange(1, size + 1)
    adjusted = np.empty(size)
    # From the largest down: no p may come out above that of a larger one.
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return [None if one is None else float(new) for one, new in zip(p, adjusted, strict=True)]
