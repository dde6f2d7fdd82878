"""The queue: blind, by keyboard, one after another; then what it was, and why it was chosen."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import screens
from screens.case import Case
from screens.queues import queue_list, turned_back
from screens.reading import Reading, answer, blinded, say
from screens.who import Who, who
from store import StoreError, claims
from store import transcripts as said
from store.claims import Item
from store.comments import comments, tags
from store.queues import Queue, pace, queue_named
from store.releases import releases
from viewer.components import desk, desk_state, overlay, reader
from viewer.desk import Desk, desk_data
from viewer.lighting import overlay_data
from viewer.reading import Around, View, reader_data

store, rubrics = screens.store(), screens.rubrics()
me = who()
assert me is not None
if not screens.param("queue"):
    queue_list(store, rubrics, me)
    st.stop()
queue = queue_named(store, screens.param("queue"))
if me.role == "reader":
    st.info(turned_back(me))
    st.stop()


def chosen(queue: Queue, me: Who) -> Item | None:
    """The item of the address, if it is this reader's; else the next one, claimed for them."""
    asked = screens.number("item")
    mine = claims.item_of(store, int(asked), me.rater) if asked else None
    if asked and mine is None and screens.param("kept"):
        mine = claims.regain(store, int(asked), me.rater)  # what was said here is not on disk yet
    screens.put("kept", None)
    if mine is None or mine.queue != queue.key:
        mine = claims.claim(store, queue.key, me.rater)
    screens.put("item", mine.key if mine else None)
    return mine


item = chosen(queue, me)
if item is None:
    mine = next(iter(pace(store, queue.key, me.rater)), None)
    st.success(
        f"Nothing is left for you in {screens.tag(queue.name)}: {queue.done:,} of "
        f"{queue.readings:,} readings are done, {mine.done if mine else 0:,} of them by you."
    )
    st.page_link(screens.path_of("review"), label="All queues")
    st.stop()

verbatim = screens.param("view") == "verbatim"
identities = [one for one in (item.transcript, item.other) if one]
if item.swapped:
    identities.reverse()
true = [said.get(store, one) for one in identities]
heads = ["Left", "Right"] if item.other else ["Transcript"]
telling = [name for one in releases(store) for name in (one.name, one.model) if name]
shown, masks = (true, [{} for _ in true]) if item.done else blinded(true, heads, telling)
reading = Reading(
    identities, true, shown, masks, verbatim, "after_reveal" if item.done else "blind", item.key,
    first=item.transcript,
)  # fmt: skip
# A blind reader's page holds neither the ids nor anything else that could tell.
names = identities if item.done else [f"{item.key}-{side}" for side, _ in enumerate(identities)]
view = View(shown, names, verbatim)
case = Case(store, rubrics, queue, item, me, reading)


def address(identity: str, message: int) -> str:
    """The address that opens exactly here again."""
    return screens.link("review", {"queue": queue.name, "item": item.key, "m": message})


def turn_view() -> None:
    """Rendered or verbatim."""
    if asked := screens.triggered("reader", "view"):
        screens.put("view", asked["to"])


def hear() -> None:
    """Do what the desk says, and say whether it is on disk."""
    told = screens.triggered("desk", "say")
    if not told or st.session_state.get("desk_ack", {}).get("n") == told["n"]:
        return  # said again, because the answer was lost on its way

    def keep() -> str:
        leaving = all(one["kind"] == "skip" for one in told["batch"])
        about = _reading_of(told["of"], leaving=leaving)
        words, moves = say(store, rubrics, me, about, told["batch"])
        for move in moves:
            _move(move)
        st.session_state.desk_moved = bool(moves) or about.identities != identities
        return words

    st.session_state.desk_ack = answer(store, told["n"], keep)


def _reading_of(draft: str, *, leaving: bool) -> Reading:
    """What was being read when this was said; the claim on it may have gone to another since.

    Raises `StoreError` where it is gone, unless the reader is only leaving it.
    """
    key = int(draft.split("/")[1])
    if key != item.key:
        raise StoreError("the page has gone on meanwhile; go back (p) and say it there")
    now = claims.item_of(store, key, me.rater) or claims.regain(store, key, me.rater)
    if now is None and leaving:
        return reading
    if now is None:
        raise StoreError("what you see was taken out of the database meanwhile; s goes on")
    # A release that was renamed or merged meanwhile has given its transcripts other ids.
    ids = {item.transcript: now.transcript, item.other: now.other}
    return replace(reading, identities=[ids[one] for one in identities], first=now.transcript)


def _move(move: str) -> None:
    if move == "finish":
        claims.finish(store, item.key, me.rater)
    elif move == "back":
        screens.put("item", claims.before(store, item, me.rater) or item.key)
    elif move in ("next", "skip"):
        if move == "next":
            claims.finish(store, item.key, me.rater)
        following = claims.claim(store, queue.key, me.rater, skip=item.key if move == "skip" else 0)
        screens.put("item", following.key if following else None)
        screens.put("m", None)


@st.fragment
def beside() -> None:
    """The desk and what is lit: a rating runs only this."""
    if st.session_state.pop("desk_moved", False):
        st.rerun()
    asked = case.asked()
    mine = next(iter(pace(store, queue.key, me.rater)), None)
    speed = f" \u00b7 {mine.done:,} by you, {mine.median or 0:.0f} s each" if mine else ""
    talk = comments(store, item.transcript)
    data = Desk(
        version=f"{item.key}{'r' if item.done else ''}",
        draft=f"review/{item.key}/{me.name}",
        title=queue.name,
        sub=f"{item.place:,} of {queue.items:,}{speed}",
        who=me.name + ("" if me.verified else " \u00b7 unverified"),
        asked=asked,
        ack=st.session_state.get("desk_ack", {}),
        told=case.told(asked),
        revealed=case.revealed(heads) if item.done else None,
        comments=[one for one in talk if item.done or one.author == me.name],
        may=("rate", "next", "back", "comment", *(() if item.done else ("finish", "skip"))),
        tags=tags(store),
    )
    desk_state(key="desk", data=desk_data(data), on_say_change=hear)  # "saved" before what is lit
    overlay(key="overlay", data=overlay_data(view, case.lit(names), rubrics))


with st.container(key="besides"):
    left, right = st.columns([7, 3], gap="medium")
    with left:
        message = int(screens.number("m") or 0) or item.message
        reader(
            key="reader",
            data=reader_data(view, Around(), address, (0, message) if message else None),
            on_view_change=turn_view,
            on_nav_change=lambda: None,
            on_beside_change=lambda: None,
        )
    with right:
        desk(key="desk_shell", data={"where": "review"})
        beside()
