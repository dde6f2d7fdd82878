"""What a judge is to be asked, its price, and the button that starts it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

import screens
from rubrics import Rubric
from scorers.judge.settings import BadSettings, default_model, settings
from screens.starting import NotStarted, Order, priced, started
from store import Store
from store.releases import releases
from viewer import tones
from viewer.runs import money, plan_lines


def ordering(store: Store, rubrics: Mapping[str, Rubric]) -> None:
    """A new run: who judges what, the price, and only then the start."""
    known = [one.name for one in releases(store)]
    if not known:
        st.info("Nothing to judge yet. Add transcripts in the Library, or run `make demo`.")
        return
    order = _order(rubrics, known)
    lacks_key = _key(order)
    asked = st.session_state.get("plan")
    plan = asked[1] if asked and asked[0] == order else None
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Work out the price", type="secondary" if plan else "primary",
            disabled=not order.model or bool(lacks_key),
        ):  # fmt: skip
            plan = _priced(store, order)
        if lacks_key:
            st.caption(lacks_key)
        elif not order.model:
            st.caption("Name a model first. `TRAITBOOK_JUDGE` names one for good.")
    if plan is not None:
        _start(store, order, plan)


def _order(rubrics: Mapping[str, Rubric], known: list[str]) -> Order:
    """The order of the page's address; its widgets write into it."""
    if not screens.param("judge") and (usual := default_model()):
        screens.put("judge", usual)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = screens.words("Judge", "judge", placeholder="claude-sonnet-5-5", width=280)
        server = screens.words("Server", "server", placeholder="as the environment says", width=300)
        repeats = screens.figure("Times", "repeats", min_value=1.0, max_value=99.0, width=110,
                                 placeholder="1")  # fmt: skip
        limit = screens.figure("At most, in $", "limit", min_value=0.0, width=130,
                               placeholder="no limit")  # fmt: skip
        batch = screens.select(
            "Asked", "how", ["", "batch"], width=230,
            told=lambda h: "as a batch: half the price, slow" if h else "now, one by one",
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = [name for name, one in rubrics.items() if one.level != "pair"]
        traits = screens.several(
            "Traits", "trait", asked, format_func=lambda t: tones.title(t, rubrics.get(t))
        )
        chosen = screens.several("Releases", "release", known)
    return Order(
        model.strip(), server.strip(), tuple(traits), tuple(chosen), int(repeats or 1), limit,
        batch == "batch",
    )  # fmt: skip


def _key(order: Order) -> str:
    """What is wrong with the judge's key or server, "" if nothing; a field for a key where one is
    needed. It stays in this process's memory and goes to the run by its environment."""
    try:
        settings(order.model or "-", base_url=order.base_url or None)
        return ""
    except BadSettings as error:
        told = str(error)
    if "no key" not in told:
        return told
    given = st.text_input("Key", type="password", key="judge_key", width=420)
    st.caption(
        "Kept in memory until this tab is closed, never written down. Better: put "
        "`ANTHROPIC_API_KEY` into the environment, or into `.env` where the app was started."
    )
    return "" if given.strip() else "This server needs a key."


def _priced(store: Store, order: Order) -> dict[str, object] | None:
    st.session_state.pop("plan", None)
    with st.spinner("Counting tokens"):
        try:
            plan = priced(store, order, st.session_state.get("judge_key", "").strip())
        except NotStarted as error:
            st.error(str(error))
            return None
    st.session_state.plan = (order, plan)
    return plan


def _start(store: Store, order: Order, plan: dict[str, object]) -> None:
    head, rows, notes = plan_lines(plan, order.batch)
    with st.container(border=True):
        st.markdown(f"**{head.replace('$', chr(92) + '$')}**")
        if not plan["judgements"]:
            st.caption("This judge has answered all of it already.")
            return
        st.table({name: [value.replace("$", "\\$")] for name, value in rows})
        st.caption(notes)
        cost = plan["money"]["batch" if order.batch else "cached"]  # type: ignore[index]
        label = "Start, price unknown" if cost is None else f"Start for about {money(cost)}"
        if st.button(label.replace("$", "\\$"), type="primary"):
            with st.spinner("Starting"):
                try:
                    run = started(store, order, st.session_state.get("judge_key", "").strip())
                except NotStarted as error:
                    st.error(str(error))
                    return
            st.session_state.pop("plan", None)
            st.query_params.from_dict({"run": str(run)})
            st.rerun()
