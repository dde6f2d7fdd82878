"""The first page of a search over 1,000,000 messages."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from benchmarks import Figure, database
from store import Store
from store.searching import search

BAR = 0.050
QUERIES = {
    "a rare word": "scenario-that-is-nowhere",
    "a word of few hits": "x000777",
    "a common word": "the",
    "two common words": "honest feedback",
    "a phrase": '"great question"',
    "a prefix": "medic*",
    "hostile input": "AND \"x (y* NEAR(z -foo:bar'; DROP",
}
ROUNDS = 15


def run() -> Iterator[Figure]:
    """The median of several searches of each kind, and the slowest of all, in one process."""
    store = Store(database(100_000))
    _plant(store)
    count = store.one("SELECT count(*) FROM messages")
    assert count >= 1_000_000
    for what, query in QUERIES.items():
        seen = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            found = search(store, query)
            seen.append(time.perf_counter() - begun)
        total = f"{found.total:,}{'+' if found.capped else ''} hits"
        told = (
            f"{statistics.median(seen) * 1000:.1f} ms, slowest {max(seen) * 1000:.1f} ms ({total})"
        )
        yield Figure(what, told, "under 50 ms", statistics.median(seen) < BAR)


def _plant(store: Store) -> None:
    """A few words that occur a handful of times: the generator's vocabulary is small."""
    if search(store, "x000777").total:
        return
    with store.write() as connection:
        connection.execute("UPDATE messages SET text = text || ' x000777' WHERE key % 30000 = 0")
