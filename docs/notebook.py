"""Run docs/notebook.ipynb and keep what its cells print: `python docs/notebook.py`.

A Jupyter server does the same; this needs none, and a test runs it to see that nothing has changed.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NOTEBOOK = HERE / "notebook.ipynb"
sys.path.insert(0, str(HERE.parent))


def run(cells: list[dict[str, Any]]) -> list[str]:
    """The cells one after another in one namespace; what each code cell printed and ended with.

    An error in a cell is raised with the number of that cell.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    told = []
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] != "code":
            continue
        try:
            told.append(_cell("".join(cell["source"]), space))
        except Exception as error:
            error.add_note(f"in cell {number} of the notebook")
            raise
    return told


def _cell(source: str, space: dict[str, Any]) -> str:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(tree, "<cell>", "exec"), space)
        value = None
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space)
    shown = value.to_string() if hasattr(value, "to_string") else ""  # a plot is drawn, not told
    return out.getvalue() + shown


def kept(cells: list[dict[str, Any]]) -> list[str]:
    """What the notebook says its code cells print."""
    return [
        "".join(text for output in cell["outputs"] for text in output["text"])
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def load() -> dict[str, Any]:
    """The notebook as JSON."""
    found: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Run the notebook and write what it prints into it."""
    book = load()
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    for number, (cell, text) in enumerate(zip(code, run(book["cells"]), strict=True), start=1):
        lines = text.splitlines(keepends=True)
        stream = {"name": "stdout", "output_type": "stream", "text": lines}
        cell.update(execution_count=number, outputs=[stream] if lines else [])
    NOTEBOOK.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
