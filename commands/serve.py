"""`serve`: open the app."""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click

import checked
from commands import note
from reviews.settings import Settings, load_settings, settings_path
from store import default_path

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
SECRETS = (ROOT / ".streamlit" / "secrets.toml", Path.home() / ".streamlit" / "secrets.toml")
HEADER_KEY = "trusted_name"


@click.command("serve")
@click.option("--db", type=click.Path(path_type=Path, dir_okay=False), help="The database file.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--address", default=LOOPBACK, show_default=True,
    help="Where to listen. Beyond this machine only with a login or a trusted proxy.",
)  # fmt: skip
@click.option("--rubrics", "folders", multiple=True, type=click.Path(path_type=Path, exists=True))
@click.option("--browser/--no-browser", default=True, help="Open a browser window.")
@click.pass_context
def command(
    context: click.Context, /, db: Path | None, port: int, address: str, **more: Any
) -> None:
    """Open the app, on this machine at http://127.0.0.1:PORT unless --address says otherwise.

    Beyond this machine it listens only where somebody vouches for names: a login (an [auth] section
    in .streamlit/secrets.toml, see docs/reviewing.md) or a trusted proxy in the settings.
    """
    settings = _settings(db)
    if why := refusal(address, settings):
        raise click.UsageError(why)
    folders, browser = more["folders"], more["browser"]
    context.exit(serve(db, port, folders=folders, browser=browser, address=address))


def refusal(address: str, settings: Settings) -> str | None:
    """Why the app may not listen there; None where it may."""
    if _is_loopback(address) or login_configured() or settings.trusted_header:
        return None
    return (
        f"--address {address} would let everybody on that network read and rate under any name, "
        "because no login is configured. Configure one (.streamlit/secrets.toml, section [auth]), "
        "or name a proxy's header as trusted_header in the settings, or stay on 127.0.0.1"
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def login_configured() -> bool:
    """Whether Streamlit's own login (OIDC) is: its secrets have an [auth] section."""
    for path in SECRETS:
        try:
            told = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if told.get("auth"):
            return True
    return False


def _settings(db: Path | None) -> Settings:
    path = db or default_path()
    try:
        return load_settings(path)
    except checked.Mistakes as mistakes:
        raise click.UsageError(str(mistakes)) from mistakes


def serve(
    db: Path | None, port: int, *, folders: tuple[Path, ...] = (), browser: bool = True,
    address: str = LOOPBACK,
) -> int:  # fmt: skip
    """Run the app until it is stopped; its exit code. It listens on the loopback address unless
    another is given."""
    environment = {**os.environ, "TRAITBOOK_HOME": str(Path.cwd())}  # where .env lies
    if db is not None:
        environment["TRAITBOOK_DB"] = str(db.resolve())
    if folders:
        environment["TRAITBOOK_RUBRICS"] = os.pathsep.join(str(f.resolve()) for f in folders)
    settings = _settings(db)
    environment["TRAITBOOK_SETTINGS"] = str(settings_path(db or default_path()))
    note(f"Traitbook at http://{address}:{port} (stop with Ctrl-C)")
    arguments = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"),
        "--server.port", str(port), "--server.address", address,
        "--server.headless", "false" if browser and sys.stdout.isatty() else "true",
    ]  # fmt: skip
    if settings.trusted_header:
        told = json.dumps({settings.trusted_header: HEADER_KEY})
        arguments += ["--server.trustedUserHeaders", told]
    try:
        # Streamlit reads .streamlit/config.toml from where it is started.
        return subprocess.run(arguments, env=environment, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 0
