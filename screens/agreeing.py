"""Rater against rater: how far they agree on each trait, on pairs too, and which may gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

import screens
from reviews.agreement import Agreed, agreed, as_row, behind, furthest
from reviews.agreement import table as counted
from reviews.labels import ABSENT, VERSION, Both, Matched, Unmatched, match
from reviews.people import Ceiling, ceilings, may_gate, pooled
from rubrics import Rubric
from screens.on_pairs import pairs_between
from screens.raters import (
    PEOPLE,
    SIGNALS,
    TOLD,
    Between,
    Raters,
    may_look,
    which_part,
    which_releases,
)
from screens.who import settings
from store.labels import Asked
from store.listing import openings
from viewer import tones
from viewer.agreement import Line, Page, Table, agreement_data
from viewer.components import agreement

SHOWN = 40


def rater_against_rater(raters: Raters, rubrics: Mapping[str, Rubric], head: Any) -> None:
    """The page's first view."""
    with head:
        between = _asked(raters, rubrics)
    if between.asked.split == "test":
        may_look(raters.store, f"{between.a} against {between.b}{_narrowed(between)}")
    found, matched, ceiling = _compared(between)
    pairs = pairs_between(between)
    if not (found or pairs):
        _nothing(between, matched)
    if found or any(one.unmatched for one in matched):
        _values(between, found, matched, ceiling)
    if pairs:
        pairs.draw()
    _go("agreement")
    _go("pairs")


def _asked(raters: Raters, rubrics: Mapping[str, Rubric]) -> Between:
    told: dict[str, Any] = {"told": lambda n: TOLD.get(n, n), "width": 250}
    a = raters.full(screens.select("Rater", "a", raters.judges_first, **told))
    # What an author meant is no blind label: it is never counted among people.
    rest = [
        *[PEOPLE] * bool(raters.people), *raters.authors, SIGNALS,
        *(n for n in raters.everybody if n not in raters.authors),
    ]  # fmt: skip
    b = raters.full(screens.select("Against", "b", [n for n in rest if n != a], **told))
    if b == PEOPLE and not raters.people:
        st.info("No person has rated yet. Make a queue in Review, or compare with another rater.")
        st.stop()
    people: list[str] = raters.people
    if b == PEOPLE:
        people = screens.several("Which people", "who", raters.people, width=265) or people
    asked = Asked(None, which_releases(raters.store), which_part(raters.store) or None)
    return Between(raters, rubrics, a, b, people, asked)


def _narrowed(between: Between) -> str:
    told = [*(between.people if between.b == PEOPLE else ()), *between.asked.releases]
    return f" ({', '.join(told)})" if told else ""


def _compared(
    between: Between,
) -> tuple[list[Agreed], list[Matched], dict[tuple[str, str], Ceiling]]:
    """The agreement by trait, all that was matched, and people among themselves."""
    of, asked = between.raters.labels, between.asked
    among = {name: of(name, asked) for name in between.people}
    others = {name: mine for name, mine in among.items() if name != between.a}
    second = pooled(others) if between.b == PEOPLE else of(between.b, asked)
    matched = match(of(between.a, asked), second)
    done = [agreed(one) for one in matched if one.both]
    return done, matched, ceilings(among) if len(among) > 1 else {}


def _nothing(between: Between, matched: Sequence[Matched]) -> None:
    """Why there is no number: who has no labels here, or that what they rated does not meet."""
    part = f" in {between.asked.split}" if between.asked.split else ""
    lost = [item for one in matched for item in one.unmatched]
    sides = {item.side for item in lost}
    empty = [name for name, side in zip(between.names, "ab", strict=True) if side not in sides]
    if empty:
        told = " and ".join(map(screens.tag, empty))
        st.info(
            f"{told} gave no blind label{part} here. Ratings given openly in Read or after the "
            "reveal are kept, and left out of agreement."
        )
    else:
        whys = Counter(item.why for item in lost if item.side == "a")
        told = "; ".join(f"{count:,} times {why}" for why, count in whys.items())
        st.info(f"No value of {screens.tag(between.a)} meets one of the other{part}: {told}.")


def _values(
    between: Between, found: Sequence[Agreed], matched: Sequence[Matched],
    ceiling: Mapping[tuple[str, str], Ceiling],
) -> None:  # fmt: skip
    lines = [_line(between, one, ceiling) for one in found]
    opened = _opened(between, found, ceiling)
    told = unmatched(between.names, [item for one in matched for item in one.unmatched])
    agreement(
        key="agreement",
        data=agreement_data(Page(lines, opened, told, between.rubrics)),
        on_pick_change=_pick,
        on_open_change=lambda: None,
    )


