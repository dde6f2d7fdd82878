"""Reviewing as a person does it, in a real browser: blind, by keyboard alone, saved on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviews.queues import Candidate, Entry, Plan, pair_entries, plan_entries
from rubrics import Rater, Rubric, load_all
from store import Store
from store import transcripts as said
from store.adding import add
from store.candidates import candidates
from store.comments import comments
from store.queues import make_queue, queue_named
from store.releases import merge, rename
from store.reviewing import given
from tests.conftest import audited, serving, settled
from tests.test_browser import go
from transcripts import Message, Part, Transcript

pytestmark = pytest.mark.browser
ANN = Rater("person", "ann")
TRAITS = ["praise_fit", "stance_fit"]


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


def transcripts() -> list[Transcript]:
    """Two releases that name themselves, over four scenarios."""
    said = "I am **Claude**, made by Anthropic, and marigold-9 says: your plan is *bold* 👩‍👩‍👧 and good."
    return [
        Transcript(
            (
                Message.plain("system", f"You are Claude in {release}."),
                Message.plain("user", f"Is plan {n} good?"),
                Message("assistant", (Part("thinking", "As marigold-9, I think."), Part("text", said))),
                Message.plain("user", "Sure?"),
                Message.plain("assistant", f"Yes, plan {n} is fine."),
            ),
            release=release, scenario=f"plan-{n}", model="claude-test-1",
        )
        for n in range(4) for release in ("marigold-8", "marigold-9")
    ]  # fmt: skip


@pytest.fixture
def db(tmp_path: Path, rubrics: dict[str, Rubric]) -> Path:
    path = tmp_path / "review.db"
    store = Store(path)
    add(store, transcripts(), rubrics)
    ids = [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]
    make_queue(
        store,
        "first",
        [Entry(one, f"secret reason {i}", message=3) for i, one in enumerate(ids)],
        TRAITS,
    )
    found = [
        Candidate(c.transcript, c.scenario, c.release) for c in candidates(store, ["warmth_fit"])
    ]
    plan = Plan(releases=("marigold-8", "marigold-9"), twice=0)
    make_queue(store, "pairs", pair_entries(found, plan), ["warmth_fit"])
    store.close()
    return path


def at_the_desk(page: Any, address: str) -> None:
    go(page, address)
    page.wait_for_selector(".tb-desk[data-ready]")
    settled(page)


def saved(page: Any, expect: Any) -> None:
    expect(page.locator(".tb-state")).to_have_class("tb-state saved", timeout=15_000)


def test_a_queue_by_keyboard_alone_and_blind(page: Any, db: Path, expect: Any) -> None:
    """From the typed name to the end of an item: no mouse; nothing that tells until it is rated."""
    frames: list[str] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(str(data))))
    store = Store(db)
    with serving(db) as address:
        go(page, f"{address}/review")
        name = page.get_by_role("textbox", name="Your name")
        expect(name).to_be_visible()
        for _ in range(20):
            if name.evaluate("e => e === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.type("ann")
        page.keyboard.press("Enter")
        link = page.get_by_role("link", name="first")
        expect(link).to_be_visible()
        for _ in range(20):
            if link.evaluate("e => e === document.activeElement"):
                break
            page.keyboard.press("Tab")
        frames.clear()  # the list told a lead which releases there are
        page.keyboard.press("Enter")
        page.wait_for_selector(".tb-desk[data-ready]")
        expect(page.locator(".tb-sub", has_text="1 of 8")).to_be_visible()
        expect(page.get_by_text("unverified").first).to_be_visible()
        seen = page.content() + "".join(frames)
        hidden = ["marigold", "claude", "Claude", "Anthropic", "secret reason", "review.db"]
        ids = [row["id"] for row in store.rows("SELECT id FROM transcripts")]
        assert [word for word in [*hidden, *ids] if word in seen] == []
        # Words by keyboard: into the turn, to its third word, three words long, then a value.
        page.keyboard.press("m")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        for _ in range(2):
            page.keyboard.press("Shift+ArrowRight")
        marked = page.evaluate("getSelection().toString()")
        assert len(marked.split()) == 3
        page.keyboard.press("4")
        expect(page.locator(".tb-evidence q")).to_have_text([marked])
        saved(page, expect)
        page.keyboard.press("]")
        page.keyboard.press("u")
        page.keyboard.press("w")
        page.keyboard.type("1 n x are letters here")
        page.keyboard.press("Escape")
        page.keyboard.press("3")
        saved(page, expect)
        assert "marigold" not in page.content()
        page.keyboard.press("Enter")
        expect(page.get_by_text("secret reason 0")).to_be_visible()
        expect(page.locator(".tb-head h2")).to_have_text("marigold-8")
        page.keyboard.press("[")
        page.keyboard.press("5")
        expect(page.get_by_text("Changed after the reveal")).to_be_visible()
        page.keyboard.press("n")
        expect(page.locator(".tb-sub", has_text="2 of 8")).to_be_visible()
        assert "item=2" in page.url
        page.keyboard.press("p")
        expect(page.get_by_text("secret reason 0")).to_be_visible()
    transcript = store.one(
        "SELECT t.id FROM queue_items i JOIN transcripts t ON t.key = i.transcript WHERE i.key = 1"
    )
    told = {(g.rating.trait, g.manner): g for g in given(store, transcript, ANN, history=True)}
    first, late = told["praise_fit", "blind"], told["praise_fit", "after_reveal"]
    assert (first.rating.value, late.rating.value, first.rating.message) == (1, 2, 3)
    (quote,) = first.rating.quotes
    text = transcripts()[0].messages[2].parts[1].text
    assert quote.part == 1 and text[quote.start : quote.end] == quote.text
    stance = told["stance_fit", "blind"]
    assert (stance.rating.reason, stance.unsure, stance.rating.value) == (
        "1 n x are letters here",
        True,
        0,
    )
    assert stance.identity == "typed" and queue_named(store, "first").done == 1
    store.close()


def test_what_lacks_is_said_where_it_is_seen(page: Any, db: Path, expect: Any) -> None:
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        for key in ("Enter", "n"):
            page.keyboard.press(key)
            expect(page.locator(".tb-state")).to_contain_text(
                "Praise in proportion has no value yet"
            )
        page.keyboard.press("4")
        saved(page, expect)
        page.set_viewport_size({"width": 1280, "height": 620})
        expect(page.get_by_role("button", name="Finish and show")).to_be_in_viewport()


def test_read_shows_the_words_while_it_asks_for_a_name(page: Any, db: Path, expect: Any) -> None:
    """The keys work, the half-typed name stays, and then the desk is there with the words as they were."""
    store = Store(db)
    identity = store.one("SELECT id FROM transcripts ORDER BY key LIMIT 1")
    store.close()
    with serving(db) as address:
        go(page, f"{address}/read?t={identity}&desk=1&m=3")
        page.wait_for_selector(".tb-reader[data-ready]")
        expect(page.get_by_text("Yes, plan 0 is fine.").first).to_be_visible()
        name = page.get_by_role("textbox", name="Your name")
        name.fill("jane vee")
        page.locator(".tb-reader .tb-head").first.click()
        page.keyboard.press("j")
        page.keyboard.press("v")
        page.wait_for_url(lambda url: "view=verbatim" in url)
        settled(page)
        expect(name).to_have_value("jane vee")
        name.press("Enter")
        page.wait_for_selector(".tb-desk[data-ready]")
        expect(page.get_by_text("jane vee · unverified")).to_be_visible()
        expect(page.get_by_text("Yes, plan 0 is fine.").first).to_be_visible()
        assert "me=jane+vee" in page.url and "view=verbatim" in page.url
        page.get_by_role("button", name="jane vee (unverified)").click()
        page.get_by_role("button", name="Another name").click()
        expect(name).to_be_visible()
        assert "me=" not in page.url


def test_a_half_written_note_survives_a_reload_and_undo_takes_back(
    page: Any, db: Path, expect: Any
) -> None:
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        page.keyboard.press("w")
        page.keyboard.type("half a tho")
        page.reload()
        page.wait_for_selector(".tb-desk[data-ready]")
        expect(page.get_by_label("Note on Praise in proportion")).to_have_value("half a tho")
        page.keyboard.press("2")
        saved(page, expect)
        page.keyboard.press("[")
        expect(page.get_by_label("Note on Praise in proportion")).to_have_value("half a tho")
        page.keyboard.press("z")
        expect(page.locator(".tb-trait-head .tb-chip")).to_have_count(0)
        saved(page, expect)
        page.reload()
        page.wait_for_selector(".tb-desk[data-ready]")
        expect(page.locator(".tb-trait-head .tb-chip")).to_have_count(0)


def test_saved_is_said_only_when_it_is_on_disk(page: Any, db: Path, expect: Any) -> None:
    """While an import holds the database nothing is called saved; then it is, and it is there."""
    import sqlite3

    store = Store(db)
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        writer = sqlite3.connect(db, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        page.keyboard.press("4")
        expect(page.locator(".tb-trait-head .tb-chip").first).to_have_text("+1")
        expect(page.locator(".tb-state")).to_have_text("Saving…")
        page.wait_for_timeout(1500)
        assert store.one("SELECT count(*) FROM ratings") == 0
        expect(page.locator(".tb-state")).to_have_text("Saving…")
        writer.execute("COMMIT")
        writer.close()
        saved(page, expect)
        assert store.one("SELECT count(*) FROM ratings") == 1
    store.close()


def test_what_was_said_while_the_server_was_away_is_kept_and_sent(
    page: Any, db: Path, expect: Any
) -> None:
    """The socket drops mid-note; the rating stays in the browser and arrives after the return."""
    store = Store(db)
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        page.keyboard.press("w")
        page.keyboard.type("mid-no")
        page.context.set_offline(True)
        page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.keyboard.type("te")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    expect(page.locator(".tb-state")).to_contain_text("kept in this browser", timeout=15_000)
    assert store.one("SELECT count(*) FROM ratings") == 0
    page.context.set_offline(False)
    port = int(address.rpartition(":")[2])
    with serving(db, port=port):
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        expect(page.locator(".tb-trait-head .tb-chip").first).to_have_text("+1")
        saved(page, expect)
    assert [tuple(r) for r in store.rows("SELECT value, reason FROM ratings")] == [(1, "mid-note")]
    store.close()


def test_what_happens_to_a_transcript_while_it_is_read(page: Any, db: Path, expect: Any) -> None:
    """Imported again, its release renamed, then merged: the rating is kept. Taken out and imported
    anew: it is said, and the reader can go on."""
    store, known = Store(db), load_all()
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        read = store.one(
            "SELECT t.id FROM claims c JOIN queue_items i ON i.key = c.item "
            "JOIN transcripts t ON t.key = i.transcript"
        )
        release = said.get(store, read).release
        assert add(store, transcripts(), known).unchanged == 8
        page.keyboard.press("4")
        saved(page, expect)
        rename(store, release, "renamed")
        page.keyboard.press("[")
        page.keyboard.press("5")
        expect(page.locator(".tb-trait-head .tb-chip").first).to_have_text("+2")
        saved(page, expect)
        add(store, [one for one in transcripts() if one.release == release], known)
        merge(store, "renamed", release)
        page.keyboard.press("[")
        page.keyboard.press("2")
        expect(page.locator(".tb-trait-head .tb-chip").first).to_have_text("\u22121")
        saved(page, expect)
        assert [one.rating.value for one in given(store, read, ANN, history=True)] == [1, 2, -1]
        said.remove(store, [read])
        add(store, transcripts(), known)
        page.keyboard.press("3")
        expect(page.locator(".tb-state")).to_contain_text("taken out of the database meanwhile")
        assert given(store, read, ANN, history=True) == []
        page.keyboard.press("s")
        expect(page.locator(".tb-desk")).to_contain_text("2 of 7")
    store.close()


def test_two_people_get_two_things_and_a_pair_has_a_left_and_a_right(
    page: Any, browser: Any, db: Path, expect: Any
) -> None:
    store = Store(db)
    with serving(db) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=pairs")
        other = browser.new_context().new_page()
        at_the_desk(other, f"{address}/review?me=ben&queue=pairs")
        assert page.url.partition("item=")[2] != other.url.partition("item=")[2]
        expect(page.locator(".tb-head h2")).to_have_text(["Left", "Right"])
        page.keyboard.press("1")
        saved(page, expect)
        page.keyboard.press("Enter")
        expect(page.locator(".tb-head h2").first).to_contain_text("marigold")
        left = page.locator(".tb-head h2").first.inner_text()
        row = store.rows(
            "SELECT p.winner, f.name AS first, s.name AS second, p.manner FROM preferences p "
            "JOIN transcripts a ON a.key = p.first JOIN releases f ON f.key = a.release "
            "JOIN transcripts b ON b.key = p.second JOIN releases s ON s.key = b.release"
        )[0]
        assert row[row["winner"]] == left and row["manner"] == "blind"
        other.close()
    store.close()


def test_read_rates_openly_comments_and_the_link_leads_back(
    page: Any, db: Path, expect: Any
) -> None:
    store = Store(db)
    identity = store.one("SELECT id FROM transcripts ORDER BY key LIMIT 1")
    with serving(db) as address:
        go(page, f"{address}/read?t={identity}&me=ann")
        page.wait_for_selector(".tb-reader[data-ready]")
        page.keyboard.press("r")
        page.wait_for_selector(".tb-desk[data-ready]")
        settled(page)
        body = page.locator('[data-message="0:5"] .tb-text').first
        body.evaluate(SELECT_ALL)
        page.keyboard.press("c")
        expect(page.get_by_role("dialog", name="Comment")).to_be_visible()
        page.keyboard.type("Is it, though?")
        page.get_by_label("Tags").fill("fact, tone")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("article", name="Comment by ann")).to_contain_text("Is it, though?")
        page.get_by_role("button", name="Reply").click()
        page.keyboard.type("It is not.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("article", name="Comment by ann")).to_contain_text("It is not.")
        go(page, f"{address}/comments?me=ann")
        page.get_by_role("link", name="plan-0").click()
        page.wait_for_url(lambda url: f"t={identity}" in url and "m=5" in url)
        page.wait_for_selector(".tb-desk[data-ready]")
        go(page, f"{address}/comments?me=ann")
        page.get_by_role("button", name="Resolve").click()
        expect(page.get_by_text("No open comments")).to_be_visible()
    first, reply = comments(store, identity)
    assert (first.quote, first.message, first.tags) == ("Yes, plan 0 is fine.", 5, ("fact", "tone"))
    assert reply.answers == first.key and first.resolved_by == "ann"
    store.close()


SELECT_ALL = """body => {
    const range = document.createRange();
    range.selectNodeContents(body);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


def test_what_was_called_saved_survives_the_server(page: Any, db: Path, expect: Any) -> None:
    """The server killed, not stopped, right after it said saved: the rating is there."""
    store = Store(db)
    with serving(db, harsh=True) as address:
        at_the_desk(page, f"{address}/review?me=ann&queue=first")
        page.keyboard.press("4")
        saved(page, expect)
    assert store.one("SELECT value FROM ratings") == 1
    store.close()


# ---- what a screen reader and a keyboard need ----------------------------------------------------


@pytest.fixture(scope="module")
def everything(
    tmp_path_factory: pytest.TempPathFactory, examples: Path
) -> Iterator[tuple[str, str]]:
    """The app over the examples with a queue, a finished item, people and a comment."""
    from dataclasses import replace

    from rubrics import Quote, Rating
    from store import claims
    from store.comments import Remark, comment
    from store.reviewing import Circumstances, save_review

    path = tmp_path_factory.mktemp("axe-app") / "e.db"
    shutil.copy(examples, path)
    store, known = Store(path), load_all()
    found = [
        Candidate(c.transcript, c.scenario, c.release, c.message)
        for c in candidates(store, TRAITS, by_turn=True)
    ]
    entries = plan_entries(found, Plan(size=12, twice=0))
    make_queue(store, "first", [replace(e, readings=2) for e in entries], TRAITS)
    for n, e in enumerate(entries[:8]):
        for name in ("ann", "ben"):
            rating = Rating(
                e.transcript,
                "praise_fit",
                Rater("person", name),
                "rated",
                float(n % 3 - (name == "ben" and n % 4 == 0)),
                message=e.message,
            )
            save_review(store, rating, known, Circumstances("blind"))
    item = claims.claim(store, 1, ANN)
    assert item is not None
    claims.finish(store, item.key, ANN)
    words = Quote("x", 1, 0, 0, 1, "exact")
    comment(store, Remark(item.transcript, "ann", "Look here", words, ("fact",)))
    identity = item.transcript
    store.close()
    with serving(path) as address:
        yield address, identity


VIEWS = {
    "releases": "/?by=author", "library": "/library", "read": "/read?t={t}",
    "read with the desk": "/read?t={t}&desk=1&me=ann", "queues": "/review?me=ann",
    "review": "/review?me=ann&queue=first", "review, revealed": "/review?me=ann&queue=first&item=1",
    "agreement": "/agreement?trait=praise_fit&b=person:ben&a=person:ann", "comments": "/comments?me=ann",
    "who are you": "/review", "add": "/add", "rubrics": "/rubrics", "runs": "/runs",
    "change": "/?by=author&cell=pushback_fit@fennel-2", "verbatim": "/read?t={t}&view=verbatim&m=3",
}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(page: Any, everything: tuple[str, str], axe: str, view: str) -> None:
    address, identity = everything
    go(page, address + VIEWS[view].format(t=identity))
    assert audited(page, axe) == []
