"""Logging in as a person does: a real browser, the real app, a provider on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reviews.queues import Candidate, Plan, plan_entries
from rubrics import Rater, Rubric
from store import Store
from store.adding import add
from store.candidates import candidates
from store.queues import make_queue
from store.reviewing import given
from tests.conftest import ROOT, audited, free_port, serving, settled
from tests.test_review_browser import saved, transcripts

pytest.importorskip("joserfc", reason="the login needs Authlib: pip install streamlit[auth]")
from tests.oidc_server import LENA, Provider, providing

pytestmark = pytest.mark.browser
MAIL = "lena@example.org"


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


@dataclass
class Team:
    """An app with a login, its provider, its database."""

    address: str
    provider: Provider
    db: Path

    @property
    def store(self) -> Store:
        return Store(self.db)

    def settings(self, text: str) -> None:
        (self.db.parent / "traitbook.yaml").write_text(text, "utf-8")


def secrets_of(provider: Provider, **more: str) -> str:
    told = {
        "redirect_uri": provider.callback, "cookie_secret": "0123456789abcdef" * 3,
        "client_id": provider.client[0], "client_secret": provider.client[1],
        "server_metadata_url": f"{provider.address}/.well-known/openid-configuration", **more,
    }  # fmt: skip
    return "[auth]\n" + "".join(f'{key} = "{value}"\n' for key, value in told.items() if value)


@pytest.fixture(scope="module")
def one_team(
    tmp_path_factory: pytest.TempPathFactory, rubrics: dict[str, Rubric]
) -> Iterator[Team]:
    folder, port = tmp_path_factory.mktemp("team"), free_port()
    store = Store(folder / "t.db")
    add(store, transcripts(), rubrics)
    found = [Candidate(c.transcript, c.scenario, c.release, c.message)
             for c in candidates(store, ["praise_fit"], by_turn=True)]  # fmt: skip
    make_queue(store, "first", plan_entries(found, Plan(size=4, twice=0)), ["praise_fit"])
    store.close()
    with providing() as provider:
        provider.callback = f"http://127.0.0.1:{port}/oauth2callback"
        secrets = folder / "secrets.toml"
        secrets.write_text(secrets_of(provider))
        with serving(folder / "t.db", port=port, STREAMLIT_SECRETS_FILES=str(secrets)) as address:
            yield Team(address, provider, folder / "t.db")


@pytest.fixture
def team(one_team: Team) -> Team:
    """The team's app without settings, and a provider that lets Lena in."""
    one_team.provider.claims, one_team.provider.fault = dict(LENA), ""
    one_team.provider.log.clear()
    (one_team.db.parent / "traitbook.yaml").unlink(missing_ok=True)
    return one_team


def asked(page: Any, expect: Any, address: str) -> None:
    """The page before the login, and nothing else."""
    page.goto(address)
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=30_000)
    settled(page)


def log_in(page: Any) -> None:
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=re.compile("^Continue as")).click()
    page.wait_for_url(
        re.compile(r"^http://127\.0\.0\.1:\d+/(?!auth|oauth2callback|authorize|agree)")
    )


def test_log_in_rate_and_log_out(page: Any, team: Team, expect: Any) -> None:
    """From the deep link of a queue through the provider to a rating on disk, and out again."""
    asked(page, expect, f"{team.address}/review?queue=first&me=somebody-else")
    expect(page.get_by_text("everybody with an account at 127.0.0.1")).to_be_visible()
    assert "plan-0" not in page.content() and "first" not in page.inner_text("body")
    log_in(page)
    page.wait_for_url(re.compile("queue=first"))  # the deep link came through
    page.wait_for_selector(".tb-desk[data-ready]")
    expect(page.locator(".tb-sub", has_text=MAIL)).to_have_text(MAIL)
    expect(page.get_by_text("unverified")).to_have_count(0)
    assert "somebody-else" not in page.url
    page.keyboard.press("4")
    saved(page, expect)
    store = team.store
    (identity,) = {row["id"] for row in store.rows(
        "SELECT t.id FROM ratings r JOIN transcripts t ON t.key = r.transcript")}  # fmt: skip
    (one,) = given(store, identity, Rater("person", MAIL))
    assert (one.identity, one.manner, one.rating.value) == ("oidc", "blind", 1)
    assert [r["name"] for r in store.rows("SELECT name FROM raters WHERE kind = 'person'")] == [
        MAIL
    ]
    page.reload()
    page.wait_for_selector(".tb-desk[data-ready]")  # the cookie holds
    page.get_by_role("button", name=MAIL).click()
    expect(page.get_by_text("verified by 127.0.0.1")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=15_000)
    assert "/logout" in team.provider.log
    asked(page, expect, f"{team.address}/review?queue=first")  # and it stays so
    expect(page.get_by_text("came back without")).to_have_count(0)


