"""Per release, trait and rater: n, coverage, mean, and for two-sided traits under and over."""

from __future__ import annotations

from dataclasses import dataclass

from store.database import Store


@dataclass(frozen=True, slots=True)
class Mean:
    """What one rater says of one trait of one release, over transcripts.

    A turn-level trait is first averaged over a transcript's rated turns. `n` counts transcripts
    with a value, `not_applicable` those that gave no opportunity, `unscored` those where every
    attempt failed. `coverage` is the share of attempts that succeeded, averaged over transcripts
    that gave an opportunity. `under` and `over` are shares of turns at -1 or less and at 1 or
    more, `mean_abs` the mean distance from 0; None for one-sided traits.
    """

    release: str
    trait: str
    rubric: str
    rater: str
    two_sided: bool
    n: int
    not_applicable: int
    unscored: int
    coverage: float | None
    mean: float | None
    under: float | None
    over: float | None
    mean_abs: float | None


def means(store: Store, *, release: str | None = None, trait: str | None = None) -> list[Mean]:
    """Every mean there is, by trait and rater in the order of releases."""
    rows = store.rows(
        "SELECT * FROM release_traits "
        "WHERE (? IS NULL OR release = ?) AND (? IS NULL OR trait = ?)",
        (release, release, trait, trait),
    )
    return [
        Mean(**{name: row[name] for name in Mean.__slots__ if name != "two_sided"},
             two_sided=bool(row["two_sided"]))
        for row in rows
    ]  # fmt: skip
