"""Rater against rater: how far they agree on each trait, and which traits may gate."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

import screens
from reviews.agreement import Agreed, agreed, as_row, behind, furthest
from reviews.agreement import table as counted
from reviews.labels import Label, Matched, from_rows, match
from reviews.people import Ceiling, ceilings, may_gate, pooled
from screens.who import settings
from store.labels import Asked, labels
from store.listing import openings
from store.naming import Known, known, named
from store.releases import releases
from store.splits import looked, splits
from viewer import tones
from viewer.agreement import Line, Page, Table, agreement_data
from viewer.components import agreement

PEOPLE, SIGNALS = "people", "signals"
TOLD = {PEOPLE: "people, averaged", SIGNALS: "signals (rules)"}
SHOWN = 40

store, rubrics = screens.store(), screens.rubrics()
everybody = {str(one.rater): one for one in known(store)}
persons = [name for name, one in everybody.items() if one.rater.kind == "person"]
authors = [name for name, one in everybody.items() if one.rater.kind == "author"]
if len(everybody) < 2:
    st.info(
        "Agreement needs two raters who rated the same. Make a queue in Review, import labels with "
        "`traitbook import-ratings`, or score with `traitbook score`."
    )
    st.stop()


def first_choice() -> list[str]:
    """Judges first, the latest before the others; then whoever else has rated."""
    order = {"judge": 0, "signal": 1, "imported": 2, "person": 3, "author": 4}
    names = list(everybody)[::-1]
    names.sort(key=lambda name: order[everybody[name].rater.kind])
    first = next((i for i, n in enumerate(names) if everybody[n].rater.kind == "signal"), None)
    return names if first is None else [*names[:first], SIGNALS, *names[first:]]


def resolved(name: str) -> str:
    """A name from the address in full."""
    return name if name in everybody or name in TOLD else str(named(store, name).rater)


with st.container(horizontal=True, vertical_alignment="bottom"):
    told = {"told": lambda n: TOLD.get(n, n), "width": 265}
    a = resolved(screens.select("Rater", "a", first_choice(), **told))
    # What an author meant is no blind label: it is never counted among people.
    rest = [
        *[PEOPLE] * bool(persons),
        *authors,
        SIGNALS,
        *(n for n in everybody if n not in authors),
    ]
    b = resolved(screens.select("Against", "b", [n for n in rest if n != a], **told))
    if b == PEOPLE and persons:
        who = screens.several("Which people", "who", persons, width=265)
    else:
        who = []
    only = screens.several("Releases", "release", [one.name for one in releases(store)], width=265)
    if splits(store):
        parts = {"": "all labels", "dev": "dev", "test": "test (each look is counted)"}
        split = screens.select("Labels", "split", list(parts), told=parts.__getitem__, width=220)
    else:
        split = ""
people = who or persons
if b == PEOPLE and not persons:
    st.info("No person has rated yet. Make a queue in Review, or compare with another rater.")
    st.stop()
asked = Asked(None, only, split or None)
if split == "test" and st.session_state.get("looked") != (a, b):
    st.session_state.looked = (a, b)
    count = looked(store, st.session_state.get("me", "somebody"), f"{a} against {b}")
    st.caption(f"This is look {count} at the test part: the more looks, the less it proves.")


@st.cache_data(max_entries=64, show_spinner="Counting")
def _labels(path: str, changed: tuple[int, int], rater: int, asked: Asked) -> list[Label]:
    return from_rows(labels(store, rater, asked))


def labels_of(one: Known) -> list[Label]:
    """A rater's labels; read again only where the database has changed."""
    newest = store.one("SELECT coalesce(max(key), 0) FROM ratings") or 0
    return _labels(str(store.path), (newest, len(splits(store))), one.key, asked)


def labels_named(name: str) -> list[Label]:
    """The labels of a rater, or of all signals: each trait has one."""
    if name != SIGNALS:
        return labels_of(everybody[name])
    signals = {one.rater.name: one for one in everybody.values() if one.rater.kind == "signal"}
    return [label for one in signals.values() for label in labels_of(one)]


