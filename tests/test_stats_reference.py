"""Worked values, each from a second implementation or from its source, to the digits given there."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from stats.agreement import fleiss_kappa, gwet_ac, krippendorff_alpha, raw_agreement
from stats.cells import Level, Weights
from stats.corrected import Calibration, Judged, ppi_mean, rogan_gladen
from stats.correlation import bonett_wright
from stats.intervals import wilson, zero_events
from stats.multiplicity import benjamini_hochberg
from stats.ordinal import cumulative_link
from stats.paired import mcnemar, paired_difference
from stats.power import difference_variance, scenarios_needed, smallest_detectable
from stats.pushback import pushback_from_counts
from stats.ranking import bradley_terry, strengths
from stats.raters import agree, cohen_kappa
from stats.trend import ewma

_ = math.nan

A = np.array(
    [
        [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
        [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
        [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
    ]
)
B = np.array(
    [
        [1, 1, _, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
        [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [_, 5, 5, 5], [_, _, 1, 1], [_, _, 3, _],
    ]
).T  # fmt: skip
FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
BEFORE, AFTER = [3, 4, 2, 5, 3, 4, 1, 2], [4, 4, 3, 5, 4, 5, 1, 3]
CLUSTERS = [0, 0, 1, 1, 2, 2, 3, 3]
BH_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1,
]  # fmt: skip
NIST_EWMA = [
    52, 47, 53, 49.3, 50.1, 47, 51, 50.1, 51.2, 50.5,
    49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1,
]  # fmt: skip
WINS = {("A", "B"): 2, ("A", "D"): 1, ("B", "A"): 3, ("B", "C"): 5,
        ("C", "B"): 3, ("C", "D"): 1, ("D", "A"): 4, ("D", "C"): 3}  # fmt: skip


def met(value: float | None, digits: str) -> None:
    """The value rounds to the digits given: it is within half a unit of the last of them."""
    assert value is not None
    places = len(digits.partition(".")[2])
    assert abs(value - float(digits)) <= 0.5 * 10**-places + 1e-12, f"{value} is not {digits}"


def table(a: int, b: int, c: int, d: int) -> tuple[list[int], list[int]]:
    """The two raters' values behind a table a b / c d."""
    return [0] * (a + b) + [1] * (c + d), [0] * a + [1] * b + [0] * c + [1] * d


@pytest.mark.parametrize(
    ("ratings", "level", "digits"),
    [
        (A, "nominal", "0.691358"), (A, "ordinal", "0.806721"),
        (A, "interval", "0.810845"), (A, "ratio", "0.808944"),
        (B, "nominal", "0.743421"), (B, "ordinal", "0.815388"),
        (B, "interval", "0.849107"), (B, "ratio", "0.797403"),
    ],
)  # fmt: skip
def test_krippendorff(ratings: np.ndarray, level: Level, digits: str) -> None:
    met(krippendorff_alpha(ratings, level=level).estimate, digits)


@pytest.mark.parametrize(
    ("weights", "digits"),
    [
        ("identity", "0.775444"), ("linear", "0.858739"),
        ("quadratic", "0.914001"), ("ordinal", "0.898940"),
    ],
)  # fmt: skip
def test_gwet(weights: Weights, digits: str) -> None:
    met(gwet_ac(B, weights=weights).estimate, digits)


def test_fleiss_and_cohen() -> None:
    met(fleiss_kappa(FLEISS).estimate, "0.209931")
    met(cohen_kappa(*table(20, 5, 10, 15)).estimate, "0.4")


def test_the_paradox_of_prevalence() -> None:
    """Raters who agree on 95 of 100 are no better than chance by kappa and alpha."""
    found = agree(*table(95, 3, 2, 0), level="nominal")
    met(found.raw.estimate, "0.95")
    met(found.kappa.estimate, "-0.025")
    met(found.alpha.estimate, "-0.021")
    met(found.ac2.estimate, "0.947")
    pair = np.array(table(95, 3, 2, 0))
    for many, two in [
        (raw_agreement(pair), found.raw),
        (krippendorff_alpha(pair, level="nominal"), found.alpha),
        (gwet_ac(pair), found.ac2),
    ]:
        assert many.estimate == pytest.approx(two.estimate)


def test_spearman_interval() -> None:
    found = bonett_wright(0.86, 40)
    met(found.low, "0.724")
    met(found.high, "0.932")


def test_paired_by_item() -> None:
    found = paired_difference(BEFORE, AFTER)
    met(found.estimate, "0.625")
    met(found.se_before, "0.462910")
    met(found.se_after, "0.460493")
    met(found.correlation, "0.921479")
    met(found.unpaired_se, "0.652947")
    met(found.se, "0.182981")
    met(found.p, "0.011201")
    assert found.df == 7
    met(found.low, "0.1923")
    met(found.high, "1.0577")


def test_paired_by_cluster() -> None:
    found = paired_difference(BEFORE, AFTER, CLUSTERS)
    met(paired_difference(BEFORE, AFTER, CLUSTERS, corrected=False).se, "0.108253")
    met(found.se, "0.125")
    assert found.df == 3
    met(found.low, "0.2272")
    met(found.high, "1.0228")
    met(found.p, "0.0154")


WITHIN = partial(difference_variance, 1 / 9, within=(1 / 6, 1 / 6))


