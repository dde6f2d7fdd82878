"""Streamlit components made of the plain files in assets/; nothing is built, nothing fetched.

Registered when this module is imported, once for the whole server; mounting them in a page costs
nothing but their data.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parent / "assets"


def text(name: str) -> str:
    """The content of an asset."""
    return (ASSETS / name).read_text("utf-8")


def _component(name: str, label: str):  # type: ignore[no-untyped-def]
    return st.components.v2.component(
        f"traitbook_{name}",
        html=f'<div class="tb tb-{name}" role="region" aria-label="{label}"></div>',
        css=text("base.css") + text(f"{name}.css"),
        js=text(f"{name}.js"),
        isolate_styles=False,
    )


reader = _component("reader", "Reader")
listing = _component("listing", "Transcripts")
board = _component("board", "Traits by release")
change = _component("change", "What changed")
quotes = _component("quotes", "What lies behind")
rubrics = _component("rubrics", "Rubrics")
runs = _component("runs", "Runs")
queue_board = _component("queue_board", "Queues")
agreement = _component("agreement", "Agreement")
threads = _component("threads", "Comments")
desk = _component("desk", "Desk")
login = _component("login", "Login")
overlay = st.components.v2.component(
    "traitbook_overlay", html="<i hidden></i>", js=text("overlay.js"), isolate_styles=False
)
desk_state = st.components.v2.component(
    "traitbook_desk_state",
    html="<i hidden></i>",
    js=text("desk_state.js"),
    isolate_styles=False,
)
homing = st.components.v2.component(
    "traitbook_homing", html="<i hidden></i>", js=text("homing.js"), isolate_styles=False
)
dropzone = st.components.v2.component(
    "traitbook_dropzone", html="<i hidden></i>", js=text("dropzone.js"), isolate_styles=False
)
