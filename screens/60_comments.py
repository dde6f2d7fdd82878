"""What people have said to each other about transcripts: the open threads first."""

from __future__ import annotations

import streamlit as st

import screens
from screens.who import who
from store.comments import Comment, comments, resolve, tags
from viewer.components import threads

OPEN, ALL = "", "all"

store = screens.store()
me = who(need=False)
with st.container(horizontal=True, vertical_alignment="bottom"):
    told = {OPEN: "open threads", ALL: "all threads"}
    shown = screens.select("Show", "show", list(told), told=told.__getitem__, width=220)
    tag = screens.select("Tag", "tag", ["", *tags(store)], told=lambda t: t or "any", width=220)
found = comments(store, unresolved=shown == OPEN, tag=tag)


def settle() -> None:
    """Settle a thread, or open it again."""
    if me and (picked := screens.triggered("threads", "settle")):
        resolve(store, int(picked["key"]), me.name, resolved=bool(picked["resolved"]))


def place(one: Comment) -> dict[str, str]:
    """The address that opens exactly where the comment is."""
    params = {"t": one.transcript, "m": str(one.message or 1), "desk": "1"}
    if one.part is not None:
        params["view"] = "verbatim"
    return params


if not found:
    st.info(
        "No open comments." if comments(store) else
        "No comments yet. Open a transcript in Read, press r for the desk, then c."
    )  # fmt: skip
    st.stop()
firsts = [one for one in found if one.answers is None]
threads(
    key="threads",
    data={
        "may": me is not None,
        "rows": [
            {
                "key": one.key, "author": one.author, "at": one.at[:16].replace("T", " "),
                "text": one.text, "quote": one.quote, "tags": list(one.tags),
                "resolved": bool(one.resolved), "by": one.resolved_by or "",
                "where": f"{one.scenario} \u00b7 {one.release}"
                + (f" \u00b7 message {one.message}" if one.message else ""),
                "href": screens.link("read", place(one)),
                "replies": [
                    {"author": r.author, "text": r.text, "at": r.at[:16].replace("T", " ")}
                    for r in found if r.answers == one.key
                ],
            }
            for one in reversed(firsts)
        ],
    },
    on_settle_change=settle,
    on_open_change=lambda: None,
)  # fmt: skip
if opened := screens.triggered("threads", "open"):
    one = next((o for o in found if o.key == opened["key"]), None)
    if one:
        st.switch_page(screens.path_of("read"), query_params=place(one))
