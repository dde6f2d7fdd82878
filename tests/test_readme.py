"""What the README says is so: its commands run in a clean copy, what it names is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from store import Store
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
NO_INDEX = ("No matching distribution", "Temporary failure", "Connection", "ConnectTimeout")


def commands() -> list[str]:
    """The commands in the README's first block of code."""
    block = README.split("```")[1]
    return [line.partition("#")[0].strip() for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is in the repository, with an environment that sees the packages of ours."""
    made = tmp_path_factory.mktemp("clone") / "traitbook"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git repository: what belongs to it is not known")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run([sys.executable, "-m", "venv", str(made / ".venv")], check=True, timeout=120)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    lent = made / ".venv" / "lib" / version / "site-packages" / "lent.pth"
    lent.write_text(sysconfig.get_path("purelib") + "\n")
    return made


def run(command: str, where: Path) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TRAITBOOK", "PYTHON", "MAKE"))}
    done = subprocess.run(
        command,
        shell=True,
        cwd=where,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    told = done.stdout + done.stderr
    if done.returncode and any(sign in told for sign in NO_INDEX):
        pytest.skip("pip reaches no package index here")
    assert done.returncode == 0, told[-3000:]
    return told


def test_the_two_commands_run_and_run_again(clean: Path) -> None:
    assert commands() == ["make demo", "make test"]
    told = run("make demo DEMO_FLAGS=--no-open", clean)
    assert "129 synthetic example transcripts" in told and "(129 new)" in told
    assert "(0 new)" in run("make demo DEMO_FLAGS=--no-open", clean)
    made = Store(clean / "demo.db")
    assert made.one("SELECT count(DISTINCT transcript) FROM ratings") == 129
    made.close()
    for _ in range(2):
        assert re.search(r"\d+ passed", run("make test TEST_FLAGS=tests/test_house.py", clean))


def test_what_it_links_and_names_is_there() -> None:
    links = [one for one in re.findall(r"\]\(([^)]+)\)", README) if "://" not in one]
    paths = re.findall(r"`([\w/.]+/[\w/.]*|[\w/]+\.(?:md|py))`", README)
    assert links and len(paths) > 5
    named = [*links, *(one for one in paths if not one.startswith(".venv"))]
    assert not [one for one in named if not (ROOT / one).exists()]


def test_its_tree_is_the_repository_s() -> None:
    tree = README.split("```")[-2]
    told = {line.split()[0].rstrip("/") for line in tree.strip().splitlines() if line[0] != " "}
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git repository")
    there = {line.split("/")[0] for line in listed.stdout.splitlines()}
    rooms = {one for one in there if (ROOT / one).is_dir() and one[0] != "."}
    assert rooms - told == {"commands"}, "a room the README's tree does not name"
    assert told <= there | {"tests"}
