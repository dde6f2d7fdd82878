"""Traits by release, each number with its interval, and the words behind it."""

from __future__ import annotations

import streamlit as st

import screens
from rubrics import Rater
from screens.changes import change_data
from screens.overview import SAID, detail, groups, overview
from store.behind import RaterCount, behind, distribution
from store.releases import releases
from viewer import tones
from viewer.board import board_csv, board_data
from viewer.components import board, change, quotes
from viewer.quotes import quotes_data

store, rubrics = screens.store(), screens.rubrics()
found, choices = releases(store), list(groups(store))
if not found:
    st.info("Nothing here yet. Add transcripts on the page Add, or run `make demo`.")
    st.stop()
if not choices:
    st.info("No transcript is rated yet. Run `traitbook score --signals`.")
    st.stop()

beside = st.container(horizontal=True, vertical_alignment="bottom")
with beside:
    by = screens.select("Rated by", "by", choices, told=lambda g: SAID.get(g, g), width=380)
    only = screens.several("Releases", "only", [one.name for one in found], width=520)
if by not in choices:
    st.warning(
        f"Nobody here is called {screens.tag(by)}: this link is of other data. Choose above."
    )
    st.stop()
columns = [one for one in found if not only or one.name in only]
if store.one("SELECT 1 FROM transcripts WHERE json_extract(metadata, '$.synthetic') LIMIT 1"):
    st.caption("Some of what is shown is synthetic: written for Traitbook; nobody said it.")

shown = overview(store, by, tuple(only))
beside.download_button("Table (CSV)", lambda: board_csv(shown.lines), "releases.csv", "text/csv")
picked = screens.param("cell")


def pick(key: str) -> None:
    """Open what lies behind a cell, clicked in the board or in a chart."""
    if cell := screens.triggered(key, "pick"):
        screens.put("cell", cell["key"])


def cut() -> None:
    """Show the change within slices, or what to read within one."""
    if asked := screens.triggered("change", "slice"):
        screens.put("slice", asked["name"])
        screens.put("value", asked["value"])


board(
    key="board",
    data=board_data(shown.lines, columns, rubrics),
    on_pick_change=lambda: pick("board"),
)
trait, _, release = picked.partition("@")
told = detail(store, shown, trait, release)
if told:
    change(
        key="change",
        data=change_data(store, shown, told, rubrics, picked),
        on_pick_change=lambda: pick("change"),
        on_slice_change=cut,
        on_open_change=lambda: None,
    )
    who = Rater.parse(told.source.instrument.rater)
    rater = RaterCount(told.source.rater, who.kind, who.name, who.version, len(told.here))
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
        place = {"t": opened["t"], "m": str(opened["m"] or 1)}
        st.switch_page(screens.path_of("read"), query_params=place)
    if opened := screens.triggered("change", "open"):
        st.switch_page(screens.path_of("read"), query_params=opened["params"])
