"""What can go wrong with the database and be mended by a person."""

from __future__ import annotations


class StoreError(Exception):
    """Something about the database that a person can mend; the message says what and how."""


class NotNow(StoreError):
    """What time can mend: another program is writing, or the disk is full. The same may be tried
    again as it is; `why` is the cause alone, for somebody who waits."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why
