"""A team's settings: who may do what, how names are known, when a trait may gate.

The file is `traitbook.yaml` beside the database, or where `TRAITBOOK_SETTINGS` says; without one
everything has a default. Raises `checked.Mistakes` where the file is wrong.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

import checked

NAME = "traitbook.yaml"

Role = Literal["lead", "reviewer", "reader", "stranger"]
"""What somebody may do: make and close queues and all below; rate; read and comment; nothing."""


class Gating(BaseModel):
    """When a trait may gate: so many blind labels of people, the lower bound of judge against
    people above `least`, and its alpha at most `within` under people against people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: int = Field(default=60, ge=1)
    least: float = 0.4
    within: float = Field(default=0.1, ge=0)


class Settings(BaseModel):
    """What the settings file may say.

    `leads`, `reviewers` and `readers` are names as the login gives them (an e-mail address), or
    `@example.org` for all of a domain. Without leads everybody is one where no login is configured,
    and nobody where one is. Without reviewers everybody who is let in may review. With readers,
    a login lets in those three alone; without, whoever the provider knows. `trusted_header` names
    the header in which a proxy tells who is asking; off unless given, and only safe where the proxy
    is the one way in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    leads: list[str] = Field(default_factory=list)
    reviewers: list[str] = Field(default_factory=list)
    readers: list[str] = Field(default_factory=list)
    trusted_header: str = Field(default="", pattern=r"^[A-Za-z0-9-]*$")
    gating: Gating = Field(default_factory=Gating)

    def role(self, name: str, *, verified: bool) -> Role:
        """What somebody may do. A name that is not `verified` is never a stranger: it is typed on
        the machine that the app runs on."""
        if _among(name, self.leads) or not (self.leads or verified):
            return "lead"
        if _among(name, self.reviewers):
            return "reviewer"
        if verified and self.readers and not _among(name, self.readers):
            return "stranger"
        return "reader" if self.reviewers else "reviewer"


def _among(name: str, entries: list[str]) -> bool:
    """Whether a list names somebody, or their whole domain. Addresses are alike in any case."""
    low, domain = name.lower(), "@" + name.lower().rpartition("@")[2]
    return any(one.strip().lower() in ((low, domain) if "@" in name else (low,)) for one in entries)


def settings_path(database: Path) -> Path:
    """Where the settings of this database are, or would be."""
    told = os.environ.get("TRAITBOOK_SETTINGS")
    return Path(told) if told else database.resolve().parent / NAME


def load_settings(database: Path) -> Settings:
    """The settings beside a database, as they are now; defaults where there is no file."""
    path = settings_path(database)
    try:
        found = path.stat()
    except FileNotFoundError:
        return Settings()
    return _read(path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=8)
def _read(path: Path, *_: int) -> Settings:
    return checked.load(path, Settings)  # once a change: each run of each page asks, at 2 ms a time
