"""Reviewing: saves in the browser, fifty writers, twenty reviewers over websockets, kills, spans."""

from __future__ import annotations

import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks import ROOT, WORK, Figure, fresh
from benchmarks._reviewers import reviewers
from benchmarks._writers import write_many
from benchmarks.reading import PARAGRAPHS
from reviews.queues import Entry
from rubrics import load_all
from store import Store
from store.adding import add
from store.queues import make_queue
from tests.conftest import FLAGS, serving, settled
from transcripts import Message, Transcript

TRAIT = "praise_fit"
KILLS = int(os.environ.get("TRAITBOOK_KILLS", "50"))
SPANS = int(os.environ.get("TRAITBOOK_SPANS", "2000"))
SPEAKERS = 20
RATINGS = int(os.environ.get("TRAITBOOK_RATINGS", "100"))
CHROMIUM = "/usr/bin/chromium"


def run() -> Iterator[Figure]:
    """Each row of the table of figures, in its order."""
    WORK.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield from _saves(browser)
        yield from _next(browser)
        yield from _spans(browser)
        browser.close()
    yield from _writers()
    yield from _kills()
    yield from _reviewers()


def database(name: str, sizes: dict[str, int], count: int) -> Path:
    """A database with a queue for each size (messages), `count` transcripts long."""
    path, rng = fresh(name), random.Random(1)
    store = Store(path)
    for queue, size in sizes.items():
        made = [
            Transcript(
                tuple(
                    Message.plain("assistant" if k % 2 else "user", f"{rng.choice(PARAGRAPHS)} ({n}.{k})")
                    for k in range(size)
                ),
                release="r1", scenario=f"{queue}-{n}",
            )
            for n in range(count)
        ]  # fmt: skip
        add(store, made, load_all())
        ids = [one.id for one in made]
        entries = [Entry(one, "for the benchmark", message=2) for one in ids]
        make_queue(store, queue, entries, [TRAIT])
    store.close()
    return path


SAVE = """(key) => new Promise((done) => {
    const root = document.querySelector('.tb-desk');
    const begun = performance.now();
    let shown = 0;
    const watch = new MutationObserver(() => {
        if (!shown && root.querySelector('.tb-choice[aria-pressed="true"] kbd')?.textContent === key)
            shown = performance.now() - begun;
        const state = root.querySelector('.tb-state');
        if (!state || !state.classList.contains('saved')) return;
        watch.disconnect();
        requestAnimationFrame(() => done([shown, performance.now() - begun]));
    });
    document.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    if (root.querySelector('.tb-choice[aria-pressed="true"] kbd')?.textContent === key) shown = performance.now() - begun;
    watch.observe(root, {attributes: true, childList: true, subtree: true, characterData: true});
})"""


def _desk(page: Any, address: str, queue: str) -> None:
    page.goto(f"{address}/review?me=ann&queue={queue}")
    page.wait_for_selector(".tb-desk[data-ready]")
    settled(page)
    page.wait_for_timeout(800)


def _saves(browser: Any) -> Iterator[Figure]:
    """From the key to "Saved" on the screen, bytes on the wire both ways, and the key's own echo."""
    with serving(database("saves.db", {"p10": 20, "p100": 200}, 3)) as address:
        for queue, bar in (("p10", 300), ("p100", 500)):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            wire = [0]

            def watch(ws: Any, wire: list[int] = wire) -> None:
                ws.on("framereceived", lambda data: wire.__setitem__(0, wire[0] + len(data)))
                ws.on("framesent", lambda data: wire.__setitem__(0, wire[0] + len(data)))

            page.on("websocket", watch)
            _desk(page, address, queue)
            seen, sizes = [], []
            for n in range(12):
                wire[0] = 0
                seen.append(page.evaluate(SAVE, str(1 + n % 5)))
                page.wait_for_timeout(400)
                sizes.append(wire[0] / 1000)
            echo, whole = (statistics.median(one[i] for one in seen) for i in (0, 1))
            pairs = queue[1:]
            told = f"{whole:.0f} ms (slowest {max(one[1] for one in seen):.0f})"
            yield Figure(
                f"a saved rating, {pairs} turn pairs", told, f"under {bar} ms", whole < bar
            )
            size = statistics.median(sizes)
            yield Figure("  on the wire, both ways", f"{size:.1f} kB", "10 kB", size < 10)
            yield Figure("  the key itself", f"{echo:.0f} ms", "under 50 ms", echo < 50)
            page.close()


