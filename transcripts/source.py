"""Where transcripts are read from: files, folders, `.gz` and `.zip`, one open stream at a time.

Nothing is ever unpacked to the disk under a name an archive chose, so a zip that climbs out of
its folder can only be refused, not obeyed.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from transcripts import zipping
from transcripts.peeking import first_records

HEAD_BYTES = 64 * 1024
BUFFER = 1 << 20
BOM = b"\xef\xbb\xbf"
LINES = (".jsonl", ".ndjson")
ZIP_MAGIC = b"PK\x03\x04"

Progress = Callable[[int], None]


class Unreadable(Exception):
    """A source that cannot be opened or decoded; the message says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that did not go in: the file, the place in it, and why, with the mend."""

    path: str
    where: str
    why: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.where, self.why) if part)


@dataclass
class Source:
    """One stream of bytes that may hold transcripts.

    `path` is the file on disk, `inner` the member where that file is an archive; `opener` gives a
    fresh stream from the start each time.
    """

    path: Path
    opener: Callable[[], IO[bytes]]
    inner: str = ""
    size: int | None = None
    on_disk: bool = True
    branches: bool = False
    """Whether the sides that a conversation was taken back from are wanted as well."""

    @property
    def name(self) -> str:
        """How people know it: `logs.zip > run/a.jsonl`."""
        return f"{self.path} > {self.inner}" if self.inner else str(self.path)

    @property
    def file_name(self) -> str:
        """The last part of the name, without `.gz`."""
        name = PurePosixPath(self.inner).name if self.inner else self.path.name
        return name[:-3] if name.lower().endswith(".gz") else name

    @property
    def suffix(self) -> str:
        """The lower-case ending, without `.gz`: `.jsonl`."""
        return PurePosixPath(self.file_name).suffix.lower()

    @property
    def stem(self) -> str:
        """The file's name without its ending: the release of last resort."""
        return PurePosixPath(self.file_name).stem

    @cached_property
    def head(self) -> bytes:
        """The first 64 kB: all that is read to tell a format."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def records(self) -> list[Any]:
        """The first JSON records of the head, a record cut off by its end as far as it goes.

        None are looked for in a text that does not begin as JSON, unless its name says lines: a
        letter that quotes some JSON is still a letter.
        """
        begins = self.head.removeprefix(BOM).lstrip()[:1]
        if begins not in (b"{", b"[") and self.suffix not in LINES:
            return []
        return first_records(self.head)

    @property
    def first(self) -> Any:
        """The first JSON record; None where the head is not JSON."""
        return self.records[0] if self.records else None

    @cached_property
    def is_array(self) -> bool:
        """Whether the head begins a JSON array."""
        return self.head.removeprefix(BOM).lstrip().startswith(b"[")

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes from the start; trouble on the way becomes `Unreadable`."""
        try:
            with self.opener() as stream:
                yield stream
        except zipping.BROKEN as error:
            raise Unreadable(explain(error)) from error

    @contextlib.contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """The bytes as a file that can be sought in; out of an archive, a temporary copy."""
        if self.on_disk and not self.inner and not self.path.name.lower().endswith(".gz"):
            with self.path.open("rb") as file:
                yield file
            return
        with self.open() as stream, tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(stream, copy, BUFFER)
            copy.seek(0)
            yield copy

    @classmethod
    def of_bytes(cls, data: bytes, name: str = "example") -> Source:
        """A source that is not on disk: an upload, or a format's own example."""
        return cls(Path(name), lambda: io.BytesIO(data), size=len(data), on_disk=False)


def explain(error: BaseException) -> str:
    """One plain sentence, with its mend, for what the system or an archive complained of."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "may not be read; change its permissions"
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return "the packed data end early or are damaged; copy or download the file again"
    if isinstance(error, zipfile.BadZipFile):
        return f"the zip is damaged ({error}); copy or download it again"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def sources(path: Path, progress: Progress | None = None) -> Iterator[Source | Refused]:
    """Each stream at a path: itself, a folder's files by name, a zip's members.

    Hidden files and folders are passed over. `progress` is told how many bytes were read from
    disk since it was last told.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden:
                yield from _of_file(file, progress)
    else:
        yield from _of_file(path, progress)


def _of_file(path: Path, progress: Progress | None) -> Iterator[Source | Refused]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        yield Refused(str(path), "", explain(error))
        return
    if magic == ZIP_MAGIC and path.suffix.lower() != ".eval":
        yield from _of_zip(path, progress)
        return

    def opener() -> IO[bytes]:
        raw = io.BufferedReader(_Counted(path, progress), BUFFER)
        return _gunzip(raw) if path.name.lower().endswith(".gz") else raw

    yield Source(path, opener, size=size)


def _of_zip(path: Path, progress: Progress | None) -> Iterator[Source | Refused]:
    try:
        with zipping.open_archive(_Counted(path, progress)) as archive:
            if zipping.explodes(archive, path.stat().st_size):
                yield Refused(str(path), "", "a zip bomb; unpack it yourself if you trust it")
                return
            for info in archive.infolist():
                name = info.filename
                if info.is_dir() or PurePosixPath(name).name.startswith((".", "__MACOSX")):
                    continue
                if why := zipping.danger(info) or _nested(name):
                    yield Refused(str(path), f"member {name}", why)
                    continue
                yield Source(path, _member_opener(archive, info), name, info.file_size)
    except zipfile.BadZipFile as error:
        yield Refused(str(path), "", f"{explain(error)}; the members that are whole were read")
        yield from _salvaged(path)
    except OSError as error:
        yield Refused(str(path), "", explain(error))


def _salvaged(path: Path) -> Iterator[Source]:
    with path.open("rb") as file:
        for name, content in zipping.salvage(file):
            if content:
                yield Source(path, _constant(content), name, len(content), on_disk=False)


def _constant(content: bytes) -> Callable[[], IO[bytes]]:
    return lambda: io.BytesIO(content)


def _nested(name: str) -> str | None:
    return "a zip inside a zip; unpack it first" if name.lower().endswith(".zip") else None


def _member_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def opener() -> IO[bytes]:
        stream = zipping.open_member(archive, info)
        return _gunzip(stream) if info.filename.lower().endswith(".gz") else stream

    return opener


def _gunzip(stream: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="rb"))


class _Counted(io.FileIO):
    """A file that tells how many bytes were read from it."""

    def __init__(self, path: Path, progress: Progress | None) -> None:
        super().__init__(path, "rb")
        self._progress = progress

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer) or 0
        if self._progress:
            self._progress(count)
        return count

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size) or b""
        if self._progress:
            self._progress(len(data))
        return data
