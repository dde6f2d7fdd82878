"""Means, rates, differences and the bootstrap: what cannot be known is None, and the note says why."""

from __future__ import annotations

import importlib
import math
import re

import numpy as np
import pytest

from stats import Estimate, Resampling
from stats.bootstrap import bootstrap_mean, bootstrap_means, weights, with_percentiles
from stats.bounds import Bounds, worst_case_difference, worst_case_mean
from stats.intervals import clopper_pearson, clustered_mean, clustered_rate, wilson, zero_events
from stats.multiplicity import benjamini_hochberg
from stats.paired import mcnemar, paired_difference
from stats.raters import cohen_kappa
from stats.samples import pair, scenario_means
from tests.conftest import ROOT

NAN = math.nan


def unsure(found: object, *words: str) -> None:
    """No interval, no p, and a note with these words."""
    told = {name: getattr(found, name) for name in ("low", "high", "p")}
    assert set(told.values()) == {None}, found
    for word in words:
        assert word in found.note  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "clusters", "words"),
    [
        ([], None, "no value"),
        ([3], None, "one cluster"),
        ([3, 4, 5], ["a", "a", "a"], "one cluster"),
        ([2, 2, 2], None, "nothing varies"),
        ([0.1 + 0.2, 0.3, 0.3], None, "nothing varies"),
        ([1, 3, 1, 3], [0, 0, 1, 1], "nothing varies"),
    ],
)
def test_a_mean_without_an_error(values: list, clusters: list | None, words: str) -> None:
    found = clustered_mean(values, clusters)
    unsure(found, words)
    assert found.estimate == (pytest.approx(np.mean(values)) if values else None)
    assert not found.se
    assert found.n == len(values)


@pytest.mark.parametrize(
    ("before", "after", "clusters", "words"),
    [
        ([], [], None, "no pair"),
        ([1], [2], None, "one cluster"),
        ([1, 2], [2, 4], [7, 7], "one cluster"),
        ([1, 2, 3], [1, 2, 3], None, "every difference is the same"),
        ([1, 1], [1, 1], None, "every difference is the same"),
        # A third more in each, but for the last digits: not a difference of fifteen sigmas.
        ([1 / 3, 0.1 + 0.2, 1], [2 / 3, 0.3 + 1 / 3, 4 / 3], None, "every difference is the same"),
        ([1, 1, 2, 2], [0, 2, 1, 3], [0, 0, 1, 1], "cancel"),
    ],
)
def test_a_difference_without_an_error(
    before: list, after: list, clusters: list | None, words: str
) -> None:
    found = paired_difference(before, after, clusters)
    unsure(found, words)
    if before:
        assert found.estimate == pytest.approx(np.mean(after) - np.mean(before))


def test_rates_without_an_event_or_a_trial() -> None:
    for empty in (wilson(0, 0), clopper_pearson(0, 0), zero_events(0)):
        assert empty.estimate is None and empty.note
    assert (wilson(0, 7).low, wilson(7, 7).high) == (0, 1)  # and not 1e-17 beside it
    none = clustered_rate(np.zeros(60), np.repeat(np.arange(12), 5))
    assert (none.low, none.high) == (0, wilson(0, 12).high)  # clusters count, not samples
    assert "12 clusters" in none.note
    unsure(clustered_rate([1, 0, 1], ["a", "a", "a"]), "one cluster")
    assert clustered_rate([]).estimate is None
    # Each scenario exactly half: no spread between clusters, but no more than 40 trials either.
    half = clustered_rate([0, 1] * 20, np.repeat(np.arange(20), 2))
    assert (half.low, half.high) == (wilson(20, 40).low, wilson(20, 40).high)


def test_mcnemar_without_a_change() -> None:
    unsure(mcnemar(0, 0), "no pair changed")
    assert mcnemar(4, 4).p == 1
    more = mcnemar(2, 8)
    assert (more.estimate, more.n) == (0.8, 10)
    assert (more.low, more.high) == (clopper_pearson(8, 10).low, clopper_pearson(8, 10).high)


def test_a_test_not_made_makes_no_other_surer() -> None:
    assert benjamini_hochberg([0.01, None, 0.04]) == [
        pytest.approx(0.03), None, pytest.approx(0.06),
    ]  # fmt: skip
    assert benjamini_hochberg([]) == []
    assert benjamini_hochberg([0.03, 0.02, 0.05]) == pytest.approx([0.045, 0.045, 0.05])


def test_worst_case_bounds() -> None:
    found = worst_case_mean([1, NAN, 3, NAN], scale=(0, 4))
    assert found == Bounds(1.0, 3.0, 0.5)
    assert worst_case_mean([1, 3], scale=(0, 4)) == Bounds(2.0, 2.0, 1.0)
    assert worst_case_mean([], scale=(0, 4)) == Bounds(None, None, None)
    # A scenario's share does not grow with its samples.
    one = worst_case_mean([4, 4, 4, NAN], scale=(0, 4), clusters=["a", "a", "a", "b"])
    assert one == Bounds(2.0, 4.0, 0.75)
    worse = worst_case_difference(Bounds(1, 2, 0.9), Bounds(2, 4, 0.8))
    assert worse == Bounds(0, 3, 0.8)
    assert worst_case_difference(worse, Bounds(None, None, None)).low is None