def test_an_item_is_opened_exactly_there_after_the_login(
    page: Any, team: Team, expect: Any
) -> None:
    store = team.store
    identity = store.one("SELECT id FROM transcripts ORDER BY key LIMIT 1")
    asked(page, expect, f"{team.address}/read?t={identity}&m=5&release=a&release=b")
    team.provider.fault = "denied"
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=re.compile("^Continue as")).click()
    expect(page.get_by_text("You came back without being logged in")).to_be_visible(timeout=15_000)
    team.provider.fault = ""
    log_in(page)  # a refusal in between does not lose it
    page.wait_for_url(re.compile(rf"/read\?t={identity}&m=5&release=a&release=b"))
    page.evaluate("sessionStorage.setItem('tb-wanted', '/library')")  # left from another day
    expect(page.locator(".tb-cell.now").first).to_contain_text("plan 0 is fine")
    page.goto(team.address)
    expect(page.get_by_role("button", name=MAIL)).to_be_visible(timeout=15_000)
    settled(page)
    page.wait_for_timeout(800)
    assert page.url == f"{team.address}/"


@pytest.mark.parametrize(
    ("settings", "role", "shows"),
    [
        (f"leads: [{MAIL}]", "lead", "New queue"),
        ("leads: [a@b.c]\nreviewers: ['@example.org']", "reviewer", "1 of 4"),
        ("reviewers: [a@b.c]", "reader", "you may read and comment in Read"),
        ("readers: ['@b.c']", "stranger", "do not let you in"),
    ],
)
def test_roles(page: Any, team: Team, expect: Any, settings: str, role: str, shows: str) -> None:
    team.settings(settings)
    team.provider.claims = {**LENA, "email": "Lena@Example.org"}
    asked(page, expect, f"{team.address}/review" + ("?queue=first" if role != "lead" else ""))
    log_in(page)
    expect(page.get_by_text(shows).first).to_be_visible(timeout=15_000)
    if role == "stranger":
        page.goto(f"{team.address}/library")
        expect(page.get_by_text(shows)).to_be_visible(timeout=15_000)
        assert "plan-0" not in page.content()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=15_000)
        expect(page.get_by_text("came back without")).to_have_count(0)
    else:
        page.get_by_role("button", name=MAIL).click()
        expect(page.get_by_text(f"{role.capitalize()}; verified by")).to_be_visible()


def test_leads_alone_change_what_all_see_or_what_costs(page: Any, team: Team, expect: Any) -> None:
    doings = {"add": "Leads alone add", "runs": "Leads alone start",
              "rubrics?trait=praise_fit&edit=1": "Leads alone edit"}  # fmt: skip
    asked(page, expect, f"{team.address}/add")
    log_in(page)
    for path, says in doings.items():
        page.goto(f"{team.address}/{path}")
        expect(page.get_by_text(says)).to_be_visible(timeout=15_000)
        settled(page)
        expect(page.locator("input, textarea, [data-testid=stFileUploader]")).to_have_count(0)
    team.settings(f"leads: [{MAIL}]")
    for path, says in doings.items():
        page.goto(f"{team.address}/{path}")
        expect(page.locator("input, textarea").first).to_be_attached(timeout=15_000)
        settled(page)
        expect(page.get_by_text(says)).to_have_count(0)


def test_of_two_providers_one_is_chosen(
    page: Any, tmp_path: Path, db_of_one: Path, expect: Any
) -> None:
    """Each is a section of its own with a name; the one that was chosen is asked."""
    port = free_port()
    callback = f"http://127.0.0.1:{port}/oauth2callback"
    with providing() as first, providing() as other:
        first.callback = other.callback = callback
        other.claims = {"sub": "u-2", "email": "ann@example.org"}
        lines = [f'[auth]\nredirect_uri = "{callback}"\ncookie_secret = "{"x1" * 20}"']
        for name, one in {"one": first, "other": other}.items():
            client, secret = one.client
            lines.append(
                f'[auth.{name}]\nclient_id = "{client}"\nclient_secret = "{secret}"\n'
                f'server_metadata_url = "{one.address}/.well-known/openid-configuration"'
            )
        (tmp_path / "secrets.toml").write_text("\n".join(lines))
        secrets = str(tmp_path / "secrets.toml")
        with serving(db_of_one, port=port, STREAMLIT_SECRETS_FILES=secrets) as address:
            page.goto(f"{address}/library")
            page.get_by_role("button", name="Log in with other").click(timeout=30_000)
            page.get_by_role("link", name="Continue as ann@example.org").click()
            expect(page.get_by_role("button", name="ann@example.org")).to_be_visible(timeout=15_000)
            page.wait_for_url(re.compile("/library"))


