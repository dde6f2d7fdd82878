"""Trying a wording: a judge is asked the draft on a few transcripts, and nothing of it is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st

import screens
from rubrics import Judged, Rating, Rubric, Task
from store import Store
from store import transcripts as said
from store.ratings import of_transcripts
from store.wordings import told_apart
from transcripts import Transcript
from viewer import tones
from viewer.components import quotes
from viewer.runs import money

MANY = 5


def trying(store: Store, draft: Rubric, rubrics: Mapping[str, Rubric]) -> None:
    """The button that asks a judge, with its price, and what it said."""
    from scorers.judge.settings import BadSettings, default_model, settings

    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.text_input(
            "Judge", value=default_model() or "", key="try_judge", placeholder="claude-sonnet-5-5"
        )
        pressed = st.button(f"Try it on {MANY} transcripts", disabled=not model.strip())
    st.caption(
        f"{MANY} transcripts on which this trait was rated most differently. Costs {MANY} calls or "
        "a few more; nothing is kept."
    )
    if pressed:
        try:
            given = settings(model.strip())
        except BadSettings as error:
            st.error(str(error))
            return
        chosen = [said.get(store, one) for one in told_apart(store, draft.trait, MANY)]
        with st.spinner("Asking"):
            found, why = _asked(given, draft, chosen)
        st.session_state.tried = (draft.version, found, why)
    version, found, why = st.session_state.get("tried", ("", [], ""))
    if why:
        st.error(why)
    if found:
        _shown(store, draft, rubrics, version, found)


def _asked(given: Any, draft: Rubric, chosen: list[Transcript]) -> tuple[list[Judged], str]:
    from scorers.judge import Judge, Judging, items, price_file

    judge = Judge(given, price_file(), secrets.token_hex(16))
    passing = Judging(judge, items(judge, ((one, [Task(draft)]) for one in chosen)))
    found = [one for batch in passing for one in batch]
    return found, passing.why


def _shown(
    store: Store, draft: Rubric, rubrics: Mapping[str, Rubric], version: str, found: list[Judged]
) -> None:
    costs = [call.cost for one in found for call in one.calls]
    cost = None if any(c is None for c in costs) else sum(c for c in costs if c is not None)
    stale = "" if version == draft.version else " The words have changed since."
    ids = [one.transcript for one in found]
    before = list(of_transcripts(store, ids))
    names = {one: said.get(store, one) for one in ids}
    rows = [
        _row(rating, names[rating.transcript], _before(rating, before), draft)
        for one in found
        for rating in one.ratings
    ]
    quotes(
        key="tried",
        data={
            "version": f"{version}{len(rows)}",
            "title": f"What {found[0].rater.name} made of it",
            "asked": f"{len(costs)} calls, {money(cost)}.{stale}",
            "spread": [],
            "found": rows,
            "more": "",
        },
        on_open_change=lambda: None,
    )


def _before(rating: Rating, before: list[Rating]) -> list[Rating]:
    """What others said of the same trait at the same place."""
    place = (rating.transcript, rating.trait, rating.message)
    return [one for one in before if (one.transcript, one.trait, one.message) == place]


def _row(
    rating: Rating, transcript: Transcript, before: list[Rating], draft: Rubric
) -> dict[str, Any]:
    others = ", ".join(f"{tones.said_by(one.rater)} {_value(one, draft)}" for one in before)
    turn = f"message {rating.message}" if rating.message else "the whole"
    where = f"{transcript.release} \u00b7 {transcript.scenario} \u00b7 {turn}"
    why = f"{rating.why}: {rating.reason}" if rating.status == "unscored" else rating.reason
    return {
        "t": rating.transcript,
        "m": rating.message,
        "href": screens.link("read", {"t": rating.transcript, "m": rating.message or 1}),
        "value": _value(rating, draft),
        "tone": tones.tone(rating.value, draft),
        "quotes": [{"text": one.text, "match": one.match} for one in rating.quotes],
        "why": why,
        "where": where + (f" \u00b7 before: {others}" if others else ""),
    }


def _value(rating: Rating, draft: Rubric) -> str:
    if rating.status == "rated":
        return tones.shown(rating.value, draft)
    return "n/a" if rating.status == "not_applicable" else "unscored"
