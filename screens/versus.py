"""Two judges, or one judge in two wordings of a rubric, held against people: which is nearer?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

import screens
from reviews.labels import Label
from reviews.people import pooled
from reviews.splits import Compared, Three, compare_judges, compared_row
from rubrics import Rating, Rubric
from screens.raters import (
    PEOPLE,
    SIGNALS,
    TOLD,
    Raters,
    may_look,
    on_which_part,
    times,
    which_releases,
)
from store import StoreError
from store.labels import Asked
from store.listing import openings
from store.ratings import of_transcripts
from store.splits import looks, splits
from store.wordings import versions_of, worded
from viewer.compared import Behind, Row, Two, compared_data
from viewer.components import compared

SHOWN = 40


def two_against_people(raters: Raters, rubrics: Mapping[str, Rubric], head: Any) -> None:
    """The page's second view: who is nearer to people, by trait, and where they differ most."""
    everyone = _everyone(raters)
    with head:
        told: dict[str, Any] = {"told": lambda n: everyone.get(n, n), "width": 270}
        one = screens.select("First", "a", list(everyone), **told)
        rest = [name for name in everyone if name != one]
        other = screens.select("Second", "c", rest, **told)
        name, people = _people(raters)
        asked = Asked(None, which_releases(raters.store), on_which_part(raters.store) or None)
    if asked.split == "test":
        told = name if people == raters.people else ", ".join(people)
        may_look(raters.store, f"{one} and {other} against {told}")
    else:
        _parts(raters)
    (first, words), (second, others) = (_labels(raters, each, asked) for each in (one, other))
    human = pooled({each: raters.labels(each, asked) for each in people})
    found = compare_judges(human, first, second, versions=(words, others))
    if found:
        _draw(raters, rubrics, found, (name, _brief(one), _brief(other)))
    else:
        _nothing((name, human), (one, first), (other, second), part=asked.split)
    if going := screens.triggered("compared", "open"):
        at = {"t": going["t"], "m": str(going["m"] or 1)}
        st.switch_page(screens.path_of("read"), query_params=at)


def _everyone(raters: Raters) -> dict[str, str]:
    """Whom one may choose, by what stands in the address, with what stands in the list: each
    rater in the latest words, and in each version where it answered several."""
    found: dict[str, str] = {}
    for name in raters.judges_first:
        found[name] = TOLD.get(name, name)
        if name == SIGNALS:
            continue
        versions = versions_of(raters.store, raters.everybody[name].key)
        traits = [trait for _, trait in versions]
        for version, trait in versions[::-1]:
            if traits.count(trait) > 1:
                found[f"{name}@{version}"] = f"{_brief(name)} \u00b7 {version[:8]} of {trait}"
    return found


def _people(raters: Raters) -> tuple[str, list[str]]:
    """Whom both are held against: what they are called, and who they are."""
    choices = [*[PEOPLE] * bool(raters.people), *raters.everybody]
    asked = raters.full(
        screens.select("Against", "b", choices, told=lambda n: TOLD.get(n, n), width=220)
    )
    if asked != PEOPLE:
        return asked, [asked]
    chosen = screens.several("Which people", "who", raters.people, width=265) or raters.people
    return TOLD[PEOPLE], chosen


def _labels(raters: Raters, text: str, asked: Asked) -> tuple[list[Label], str]:
    """The labels of what stands in the address, and the version of the words that it names."""
    if text == SIGNALS:
        return raters.labels(SIGNALS, asked), ""
    try:
        one, version = worded(raters.store, text)
    except StoreError as error:
        st.warning(screens.tag(str(error)))
        st.stop()
    return raters.labels(str(one.rater), asked), version


def _nothing(*sides: tuple[str, Sequence[Label]], part: str | None) -> None:
    """Why there is nothing to compare."""
    where = f" in {part}" if part else ""
    if empty := [name for name, labels in sides if not labels]:
        st.info(f"{' and '.join(map(screens.tag, empty))} gave no label here{where}.")
    else:
        st.info(f"There is nothing that all three rated with a value{where}.")


def _brief(name: str) -> str:
    """A rater as the head of a column: without its kind."""
    name, at, version = TOLD.get(name, name.partition(":")[2] or name).rpartition("@")
    return f"{name.partition('#')[0]} in words {version[:8]}" if at and name else version


def _parts(raters: Raters) -> None:
    """How the labels are split, and how often the test part was looked at."""
    if not splits(raters.store):
        st.caption(
            "The labels are not split yet, so this is on all of them: `traitbook labels split` "
            "keeps a test part that proves what was found on dev."
        )
    elif before := looks(raters.store):
        st.caption(f"The test part was looked at {times(before)} so far.")


def _draw(
    raters: Raters, rubrics: Mapping[str, Rubric], found: Sequence[Compared],
    names: tuple[str, str, str],
) -> None:  # fmt: skip
    trait = screens.param("trait")
    rows = [Row(compared_row(one), one.trait == trait) for one in found]
    one = next((one for one in found if one.trait == trait), None)
    behind = _behind(raters, one) if one else None
    compared(
        key="compared",
        data=compared_data(Two(rows, names, behind, rubrics)),
        on_pick_change=_pick,
        on_open_change=lambda: None,
    )


def _behind(raters: Raters, one: Compared) -> Behind:
    differ = [unit for unit in one.units if unit.first != unit.second]
    shown = differ[:SHOWN]
    identities = [unit.unit[0] for unit in shown]
    words = openings(raters.store, identities)
    ratings: dict[str, list[Rating]] = {}
    for rating in of_transcripts(raters.store, identities):
        if rating.trait == one.trait:
            ratings.setdefault(rating.transcript, []).append(rating)
    units = [_unit(unit, words, ratings.get(unit.unit[0], ())) for unit in shown]
    return Behind(one.trait, units, len(differ))


def _unit(one: Three, words: Mapping[str, str], ratings: Sequence[Rating]) -> dict[str, Any]:
    """A unit that all three rated, as a line that opens it at the words somebody quoted."""
    identity, message, _ = one.unit
    at = message or _quoted(ratings) or 1
    turn = f" \u00b7 message {message}" if message else ""
    return {
        "t": identity, "m": at, "where": f"{one.scenario} \u00b7 {one.release}{turn}",
        "opening": words.get(identity, identity), "nearer": one.nearer, "people": one.people,
        "first": one.first, "second": one.second,
        "href": screens.link("read", {"t": identity, "m": at}),
    }  # fmt: skip


def _quoted(ratings: Sequence[Rating]) -> int | None:
    """The message of the first words that a rating of the whole transcript rests on."""
    for rating in ratings:
        for quote in rating.quotes:
            if quote.message:
                return quote.message
    return None


def _pick() -> None:
    """Open a trait, or close it."""
    if told := screens.triggered("compared", "pick"):
        screens.put("trait", told["trait"])
