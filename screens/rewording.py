"""Editing a copy of a rubric: its words in a form, what changed of them, where to save them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from pydantic import ValidationError

import screens
from rubrics import BadRubric, Rubric
from rubrics.writing import save
from screens.trying import trying
from store import Store
from viewer import tones
from viewer.cards import changes_data
from viewer.components import rubrics as cards

FOLDERS = "TRAITBOOK_RUBRICS"


def rewording(store: Store, rubrics: Mapping[str, Rubric], trait: str) -> None:
    """The form, the words that changed, and the ways to try and to keep the new wording."""
    now = rubrics[trait]
    form, result = st.columns([5, 4], gap="large")
    with form:
        told = _form(now)
    with result:
        draft = _made(now, told)
        if draft is None:
            return
        if draft.trait == now.trait:
            cards(key="changes", data=changes_data(now, draft))
        else:
            st.caption(
                f"A trait of its own, {screens.tag(draft.trait)}, beside the one it is from."
            )
        _keeping(now, draft)
        trying(store, draft, rubrics)


def _form(now: Rubric) -> dict[str, Any]:
    """The words as they stand in the form; what is typed outlives a rerun, not a reload."""

    def field(name: str, words: str, tall: int = 0, label: str = "") -> str:
        key = f"draft_{now.trait}_{name}"
        given = {"value": words, "key": key}
        label = label or name.replace("_", " ").capitalize()
        if not tall:
            return str(st.text_input(label, **given))
        return str(st.text_area(label, height=tall, **given))

    told: dict[str, Any] = {
        "trait": field("trait", now.trait, label="Trait (another name makes another trait)"),
        "title": field("title", now.title),
        "question": field("question", now.question, 100),
    }
    st.caption("Anchors: what each value means")
    told["anchors"] = {
        value: field(f"anchor_{value}", now.anchors[value], 70, tones.shown(value, now))
        for value in now.scale.values
    }
    told["not_applicable"] = field("not_applicable", now.not_applicable, 70)
    for name in ("look_for", "not_evidence"):
        label = f"{name.replace('_', ' ').capitalize()} (one a line)"
        lines = field(name, "\n".join(getattr(now, name)), 100, label)
        told[name] = [line.strip() for line in lines.splitlines() if line.strip()]
    told["decide"] = field("decide", now.decide, 70, "To decide")
    if now.scale.two_sided:
        left, right = st.columns(2)
        with left:
            told["under"] = field("under", now.under, label="Minus is called")
        with right:
            told["over"] = field("over", now.over, label="Plus is called")
    return told


def _made(now: Rubric, told: dict[str, Any]) -> Rubric | None:
    """The rubric of these words; None, and a sentence each, where they make none."""
    anchors = {value: text.strip() for value, text in told["anchors"].items()}
    words = {**now.words(), **told, "anchors": anchors}
    words |= {k: v.strip() for k, v in words.items() if isinstance(v, str)}
    wrong = [f"the anchor of {value} is empty" for value, text in anchors.items() if not text]
    wrong += [f"{k} is empty" for k in ("question", "not_applicable") if not words[k]]
    if not wrong:
        try:
            return Rubric.from_words(words)
        except ValidationError as error:
            wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    st.error("This is no rubric yet: " + "; ".join(wrong))
    return None


def _folder() -> str:
    known = [one for one in os.environ.get(FOLDERS, "").split(os.pathsep) if one]
    return known[0] if known else "my-rubrics"


def _keeping(now: Rubric, draft: Rubric) -> None:
    """Save the draft into a folder of rubrics, from where every command and page takes it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        folder = st.text_input("Folder of your rubrics", value=_folder(), key="rubrics_folder")
        same = draft == now
        pressed = st.button("Save as a new version", type="primary", disabled=same or not folder)
    st.caption(
        "Rubrics there win over the shipped ones: here from now on, elsewhere with "
        "`--rubrics FOLDER`."
    )
    if pressed:
        try:
            path = save(draft, Path(os.environ.get("TRAITBOOK_HOME", "")) / folder.strip())
        except BadRubric as error:
            st.error(str(error))
            return
        _use(path.parent)
        st.session_state.saved = f"{screens.tag(str(path))}, version {screens.tag(draft.version)}"
        st.query_params.from_dict({"trait": draft.trait, "edit": "1"})
        st.rerun()
    if said := st.session_state.pop("saved", ""):
        st.success(f"Saved: {said}. What stood there before is kept in `earlier/`.")


def _use(folder: Path) -> None:
    """Have this app take its rubrics from the folder too, from now on."""
    known = [one for one in os.environ.get(FOLDERS, "").split(os.pathsep) if one]
    if str(folder.resolve()) not in known:
        os.environ[FOLDERS] = os.pathsep.join([*known, str(folder.resolve())])
    st.cache_resource.clear()
