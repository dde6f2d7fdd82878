"""The notebook runs from its first cell to its last, and what it shows is what comes out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def notebook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebook", ROOT / "docs" / "notebook.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_runs_and_prints_what_it_says(
    notebook: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT / "docs")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    cells: list[dict[str, Any]] = notebook.load()["cells"]
    assert notebook.run(cells) == notebook.kept(cells), "run `make docs` and read what changed"
    told = "\n".join(notebook.kept(cells))
    for shown in ("transcripts, 0 refused", "alpha", "not_applicable", "difference", "scenarios"):
        assert shown in told


def test_a_cell_that_fails_is_named(notebook: ModuleType) -> None:
    cells = [
        {"cell_type": "code", "source": ["x = 1\n", "x"]},
        {"cell_type": "code", "source": ["1 / 0"]},
    ]
    with pytest.raises(ZeroDivisionError) as caught:
        notebook.run(cells)
    assert "cell 2" in caught.value.__notes__[0]