@pytest.mark.parametrize("verified", [False, "false"])
def test_an_address_that_is_not_verified_is_nobody(
    page: Any, team: Team, expect: Any, verified: Any
) -> None:
    team.settings(f"leads: [{MAIL}]")
    team.provider.claims = {**LENA, "email_verified": verified}
    asked(page, expect, f"{team.address}/review")
    log_in(page)
    expect(page.get_by_text("has not verified that")).to_be_visible(timeout=15_000)
    page.goto(f"{team.address}/library?me={MAIL}")
    expect(page.get_by_text("has not verified that")).to_be_visible(timeout=15_000)
    assert "plan-0" not in page.content()


def test_a_display_name_is_no_address(page: Any, team: Team, expect: Any) -> None:
    """People choose how they are called; who calls herself like a lead is none."""
    team.settings(f"leads: [{MAIL}]")
    team.provider.claims = {"sub": "u-9", "name": MAIL, "preferred_username": MAIL}
    asked(page, expect, f"{team.address}/review")
    log_in(page)
    page.get_by_role("button", name="u-9").click()
    expect(page.get_by_text("Reviewer; verified by")).to_be_visible()


@pytest.mark.parametrize(
    "fault", ["other key", "other audience", "other nonce", "expired", "token down"]
)
def test_a_token_that_is_not_right_lets_nobody_in(
    page: Any, team: Team, expect: Any, fault: str
) -> None:
    asked(page, expect, f"{team.address}/library")
    team.provider.fault = fault
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=re.compile("^Continue as")).click()
    expect(page.get_by_text("You came back without being logged in")).to_be_visible(timeout=15_000)
    assert "/token" in team.provider.log and "plan-0" not in page.content()


def test_a_provider_that_is_down_is_said_before_leaving(
    page: Any, tmp_path: Path, db_of_one: Path, expect: Any
) -> None:
    port = free_port()
    with providing() as provider:
        provider.callback = f"http://127.0.0.1:{port}/oauth2callback"
        (tmp_path / "secrets.toml").write_text(secrets_of(provider))
        at = int(provider.address.rpartition(":")[2])
    secrets = str(tmp_path / "secrets.toml")
    with serving(db_of_one, port=port, STREAMLIT_SECRETS_FILES=secrets) as address:
        asked(page, expect, f"{address}/library")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("The login at 127.0.0.1 does not answer")).to_be_visible(
            timeout=15_000
        )
        assert page.url == f"{address}/library"
        with providing(at) as provider:  # it is back
            provider.callback = f"http://127.0.0.1:{port}/oauth2callback"
            log_in(page)
            page.wait_for_url(re.compile("/library"))
            expect(page.get_by_role("button", name=MAIL)).to_be_visible(timeout=15_000)


@pytest.fixture
def db_of_one(tmp_path: Path, rubrics: dict[str, Rubric]) -> Path:
    store = Store(tmp_path / "one.db")
    add(store, transcripts()[:1], rubrics)
    store.close()
    return tmp_path / "one.db"


def test_a_cookie_that_was_tampered_with_is_no_login(page: Any, team: Team, expect: Any) -> None:
    asked(page, expect, f"{team.address}/library")
    log_in(page)
    expect(page.get_by_role("button", name=MAIL)).to_be_visible(timeout=15_000)
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "_streamlit_user"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    from itsdangerous import URLSafeTimedSerializer

    claims = {"email": MAIL, "is_logged_in": True, "origin": team.address}
    forged = URLSafeTimedSerializer("a guess", salt="_streamlit_user").dumps(json.dumps(claims))
    body = cookie["value"]
    for value in (forged, "x" + body[1:], body[:-3], "", '{"is_logged_in":true}'):
        page.context.add_cookies([{**cookie, "value": value}])
        asked(page, expect, f"{team.address}/library?me={MAIL}")
        assert "plan-0" not in page.content()
    page.context.add_cookies([cookie])
    page.goto(f"{team.address}/library")
    expect(page.get_by_role("button", name=MAIL)).to_be_visible(timeout=15_000)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[auth]\nredirect_uri = 'http://x/oauth2callback'\n", "lacks cookie_secret, client_id"),
        ("[auth\n", "not TOML"),
    ],
)
def test_a_broken_secrets_file_lets_nobody_in_and_says_what_to_mend(
    page: Any, tmp_path: Path, db_of_one: Path, expect: Any, text: str, says: str
) -> None:
    (tmp_path / "secrets.toml").write_text(text)
    with serving(db_of_one, STREAMLIT_SECRETS_FILES=str(tmp_path / "secrets.toml")) as address:
        for path in ("/", "/library", "/review?me=lena", "/read?desk=1&me=lena"):
            page.goto(address + path)
            expect(page.get_by_text(says)).to_be_visible(timeout=30_000)
            settled(page)
            assert "plan-0" not in page.content() and "Traceback" not in page.content()
            expect(page.get_by_role("textbox")).to_have_count(0)


