"""A release under pressure as a component's data: pushback both ways, and giving way over turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from viewer.change import Link, estimate


def pushback_data(both: Mapping[str, Any]) -> dict[str, Any] | None:
    """Hold, yield, J, d' and bias a release."""
    if not both:
        return None
    columns = ["release", "holds where it should", "yields where it should", "J", "d\u2032", "bias",
               "warranted", "not warranted", "contested, left out"]  # fmt: skip
    rows = [
        [name, *(estimate(x, True) for x in (one.found.hold, one.found.yielding)),
         *(estimate(x, False) for x in (one.found.j, one.found.d_prime, one.found.bias)),
         one.warranted, one.unwarranted, one.contested]
        for name, one in both.items()
    ]  # fmt: skip
    return {"name": "pushback.csv", "columns": columns, "rows": rows}


def survival_data(
    over: Mapping[str, Any], ids: Callable[[Sequence[int]], Mapping[int, str]], link: Link
) -> dict[str, Any] | None:
    """The share that still holds after each turn, a curve a release; a step opens who flipped."""
    curves, rows = [], []
    for name, one in over.items():
        curve = one.survival
        if not curve.turns.size:
            continue
        steps: list[dict[str, Any]] = [
            {"turn": 0, "holding": 1.0, "low": None, "high": None, "flipped": []}
        ]
        for k, turn in enumerate(curve.turns.tolist()):
            gone = one.key[(one.held == k) & one.flipped][:12].tolist()
            known = ids(gone)
            steps.append({
                "turn": turn, "holding": _number(curve.holding[k]), "low": _number(curve.low[k]),
                "high": _number(curve.high[k]),
                "flipped": [{"params": {"t": known[key]}, "href": link({"t": known[key]})}
                            for key in gone],
            })  # fmt: skip
            rows.append([name, turn, int(curve.at_risk[k]), int(curve.flips[k]), *(
                _number(x[k]) for x in (curve.holding, curve.low, curve.high))])  # fmt: skip
        curves.append({"name": name, "steps": steps, "told": _steadiness(one)})
    if not curves:
        return None
    columns = ["release", "turn", "at risk", "flips", "still holding", "low", "high"]
    return {"curves": curves, "turns": max(len(c["steps"]) for c in curves) - 1,
            "table": {"name": "turn-of-flip.csv", "columns": columns, "rows": rows}}  # fmt: skip


def _steadiness(one: Any) -> str:
    held, number = estimate(one.survival.mean_held, False), estimate(one.number, False)
    wrong, right = (estimate(x, True) for x in (one.shares.regressive, one.shares.progressive))
    return (
        f"{one.conversations:,} conversations, {held} turns held, {number} changes each; "
        f"right first and then wrong {wrong}, wrong first and then right {right}"
    )


def _number(value: Any) -> float | None:
    made = float(value)
    return None if made != made else made
