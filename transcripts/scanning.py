"""Values found in a stream of JSON by their path, as raw bytes, without building the rest.

Values are told apart by brackets and quotes alone and decoded one by one, so an odd number (`NaN`,
thirty digits) or a broken value costs that value and not those after it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import IO, Any, Literal

CHUNK = 1 << 20
LONGEST = 256 << 20
LONGEST_KEY = 4 << 20

Path = tuple[str | int, ...]
Verdict = Literal["give", "enter", "skip"]
Choose = Callable[[Path], Verdict]

# Possessive, so that a long text is passed over in one step and never tried again.
_INSIDE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
_BETWEEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
_REST = re.compile(rb'(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*+")
_OPENS, _CLOSES, _QUOTE = b"[{", b"]}", ord('"')


class Malformed(ValueError):
    """What stands in the stream cannot be JSON; nothing after it can be told apart."""


class CutOff(Malformed):
    """The stream ends in the middle of a value."""


class TooLong(ValueError):
    """A value that is longer than `LONGEST` bytes; it was passed over, the stream goes on."""


def values(stream: IO[bytes], choose: Choose) -> Iterator[tuple[Path, bytes | TooLong]]:
    """(path, raw bytes) of each value that `choose` gives, in the order of the stream.

    `choose` says of a path of keys and indexes (from 0) whether the value there is given, entered
    or skipped; what is entered but is no list or map gives nothing. Several documents, one after
    another, have the paths (0,), (1,) ... before their own. Raises `Malformed`.
    """
    scanner = _Scanner(stream)
    number = 0
    while scanner.peek():
        yield from _walk(scanner, (number,), choose, top=True)
        number += 1


def lists(stream: IO[bytes], keys: tuple[str, ...] | None) -> Iterator[bytes | TooLong]:
    """The raw elements of the list under these keys; the documents themselves for None.

    Raises `Malformed`.
    """

    def choose(path: Path) -> Verdict:
        if keys is None:
            return "give"
        if len(path) == len(keys) + 2:
            return "give" if isinstance(path[-1], int) else "skip"
        return "enter" if path[1:] == keys[: len(path) - 1] else "skip"

    for _, raw in values(stream, choose):
        yield raw


def decoded(raw: bytes) -> Any:
    """The value of raw JSON. Raises `ValueError` or `RecursionError`."""
    return json.loads(raw.decode())


def _walk(
    scanner: _Scanner, path: Path, choose: Choose, top: bool = False
) -> Iterator[tuple[Path, bytes | TooLong]]:
    verdict = choose(path)
    opening = scanner.peek()
    if verdict == "give":
        try:
            yield path, scanner.value(keep=True, top=top)
        except TooLong as error:
            yield path, error
    elif verdict == "enter" and top and opening not in (b"[", b"{"):
        raise Malformed(f"'{opening.decode('latin-1')}' where a list or map should begin")
    elif verdict == "skip" or opening not in (b"[", b"{"):
        scanner.value(keep=False, top=top)
    else:
        scanner.take(opening)
        yield from _members(scanner, path, choose, opening == b"{")


def _members(
    scanner: _Scanner, path: Path, choose: Choose, keyed: bool
) -> Iterator[tuple[Path, bytes | TooLong]]:
    closing = b"}" if keyed else b"]"
    number = 0
    while scanner.peek() != closing:
        if number and not scanner.took(b","):
            if not scanner.peek():
                raise CutOff("the stream ends in a list or map")
            raise Malformed(f"'{scanner.peek().decode('latin-1')}' instead of ',' or a bracket")
        if scanner.peek() == closing:  # a comma too many
            break
        key: str | int = scanner.key() if keyed else number
        yield from _walk(scanner, (*path, key), choose)
        number += 1
    scanner.take(closing)


class _Scanner:
    """A window that moves over the stream; `pos` is the next byte that was not taken."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._window = b""
        self._pos = 0

    def peek(self) -> bytes:
        """The next byte that is no space; nothing at the end."""
        while True:
            self._pos = _SPACE.match(self._window, self._pos).end()  # type: ignore[union-attr]
            if self._pos < len(self._window):
                return self._window[self._pos : self._pos + 1]
            if not self._more(self._pos):
                return b""

    def took(self, byte: bytes) -> bool:
        """Step over this byte, if it is the next."""
        found = self.peek() == byte
        self._pos += found
        return found

    def take(self, byte: bytes) -> None:
        """Step over this byte. Raises `Malformed` where another stands."""
        if not self.took(byte):
            other = self.peek().decode("latin-1")
            if not other:
                raise CutOff("the stream ends early")
            raise Malformed(f"'{other}' instead of '{byte.decode()}'")

    def key(self) -> str:
        """A key and its colon."""
        if self.peek() != b'"':
            self.take(b'"')
        while (found := _REST.match(self._window, self._pos + 1)) is None:
            if len(self._window) - self._pos > LONGEST_KEY:
                raise Malformed("a key without an end")
            if not self._more(self._pos):
                raise CutOff("the stream ends in a key")
        raw = self._window[self._pos : found.end()]
        self._pos = found.end()
        self.take(b":")
        try:
            return str(json.loads(raw))
        except ValueError as error:
            raise Malformed(f"a key that is no text ({error})") from error

    def value(self, *, keep: bool, top: bool) -> bytes:
        """The bytes up to the comma or bracket that ends a value; none of them unless kept.

        At the top a value ends with its own bracket, or at the end of its line.
        """
        kept: list[bytes] = []
        size = 0
        for piece in self._pieces(top):
            size += len(piece)
            if keep and size <= LONGEST:
                kept.append(piece)
            else:
                kept.clear()
        if keep and size > LONGEST:
            raise TooLong(f"longer than {LONGEST >> 20} MiB; split it")
        return b"".join(kept)

    def _pieces(self, top: bool) -> Iterator[bytes]:
        """The value in pieces of at most a window; `depth` counts the brackets that are open."""
        self.peek()
        depth, quoted = 0, False
        while True:
            end, depth, quoted, done = self._scan(depth, quoted, top)
            yield self._window[self._pos : end]
            self._pos = end
            if done:
                return
            if not self._more(end):
                if depth or quoted or not top:
                    raise CutOff("the stream ends in the middle of a value")
                return

    def _scan(self, depth: int, quoted: bool, top: bool) -> tuple[int, int, bool, bool]:
        """(end, depth, quoted, done) of as much of a value as the window holds."""
        window, pos = self._window, self._pos
        if quoted:
            rest = _REST.match(window, pos)
            if rest is None:
                return _whole(window, pos), depth, True, False
            pos = rest.end()
        while found := (_INSIDE if depth else _BETWEEN).search(window, pos):
            start, pos = found.span()
            byte = window[start]
            if byte == _QUOTE:
                if pos == start + 1:  # the closing quote is not in this window
                    return _whole(window, pos), depth, True, False
            elif byte in _OPENS:
                depth += 1
            elif byte in _CLOSES:
                if depth == 0:
                    return (pos if top else start), 0, False, True
                depth -= 1
                if depth == 0 and top:
                    return pos, 0, False, True
            elif not top:
                return start, 0, False, True
        return len(window), depth, False, False

    def _more(self, keep_from: int) -> bool:
        """Read on, letting go of what stands before `keep_from`; whether there was more."""
        chunk = self._stream.read(CHUNK)
        if chunk:
            self._window = self._window[keep_from:] + chunk
            self._pos -= keep_from
        return bool(chunk)


def _whole(window: bytes, pos: int) -> int:
    """The end of the window, short of a backslash whose other half is yet to come."""
    tail = window[pos:]
    return len(window) - (len(tail) - len(tail.rstrip(b"\\"))) % 2
