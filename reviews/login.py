"""A team's login (OpenID Connect): what `secrets.toml` says of it, checked before anybody comes in,
and the name that a provider vouches for.

The login itself is Streamlit's own. It passes over a file that it cannot read as if no login were
configured; here that is a mistake, because everybody could then come in under any name.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CALLBACK = "/oauth2callback"
SHARED = ("redirect_uri", "cookie_secret")
OF_A_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
SHORTEST_SECRET = 32
SECRETS = "secrets.toml"


class BadLogin(ValueError):
    """What is wrong with the login's settings, in one sentence that says the mend."""


class NotVouched(ValueError):
    """The provider let somebody in, but vouches for no name of theirs."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenID provider: its name in the file (`default` where it has none), and its document."""

    name: str
    metadata: str

    @property
    def host(self) -> str:
        """The machine that vouches for names."""
        return urlsplit(self.metadata).hostname or self.metadata


def load_login(files: Iterable[Path]) -> tuple[Provider, ...]:
    """The providers that these files configure; none where no file has an [auth] section.

    As Streamlit reads them: a later file's section stands for an earlier one's. A folder is one of
    mounted secrets: `auth/client_id` and so on. Raises `BadLogin`.
    """
    found: tuple[Path, Any] | None = None
    for path in files:
        told = _folder(path) if path.is_dir() else _file(path)
        if "auth" in told:
            found = path, told["auth"]
    return _providers(*found) if found else ()


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadLogin(f"{path}: cannot be read ({error}); nobody is let in until it can") from None
    except tomllib.TOMLDecodeError as error:
        raise BadLogin(f"{path}: not TOML: {error}; nobody is let in until it is") from None


def _folder(path: Path) -> dict[str, Any]:
    inside = path / "auth"
    if not inside.is_dir():
        return {}
    return {"auth": {one.name: one.read_text("utf-8").strip() for one in inside.iterdir()}}


def _providers(path: Path, auth: Any) -> tuple[Provider, ...]:
    if not isinstance(auth, Mapping):
        raise BadLogin(f"{path}: auth is no section; write it as [auth], with its keys below")
    named = {name: one for name, one in auth.items() if _is_provider(name, one)}
    if any(key in auth for key in OF_A_PROVIDER) or not named:
        named = {"default": auth, **named}
    lacking = [key for key in SHARED if not auth.get(key)]
    for name, one in named.items():
        lacking += [
            key if name == "default" else f"{name}.{key}"
            for key in OF_A_PROVIDER if not one.get(key)
        ]  # fmt: skip
    if lacking:
        raise BadLogin(f"{path}: [auth] lacks {', '.join(lacking)}; see docs/reviewing.md")
    if not str(auth["redirect_uri"]).endswith(CALLBACK):
        raise BadLogin(f"{path}: redirect_uri must be this app's address with {CALLBACK} after it")
    if len(str(auth["cookie_secret"])) < SHORTEST_SECRET:
        raise BadLogin(
            f"{path}: cookie_secret is shorter than {SHORTEST_SECRET} characters: who guesses it "
            "can come in as anybody; make one with `openssl rand -hex 32`"
        )
    if wrong := next((name for name in named if "_" in name), None):
        raise BadLogin(f"{path}: the provider's name {wrong} may have no underscore in it")
    return tuple(Provider(name, str(one["server_metadata_url"])) for name, one in named.items())


def _is_provider(name: str, one: Any) -> bool:
    return isinstance(one, Mapping) and name != "client_kwargs"


def vouched_name(claims: Mapping[str, Any]) -> str:
    """The name a provider vouches for: the e-mail address in small letters, else the `sub`.

    Display names are not taken: people choose them, and could choose another's address. Raises
    `NotVouched` where the provider says that the address is not verified, or names nobody.
    """
    mail = "".join(str(claims.get("email") or "").split())
    verified = claims.get("email_verified")  # many providers leave it out and send verified ones
    if mail and verified is not None and str(verified).lower() not in ("true", "1"):
        raise NotVouched(
            f"The login has not verified that {mail} is yours, so nothing can be kept under that "
            "name. Confirm the address there, then log in again."
        )
    name = mail.lower() or str(claims.get("sub") or "").strip()
    if not name:
        raise NotVouched("The login named nobody: it gave neither an e-mail address nor an id.")
    return name


def is_loopback(address: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
