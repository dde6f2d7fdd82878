"""Starting a judge from the app: its price first, then a process of its own.

The command line does both, so that the app and a shell ask the same; what it starts goes on when
the browser or the app is closed, and writes what it does into the database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from store import Store
from store.runs import runs

CLI = Path(__file__).parent.parent / "cli.py"
PATIENCE = 60.0
"""Seconds that a run may take until it stands in the book."""

_children: list[subprocess.Popen[bytes]] = []


class NotStarted(Exception):
    """Why nothing was started or priced: the command's own sentence."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a judge is to be asked, as the page's address has it."""

    model: str
    base_url: str = ""
    traits: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    repeats: int = 1
    max_cost: float | None = None
    batch: bool = False

    def arguments(self) -> Iterator[str]:
        """The order as the options of `score`."""
        yield from ("score", "--judge", self.model, "--repeats", str(self.repeats))
        if self.base_url:
            yield from ("--base-url", self.base_url)
        for trait in self.traits:
            yield from ("--trait", trait)
        for release in self.releases:
            yield from ("--release", release)
        if self.max_cost is not None:
            yield from ("--max-cost", str(self.max_cost))
        if self.batch:
            yield "--batch"


def priced(store: Store, order: Order, key: str) -> dict[str, Any]:
    """What the order would ask and cost. Raises `NotStarted`."""
    command = _command(store, [*order.arguments(), "--plan", "--json"])
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=_environment(key), cwd=_home(),
            stdin=subprocess.DEVNULL, timeout=10 * PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NotStarted("the price could not be worked out in ten minutes") from error
    if done.returncode != 0:
        raise NotStarted(_why(done.stdout, done.stderr))
    told: dict[str, Any] = json.loads(done.stdout)["plan"]
    return told


def started(store: Store, order: Order, key: str) -> int:
    """Begin a run; its number. Raises `NotStarted`."""
    return _begun(store, [*order.arguments(), "--yes", "--json"], key, again=None)


def resumed(store: Store, run: int, key: str) -> int:
    """Take up a run where it stopped; its number. Raises `NotStarted`."""
    return _begun(store, ["resume", str(run), "--yes", "--json"], key, again=run)


def _begun(store: Store, arguments: list[str], key: str, again: int | None) -> int:
    """Start the process and wait until its run stands in the book, or until it has ended."""
    last = max((one.key for one in runs(store, 1)), default=0)
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            _command(store, arguments), env=_environment(key), cwd=_home(),
            stdin=subprocess.DEVNULL, stdout=out, stderr=said,
            start_new_session=True,  # it outlives this app, and Ctrl-C in its shell
        )  # fmt: skip
        _children[:] = [one for one in _children if one.poll() is None]
        _children.append(child)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := _in_the_book(store, last, again):
                return found
            if child.poll() is not None:
                break
            time.sleep(0.2)
        if found := _in_the_book(store, last, again):
            return found
        raise NotStarted(_why(_read(out), _read(said)) or "the run has nothing left to ask")


def _in_the_book(store: Store, last: int, again: int | None) -> int | None:
    for one in runs(store, 5):
        if one.key == again and one.state == "running":
            return one.key
        if again is None and one.key > last and one.kind == "judge":
            return one.key
    return None


def _command(store: Store, arguments: list[str]) -> list[str]:
    folders = [one for one in os.environ.get("TRAITBOOK_RUBRICS", "").split(os.pathsep) if one]
    if arguments[0] == "score":
        arguments = [*arguments, *(part for one in folders for part in ("--rubrics", one))]
    return [sys.executable, str(CLI), *arguments, "--db", str(Path(store.path).resolve())]


def _environment(key: str) -> dict[str, str]:
    """The key goes by the environment: others on this machine can see a command line."""
    return {**os.environ, **({"ANTHROPIC_API_KEY": key} if key else {})}


def _home() -> str | None:
    """Where `traitbook serve` was called: its `.env` holds the key."""
    return os.environ.get("TRAITBOOK_HOME") or None


def _read(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read()[-4000:].decode("utf-8", "replace")


def _why(out: str, said: str) -> str:
    """Why a command did not do it: what it put into its JSON, else the last thing it said."""
    try:
        told = json.loads(out).get("stopped")
    except (ValueError, AttributeError):
        told = None
    return str(told) if told else _sentence(said)


def _sentence(text: str) -> str:
    """The last thing a command said, without click's usage lines."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ") if lines else ""
