"""What a gate goes by: each gated trait's two releases, labels, and what the judge said before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from rubrics.answers import Answers
from store.choosing import Met, chosen, met
from store.database import Store
from store.errors import StoreError
from store.frames import Source, answers, first_answers, labels, places


class Found(NamedTuple):
    """A trait's answers in both releases, people's labels on these and on all transcripts, and
    the judge's first and latest answers where it answered again."""

    met: Met
    labels: Answers | None
    again: tuple[Answers, Answers] | None
    every_label: Answers | None


def evidence(
    store: Store, names: tuple[str, str], traits: Iterable[str], raters: Sequence[str],
    truth: Sequence[str],
) -> dict[str, Found | str]:  # fmt: skip
    """For each trait what there is, or why there is nothing."""
    found: dict[str, Found | str] = {}
    for trait in traits:
        try:
            by = chosen(store, raters, (trait,))
        except StoreError as error:
            if "several raters" in str(error) or "no rater" in str(error):
                raise
            found[trait] = str(error)
            continue
        found[trait] = _found(store, names, by, truth)
    return found


def _found(
    store: Store, names: tuple[str, str], by: dict[str, list[Source]], truth: Sequence[str]
) -> Found:
    (one,) = met(store, by, *names)
    (there,) = by.values()
    source = next(s for s in there if s.instrument.rubric == one.candidate.instrument.rubric)
    whole = places(store)
    every, _ = labels(store, source, whole, truth)
    both = np.union1d(one.base.key, one.candidate.key)
    own = None if every is None else every.where(np.isin(every.key, both))
    again = None
    first = first_answers(store, source, whole)
    if first is not None:
        again = (first, answers(store, [source], whole)[0])
    return Found(one, own, again, every)
