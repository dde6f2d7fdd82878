"""Putting transcripts in: whole ones only, the same ones once, in memory that stays flat.

A batch is one transaction, so a killed import leaves whole transcripts and is completed by
giving it again. What is there already is known by its content, not by a file's name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from sqlite3 import Connection

from rubrics import Rubric
from store.database import Store
from store.imported import Late, save_late, save_scores
from store.imported_pairs import Half, save_pairs
from transcripts import Refused, Transcript
from transcripts.transcript import transcript_id

BATCH_MESSAGES = 2_000
BATCH_CHARACTERS = 4_000_000
OPENING = 240


@dataclass
class Added:
    """What an import did. `transcripts` is new and unchanged together."""

    new: int = 0
    unchanged: int = 0
    messages: int = 0
    ratings: int = 0
    preferences: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    import_key: int | None = None

    @property
    def transcripts(self) -> int:
        """How many whole transcripts the files hold that are now in the store."""
        return self.new + self.unchanged


def now() -> str:
    """The time in UTC to the second: 2026-11-21T22:20:05Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add(
    store: Store,
    items: Iterable[Transcript | Refused],
    rubrics: Mapping[str, Rubric],
    *,
    paths: Iterable[str] = (),
    advance: Callable[[Added], None] | None = None,
) -> Added:
    """Put in every transcript of `items` with the scores that came along.

    `advance` is called after each batch. A transcript whose release, scenario and sample are
    taken by other words is refused: two conversations cannot both be "r2, s-014, sample 1".
    """
    added = Added()
    with store.write() as connection:
        cursor = connection.execute(
            "INSERT INTO imports (started, paths) VALUES (?, ?)",
            (now(), json.dumps(list(paths))),
        )
        added.import_key = cursor.lastrowid
    names = _Names()
    for batch in _batches(items, added):
        with store.write() as connection:
            _add_batch(connection, batch, rubrics, names, added)
            connection.execute(
                "UPDATE imports SET new = ?, unchanged = ?, refused = ? WHERE key = ?",
                (added.new, added.unchanged, len(added.refused), added.import_key),
            )
        if advance:
            advance(added)
    if names.late:
        with store.write() as connection:
            added.ratings += save_late(connection, names.late, rubrics, added.refused)
    _finish(store, added)
    return added


def _finish(store: Store, added: Added) -> None:
    """Close the book on an import; one that brought nothing new leaves no entry."""
    with store.write() as connection:
        if added.new:
            sql = "UPDATE imports SET finished = ?, refused = ? WHERE key = ?"
            connection.execute(sql, (now(), len(added.refused), added.import_key))
        else:
            connection.execute("DELETE FROM imports WHERE key = ?", (added.import_key,))
            added.import_key = None


def _batches(items: Iterable[Transcript | Refused], added: Added) -> Iterator[list[Transcript]]:
    batch: list[Transcript] = []
    messages = characters = 0
    for item in items:
        if isinstance(item, Refused):
            added.refused.append(item)
            continue
        batch.append(item)
        messages += len(item.messages)
        characters += sum(len(part.text) for m in item.messages for part in m.parts)
        if messages >= BATCH_MESSAGES or characters >= BATCH_CHARACTERS:
            yield batch
            batch, messages, characters = [], 0, 0
    yield batch


class _Names:
    """Keys of releases and scenarios by name, and halves of pairs, for one import."""

    def __init__(self) -> None:
        self.releases: dict[str, int] = {}
        self.scenarios: dict[str, int] = {}
        self.halves: dict[str, Half] = {}
        self.late: Late = []

    def release(self, connection: Connection, one: Transcript) -> int:
        key = self.releases.get(one.release)
        if key is None:
            place = "(SELECT coalesce(max(place), 0) + 1 FROM releases)"
            connection.execute(
                f"INSERT INTO releases (name, model, place) VALUES (?, ?, {place}) "
                "ON CONFLICT (name) DO NOTHING",
                (one.release, one.model or None),
            )
            key = self.releases[one.release] = key_of(connection, "releases", one.release)
        return key

    def scenario(self, connection: Connection, name: str) -> int:
        key = self.scenarios.get(name)
        if key is None:
            row = connection.execute("SELECT key FROM scenarios WHERE name = ?", (name,)).fetchone()
            key = (
                row[0]
                if row
                else connection.execute(
                    "INSERT INTO scenarios (name) VALUES (?)", (name,)
                ).lastrowid
            )
            assert key is not None
            if len(self.scenarios) < 100_000:
                self.scenarios[name] = key
        return key


