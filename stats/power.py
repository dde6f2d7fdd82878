"""How many scenarios a comparison needs, and what so many could have shown (Miller 2024, sec. 5).

n = (z(alpha/2) + z(power))^2 (w2 + sA2/kA + sB2/kB) / effect^2: w2 is the variance, over scenarios,
of the two releases' difference in their own means; s2 is the variance of samples within a scenario
and k how many samples each release has there. Where only the spread of observed differences of
scenario means is known, its square is w2 and s2 is 0.
"""

from __future__ import annotations

import math

from scipy.special import ndtri


def difference_variance(
    between: float, *, within: tuple[float, float] = (0.0, 0.0), samples: tuple[int, int] = (1, 1)
) -> float:
    """Variance of one scenario's observed difference: w2 + sA2/kA + sB2/kB, base then candidate.

    Raises ValueError on a negative variance or less than one sample.
    """
    if between < 0 or min(within) < 0:
        raise ValueError("a variance cannot be negative")
    if min(samples) < 1:
        raise ValueError("a release needs at least one sample a scenario")
    return between + sum(s2 / k for s2, k in zip(within, samples, strict=True))


def scenarios_needed(
    effect: float, variance: float, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Scenarios that show a true difference of `effect` with this power; round up.

    `variance` is `difference_variance`, or the squared spread of observed differences. By the
    normal distribution, so a little too few under about 30. Raises ValueError on an effect of 0.
    """
    if effect == 0:
        raise ValueError("no number of scenarios shows an effect of 0")
    return _reach(alpha, power) ** 2 * _variance(variance) / effect**2


def smallest_detectable(
    scenarios: float, variance: float, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """The smallest true difference that so many scenarios would show with this power.

    Raises ValueError on no scenario.
    """
    if scenarios <= 0:
        raise ValueError("no scenario shows nothing")
    return _reach(alpha, power) * math.sqrt(_variance(variance) / scenarios)


def _reach(alpha: float, power: float) -> float:
    """Standard errors between no effect and one that is found with this power."""
    if not 0 < alpha < 1 or not 0.5 <= power < 1:
        raise ValueError(f"alpha {alpha} must lie in 0..1, power {power} in 0.5..1")
    return float(ndtri(1 - alpha / 2) + ndtri(power))


def _variance(variance: float) -> float:
    if not variance >= 0:
        raise ValueError(f"a variance cannot be {variance}")
    return variance
