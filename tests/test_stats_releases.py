"""Correction, pushback, flips, ranking, trend: their edges."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from stats import Estimate, Resampling
from stats.corrected import Calibration, Judged, labels_needed, ppi_mean, rogan_gladen
from stats.estimate import z_quantile
from stats.flips import Flips, flip_shares, number_of_flips, survival, turn_of_flip
from stats.intervals import clustered_se, mean_t
from stats.ordinal import cumulative_link
from stats.pushback import pushback, pushback_from_counts
from stats.ranking import bradley_terry, order_consistency
from stats.strata import combined, stratified_rate
from stats.trend import ewma
from tests.test_stats import unsure

NAN = math.nan


def test_ppi_with_nothing_to_go_on() -> None:
    assert ppi_mean(Judged([1], [1], [1])).mean.estimate is None
    flat = ppi_mean(Judged([1, 1, 1], [1, 1, 1], [1, 1]))
    unsure(flat.mean, "nothing varies")
    people_only = ppi_mean(Judged([1, 2, 4], [1, 2, 3], []))
    assert people_only.tuning == 0
    told = ppi_mean(Judged([1, 2, 4], [1, 2, 3], []), tuning=1)
    assert (told.tuning, told.mean.estimate) == (0, people_only.mean.estimate)
    assert people_only.mean.estimate == pytest.approx(7 / 3)
    ignorant = ppi_mean(Judged([1, 2, 4], [2, 2, 2], [2, 2]))
    assert ignorant.tuning == 0
    one = ppi_mean(Judged([1, 2], [1, 2], [3]), clusters=(["a", "a"], ["a"]))
    unsure(one.mean, "one cluster")
    rare = ppi_mean(Judged([1] * 5 + [0] * 50, [1] * 6 + [0] * 49, [0, 1] * 50))
    assert "5 labelled positives" in rare.mean.note


def test_labels_that_would_halve_the_interval() -> None:
    rng = np.random.default_rng(6)
    y = rng.normal(size=1060)
    f = y + rng.normal(size=1060)
    known = Judged(y[:60], f[:60], f[60:])
    wanted = labels_needed(known)
    assert wanted is not None
    before, after = ppi_mean(known).mean, ppi_mean(Judged(y[:wanted], f[:wanted], f[wanted:])).mean
    assert (after.se or 0) / (before.se or 1) == pytest.approx(0.5, abs=0.06)
    assert labels_needed(Judged(y[:60], f[:60], f[60:70])) is None
    assert labels_needed(Judged([1], [1], [1])) is None
    blind = Judged(y[:60], rng.normal(size=60), rng.normal(size=1000))
    people_alone = labels_needed(blind)
    assert people_alone == pytest.approx(240, abs=12)  # four times as many, as ever


def test_rogan_gladen_refuses_a_judge_that_knows_nothing() -> None:
    refused = rogan_gladen(0.4, 1000, Calibration(0.6, 200, 0.59, 200))
    assert refused.estimate is None
    unsure(refused, "too little")
    assert rogan_gladen(0.4, 1000, Calibration(0.6, 200, 0.61, 200)).estimate is not None
    low = rogan_gladen(0.01, 1000, Calibration(0.9, 200, 0.9, 200))
    assert (low.estimate, low.low) == (0, 0)  # never under nothing


def test_strata() -> None:
    found = stratified_rate([25, 1], [75, 75], [0.27, 0.73])
    assert found.estimate == pytest.approx(0.27 / 3 + 0.73 / 75)
    first, second = 25.5 / 76, 1.5 / 76
    variance = 0.27**2 * first * (1 - first) / 75 + 0.73**2 * second * (1 - second) / 75
    assert found.se == pytest.approx(math.sqrt(variance))
    half = combined([Estimate(1.0, se=0.1), Estimate(3.0, se=0.2)], [0.5, 0.5])
    assert (half.estimate, half.se) == (2, pytest.approx(math.sqrt(0.05) / 2))
    wider = stratified_rate([25, 1], [75, 75], [0.27, 0.73], judged=1500)
    assert (wider.se or 0) > (found.se or 0)
    nothing = stratified_rate([0, 0], [30, 30], [0.5, 0.5])
    assert nothing.low == 0 and (nothing.high or 0) > 0.03
    unsure(combined([mean_t([1, 2]), mean_t([3, 3])], [0.5, 0.5]), "error of a stratum")
    assert combined([mean_t([1, 2]), mean_t([])], [0.5, 0.5]).estimate is None


def test_pushback_of_one_kind_only() -> None:
    found = pushback_from_counts(3, 4, 0, 0)
    assert found.hold.estimate == 0.75
    assert found.yielding.estimate is None
    for one in (found.j, found.d_prime, found.bias):
        assert one.estimate is None
        unsure(one, "both kinds")
    assert pushback([], []).j.estimate is None


def test_pushback_from_replies_is_that_from_counts() -> None:
    pushed, warranted = [1, 1, 0, 0, 0, 1], [1, 1, 1, 0, 0, 0]
    found = pushback(pushed, warranted)
    counted = pushback_from_counts(2, 3, 2, 3)
    for name in ("hold", "yielding", "j", "d_prime", "bias"):
        assert getattr(found, name).estimate == pytest.approx(getattr(counted, name).estimate)


def test_turn_of_flip_and_censoring() -> None:
    holds = [
        [1, 1, 0, 0, 1], [1, 1, 1, 1, 1], [0, 1, 0, 1, 0], [1, NAN, 0, 0, 0], [1, 1, NAN, NAN, NAN],
    ]  # fmt: skip
    found = turn_of_flip(holds)
    assert list(found.held) == [2, 5, 0, 1, 2]
    assert list(found.flipped) == [True, False, True, False, False]
    assert list(number_of_flips(holds)) == [2, 0, 4, 0, 0]
    curve = survival(found, turns=5, resampling=Resampling(resamples=50))
    assert list(curve.at_risk) == [5, 3 + 1 - 1, 2, 1, 1]
    assert list(curve.flips) == [1, 0, 1, 0, 0]
    assert curve.holding == pytest.approx([0.8, 0.8, 0.4, 0.4, 0.4])


@pytest.mark.filterwarnings("ignore")
def test_survival_as_in_statsmodels() -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    rng = np.random.default_rng(14)
    flips = Flips(rng.integers(0, 6, 40), rng.random(40) < 0.6)
    curve = survival(flips, resampling=Resampling(resamples=2))
    theirs = SurvfuncRight(flips.held + flips.flipped, flips.flipped)
    at = np.searchsorted(curve.turns, theirs.surv_times)
    assert curve.holding[at] == pytest.approx(theirs.surv_prob)
    inside = (theirs.surv_prob > 0) & (theirs.surv_prob < 1)
    s, se = theirs.surv_prob[inside], theirs.surv_prob_se[inside]
    stretch = np.exp(1.959964 * se / (s * np.log(s)))
    assert curve.low[at][inside] == pytest.approx(s ** (1 / stretch), rel=1e-5)
    assert curve.high[at][inside] == pytest.approx(s**stretch, rel=1e-5)


def test_turns_held_without_censoring_is_the_plain_mean() -> None:
    holds = [[1, 0, 1], [0, 0, 0], [1, 1, 1], [1, 1, 0]]
    curve = survival(turn_of_flip(holds), resampling=Resampling(resamples=50))
    assert curve.mean_held.estimate == pytest.approx((1 + 0 + 3 + 2) / 4)


def test_all_fell_and_nobody_seen() -> None:
    fallen = survival(turn_of_flip([[0, 0], [1, 0]]), turns=4, resampling=Resampling(resamples=50))
    assert fallen.holding == pytest.approx([0.5, 0, 0, 0])
    assert fallen.mean_held.estimate == pytest.approx(0.5)
    cut = survival(turn_of_flip([[1, 1], [1, 0]]), turns=4, resampling=Resampling(resamples=50))
    assert np.isnan(cut.holding[2:]).all()
    assert cut.mean_held.estimate is None and "nobody" in cut.mean_held.note
    for nothing in (np.zeros((0, 5)), np.zeros((3, 0))):
        assert survival(turn_of_flip(nothing)).mean_held.estimate is None


def test_flips_in_both_directions() -> None:
    found = flip_shares([1, 1, 0, 0, 0], [1, 0, 1, 0, 0])
    assert found.regressive.estimate == 0.5
    assert found.progressive.estimate == pytest.approx(1 / 3)
    assert flip_shares([1, 1], [0, 1]).progressive.estimate is None


@pytest.mark.shared
@pytest.mark.parametrize("setting", ["ethical-setting", "false-presuppositions-setting"])
def test_turn_of_flip_as_sycon_bench_has_it(shared: Path, setting: str) -> None:
    """Every row of every model and prompt: the number of turns before the first flip."""
    rows = 0
    for path in sorted((shared / "sycon-bench" / setting / "results").rglob("*_result_all.csv")):
        told = path.with_name(path.name.replace("_result_all.csv", "_results.txt"))
        lines = path.read_text().splitlines()[1:]
        holds = np.array([[float(x) for x in line.split(",")[1:6]] for line in lines if line])
        theirs = [
            int(line.rpartition(":")[2])
            for line in told.read_text().splitlines()
            if line.startswith("Row ") and "Turn of Flip:" in line
        ]
        found = turn_of_flip(holds)
        assert list(found.held) == theirs, path
        curve = survival(found, turns=5, resampling=Resampling(resamples=2))
        assert curve.mean_held.estimate == pytest.approx(np.mean(theirs))
        rows += len(theirs)
    assert rows > 2000


@pytest.mark.parametrize(
    ("first", "second", "score"),
    [
        (["a", "b"], ["c", "c"], [1, 1]),
        (["a", "b", "c", "d"], ["b", "a", "d", "c"], [1, 1, 1, 1]),
        ([], [], []),
    ],
    ids=["one only loses", "two groups that never met", "nothing"],
)
def test_bradley_terry_without_a_likelihood(first: list, second: list, score: list) -> None:
    found = bradley_terry(first, second, score)
    assert found.strengths == ()
    assert found.note
    if first:
        asked = bradley_terry(first, second, score, pseudo_wins=0.5)
        assert len(asked.strengths) == len(set(first + second))
        assert all(one.estimate is not None for one in asked.strengths)


def test_a_tie_is_half_a_win_for_each() -> None:
    tied = bradley_terry(["a", "a"], ["b", "b"], [0.5, 0.5])
    assert [one.estimate for one in tied.strengths] == pytest.approx([1, 1])
    two_to_one = bradley_terry(["a", "a", "b", "a"], ["b", "b", "a", "b"], [1, 1, 1, 0.5])
    strong, weak = (one.estimate or 0 for one in two_to_one.strengths)
    assert strong / weak == pytest.approx(2.5 / 1.5)


def test_order_consistency() -> None:
    found = order_consistency([1, 1, 0, 0.5, 1, 0], [1, 0, 0, 0.5, 0, 1])
    assert found.consistency.estimate == 0.5
    assert found.first_wins.estimate == pytest.approx(2 / 3)
    assert order_consistency([1, 0], [1, 0]).first_wins.estimate is None


def test_ewma_says_why_it_has_no_limits() -> None:
    seven = ewma([1.0] * 7, target=1, sigma=1)
    assert seven.low is None and seven.alarms == () and "at least 8" in seven.note
    mixed = ewma([50.0] * 9, target=1, sigma=1, instruments=["r"] * 8 + ["s"])
    assert mixed.low is None and mixed.alarms == () and "instrument" in mixed.note
    drifting = ewma([0.0] * 4 + [2.0] * 4, target=0, sigma=1, instruments=["r"] * 8)
    assert drifting.alarms == (6, 7)


@pytest.mark.filterwarnings("ignore")
def test_cumulative_link_knows_pairs() -> None:
    """The same scenarios in both releases: what they share is no noise of the difference."""
    rng = np.random.default_rng(15)
    hard = rng.integers(0, 4, 60)
    before, after = hard + rng.integers(0, 2, 60), hard + rng.integers(0, 2, 60)
    paired = cumulative_link(before, after, (range(60), range(60)))
    apart = cumulative_link(before, after)
    assert paired.estimate == apart.estimate
    assert (paired.se or 9) < 0.7 * (apart.se or 0)
    assert (paired.low or 0) < (paired.estimate or 9) < (paired.high or 0)
    assert cumulative_link([0, 1, 1, 2], [1, 2, 2, 2]).estimate > 0  # type: ignore[operator]


@pytest.mark.filterwarnings("ignore")
def test_cumulative_link_where_there_is_nothing_to_fit() -> None:
    for before, after, words in [
        ([], [1], "no value"),
        ([2, 2], [2, 2], "all values are the same"),
        ([0, 0, 1], [1, 2, 2], "do not overlap"),
    ]:
        found = cumulative_link(before, after)
        assert found.estimate is None
        unsure(found, words)
    one = cumulative_link([0, 1, 2, 1], [1, 2, 0, 1], ([1] * 4, [1] * 4))
    unsure(one, "one cluster")
    with pytest.raises(ValueError, match="before holds NaN"):
        cumulative_link([NAN], [1])


def test_levels() -> None:
    assert z_quantile(0.95) == pytest.approx(1.959964)
    assert clustered_se([1.0]) is None
    narrow, wide = (mean_t([1, 2, 4], level=level) for level in (0.8, 0.99))
    assert isinstance(narrow, Estimate)
    assert (narrow.low or 0) > (wide.low or 0)
