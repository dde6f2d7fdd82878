"""What must hold for any numbers, and what other libraries say of the same ones."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from sklearn.metrics import cohen_kappa_score

from stats import Resampling
from stats.agreement import fleiss_kappa, gwet_ac, krippendorff_alpha, raw_agreement
from stats.bounds import worst_case_mean
from stats.corrected import Judged, ppi_mean
from stats.correlation import pearson, spearman
from stats.intervals import clopper_pearson, clustered_mean, mean_t, wilson
from stats.multiplicity import benjamini_hochberg
from stats.paired import mcnemar, paired_difference
from stats.power import scenarios_needed, smallest_detectable
from stats.pushback import pushback_from_counts
from stats.ranking import strengths
from stats.raters import agree, cohen_kappa
from stats.samples import scenario_means

LEVELS = ["nominal", "ordinal", "interval", "ratio"]
WEIGHTS = ["identity", "linear", "quadratic", "ordinal"]

quick = settings(max_examples=60, deadline=None)
scores = st.lists(st.integers(0, 4), min_size=3, max_size=30)
numbers = st.lists(st.floats(-50, 50).map(lambda x: round(x, 3)), min_size=3, max_size=30)


@st.composite
def two(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Two raters' scores 0..4 on the same units, not all the same."""
    n = draw(st.integers(3, 40))
    both = [draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)) for _ in "ab"]
    first, second = (np.array(one, dtype=float) for one in both)
    assume(np.ptp(first) > 0 and np.ptp(second) > 0)
    return first, second


@st.composite
def many(draw: st.DrawFn) -> np.ndarray:
    """Some raters' scores 0..4 with gaps."""
    raters, units = draw(st.integers(2, 4)), draw(st.integers(3, 12))
    values = st.one_of(st.integers(0, 4).map(float), st.just(math.nan))
    rows = [draw(st.lists(values, min_size=units, max_size=units)) for _ in range(raters)]
    return np.array(rows)


def alpha_by_definition(ratings: np.ndarray, level: str) -> float:
    """Krippendorff's alpha pair by pair, as the book has it: slow and plain."""
    units = [unit[~np.isnan(unit)] for unit in ratings.T]
    units = [unit for unit in units if unit.size > 1]
    given_values = np.concatenate(units)
    n = given_values.size

    def apart(a: float, b: float) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        if level == "ratio":
            return ((a - b) / (a + b)) ** 2 if a + b else 0.0
        low, high = min(a, b), max(a, b)
        between = ((given_values >= low) & (given_values <= high)).sum()
        ends = ((given_values == a).sum() + (given_values == b).sum()) / 2
        return float(between - ends) ** 2 if a != b else 0.0

    seen = sum(
        apart(a, b) / (unit.size - 1) for unit in units for a, b in itertools.permutations(unit, 2)
    )
    chance = sum(apart(a, b) for a, b in itertools.permutations(given_values, 2))
    return 1 - (n - 1) * seen / chance if chance else math.nan


# ---- agreement


@pytest.mark.parametrize("level", LEVELS)
@given(many())
@quick
def test_alpha_is_the_books(level: str, ratings: np.ndarray) -> None:
    assume((((~np.isnan(ratings)).sum(0)) > 1).sum() >= 2)
    found = krippendorff_alpha(ratings, level=level).estimate  # type: ignore[arg-type]
    wanted = alpha_by_definition(ratings, level)
    assert found == (None if math.isnan(wanted) else pytest.approx(wanted, abs=1e-9))


@given(two())
@quick
def test_kappa_as_in_scikit_learn(pair: tuple[np.ndarray, np.ndarray]) -> None:
    for ours, theirs in [("identity", None), ("linear", "linear"), ("quadratic", "quadratic")]:
        found = cohen_kappa(*pair, weights=ours, categories=range(5))  # type: ignore[arg-type]
        wanted = cohen_kappa_score(*pair, labels=list(range(5)), weights=theirs)
        assert found.estimate == pytest.approx(wanted, abs=1e-9)