NEXT = """() => new Promise((done) => {
    const root = document.querySelector('.tb-reader');
    const before = root.dataset.ready;
    const begun = performance.now();
    const watch = new MutationObserver(() => {
        if (root.dataset.ready === before) return;
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
    });
    watch.observe(root, {attributes: true});
    document.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true}));
})"""


def _next(browser: Any) -> Iterator[Figure]:
    """From the key n, the rating being saved, to the next pair of 200 messages each painted."""
    path, rng = fresh("next.db"), random.Random(1)
    store = Store(path)
    made = [
        Transcript(
            tuple(
                Message.plain("assistant" if k % 2 else "user", f"{rng.choice(PARAGRAPHS)} ({n}.{k}.{r})")
                for k in range(200)
            ),
            release=r, scenario=f"s{n}",
        )
        for n in range(9) for r in ("r1", "r2")
    ]  # fmt: skip
    add(store, made, load_all())
    entries = [Entry(a.id, "", other=b.id) for a, b in zip(made[::2], made[1::2], strict=True)]
    make_queue(store, "pairs", entries, [TRAIT])
    store.close()
    with serving(path) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        _desk(page, address, "pairs")
        seen = []
        for _ in range(7):
            page.evaluate(SAVE, "2")
            page.wait_for_timeout(500)
            seen.append(page.evaluate(NEXT))
            page.wait_for_timeout(900)
        page.close()
    middle = statistics.median(seen)
    told = f"{middle / 1000:.2f} s (slowest {max(seen) / 1000:.2f})"
    yield Figure("next by key, 2 x 200 messages", told, "under 0.9 s", middle < 900)


PICK = """([body, a, b]) => {
    const node = document.querySelectorAll('.tb-text[data-body]')[body];
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let at = 0;
    for (let one = walker.nextNode(); one; one = walker.nextNode()) {
        const to = at + one.data.length;
        if (a >= at && a < to) range.setStart(one, a - at);
        if (b > at && b <= to) range.setEnd(one, b - at);
        at = to;
    }
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const said = getSelection().toString();
    document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
    return range.toString().trim();
}"""