def compared() -> tuple[list[Agreed], list[Matched], dict[tuple[str, str], Ceiling]]:
    """The agreement by trait, all that was matched, and people among themselves."""
    theirs = {name: labels_of(everybody[name]) for name in people if name != a}
    second = pooled(theirs) if b == PEOPLE else labels_named(b)
    matched = match(labels_named(a), second)
    done = [agreed(one) for one in matched if one.both]
    among = {name: labels_of(everybody[name]) for name in persons if name in people}
    return done, matched, ceilings(among) if len(among) > 1 else {}


found, matched, ceiling = compared()
gating = settings().gating
judging = b == PEOPLE and a not in (*persons, *authors)


def line(one: Agreed) -> Line:
    """One trait as the table shows it."""
    top = ceiling.get((one.matched.trait, one.matched.version))
    told: dict[str, Any] | None = None
    if top and top.alpha.estimate is not None:
        alpha = top.alpha
        between = "no interval" if alpha.low is None else f"{alpha.low:.2f} to {alpha.high:.2f}"
        told = {
            "at": alpha.estimate, "low": alpha.low, "high": alpha.high, "n": top.n,
            "told": f"{alpha.estimate:.2f}", "tip": between,
        }  # fmt: skip
    lacking = list(may_gate(one, top, gating).lacking) if judging else None
    return Line(as_row(one, a, b), told, lacking)


def opened() -> Table | None:
    """The trait whose table is open, with what stands in the picked cell."""
    trait = screens.param("trait")
    one = next((o for o in found if o.matched.trait == trait), None)
    if one is None:
        return None
    counts = counted(one.matched)
    row, _, column = screens.param("cell").partition(",")
    picked = (float(row), float(column)) if row and column else None
    units = behind(one.matched, *picked) if picked else furthest(one.matched)
    top = ceiling.get((one.matched.trait, one.matched.version))
    lost = Counter(item.why for item in one.matched.unmatched if item.side == "a")
    apart = top.leniency.items() if top else ()
    words = openings(store, [one.unit[0] for one in units[:SHOWN]])
    return Table(
        trait, counts.values, counts.counts, picked, [unit(u, trait, words) for u in units[:SHOWN]],
        [(name, e.estimate, e.low, e.high, e.n) for name, e in apart],
        list(lost.items()), (names[0], names[1]),
    )  # fmt: skip


def unit(one: Any, trait: str, words: dict[str, str]) -> dict[str, Any]:
    """A unit that both rated, as a line to be opened."""
    rubric = rubrics.get(trait)
    identity, message, _ = one.unit
    turn = f" \u00b7 message {message}" if message else ""
    where = f"{one.scenario} \u00b7 {one.release}{turn}"
    return {
        "t": identity, "m": message, "where": where, "opening": words.get(identity, identity),
        "values": f"{tones.shown(one.first, rubric)} | {tones.shown(one.second, rubric)}",
        "href": screens.link("read", {"t": identity, "m": message or 1}),
    }  # fmt: skip


lost = Counter(item.side for one in matched for item in one.unmatched)
names = [TOLD.get(name, name) for name in (a, b)]
unmatched = "Every label was compared."
if lost:
    unmatched = (
        f"{lost['a']:,} labels of {names[0]} and {lost['b']:,} of {names[1]} matched nothing or "
        "could not be compared; traitbook agree --json lists each."
    )


def pick() -> None:
    """Open a trait's table, or the transcripts in one cell of it."""
    if told := screens.triggered("agreement", "pick"):
        if "trait" in told:
            screens.put("trait", told["trait"])
            screens.put("cell", None)
        else:
            screens.put("cell", told["cell"])


if not found:
    st.info("These two have rated nothing in common" + (" in this part." if split else "."))
agreement(
    key="agreement",
    data=agreement_data(Page([line(one) for one in found], opened(), unmatched, rubrics)),
    on_pick_change=pick,
    on_open_change=lambda: None,
)
if going := screens.triggered("agreement", "open"):
    told = {"t": going["t"], "m": str(going["m"] or 1)}
    st.switch_page(screens.path_of("read"), query_params=told)
