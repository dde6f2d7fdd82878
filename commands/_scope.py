"""Which transcripts a command is about, as the SQL that `store.transcripts.each` takes."""

from __future__ import annotations

import click

from store import Store


def scope(store: Store, releases: tuple[str, ...]) -> tuple[str, list[str]]:
    """The transcripts of these releases, of all where none is named."""
    if not releases:
        return "1", []
    known = [row["name"] for row in store.rows("SELECT name FROM releases ORDER BY place")]
    if strange := [name for name in releases if name not in known]:
        raise click.BadParameter(f"no release {strange[0]!r}; there are: {', '.join(known)}")
    return f"e.name IN ({', '.join('?' * len(releases))})", list(releases)
