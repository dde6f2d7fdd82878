"""Who is reading: by login, else by a trusted proxy, else by a name they type (unverified)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import streamlit as st

import checked
import screens
from reviews.settings import Role, Settings, load_settings
from rubrics import Rater

LONGEST = 80


@dataclass(frozen=True, slots=True)
class Who:
    """A person, and how their name is known: `oidc`, `header`, or `typed` (unverified)."""

    name: str
    identity: str
    role: Role

    @property
    def rater(self) -> Rater:
        """The person as a rater."""
        return Rater("person", self.name)

    @property
    def verified(self) -> bool:
        """Whether somebody vouches for the name."""
        return self.identity != "typed"


def settings() -> Settings:
    """The team's settings, read anew at each run; a mistake in them stops the page."""
    try:
        return load_settings(screens.store().path)
    except checked.Mistakes as mistakes:
        st.error(str(mistakes))
        st.stop()


def who(*, need: bool = True) -> Who | None:
    """Who is reading, asked for where it is not known. With `need` the page stops until it is."""
    told, user = settings(), st.user.to_dict()
    if user.get("is_logged_in"):
        name = str(user.get("email") or user.get("name") or user.get("sub"))
        return Who(name, "oidc", told.role(name, verified=True))
    if key := _header():
        name = str(user.get(key) or "").strip()
        if not name:
            st.error("The proxy before this app did not say who you are; ask who runs it.")
            st.stop()
        return Who(name, "header", told.role(name, verified=True))
    return _typed(told, need)


def _header() -> str | None:
    """The key of `st.user` that a trusted header fills; None where none is trusted."""
    given: Any = st.get_option("server.trustedUserHeaders")
    if isinstance(given, str):
        given = json.loads(given or "{}")
    return next(iter(given.values()), None) if given else None


def _typed(told: Settings, need: bool) -> Who | None:
    """The name in the address or of this session; it is stored and shown as unverified."""
    name = (screens.param("me") or st.session_state.get("me", "")).strip()[:LONGEST]
    if not name and need:
        with st.form("who", width=420):
            st.text_input("Your name", key="_me", max_chars=LONGEST)
            st.caption("No login is configured here, so the name is stored as unverified.")
            st.form_submit_button("Go on", type="primary", on_click=_remember)
        st.stop()
    if not name:
        return None
    st.session_state.me = name
    if screens.param("me") != name:
        screens.put("me", name)
    return Who(name, "typed", told.role(name, verified=False))


def _remember() -> None:
    st.session_state.me = st.session_state._me.strip()[:LONGEST]
