"""Print what is read of every file in a folder, and why what is not read is refused.

    python docs/format_table.py FOLDER

A line each: file, format, transcripts, messages, ratings, refused, why. A file that more than one
format claims is marked; there must be none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from transcripts import Refused, Source, read_source
from transcripts.formats import formats
from transcripts.source import sources


class Line(NamedTuple):
    """What became of one file."""

    file: str
    format: str
    transcripts: int = 0
    messages: int = 0
    ratings: int = 0
    refused: int = 0
    why: str = ""


def table(folder: Path) -> Iterator[Line]:
    """A line for each stream in the folder, in the order of names."""
    for source in sources(folder):
        if isinstance(source, Refused):
            yield Line(_short(source.path, folder), "", refused=1, why=source.why)
        else:
            yield line(source, folder)


def line(source: Source, folder: Path) -> Line:
    """What is read of one stream."""
    claims = [name for name, fmt in formats().items() if fmt.recognises(source)]
    counts = [0, 0, 0, 0]
    why = ""
    for item in read_source(source):
        if isinstance(item, Refused):
            counts[3] += 1
            why = why or f"{item.where}: {item.why}".removeprefix(": ")
        else:
            counts[0] += 1
            counts[1] += len(item.messages)
            counts[2] += len(item.scores)
    return Line(_short(source.name, folder), " AND ".join(claims), *counts, why)


def _short(name: str, folder: Path) -> str:
    return name.removeprefix(f"{folder}/")


if __name__ == "__main__":
    print("| file | format | transcripts | messages | ratings | refused | why |")
    print("|---|---|---:|---:|---:|---:|---|")
    for one in table(Path(sys.argv[1])):
        print(f"| {' | '.join(str(cell).replace('|', '/') for cell in one)} |")
