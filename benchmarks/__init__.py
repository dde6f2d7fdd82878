"""What it costs, against a bar or a neighbour, both sides alternating in one run.

    make bench                                 all of it (about half an hour on two cores)
    python -m benchmarks importing searching   only these

Each module here with `run(work)` is a benchmark and yields `Figure`s. The neighbour is Inspect
Scout, in a virtual environment of its own: `python -m venv benchmarks/.work/peers` and there
`pip install inspect-scout inspect-ai`; without it only our side is measured, and that is said.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parent
WORK = HERE / ".work"
SHARED = Path(os.environ.get("TRAITBOOK_SHARED") or ROOT.parent / "shared")
PEERS = Path(os.environ.get("TRAITBOOK_PEERS") or WORK / "peers") / "bin" / "python"


class Figure(NamedTuple):
    """One measured thing: what, the figure, the bar it is held against, whether it holds."""

    what: str
    seen: str
    bar: str = ""
    holds: bool | None = None


class Cost(NamedTuple):
    """What a process used: CPU seconds (user and system), peak memory in MiB, what it said."""

    cpu: float
    peak: float
    out: str


def cost(command: list[str], **env: str) -> Cost:
    """Run a command to its end and measure it alone. Raises RuntimeError where it fails."""
    going = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, **env},
    )  # fmt: skip
    assert going.stdout and going.stderr
    out = going.stdout.read()
    error = going.stderr.read()
    _, status, used = os.wait4(going.pid, 0)
    going.returncode = os.waitstatus_to_exitcode(status)
    if going.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{out[-2000:]}{error[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out)


def ours(*arguments: str) -> Cost:
    """Our command line, in a process of its own."""
    return cost([sys.executable, str(ROOT / "cli.py"), *arguments])


def alternating(rounds: int, *sides: Callable[[], Cost]) -> list[list[Cost]]:
    """Each side in turn, `rounds` times: drift of the machine meets both alike."""
    seen: list[list[Cost]] = [[] for _ in sides]
    for _ in range(rounds):
        for index, side in enumerate(sides):
            seen[index].append(side())
    return seen


def median(costs: list[Cost], what: str = "cpu") -> float:
    """The median of one part of some costs."""
    return statistics.median(getattr(one, what) for one in costs)


def transcripts(count: int) -> Path:
    """A JSON Lines file of that many transcripts, 10 messages of 300 characters; made once.

    By the shared generator where it is there, so that both sides read what others measured too.
    """
    WORK.mkdir(exist_ok=True)
    path = WORK / f"t{count}.jsonl"
    if path.exists():
        return path
    generator = SHARED / "bench" / "scout" / "gen.py"
    if generator.exists():
        subprocess.run([sys.executable, str(generator), str(count), str(path)], check=True)
    else:
        _generate(count, path)
    return path


WORDS = [
    "the",
    "a",
    "model",
    "user",
    "plan",
    "code",
    "test",
    "result",
    "because",
    "however",
    "maybe",
    "think",
    "great",
    "question",
    "absolutely",
    "right",
    "sorry",
    "disagree",
    "evidence",
    "suggests",
    "consider",
    "risk",
    "doctor",
    "medicine",
    "invest",
    "idea",
    "brilliant",
    "honest",
    "feedback",
    "flaw",
    "error",
    "fix",
    "data",
    "release",
    "version",
    "answer",
    "explain",
    "please",
    "help",
    "draft",
    "letter",
]


def _generate(count: int, path: Path) -> None:
    rng = random.Random(7)
    with path.open("w") as out:
        for n in range(count):
            messages = [
                {"role": "assistant" if k % 2 else "user",
                 "content": " ".join(rng.choices(WORDS, k=55))[:300]}
                for k in range(10)
            ]  # fmt: skip
            told = {"id": f"t{n:06d}", "model": f"model-v{n % 3}", "task": f"scenario{n % 50}"}
            out.write(json.dumps({**told, "messages": messages}) + "\n")


def database(count: int) -> Path:
    """A database with that many transcripts in it; made once."""
    path = WORK / f"t{count}.db"
    if not path.exists():
        ours("import", str(transcripts(count)), "--db", str(path))
    return path


def fresh(name: str) -> Path:
    """The path of a database that is not there (any more)."""
    path = WORK / name
    for one in WORK.glob(f"{name}*"):
        one.unlink()
    return path
