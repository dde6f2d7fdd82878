"""The traits as cards; a copy to edit, the words that change, a new version to save."""

from __future__ import annotations

import streamlit as st

import screens
from screens.rewording import rewording
from screens.who import lead_here
from store.wordings import Wording, wordings
from viewer.cards import cards_data, changes_data
from viewer.components import rubrics as cards

store, rubrics = screens.store(), screens.rubrics()
kept = wordings(store)
opened = screens.param("trait")
if opened and opened not in rubrics:
    st.warning(f"There is no trait {screens.tag(opened)} here.")
    opened = ""


def address(trait: str) -> str:
    """The address that opens this card."""
    return screens.link("rubrics", {"trait": trait})


def open_card() -> None:
    """Open one card in full."""
    if chosen := screens.triggered("cards", "open"):
        screens.put("trait", chosen["trait"])


def back() -> None:
    """From one card to all."""
    st.query_params.clear()


def version_name(one: Wording) -> str:
    """A version as a choice: its hash, since when, how much rests on it."""
    return f"{one.version} \u00b7 since {one.since[:10]} \u00b7 {one.ratings:,} ratings"


def earlier(trait: str) -> None:
    """Compare with an earlier version that ratings rest on."""
    now = rubrics[trait]
    found = [one for one in kept.get(trait, []) if one.rubric and one.version != now.version]
    if not found:
        return
    by_version = {one.version: one for one in found}
    names = {"": "choose a version"} | {v: version_name(one) for v, one in by_version.items()}
    chosen = screens.select(
        "Compare with a version that was rated by", "against", list(names),
        told=lambda v: names.get(v, v), width=420,
    )  # fmt: skip
    if (one := by_version.get(chosen)) and one.rubric:
        cards(key="against", data=changes_data(one.rubric, now))


if not opened:
    told = (
        "One question a trait. A changed word is a new version; ratings keep the one they answered."
    )
    st.caption(told)
    cards(key="cards", data=cards_data(rubrics, kept, address), on_open_change=open_card)
    st.stop()

leading = lead_here("edit the words of a trait")
editing = leading and screens.param("edit") == "1"
with st.container(horizontal=True, vertical_alignment="center"):
    st.button("All traits", on_click=back, icon=":material/arrow_back:")
    if not editing and leading:
        st.button("Edit a copy", on_click=lambda: screens.put("edit", "1"), type="primary")
    elif editing:
        st.button("Leave the copy", on_click=lambda: screens.put("edit", ""))
if editing:
    rewording(store, rubrics, opened)
else:
    cards(key="card", data=cards_data(rubrics, kept, address, opened))
    earlier(opened)