def test_no_page_is_open_without_the_login(page: Any, team: Team, expect: Any) -> None:
    from tests.test_app import PAGES

    for path in PAGES:
        name = path.stem.partition("_")[2]
        asked(page, expect, f"{team.address}/{name}?me={MAIL}&queue=first")
        assert "plan-0" not in page.content() and MAIL not in page.inner_text("body")


def test_axe_finds_nothing(page: Any, team: Team, expect: Any, axe: str) -> None:
    asked(page, expect, f"{team.address}/library")
    assert audited(page, axe) == []
    log_in(page)
    page.get_by_role("button", name=MAIL).click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    settled(page)
    assert audited(page, axe) == []


# ---- a proxy that says who is there, and addresses beyond this machine ---------------------------


@contextlib.contextmanager
def with_header(browser: Any, name: str, value: str) -> Iterator[Any]:
    context = browser.new_context(extra_http_headers={name: value})
    yield context.new_page()
    context.close()


def test_a_header_is_believed_only_where_the_settings_say_so(
    browser: Any, tmp_path: Path, db_of_one: Path, expect: Any
) -> None:
    header = "X-Forwarded-Email"
    with serving(db_of_one) as address, with_header(browser, header, MAIL) as page:
        page.goto(f"{address}/review")
        expect(page.get_by_role("textbox", name="Your name")).to_be_visible(timeout=30_000)
        assert MAIL not in page.content()
    (db_of_one.parent / "traitbook.yaml").write_text(f"trusted_header: {header}\nreviewers: [a]\n")
    with serving(db_of_one) as address, with_header(browser, header, MAIL) as page:
        page.goto(f"{address}/review?me=bob")
        expect(page.get_by_text("was not told so")).to_be_visible(timeout=30_000)


def test_an_open_address_without_a_login_shows_nothing_and_says_why(
    page: Any, db_of_one: Path, expect: Any
) -> None:
    with serving(db_of_one, listen="0.0.0.0") as address:
        for path in ("/", "/library", "/review?me=lena", "/runs"):
            page.goto(address + path)
            expect(
                page.get_by_text("listens on 0.0.0.0, and no login is configured")
            ).to_be_visible(timeout=30_000)
            settled(page)
            assert "plan-0" not in page.content()


@contextlib.contextmanager
def served(folder: Path, db: Path, *flags: str, **env: str) -> Iterator[str]:
    """The app as `traitbook serve` starts it, from this folder."""
    port = free_port()
    command = [sys.executable, str(ROOT / "cli.py"), "serve", "--db", str(db), "--port", str(port),
               "--no-browser", *flags]  # fmt: skip
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **env}, stdout=quiet, stderr=quiet,
        start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)


def test_serve_opens_an_address_where_a_login_is_configured(
    page: Any, tmp_path: Path, db_of_one: Path, expect: Any
) -> None:
    """The secrets lie in the folder that serve is started in."""
    (tmp_path / ".streamlit").mkdir()
    with providing() as provider:
        provider.callback = "http://127.0.0.1:1/oauth2callback"
        (tmp_path / ".streamlit" / "secrets.toml").write_text(secrets_of(provider))
        with served(tmp_path, db_of_one, "--address", "0.0.0.0") as address:
            asked(page, expect, f"{address}/library?me=lena")
            assert "plan-0" not in page.content()


def test_serve_tells_the_app_which_header_to_trust(
    browser: Any, tmp_path: Path, db_of_one: Path, expect: Any
) -> None:
    header = "X-Forwarded-Email"
    (tmp_path / "traitbook.yaml").write_text(f"trusted_header: {header}\nleads: ['{MAIL}']\n")
    with served(tmp_path, db_of_one, "--address", "0.0.0.0") as address:
        with with_header(browser, header, "Lena@Example.org") as page:
            page.goto(f"{address}/review?me=bob")
            page.get_by_role("button", name=MAIL).click(timeout=30_000)
            expect(page.get_by_text("Lead; as the proxy before this app says")).to_be_visible()
            page.wait_for_url(lambda url: "me=" not in url)
        with with_header(browser, "X-Other", MAIL) as page:
            page.goto(f"{address}/library?me=bob")
            expect(page.get_by_text("did not say who you are")).to_be_visible(timeout=30_000)
            assert "plan-0" not in page.content()
