"""Transcripts read back from the store as the values they were."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from store.database import Store
from store.errors import StoreError
from transcripts import Message, Part, Transcript

_HEAD = """
SELECT t.key, t.id, e.name AS release, s.name AS scenario, t.sample, t.model, t.metadata, t.source
FROM transcripts t
JOIN releases e ON e.key = t.release
JOIN scenarios s ON s.key = t.scenario
"""
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Sibling:
    """A transcript beside another: the same scenario, perhaps another release or sample."""

    id: str
    release: str
    sample: int
    place: int


def get(store: Store, identity: str) -> Transcript:
    """The transcript with this id (or with this unambiguous beginning of one).

    Raises `StoreError` where there is none, or several.
    """
    found = store.rows(
        "SELECT id FROM transcripts WHERE id = ? OR id GLOB ? LIMIT 3",
        (identity, f"{_literal(identity)}*" if len(identity) >= 4 else identity),
    )
    if not found:
        raise StoreError(
            f"no transcript {identity!r} in {store.path}; import it first, or mend the id"
        )
    if len(found) > 1 and all(row["id"] != identity for row in found):
        raise StoreError(f"{identity!r} begins several ids; write more of it")
    wanted = identity if any(row["id"] == identity for row in found) else found[0]["id"]
    return next(each(store, "t.id = ?", (wanted,)))


def _literal(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def each(store: Store, where: str = "1", values: Any = ()) -> Iterator[Transcript]:
    """Every transcript that fits, in the order they came in; memory is flat.

    `where` is SQL over transcripts t, releases e and scenarios s, and never a user's words.
    """
    for chunk in each_chunk(store, where, values):
        yield from chunk


def each_chunk(store: Store, where: str = "1", values: Any = ()) -> Iterator[list[Transcript]]:
    """The same, a hundred or so at a time."""
    last = 0
    while True:
        heads = store.rows(
            f"{_HEAD} WHERE t.key > ? AND ({where}) ORDER BY t.key LIMIT {CHUNK}", (last, *values)
        )
        if not heads:
            return
        last = heads[-1]["key"]
        yield list(_with_messages(store, heads))


def _with_messages(store: Store, heads: list[Row]) -> Iterator[Transcript]:
    rows = store.rows(
        "SELECT transcript, role, text, parts FROM messages "
        "WHERE transcript IN (SELECT value FROM json_each(?)) ORDER BY transcript, number",
        (json.dumps([head["key"] for head in heads]),),
    )
    said: dict[int, list[Message]] = {}
    for row in rows:
        said.setdefault(row["transcript"], []).append(_message(row))
    for head in heads:
        yield Transcript(
            messages=tuple(said.get(head["key"], ())),
            release=head["release"],
            scenario=head["scenario"],
            sample=head["sample"],
            model=head["model"] or "",
            metadata=json.loads(head["metadata"]),
            source=head["source"] or "",
        )


def _message(row: Row) -> Message:
    if row["parts"] is None:
        return Message(row["role"], (Part("text", row["text"]),))
    return Message(row["role"], tuple(Part.from_list(one) for one in json.loads(row["parts"])))


def siblings(store: Store, scenario: str) -> list[Sibling]:
    """Every transcript of a scenario, in the order of releases and samples."""
    rows = store.rows(
        "SELECT t.id, e.name, t.sample, e.place FROM transcripts t "
        "JOIN releases e ON e.key = t.release JOIN scenarios s ON s.key = t.scenario "
        "WHERE s.name = ? ORDER BY e.place, t.sample",
        (scenario,),
    )
    return [Sibling(*row) for row in rows]


def remove(store: Store, identities: Iterable[str] = (), *, import_key: int | None = None) -> int:
    """Take transcripts out with all that hangs on them; how many. A promise of privacy: their
    words leave the full-text index too, and the file gives its pages back at the next vacuum."""
    with store.write() as connection:
        sql = (
            "DELETE FROM transcripts WHERE import = ?"
            if import_key is not None
            else "DELETE FROM transcripts WHERE id IN (SELECT value FROM json_each(?))"
        )
        given: Any = import_key if import_key is not None else json.dumps(list(identities))
        # A rating may not go before the one that supersedes it, so the links are cut first.
        scope = sql.replace("DELETE FROM transcripts", "SELECT key FROM transcripts")
        connection.execute(
            f"UPDATE ratings SET supersedes = NULL WHERE supersedes IS NOT NULL "
            f"AND transcript IN ({scope})",
            (given,),
        )
        count = connection.execute(sql, (given,)).rowcount
        connection.execute(
            "DELETE FROM scenarios WHERE key NOT IN (SELECT scenario FROM transcripts)"
        )
    return count
