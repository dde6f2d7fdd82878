"""The page Runs in a real browser while a run comes to its end: what is clicked is what is shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rubrics import Rater, Rating, Rubric
from store import Store
from store import runs as book
from store.adding import now
from store.ratings import save
from tests.conftest import serving, settled

pytestmark = pytest.mark.browser
JUDGE = Rater("judge", "m-1", "aaaa")
SLOW = 20_000  # ms, on a loaded machine
SLOW_ANSWERS = """
// What the server says comes a little late, as over a real network; what the page asks is counted.
window.looks = [];
const Native = window.WebSocket;
window.WebSocket = class extends Native {
  send(data) { window.looks.push(performance.now()); super.send(data); }
  addEventListener(type, hear, how) {
    super.addEventListener(type, type === "message" ? (e) => setTimeout(() => hear(e), 600) : hear, how);
  }
  set onmessage(hear) { super.onmessage = (e) => setTimeout(() => hear(e), 600); }
};
"""
A_LOOK = """
() => new Promise((done) => {
  const seen = window.looks.length;
  const wait = setInterval(() => {
    if (window.looks.length === seen) return;
    clearInterval(wait);
    done(performance.now());
  }, 5);
})
"""
CLICK_AT = """
(at) => new Promise((done) => setTimeout(() => {
  document.querySelector(".tb-reasons a:not(.now)").click();
  done();
}, at - performance.now()))
"""


class World:
    """A store with one run that failed for two reasons, and is going on or at its end."""

    def __init__(self, path: Path, rubrics: dict[str, Rubric]) -> None:
        self.store = Store(path)
        told = [row["id"] for row in self.store.rows("SELECT id FROM transcripts LIMIT 12")]
        praise = rubrics["praise_fit"]
        with book.going(self.store, JUDGE, {"traits": [praise.trait]}, len(told)) as self.run:
            save(
                self.store,
                [
                    Rating(one, praise.trait, JUDGE, "unscored", rubric=praise.version,
                           why="refusal" if k % 3 else "bad_json")
                    for k, one in enumerate(told)
                ],
                rubrics,
                run=self.run,
            )  # fmt: skip

    def is_(self, state: str) -> None:
        with self.store.write() as connection:
            connection.execute(
                "UPDATE runs SET state = ?, beat = ?, finished = NULL WHERE key = ?",
                (state, now(), self.run),
            )


@pytest.fixture
def world(examples: Path, tmp_path: Path, rubrics: dict[str, Rubric]) -> Iterator[World]:
    shutil.copy(examples, tmp_path / "w.db")
    made = World(tmp_path / "w.db", rubrics)
    yield made
    made.store.close()


@pytest.fixture
def app(world: World) -> Iterator[str]:
    with serving(Path(world.store.path)) as address:
        yield address


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


def test_a_click_as_the_run_ends_is_never_lost(
    page: Any, app: str, world: World, expect: Any
) -> None:
    """The look that sets out just after the click, two seconds after the one before, still has the
    address from before it; and finds the run at its end, so that no later one puts it right."""
    page.add_init_script(SLOW_ANSWERS)
    for after in (1700, 1800, 1900, 1950):
        world.is_("running")
        page.goto(f"{app}/runs?run={world.run}")
        settled(page)
        expect(page.get_by_text("running", exact=True)).to_be_visible(timeout=SLOW)
        shown = page.locator(".tb-reasons a.now")
        expect(shown).to_contain_text("refusal", timeout=SLOW)
        looked = page.evaluate(A_LOOK)
        page.wait_for_timeout(700)
        world.is_("done")
        page.evaluate(CLICK_AT, looked + after)
        expect(page.get_by_text("done", exact=True)).to_be_visible(timeout=SLOW)
        page.wait_for_timeout(2500)  # whatever was under way has come
        expect(shown).to_contain_text("bad json", timeout=SLOW)
        assert "why=bad_json" in page.url, after


def test_what_is_pressed_hears_the_click_though_the_page_is_drawn_anew(
    page: Any, app: str, world: World, expect: Any
) -> None:
    """A run's line is held down while two looks bring other numbers, then let go."""
    world.is_("running")
    page.goto(f"{app}/runs")
    settled(page)
    line = page.locator(".tb-runlist a").first
    line.hover()
    page.mouse.down()
    for asked in (3, 7):
        with world.store.write() as connection:
            connection.execute(
                "UPDATE runs SET progress = json_object('asked', ?), beat = ? WHERE key = ?",
                (asked, now(), world.run),
            )
        page.wait_for_timeout(2300)
    page.mouse.up()
    page.wait_for_url(f"**/runs?run={world.run}")
    expect(page.locator(".tb-one")).to_contain_text("7 of 12")


def test_a_run_of_the_list_opens(page: Any, app: str, world: World, expect: Any) -> None:
    page.goto(f"{app}/runs")
    settled(page)
    page.locator(".tb-runlist a").first.click()
    expect(page.get_by_role("heading", name=f"Run {world.run}:")).to_be_visible()
    assert f"run={world.run}" in page.url
    page.get_by_role("button", name="All runs").click()
    expect(page.locator(".tb-runlist")).to_be_visible()
