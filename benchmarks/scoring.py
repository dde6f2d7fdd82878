"""All signals over 10,000 transcripts, ratings and quotes stored, against Scout's grep scanner."""

from __future__ import annotations

import json
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
    database,
    fresh,
    median,
    ours,
    transcripts,
)  # fmt: skip

ROUNDS = 3
SCANNED = 2_000


def run() -> Iterator[Figure]:
    """CPU a transcript and signal on both sides; memory at 10,000 and at 100,000."""
    source = database(10_000)

    def mine() -> Cost:
        shutil.copy(source, fresh("score.db"))
        return ours("score", "--signals", "--json", "--db", str(WORK / "score.db"))

    def scout() -> Cost:
        shutil.rmtree(WORK / "scans", ignore_errors=True)
        script = str(HERE / "_scout_scan.py")
        where = [str(WORK / "scoutdb"), str(WORK / "scans"), str(SCANNED)]
        return cost([str(PEERS), script, *where])

    peers = PEERS.exists()
    if peers and not (WORK / "scoutdb").exists():
        script = str(HERE / "_scout_import.py")
        cost([str(PEERS), script, str(transcripts(10_000)), str(WORK / "scoutdb")])
    seen = alternating(ROUNDS, *([mine, scout] if peers else [mine]))
    asked = json.loads(seen[0][0].out)["asked"]
    each = median(seen[0]) / asked * 1000
    told = f"{median(seen[0]):.1f} s CPU, {each:.3f} ms each"
    yield Figure(f"{asked // 10_000} signals x 10,000, stored", told, "under 0.4 ms", each < 0.4)
    if peers:
        theirs = median(seen[1]) / SCANNED * 1000
        told = f"{median(seen[1]):.1f} s CPU, {theirs:.1f} ms each"
        ratio = theirs / each
        yield Figure(
            f"Scout's grep, 1 x {SCANNED:,}", told, f"50 times; ratio {ratio:.0f}", ratio >= 50
        )
    peak = median(seen[0], "peak")
    shutil.copy(database(100_000), fresh("score100.db"))
    large = ours("score", "--signals", "--json", "--db", str(WORK / "score100.db"))
    grown = large.peak / peak - 1
    told = f"{peak:.0f} MiB and {large.peak:.0f} MiB ({grown:+.0%})"
    yield Figure("memory at 10,000 and 100,000", told, "flat", abs(grown) < 0.2)
    rows = len(list((WORK / "scans").rglob("*"))) if peers else 0
    yield (
        Figure("Scout copies each transcript into its result", f"{rows} files")
        if peers
        else Figure("Scout", "not measured: no peers")
    )
