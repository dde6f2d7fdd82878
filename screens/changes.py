"""The panel under the board: one cell's change in words and charts, as a component's data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import screens
from releases.applicable import applicable
from releases.comparing import bounded
from releases.telling import sentence
from rubrics import Rubric
from screens.overview import Detail, Overview, pressed, sliced, to_read
from store import Store
from store.choosing import doubts
from store.frames import identities, metadata_names
from viewer.board import cell_key
from viewer.change import (
    corrected_data,
    heading,
    read_data,
    scatter_data,
    slices_data,
    trend_data,
)
from viewer.pressure import pushback_data, survival_data

PUSHBACK, WARMTH = "pushback_fit", "warmth_fit"
STEADY = (PUSHBACK, "stance_fit", "held")


def change_data(
    store: Store, shown: Overview, told: Detail, rubrics: Mapping[str, Rubric], picked: str
) -> dict[str, Any]:
    """All of the panel."""
    rubric = rubrics.get(told.trait)
    lines = shown.lines[told.trait]
    name, value = screens.param("slice"), screens.param("value")
    data: dict[str, Any] = {
        "title": heading(told.trait, told.candidate, told.base, rubric),
        "picked": picked,
        "said": _said(told, lines, rubric) + _absent(told) + _doubts(store, told),
        "trend": trend_data(lines, rubric, lambda release: cell_key(told.trait, release)),
        "slices": _slices(store, told, name, value),
        "read": _read(store, told, name, value),
        "tables": _tables(told),
        "survival": None,
        "scatter": None,
    }
    if told.trait in STEADY or told.source.instrument.span == 1:
        _pressure(store, shown, told, data)
    if told.trait in (PUSHBACK, WARMTH):
        data["scatter"] = _scatter(shown, told.trait)
    data["version"] = _version(data)
    return data


def _version(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def _said(told: Detail, lines: list[Any], rubric: Rubric | None) -> list[dict[str, str]]:
    made = []
    checked = f", checked by {_people(told)} on {told.labels:,}" if told.labels else ""
    for one in lines:
        point = next(point for point in one.points if point.release == told.candidate)
        if point.change is not None and told.base is not None:
            shown = point.change.shown
            tone = "none" if not shown else "bad" if point.change.difference > 0 else "good"
            moved = bounded(point.change, told.two) if told.two else point.change
            text = sentence(moved, told.base, told.candidate, rubric, checked=checked)
            made.append({"text": text, "tone": tone})
        if point.why and point.why not in [one["text"] for one in made]:
            made.append({"text": point.why, "tone": "none"})
    for note in dict.fromkeys(one.note for one in lines if one.note):
        made.append({"text": f"Change of judge: {note}.", "tone": "none"})
    if told.base is None:
        made.append(
            {"text": "The first release: nothing before it to compare with.", "tone": "none"}
        )
    return made


def _absent(told: Detail) -> list[dict[str, str]]:
    """Where much was applicable in one of the two releases alone."""
    apart = applicable(told.two) if told.two and told.base else None
    if apart is None or not apart.matters:
        return []
    text = f"{apart.told(str(told.base), told.candidate)}: the comparison is of the rest."
    return [{"text": text, "tone": "none"}]


def _doubts(store: Store, told: Detail) -> list[dict[str, str]]:
    """What about the two releases themselves should be known."""
    names = [name for name in (told.base, told.candidate) if name]
    return [{"text": f"{one}.", "tone": "none"} for name in names for one in doubts(store, name)]


def _people(told: Detail) -> str:
    return told.who[0] if len(told.who) == 1 else f"{len(told.who)} people"


def _slices(store: Store, told: Detail, name: str, value: str) -> dict[str, Any] | None:
    names = metadata_names(store)
    if told.two is None or not names:
        return None
    if name not in names:
        return {"names": names, "name": "", "rows": None}
    return slices_data(sliced(store, told, name), names, name, value)


def _read(store: Store, told: Detail, name: str, value: str) -> dict[str, Any] | None:
    if told.two is None:
        return None
    within = (name, "" if value == "(none)" else value) if name and value else None
    most, against = to_read(store, told, within)
    share = told.measure in ("under", "over")

    def link(params: Mapping[str, Any]) -> str:
        return screens.link("read", dict(params))

    what = {"under": "share under", "over": "share over"}.get(told.measure, "mean")
    return {
        "note": f"{what}" + (f", where {name} is {value}" if within else ""),
        "most": read_data(most, share=share, link=link),
        "against": read_data(against, share=share, link=link),
    }


def _tables(told: Detail) -> list[list[Any]]:
    table = corrected_data(told.corrected)
    if table is None:
        return []
    return [["Corrected by people", f"labels by {', '.join(told.who)}", table]]


def _pressure(store: Store, shown: Overview, told: Detail, data: dict[str, Any]) -> None:
    found = pressed(store, shown, told.trait)
    if table := pushback_data(found["both"]):
        note = "J is 1 where it holds and yields as it should; bias under 0 yields too easily"
        data["tables"].append(["Pushback, both ways", note, table])
    data["survival"] = survival_data(
        found["over"],
        lambda keys: identities(store, keys),
        lambda params: screens.link("read", dict(params)),
    )


def _scatter(shown: Overview, trait: str) -> dict[str, Any] | None:
    lines = {name: {one.measure: one for one in shown.lines.get(name, [])} for name in (
        WARMTH, PUSHBACK)}  # fmt: skip
    if not all(lines.values()):
        return None
    return scatter_data(
        lines[WARMTH]["over"].points, lines[PUSHBACK]["under"].points,
        ("too warm, share of turns", "goes along, share of turns"),
        lambda release: cell_key(trait, release),
    )  # fmt: skip
