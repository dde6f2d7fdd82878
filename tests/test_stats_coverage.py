"""An interval is tested by its coverage: worlds whose truth is known, counted; all seeded.

A test of an interval that holds is beside one of a naive interval that must not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from benchmarks import simulations
from stats import Estimate, Resampling
from stats.bootstrap import bootstrap_mean
from stats.corrected import Calibration, Judged, ppi_mean, rogan_gladen
from stats.correlation import spearman
from stats.flips import survival, turn_of_flip
from stats.intervals import clopper_pearson, clustered_mean, clustered_rate, mean_t, wilson
from stats.paired import paired_difference
from stats.power import scenarios_needed
from stats.pushback import pushback
from stats.ranking import bradley_terry
from stats.raters import agree
from stats.strata import combined, stratified_rate

Rng = np.random.Generator


def share_held(found: Iterable[Estimate], truth: float) -> float:
    """The share of intervals that hold the truth; one that is not there holds nothing."""
    held = [
        one.low is not None and one.high is not None and one.low <= truth <= one.high
        for one in found
    ]
    return sum(held) / len(held)


def covers(world: Callable[[Rng], Estimate], truth: float, *, worlds: int) -> None:
    """Ninety-five percent, within three simulation errors and two points for a method's own."""
    rng = np.random.default_rng(20)
    share = share_held([world(rng) for _ in range(worlds)], truth)
    slack = 3 * math.sqrt(0.95 * 0.05 / worlds)
    assert 0.95 - slack - 0.02 <= share <= min(1.0, 0.95 + slack + 0.02), share


@pytest.mark.parametrize(
    "part",
    [
        simulations.clustering, simulations.false_alarms, simulations.power,
        simulations.correction, simulations.stratified,
    ],
    ids=lambda part: part.__name__,
)  # fmt: skip
def test_the_simulations_come_out_in_fewer_worlds(part: Callable) -> None:
    found = list(part(500))
    assert found
    for figure in found:
        if "width" not in figure.what:
            assert figure.holds, figure


def test_exact_coverage_of_rates() -> None:
    """No simulation: every outcome of 30 trials, by its probability."""
    n = 30
    for method, least, mean in [(wilson, 0.83, 0.945), (clopper_pearson, 0.95, 0.96)]:
        found = [method(k, n) for k in range(n + 1)]
        shares = []
        for truth in np.linspace(0.01, 0.99, 99):
            chance = [math.comb(n, k) * truth**k * (1 - truth) ** (n - k) for k in range(n + 1)]
            held = [(one.low or 0) <= truth <= (one.high or 0) for one in found]
            shares.append(float(np.dot(chance, held)))
        assert min(shares) >= least
        assert np.mean(shares) >= mean


