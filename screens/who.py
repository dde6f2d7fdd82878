"""Who is reading: by login, else by a trusted proxy, else by a name they type (unverified)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

import checked
import screens
from reviews.login import BadLogin, NotVouched, Provider, load_login, vouched_name
from reviews.settings import Role, Settings, load_settings
from rubrics import Rater
from store import default_path
from viewer.components import homing

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
        return load_settings(default_path())
    except checked.Mistakes as mistakes:
        st.error(str(mistakes))
        st.stop()


def login() -> tuple[Provider, ...]:
    """The providers of the login that is configured; a mistake in it stops the page."""
    try:
        return load_login(Path(one) for one in st.get_option("secrets.files"))
    except BadLogin as mistake:
        st.error(str(mistake))
        st.stop()


def who(*, need: bool = True) -> Who | None:
    """Who is reading, asked for where it is not known. With `need` the page stops until it is."""
    if me := vouched() or typed():
        if screens.param("me") != (me.name if not me.verified else ""):
            screens.put("me", None if me.verified else me.name)
        return me
    if need:
        ask_name()
        st.stop()
    return None


def vouched() -> Who | None:
    """Who a login or a trusted proxy says is there; None where neither is configured.

    Stops the page where one is, and vouches for nobody: a name in the address is no way in then.
    """
    if login():
        user = st.user.to_dict()
        if not user.get("is_logged_in"):
            st.stop()  # the door (screens/door.py) has asked for it
        try:
            name = vouched_name(user)
        except NotVouched as why:
            _turned_away(str(why))
        return _admitted(Who(name, "oidc", settings().role(name, verified=True)))
    if key := trusted_header():
        name = str(st.user.to_dict().get(key) or "").strip()
        if not name:
            st.error("The proxy before this app did not say who you are; ask who runs it.")
            st.stop()
        name = name.lower() if "@" in name else name
        return _admitted(Who(name, "header", settings().role(name, verified=True)))
    return None


def lead_here(what: str) -> bool:
    """Whether whoever is here may do what costs money or changes what all see; a line says where
    they may not. Where names are typed everybody may: they sit at the machine itself."""
    me = vouched()
    if me is None or me.role == "lead":
        return True
    st.caption(f"Leads alone {what}; the settings of this team name them.")
    return False


def _admitted(me: Who) -> Who:
    if me.role == "stranger":
        _turned_away(
            f"You are {screens.tag(me.name)}, and the settings of this team do not let you in. Ask "
            "a lead to add you to readers or reviewers."
        )
    return me


def _turned_away(why: str) -> None:
    st.warning(why)
    if login():
        homing(key="homing", data={}, on_wanted_change=lambda: None)  # the login came to its end
        st.button("Log out", on_click=st.logout)
    st.stop()


def trusted_header() -> str | None:
    """The key of `st.user` that a trusted header fills; None where none is trusted."""
    given: Any = st.get_option("server.trustedUserHeaders")
    if isinstance(given, str):
        given = json.loads(given or "{}")
    return next(iter(given.values()), None) if given else None


def typed() -> Who | None:
    """The name in the address or of this session; it is stored and shown as unverified."""
    name = (screens.param("me") or st.session_state.get("me", "")).strip()[:LONGEST]
    if not name:
        return None
    st.session_state.me = name
    return Who(name, "typed", settings().role(name, verified=False))


def ask_name(*, why: str = "") -> None:
    """The box for a name where nobody vouches for one; with `why`, as wide as where it stands."""
    with st.form("who", width="stretch" if why else 420):
        if why:
            st.markdown(why)
        st.text_input("Your name", key="_me", max_chars=LONGEST)
        st.caption("No login is configured here, so the name is stored as unverified.")
        st.form_submit_button("Go on", type="primary", on_click=_remember)


def _remember() -> None:
    st.session_state.me = st.session_state._me.strip()[:LONGEST]
