"""The form that says which columns of an unknown file are what; a mapping comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import streamlit as st

import screens
from transcripts.finding import Listed, listed_at, speakers
from transcripts.looking import Found, columns
from transcripts.proposing import Looked, written
from transcripts.transcript import ROLES, Role

COLUMNS, LIST = "columns of question and answer", "a list of messages"
NAMED = {
    "scenario": "what was asked: answers of different releases to it are compared",
    "release": "which version of the model spoke",
    "model": "the model's own name",
    "sample": "which of several answers to the same",
}


def mapping_form(looked: Looked, key: str) -> str:
    """The form, filled in as the file looks; gives the mapping as YAML."""
    cells, found = columns(looked.rows[0]), looked.found
    told = dict(listed_at(looked.rows))
    shape = COLUMNS
    if told:
        at = 1 if found.listed else 0
        shape = st.radio(
            "A record holds", [COLUMNS, LIST], index=at, horizontal=True, key=f"{key}-shape"
        )
    turns: Sequence[tuple[Role, str]] = ()
    listed: Listed | None = None
    if shape == LIST:
        listed = _listed(looked, told, key)
    else:
        turns = tuple(_turns(found, cells, key))
    named = _named(found, cells, key)
    rating, rater, scale = _ratings(found, cells, key)
    rest = [cell for cell in cells if cell not in (*named.values(), *rating)]
    metadata = st.multiselect(
        "Metadata", rest, [c for c in found.metadata if c in rest], key=f"{key}-metadata",
        placeholder="columns to keep beside the conversation",
    )  # fmt: skip
    chosen = Found(listed, turns, named, rating, metadata)
    return written(replace(looked, found=chosen), rater, scale)


def _turns(found: Found, cells: list[str], key: str) -> list[tuple[Role, str]]:
    said = {role: [column for r, column in found.turns if r == role] for role in ROLES}
    left, middle, right = st.columns([1, 2, 2])
    with left:
        system = st.selectbox(
            "System", [None, *cells], _at(cells, said["system"][:1]), key=f"{key}-system",
            format_func=lambda c: c or "none",
        )  # fmt: skip
    with middle:
        asked = st.multiselect("User says, in order", cells, said["user"], key=f"{key}-user")
    with right:
        answered = st.multiselect(
            "Assistant says, in order", cells, said["assistant"], key=f"{key}-assistant"
        )
    turns: list[tuple[Role, str]] = [("system", system)] if system else []
    for question, answer in zip_longest(asked, answered):
        turns += [("user", question)] if question else []
        turns += [("assistant", answer)] if answer else []
    return turns


def _at(cells: Sequence[str], wanted: Sequence[str]) -> int:
    return cells.index(wanted[0]) + 1 if wanted and wanted[0] in cells else 0


def _listed(looked: Looked, told: dict[str, tuple[str, ...]], key: str) -> Listed:
    found = looked.found.listed
    paths = list(told)
    places = st.columns(3)
    with places[0]:
        at = st.selectbox(
            "The list", paths, paths.index(found.at) if found and found.at in told else 0,
            key=f"{key}-at",
        )  # fmt: skip
    keys = list(told[at]) or [""]
    with places[1]:
        who = st.selectbox(
            "Who speaks", keys, _index(keys, found.role if found else ""), key=f"{key}-role"
        )
    with places[2]:
        text = st.selectbox(
            "What is said", keys, _index(keys, found.text if found else ""), key=f"{key}-text"
        )
    roles: dict[str, Role] = {}
    names = speakers(looked.rows, at, who)
    for place, (name, role) in zip(st.columns(max(3, len(names))), names.items(), strict=False):
        with place:
            roles[name] = st.selectbox(
                f"{screens.tag(name)} is", list(ROLES), ROLES.index(role), key=f"{key}-role-{name}"
            )  # type: ignore[assignment]
    return Listed(at, who, text, roles)


def _index(keys: list[str], wanted: str) -> int:
    return keys.index(wanted) if wanted in keys else 0


def _named(found: Found, cells: list[str], key: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for place, (name, why) in zip(st.columns(len(NAMED)), NAMED.items(), strict=True):
        with place:
            column = st.selectbox(
                name.capitalize(), [None, *cells], _at(cells, [found.named.get(name, "")]),
                key=f"{key}-{name}", format_func=lambda c: c or "none", help=why.capitalize(),
            )  # fmt: skip
        if column:
            named[name] = column
    return named


def _ratings(
    found: Found, cells: list[str], key: str
) -> tuple[list[str], str, tuple[float, float] | None]:
    places = st.columns([3, 2, 1, 1], vertical_alignment="bottom")
    with places[0]:
        rating = st.multiselect("Ratings", cells, list(found.ratings), key=f"{key}-ratings",
                                placeholder="columns of numbers that rate it")  # fmt: skip
    with places[1]:
        rater = st.text_input("by", key=f"{key}-rater", placeholder="source", disabled=not rating)
    with places[2]:
        low = st.number_input(
            "from", value=None, key=f"{key}-low", step=1.0, format="%g", disabled=not rating
        )
    with places[3]:
        high = st.number_input(
            "to", value=None, key=f"{key}-high", step=1.0, format="%g", disabled=not rating
        )
    scale = (low, high) if low is not None and high is not None and low < high else None
    return rating, rater.strip(), scale
