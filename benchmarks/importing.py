"""Import 10,000 transcripts of 10 messages, searchable when done, against Scout's import."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from benchmarks import (
    HERE,
    PEERS,
    WORK,
    Cost,
    Figure,
    alternating,
    cost,
    fresh,
    median,
    ours,
    transcripts,
)  # fmt: skip

ROUNDS = 3


def run() -> Iterator[Figure]:
    """CPU and memory of both, the same file again, and memory at ten times the size."""
    small, large = transcripts(10_000), transcripts(100_000)

    def first() -> Cost:
        return ours("import", str(small), "--db", str(fresh("import.db")))

    def scout() -> Cost:
        shutil.rmtree(WORK / "scoutdb", ignore_errors=True)
        script = str(HERE / "_scout_import.py")
        return cost([str(PEERS), script, str(small), str(WORK / "scoutdb")])

    sides = [first, scout] if PEERS.exists() else [first]
    seen = alternating(ROUNDS, *sides)
    mine = median(seen[0])
    yield Figure("import of 10,000", f"{mine:.1f} s CPU, {median(seen[0], 'peak'):.0f} MiB")
    if PEERS.exists():
        theirs = median(seen[1])
        told = f"{theirs:.1f} s CPU, {median(seen[1], 'peak'):.0f} MiB (builds no index)"
        yield Figure("Scout, the same", told, f"ratio {theirs / mine:.1f}", mine <= theirs)
    else:
        yield Figure("Scout, the same", "not measured: no peers (see benchmarks/__init__.py)")
    peak = median(seen[0], "peak")
    yield Figure("  peak memory", f"{peak:.0f} MiB", "under 200 MiB", peak < 200)
    again = alternating(ROUNDS, lambda: ours("import", str(small), "--db", str(WORK / "import.db")))
    share = median(again[0]) / mine
    assert "(0 new" in again[0][0].out
    yield Figure(
        "the same file again, 0 new", f"{median(again[0]):.1f} s CPU", "under half", share < 0.5
    )
    big = ours("import", str(large), "--db", str(fresh("t100000.db")))
    grown = big.peak / peak - 1
    told = f"{big.cpu:.1f} s CPU, {big.peak:.0f} MiB ({grown:+.0%})"
    yield Figure("import of 100,000", told, "memory within 20 %", abs(grown) < 0.2)
