"""20,000 files broken on purpose: no crash, none over 2 s, none without a word."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator

from benchmarks import Figure
from tests.mutating import cases, trouble
from transcripts import Options, Source

COUNT = 20_000
SEED = 20_260
SLOWEST = 2.0


def run() -> Iterator[Figure]:
    """Each file is read as whatever it seems to be, and again as the format it was."""
    troubles: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    for number, (name, source, data) in enumerate(cases(COUNT, SEED)):
        for options in (Options(), Options(format=name, branches=True)):
            begun = time.monotonic()
            why, seen = trouble(Source.of_bytes(data, str(source.path)), options)
            slowest = max(slowest, time.monotonic() - begun)
            outcomes.update(seen)
            if why:
                troubles[f"{name}: {why}"] += 1
        if number % 2000 == 0:
            print(f"    {number} files", file=sys.stderr, flush=True)
    told = f"{outcomes['transcripts']} transcripts, {outcomes['refused']} refused"
    yield Figure(f"{COUNT} broken files, each read twice", told)
    first = next(iter(troubles), "")
    crashed = sum(troubles.values())
    yield Figure("  crashed, or left no word", f"{crashed} {first}".strip(), "none", crashed == 0)
    yield Figure("  the slowest", f"{slowest:.2f} s", f"under {SLOWEST:g} s", slowest < SLOWEST)
