"""The page Releases: 12 releases x 16 traits, 100,000 ratings, in a real browser."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import WORK, Figure
from benchmarks._ratings import database
from tests.conftest import CHROMIUMS, FLAGS, serving, settled

RELEASES, TRANSCRIPTS = 12, 525
PAINTED, CLICKED = 1.5, 0.7
ROUNDS = 5


def run() -> Iterator[Figure]:
    """Painted from a click on the page's name, and from a click on a value to its transcripts."""
    path = database(WORK / "overview.db", releases=RELEASES, transcripts=TRANSCRIPTS, samples=4)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield Figure("the page Releases", "not measured: no playwright")
        return
    with serving(path) as address, sync_playwright() as playwright:
        yield from _measure(playwright, address, path)


def _measure(playwright: Any, address: str, path: Path) -> Iterator[Figure]:
    import shutil

    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    begun = time.perf_counter()
    page.goto(f"{address}/")
    page.wait_for_selector(".tb-value")
    yield Figure(
        "first opening: server, front end and page cold", f"{time.perf_counter() - begun:.2f} s"
    )
    settled(page)
    painted, clicked = [], []
    for k in range(ROUNDS):
        page.get_by_role("link", name="Library").click()
        page.wait_for_selector(".tb-list")
        settled(page)
        begun = time.perf_counter()
        page.get_by_role("link", name="Releases").click()
        page.wait_for_selector(".tb-value")
        painted.append(time.perf_counter() - begun)
        settled(page)
        cell = page.locator(".tb-value").nth(20 + 13 * k)
        title = page.evaluate("document.querySelector('.tb-quotes h2')?.textContent ?? ''")
        begun = time.perf_counter()
        cell.click()
        page.wait_for_function(
            "was => { const h = document.querySelector('.tb-quotes h2'); return h && "
            "h.textContent !== was && document.querySelector('.tb-found li') && "
            "document.querySelector('.tb-change h2'); }", arg=title,
        )  # fmt: skip
        clicked.append(time.perf_counter() - begun)
        settled(page)
    browser.close()
    for what, seen, bar in (
        ("painted", painted, PAINTED),
        ("click to the transcripts", clicked, CLICKED),
    ):
        middle = statistics.median(seen)
        told = f"{middle:.2f} s (of {ROUNDS}: {min(seen):.2f} to {max(seen):.2f})"
        yield Figure(
            f"12 releases x 16 traits, 100,000 ratings: {what}",
            told,
            f"under {bar} s",
            middle < bar,
        )
