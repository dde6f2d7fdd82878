"""The small language of mappings: `{column}` is a cell, `{push.Text}` a cell of a joined table."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.records import Broken

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_MISSING = object()


def names(template: str) -> list[str]:
    """The cells a template asks for."""
    return PLACEHOLDER.findall(template)


def lookup(row: Mapping[str, Any], path: str) -> Any:
    """The cell at a path; a key that itself holds dots is tried first. Raises `Broken`."""
    found = _lookup(row, path)
    if found is _MISSING:
        raise Broken(_missing(row, path))
    return found


def _lookup(row: Any, path: str) -> Any:
    if isinstance(row, Mapping) and path in row:
        return row[path]
    head, dot, rest = path.partition(".")
    if not dot:
        if isinstance(row, list) and head.isdigit() and int(head) < len(row):
            return row[int(head)]
        return _MISSING
    inner = _lookup(row, head)
    return _MISSING if inner is _MISSING else _lookup(inner, rest)


def check(paths: list[str], row: Mapping[str, Any]) -> None:
    """Raises `Broken` naming the first column that the mapping wants and the row has not."""
    for path in paths:
        if _lookup(row, path) is _MISSING:
            raise Broken(_missing(row, path))


def _missing(row: Mapping[str, Any], path: str) -> str:
    table, dot, _ = path.partition(".")
    inner = row.get(table) if dot else None
    there = inner if isinstance(inner, Mapping) else row
    columns = ", ".join(str(key) for key in list(there)[:20])
    return f"the mapping names the column {path!r}, which is not there; there are: {columns}"


def value(template: Any, row: Mapping[str, Any]) -> Any:
    """A template's value: the cell itself, with its type, where the template is one placeholder."""
    if not isinstance(template, str):
        return template
    only = PLACEHOLDER.fullmatch(template)
    return lookup(row, only[1]) if only else text(template, row)


def text(template: str, row: Mapping[str, Any]) -> str:
    """A template with its cells filled in; an empty cell is an empty text."""

    def cell(match: re.Match[str]) -> str:
        found = lookup(row, match[1])
        return "" if found is None else str(found)

    return PLACEHOLDER.sub(cell, template)


def loops(each: Mapping[str, list[Any]]) -> Iterator[dict[str, str]]:
    """The values of `$n`, `$k` ... in each round; one empty round where there is no loop."""
    if not each:
        yield {}
        return
    for values in zip(*each.values(), strict=False):
        yield {name: str(one) for name, one in zip(each, values, strict=True)}


def substitute(template: str, values: Mapping[str, str]) -> str:
    """The template with `$n` replaced by this round's value."""
    for name, one in values.items():
        template = template.replace(f"${name}", one)
    return template


def number(cell: Any, item: int | None, values: Mapping[str, float] | None) -> float | Any:
    """The cell as a float; the cell itself, where it is no number and `values` has none for it.

    `item` picks one of a list, which may be written as text: `"[0.0, 3.0, 5.0]"`.
    """
    if item is not None:
        if isinstance(cell, str):
            try:
                cell = json.loads(cell)
            except ValueError:
                return cell
        cell = cell[item] if isinstance(cell, list) and item < len(cell) else None
    if values is not None:
        return float(values[str(cell)]) if str(cell) in values else cell
    if isinstance(cell, bool) or cell is None:
        return cell
    try:
        found = float(cell)
    except (TypeError, ValueError):
        return cell
    return found if math.isfinite(found) else cell
