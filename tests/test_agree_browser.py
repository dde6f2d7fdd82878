"""The page Agreement in a real browser: by keyboard from a number to the words behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rubrics import load_all
from store import Store
from store.splits import keep_splits, looks
from tests.conftest import audited, serving, settled
from tests.test_agree_pages import PAIRED, TRAIT, fill
from tests.test_browser import go
from transcripts import Message, Transcript

pytestmark = pytest.mark.browser


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("agree") / "a.db"
    store = Store(path)

    def talk(*said: str, **given: Any) -> Transcript:
        roles = ("user", "assistant")
        return Transcript(
            tuple(Message.plain(r, t) for r, t in zip(roles, said, strict=True)), **given
        )  # type: ignore[arg-type]

    fill(store, talk, load_all())
    names = [row["name"] for row in store.rows("SELECT name FROM scenarios")]
    keep_splits(store, {name: "test" if n % 3 == 0 else "dev" for n, name in enumerate(names)})
    store.close()
    return path


@pytest.fixture(scope="module")
def address(db: Path) -> Any:
    with serving(db) as found:
        yield found


def test_from_a_cell_of_pairs_to_both_side_by_side_by_keyboard(
    page: Any, address: str, expect: Any
) -> None:
    go(page, f"{address}/agreement?a=person:ann&b=person:ben")
    trait = page.get_by_role("button", name="Warmth")
    trait.focus()
    page.keyboard.press("Enter")
    cell = page.get_by_role("button", name="6: person:ann r1, person:ben r2")
    expect(cell).to_be_visible()
    assert f"pair={PAIRED}" in page.url
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="In this cell")).to_be_visible()
    assert "pcell=0%2C2" in page.url
    expect(page.locator(".tb-units li")).to_have_count(6)
    link = page.locator(".tb-units a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/read?*")
    settled(page)
    for release in ("r1", "r2"):  # both stand beside each other
        expect(page.locator(".tb-reader").get_by_text(release, exact=True).first).to_be_visible()
    assert "beside=" in page.url


def test_the_address_restores_a_cell_of_pairs(page: Any, address: str, expect: Any) -> None:
    go(page, f"{address}/agreement?a=person:ann&b=person:ben&pair={PAIRED}&pcell=0,2")
    expect(page.locator(".tb-units li")).to_have_count(6)
    href = page.locator(".tb-units a").first.get_attribute("href")
    go(page, address + href)
    assert "beside=" in page.url
    expect(page.locator(".tb-reader").get_by_text("r2", exact=True).first).to_be_visible()


def test_from_two_wordings_to_the_words_where_they_differ(
    page: Any, address: str, expect: Any, db: Path
) -> None:
    go(page, f"{address}/rubrics?trait={TRAIT}")
    page.get_by_role("link", name="Which of its last two wordings is nearer").click()
    page.wait_for_url("**/agreement?*")
    settled(page)
    expect(page.get_by_role("heading", name="where the two differ most")).to_be_visible()
    page.reload()
    settled(page)
    row = page.locator(".tb-apart tbody tr").first
    expect(row).to_contain_text("the second")
    row.get_by_role("link").click()
    page.wait_for_url("**/read?*")
    settled(page)
    assert "m=2" in page.url
    expect(page.locator(".tb-reader")).to_contain_text("Great work, really.")


def test_a_look_at_the_test_part_is_asked_for_by_keyboard_and_kept(
    page: Any, address: str, expect: Any, db: Path
) -> None:
    store = Store(db)
    before = len(looks(store))
    go(page, f"{address}/agreement?view=two&a=judge:m%231&c=judge:small%232&on=test")
    ask = page.get_by_role("button", name=f"Look at the test part (look {before + 1})")
    expect(ask).to_be_visible()
    expect(page.locator(".tb-compared")).to_have_count(0)
    ask.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tb-compared table").first).to_be_visible()
    expect(page.get_by_text(f"This is look {before + 1} at the test part")).to_be_visible()
    assert len(looks(store)) == before + 1
    store.close()


VIEWS = {
    "pairs": f"/agreement?a=person:ann&b=person:ben&pair={PAIRED}&pcell=0,2",
    "two": f"/agreement?view=two&a=judge:m%231&c=judge:small%232&trait={TRAIT}",
    "asking": "/agreement?view=two&a=judge:m%231&c=judge:small%232&on=test",
    "nothing": "/agreement?a=judge:m%231&b=judge:nobody",
}


@pytest.mark.parametrize("width", [800, 1440])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(page: Any, address: str, axe: str, view: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    go(page, address + VIEWS[view])
    if view == "pairs":  # the second part has drawn itself, and has its own name
        page.wait_for_selector('.tb-agreement[aria-label^="Pairs"] table')
    assert audited(page, axe) == []
