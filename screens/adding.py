"""What the page for new transcripts does: uploads on disk, looked at first, then imported."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import checked
from rubrics import Rubric
from store import Store
from store.adding import Added, add
from transcripts import Options, Refused, Source, Transcript, Unreadable, read
from transcripts import mapping as mappings
from transcripts.previewing import Preview, previews
from transcripts.proposing import Looked, look_at

TABLES = (".csv", ".tsv", ".parquet")
RECORDS = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Looks:
    """An upload before it is kept: what its streams would give, and what a mapping could read."""

    previews: tuple[Preview, ...]
    looked: Looked | None = None

    @property
    def fits(self) -> bool:
        """Whether a format recognises it and reads something of it."""
        return any(one.fits for one in self.previews)


@contextlib.contextmanager
def on_disk(file: Any) -> Iterator[Path]:
    """An upload as a file, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file.name).name or "upload")
        with path.open("wb") as out:
            out.write(file.getbuffer())
        yield path


def look(file: Any, options: Options) -> Looks:
    """What an upload would give; where that is nothing, its records for a mapping to be made."""
    with on_disk(file) as path:
        found = tuple(_named(one, path) for one in previews(path, options))
        if not _unknown(found, path.suffix.lower()):
            return Looks(found)
        with contextlib.suppress(Unreadable):
            return Looks(found, look_at(Source(path, lambda: path.open("rb"))))
    return Looks(found)


def _unknown(found: tuple[Preview, ...], suffix: str) -> bool:
    """Whether a mapping could help: no format read it, and none knows why there is nothing."""
    if any(one.fits for one in found):
        return False
    return suffix in TABLES or (suffix in RECORDS and not any(one.format for one in found))


def _named(one: Preview, path: Path) -> Preview:
    """Named as the person named it, and not as it lies here."""
    refused = tuple(_clean(item, path) for item in one.refused)
    return replace(one, name=_plain(one.name, path), refused=refused)


def _clean(item: Refused, path: Path) -> Refused:
    return replace(item, path=_plain(item.path, path))


def _plain(text: str, path: Path) -> str:
    return text.replace(f"{path.parent}/", "")


def mapping_of(text: str, name: str = "mapping") -> mappings.Mapping:
    """A mapping written as YAML. Raises `checked.Mistakes` with line, key and mend."""
    return checked.parse(text, mappings.Mapping, name)


def bring_in(
    store: Store, rubrics: Mapping[str, Rubric], files: list[tuple[Any, Options]]
) -> Added:
    """Import uploads, each read in its own way."""
    items = (item for file, options in files for item in _items(file, options))
    return add(store, items, rubrics, paths=[file.name for file, _ in files])


def _items(file: Any, options: Options) -> Iterator[Transcript | Refused]:
    with on_disk(file) as path:
        for item in read(path, options):
            if isinstance(item, Refused):
                yield _clean(item, path)
            else:
                yield replace(item, source=_plain(item.source, path))
