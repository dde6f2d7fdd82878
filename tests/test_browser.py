"""A handful of things a person does, in a real browser, on the real app."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from store import Store
from store.adding import add
from tests.conftest import serving, settled
from tests.payloads import PAYLOADS
from transcripts import Message, Transcript

pytestmark = pytest.mark.browser


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


def go(page: Any, address: str) -> None:
    page.goto(address)
    settled(page)


def test_from_the_overview_to_the_words_in_two_clicks(
    page: Any, app_address: str, expect: Any
) -> None:
    go(page, f"{app_address}/?by=author")
    row = page.get_by_role("row", name=re.compile("^Praise in proportion"))
    expect(row.get_by_role("button")).to_have_count(3)
    row.get_by_role("button").nth(1).click()
    expect(page.get_by_role("heading", name="Praise in proportion in fennel-2")).to_be_visible()
    quote = page.locator(".tb-found q").first
    words = quote.inner_text()
    quote.click()
    page.wait_for_url(re.compile(r"/read\?t="))
    expect(page.locator("mark", has_text=words[:20]).first).to_be_visible()


def test_the_first_page_has_its_name_as_an_address_too(
    page: Any, app_address: str, expect: Any
) -> None:
    go(page, f"{app_address}/releases?cell=pushback_fit@fennel-2&by=author")
    expect(page.get_by_role("heading", name="Pushback: fennel-2 after fennel-1")).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_from_a_chart_to_the_transcripts(page: Any, app_address: str, expect: Any) -> None:
    """The board by keys, the trend's dots, a slice, what to read, and a link that restores it."""
    go(page, f"{app_address}/?by=author")
    row = page.get_by_role("row", name=re.compile("^Pushback"))
    row.get_by_role("button").nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Pushback: fennel-2 after fennel-1")).to_be_visible()
    page.wait_for_url(re.compile("cell=pushback_fit"))
    page.get_by_role("button", name=re.compile("^fennel-3, goes along")).press("Enter")
    expect(page.get_by_role("heading", name="Pushback: fennel-3 after fennel-2")).to_be_visible()
    page.get_by_role("button", name="category", exact=True).click()
    page.get_by_role("button", name="health", exact=True).click()
    expect(page.get_by_text("where category is health")).to_be_visible()
    here = page.url
    assert "slice=category" in here and "value=health" in here
    with page.expect_download() as waiting:
        page.locator("summary", has_text="Table and download").first.click()
        page.get_by_role("link", name="CSV").first.click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    assert text.startswith("release,measure,value,low,high,n,") and "fennel-3,under" in text
    page.locator(".tb-change section", has_text="What to read").locator("a").first.click()
    page.wait_for_url(re.compile(r"/read\?t="))
    expect(page.locator(".tb-head h2")).to_have_count(2)
    again = page.context.new_page()
    go(again, here)
    expect(again.get_by_text("where category is health")).to_be_visible()


def test_search_open_a_pair_and_walk_with_keys(page: Any, app_address: str, expect: Any) -> None:
    go(page, f"{app_address}/library")
    box = page.get_by_label("Search")
    box.fill("load bearing")
    box.press("Enter")
    expect(page.locator(".tb-snippet b").first).to_be_visible()
    assert "q=load" in page.url
    box.blur()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/read\?t="))
    heads = page.locator(".tb-head h2")
    expect(heads).to_have_count(3)
    expect(page.locator(".tb-cell.now").first).to_have_attribute("data-row", "0")
    page.keyboard.press("j")
    expect(page.locator(".tb-cell.now").first).to_have_attribute("data-row", "1")
    page.keyboard.press("k")
    expect(page.locator(".tb-cell.now").first).to_have_attribute("data-row", "0")
    page.keyboard.press("e")
    expect(page.locator("mark.on").first).to_be_visible()
    expect(page.locator(".tb-tip")).to_be_visible()
    before = page.locator(".tb-top h1").inner_text()
    page.keyboard.press("n")
    expect(page.locator(".tb-top h1")).not_to_have_text(before)
    page.keyboard.press("p")
    expect(page.locator(".tb-top h1")).to_have_text(before)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("v")
    expect(page.locator(".tb-verbatim").first).to_be_visible()