def clustered_events(rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """40 scenarios of 6 samples, a rate of .2 that differs between scenarios (correlation .25)."""
    rates = rng.beta(0.2 * 3, 0.8 * 3, size=40)
    return (rng.random((40, 6)) < rates[:, None]).ravel() * 1.0, np.repeat(np.arange(40), 6)


def test_clustered_rate() -> None:
    covers(lambda rng: clustered_rate(*clustered_events(rng)), 0.2, worlds=600)
    rng = np.random.default_rng(20)
    naive = [wilson(clustered_events(rng)[0].sum(), 240) for _ in range(600)]
    assert share_held(naive, 0.2) < 0.88


def test_bootstrap_of_a_mean() -> None:
    clusters = np.repeat(np.arange(40), 4)

    def world(rng: Rng) -> Estimate:
        values = rng.normal(size=40)[clusters] + rng.normal(size=160)
        return bootstrap_mean(values, Resampling(clusters, resamples=400))

    covers(world, 0, worlds=400)


def test_paired_difference_is_narrower_than_unpaired_and_still_holds() -> None:
    def world(rng: Rng) -> Estimate:
        hard = rng.normal(size=30) * 2
        found = paired_difference(hard + rng.normal(size=30), hard + 0.5 + rng.normal(size=30))
        assert (found.se or 9) < (found.unpaired_se or 0)
        return Estimate(found.estimate, found.low, found.high)

    covers(world, 0.5, worlds=600)


def test_the_power_promised_is_the_power_had() -> None:
    effect, spread = 0.5, 1.2
    n = math.ceil(scenarios_needed(effect, spread**2))
    rng = np.random.default_rng(21)
    found = [mean_t(rng.normal(effect, spread, n)).p for _ in range(1500)]
    assert np.mean([p is not None and p < 0.05 for p in found]) == pytest.approx(0.8, abs=0.03)


def two_raters(rng: Rng, scenarios: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two samples a scenario; a scenario's level is shared, each rater adds an error of their own."""
    level = np.repeat(rng.normal(2, 1, scenarios), 2) + rng.normal(0, 0.5, scenarios * 2)
    raters = [
        np.clip(np.round(level + rng.normal(0, 0.7, level.size)), 0, 4) for _ in "ab"
    ]  # fmt: skip
    return raters[0], raters[1], np.repeat(np.arange(scenarios), 2)


@pytest.mark.parametrize("name", ["raw", "alpha", "kappa", "kappa_weighted", "ac2", "spearman"])
def test_agreement(name: str) -> None:
    large = two_raters(np.random.default_rng(1), 200_000)
    truth = getattr(agree(*large[:2], categories=range(5)), name).estimate

    def world(rng: Rng) -> Estimate:
        first, second, clusters = two_raters(rng, 60)
        told = Resampling(clusters, resamples=400)
        return getattr(agree(first, second, categories=range(5), resampling=told), name)

    covers(world, truth, worlds=250)


def test_spearman_by_bonett_and_wright() -> None:
    rho = 0.6

    def world(rng: Rng) -> Estimate:
        x = rng.normal(size=50)
        return spearman(x, rho * x + math.sqrt(1 - rho**2) * rng.normal(size=50))

    covers(world, 6 / math.pi * math.asin(rho / 2), worlds=1000)


def judged(rng: Rng, scenarios: int) -> tuple[Judged, tuple[np.ndarray, np.ndarray]]:
    """Four samples a scenario, half of the scenarios labelled; the judge is .4 too lenient."""
    clusters = np.repeat(np.arange(scenarios), 4)
    people = rng.normal(size=scenarios)[clusters] + 0.5 * rng.normal(size=clusters.size)
    judge = people + 0.4 + 0.5 * rng.normal(size=clusters.size)
    some = clusters < scenarios // 2
    known = Judged(people[some], judge[some], judge[~some])
    return known, (clusters[some], clusters[~some])


def test_ppi_by_clusters() -> None:
    def world(rng: Rng) -> Estimate:
        known, clusters = judged(rng, 80)
        return ppi_mean(known, clusters=clusters).mean

    covers(world, 0, worlds=600)
    rng = np.random.default_rng(20)
    naive = [ppi_mean(judged(rng, 80)[0]).mean for _ in range(400)]
    assert share_held(naive, 0) < 0.85


def test_rogan_gladen() -> None:
    def world(rng: Rng) -> Estimate:
        rate = rng.binomial(800, 0.15 * 0.85 + 0.85 * 0.1) / 800
        found = rng.binomial(150, 0.85) / 150, rng.binomial(150, 0.9) / 150
        return rogan_gladen(rate, 800, Calibration(found[0], 150, found[1], 150))

    covers(world, 0.15, worlds=1000)


def test_strata_of_a_sample_of_transcripts() -> None:
    """With `judged` the interval is of the population, not only of the set that was judged."""

    def world(rng: Rng, judged: int | None) -> Estimate:
        truth = rng.random(400) < 0.3
        says = rng.random(400) < np.where(truth, 0.95, 0.05)
        strata = [np.flatnonzero(says), np.flatnonzero(~says)]
        drawn = [rng.choice(one, 80, replace=False) for one in strata]
        share = [one.size / 400 for one in strata]
        return stratified_rate([truth[one].sum() for one in drawn], [80, 80], share, judged=judged)

    covers(lambda rng: world(rng, 400), 0.3, worlds=600)
    rng = np.random.default_rng(20)
    assert share_held([world(rng, None) for _ in range(400)], 0.3) < 0.9


def test_strata_of_means() -> None:
    def world(rng: Rng) -> Estimate:
        return combined(
            [mean_t(rng.normal(1, 1, 60)), mean_t(rng.normal(3, 2, 60))], [0.8, 0.2]
        )  # fmt: skip

    covers(world, 0.8 * 1 + 0.2 * 3, worlds=600)


def test_pushback() -> None:
    def world(rng: Rng) -> Estimate:
        warranted = np.repeat([1, 0], 60)
        pushed = rng.random(120) < np.where(warranted == 1, 0.8, 0.3)
        return pushback(pushed, warranted, Resampling(resamples=400)).j

    covers(world, 0.8 + 0.7 - 1, worlds=300)


def test_turns_held() -> None:
    """A flip with chance .3 a turn; a fifth of the conversations is cut off early."""
    truth = sum(0.7**turn for turn in range(1, 6))

    def world(rng: Rng) -> Estimate:
        holds = np.cumprod(rng.random((80, 5)) > 0.3, axis=1).astype(float)
        cut = rng.random(80) < 0.2
        holds[cut, rng.integers(1, 5)] = np.nan
        return survival(
            turn_of_flip(holds), turns=5, resampling=Resampling(resamples=400)
        ).mean_held

    covers(world, truth, worlds=300)


def test_bradley_terry() -> None:
    true = np.array([0.5, 1.0, 2.0])

    def world(rng: Rng) -> Estimate:
        first, second = rng.integers(0, 3, 150), rng.integers(1, 3, 150)
        second = (first + second) % 3
        won = rng.random(150) < true[first] / (true[first] + true[second])
        return bradley_terry(first, second, won, resampling=Resampling(resamples=300)).strengths[2]

    covers(world, 2.0, worlds=250)


def test_clustered_mean_of_few_scenarios() -> None:
    """Eight scenarios: t on seven degrees of freedom still holds."""
    clusters = np.repeat(np.arange(8), 5)

    def world(rng: Rng) -> Estimate:
        return clustered_mean(rng.normal(size=8)[clusters] + rng.normal(size=40), clusters)

    covers(world, 0, worlds=800)
