"""`python -m benchmarks`: every one is listed and told of; a wrong name and a failure are said."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import Figure, __main__, gating
from tests.conftest import ROOT


def bench(*names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *names],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_help_lists_every_benchmark_and_the_readme_tells_of_each() -> None:
    done = bench("--help")
    assert done.returncode == 0, done.stderr
    listed = set(re.findall(r"^    (\w+)  +\S", done.stdout, re.M))
    modules = (ROOT / "benchmarks").glob("*.py")
    assert listed == {one.stem for one in modules if "\ndef run(" in one.read_text("utf-8")}
    told = Path(ROOT / "benchmarks" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.*?) \|", told, re.M)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == listed


def test_a_name_that_is_none_is_said_and_nothing_runs() -> None:
    done = bench("serching")
    assert done.returncode == 2 and done.stdout == ""
    assert "no benchmark 'serching'; there are: comparing" in done.stderr


def test_one_that_fails_does_not_end_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails():  # type: ignore[no-untyped-def]
        yield Figure("first", "1", "1", True)
        raise RuntimeError("no browser\nand more")

    monkeypatch.setattr(gating, "run", fails)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "gating"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "FAILED: RuntimeError: no browser" in said.out and "and more" in said.err
