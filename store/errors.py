"""What can go wrong with the database and be mended by a person."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class StoreError(Exception):
    """Something about the database that a person can mend; the message says what and how."""


class NotNow(StoreError):
    """What time can mend: another program is writing, or the disk is full. The same may be tried
    again as it is; `why` is the cause alone, for somebody who waits."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


def among(name: str, there: Iterable[str], lacking: str) -> str:
    """The name, which must be among these. Raises `StoreError` with what there is, and with the
    one that was probably meant; `lacking` begins its sentence: "no release"."""
    known = list(there)
    if name in known:
        return name
    near = get_close_matches(name, known, 1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise StoreError(f"{lacking} {name!r}; {meant}there are: {', '.join(known) or 'none'}")
