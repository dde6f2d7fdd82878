"""A judge's runs against a local server: throughput, CPU, tokens, kill -9, memory; CPU of Scout."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import (
    HERE,
    PEERS,
    ROOT,
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

MODEL = "claude-sonnet-5-5"  # caches from 1,024 tokens on
TRAITS = ("praise_fit", "warmth_fit", "candor_fit", "refusal_fit")
ROUNDS, SCANNED = 3, 500
KILLS, JUDGEMENTS, SLOTS = 20, 500, 16
KEY = {"ANTHROPIC_API_KEY": "local-and-no-secret"}


def run() -> Iterator[Figure]:
    """Every bar of the judge, one after the other."""
    yield from throughput()
    yield from processor()
    yield from tokens()
    yield from killed()
    yield from memory()


# ---- the server, and databases of a size ------------------------------------------------------------


class Running:
    """A local Messages server in a process of its own."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return json.load(answer)


@contextlib.contextmanager
def server(*options: str, port: int = 8797) -> Iterator[Running]:
    """The server, ready to answer."""
    command = [sys.executable, "-m", "tests.messages_server", "--no-limits", "--port", str(port)]
    command += options
    going = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    made = Running(f"http://127.0.0.1:{port}")
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                made.get("/_journal")
                break
            time.sleep(0.1)
        yield made
    finally:
        going.terminate()
        going.wait(10)


def database(count: int, name: str) -> Path:
    """A fresh database with the first so many of the generated transcripts."""
    source = WORK / f"first{count}.jsonl"
    if not source.exists():
        with transcripts(10_000).open() as lines:
            source.write_text("".join(line for line, _ in zip(lines, range(count), strict=False)))
    kept = WORK / f"first{count}.db"
    if not kept.exists():
        ours("import", str(source), "--db", str(kept))
    shutil.copy(kept, fresh(name))
    return WORK / name


def judging(db: Path, address: str, slots: int, traits: tuple[str, ...] = TRAITS) -> list[str]:
    """The command that judges all of a database."""
    chosen = [part for one in traits for part in ("--trait", one)]
    return [
        "score", "--judge", MODEL, "--base-url", address, "--slots", str(slots), "--yes", "--json",
        "--db", str(db), *chosen,
    ]  # fmt: skip


def judge(db: Path, address: str, slots: int, traits: tuple[str, ...] = TRAITS) -> Cost:
    """Judge all of a database, in a process of its own."""
    command = judging(db, address, slots, traits)
    return cost([sys.executable, str(ROOT / "cli.py"), *command], **KEY)


# ---- the bars -----------------------------------------------------------------------------------------


def throughput(latency: float = 2.0) -> Iterator[Figure]:
    """Judgements a second, from the first request to the last answer, against what is possible."""
    for slots, count, bar in ((32, 160, 0.95), (128, 640, 0.85)):
        db = database(count, "rate.db")
        with server("--latency", str(latency), "--behaviour", "instant", "--no-bodies") as one:
            judge(db, one.address, slots)
            at = [e["at"] for e in one.get("/_journal") if e["path"] == "/v1/messages"]
        rate = len(at) / (max(at) + latency - min(at))
        share = rate / (slots / latency)
        told = f"{rate:.1f}/s, {share:.0%} of {slots / latency:.0f}/s ({len(at):,} calls)"
        yield Figure(f"{slots} in flight at {latency:g} s", told, f"{bar:.0%}", share >= bar)


def processor() -> Iterator[Figure]:
    """CPU of a stored judgement, all of the process, against Scout's LLM scanner."""
    script = str(HERE / "_scout_judge.py")
    if PEERS.exists() and not (WORK / "scoutdb").exists():
        imports = str(HERE / "_scout_import.py")
        cost([str(PEERS), imports, str(transcripts(10_000)), str(WORK / "scoutdb")])

    def mine() -> Cost:
        return judge(database(SCANNED, "cpu.db"), one.address, SLOTS)

    def scout() -> Cost:
        shutil.rmtree(WORK / "judged", ignore_errors=True)
        where = [str(WORK / "scoutdb"), str(WORK / "judged"), str(SCANNED)]
        return cost([str(PEERS), script, *where])

    with server("--behaviour", "instant", "--no-bodies") as one:
        seen = alternating(ROUNDS, *([mine, scout] if PEERS.exists() else [mine]))
    asked = json.loads(seen[0][0].out)["asked"]
    each = median(seen[0]) / asked * 1000
    told = f"{median(seen[0]):.1f} s CPU, {each:.2f} ms each, with start and plan"
    yield Figure(f"{asked:,} judgements, stored", told, "under 4 ms", each < 4)
    if PEERS.exists():
        theirs = median(seen[1]) / SCANNED * 1000
        told = f"{median(seen[1]):.1f} s CPU, {theirs:.1f} ms each (no HTTP)"
        ratio = theirs / each
        yield Figure(f"Scout's LLM scanner, {SCANNED:,}", told, f"8 times; {ratio:.1f}", ratio >= 8)
    else:
        yield Figure("Scout", "not measured: no peers (see benchmarks/__init__.py)")


