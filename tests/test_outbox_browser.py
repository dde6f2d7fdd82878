"""What was said while it could not be saved: kept in the browser, sent until it is on disk."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviews.queues import Entry
from rubrics import Rater, Rubric
from store import NotNow, Store, StoreError, claims
from store.adding import add
from store.queues import make_queue
from tests.conftest import audited, serving
from tests.test_review_browser import at_the_desk, saved, transcripts

ANN = Rater("person", "ann")
TRAITS = ["praise_fit", "stance_fit"]
LATER = re.compile("^Not on disk yet: another program is writing to the database")
HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
db.execute("ROLLBACK")
"""


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def db(tmp_path: Path, rubrics: dict[str, Rubric]) -> Path:
    store = Store(tmp_path / "o.db")
    add(store, transcripts(), rubrics)
    ids = [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]
    make_queue(store, "first", [Entry(one, "why", message=3) for one in ids], TRAITS)
    store.close()
    return tmp_path / "o.db"


@contextlib.contextmanager
def held(db: Path) -> Iterator[Any]:
    """Another process that writes to the database and does not end; the block's value ends it."""
    command = [sys.executable, "-c", HOLDER, str(db)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None and holder.stdout is not None
    assert holder.stdout.readline() == "held\n"

    def free() -> None:
        with contextlib.suppress(OSError):
            holder.stdin.write("\n")  # type: ignore[union-attr]
            holder.stdin.flush()  # type: ignore[union-attr]
        holder.wait(10)

    try:
        yield free
    finally:
        free()


def values(db: Path) -> list[tuple[Any, ...]]:
    store = Store(db)
    found = [tuple(r) for r in store.rows(
        "SELECT b.trait, r.value, r.reason FROM ratings r JOIN rubrics b ON b.key = r.rubric "
        "ORDER BY r.key")]  # fmt: skip
    store.close()
    return found


def test_what_time_can_mend_is_told_from_what_it_cannot(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.db")
    with held(tmp_path / "x.db"), store.waiting(0.1):
        with pytest.raises(NotNow, match="another program has been writing") as busy, store.write():
            pass
        assert busy.value.why == "another program is writing to the database"
    with store.write(), contextlib.suppress(StoreError):  # the patience of others is as it was
        assert store.one("PRAGMA busy_timeout") == 30_000
    pages = store.one("PRAGMA page_count")
    store.connection().execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(NotNow) as full, store.write() as connection:
        connection.execute("CREATE TABLE big (x)")
        for _ in range(100):
            connection.execute("INSERT INTO big VALUES (zeroblob(100000))")
    assert full.value.why == "the disk is full"
    with pytest.raises(sqlite3.OperationalError), store.write() as connection:
        connection.execute("SELECT no_such_column FROM transcripts")
    store.close()


@pytest.mark.browser
def test_a_lock_of_more_than_thirty_seconds(page: Any, db: Path, expect: Any) -> None:
    """Said plainly within seconds, kept over a reload, tried again, and saved without a key."""
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        with held(db) as free:
            page.keyboard.press("w")
            page.keyboard.type("while locked")
            page.keyboard.press("Escape")
            page.keyboard.press("4")
            state = page.locator(".tb-state")
            expect(state).to_have_text(LATER, timeout=9_000)
            expect(page.get_by_role("button", name="Give up")).to_be_visible()
            page.keyboard.press("2")  # of the next trait: it goes into the outbox as well
            expect(page.locator(".tb-trait-head .tb-chip")).to_have_text(["+1", "−1"])
            expect(state).to_have_text(LATER)
            page.wait_for_timeout(32_000)
            expect(state).to_have_text(LATER)
            page.reload()
            page.wait_for_selector(".tb-desk[data-ready]")
            expect(page.locator(".tb-trait-head .tb-chip")).to_have_text(["+1", "−1"])
            expect(state).to_have_text(LATER, timeout=15_000)
            assert values(db) == []
            free()
            saved(page, expect)
        expect(page.get_by_role("button", name="Give up")).to_have_count(0)
        assert (
            page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('tb-outbox'))") == []
        )
    assert values(db) == [("praise_fit", 1, "while locked"), ("stance_fit", -1, None)]


@pytest.mark.browser
def test_giving_up_drops_it_and_keeps_the_note_as_a_draft(
    page: Any,
    db: Path,
    expect: Any,
    axe: str,
) -> None:
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        page.keyboard.press("2")
        saved(page, expect)
        page.keyboard.press("[")
        with held(db):
            page.keyboard.press("w")
            page.keyboard.type("a thought")
            page.keyboard.press("Escape")
            page.keyboard.press("5")
            expect(page.locator(".tb-state")).to_have_text(LATER, timeout=9_000)
            assert audited(page, axe) == []
            page.get_by_role("button", name="Give up").click()
            expect(page.locator(".tb-state")).to_contain_text("Given up")
            expect(page.locator(".tb-trait-head .tb-chip").first).to_have_text("−1")  # as on disk
            page.wait_for_timeout(6_000)
        page.wait_for_timeout(4_000)
        assert [value for _, value, _ in values(db)] == [-1]
        page.reload()
        page.wait_for_selector(".tb-desk[data-ready]")
        page.keyboard.press("[")
        expect(page.get_by_label("Note on Praise in proportion")).to_have_value("a thought")
        page.keyboard.press("3")
        saved(page, expect)
    assert [(value, note) for _, value, note in values(db)] == [(-1, None), (0, "a thought")]


@pytest.mark.browser
def test_finish_and_next_wait_as_well_and_come_once(page: Any, db: Path, expect: Any) -> None:
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        with held(db) as free:
            page.keyboard.press("4")
            page.keyboard.press("4")
            page.keyboard.press("n")
            expect(page.locator(".tb-state")).to_have_text(LATER, timeout=15_000)
            expect(page.locator(".tb-sub", has_text="1 of 8")).to_be_visible()
            free()
            page.get_by_role("button", name="Try now").click()
            expect(page.locator(".tb-sub", has_text="2 of 8")).to_be_visible(timeout=15_000)
    store = Store(db)
    assert len(values(db)) == 2
    assert [tuple(r) for r in store.rows("SELECT item, done IS NULL FROM claims ORDER BY item")] == [
        (1, 0), (2, 1)]  # fmt: skip
    store.close()


@pytest.mark.browser
def test_what_was_said_elsewhere_is_told_and_sent_from_there(
    page: Any,
    db: Path,
    expect: Any,
    axe: str,
) -> None:
    """Left behind while it could not be saved, its claim gone to another: it is a further reading."""
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        with held(db):
            page.keyboard.press("4")
            expect(page.locator(".tb-state")).to_have_text(LATER, timeout=9_000)
            page.goto("about:blank")
        store = Store(db)
        assert claims.claim(store, 1, Rater("person", "ben"), clock=4e9).key == 1  # type: ignore[union-attr]
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        expect(page.locator(".tb-sub", has_text="2 of 8")).to_be_visible()
        line = page.locator(".tb-told", has_text="one thing you said elsewhere")
        expect(line).to_be_visible()
        assert audited(page, axe) == []
        line.get_by_role("link", name="Open it there").click()
        expect(page.get_by_text("kept as a further reading")).to_be_visible(timeout=15_000)
        saved(page, expect)
        expect(line).to_have_count(0)
    assert [value for _, value, _ in values(db)] == [1]
    assert claims.item_of(store, 1, ANN).further  # type: ignore[union-attr]
    store.close()


@pytest.mark.browser
def test_in_read_as_well(page: Any, db: Path, expect: Any) -> None:
    """A comment and a rating in Read, the page left meanwhile, both on disk in the end."""
    store = Store(db)
    first, other = (r["id"] for r in store.rows("SELECT id FROM transcripts ORDER BY key LIMIT 2"))
    with serving(db) as address:
        at_the_desk(page, f"{address}/read?t={first}&me=ann&desk=1")
        with held(db) as free:
            page.keyboard.press("c")
            page.keyboard.type("Locked, is it?")
            page.keyboard.press("Control+Enter")
            expect(page.locator(".tb-state")).to_have_text(LATER, timeout=9_000)
            page.goto(f"{address}/read?t={other}&me=ann&desk=1&beside={other}")
            page.wait_for_selector(".tb-desk[data-ready]")
            page.get_by_role("link", name="Open it there").click()
            page.wait_for_url(re.compile(first))
            expect(page.locator(".tb-state")).to_have_text(LATER, timeout=20_000)
            free()
            expect(page.get_by_role("article", name="Comment by ann")).to_contain_text(
                "Locked, is it?", timeout=20_000
            )
    assert store.one("SELECT count(*) FROM comments") == 1
    store.close()
