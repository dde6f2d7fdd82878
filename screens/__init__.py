"""What you see. A page is a thin script: read, call one function, draw. What they share is here.

The folder is not called pages/: Streamlit takes a folder of that name beside the main script for
its own older kind of navigation and opens a deep link without app.py until app.py has run once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from rubrics import Rubric, load_all
from store import Store, default_path
from store.listing import Filter

HERE = Path(__file__).parent
FILTERS = ("q", "release", "scenario", "trait", "rater", "status", "low", "high")
"""The parts of an address that narrow the list; they go along from the list to what it opens."""


def path_of(name: str) -> str:
    """The page file whose name ends so, for `st.switch_page`: `read` is screens/30_read.py."""
    return str(next(HERE.glob(f"[0-9]*_{name}.py")).relative_to(HERE.parent))


@st.cache_resource
def _open(path: str) -> Store:
    return Store(path)


def store() -> Store:
    """The database of this app; one object, a connection a thread."""
    return _open(str(default_path()))


@st.cache_resource
def _rubrics(folders: str) -> dict[str, Rubric]:
    return load_all(*(folder for folder in folders.split(os.pathsep) if folder))


def rubrics() -> dict[str, Rubric]:
    """The shipped rubrics and those of `serve --rubrics`."""
    return _rubrics(os.environ.get("TRAITBOOK_RUBRICS", ""))


def param(name: str, default: str = "") -> str:
    """One value of the page's address."""
    return str(st.query_params.get(name, default))


def number(name: str) -> float | None:
    """A number in the page's address; None where there is none."""
    try:
        return float(param(name)) if param(name) else None
    except ValueError:
        return None


def wanted() -> Filter:
    """The filter that the page's address asks for."""
    return Filter(
        words=param("q"),
        releases=tuple(st.query_params.get_all("release")),
        scenario=param("scenario"),
        trait=param("trait"),
        rater=param("rater"),
        status=param("status"),
        low=number("low"),
        high=number("high"),
    )


def going_along() -> dict[str, Any]:
    """The filter part of the page's address, to be handed to the next page."""
    told = {name: st.query_params.get_all(name) for name in FILTERS}
    return {name: values for name, values in told.items() if values}


def link(page: str, params: dict[str, Any]) -> str:
    """An address within the app that restores a view."""
    return f"/{page}?" + urlencode(params, doseq=True)


def triggered(key: str, name: str) -> dict[str, Any] | None:
    """What a component just sent under this name; None if nothing."""
    state = st.session_state.get(key)
    value = getattr(state, name, None) if state is not None else None
    return dict(value) if value else None


def tag(text: str) -> str:
    """A name as inline code for Streamlit's markdown, so that nothing in it is markup."""
    return "`" + text.replace("`", "'") + "`"


def plain(text: str) -> str:
    """A name as a label, which Streamlit reads as markdown, so that nothing in it is markup."""
    return re.sub(r"([^\w\s])", r"\\\1", text)


# Streamlit's own bind="query-params" writes what a select box shows, not what it means, and drops
# what it does not know; an address must outlive a changed title.


def put(name: str, value: Any) -> None:
    """Put a value into the page's address; nothing takes it out."""
    if value in (None, "", []):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value if isinstance(value, list) else str(value)


def _bind(name: str, value: Any) -> dict[str, Any]:
    """What makes a widget show `value` and write its changes back into the address.

    The address is the one truth: it is put into the widget's state at every run. A change comes
    by the callback, which runs before the page does and writes the address first.
    """
    key = f"_{name}"
    st.session_state[key] = value

    def keep() -> None:
        put("page", None)  # another filter begins at its first page
        put(name, st.session_state[key])

    return {"key": key, "on_change": keep}


def select(
    label: str, name: str, choices: Sequence[str], *, told: Callable[[str], str] = str, **more: Any
) -> str:
    """A select box whose value is the parameter `name` of the address, else its first choice."""
    asked = param(name) or choices[0]
    found = [*choices, *([asked] if asked not in choices else [])]
    return st.selectbox(label, found, format_func=told, **_bind(name, asked), **more)


def several(label: str, name: str, choices: Sequence[str], **more: Any) -> list[str]:
    """A choice of several, as the repeated parameter `name` of the address."""
    asked = [one for one in st.query_params.get_all(name) if one in choices]
    return st.multiselect(label, choices, placeholder="all", **_bind(name, asked), **more)


def words(label: str, name: str, **more: Any) -> str:
    """A line of text as the parameter `name` of the address."""
    return st.text_input(label, **_bind(name, param(name)), **more)


def figure(label: str, name: str, **more: Any) -> float | None:
    """A number as the parameter `name` of the address."""
    bound = _bind(name, number(name))
    return st.number_input(label, value=None, step=1.0, format="%g", **bound, **more)
