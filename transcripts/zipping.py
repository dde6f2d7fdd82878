"""Zip members as `zipfile` does not give them: packed by zstd, or in an archive cut short."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, BinaryIO

import zstandard

ZSTD = 93  # the zip method number; Python reads it itself from 3.14 on
LOCAL_HEADER = b"PK\x03\x04"
MAX_RATIO = 500
MAX_SMALL = 64 << 20
MAX_TOTAL = 8 << 30
CHUNK = 1 << 20

BROKEN = (
    zipfile.BadZipFile, OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError,
    zstandard.ZstdError,
)  # fmt: skip
"""What reading packed data raises where they are damaged, locked or packed in an unknown way."""

DAMAGED = (
    zipfile.BadZipFile,
    struct.error,
    ValueError,
    OverflowError,
    NotImplementedError,
    EOFError,
)
"""What opening an archive raises where its directory is: bad names, offsets, lengths."""


def open_archive(file: IO[bytes] | str) -> zipfile.ZipFile:
    """The archive, opened. Raises `BadZipFile`, whatever is wrong with its directory."""
    try:
        return zipfile.ZipFile(file)
    except DAMAGED as error:
        raise zipfile.BadZipFile(str(error)) from error


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """The member's bytes as a stream, however they are packed (deflate, bzip2, lzma, zstd)."""
    if info.compress_type != ZSTD:
        try:
            return archive.open(info)
        except DAMAGED as error:
            raise zipfile.BadZipFile(str(error)) from error
    # zipfile refuses method 93 before it finds the data, so the local header is stepped over here.
    file = archive.fp
    assert file is not None
    file.seek(info.header_offset)
    header = file.read(30)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(name_length + extra_length, io.SEEK_CUR)
    packed = io.BytesIO(file.read(info.compress_size))
    return zstandard.ZstdDecompressor().stream_reader(packed, closefd=True)


def danger(info: zipfile.ZipInfo) -> str | None:
    """Why a member must not be opened, or None: a climbing name, a bomb, a lock."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]:
        return "its name climbs out of the archive; pack the files again without '..' or a root"
    if info.file_size > MAX_SMALL and info.file_size > MAX_RATIO * max(1, info.compress_size):
        return (
            f"unpacks to {info.file_size:,} bytes from {info.compress_size:,}, which is what a zip "
            "bomb does; unpack it yourself if you trust it"
        )
    if info.flag_bits & 0x1:
        return "is encrypted; unpack it with its password first"
    return None


def explodes(archive: zipfile.ZipFile, packed_size: int) -> bool:
    """Whether all members together unpack to more than any honest archive of this size does."""
    total = sum(info.file_size for info in archive.infolist())
    return total > MAX_TOTAL and total > MAX_RATIO * max(1, packed_size)


def salvage(file: BinaryIO) -> Iterator[tuple[str, bytes | None]]:
    """Each (name, content) of an archive without a central directory, in file order.

    A zip that was cut off in the middle still begins each member with a local header, and packed
    data know their own end, so all whole members can be had. Content is None for a member that is
    not whole; after it the search goes on at the next header.
    """
    position = 0
    while True:
        position = _find_header(file, position)
        if position < 0:
            return
        file.seek(position)
        header = file.read(30)
        if len(header) < 30:
            return
        (method,) = struct.unpack("<H", header[8:10])
        packed, _, name_length, extra_length = struct.unpack("<IIHH", header[18:30])
        name = file.read(name_length).decode("utf-8", "replace")
        file.seek(extra_length, io.SEEK_CUR)
        start = file.tell()
        content = _unpack(file, method, packed)
        yield name, content
        position = file.tell() if content is not None else start


def _find_header(file: BinaryIO, position: int) -> int:
    file.seek(position)
    tail = b""
    while chunk := file.read(CHUNK):
        window = tail + chunk
        found = window.find(LOCAL_HEADER)
        if found >= 0:
            return position - len(tail) + found
        position += len(chunk)
        tail = window[-3:]
    return -1


def _unpack(file: BinaryIO, method: int, packed: int) -> bytes | None:
    """The member's content, the file left behind its packed data; None where it is not whole."""
    start = file.tell()
    if method == zipfile.ZIP_STORED:
        content = file.read(packed)
        return content if len(content) == packed else None
    if method == zipfile.ZIP_DEFLATED:
        unpacker = zlib.decompressobj(-15)
    elif method == ZSTD:
        unpacker = zstandard.ZstdDecompressor().decompressobj()  # type: ignore[assignment]
    else:
        return None
    out = bytearray()
    try:
        while not unpacker.eof:
            chunk = file.read(CHUNK)
            if not chunk:
                return None
            out += unpacker.decompress(chunk)
            if len(out) > MAX_SMALL * 8:
                return None
    except (zlib.error, zstandard.ZstdError):
        return None
    file.seek(file.tell() - len(unpacker.unused_data))
    return bytes(out) if file.tell() > start else None
