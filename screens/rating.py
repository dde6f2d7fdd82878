"""The desk in Read: rating and commenting openly, with everything in view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

import screens
from rubrics import Rating, Rubric
from screens.reading import Reading, answer, say
from screens.who import Who
from store import Store, StoreError
from store.comments import comments, tags
from store.ratings import of_transcripts
from store.reviewing import Given, given, preferences_of
from viewer.components import desk_state, overlay
from viewer.desk import Asked, Desk, desk_data
from viewer.lighting import overlay_data
from viewer.reading import View


@st.fragment
def rating_desk(
    store: Store, rubrics: Mapping[str, Rubric], me: Who, view: View, column: int
) -> None:
    """The desk and what is lit. A rating made here is kept as open: it is not blind, and stays
    out of agreement."""
    if st.session_state.pop("desk_moved", False):
        st.rerun()
    pair = screens.param("pair") == "1" and len(view.identities) == 2
    reading = Reading(
        view.identities, view.transcripts, view.transcripts, [{} for _ in view.identities],
        view.verbatim, "open", column=column,
    )  # fmt: skip

    def hear() -> None:
        told = screens.triggered("desk", "say")
        if told and st.session_state.get("desk_ack", {}).get("n") != told["n"]:
            st.session_state.desk_ack = _heard(store, rubrics, me, reading, told, draft)

    two = ",".join(view.identities)
    draft = f"read/{two if pair else view.identities[column]}/{me.name}"
    asked = _pairs(store, rubrics, me, view) if pair else _traits(store, rubrics, me, reading)
    name = view.transcripts[column].release
    data = Desk(
        version=f"{draft}{'v' if view.verbatim else ''}",
        draft=draft,
        title="Which has more?" if pair else f"Rate {name}",
        sub="In view of everything: kept as not blind, and out of agreement.",
        who=me.name + ("" if me.verified else " \u00b7 unverified"),
        asked=asked if me.role != "reader" else (),
        ack=st.session_state.get("desk_ack", {}),
        comments=comments(store, view.identities[column]),
        may=(
            "comment", *(("rate",) if me.role != "reader" else ()), *(() if pair else ("turn",)),
            *(("pair",) if len(view.identities) == 2 else ()),
        ),
        tags=tags(store),
        column=column,
    )  # fmt: skip
    ratings: dict[str, list[Rating]] = {one: [] for one in view.identities}
    for rating in of_transcripts(store, view.identities):
        ratings[rating.transcript].append(rating)
    desk_state(key="desk", data=desk_data(data), on_say_change=hear)
    overlay(key="overlay", data=overlay_data(view, ratings, rubrics))


def _heard(
    store: Store, rubrics: Mapping[str, Rubric], me: Who, reading: Reading, told: Any, draft: str
) -> dict[str, Any]:
    def keep() -> str:
        if told["of"] != draft:
            raise StoreError("the page has gone on meanwhile; go back and say it there")
        words, moves = say(store, rubrics, me, reading, told["batch"])
        if "pair" in moves:
            screens.put("pair", "" if screens.param("pair") == "1" else "1")
            st.session_state.desk_moved = True
        return words

    return answer(store, told["n"], keep)


def _traits(store: Store, rubrics: Mapping[str, Rubric], me: Who, reading: Reading) -> list[Asked]:
    """Every rubric, those of the gate first, with what this reader has said: of each turn too."""
    every = given(store, reading.identities[reading.column], me.rater, history=True)
    ordered = sorted(rubrics.values(), key=lambda r: (not r.gate, r.name))
    return [_trait(rubric, every) for rubric in ordered if rubric.level != "pair"]


def _trait(rubric: Rubric, every: list[Given]) -> Asked:
    latest: dict[int | None, Given] = {}
    for one in every:
        if (one.rating.trait, one.rating.rubric) == (rubric.trait, rubric.version):
            latest[one.rating.message] = one
    turns = {m: one for m, one in latest.items() if one.rating.why != "withdrawn"}
    whole = turns.get(None) if rubric.level != "turn" else None
    return Asked(
        rubric, given=whole.rating if whole else None, unsure=bool(whole and whole.unsure),
        by_turn={m: (o.rating, o.unsure) for m, o in turns.items() if m is not None},
    )  # fmt: skip


def _pairs(store: Store, rubrics: Mapping[str, Rubric], me: Who, view: View) -> list[Asked]:
    found = {one.trait: one for one in preferences_of(store, *view.identities, me.rater)}
    ordered = sorted(rubrics.values(), key=lambda r: (not r.gate, r.name))
    return [Asked(one, pair=True, preferred=found.get(one.trait)) for one in ordered]
