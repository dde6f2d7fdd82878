"""Judges at work: start one with its price beforehand, watch, cancel, resume; what failed."""

from __future__ import annotations

from typing import Any

import streamlit as st

import screens
from rubrics.judged import RETRYABLE
from screens.ordering import ordering
from screens.starting import NotStarted, resumed
from screens.who import lead_here
from store import runs as book
from store.calls import failures, reasons
from store.errors import StoreError
from viewer.components import runs as component
from viewer.runs import failures_data, run, runs_data

EVERY = 2.0  # seconds between two looks at a run that goes on
SHOWN = 30

store, rubrics = screens.store(), screens.rubrics()
opened = int(screens.number("run") or 0) or None


def address(key: int) -> str:
    """The address that opens this run."""
    return screens.link("runs", {"run": key})


def open_run() -> None:
    """From the list to one run."""
    if chosen := screens.triggered("runlist", "open"):
        st.query_params.from_dict({"run": str(chosen["run"])})


def the_list() -> None:
    """The latest runs; drawn anew while one goes on."""
    found = book.runs(store, SHOWN)
    component(key="runlist", data=runs_data(found, address), on_open_change=open_run)
    if screens.triggered("runlist", "open"):
        st.rerun()  # a fragment draws itself alone; the page around it must go to the run


def cancel(key: int) -> None:
    """Ask a run to stop."""
    try:
        book.cancel(store, key)
    except StoreError as error:
        st.session_state.said = str(error)


def resume(key: int) -> None:
    """Take a run up again in a process of its own."""
    try:
        resumed(store, key, st.session_state.get("judge_key", ""))
    except NotStarted as error:
        st.session_state.said = str(error)


def the_run() -> None:
    """One run as it stands, with what can be done about it."""
    try:
        one = book.get(store, opened or 0)
    except StoreError as error:
        st.warning(str(error))
        return
    component(key="run", data={"version": str(one), "run": run(one)})
    with st.container(horizontal=True):
        going = one.state == "running" or one.resumable or _left(one)
        leading = going and lead_here("stop a run or go on with it")
        if one.state == "running" and leading:
            st.button(
                "Cancel", on_click=cancel, args=(one.key,), disabled=one.cancelling,
                help="What is in flight still comes in and is kept.",
            )  # fmt: skip
        if (one.resumable or _left(one)) and leading:
            st.button(
                "Go on where it stopped", on_click=resume, args=(one.key,), type="primary",
                help="Asks what is missing; what was answered is kept.",
            )  # fmt: skip
        if one.rater and one.progress.get("asked"):
            if st.button("Read what it judged"):
                st.switch_page(screens.path_of("library"), query_params={"rater": one.rater})
            if st.button("By release"):
                st.switch_page(screens.path_of("releases"), query_params={"by": one.rater})
    if said := st.session_state.pop("said", ""):
        st.error(said)
    if st.session_state.get("was") == (one.key, "running") and one.state != "running":
        st.session_state.was = (one.key, one.state)
        st.rerun()  # the page around the fragment stops looking every two seconds
    st.session_state.was = (one.key, one.state)


def _left(one: Any) -> bool:
    """Whether a run that came to its end left something that the server failed to answer."""
    unscored = one.progress.get("unscored") or {}
    return one.kind == "judge" and one.state == "done" and any(unscored.get(w) for w in RETRYABLE)


def choose_reason() -> None:
    """Show the cases of one reason."""
    if chosen := screens.triggered("failures", "reason"):
        screens.put("why", chosen["why"])


def what_failed() -> None:
    """Failures by reason, with the model's own words."""
    counts = reasons(store, opened or 0)
    if not counts:
        return
    why = screens.param("why")
    why = why if why in counts else next(iter(counts))
    found = failures(store, opened or 0, why)
    component(
        key="failures",
        data=failures_data(
            opened or 0, counts, why, found, rubrics,
            (
                lambda one: screens.link("runs", {"run": opened, "why": one}),
                lambda one: screens.link("read", {"t": one.transcript, "m": one.message or 1}),
            ),
        ),
        on_reason_change=choose_reason,
        on_open_change=lambda: None,
    )  # fmt: skip
    if going := screens.triggered("failures", "open"):
        told = dict(part.split("=", 1) for part in going["href"].partition("?")[2].split("&"))
        st.switch_page(screens.path_of("read"), query_params=told)


live = any(one.state == "running" for one in book.runs(store, SHOWN))
often = EVERY if live else None
if opened:
    st.button("All runs", on_click=st.query_params.clear, icon=":material/arrow_back:")
    st.fragment(the_run, run_every=often)()
    st.fragment(what_failed, run_every=often)()
else:
    if lead_here("start a judge"):
        ordering(store, rubrics)
    st.fragment(the_list, run_every=often)()
