"""`serve`: open the app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

import checked
from commands import note
from reviews.login import SECRETS, BadLogin, Provider, is_loopback, load_login
from reviews.settings import Settings, load_settings, settings_path
from store import default_path

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
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
    if why := refusal(address, settings, login()):
        raise click.UsageError(why)
    folders, browser = more["folders"], more["browser"]
    context.exit(serve(db, port, folders=folders, browser=browser, address=address))


def refusal(address: str, settings: Settings, providers: tuple[Provider, ...] = ()) -> str | None:
    """Why the app may not listen there; None where it may."""
    if is_loopback(address) or providers or settings.trusted_header:
        return None
    return (
        f"--address {address} would let everybody on that network read and rate under any name, "
        "because no login is configured. Configure one (.streamlit/secrets.toml, section [auth]), "
        "or name a proxy's header as trusted_header in the settings, or stay on 127.0.0.1"
    )


def secrets_files() -> list[Path]:
    """Where the login's secrets may be, a later file before an earlier one: this person's, the
    app's, the folder's that serve is started in; or where `STREAMLIT_SECRETS_FILES` says."""
    if told := os.environ.get("STREAMLIT_SECRETS_FILES"):
        return [Path(one) for one in told.split()]
    places = dict.fromkeys((Path.home(), ROOT, Path.cwd()))
    return [place / ".streamlit" / SECRETS for place in places]


def login() -> tuple[Provider, ...]:
    """The providers of the login that is configured; none where none is."""
    try:
        return load_login(secrets_files())
    except BadLogin as mistake:
        raise click.UsageError(str(mistake)) from mistake


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
    if not os.environ.get("STREAMLIT_SECRETS_FILES"):
        for path in secrets_files():
            arguments += ["--secrets.files", str(path)]
    if settings.trusted_header:
        told = json.dumps({settings.trusted_header: HEADER_KEY})
        arguments += ["--server.trustedUserHeaders", told]
    try:
        # Streamlit reads .streamlit/config.toml from where it is started.
        return subprocess.run(arguments, env=environment, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 0