@pytest.mark.parametrize(
    ("found", "digits"),
    [
        (scenarios_needed(0.03, difference_variance(1 / 9)), "968.997"),
        (scenarios_needed(0.03, WITHIN()), "3875.99"),
        (scenarios_needed(0.03, WITHIN(samples=(10, 10))), "1259.70"),
        (smallest_detectable(198, WITHIN()), "0.132733"),
        # The reference says .075669: cut off, not rounded.
        (smallest_detectable(198, WITHIN(samples=(10, 10))), "0.0756696"),
        (smallest_detectable(30, 0.8**2), "0.41"),
        (smallest_detectable(60, 0.8**2), "0.29"),
        (smallest_detectable(100, 0.8**2), "0.22"),
        (smallest_detectable(200, 0.8**2), "0.16"),
    ],
)
def test_power(found: float, digits: str) -> None:
    met(found, digits)


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"), (15, 148, "0.0624", "0.1605"),
        (0, 20, "0", "0.1611"), (1, 29, "0.0061", "0.1718"),
    ],
)  # fmt: skip
def test_wilson(events: int, n: int, low: str, high: str) -> None:
    found = wilson(events, n)
    met(found.low, low)
    met(found.high, high)


def test_zero_events_is_the_exact_upper_limit() -> None:
    found = zero_events(20)
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 20))
    assert (1 - (found.high or 0)) ** 20 == pytest.approx(0.05)


def test_benjamini_hochberg_rejects_four_where_bonferroni_rejects_three() -> None:
    adjusted = benjamini_hochberg(BH_1995)
    assert [one <= 0.05 for one in adjusted if one is not None] == [True] * 4 + [False] * 11
    assert sum(p * len(BH_1995) <= 0.05 for p in BH_1995) == 3


def test_mcnemar() -> None:
    met(mcnemar(5, 15).p, "0.0413895")


@pytest.mark.filterwarnings("ignore")
def test_cumulative_link() -> None:
    found = cumulative_link([0] * 28 + [1] * 12, [0] * 18 + [1] * 22)
    met(found.estimate, "1.04797")
    assert found.estimate == pytest.approx(math.log(28 * 22 / (12 * 18)), abs=1e-5)
    # Of two levels the error is the usual one of a log odds ratio.
    assert found.se == pytest.approx(math.sqrt(1 / 28 + 1 / 12 + 1 / 18 + 1 / 22), abs=1e-3)


def test_ewma() -> None:
    found = ewma(NIST_EWMA, target=50, sigma=2.0539)
    met(found.low, "47.4116")
    met(found.high, "52.5884")
    met(float(found.smoothed[-1]), "51.99")
    assert found.alarms == ()


def test_bradley_terry() -> None:
    first, second = zip(*[pair for pair, won in WINS.items() for _ in range(won)], strict=True)
    found = bradley_terry(first, second, [1] * len(first))
    assert list(found.items) == ["A", "B", "C", "D"]
    for strength, digits in zip(found.strengths, ["0.640", "1.043", "0.660", "2.270"], strict=True):
        met(strength.estimate, digits)
    # The likelihood's own equation: expected wins are the wins that were seen.
    s = np.array([one.estimate for one in found.strengths])
    won = np.zeros((4, 4))
    for (one, other), many in WINS.items():
        won["ABCD".index(one), "ABCD".index(other)] = many
    expected = ((won + won.T) * s[:, None] / (s[:, None] + s[None, :])).sum(1)
    assert expected == pytest.approx(won.sum(1), abs=1e-6)
    assert strengths(won) == pytest.approx(s)


def test_rogan_gladen() -> None:
    found = rogan_gladen(0.4, 1000, Calibration(0.9, 200, 0.7, 200))
    met(found.estimate, "0.1667")
    met(found.low, "0.0564")
    met(found.high, "0.2627")


def test_ppi_by_hand() -> None:
    found = ppi_mean(Judged([1, 0, 1, 1], [1, 1, 1, 0], [1, 1, 0, 1, 1, 0, 1, 1]), tuning=1)
    met(found.mean.estimate, "0.75")
    met(found.mean.se, "0.385276")


@pytest.mark.parametrize(
    ("tuning", "mean", "low", "high"),
    [
        (1.0, "2.027917", "1.815674", "2.240160"),
        (0.0, "2.283333", "1.928213", "2.638453"),
        # The reference says 2.312613; an interval of mean +- half of it ends at 2.312608.
        (None, "2.102006", "1.891404", "2.3126075"),
    ],
)
def test_ppi_seeded(tuning: float | None, mean: str, low: str, high: str) -> None:
    rng = np.random.default_rng(7)
    n, rest = 60, 800
    y = rng.integers(0, 5, n + rest).astype(float)
    f = np.clip(y + rng.choice([0, 0, 1, 1, -1], n + rest), 0, 4)
    found = ppi_mean(Judged(y[:n], f[:n], f[n:]), tuning=tuning)
    met(found.mean.estimate, mean)
    met(found.mean.low, low)
    met(found.mean.high, high)
    if tuning is None:
        met(found.tuning, "0.709929")


@pytest.mark.parametrize(
    ("counts", "j", "bias"),
    [
        ((45, 50, 44, 50), "0.78", "0.05"),
        ((2, 50, 49, 50), "0.02", "-1.77"),
        ((49, 50, 3, 50), "0.04", "1.69"),
    ],
    ids=["good", "always yields", "stubborn"],
)
def test_pushback(counts: tuple[int, int, int, int], j: str, bias: str) -> None:
    found = pushback_from_counts(*counts)
    met(found.j.estimate, j)
    met(found.bias.estimate, bias)
    hold, yielding = found.hold.estimate, found.yielding.estimate
    assert (hold, yielding) == (counts[0] / 50, counts[2] / 50)
