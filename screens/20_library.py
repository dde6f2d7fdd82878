"""Every transcript: words, filters, a page at a time; and the way in for new ones."""

from __future__ import annotations

import math

import streamlit as st

import screens
from store.behind import raters
from store.listing import page
from store.releases import releases
from viewer.components import listing
from viewer.listing import row_data
from viewer.tones import title

SIZE = 40
STATUSES = {
    "": "any status",
    "rated": "rated",
    "not_applicable": "not applicable",
    "unscored": "unscored",
}

store, rubrics = screens.store(), screens.rubrics()
known = [one.name for one in releases(store)]
traits = [row["trait"] for row in store.rows("SELECT DISTINCT trait FROM rubrics ORDER BY trait")]

with st.container(horizontal=True, vertical_alignment="bottom"):
    screens.words("Search", "q", placeholder='words, "a phrase", begin*')
    if st.button("Add transcripts"):
        st.switch_page(screens.path_of("add"))
with st.container(horizontal=True, vertical_alignment="bottom"):
    screens.several("Release", "release", known)
    screens.words("Scenario", "scenario", placeholder="any")
    screens.select(
        "Trait", "trait", ["", *traits],
        told=lambda t: title(t, rubrics.get(t)) if t else "any trait",
    )  # fmt: skip
    screens.select(
        "Rated by", "rater", ["", *map(str, raters(store))], told=lambda r: r or "anybody"
    )
    screens.select("Status", "status", list(STATUSES), told=lambda s: STATUSES.get(s, s))
    screens.figure("Value from", "low", width=120)
    screens.figure("to", "high", width=120)

wanted = screens.wanted()
at = max(1, int(screens.number("page") or 1))
found = page(store, wanted, limit=SIZE, offset=(at - 1) * SIZE)
more = " or more" if found.capped else ""
empty = not known


def turn() -> None:
    """Go to another page of the list."""
    if turned := screens.triggered("listing", "page"):
        screens.put("page", turned["page"])


listing(
    key="listing",
    data={
        "version": f"{wanted}|{at}",
        "rows": [
            row_data(
                row, rubrics,
                lambda identity: screens.link("read", {"t": identity, **screens.going_along()}),
                row.snippet,
            )
            for row in found.rows
        ],
        "caption": f"{found.total:,}{more} transcripts, the newest first. "
        "Keys: j k to walk, Enter or o to open, n p for pages, / to search.",
        "none": "Nothing here yet. Add transcripts above, or run 'traitbook import' or 'make demo'."
        if empty else "No transcript fits. Take a filter away.",
        "page": at,
        "pages": math.ceil(found.total / SIZE),
        "more": found.capped,
    },
    on_open_change=lambda: None,
    on_page_change=turn,
)  # fmt: skip

if opened := screens.triggered("listing", "open"):
    st.switch_page(
        screens.path_of("read"), query_params={"t": opened["id"], **screens.going_along()}
    )
