"""One transcript, or the same scenario of two or three releases, side by side."""

from __future__ import annotations

import streamlit as st

import screens
from rubrics import Rating
from screens.rating import rating_desk
from screens.who import ask_name, who
from store import transcripts as said
from store.listing import neighbours
from store.ratings import of_transcripts
from store.transcripts import Sibling
from viewer.components import desk, overlay, reader
from viewer.lighting import overlay_data
from viewer.reading import Around, View, reader_data

MOST = 3
MOST_STEPS = 50

store, rubrics = screens.store(), screens.rubrics()
opened = screens.param("t")
verbatim = screens.param("view") == "verbatim"
if not opened:
    st.info("Open a transcript from the Library, or click a value in Releases.")
    st.stop()


def side_by_side(found: list[Sibling], opened: str, asked: str) -> list[str]:
    """The ids to show, in the order of releases: those asked for, else the opened one with its
    like (the same sample) in the releases before it and after."""
    place = {one.id: index for index, one in enumerate(found)}
    here = found[place[opened]]
    if asked:
        chosen = [one for one in asked.split(",") if one in place]
    else:
        like = [one for one in found if one.sample == here.sample and one.release != here.release]
        like.sort(key=lambda one: abs(one.place - here.place))
        chosen = [one.id for one in like]
    return sorted(dict.fromkeys([opened, *chosen][:MOST]), key=place.__getitem__)


first = said.get(store, opened)
opened = first.id
siblings = said.siblings(store, first.scenario)
shown = side_by_side(siblings, opened, screens.param("beside"))
before, after = neighbours(store, screens.wanted(), opened, by_scenario=len(shown) > 1)
names = [(one.id, one.release + (f" ({one.sample})" if one.sample > 1 else "")) for one in siblings]
view = View([said.get(store, one) for one in shown], shown, verbatim)
ratings: dict[str, list[Rating]] = {one: [] for one in shown}
for rating in of_transcripts(store, shown):
    ratings[rating.transcript].append(rating)
message = int(screens.number("m") or 0) or None
rating_here = screens.param("desk") == "1"
manner = {"view": "verbatim"} if verbatim else {}
if rating_here:
    manner["desk"] = "1"
me = who(need=False) if rating_here else None


def address(identity: str, message: int) -> str:
    """The address that opens exactly here again."""
    told = {"t": identity, "beside": ",".join(shown), "m": message}
    return screens.link("read", told | screens.going_along() | manner)


# The component's messages change the address in callbacks, which run before the page does: one run
# a key. Of two messages that wait for a run only the newer arrives, so each says where it starts
# and where it leads, never "once more".


def walk() -> None:
    """Go so many steps along the list, from where the reader stood when the key was pressed."""
    if not (asked := screens.triggered("reader", "nav")):
        return
    step, going = int(asked["step"]), asked["from"]
    for _ in range(min(abs(step), MOST_STEPS)):
        around = neighbours(store, screens.wanted(), going, by_scenario=len(shown) > 1)
        if not (further := around[step > 0]):
            break
        going = further
    if going != asked["from"] or not step:
        st.query_params.from_dict({"t": going} | screens.going_along() | manner)


def turn_view() -> None:
    """Rendered or verbatim."""
    if asked := screens.triggered("reader", "view"):
        screens.put("view", asked["to"])


def put_beside() -> None:
    """Take a release out of the view, or put it in; three at the most, one at the least."""
    if changed := screens.triggered("reader", "beside"):
        one = changed["id"]
        left = [i for i in shown if i != one] if one in shown else [*shown, one][-MOST:]
        if left:
            screens.put("beside", ",".join(left))
            screens.put("t", opened if opened in left else left[0])


def turn_desk() -> None:
    """Put the desk beside the reader, or away."""
    if asked := screens.triggered("reader", "desk"):
        screens.put("desk", asked["to"])
        screens.put("pair", None)


def draw() -> None:
    """The reader itself."""
    at = (shown.index(opened), message) if message else None
    around = Around(names, before is not None, after is not None, desk=rating_here)
    reader(
        key="reader",
        data=reader_data(view, around, address, at),
        on_nav_change=walk,
        on_view_change=turn_view,
        on_beside_change=put_beside,
        on_desk_change=turn_desk,
    )


if rating_here:
    with st.container(key="besides"):
        left, right = st.columns([7, 3], gap="medium")
        with left:
            draw()
        with right:
            if me is None:
                ask_name(why="To rate and comment here, say who you are.")
                overlay(key="overlay", data=overlay_data(view, ratings, rubrics))
            else:
                desk(key="desk_shell", data={"where": "read"})
                rating_desk(store, rubrics, me, view, shown.index(opened))
else:
    draw()
    overlay(key="overlay", data=overlay_data(view, ratings, rubrics))
