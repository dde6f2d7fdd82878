"""The list of queues, and for a lead the making of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import streamlit as st

import screens
from reviews.queues import ORDERINGS, BadQueue, Candidate, Plan, pair_entries, plan_entries
from rubrics import Rubric
from screens.who import Who, settings
from store import Store, StoreError
from store.candidates import candidates
from store.naming import known
from store.queues import MINUTES, Queue, close, make_queue, pace, queues
from store.releases import releases
from viewer.components import queue_board
from viewer.tones import title


def queue_list(store: Store, rubrics: Mapping[str, Rubric], me: Who) -> None:
    """Every queue with its progress and this reader's pace; a lead can make and close them."""
    found = queues(store)
    with st.container(horizontal=True, vertical_alignment="center"):
        unsure = "" if me.verified else " (unverified)"
        st.caption(f"You are {screens.tag(me.name)}{unsure}, {me.role}.", width="stretch")
        if me.role == "lead" and releases(store):
            _making(store, rubrics, me)
    if me.role == "reader":
        st.caption(turned_back(me))
    if not found:
        st.info(_none_yet(bool(releases(store)), me))
        return

    if me.role != "reader" and not any(pace(store, one.key, me.rater) for one in found):
        st.caption(
            "Open a queue to read what is next in it, blind: what it was and who said what shows "
            "after you have rated it. In it, ? lists the keys."
        )

    def pick() -> None:
        if picked := screens.triggered("queue_board", "pick"):
            screens.put("queue", picked["name"])

    def end() -> None:
        if me.role == "lead" and (picked := screens.triggered("queue_board", "close")):
            close(store, int(picked["key"]))

    queue_board(
        key="queue_board",
        data={"rows": [_row(store, rubrics, one, me) for one in found], "lead": me.role == "lead"},
        on_pick_change=pick,
        on_close_change=end,
    )


def turned_back(me: Who) -> str:
    """What somebody is told who may read and not rate."""
    typed = "" if me.verified else (
        " If your name stands there otherwise, choose *Another name* at the top of the page."
    )  # fmt: skip
    return (
        "The settings of this team name who may rate, and not you; you may read and comment in "
        f"Read.{typed}"
    )


def _none_yet(anything: bool, me: Who) -> str:
    """What to do where there is no queue: what this person can, else who can."""
    if not anything:
        return "Nothing here yet. Add transcripts in the Library."
    if me.role == "lead":
        return "No queue yet. Make one with *New queue*."
    if settings().leads:
        return "No queue yet. A lead makes one."
    return (
        "No queue yet, and nobody is named to make one: write `leads: [...]` into traitbook.yaml "
        "beside the database, or make one with `traitbook queue make`."
    )


def _row(store: Store, rubrics: Mapping[str, Rubric], one: Queue, me: Who) -> dict[str, object]:
    paces = pace(store, one.key)
    mine = next((p for p in paces if p.rater == str(me.rater)), None)
    told = (
        f"{one.items:,} {'pairs' if one.pairs else 'transcripts'}, by {one.made_by or 'somebody'}"
    )
    return {
        "key": one.key,
        "name": one.name,
        "href": screens.link("review", {"queue": one.name}),
        "told": f"{told}, {one.made[:10]}" + (", closed" if one.closed else ""),
        "closed": one.closed,
        "traits": ", ".join(title(t, rubrics.get(t)) for t in one.traits),
        "done": one.done,
        "going": one.going,
        "readings": one.readings,
        "mine": f"{mine.done:,} by you, {mine.median or 0:.0f} s each" if mine else "none by you",
        # A reader who knew why things were chosen would not be blind.
        "ordering": ORDERINGS.get(one.ordering, one.ordering) if me.role == "lead" else "",
        "people": ", ".join(
            f"{p.rater.partition(':')[2]} {p.done:,} ({p.median or 0:.0f} s)" for p in paces
        ) if me.role == "lead" else "",
    }  # fmt: skip


def _making(store: Store, rubrics: Mapping[str, Rubric], me: Who) -> None:
    """The form of a new queue."""
    with st.popover("New queue"), st.form("new_queue", border=False):
        names = [one.name for one in releases(store)]
        raters = [str(one.rater) for one in known(store) if one.rater.kind not in ("person",)]
        st.text_input("Name", key="q_name")
        st.multiselect(
            "Traits", list(rubrics), key="q_traits", format_func=lambda t: rubrics[t].name
        )
        st.segmented_control("Read", ["one by one", "as pairs"], default="one by one", key="q_form")
        st.multiselect(
            "Releases", names, key="q_releases", placeholder="all (two for change, pairs)"
        )
        st.selectbox("Choose", list(ORDERINGS), key="q_order", format_func=ORDERINGS.__getitem__)
        st.selectbox("Values of", ["", *raters], key="q_rater", format_func=lambda r: r or "all")
        with st.container(horizontal=True):
            st.number_input("How many", 1, 100_000, 60, key="q_size")
            st.number_input("Readings each", 1, 20, 1, key="q_readings")
            st.number_input("Share read by one more, %", 0, 100, 20, key="q_twice")
            st.number_input("A claim lasts, minutes", 1, 10_000, int(MINUTES), key="q_minutes")
        if st.form_submit_button("Make the queue", type="primary"):
            try:
                made = _make(store, rubrics, me)
            except (BadQueue, StoreError) as error:
                st.error(str(error))
            else:
                screens.put("queue", None)
                st.toast(f"{made:,} to read")
                st.rerun()


def _make(store: Store, rubrics: Mapping[str, Rubric], me: Who) -> int:
    """Make the queue that the form asks for; how many items it has."""
    told = st.session_state
    if not told.q_name.strip():
        raise BadQueue("give the queue a name")
    if not told.q_traits:
        raise BadQueue("choose at least one trait")
    chosen = tuple(told.q_releases)
    plan = Plan(
        told.q_order, int(told.q_size), int(told.q_readings), told.q_twice / 100,
        told.q_rater or None, (chosen[0], chosen[1]) if len(chosen) == 2 else None,
    )  # fmt: skip
    pairs = told.q_form == "as pairs"
    by_turn = not pairs and any(rubrics[t].level == "turn" for t in told.q_traits)
    rows = candidates(store, told.q_traits, releases=chosen, by_turn=by_turn)
    found = [
        Candidate(o.transcript, o.scenario, o.release, o.message, o.values, o.unscored)
        for o in rows
    ]
    entries = (pair_entries if pairs else plan_entries)(found, plan)
    options = {**asdict(plan), "minutes": float(told.q_minutes)}
    make_queue(store, told.q_name.strip(), entries, told.q_traits, by=me.name, options=options)
    return len(entries)