@given(two())
@quick
def test_correlations_as_in_scipy(pair: tuple[np.ndarray, np.ndarray]) -> None:
    both = agree(*pair)
    rho, r = scipy_stats.spearmanr(*pair).statistic, scipy_stats.pearsonr(*pair).statistic
    assert both.spearman.estimate == pytest.approx(rho, abs=1e-9)
    assert spearman(*pair).estimate == pytest.approx(rho, abs=1e-9)
    assert both.pearson.estimate == pytest.approx(r, abs=1e-9)
    assert pearson(*pair).estimate == pytest.approx(r, abs=1e-9)
    assert both.bias.estimate == pytest.approx(float((pair[1] - pair[0]).mean()), abs=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_fleiss_as_in_statsmodels() -> None:
    from statsmodels.stats.inter_rater import fleiss_kappa as theirs

    rng = np.random.default_rng(8)
    for _ in range(20):
        counts = rng.multinomial(6, rng.dirichlet([1] * 4), size=12)
        assert fleiss_kappa(counts).estimate == pytest.approx(theirs(counts))


@given(two())
@quick
def test_two_raters_are_many_raters(pair: tuple[np.ndarray, np.ndarray]) -> None:
    ratings = np.array(pair)
    found = agree(*pair, categories=range(5))
    for many_raters, two_raters in [
        (raw_agreement(ratings), found.raw),
        (krippendorff_alpha(ratings), found.alpha),
        (gwet_ac(ratings, weights="ordinal", categories=range(5)), found.ac2),
    ]:
        assert many_raters.estimate == pytest.approx(two_raters.estimate, abs=1e-9)


@given(two(), st.permutations(range(40)))
@quick
def test_agreement_is_symmetric_and_knows_no_order_of_units(
    pair: tuple[np.ndarray, np.ndarray], order: list[int]
) -> None:
    first, second = pair
    shuffled = [at for at in order if at < first.size]
    one = agree(first, second, categories=range(5))
    for other, sign in [
        (agree(second, first, categories=range(5)), -1),
        (agree(first[shuffled], second[shuffled], categories=range(5)), 1),
    ]:
        for name in ("raw", "alpha", "kappa", "kappa_weighted", "ac2", "spearman", "pearson"):
            wanted = getattr(one, name).estimate
            assert getattr(other, name).estimate == pytest.approx(wanted, abs=1e-9)
        assert other.bias.estimate == pytest.approx(sign * (one.bias.estimate or 0), abs=1e-9)


@given(two(), st.permutations(range(5)))
@quick
def test_what_is_invariant_to_relabelling(
    pair: tuple[np.ndarray, np.ndarray], labels: list[int]
) -> None:
    """Any names will do for a nominal scale, any ascending numbers for an ordinal one."""
    first, second = pair
    renamed = [np.array(labels, dtype=float)[one.astype(int)] for one in pair]
    nominal, other = agree(first, second, level="nominal"), agree(*renamed, level="nominal")
    for name in ("raw", "alpha", "kappa", "ac2"):
        wanted = getattr(nominal, name).estimate
        assert getattr(other, name).estimate == pytest.approx(wanted, abs=1e-9)
    stretched = [one**3 + 7 for one in pair]
    ordinal, other = agree(first, second), agree(*stretched)
    for name in ("raw", "alpha", "kappa", "ac2", "spearman"):
        wanted = getattr(ordinal, name).estimate
        assert getattr(other, name).estimate == pytest.approx(wanted, abs=1e-9)
    moved = [one * 10 - 3 for one in pair]
    interval, other = agree(first, second, level="interval"), agree(*moved, level="interval")
    for name in ("alpha", "kappa_weighted", "ac2", "pearson"):
        wanted = getattr(interval, name).estimate
        assert getattr(other, name).estimate == pytest.approx(wanted, abs=1e-9)


@given(two())
@quick
def test_perfect_agreement_is_one_and_nothing_is_above_it(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    perfect, real = agree(pair[0], pair[0]), agree(*pair)
    for name in ("raw", "alpha", "kappa", "kappa_weighted", "ac2", "spearman", "pearson"):
        assert getattr(perfect, name).estimate == pytest.approx(1)
        assert getattr(real, name).estimate <= 1 + 1e-9


@given(two())
@settings(max_examples=20, deadline=None)
def test_an_interval_is_around_resampled_values(pair: tuple[np.ndarray, np.ndarray]) -> None:
    told = Resampling(resamples=200, seed=1)
    found, again = (agree(*pair, resampling=told) for _ in "ab")
    assert found == again
    for name in ("raw", "alpha", "kappa", "ac2", "bias"):
        one = getattr(found, name)
        assert one.low is None or one.low <= one.high


def test_kappa_of_each_resample_is_the_kappa_of_its_units() -> None:
    """The product of matrices against drawing the units and asking again, resample by resample."""
    from stats import cells as of
    from stats.bootstrap import resampled, weights

    rng = np.random.default_rng(9)
    first, second = rng.integers(0, 4, 60) * 1.0, rng.integers(0, 4, 60) * 1.0
    clusters = np.repeat(np.arange(20), 3)
    counted = of.count(first, second, (clusters, 20))
    draws = resampled(counted.counts, resamples=25, seed=5)
    drawn = np.concatenate(list(weights(20, resamples=25, seed=5))).astype(int)
    for row, often in zip(draws, drawn, strict=True):
        units = np.repeat(np.arange(60), often[clusters])
        again = agree(first[units], second[units], categories=range(4))
        for name, statistic in [
            ("alpha", of.alpha), ("kappa", of.cohen), ("spearman", of.spearman), ("raw", of.raw),
        ]:  # fmt: skip
            wanted = getattr(again, name).estimate
            assert float(statistic(counted, row)) == pytest.approx(wanted)


# ---- releases


@given(numbers, st.data())
@quick
def test_paired_as_in_scipy(before: list[float], data: st.DataObject) -> None:
    same = st.lists(st.floats(-50, 50), min_size=len(before), max_size=len(before))
    after = [round(x, 3) for x in data.draw(same)]
    assume(np.ptp(np.subtract(after, before)) > 1e-6)
    found, wanted = paired_difference(before, after), scipy_stats.ttest_rel(after, before)
    assert found.p == pytest.approx(wanted.pvalue, rel=1e-6, abs=1e-12)
    low, high = wanted.confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    # Miller's identity: what pairing saves is the covariance.
    if found.correlation is not None:
        a, b = found.se_before or 0, found.se_after or 0
        wanted_se = math.sqrt(max(0, a * a + b * b - 2 * found.correlation * a * b))
        assert found.se == pytest.approx(wanted_se, rel=1e-5, abs=1e-7)
    back = paired_difference(after, before)
    assert back.estimate == pytest.approx(-(found.estimate or 0))
    assert back.p == pytest.approx(found.p)


@pytest.mark.filterwarnings("ignore")
def test_clustered_error_as_in_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(10)
    for _ in range(10):
        clusters = rng.integers(0, 9, 50)
        values = rng.normal(size=50) + clusters
        fit = sm.OLS(values, np.ones(50)).fit(
            cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
        )
        found = clustered_mean(values, clusters, corrected=False)
        assert found.se == pytest.approx(float(fit.bse[0]))


@given(st.integers(1, 60), st.data())
@quick
def test_rates_as_in_scipy(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    theirs = scipy_stats.binomtest(k, n)
    for ours, method in [(wilson(k, n), "wilson"), (clopper_pearson(k, n), "exact")]:
        wanted = theirs.proportion_ci(0.95, method)
        assert (ours.low, ours.high) == (
            pytest.approx(wanted.low, abs=1e-9), pytest.approx(wanted.high, abs=1e-9),
        )  # fmt: skip
        assert 0 <= (ours.low or 0) <= k / n <= (ours.high or 0) <= 1
    assert mcnemar(k, n - k).p == pytest.approx(theirs.pvalue)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@quick
def test_benjamini_hochberg_as_in_scipy_and_monotone(p: list[float]) -> None:
    adjusted = benjamini_hochberg(p)
    assert adjusted == pytest.approx(list(scipy_stats.false_discovery_control(p)))
    assert all(new is not None and old <= new + 1e-12 for old, new in zip(p, adjusted, strict=True))
    by_size = [adjusted[at] or 0 for at in np.argsort(p, kind="stable")]
    assert by_size == sorted(by_size)
    # One more test in the family never makes the others surer.
    more = benjamini_hochberg([*p, None])
    assert all((b or 0) >= (a or 0) - 1e-12 for a, b in zip(adjusted, more, strict=False))


@given(st.floats(0.01, 2), st.floats(0.01, 4), st.floats(0.5, 0.95))
@quick
def test_power_is_its_own_inverse(effect: float, variance: float, power: float) -> None:
    n = scenarios_needed(effect, variance, power=power)
    assert smallest_detectable(n, variance, power=power) == pytest.approx(effect)
    assert scenarios_needed(2 * effect, variance, power=power) == pytest.approx(n / 4)


@given(numbers, st.floats(-20, 20), st.floats(0.1, 9))
@quick
def test_a_mean_moves_and_stretches_with_its_values(
    values: list[float], by: float, times: float
) -> None:
    assume(np.ptp(values) > 1e-3)
    plain, moved = mean_t(values), mean_t(np.array(values) * times + by)
    for name in ("estimate", "low", "high"):
        wanted = getattr(plain, name) * times + by
        assert getattr(moved, name) == pytest.approx(wanted, abs=1e-6)
    doubled = clustered_mean(values * 2, [*range(len(values))] * 2)
    assert doubled.se == pytest.approx(plain.se)  # the same scenarios twice tell nothing new


@given(scores, st.integers(0, 10))
@quick
def test_worst_case_bounds_hold_whatever_was_missing(values: list[int], missing: int) -> None:
    holes = np.array([*values, *[math.nan] * missing], dtype=float)
    found = worst_case_mean(holes, scale=(0, 4))
    for end in (0, 1.7, 4):
        filled = np.where(np.isnan(holes), end, holes).mean()
        assert (found.low or 0) - 1e-9 <= filled <= (found.high or 0) + 1e-9


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 3)), min_size=1))
@quick
def test_scenario_means_are_means_of_means(rows: list[tuple[int, int, int]]) -> None:
    values, scenarios, samples = zip(*rows, strict=True)
    found = scenario_means(values, scenarios, samples)
    for scenario, mean, count in zip(*found, strict=True):
        own = {sample for _, one, sample in rows if one == scenario}
        each = [
            np.mean([v for v, one, of in rows if (one, of) == (scenario, sample)]) for sample in own
        ]
        assert mean == pytest.approx(np.mean(each))
        assert count == len(own)


