"""Second tables that a mapping reads beside the first: push-backs, judges' rows."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from transcripts.records import Broken
from transcripts.source import Refused, Source, Unreadable
from transcripts.tables import rows


class Joined:
    """The joined tables of one source, each read once; `widen` puts their cells into a row."""

    def __init__(self, source: Source, joins: Mapping[str, tuple[str, str | dict[str, str]]]):
        self.file = {"stem": source.stem, "parent": source.path.parent.name, "file": source.name}
        self._folder = source.path.parent
        self._joins = joins

    def widen(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        """The row with {row}, {stem}, {parent} and, by the join's name, the row of each join.

        Raises `Broken` where a joined file cannot be read or holds no row for this one.
        """
        wide = {**self.file, "row": number, **row}
        for name, (file, on) in self._joins.items():
            wide[name] = self._partner(name, file, on, wide)
        return wide

    def _partner(self, name: str, file: str, on: str | dict[str, str], row: dict[str, Any]) -> Any:
        filled = re.sub(r"\{(\w+)\}", lambda m: str(row.get(m[1], m[0])), file)
        path = (self._folder / filled).resolve()
        if on == "row":
            table = _table(path)
            if row["row"] > len(table):
                raise Broken(f"{path.name} has {len(table)} rows, none for row {row['row']}")
            return table[row["row"] - 1]
        ours, theirs = next(iter(on.items())) if isinstance(on, dict) else (on, on)
        partner = _index(path, theirs).get(str(row.get(ours)))
        if partner is None:
            raise Broken(f"{path.name} has no row whose {theirs} is {str(row.get(ours))[:60]!r}")
        return partner


@cache
def _table(path: Path) -> list[dict[str, Any]]:
    source = Source(path, lambda: io.FileIO(path))
    table = []
    try:
        for item in rows(source):
            if isinstance(item, Refused):
                raise Broken(str(item))
            table.append(item[1])
    except (Unreadable, OSError) as error:
        raise Broken(f"the joined file {path.name} cannot be read: {error}") from error
    return table


@cache
def _index(path: Path, column: str) -> dict[str, dict[str, Any]]:
    return {str(row.get(column)): row for row in _table(path)}
