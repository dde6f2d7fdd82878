"""Which judge: model, server, key and how it is asked. The key is told to nobody but the server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rubrics import Rater
from transcripts.transcript import digest

HOME = "https://api.anthropic.com"
KEY, URL, MODEL = "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "TRAITBOOK_JUDGE"
NO_KEY = "no-key"
"""What is sent where a server of one's own needs none; the SDK insists on something."""


LEAST_SECRET = 12
"""What is shorter may be an ordinary word; no real key is."""


class BadSettings(ValueError):
    """A judge that cannot be asked; the message says what is missing and where to put it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One judge. `timeout` (s) is for a whole call, its retries included; `wait` (s) is the most
    that is waited before one retry, whatever a server says; `slots` is how many judgements may be
    in flight; `max_tokens` bounds an answer, thinking included."""

    model: str
    base_url: str = HOME
    key: str = field(default=NO_KEY, repr=False)
    temperature: float | None = None
    max_tokens: int = 4096
    slots: int = 16
    timeout: float = 300.0
    wait: float = 60.0
    long_cache: bool = False

    @property
    def at_home(self) -> bool:
        """Whether the server is Anthropic's own."""
        return urlsplit(self.base_url).hostname == urlsplit(HOME).hostname

    @property
    def place(self) -> str:
        """The server's address without any name and password in it: what may be kept and shown."""
        return _bare(self.base_url)

    def scrub(self, text: str, least: int = 1) -> str:
        """The text without the key, wherever a server, a proxy or an error has put it.

        Secrets shorter than `least` characters are left: the "key" of a server of one's own is
        often an ordinary word, and taking it out of a judge's quotes would spoil them.
        """
        secrets = {self.key, urlsplit(self.base_url).password or ""} - {"", NO_KEY}
        for secret in secrets:
            if len(secret) >= least:
                text = text.replace(secret, "[key]")
        return text


def _bare(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


def settings(
    model: str, *, base_url: str | None = None, key: str | None = None, **rest: object
) -> Settings:
    """A judge from what is given, else the environment, else `.env` in this folder.

    Raises `BadSettings` without a key for a server that needs one, and for what cannot be sent.
    """
    told = {**dotenv(), **os.environ}
    url = (base_url or told.get(URL) or HOME).strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSettings(f"{_bare(url)!r} is no address of a server; write http://HOST:PORT")
    secret = (key or told.get(KEY) or "").strip()
    if not secret and parts.hostname == urlsplit(HOME).hostname:
        raise BadSettings(
            f"no key for {parts.hostname}: put {KEY} into the environment or into a file .env "
            f"here, or name a server of your own with --base-url (or {URL})"
        )
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise BadSettings(f"the key in {KEY} holds characters that no key has; copy it again")
    # `/v1` belongs to the paths: OpenAI-like addresses end with it, this protocol's do not.
    url = url.removesuffix("/v1")
    return Settings(model.strip(), url, secret or NO_KEY, **rest)  # type: ignore[arg-type]


def default_model() -> str | None:
    """The judge named by the environment or `.env`, if any."""
    return os.environ.get(MODEL) or dotenv().get(MODEL)


def dotenv(path: Path | None = None) -> dict[str, str]:
    """`NAME=value` lines of a `.env` file; nothing where there is none.

    `export` before a name, quotes around a value and comments are understood; nothing is expanded.
    """
    path = path or Path(os.environ.get("TRAITBOOK_HOME", "")) / ".env"
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found: dict[str, str] = {}
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.strip() and not name.startswith("#"):
            found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"') and (end := value.find(value[0], 1)) > 0:
        return value[1:end]
    return value.partition(" #")[0].strip()


def rater(settings: Settings, protocol: str) -> Rater:
    """The judge as a rater: its version is the hash of what is asked, how it is asked, and the
    settings that can change an answer. The server's address is not among them."""
    told: Mapping[str, object] = {
        "protocol": protocol,
        "temperature": settings.temperature,
        "max_tokens": settings.max_tokens,
    }
    return Rater("judge", settings.model, digest(sorted(told.items()))[:8])
