"""The door of the app: who comes in, what they are asked for, where they had wanted to go.

Every page stands behind it (app.py), so that a new page cannot forget to ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import streamlit as st

import screens
from reviews.login import Provider, is_loopback
from reviews.settings import Settings
from screens.who import Who, login, settings, trusted_header, typed, vouched
from viewer.components import homing
from viewer.components import login as login_page

PATIENCE = 5.0
"""Seconds the provider has to answer before a person is told that it does not."""


def come_in() -> None:
    """Let in who may come in, and say at the top of the page who that is; else stop."""
    providers = login()
    if providers and not st.user.to_dict().get("is_logged_in"):
        _ask_to_log_in(providers)
        st.stop()
    if why := None if providers else _refusal(settings()):
        st.error(why)
        st.stop()
    if me := vouched() or typed():
        _name_plate(me, providers)


def lead_back(pages: Mapping[str, st.Page], here: st.Page) -> None:
    """Open what somebody had wanted before they logged in.

    A login leads back to the root without what stood behind it in the address; the browser has kept
    it (login.js), for this tab alone. Only pages of this app are opened.
    """
    if wanted := st.session_state.pop("wanted", None):
        if (page := pages.get(str(wanted.get("page")))) is not None:
            st.switch_page(page, query_params=parse_qs(str(wanted.get("search")).lstrip("?")))
        return
    first = here.url_path == "" and not st.query_params and "homed" not in st.session_state
    st.session_state.homed = True
    if first and login():
        homing(key="homing", data={}, on_wanted_change=_keep_wanted)


def _keep_wanted() -> None:
    st.session_state.wanted = screens.triggered("homing", "wanted")


def _ask_to_log_in(providers: Sequence[Provider]) -> None:
    def log_in() -> None:
        asked = screens.triggered("login", "go") or {}
        chosen = next((one for one in providers if one.name == asked.get("provider")), None)
        if chosen is None:
            return
        if why := _unreachable(chosen):
            st.session_state.login_told = why
        else:
            st.session_state.pop("login_told", None)
            st.login(None if chosen.name == "default" else chosen.name)

    many = len(providers) > 1
    login_page(
        key="login",
        data={
            "who": who_may(settings(), providers),
            "told": st.session_state.get("login_told", ""),
            "providers": [
                {"name": one.name, "label": f"Log in with {one.name}" if many else "Log in"}
                for one in providers
            ],
        },
        on_go_change=log_in,
    )


def who_may(told: Settings, providers: Sequence[Provider]) -> list[str]:
    """Who may come in and do what, for somebody who is not in yet: no names of people."""
    hosts = " or ".join(dict.fromkeys(one.host for one in providers))
    domains = ", ".join(one for one in told.readers if one.startswith("@"))
    if told.readers:
        some = f" (and all of {domains})" if domains else ""
        reading = f"whom the team's settings name{some}"
    else:
        reading = f"everybody with an account at {hosts}"
    rating = "those whom the team's settings name" if told.reviewers else "all of them"
    return [
        f"You log in at {hosts}. Your address there is kept with what you rate and write.",
        f"May read and comment: {reading}. May rate: {rating}.",
    ]


def _unreachable(provider: Provider) -> str:
    """Why a login cannot even begin; empty where it can."""
    try:
        import authlib  # noqa: F401 (the login needs it; only to be sure of it before leaving)
        import httpx  # with the login alone, and what Authlib asks with as well
    except ImportError as lacking:
        return (
            f"The login needs {lacking.name}, which is not installed beside this app. Who runs it "
            "can mend that: pip install 'streamlit[auth]'."
        )
    try:
        found: Any = httpx.get(provider.metadata, timeout=PATIENCE, follow_redirects=True)
        if found.status_code == httpx.codes.OK and found.json().get("authorization_endpoint"):
            return ""
        why = f"it answered {found.status_code} and no login's document"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError) as error:
        why = str(error) or type(error).__name__
    return (
        f"The login at {provider.host} does not answer ({why}). Try again in a while; if it stays "
        "so, tell who runs this app."
    )


def _refusal(told: Settings) -> str:
    """Why nothing is shown where no login is configured; empty where names may be typed, or a
    proxy says them. `traitbook serve` refuses such a start; this is for `streamlit run`."""
    if trusted_header():
        return ""
    if told.trusted_header:
        return (
            f"The settings of this team trust a proxy's header ({told.trusted_header}), and this "
            "app was not told so: names could be typed. Start it with traitbook serve."
        )
    address = str(st.get_option("server.address") or "")
    if is_loopback(address):
        return ""
    return (
        f"This app listens on {address or 'every address'}, and no login is configured, so it "
        "shows nothing: everybody on that network could read and rate under any name. Start it "
        "with traitbook serve, or configure a login (docs/reviewing.md)."
    )


def _name_plate(me: Who, providers: Sequence[Provider]) -> None:
    """Who is here, how that is known, and the way out; at the top of every page."""
    told = me.name if me.verified else f"{me.name} (unverified)"
    with st.container(key="plate"), st.popover(screens.plain(told)):
        hosts = " or ".join(one.host for one in providers)
        known = {
            "oidc": f"verified by {hosts}",
            "header": "as the proxy before this app says",
            "typed": "typed, so nobody vouches for it",
        }[me.identity]
        st.caption(f"{me.role.capitalize()}; {known}.")
        if me.identity == "oidc":
            st.button("Log out", on_click=st.logout)
        elif me.identity == "typed":
            st.button("Another name", on_click=_forget)


def _forget() -> None:
    st.session_state.pop("me", None)
    screens.put("me", None)
