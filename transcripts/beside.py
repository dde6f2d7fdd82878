"""Files that stand beside another: judgements by their transcripts, questions by answers."""

from __future__ import annotations

import io
import posixpath
from pathlib import PurePosixPath

from transcripts import zipping
from transcripts.source import Source

MAX_BESIDE = 256 << 20


def beside(source: Source, name: str) -> Source | None:
    """The file of this name (`x.json`, `../x.json`) seen from a source's folder; None without one.

    For a member of a zip the other members are looked at; an upload has nothing beside it.
    """
    if not source.on_disk:
        return None
    if source.inner:
        return _member(source, name)
    path = source.path.parent / name
    return (
        Source(path, lambda: io.FileIO(path), size=path.stat().st_size) if path.is_file() else None
    )


def _member(source: Source, name: str) -> Source | None:
    inner = posixpath.normpath(str(PurePosixPath(source.inner).parent / name))
    try:
        with zipping.open_archive(str(source.path)) as archive:
            info = archive.getinfo(inner)
            if zipping.danger(info) or info.file_size > MAX_BESIDE:
                return None
            with zipping.open_member(archive, info) as stream:
                data = stream.read()
    except (KeyError, *zipping.BROKEN):
        return None
    return Source(source.path, lambda: io.BytesIO(data), inner, len(data))
