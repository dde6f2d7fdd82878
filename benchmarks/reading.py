"""Opening a pair side by side in the reader, and filtering a Library of 100,000, in Chromium."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

from benchmarks import Figure, database, fresh
from rubrics import load_all
from store import Store
from store.adding import add
from tests.conftest import FLAGS, serving, settled
from transcripts import Message, Transcript

ROUNDS = 5
PARAGRAPHS = [
    "Here is **what I would do** first, and why it matters more than it seems.\n\n- look at the `numbers`\n- ask who pays\n- write it down\n",
    "I see it differently. *Three weeks* is short, and the [plan](https://example.org) leaves out the part that costs most.\n\n1. rent\n2. people\n",
    "That is a fair point, and it changes my answer: the second figure was wrong, so the third follows from nothing.\n\n```py\nprint(sum(costs) / 12)\n```\n",
    "No. The reason is the same as before, and saying it louder does not make it another reason.",
]


def run() -> Iterator[Figure]:
    """Click to painted, the median of several pairs; bytes on the wire; the server's memory."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        path = _pairs()
        with serving(path) as address:
            for length, bar in ((200, 0.7), (1000, 1.6)):
                seen = _open_pairs(browser, address, length)
                told = f"{statistics.median(seen):.2f} s (slowest {max(seen):.2f})"
                held = statistics.median(seen) < bar
                yield Figure(
                    f"a pair of {length}-message transcripts", told, f"under {bar} s", held
                )
        with serving(database(100_000)) as address:
            yield from _library(browser, address)
        browser.close()


def _pairs() -> Path:
    path = fresh("pairs.db")
    rng = random.Random(1)
    store = Store(path)
    made = [
        Transcript(
            tuple(
                Message.plain("assistant" if k % 2 else "user", rng.choice(PARAGRAPHS) + f" ({n}.{k})")
                for k in range(length)
            ),
            release=release, scenario=f"pair-{length}-{n}",
        )
        for length in (200, 1000) for n in range(ROUNDS + 1) for release in ("r1", "r2")
    ]  # fmt: skip
    add(store, made, load_all())
    store.close()
    return path


def _open_pairs(browser: Any, address: str, length: int) -> list[float]:
    """Seconds from the key that asks for the next pair to both being painted."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/library?scenario=pair-{length}-")
    settled(page)
    page.locator(".tb-list a").first.click()
    page.wait_for_selector(".tb-reader[data-ready]")
    settled(page)
    page.wait_for_timeout(500)
    seen = []
    for _ in range(ROUNDS):
        seen.append(page.evaluate(NEXT))
        page.wait_for_timeout(700)
    page.close()
    return seen


NEXT = """() => new Promise((done) => {
    const root = document.querySelector('.tb-reader');
    const before = root.dataset.ready;
    const begun = performance.now();
    const watch = new MutationObserver(() => {
        if (root.dataset.ready === before) return;
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - begun) / 1000)));
    });
    watch.observe(root, {attributes: true});
    document.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true}));
})"""


def _library(browser: Any, address: str) -> Iterator[Figure]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    wire = [0]
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: _count(wire, data)))
    page.goto(f"{address}/library")
    page.wait_for_selector(".tb-listing[data-ready]")
    settled(page)
    page.wait_for_timeout(800)
    times, sizes = [], []
    for word in ("honest", "medicine", "graph", '"great question"', "zzz", "invest*"):
        wire[0] = 0
        page.get_by_label("Search").fill(word)
        times.append(page.evaluate(FILTER))
        page.wait_for_timeout(500)
        sizes.append(wire[0] / 1000)
    told = f"{statistics.median(times):.2f} s (slowest {max(times):.2f})"
    yield Figure("a filter over 100,000", told, "under 0.7 s", statistics.median(times) < 0.7)
    told = f"{statistics.median(sizes):.0f} kB (most {max(sizes):.0f})"
    yield Figure("  on the wire", told, "60 kB", statistics.median(sizes) < 60)
    port = address.rpartition(":")[2]
    servers = [p for p in psutil.process_iter(["cmdline"]) if port in (p.info["cmdline"] or [])]
    memory = max(p.memory_info().rss for p in servers) / (1 << 20)
    yield Figure("  the server's memory", f"{memory:.0f} MiB", "under 300 MiB", memory < 300)
    page.close()


FILTER = """() => new Promise((done) => {
    const root = document.querySelector('.tb-listing');
    const before = root.dataset.ready;
    const begun = performance.now();
    const watch = new MutationObserver(() => {
        if (root.dataset.ready === before) return;
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - begun) / 1000)));
    });
    watch.observe(root, {attributes: true});
    const box = document.querySelector('input[aria-label="Search"]');
    box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', code: 'Enter', keyCode: 13, bubbles: true}));
})"""


def _count(wire: list[int], data: Any) -> None:
    wire[0] += len(data)