def _line(between: Between, one: Agreed, ceiling: Mapping[tuple[str, str], Ceiling]) -> Line:
    """One trait as the table shows it."""
    top = ceiling.get((one.matched.trait, one.matched.version))
    told: dict[str, Any] | None = None
    if top and top.alpha.estimate is not None:
        alpha = top.alpha
        around = "no interval" if alpha.low is None else f"{alpha.low:.2f} to {alpha.high:.2f}"
        told = {
            "at": alpha.estimate, "low": alpha.low, "high": alpha.high, "n": top.n,
            "told": f"{alpha.estimate:.2f}", "tip": around,
        }  # fmt: skip
    lacking = list(may_gate(one, top, settings().gating).lacking) if between.judging else None
    return Line(as_row(one, between.a, between.b), told, lacking)


def _opened(
    between: Between, found: Sequence[Agreed], ceiling: Mapping[tuple[str, str], Ceiling]
) -> Table | None:
    """The trait whose table is open, with what stands in the picked cell."""
    trait = screens.param("trait")
    one = next((o for o in found if o.matched.trait == trait), None)
    if one is None:
        return None
    counts = counted(one.matched)
    picked = picked_cell("cell")
    units = behind(one.matched, *picked) if picked else furthest(one.matched)
    top = ceiling.get((one.matched.trait, one.matched.version))
    apart = top.leniency.items() if top else ()
    words = openings(between.raters.store, [u.unit[0] for u in units[:SHOWN]])
    return Table(
        trait, counts.values, counts.counts, picked,
        [_unit(u, trait, words, between.rubrics) for u in units[:SHOWN]],
        [(name, e.estimate, e.low, e.high, e.n) for name, e in apart],
        _lone(between, one.matched.unmatched), between.names,
    )  # fmt: skip


def picked_cell(name: str) -> tuple[float, float] | None:
    """The cell of a table that the address names; None where it names none."""
    row, _, column = screens.param(name).partition(",")
    try:
        return (float(row), float(column)) if row and column else None
    except ValueError:
        return None


def _unit(
    one: Both, trait: str, words: Mapping[str, str], rubrics: Mapping[str, Rubric]
) -> dict[str, Any]:
    """A unit that both rated, as a line to be opened."""
    rubric = rubrics.get(trait)
    identity, message, _ = one.unit
    turn = f" \u00b7 message {message}" if message else ""
    return {
        "t": identity, "m": message, "where": f"{one.scenario} \u00b7 {one.release}{turn}",
        "opening": words.get(identity, identity),
        "values": f"{tones.shown(one.first, rubric)} | {tones.shown(one.second, rubric)}",
        "href": screens.link("read", {"t": identity, "m": message or 1}),
    }  # fmt: skip


def _lone(between: Between, lost: Sequence[Unmatched]) -> list[dict[str, Any]]:
    """What could not be compared, by why, with the first of each to be opened."""
    groups: dict[str, list[Unmatched]] = {}
    for item in lost:
        mine = between.names[item.side == "b"] if item.why in (ABSENT, VERSION) else ""
        if mine or item.side == "a":  # the others are there from both sides
            groups.setdefault(f"{mine}: {item.why}" if mine else item.why, []).append(item)
    shown = [item.unit[0] for group in groups.values() for item in group[:SHOWN]]
    words = openings(between.raters.store, shown)
    return [
        {
            "why": why, "count": len(group),
            "units": [
                {
                    "t": item.unit[0], "m": item.unit[1], "values": "", "where": "",
                    "opening": words.get(item.unit[0], item.unit[0]),
                    "href": screens.link("read", {"t": item.unit[0], "m": item.unit[1] or 1}),
                }
                for item in group[:SHOWN]
            ],
        }
        for why, group in groups.items()
    ]  # fmt: skip


def unmatched(names: tuple[str, str], lost: Iterable[Any], what: str = "labels") -> str:
    """How many answers were not compared, in one sentence."""
    sides = Counter(item.side for item in lost)
    if not sides:
        return "Every label was compared." if what == "labels" else "Every pair was compared."
    return (
        f"{sides['a']:,} {what} of {names[0]} and {sides['b']:,} of {names[1]} matched nothing or "
        "could not be compared; traitbook agree --json lists each."
    )


def _pick() -> None:
    """Open a trait's table, or the transcripts in one cell of it."""
    if told := screens.triggered("agreement", "pick"):
        if "trait" in told:
            screens.put("trait", told["trait"])
            screens.put("cell", None)
        else:
            screens.put("cell", told["cell"])


def _go(key: str) -> None:
    """Read what was clicked."""
    if going := screens.triggered(key, "open"):
        told = {"t": going["t"], "m": str(going["m"] or 1)}
        if going.get("beside"):
            told["beside"] = going["beside"]
        st.switch_page(screens.path_of("read"), query_params=told)
