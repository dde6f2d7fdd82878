"""Rater against rater, and two judges or wordings against people: how far they agree."""

from __future__ import annotations

import streamlit as st

import screens
from screens.agreeing import rater_against_rater
from screens.raters import Raters
from screens.versus import two_against_people

VIEWS = {"": "rater against rater", "two": "two judges or wordings"}

store, rubrics = screens.store(), screens.rubrics()
raters = Raters(store)
if len(raters.everybody) < 2:
    only = next(iter(raters.everybody), None)
    told = f" Only {screens.tag(only)} has rated yet." if only else ""
    st.info(
        f"Agreement needs two raters who rated the same.{told} Make a queue in Review, import "
        "labels with `traitbook import-ratings`, or score with `traitbook score`."
    )
    st.stop()

head = st.container(horizontal=True, vertical_alignment="bottom")
with head:
    view = screens.select("Compare", "view", list(VIEWS), told=lambda v: VIEWS.get(v, v), width=215)
if view == "two":
    two_against_people(raters, rubrics, head)
else:
    rater_against_rater(raters, rubrics, head)
