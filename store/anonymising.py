"""A bundle to share: transcripts without people's names, file paths and chosen metadata.

What is replaced are the names that are known here (raters who are people, and names that are
given), paths, and mail addresses. A name that nobody knows of stays: read a bundle before it goes
out.
"""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rubrics import Rater, Rating
from store import selecting
from store.database import Store
from store.exporting import rating_row, scales, to_record
from store.selecting import Wanted
from transcripts import Message, Part, Transcript
from transcripts.blocks import compact

Row = dict[str, Any]

PERSONAL = (
    "cwd", "user", "user_id", "userId", "username", "email", "account", "author", "hostname",
    "host", "machine", "ip", "ip_address", "hashed_ip", "header", "session", "session_id",
    "gitBranch", "path", "file",
)  # fmt: skip
"""Metadata that tell who, where or on which machine; taken out unless they are kept by name."""

_HOMES = r"/(?:home|Users|root|mnt|media|Volumes|private|var|tmp|opt|srv|work|workspace|data|etc)"
PATHS = re.compile(
    r"file://[^\s\"'`<>|;,)\]}\\]+"
    rf"|(?<![\w/.]){_HOMES}/[^\s\"'`<>|:;,)\]}}\\]+"
    r"|\b[A-Za-z]:(?:\\\\?|/)(?:[^\s\"'`<>|:;,)\]}\\/]+(?:\\\\?|/))*[^\s\"'`<>|:;,)\]}\\/]*"
    r"|(?<!\S)~/[^\s\"'`<>|:;,)\]}\\]+"
    r"|\\\\[\w.-]+\\[^\s\"'`<>|:;,)\]}]+"
)
# Begun only where a word begins, and never tried again, so that a long text takes no long time.
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")


@dataclass
class Cleaner:
    """Replaces names, paths and addresses, the same one by the same word throughout a bundle."""

    people: Iterable[str] = ()
    dropped: frozenset[str] = frozenset(PERSONAL)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = sorted({p.strip() for p in self.people if len(p.strip()) > 1}, key=len, reverse=True)
        self._aliases = {name.casefold(): f"person-{n}" for n, name in enumerate(sorted(told), 1)}
        names = "|".join(re.escape(name) for name in told)
        self._names = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) if told else None

    def text(self, text: str) -> str:
        """The text with paths, addresses and known names replaced."""
        if "/" in text or "\\" in text:
            text = self._sub("paths", PATHS, lambda _: "[path]", text)
        if "@" in text:
            text = self._sub("addresses", MAIL, lambda _: "[mail]", text)
        if self._names:
            text = self._sub("names", self._names, lambda m: self._aliases[m[0].casefold()], text)
        return text

    def _sub(
        self, what: str, pattern: re.Pattern[str], to: Callable[[re.Match[str]], str], text: str
    ) -> str:
        text, count = pattern.subn(to, text)
        if count:
            self.counts[what] = self.counts.get(what, 0) + count
        return text

    def value(self, value: Any, dropped: Container[str] | None = None) -> Any:
        """Metadata: every text in it cleaned, dropped keys taken out."""
        dropped = self.dropped if dropped is None else dropped
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            gone = sum(key in dropped for key in value)
            if gone:
                self.counts["metadata"] = self.counts.get("metadata", 0) + gone
            return {
                self.text(str(key)): self.value(one, dropped)
                for key, one in value.items()
                if key not in dropped
            }
        return [self.value(one, dropped) for one in value] if isinstance(value, list) else value

    def part(self, part: Part) -> Part:
        """A part of a message; what a call was given and gave back too, as JSON that stays JSON."""
        try:
            data = compact(self.value(json.loads(part.data), ())) if part.data else ""
        except (ValueError, RecursionError):
            data = self.text(part.data)
        return replace(part, text=self.text(part.text), data=data, name=self.text(part.name))

    def transcript(self, one: Transcript) -> Transcript:
        """The whole transcript. Its id is that of its new words."""
        messages = tuple(Message(m.role, tuple(map(self.part, m.parts))) for m in one.messages)
        return replace(
            one, messages=messages, release=self.text(one.release), model=self.text(one.model),
            scenario=self.text(one.scenario), metadata=self.value(one.metadata), source="",
        )  # fmt: skip

    def rating(self, rating: Rating) -> Rating:
        """The rating by an alias where its rater is a person; its quotes in the new words.

        Where a quote stands is left out: the words moved, and reading them in finds them again.
        """
        name = self._aliases.get(rating.rater.name.casefold(), self.text(rating.rater.name))
        quotes = tuple(
            replace(quote, text=self.text(quote.text), part=None, start=None, end=None)
            for quote in rating.quotes
        )
        return replace(
            rating, rater=Rater(rating.rater.kind, name, rating.rater.version), quotes=quotes,
            reason=self.text(rating.reason), why=self.text(rating.why), other=None,
        )  # fmt: skip


def cleaner(
    store: Store, names: Iterable[str], drop: Iterable[str], keep: Iterable[str]
) -> Cleaner:
    """A cleaner that knows the people of this store, the one who runs it, and the names given."""
    rows = store.rows(
        "SELECT name FROM raters WHERE kind = 'person' UNION SELECT author FROM comments"
    )
    people = [row[0] for row in rows if row[0]]
    return Cleaner([*people, *names, *_me()], (frozenset(PERSONAL) | set(drop)) - set(keep))


def _me() -> list[str]:
    """The name of the account this runs under, where it is a person's."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        return []
    return [name] if len(name) > 3 and name not in ("root", "user", "admin", "ubuntu") else []


def bundle_rows(store: Store, wanted: Wanted, clean: Cleaner) -> Iterator[Row]:
    """Each chosen transcript in the native interchange, cleaned, with its ratings.

    A rating of a pair is left out: the other transcript's id would tell which it was.
    """
    known = scales(store)
    for chosen in selecting.each(store, wanted):
        one = clean.transcript(chosen.transcript)
        mine = [clean.rating(r) for r in chosen.ratings if r.other is None]
        yield to_record(one, [rating_row(rating, one, known) for rating in mine])