def key_of(connection: Connection, table: str, name: str) -> int:
    """The key of the row with this name; it must be there."""
    key: int = connection.execute(f"SELECT key FROM {table} WHERE name = ?", (name,)).fetchone()[0]
    return key


def _add_batch(
    connection: Connection,
    batch: list[Transcript],
    rubrics: Mapping[str, Rubric],
    names: _Names,
    added: Added,
) -> None:
    first = connection.execute("SELECT coalesce(max(key), 0) FROM messages").fetchone()[0]
    there: list[tuple[int, Transcript]] = []
    rows: list[tuple[object, ...]] = []
    for one in batch:
        place = _place(connection, one, names)
        if place.taken:
            added.refused.append(_taken(one, place.sample))
            continue
        added.messages += len(one.messages)
        if place.key is not None:
            added.unchanged += 1
            there.append((place.key, one))
            continue
        added.new += 1
        key = _insert(connection, one, place, added.import_key)
        there.append((key, one))
        rows.extend(_message_rows(key, one))
    sql = (
        "INSERT INTO messages (transcript, number, role, text, hidden, parts) VALUES (?,?,?,?,?,?)"
    )
    connection.executemany(sql, rows)
    connection.execute(
        "INSERT INTO messages_fts (rowid, text, hidden) "
        "SELECT key, text, hidden FROM messages WHERE key > ?",
        (first,),
    )
    for key, one in there:
        if one.scores:  # also of those that were there: a log may have been scored anew
            added.ratings += save_scores(connection, key, one, rubrics, names.late)
    added.preferences += save_pairs(connection, there, names.halves, now())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a transcript goes; `key` where it is there already, `taken` where others are."""

    release: int
    scenario: int
    sample: int
    content: str
    key: int | None = None
    taken: bool = False


def _place(connection: Connection, one: Transcript, names: _Names) -> _Place:
    release = names.release(connection, one)
    scenario = names.scenario(connection, one.scenario)
    content = one.content
    same = connection.execute(
        "SELECT key, sample FROM transcripts WHERE content = ? AND scenario = ? AND release = ? "
        "AND (? IS NULL OR sample = ?) ORDER BY sample",
        (content, scenario, release, one.sample, one.sample),
    ).fetchone()
    if same:
        return _Place(release, scenario, same["sample"], content, key=same["key"])
    at = "SELECT max(sample) FROM transcripts WHERE scenario = ? AND release = ?"
    if one.sample is None:
        last = connection.execute(at, (scenario, release)).fetchone()[0]
        return _Place(release, scenario, (last or 0) + 1, content)
    held = connection.execute(f"{at} AND sample = ?", (scenario, release, one.sample))
    return _Place(release, scenario, one.sample, content, taken=held.fetchone()[0] is not None)


def _insert(connection: Connection, one: Transcript, place: _Place, import_key: int | None) -> int:
    opening = next((m.text for _, m in one.numbered("user")), one.messages[0].text)
    cursor = connection.execute(
        "INSERT INTO transcripts (id, release, scenario, sample, model, content, messages, "
        "opening, metadata, source, import) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            transcript_id(one.release, one.scenario, place.sample, place.content),
            place.release, place.scenario, place.sample, one.model or None, place.content,
            len(one.messages), _short(opening),
            json.dumps(dict(one.metadata), ensure_ascii=False, default=str), one.source, import_key,
        ),
    )  # fmt: skip
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _short(text: str) -> str:
    plain = " ".join(text[:2000].split())
    return plain if len(plain) <= OPENING else plain[:OPENING].rsplit(" ", 1)[0] + "\u2026"


def _taken(one: Transcript, sample: int) -> Refused:
    path, _, where = one.source.rpartition(": ")
    return Refused(
        path or one.source,
        where if path else "",
        f"{one.release} / {one.scenario} / sample {sample} is already there with other words; "
        "give it another sample number, leave the sample out, or remove the old one",
    )


def _message_rows(key: int, one: Transcript) -> Iterator[tuple[object, ...]]:
    for number, message in one.numbered():
        if message.is_plain:
            yield (key, number, message.role, message.text, None, None)
        else:
            parts = json.dumps([part.as_list() for part in message.parts], ensure_ascii=False)
            yield (key, number, message.role, message.text, message.hidden or None, parts)