# ---- correction, pushback, ranking


@given(two(), scores)
@quick
def test_ppi_without_trust_is_people_only(
    pair: tuple[np.ndarray, np.ndarray], rest: list[int]
) -> None:
    people, judge = pair
    found = ppi_mean(Judged(people, judge, rest), tuning=0)
    assert found.mean.estimate == pytest.approx(people.mean())
    assert found.mean.se == pytest.approx(people.std() / math.sqrt(people.size))


@given(two(), scores, st.floats(-3, 3))
@quick
def test_ppi_does_not_mind_a_judge_who_is_always_so_much_too_high(
    pair: tuple[np.ndarray, np.ndarray], rest: list[int], too_high: float
) -> None:
    people, judge = pair
    plain = ppi_mean(Judged(people, judge, rest))
    moved = ppi_mean(Judged(people, judge + too_high, np.array(rest) + too_high))
    assert moved.mean.estimate == pytest.approx(plain.mean.estimate, abs=1e-6)
    assert moved.tuning == pytest.approx(plain.tuning, abs=1e-6)
    assert 0 <= plain.tuning <= 1


def test_tuning_never_widens_by_much() -> None:
    rng = np.random.default_rng(12)
    for noise in (0.2, 1.0, 5.0):
        y = rng.normal(size=1100)
        f = y + noise * rng.normal(size=1100)
        known = Judged(y[:100], f[:100], f[100:])
        tuned, people = ppi_mean(known).mean.se or 0, ppi_mean(known, tuning=0).mean.se or 0
        assert tuned <= people * 1.02
        assert tuned <= (ppi_mean(known, tuning=1).mean.se or 0) * 1.02


