"""`serve`: open the app."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from commands import note

ROOT = Path(__file__).resolve().parent.parent


@click.command("serve")
@click.option("--db", type=click.Path(path_type=Path, dir_okay=False), help="The database file.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(0, 65535))
@click.option("--rubrics", "folders", multiple=True, type=click.Path(path_type=Path, exists=True))
@click.option("--browser/--no-browser", default=True, help="Open a browser window.")
@click.pass_context
def command(
    context: click.Context, db: Path | None, port: int, folders: tuple[Path, ...], browser: bool
) -> None:
    """Open the app on this machine, at http://127.0.0.1:PORT."""
    context.exit(serve(db, port, folders=folders, browser=browser))


def serve(
    db: Path | None, port: int, *, folders: tuple[Path, ...] = (), browser: bool = True
) -> int:
    """Run the app until it is stopped; its exit code. It listens on the loopback address only."""
    environment = {**os.environ, "TRAITBOOK_HOME": str(Path.cwd())}  # where .env lies
    if db is not None:
        environment["TRAITBOOK_DB"] = str(db.resolve())
    if folders:
        environment["TRAITBOOK_RUBRICS"] = os.pathsep.join(str(f.resolve()) for f in folders)
    note(f"Traitbook at http://127.0.0.1:{port} (stop with Ctrl-C)")
    arguments = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"),
        "--server.port", str(port), "--server.address", "127.0.0.1",
        "--server.headless", "false" if browser and sys.stdout.isatty() else "true",
    ]  # fmt: skip
    try:
        # Streamlit reads .streamlit/config.toml from where it is started.
        return subprocess.run(arguments, env=environment, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 0
