"""What the tests share: real files, a real database, the real examples."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rubrics import Rubric, load_all
from store import Store
from store.adding import add
from transcripts import Message, Transcript, read

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("TRAITBOOK_SHARED") or ROOT.parent / "shared") / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data made by others; a user's machine has none."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def rubrics() -> dict[str, Rubric]:
    return load_all()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "t.db")
    yield made
    made.close()


@pytest.fixture
def talk() -> Callable[..., Transcript]:
    """A transcript from alternating words: talk("Is 91 prime?", "No.", release="r2")."""

    def made(*said: str, **given: Any) -> Transcript:
        roles = ("user", "assistant")
        messages = tuple(Message.plain(roles[i % 2], text) for i, text in enumerate(said))  # type: ignore[arg-type]
        given = {"release": "r1", "scenario": "s1", **given}
        return Transcript(messages, **given)

    return made


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory, rubrics: dict[str, Rubric]) -> Path:
    """A database with the shipped examples in it, rated by the signals; not to be written to."""
    path = tmp_path_factory.mktemp("examples") / "examples.db"
    made = Store(path)
    added = add(made, read(ROOT / "examples" / "transcripts"), rubrics)
    assert not added.refused
    made.close()
    done = traitbook("score", "--signals", "--db", str(path))
    assert done.returncode == 0, done.stderr
    return path


def traitbook(
    *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=300,
    )


def said_json(done: subprocess.CompletedProcess[str]) -> Any:
    """The one JSON value a command printed."""
    return json.loads(done.stdout)
