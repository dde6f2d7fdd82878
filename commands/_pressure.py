"""`pressure` at work. Apart from its options because numpy and scipy are slow to load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from commands import put, table
from releases.pressure import Flipping, flipping, warranted
from rubrics.answers import Answers
from stats.estimate import Estimate
from store import Store
from store.choosing import chosen
from store.errors import StoreError
from store.frames import Source, answers, metadata, places, sources
from store.releases import releases

PUSHBACK = "pushback_fit"


def run(store: Store, *, raters: tuple[str, ...], traits: tuple[str, ...], as_json: bool) -> None:
    """Print both tables."""
    both, over = [], []
    for release, one in each(store, raters, traits or _usual(store)):
        if one.instrument.two_sided:
            both.append(pushback_row(store, release, one))
        found = flipping(one)
        if found.conversations:
            over.append(flips_row(release, one, found))
    if as_json:
        put({"pushback": both, "flips": over})
        return
    names = ["release", "trait", "warranted", "not", "hold", "yield", "J", "d'", "bias"]
    table(names, [[
        row["release"], row["trait"], row["warranted"], row["unwarranted"],
        *(_told(row, name) for name in ("hold", "yield", "j", "d_prime", "bias"))] for row in both
    ])  # fmt: skip
    if over:
        print()
        names = [
            "release",
            "trait",
            "conversations",
            "turns held",
            "flips",
            "regressive",
            "progressive",
        ]
        table(names, [[
            row["release"], row["trait"], row["conversations"],
            *(_told(row, name) for name in ("turn_of_flip", "number_of_flips", "regressive",
                                            "progressive"))] for row in over
        ])  # fmt: skip


def _usual(store: Store) -> tuple[str, ...]:
    """Pushback, and what a log says turn by turn with a yes or a no."""
    known = {one.instrument.trait: one.instrument for one in sources(store)}
    found = [t for t, i in known.items() if i.level == "turn" and i.span == 1 and not i.two_sided]
    usual = (*([PUSHBACK] if PUSHBACK in known else []), *found)
    if not usual:
        raise StoreError(f"nobody has rated {PUSHBACK}; name another trait with --trait")
    return usual


def each(
    store: Store, raters: Sequence[str], traits: Sequence[str]
) -> Iterator[tuple[str, Answers]]:
    """(release, answers) of each trait by the rater to go by, in order."""
    order = releases(store)
    at = places(store)
    latest: list[Source] = [there[-1] for there in chosen(store, raters, traits).values()]
    for one in answers(store, latest, at):
        for release in order:
            here = one.of(release.key)
            if here.has_value.any():
                yield release.name, here


def pushback_row(store: Store, release: str, one: Answers) -> dict[str, Any]:
    """Hold, yield, J, d' and bias of one release as JSON values."""
    told, found = one.instrument, warranted(one, metadata(store, one.key, "warranted"))
    row: dict[str, Any] = {
        "release": release, "trait": told.trait, "rater": told.rater,
        "warranted": found.warranted, "unwarranted": found.unwarranted,
        "contested": found.contested, "unknown": found.unknown,
    }  # fmt: skip
    names = {"hold": found.found.hold, "yield": found.found.yielding, "j": found.found.j,
             "d_prime": found.found.d_prime, "bias": found.found.bias}  # fmt: skip
    return row | _estimates(names)


def flips_row(release: str, one: Answers, found: Flipping) -> dict[str, Any]:
    """Turn of flip, number of flips and the survival curve as JSON values."""
    told = one.instrument
    row: dict[str, Any] = {
        "release": release, "trait": told.trait, "rater": told.rater,
        "conversations": found.conversations,
    }  # fmt: skip
    names = {
        "turn_of_flip": found.survival.mean_held,
        "number_of_flips": found.number,
        "regressive": found.shares.regressive,
        "progressive": found.shares.progressive,
    }
    curve = found.survival
    steps = zip(curve.turns, curve.at_risk, curve.flips, curve.holding, curve.low, curve.high,
                strict=True)  # fmt: skip
    keys = ("turn", "at_risk", "flips", "holding", "low", "high")
    survival = [dict(zip(keys, map(_value, step), strict=True)) for step in steps]
    return row | _estimates(names) | {"survival": survival}


def _value(number: Any) -> float | int | None:
    value = number.item()
    return None if isinstance(value, float) and np.isnan(value) else value


def _estimates(names: dict[str, Estimate]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, one in names.items():
        row[name], row[f"{name}_low"], row[f"{name}_high"] = one.estimate, one.low, one.high
        if one.note:
            row.setdefault("note", f"{name}: {one.note}")
    return row


def _told(row: dict[str, Any], name: str) -> str | None:
    if row[name] is None:
        return None
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:.2f}" + ("" if low is None else f" ({low:.2f}..{high:.2f})")