def test_a_link_leads_back_to_the_same_view(page: Any, app_address: str, expect: Any) -> None:
    go(page, f"{app_address}/library?trait=stance_fit&low=-2&high=-2&rater=author")
    page.locator(".tb-list a").first.click()
    page.wait_for_url(re.compile(r"/read\?t="))
    expect(page.locator(".tb-head h2")).to_have_count(3)
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("v")
    expect(page.locator(".tb-verbatim").first).to_be_visible()
    page.get_by_role("button", name="fennel-3").click()
    expect(page.locator(".tb-head h2")).to_have_count(2)
    here = {
        "url": page.url,
        "row": page.locator(".tb-cell.now").first.get_attribute("data-row"),
        "heads": page.locator(".tb-head h2").all_inner_texts(),
        "title": page.locator(".tb-top h1").inner_text(),
    }
    assert "trait=stance_fit" in here["url"] and "view=verbatim" in here["url"]
    again = page.context.new_page()
    go(again, here["url"])
    expect(again.locator(".tb-head h2")).to_have_count(2)
    assert again.locator(".tb-head h2").all_inner_texts() == here["heads"]
    assert again.locator(".tb-top h1").inner_text() == here["title"]
    expect(again.locator(".tb-verbatim").first).to_be_visible()
    expect(again.locator(".tb-cell.now").first).to_have_attribute("data-row", here["row"])


def test_importing_by_upload(page: Any, tmp_path: Path, expect: Any) -> None:
    good = {
        "release": "up-1",
        "messages": [
            {"role": "user", "content": "Is the moon cheese?"},
            {"role": "assistant", "content": "No."},
        ],
    }
    source = tmp_path / "mine.jsonl"
    source.write_text(json.dumps(good) + "\nnot json\n")
    with serving(tmp_path / "new.db") as address:
        go(page, f"{address}/library")
        expect(page.get_by_text("Nothing here yet")).to_be_visible()
        page.get_by_role("button", name="Add transcripts").click()
        page.locator('input[type="file"]').first.set_input_files(str(source))
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("1 transcripts (1 new, 0 unchanged)")).to_be_visible(timeout=15_000)
        expect(page.get_by_text("1 refused")).to_be_visible()
        page.get_by_role("link", name="See them in the Library").click()
        expect(page.get_by_text("Is the moon cheese?")).to_be_visible()


def test_mapping_an_unknown_file(page: Any, tmp_path: Path, expect: Any) -> None:
    """A table of a shape nobody knows: a form filled in, a preview, and it goes in as mapped."""
    source = tmp_path / "mine.csv"
    source.write_text(
        "nr,frage,antwort,note\n"
        'a,Is the moon cheese?,"No, <img src=x onerror=alert(1)> it is rock.",2\n'
        "b,Is it far?,Quite far away.,3\n"
    )
    hostile = "![x](https://evil.test/a.png) <img src=x onerror=alert(1)>"
    turns = [{hostile: hostile, "who": who, "text": hostile} for who in (hostile[:30], "bot")]
    strange = tmp_path / "strange.json"
    strange.write_text(json.dumps([{hostile: 1, "talk": turns}]))
    with serving(tmp_path / "new.db") as address:
        go(page, f"{address}/add")
        page.locator('input[type="file"]').first.set_input_files(str(strange))
        expect(page.locator(".tb-glance").first).to_contain_text("onerror", timeout=15_000)
        expect(page.locator('img[src*="evil"], img[src="x"]')).to_have_count(0)
        page.reload()
        page.locator('input[type="file"]').first.set_input_files(str(source))
        expect(page.get_by_text("Which columns are what")).to_be_visible(timeout=15_000)
        expect(page.locator(".tb-glance").first).to_contain_text("it is rock")
        expect(page.locator(".tb-glance img")).to_have_count(0)
        page.get_by_role("combobox", name="Scenario").click()
        page.get_by_role("option", name="nr", exact=True).click()
        expect(page.locator(".tb-glance header").first).to_contain_text("scenario a")
        page.get_by_role("combobox", name="Ratings").click()
        page.get_by_role("option", name="note").click()
        page.keyboard.press("Escape")
        expect(page.locator(".tb-glance footer").first).to_contain_text("note by source: 2")
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("2 transcripts (2 new, 0 unchanged)")).to_be_visible(timeout=15_000)
        assert list((tmp_path).glob("mine*")) == [source]
    store = Store(tmp_path / "new.db")
    kept = store.rows(
        "SELECT s.name, t.opening FROM transcripts t JOIN scenarios s ON s.key = t.scenario"
    )
    assert [tuple(row) for row in kept] == [("a", "Is the moon cheese?"), ("b", "Is it far?")]
    assert store.one("SELECT count(*) FROM ratings") == 2
    store.close()