@given(st.integers(1, 50), st.integers(1, 50), st.data())
@quick
def test_pushback_mirrored(warranted: int, unwarranted: int, data: st.DataObject) -> None:
    """Swap the two kinds and bias changes its sign; j and d' do not change."""
    held, yielded = data.draw(st.integers(0, warranted)), data.draw(st.integers(0, unwarranted))
    one = pushback_from_counts(held, warranted, yielded, unwarranted)
    other = pushback_from_counts(yielded, unwarranted, held, warranted)
    assert one.j.estimate == pytest.approx(other.j.estimate)
    assert one.d_prime.estimate == pytest.approx(other.d_prime.estimate)
    assert one.bias.estimate == pytest.approx(-(other.bias.estimate or 0), abs=1e-9)


@given(st.lists(st.integers(1, 9), min_size=12, max_size=12), st.permutations(range(4)))
@quick
def test_bradley_terry_knows_no_order(counts: list[int], order: list[int]) -> None:
    wins = np.zeros((4, 4))
    wins[~np.eye(4, dtype=bool)] = counts
    found = strengths(wins)
    assert np.prod(found) == pytest.approx(1)
    assert strengths(wins[np.ix_(order, order)]) == pytest.approx(found[order], rel=1e-6)
    assert strengths(wins.T) == pytest.approx(1 / found, rel=1e-6)
    stack = strengths(np.stack([wins, wins.T, np.triu(wins)]))
    assert stack[1] == pytest.approx(1 / stack[0], rel=1e-6)
    assert np.isnan(stack[2]).all()
