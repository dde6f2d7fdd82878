"""What the ways of comparing raters share: who there is, whose labels, and the test part's book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

import screens
from reviews.labels import Label, from_rows
from reviews.pairs import Choice, choices
from rubrics import Rubric
from screens.who import who
from store import Store
from store.labels import Asked, labels
from store.naming import Known, known
from store.pair_labels import pair_labels
from store.releases import releases
from store.splits import looked, looks, splits

PEOPLE, SIGNALS = "people", "signals"
TOLD = {PEOPLE: "people, averaged", SIGNALS: "signals (rules)"}
PARTS = {"": "all labels", "dev": "dev", "test": "test (each look is counted)"}
ON = {"dev": PARTS["dev"], "test": PARTS["test"], "all": PARTS[""]}
ORDER = {"judge": 0, "signal": 1, "imported": 2, "person": 3, "author": 4}


class Raters:
    """Everybody who has rated or compared, by full name, and their labels."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.everybody = {str(one.rater): one for one in known(store, pairs=True)}
        self.people = self._kind("person")
        self.authors = self._kind("author")

    def _kind(self, kind: str) -> list[str]:
        return [name for name, one in self.everybody.items() if one.rater.kind == kind]

    @cached_property
    def judges_first(self) -> list[str]:
        """Judges, the latest before the others; then whoever else has rated; signals as one."""
        names = list(self.everybody)
        latest = {name: -place for place, name in enumerate(names)}
        names.sort(key=lambda name: (ORDER[self._of(name).rater.kind], latest[name]))
        first = next((i for i, n in enumerate(names) if self._of(n).rater.kind == "signal"), None)
        return names if first is None else [*names[:first], SIGNALS, *names[first:]]

    def _of(self, name: str) -> Known:
        return self.everybody[name]

    def full(self, name: str) -> str:
        """The full name of what may stand short in the address; stops the page where nobody has
        that name, and says who there is."""
        if name in self.everybody or name in TOLD:
            return name
        fits = [full for full, one in self.everybody.items() if name in _short(one)]
        if len(fits) == 1:
            return fits[0]
        told = ", ".join(map(screens.tag, fits or self.everybody))
        why = "is several raters" if fits else "has rated nothing here; there are"
        st.warning(f"{screens.tag(name)} {why}: {told}.")
        return st.stop()

    def labels(self, name: str, asked: Asked) -> list[Label]:
        """A rater's labels, or those of all signals: each trait has one."""
        if name == SIGNALS:
            return [label for one in self._signals for label in self._labels(one.key, asked)]
        return self._labels(self._of(name).key, asked)

    def _labels(self, key: int, asked: Asked) -> list[Label]:
        newest = self.store.one("SELECT coalesce(max(key), 0) FROM ratings") or 0
        return _read(str(self.store.path), (newest, len(splits(self.store))), key, asked)

    @property
    def _signals(self) -> list[Known]:
        found = [one for one in self.everybody.values() if one.rater.kind == "signal"]
        return list({one.rater.name: one for one in found}.values())

    def choices(self, name: str, asked: Asked) -> list[Choice]:
        """A rater's answers about pairs; rules give none."""
        if name == SIGNALS:
            return []
        return choices(pair_labels(self.store, self._of(name).key, asked))


@dataclass(frozen=True)
class Between:
    """Who is compared, on what: two raters by full name, the people that stand for "people"."""

    raters: Raters
    rubrics: Mapping[str, Rubric]
    a: str
    b: str
    people: Sequence[str]
    asked: Asked

    @property
    def names(self) -> tuple[str, str]:
        """The two as the page calls them."""
        return TOLD.get(self.a, self.a), TOLD.get(self.b, self.b)

    @property
    def judging(self) -> bool:
        """Whether a rater other than people is held against them, so that it might gate."""
        return self.b == PEOPLE and self.a not in (*self.raters.people, *self.raters.authors)


def _short(one: Known) -> tuple[str, ...]:
    rater = one.rater
    return rater.name, f"{rater.kind}:{rater.name}", f"{rater.name}#{rater.version}"


@st.cache_data(max_entries=64, show_spinner="Counting")
def _read(path: str, changed: tuple[int, int], rater: int, asked: Asked) -> list[Label]:
    return from_rows(labels(screens.store(), rater, asked))


def which_releases(store: Store) -> list[str]:
    """The releases that are asked for; none: all."""
    return screens.several("Releases", "release", [one.name for one in releases(store)], width=265)


def which_part(store: Store) -> str:
    """The part of the labels that is asked for: dev, test, or "" for all."""
    if not splits(store):
        return ""
    return screens.select("Labels", "split", list(PARTS), told=PARTS.__getitem__, width=220)


def on_which_part(store: Store) -> str:
    """The same where dev is what is meant unless somebody says otherwise."""
    if not splits(store):
        return ""
    part = screens.select("On", "on", list(ON), told=lambda p: ON.get(p, p), width=220)
    return part if part in PARTS else ""


def may_look(store: Store, what: str) -> None:
    """Ask before the test part is shown, write the look down, and say how many there were.

    Stops the page until somebody says yes; the same comparison is one look for a session. A look
    that changes what is done next makes test into dev, so none is had by accident.
    """
    seen: dict[str, int] = st.session_state.setdefault("looked", {})
    if what in seen:
        st.caption(
            f"This is look {seen[what]:,} at the test part, and it is written down: the more "
            "looks, the less it proves."
        )
        return
    before = looks(store)
    last = f", the last on {before[0].at[:10]} by {screens.tag(before[0].by)}" if before else ""
    st.info(
        "The test part proves something only while it is not used to choose. So far it was looked "
        f"at {times(before)}{last}. A look is written down: {screens.tag(what)}."
    )
    me = who(need=False)

    def look() -> None:
        seen[what] = looked(store, me.name if me else "somebody", what)

    st.button(f"Look at the test part (look {len(before) + 1:,})", on_click=look, type="primary")
    st.stop()


def times(before: Sequence[object]) -> str:
    """How often, in words."""
    return "once" if len(before) == 1 else f"{len(before):,} times"
