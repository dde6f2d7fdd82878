"""Agreement where it is undefined, and what stands beside it: confusion, bias, leniency."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stats import Resampling
from stats.agreement import fleiss_kappa, gwet_ac, krippendorff_alpha, raw_agreement
from stats.correlation import bonett_wright, pearson, spearman
from stats.intervals import wilson
from stats.raters import agree, bias, cohen_kappa, confusion, leniency
from tests.test_stats import unsure

NAN = math.nan


@pytest.mark.parametrize(
    "ratings",
    [np.zeros((0, 0)), [[1.0], [2.0]], [[1, 2, 3]], [[NAN, 1], [1, NAN]], [[1, 2], [1, NAN]]],
    ids=["nothing", "one unit", "one rater", "no unit twice", "one unit twice"],
)
def test_too_little_to_agree_on(ratings: object) -> None:
    for statistic in (krippendorff_alpha, gwet_ac, raw_agreement):
        found = statistic(ratings, resampling=Resampling(resamples=10))
        assert found.estimate is None
        unsure(found, "less than two units")


def test_all_labels_equal() -> None:
    alike = [[2, 2, 2], [2, 2, 2]]
    for found in (krippendorff_alpha(alike), gwet_ac(alike), cohen_kappa(*alike)):
        assert found.estimate is None
        unsure(found, "every rating is the same")
    assert raw_agreement(alike).estimate == 1
    assert fleiss_kappa([[3, 0], [3, 0]]).estimate is None
    # Of a whole scale AC1 knows that there was something to disagree about.
    assert gwet_ac(alike, categories=range(5)).estimate == 1
    both = agree(*alike, categories=range(5), resampling=Resampling(resamples=10))
    for name in ("alpha", "kappa", "kappa_weighted", "spearman", "pearson"):
        assert getattr(both, name).estimate is None
        assert getattr(both, name).note
    # All three alike: not an interval of nothing, but that of three trials.
    assert (both.raw.estimate, both.raw.low) == (1, wilson(3, 3).low)


def test_the_interval_is_over_clusters() -> None:
    """The same scenarios five times over tell nothing new: the interval stays."""
    rng = np.random.default_rng(13)
    ratings = rng.integers(0, 3, size=(2, 25)).astype(float)
    ratings[1, :15] = ratings[0, :15]
    five, clusters = np.repeat(ratings, 5, axis=1), np.repeat(np.arange(25), 5)
    for statistic in (gwet_ac, raw_agreement):
        once = statistic(ratings, resampling=Resampling())
        again = statistic(five, resampling=Resampling(clusters))
        naive = statistic(five, resampling=Resampling())
        assert (again.low, again.high) == (pytest.approx(once.low), pytest.approx(once.high))
        assert (naive.low or 0) > (once.low or 0) + 0.05
    counts = np.stack([(five == value).sum(0) for value in range(3)], 1)
    wide = fleiss_kappa(counts, resampling=Resampling(clusters))
    narrow = fleiss_kappa(counts, resampling=Resampling())
    assert (wide.se or 0) > 1.5 * (narrow.se or 9)
    wide = krippendorff_alpha(five, resampling=Resampling(clusters))
    narrow = krippendorff_alpha(five, resampling=Resampling())
    assert (wide.se or 0) > 1.5 * (narrow.se or 9)


def test_one_label_or_none() -> None:
    for first, second in [([], []), ([1], [2])]:
        found = agree(first, second)
        assert found.n == len(first)
        assert found.alpha.estimate is None and found.bias.estimate is None
        assert "less than two units" in found.raw.note
        assert cohen_kappa(first, second).estimate is None


def test_a_rater_who_always_says_the_same() -> None:
    found = agree([1, 1, 1, 1], [1, 2, 1, 3])
    assert found.kappa.estimate == pytest.approx(0)
    assert found.spearman.estimate is None
    assert "always" in found.spearman.note
    assert spearman([1, 1, 1, 1], [1, 2, 1, 3]).note == "one of the two does not vary"


def test_a_nominal_scale_has_no_order() -> None:
    found = agree([1, 2, 3], [1, 2, 2], level="nominal")
    assert found.bias.estimate is None and "order" in found.bias.note
    assert found.raw.estimate == pytest.approx(2 / 3)


def test_correlation_with_too_little() -> None:
    unsure(spearman([1], [2]), "less than two pairs")
    unsure(pearson([1, 2, 3], [1, 3, 2]), "less than four")
    unsure(pearson([1, 2, 3, 4], [2, 4, 6, 8]), "perfect")
    assert bonett_wright(None, 5).estimate is None


def test_confusion_bias_and_leniency() -> None:
    values, table = confusion([0, 0, 2, 2], [0, 1, 2, 2], categories=range(4))
    assert list(values) == [0, 1, 2, 3]
    assert table.tolist() == [[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
    assert bias([1, 2, 3], [2, 2, 5]).estimate == 1
    strict, lenient, alone = leniency([[1, 2, NAN, 1], [2, 3, 3, 3], [NAN, NAN, NAN, NAN]])
    assert (strict.estimate, lenient.estimate) == (pytest.approx(-4 / 3), pytest.approx(4 / 3))
    assert alone.estimate is None and alone.n == 0