def _spans(browser: Any) -> Iterator[Figure]:
    """Words selected at random in the browser, by both views; what is stored against what was chosen."""
    from tests.test_hiding import TEXTS, _plain

    path = fresh("spans.db")
    store = Store(path)
    messages = [
        Message.plain("assistant" if k % 2 else "user", t) for k, t in enumerate(("?", *TEXTS))
    ]
    (one,) = (Transcript(tuple(messages), release="r9", scenario="spans"),)
    add(store, [one], load_all())
    good, rng, batch = 0, random.Random(3), 40
    with serving(path) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for round_ in range(SPANS // batch):
            view = "&view=verbatim" if round_ % 2 else ""
            page.goto(f"{address}/read?t={one.id}&desk=1&me=p{round_}{view}")
            page.wait_for_selector(".tb-desk[data-ready]")
            settled(page)
            texts = page.evaluate(
                "[...document.querySelectorAll('.tb-text[data-body]')].map(e => e.textContent)"
            )
            wanted = [_pick(page, rng, texts) for _ in range(batch)]
            page.keyboard.press("3")
            page.wait_for_selector(".tb-state.saved")
            kept = [r["text"] for r in store.rows(
                "SELECT q.text FROM quotes q JOIN ratings r ON r.key = q.rating JOIN raters a ON "
                "a.key = r.rater WHERE a.name = ? ORDER BY q.key", (f"p{round_}",))]  # fmt: skip
            good += _same(wanted, kept, _plain)
        page.close()
    store.close()
    total = SPANS // batch * batch
    yield Figure(
        "spans: stored words are the selected ones", f"{good:,} of {total:,}", "all", good == total
    )


def _pick(page: Any, rng: random.Random, texts: list[str]) -> str:
    """Select whole words at random and press Enter; the words as the browser has them."""
    body = rng.choice([i for i, text in enumerate(texts) if len(text.split()) > 1])
    shown = texts[body]
    starts = [
        i for i, c in enumerate(shown) if not c.isspace() and (i == 0 or shown[i - 1].isspace())
    ]
    ends = [
        i + 1 for i, c in enumerate(shown)
        if not c.isspace() and (i + 1 == len(shown) or shown[i + 1].isspace())
    ]  # fmt: skip
    a = rng.choice(starts)
    b = rng.choice([end for end in ends if end > a][:12])
    to_units = lambda n: len(shown[:n].encode("utf-16-le")) // 2  # noqa: E731
    return str(page.evaluate(PICK, [body, to_units(a), to_units(b)]))


def _same(wanted: list[str], kept: list[str], plain: Any) -> int:
    """How many of the wanted words were stored; none count where something else was stored too.

    The same words at the same place are one quote, at two places two.
    """
    there, asked = set(map(plain, kept)), set(map(plain, wanted))
    return sum(plain(text) in there for text in wanted) if there <= asked else 0


def _writers() -> Iterator[Figure]:
    """Fifty at once on the store, two hundred ratings with a span each; read back and counted."""
    seen = write_many(fresh("writers.db"), writers=50, each=200)
    told = f"{seen.kept:,} ratings, {seen.quotes:,} spans, {seen.doubled} doubled"
    whole = (seen.kept, seen.quotes, seen.doubled) == (10_000, 10_000, 0)
    yield Figure(
        "50 writers at once, 10,000 ratings and spans", told, "none lost, none doubled", whole
    )
    yield Figure("  one save, p95", f"{seen.p95:.0f} ms", "under 250 ms", seen.p95 < 250)


def _kills() -> Iterator[Figure]:
    """The server killed right after "saved" was said, again and again."""
    path = database("kills.db", {"kill": 4}, KILLS)
    there = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for n in range(KILLS):
            port = _free()
            server = _server(path, port)
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{port}/review?me=k{n}&queue=kill")
            page.wait_for_selector(".tb-desk[data-ready]")
            settled(page)
            page.evaluate(SAVE, "4")
            server.send_signal(signal.SIGKILL)
            server.wait()
            page.close()
            store = Store(path)
            sql = "SELECT count(*) FROM ratings r JOIN raters a ON a.key = r.rater WHERE a.name = ?"
            there += store.one(sql, (f"k{n}",)) == 1
            store.close()
        browser.close()
    yield Figure("killed right after saved", f"{there} of {KILLS} there", "all", there == KILLS)


def _reviewers() -> Iterator[Figure]:
    """Real sessions over websockets, each thinking 2 to 6 s between ratings."""
    path = database("reviewers.db", {"many": 20}, SPEAKERS * (RATINGS + 2))
    port = _free()
    server = _server(path, port)
    seen = reviewers(port, people=SPEAKERS, each=RATINGS, think=(2.0, 6.0))
    server.terminate()
    server.wait(20)
    store = Store(path)
    kept = store.one("SELECT count(*) FROM ratings")
    doubled = store.one("SELECT count(*) - count(DISTINCT transcript) FROM ratings")
    store.close()
    total = SPEAKERS * RATINGS
    told = f"{kept:,} stored, {doubled} twice"
    yield Figure(
        f"{SPEAKERS} reviewers at once, {RATINGS} ratings each",
        told,
        f"{total:,}",
        (kept, doubled) == (total, 0),
    )
    p95 = statistics.quantiles(seen, n=20)[-1]
    middle = statistics.median(seen)
    yield Figure("  a save, p50 and p95", f"{middle:.2f} and {p95:.2f} s", "p95 under 1 s", p95 < 1)


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _server(path: Path, port: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port),
        "--server.address", "127.0.0.1", "--server.headless", "true",
    ]  # fmt: skip
    quiet = subprocess.DEVNULL
    env = {**os.environ, "TRAITBOOK_DB": str(path)}
    made = subprocess.Popen(command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet)
    for _ in range(200):
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return made
        time.sleep(0.1)
    raise RuntimeError("the app did not start")