def tokens() -> Iterator[Figure]:
    """What 16 traits on a transcript of 3,000 tokens cost, in tokens at the price of input."""
    WORK.mkdir(exist_ok=True)
    source = WORK / "long.jsonl"
    words = " ".join(f"word{n % 97}" for n in range(2_000))[:11_700]
    talk = [
        {"role": ("user", "assistant")[n % 2], "content": words[n * 1170 : (n + 1) * 1170]}
        for n in range(10)
    ]
    source.write_text(json.dumps({"messages": talk, "release": "r1"}) + "\n")
    for how, least in (("now", 0.30), ("batch", 0.17)):
        db = fresh(f"tokens-{how}.db")
        ours("import", str(source), "--db", str(db))
        with server("--behaviour", "instant", "--batch-wait", "0.5") as one:
            command = judging(db, one.address, 16, every_trait())
            batch = ["--batch"] if how == "batch" else []
            done = cost([sys.executable, str(ROOT / "cli.py"), *command, *batch], **KEY)
        usage = json.loads(done.out)["usage"]
        yield _token_figure(how, usage, spent(db), least)


def every_trait() -> tuple[str, ...]:
    """All shipped traits but the one on pairs: sixteen."""
    from rubrics import load_all

    return tuple(name for name, one in load_all().items() if one.level != "pair")


def spent(db: Path) -> dict[str, float]:
    """Input tokens by what they cost, of every call that was kept."""
    from store import Store

    found = {"fresh": 0.0, "5m": 0.0, "1h": 0.0, "read": 0.0, "calls": 0.0}
    for row in Store(db).rows("SELECT usage FROM calls"):
        usage = json.loads(row["usage"])
        split = usage.get("cache_creation") or {}
        found["fresh"] += usage["input_tokens"]
        found["5m"] += split.get("ephemeral_5m_input_tokens", 0)
        found["1h"] += split.get("ephemeral_1h_input_tokens", 0)
        found["read"] += usage.get("cache_read_input_tokens", 0)
        found["calls"] += 1
    return found


def _token_figure(how: str, usage: Any, by: dict[str, float], least: float) -> Figure:
    naive = by["fresh"] + by["5m"] + by["1h"] + by["read"]
    paid = by["fresh"] + 1.25 * by["5m"] + 2 * by["1h"] + 0.1 * by["read"]
    share = paid / naive * (0.5 if how == "batch" else 1)
    told = f"{share:.1%} of {naive:,.0f} tokens in {by['calls']:.0f} calls"
    named = "16 traits on 3,000 tokens" + (", batch, cache of an hour" if how == "batch" else "")
    return Figure(named, told, f"at most {least:.0%}", share <= least)


def killed() -> Iterator[Figure]:
    """kill -9 at random moments, taken up again each time."""
    db, rng = database(JUDGEMENTS // 4, "killed.db"), random.Random(7)
    with server("--behaviour", "instant", "--latency", "0.4", "--no-bodies") as one:
        kept: set[tuple[Any, ...]] = set()
        lost = 0
        kills = 0
        while kills < KILLS:
            if not _killed_once(db, one, rng):
                break
            kills += 1
            now = answers(db)
            lost += len(kept - now)
            kept = now
        judge(db, one.address, SLOTS)
        asked = sum(e["path"] == "/v1/messages" for e in one.get("/_journal"))
    now = answers(db)
    lost += len(kept - now)
    twice = len(now) - len({row[1:] for row in now})
    again = asked - len({row[1:] for row in now})
    told = f"{kills} kills, {lost} lost, {twice} twice, {again} asked again"
    held = kills == KILLS and not lost and not twice and again <= kills * SLOTS
    held = held and len(now) == JUDGEMENTS
    yield Figure(
        f"kill -9 in {JUDGEMENTS} judgements", told, f"0, 0, at most {KILLS} x {SLOTS}", held
    )


def _killed_once(db: Path, one: Running, rng: random.Random) -> bool:
    """Begin, wait for the first new request, kill at a random moment; False if it was done before."""
    before = len(one.get("/_journal"))
    command = [sys.executable, str(ROOT / "cli.py"), *judging(db, one.address, SLOTS)]
    quiet = subprocess.DEVNULL
    going = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **KEY}, stdout=quiet, stderr=quiet
    )
    while going.poll() is None and len(one.get("/_journal")) < before + 9:  # 8 are counts of tokens
        time.sleep(0.05)
    time.sleep(rng.uniform(0, 0.9))
    alive = going.poll() is None
    going.send_signal(signal.SIGKILL)
    going.wait()
    return alive


def answers(db: Path) -> set[tuple[Any, ...]]:
    """Every judgement that is kept: its call, transcript, trait and repeat."""
    from store import Store

    store = Store(db)
    rows = store.rows("SELECT key, transcript, rubric, repeat FROM calls WHERE step = 'rate'")
    found = {tuple(row) for row in rows}
    rated = store.rows("SELECT DISTINCT transcript, rubric, repeat FROM ratings r")
    assert {tuple(row) for row in rated} == {row[1:] for row in found}, "a call without its rating"
    store.close()
    return found


def memory() -> Iterator[Figure]:
    """Peak memory of a run of 1,000 and one of 50,000 judgements, to their ends."""
    traits = every_trait()[:10]
    peaks = []
    with server("--behaviour", "instant", "--no-bodies") as one:
        for count in (100, 5_000):
            done = judge(database(count, "memory.db"), one.address, 64, traits)
            assert json.loads(done.out)["asked"] >= count * 10
            peaks.append(done.peak)
    grown = peaks[1] / peaks[0] - 1
    told = f"{peaks[0]:.0f} MiB and {peaks[1]:.0f} MiB ({grown:+.0%})"
    yield Figure("memory at 1,000 and 50,000", told, "flat: within 20 %", abs(grown) < 0.2)
