"""Traits by release, each number with its n and coverage, and the words behind it."""

from __future__ import annotations

import streamlit as st

import screens
from store.behind import RaterCount, behind, distribution, raters
from store.means import means
from store.releases import releases
from viewer import tones
from viewer.board import board_data
from viewer.components import board, quotes
from viewer.quotes import quotes_data

SIGNALS = "signals"
SAID = {SIGNALS: "Signals (rules: screens, weaker than a judge)"}

store, rubrics = screens.store(), screens.rubrics()
found, everybody = releases(store), raters(store)
if not found:
    st.info("Nothing here yet. Add transcripts on the page Add, or run `make demo`.")
    st.stop()
if not everybody:
    st.info("No transcript is rated yet. Run `traitbook score --signals`.")
    st.stop()


def choices(everybody: list[RaterCount]) -> dict[str, list[RaterCount]]:
    """Who can be looked through: all signals as one (each answers one trait), others singly."""
    groups: dict[str, list[RaterCount]] = {}
    signals = {one.name: one for one in everybody if one.kind == "signal"}  # the newest of a name
    for one in everybody:
        if one.kind == "judge":
            groups = {str(one): [one], **groups}  # the latest judge first
    if signals:
        groups[SIGNALS] = list(signals.values())
    for one in everybody:
        if one.kind not in ("judge", "signal"):
            groups[str(one)] = [one]
    return groups


groups = choices(everybody)
with st.container(horizontal=True, vertical_alignment="bottom"):
    by = screens.select("Rated by", "by", list(groups), told=lambda g: SAID.get(g, g), width=380)
    only = screens.several("Releases", "only", [one.name for one in found], width=520)
chosen = {str(one): one for one in groups[by]}
columns = [one for one in found if not only or one.name in only]
if store.one("SELECT 1 FROM transcripts WHERE json_extract(metadata, '$.synthetic') LIMIT 1"):
    st.caption("Some of what is shown is synthetic: written for Traitbook; nobody said it.")

rows = [one for one in means(store) if one.rater in chosen]
picked = screens.param("cell")


def pick() -> None:
    """Open what lies behind a cell."""
    if cell := screens.triggered("board", "pick"):
        screens.put("cell", cell["key"])


board(key="board", data=board_data(rows, columns, rubrics, picked), on_pick_change=pick)

trait, _, release = picked.partition("@")
rater = next(
    (chosen[one.rater] for one in rows if (one.trait, one.release) == (trait, release)), None
)
if rater:
    rubric = rubrics.get(trait)
    counts = distribution(store, trait, str(rater))
    quotes(
        key="quotes",
        data=quotes_data(
            f"{tones.title(trait, rubric)} in {release}",
            rubric,
            {one.name: counts.get(one.name, {}) for one in columns},
            behind(store, trait, release, rater),
            lambda t, m: screens.link("read", {"t": t, "m": m or 1}),
        ),
        on_open_change=lambda: None,
    )
    if opened := screens.triggered("quotes", "open"):
        told = {"t": opened["t"], "m": str(opened["m"] or 1)}
        st.switch_page(screens.path_of("read"), query_params=told)
