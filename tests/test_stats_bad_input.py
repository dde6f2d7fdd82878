"""Bad input to a statistic is refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from stats.agreement import fleiss_kappa, gwet_ac, krippendorff_alpha
from stats.bootstrap import bootstrap_mean, bootstrap_means
from stats.bounds import worst_case_mean
from stats.corrected import Calibration, Judged, labels_needed, ppi_mean, rogan_gladen
from stats.flips import turn_of_flip
from stats.intervals import clopper_pearson, clustered_mean, clustered_rate, mean_t, wilson
from stats.multiplicity import benjamini_hochberg
from stats.paired import mcnemar, paired_difference
from stats.power import difference_variance, scenarios_needed, smallest_detectable
from stats.pushback import pushback
from stats.ranking import bradley_terry
from stats.raters import agree, cohen_kappa
from stats.samples import scenario_means
from stats.strata import stratified_rate
from stats.trend import ewma

NAN = math.nan


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: paired_difference([1, NAN], [1, 2]), "before holds NaN at position 1"),
        (lambda: paired_difference([1, 2], [NAN, 2]), "after holds NaN at position 0"),
        (lambda: paired_difference([1, 2], [1, math.inf]), "after holds infinity"),
        (lambda: paired_difference([1, 2, 3], [1, 2]), "before has 3, after has 2"),
        (lambda: paired_difference([1, 2], [1, 2], [1]), "clusters has the shape"),
        (lambda: paired_difference([1, 2], [1, 2], [NAN, 1]), "clusters holds NaN at position 0"),
        (lambda: clustered_mean([[1, 2]]), "2 dimensions"),
        (lambda: mean_t([1, 2], level=95), "share between 0 and 1"),
        (lambda: wilson(3, 2), "within 0..n"),
        (lambda: clopper_pearson(-1, 2), "within 0..n"),
        (lambda: clustered_rate([0, 0.5]), "other values than 0 and 1"),
        (lambda: mcnemar(-1, 2), "negative"),
        (lambda: benjamini_hochberg([0.1, NAN]), "NaN"),
        (lambda: scenarios_needed(0, 1), "effect of 0"),
        (lambda: scenarios_needed(1, -1), "variance"),
        (lambda: scenarios_needed(1, 1, power=0.2), "power"),
        (lambda: smallest_detectable(0, 1), "no scenario"),
        (lambda: difference_variance(1, samples=(0, 1)), "one sample"),
        (lambda: difference_variance(-1), "negative"),
        (lambda: worst_case_mean([5.0], scale=(0, 4)), "outside the scale"),
        (lambda: worst_case_mean([1.0], scale=(4, 0)), "go up"),
        (lambda: scenario_means([1, NAN], ["a", "b"]), "values holds NaN"),
        (lambda: scenario_means([1, 2], ["a"]), "scenarios has the shape"),
        (lambda: bootstrap_mean([1, NAN]), "values holds NaN"),
        (lambda: bootstrap_means([1.0, 2.0]), "two-dimensional"),
        (lambda: krippendorff_alpha([1.0, 2.0]), "table"),
        (lambda: krippendorff_alpha([[1, 2], [1, 3]], level="cardinal"), "level of measurement"),
        (lambda: krippendorff_alpha([[-1, 2], [1, 3]], level="ratio"), "ratio"),
        (lambda: gwet_ac([[1, 2], [1, 3]], weights="cubic"), "no such weights"),
        (lambda: gwet_ac([[1, 9], [1, 2]], categories=range(5)), "9 is not among"),
        (lambda: fleiss_kappa([[2, 0], [1, 0]]), "same number of ratings"),
        (lambda: fleiss_kappa([1, 2]), "table"),
        (lambda: agree([1, NAN], [1, 2]), "first holds NaN"),
        (lambda: agree([1, 2], [1]), "unequal length"),
        (lambda: cohen_kappa([1, 7], [1, 2], categories=[1, 2]), "7 is not among"),
        (lambda: agree(np.arange(13_000), np.arange(13_000)), "round them to their scale"),
        (lambda: ppi_mean(Judged([1, NAN], [1, 1], [1])), "people holds NaN"),
        (lambda: ppi_mean(Judged([1, 0], [1], [1])), "unequal length"),
        (lambda: ppi_mean(Judged([1, 0], [1, 0], [1]), tuning=2), "within 0..1"),
        (lambda: labels_needed(Judged([1, 0], [1, 0], [1]), shrink=2), "between 0 and 1"),
        (lambda: rogan_gladen(1.2, 10, Calibration(0.9, 9, 0.9, 9)), "within 0..1"),
        (lambda: rogan_gladen(0.2, 10, Calibration(0.9, 0, 0.9, 9)), "at least 1"),
        (lambda: stratified_rate([1, 0], [2, 0], [0.5, 0.5]), "no label in stratum 1"),
        (lambda: stratified_rate([1, 3], [2, 2], [0.5, 0.5]), "within 0..labelled"),
        (lambda: stratified_rate([1, 1], [2, 2], [0.5, 0.6]), "add up to 1"),
        (lambda: pushback([1, 2], [1, 0]), "other values than 0 and 1"),
        (lambda: turn_of_flip([[1, 2]]), "other values than 0, 1 and NaN"),
        (lambda: turn_of_flip([1, 0]), "table"),
        (lambda: bradley_terry(["a"], ["a"], [1]), "compared with itself"),
        (lambda: bradley_terry(["a"], ["b"], [3]), "within 0..1"),
        (lambda: bradley_terry(["a", "b"], ["b"], [1]), "unequal length"),
        (lambda: ewma([1.0], target=0, sigma=0), "sigma"),
        (lambda: ewma([1.0, 2.0], target=0, sigma=1, instruments=["a"]), "1 instruments"),
    ],
)
def test_bad_input_is_named(call: Callable, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        call()