def test_repeats_then_samples_then_scenarios() -> None:
    """A thousand samples of one scenario weigh as one; repeats of one sample weigh as one."""
    values = [0, 0, 4, 2] + [1] * 1000
    scenarios = ["a", "a", "a", "b"] + ["c"] * 1000
    samples = [1, 1, 2, 1, *range(1000)]
    found = scenario_means(values, scenarios, samples)
    assert list(found.scenarios) == ["a", "b", "c"]
    assert list(found.means) == [2, 2, 1]
    assert list(found.samples) == [2, 1, 1000]
    plain = scenario_means([1, 3, 5], [10, 10, 2])
    assert (list(plain.scenarios), list(plain.means)) == ([2, 10], [5, 2])
    both = pair(found, scenario_means([3, 4, 5], ["c", "d", "a"]))
    assert list(both.scenarios) == ["a", "c"]
    assert (list(both.before), list(both.after)) == ([2, 1], [5, 3])
    assert (both.only_before, both.only_after) == (1, 1)
    none = pair(found, scenario_means([1], ["z"]))
    assert paired_difference(none.before, none.after).note.startswith("no pair")


def test_the_bootstrap_is_seeded_and_draws_clusters() -> None:
    drawn = np.concatenate(list(weights(7, resamples=50, seed=3)))
    assert drawn.shape == (50, 7)
    assert (drawn.sum(1) == 7).all()
    assert (drawn == np.concatenate(list(weights(7, resamples=50, seed=3)))).all()
    assert (drawn != np.concatenate(list(weights(7, resamples=50, seed=4)))).any()
    values, clusters = [0, 0, 0, 9, 9, 9], [0, 0, 0, 1, 1, 1]
    by_cluster = bootstrap_mean(values, Resampling(clusters))
    assert (by_cluster.low, by_cluster.high) == (0, 9)
    assert bootstrap_mean(values).low > 0  # type: ignore[operator]


def test_the_bootstrap_of_many_traits_is_that_of_each() -> None:
    rng = np.random.default_rng(5)
    table = rng.normal(100, 1, size=(30, 3))
    table[4:9, 1] = NAN
    table[:, 2] = NAN
    whole, gaps, empty = bootstrap_means(table)
    assert whole == bootstrap_mean(table[:, 0])
    assert gaps.n == 25
    assert gaps.estimate == pytest.approx(np.nanmean(table[:, 1]))
    assert (gaps.low, gaps.high) == (pytest.approx(100, abs=1.5), pytest.approx(100, abs=1.5))
    assert empty.estimate is None and empty.note
    unsure(bootstrap_mean([1, 1, 1]), "every resample gives the same")
    unsure(bootstrap_mean([1, 2], Resampling(["a", "a"])), "one cluster")
    unsure(bootstrap_mean([]), "no value")


def test_resamples_that_are_undefined_are_counted() -> None:
    """Two values in two clusters: half of the draws see only one of them, and kappa has no value."""
    found = cohen_kappa([0, 1], [0, 1], resampling=Resampling(resamples=400))
    assert found.estimate == 1
    assert "undefined in" in found.note
    draws = np.array([1.0] * 40 + [2.0] * 9 + [NAN] * 51)
    unsure(with_percentiles(Estimate(1.0), draws), "undefined in 51 of 100")
    assert with_percentiles(Estimate(1.0), np.append(draws, [1.5, 1.5, 1.5])).low == 1


def test_percentiles_leave_half_of_the_rest_at_each_end() -> None:
    found = with_percentiles(Estimate(500.0), np.arange(1001.0))
    assert (found.low, found.high) == (pytest.approx(25), pytest.approx(975))
    assert (with_percentiles(Estimate(500.0), np.arange(1001.0), level=0.8)).low == pytest.approx(
        100
    )


def test_effective_trials() -> None:
    """Samples that always say the same count once; those that tell nothing of each other, each."""
    events, clusters = np.array([0, 1, 1, 0, 1, 0, 0, 0, 1, 0]), np.arange(10)
    once, thrice = (
        clustered_rate(events, clusters),
        clustered_rate(np.repeat(events, 3), np.repeat(clusters, 3)),
    )
    assert once.low == pytest.approx(wilson(4, 10).low)
    assert (thrice.high or 0) - (thrice.low or 0) == pytest.approx(
        (once.high or 0) - (once.low or 0), rel=0.2
    )


def test_the_docs_name_what_is_there() -> None:
    told = (ROOT / "docs" / "statistics.md").read_text("utf-8")
    rows = [line.split("|")[2] for line in told.splitlines() if line.startswith("| ")]
    named = 0
    for row in rows:
        module = None
        for name in re.findall(r"`([\w.]+)`", row):
            head, dot, function = name.rpartition(".")
            module = importlib.import_module(f"stats.{head}") if dot else module
            assert callable(getattr(module, function)), name
            named += 1
    assert named > 30
