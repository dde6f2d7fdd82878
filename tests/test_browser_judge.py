"""The judge's pages in a real browser: price, start, watch to the end, read a verdict; rubrics."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rubrics import Rating, load, load_all
from store import Store
from store import runs as book
from store.ratings import each_rating
from tests.conftest import serving, settled, traitbook
from tests.messages_faults import Fault
from tests.messages_server import Server

pytestmark = pytest.mark.browser
MODEL = "claude-haiku-5-5"
ORDER = f"judge={MODEL}&trait=praise_fit&release=fennel-2"


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def db(examples: Path, tmp_path: Path) -> Path:
    path = tmp_path / "judge.db"
    shutil.copy(examples, path)
    return path


@pytest.fixture
def env(messages_server: Server, tmp_path: Path) -> dict[str, str]:
    return {
        "ANTHROPIC_API_KEY": "not-a-key-but-long-enough",
        "ANTHROPIC_BASE_URL": messages_server.address,
        "TRAITBOOK_HOME": str(tmp_path),
    }


@pytest.fixture
def app(db: Path, env: dict[str, str]) -> Iterator[str]:
    with serving(db, **env) as address:
        yield address


def start(page: Any, app: str, expect: Any, order: str = ORDER) -> None:
    page.goto(f"{app}/runs?{order}")
    settled(page)
    page.get_by_role("button", name="Work out the price").click()
    begin = page.get_by_role("button", name="Start for")
    expect(begin).to_be_visible(timeout=60_000)
    begin.click()
    page.wait_for_url(re.compile(r"/runs\?run=\d+"), timeout=60_000)


def test_price_start_watch_and_read_a_verdict_with_its_quote_lit(
    page: Any, app: str, db: Path, expect: Any, messages_server: Server
) -> None:
    messages_server.api.latency = 0.3
    page.goto(f"{app}/runs?{ORDER}")
    settled(page)
    page.get_by_role("button", name="Work out the price").click()
    expect(page.get_by_text("43 judgements of 43 transcripts")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("(counted)")).to_be_visible()
    assert len(messages_server.api.judged) == 0, "a price asks no judge"
    page.get_by_role("button", name="Start for").click()
    page.wait_for_url(re.compile(r"/runs\?run=\d+"), timeout=60_000)
    expect(page.get_by_role("heading", name=re.compile(f"judge:{MODEL}"))).to_be_visible()
    expect(page.get_by_text("done", exact=True)).to_be_visible(timeout=60_000)
    bar = page.get_by_role("progressbar").first
    expect(bar).to_have_attribute("aria-valuenow", "43")
    page.get_by_role("button", name="Read what it judged").click()
    page.wait_for_url(re.compile("/library"))
    settled(page)
    page.locator(".tb-list a").first.click()
    page.wait_for_url(re.compile(r"/read\?t="))
    settled(page)
    lit = page.locator("mark.by-judge").first
    expect(lit).to_be_visible()
    lit.hover()
    expect(page.locator(".tb-tip")).to_contain_text(f"judge {MODEL}")
    words = lit.inner_text()
    quoted = [q.text for r in _judged(db) for q in r.quotes]
    assert any(words in " ".join(text.split()) for text in quoted)


def _judged(db: Path) -> list[Rating]:
    return [one for one in each_rating(Store(db), "a.kind = 'judge'") if one.status == "rated"]


def test_closing_the_app_stops_nothing_and_a_cancelled_run_goes_on(
    page: Any, db: Path, env: dict[str, str], expect: Any, messages_server: Server
) -> None:
    messages_server.api.latency = 1.0
    store = Store(db)
    with serving(db, **env) as app:
        order = f"judge={MODEL}&trait=praise_fit&trait=candor_fit&trait=warmth_fit"
        start(page, app, expect, order)
        run = book.runs(store)[0].key
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("cancelled", exact=True)).to_be_visible(timeout=60_000)
        kept = book.get(store, run).progress["asked"]
        assert 0 < kept < 387
        page.get_by_role("button", name="Go on where it stopped").click()
        expect(page.get_by_text("running", exact=True)).to_be_visible(timeout=60_000)
        page.goto("about:blank")
    # the app is gone; the run is not
    for _ in range(240):
        if book.get(store, run).state != "running":
            break
        page.wait_for_timeout(500)
    one = book.get(store, run)
    assert one.state == "done"
    total = store.one(
        "SELECT count(DISTINCT transcript || ':' || rubric) FROM ratings WHERE run = ?", (run,)
    )
    assert total == 387, "every transcript and trait"
    asked = [entry.body["messages"][0]["content"] for entry in messages_server.api.judged]
    twice = len(asked) - len({str(one) for one in asked})
    assert twice <= 16, "only what was in flight is asked again"


def test_failures_stand_by_reason_with_the_raw_reply(
    page: Any, app: str, expect: Any, messages_server: Server
) -> None:
    messages_server.api.faults = [
        Fault("refusal", times=2),
        Fault("not_json", where=lambda asked: len(asked.lines) > 6),
        Fault("truncated", times=3),
    ]
    start(page, app, expect)
    expect(page.get_by_text("done", exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="What was not scored")).to_be_visible()
    settled(page)
    page.locator(".tb-reasons a", has_text="bad json").click()
    page.wait_for_url(re.compile("why=bad_json"))
    case = page.locator(".tb-cases li").first
    case.locator("summary").click()
    expect(case.locator("pre")).to_contain_text("a solid 4 out of 5")
    case.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/read\?t="))
    expect(page.locator(".tb-head h2").first).to_be_visible()


def test_without_a_key_the_page_says_so_and_takes_one(
    page: Any, db: Path, messages_server: Server, expect: Any, tmp_path: Path
) -> None:
    key = "typed-into-the-page-1234"
    messages_server.api.key = key
    none = {"ANTHROPIC_API_KEY": "", "ANTHROPIC_BASE_URL": "", "TRAITBOOK_HOME": str(tmp_path)}
    with serving(db, **none) as app:
        page.goto(f"{app}/runs?{ORDER}")
        settled(page)
        expect(page.get_by_text("This server needs a key.")).to_be_visible()
        expect(page.get_by_role("button", name="Work out the price")).to_be_disabled()
        field = page.get_by_label("Key")
        expect(field).to_have_attribute("type", "password")
        field.fill(key)
        field.press("Enter")
        server = page.get_by_label("Server")
        server.fill(messages_server.address)
        server.press("Enter")
        settled(page)
        page.get_by_role("button", name="Work out the price").click()
    assert key.encode() not in db.read_bytes()


def test_a_rubric_is_reworded_tried_and_saved(
    page: Any, app: str, expect: Any, tmp_path: Path, messages_server: Server
) -> None:
    page.goto(f"{app}/rubrics")
    settled(page)
    page.locator('.tb-card[data-trait="praise_fit"]').click()
    page.wait_for_url(re.compile("trait=praise_fit"))
    page.get_by_role("button", name="Edit a copy").click()
    question = page.get_by_label("Question")
    question.fill("Is praise of the user or their work in proportion to its worth?")
    question.blur()
    expect(page.locator(".tb-changes del")).to_have_text("merit?")
    expect(page.locator(".tb-changes ins")).to_have_text("worth?")
    judge = page.get_by_label("Judge")
    judge.fill(MODEL)
    judge.press("Enter")
    page.get_by_role("button", name="Try it on 5 transcripts").click()
    expect(page.get_by_role("heading", name=f"What {MODEL} made of it")).to_be_visible(
        timeout=60_000
    )
    assert len(messages_server.api.judged) >= 5
    assert page.locator(".tb-found li").count() >= 5
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Saved:")).to_be_visible()
    saved = load(tmp_path / "my-rubrics" / "praise_fit.yaml")
    assert saved.question.endswith("its worth?")
    assert saved.version != load_all()["praise_fit"].version


def test_a_draft_that_was_tried_left_nothing_behind(
    db: Path, messages_server: Server, env: dict[str, str]
) -> None:
    done = traitbook("runs", "--db", str(db), "--json", env=env)
    assert '"kind": "judge"' not in done.stdout
