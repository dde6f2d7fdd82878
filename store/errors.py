"""What can go wrong with the database and be mended by a person."""

from __future__ import annotations


class StoreError(Exception):
    """Something about the database that a person can mend; the message says what and how."""
