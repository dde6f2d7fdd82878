"""The architecture: who may import whom. This dict is the house; docs/architecture.md prints it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

BELOW_THE_SCREEN = {
    "checked", "transcripts", "rubrics", "stats", "scorers", "reviews", "releases", "store",
}  # fmt: skip

HOUSE: dict[str, set[str]] = {
    "checked": set(),
    "stats": set(),
    "transcripts": {"checked"},
    "rubrics": {"checked"},
    "scorers": {"transcripts", "rubrics", "checked"},
    "reviews": {"transcripts", "rubrics", "stats", "checked"},
    "releases": {"transcripts", "rubrics", "stats", "checked"},
    "store": {"transcripts", "rubrics"},
    "viewer": {"transcripts", "rubrics"},
    "screens": {*BELOW_THE_SCREEN, "viewer"} - {"stats"},
    "commands": BELOW_THE_SCREEN,
    "cli": {"commands", "rubrics", "store"},
    "app": {"rubrics", "screens", "store"},
}

# Who alone may know a library.
OWNED = {
    "streamlit": {"app", "screens", "viewer"},
    "sqlite3": {"store"},
    "sqlite_utils": {"store"},
    "anthropic": {"scorers"},
}


def files() -> Iterator[tuple[str, Path]]:
    """(room, file) for every file of the house."""
    for room in HOUSE:
        single = ROOT / f"{room}.py"
        for path in [single] if single.exists() else sorted((ROOT / room).rglob("*.py")):
            yield room, path


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def test_the_table_has_no_circle() -> None:
    list(TopologicalSorter(HOUSE).static_order())


@pytest.mark.parametrize(("room", "path"), files(), ids=str)
def test_imports_run_downhill(room: str, path: Path) -> None:
    for name in imports(path):
        other = name.partition(".")[0]
        if other in HOUSE and other != room:
            assert other in HOUSE[room], f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize(("room", "path"), files(), ids=str)
def test_a_library_stays_with_its_owner(room: str, path: Path) -> None:
    for name in imports(path):
        owners = OWNED.get(name.partition(".")[0])
        assert owners is None or room in owners, f"{path.relative_to(ROOT)} imports {name}"


def test_the_judge_alone_knows_anthropic() -> None:
    for room, path in files():
        if "anthropic" in {name.partition(".")[0] for name in imports(path)}:
            assert room == "scorers" and "judge" in path.parts, path


def test_no_two_files_import_each_other() -> None:
    known = {module(path): path for _, path in files()}
    graph = {
        name: {other for other in imports(path) if other in known and other != name}
        - {name.rpartition(".")[0]}
        for name, path in known.items()
    }
    # A package's own __init__ may gather its files; the files then may not lean on it.
    list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", [path for _, path in files()], ids=str)
def test_files_and_functions_fit(path: Path) -> None:
    """A module of about 250 lines, a function that fits a screen, at most six parameters."""
    text = path.read_text("utf-8")
    assert text.count("\n") <= 275, "split it"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 56, f"{node.name} is too long"
            many = len(node.args.args) + len(node.args.kwonlyargs)
            assert many <= 7, f"{node.name} takes {many}: a noun is missing"


def test_data_beside_the_code_is_packaged() -> None:
    """A file that is read at run time and not named in pyproject is missing from an install."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    globs = told["tool"]["setuptools"]["package-data"]
    packed = {
        path
        for package, patterns in globs.items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    for room in HOUSE:
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                assert path in packed, path.relative_to(ROOT)


def test_the_docs_print_the_table() -> None:
    told = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for room, others in HOUSE.items():
        line = next((one for one in told.splitlines() if one.startswith(f"{room} ->")), None)
        assert line is not None, f"docs/architecture.md lacks '{room} ->'"
        assert set(line.partition("->")[2].split()) - {"nothing"} == others, line