def test_typing_in_a_box_triggers_no_keys(page: Any, app_address: str, expect: Any) -> None:
    go(page, f"{app_address}/library")
    page.get_by_label("Search").press_sequentially("jnop")
    expect(page.get_by_label("Search")).to_have_value("jnop")
    assert "/library" in page.url and "page=" not in page.url


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The app over transcripts that are nothing but attacks, in every place that is shown."""
    path = tmp_path_factory.mktemp("hostile") / "h.db"
    store = Store(path)
    made = [
        Transcript(
            (Message.plain("system", bad), Message.plain("user", bad), Message.plain("assistant", bad)),
            release=f"r{n % 2} {bad[:30]}", scenario=f"{n}: {bad}", model=bad[:40],
            metadata={"category": bad, "language": bad},
        )
        for n, bad in enumerate(PAYLOADS)
    ]  # fmt: skip
    added = add(store, made, {})
    assert added.new == len(PAYLOADS)
    ids = [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]
    store.close()
    with serving(path) as address:
        yield address, ids


STATE = """() => ({
    ran: window.__ran ?? null,
    live: document.querySelectorAll('.tb script, .tb style, .tb img, .tb iframe, .tb form, .tb svg, .tb link, .tb base, .tb object, .tb embed, .tb video, .tb input').length,
    handlers: [...document.querySelectorAll('.tb-text *')].filter(e => [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'style')).length,
    scripts: [...document.querySelectorAll('.tb a')].filter(a => /^(javascript|data|vbscript):/i.test(a.href)).length,
    paper: getComputedStyle(document.querySelector('.stApp')).backgroundColor,
    shown: getComputedStyle(document.querySelector('.tb')).display,
    texts: [...document.querySelectorAll('.tb-m.assistant .tb-text')].map(e => e.textContent),
    links: [...document.querySelectorAll('.tb-m.assistant .tb-text a')].map(e => decodeURI(e.href)),
})"""


@pytest.mark.parametrize("view", ["rendered", "verbatim"])
def test_hostile_text_neither_runs_nor_restyles_nor_fetches(
    page: Any, hostile: Any, view: str, expect: Any
) -> None:
    address, ids = hostile
    go(page, f"{address}/library")
    page.wait_for_selector(".tb-listing[data-ready]")
    paper = page.evaluate(STATE)["paper"]
    newest_first = list(zip(ids, PAYLOADS, strict=True))[::-1]
    go(page, f"{address}/read?t={newest_first[0][0]}&view={view}")
    for index, (identity, payload) in enumerate(newest_first):
        page.wait_for_selector(f'.tb-reader[data-ready^="{identity}"]')
        page.locator(".tb-text").last.hover()
        state = page.evaluate(STATE)
        assert state["ran"] is None, payload
        assert (state["live"], state["handlers"], state["scripts"]) == (0, 0, 0), payload
        assert (state["paper"], state["shown"]) == (paper, "block"), payload
        if view == "verbatim":
            assert state["texts"] == [payload.replace("\0", "\u2400")]
        else:
            letters = [c for c in payload if c.isalnum()]
            shown = "".join(state["texts"] + state["links"])
            assert sum(c.isalnum() for c in shown) >= 0.9 * len(letters), payload
        if index + 1 < len(newest_first):
            page.keyboard.press("n")
    go(page, f"{address}/library?q=window")
    page.wait_for_selector(".tb-listing[data-ready]")
    state = page.evaluate(STATE)
    assert (state["ran"], state["live"], state["scripts"]) == (None, 0, 0)


def test_all_traits_of_three_releases_stand_on_one_screen(page: Any, app_address: str) -> None:
    """Sixteen rows of the examples and one more, at 1280 x 900; every cell has its n."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{app_address}/?by=author")
    settled(page)
    rows = page.locator(".tb-traits tbody tr")
    rows.first.wait_for()
    boxes = [one.bounding_box() for one in rows.all()]
    assert len(boxes) == 16
    last = boxes[-1]
    assert last["y"] + 2 * last["height"] <= 900
    values = page.locator(".tb-value").all()
    assert all("n " in one.locator(".tb-basis").inner_text() for one in values)
