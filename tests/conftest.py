"""What the tests share: real files, a real database, the real examples."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import cli
from commands import WRONG
from rubrics import BadRubric, Rubric, load_all
from store import Store, StoreError
from store.adding import add
from tests.messages_server import Server, serving_messages
from transcripts import Message, Transcript, read

settings.register_profile("same", derandomize=True)  # the same examples each time: CI rolls no dice
settings.load_profile("same")
ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("TRAITBOOK_SHARED") or ROOT.parent / "shared") / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data made by others; a user's machine has none."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def rubrics() -> dict[str, Rubric]:
    return load_all()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "t.db")
    yield made
    made.close()


@pytest.fixture
def messages_server() -> Iterator[Server]:
    """A local server that speaks the Messages wire format; `.api` is its whole state."""
    with serving_messages() as server:
        yield server


@pytest.fixture
def talk() -> Callable[..., Transcript]:
    """A transcript from alternating words: talk("Is 91 prime?", "No.", release="r2")."""

    def made(*said: str, **given: Any) -> Transcript:
        roles = ("user", "assistant")
        messages = tuple(Message.plain(roles[i % 2], text) for i, text in enumerate(said))  # type: ignore[arg-type]
        given = {"release": "r1", "scenario": "s1", **given}
        return Transcript(messages, **given)

    return made


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory, rubrics: dict[str, Rubric]) -> Path:
    """A database with the shipped examples in it, rated by the signals; not to be written to."""
    path = tmp_path_factory.mktemp("examples") / "examples.db"
    made = Store(path)
    added = add(made, read(ROOT / "examples" / "transcripts"), rubrics)
    assert not added.refused
    made.close()
    done = traitbook("score", "--signals", "--db", str(path))
    assert done.returncode == 0, done.stderr
    return path


def traitbook(
    *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=300,
    )


def command(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The same in this process, for tests of what a command says and keeps: half a second less.

    Of how it starts and ends as a process nothing is tested by this.
    """
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    sent = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
    with contextlib.chdir(cwd), sent[0], sent[1]:
        try:
            cli.traitbook.main(list(arguments), prog_name="traitbook", standalone_mode=True)
        except SystemExit as ended:
            code = ended.code
        except (StoreError, BadRubric) as error:
            print(f"traitbook: {error}", file=err)
            code = WRONG
    return subprocess.CompletedProcess(arguments, code or 0, out.getvalue(), err.getvalue())


def said_json(done: subprocess.CompletedProcess[str]) -> Any:
    """The one JSON value a command printed."""
    return json.loads(done.stdout)


# ---- a real browser on a real server --------------------------------------------------------------

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
NO_BROWSER = (
    "no Chromium: install Debian's package `chromium`, or run `playwright install chromium`"
)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(
    db: Path, *, port: int = 0, harsh: bool = False, listen: str = "127.0.0.1", **env: str
) -> Iterator[str]:
    """The app on a free port, over this database, on the loopback address unless told otherwise.

    With `harsh` it is killed in the end, not stopped.
    """
    port = port or free_port()
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port),
        "--server.address", listen, "--server.headless", "true",
    ]  # fmt: skip
    env = {**os.environ, "TRAITBOOK_DB": str(db), **env}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(150):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            time.sleep(0.2)
        else:
            raise AssertionError("the app did not start")
        yield address
    finally:
        if harsh:
            server.kill()
        else:
            server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")  # while it is open no other test may run an event loop of its own
def browser() -> Iterator[Any]:
    """An installed Chromium, else Playwright's own; without either the test is skipped, loudly."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    with sync_api.sync_playwright() as playwright:
        try:
            made = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except sync_api.Error:
            pytest.skip(NO_BROWSER)
        yield made
        made.close()


@pytest.fixture(scope="session")
def app_address(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over a copy of the examples; one server for all browser tests that only read."""
    path = tmp_path_factory.mktemp("app") / "app.db"
    shutil.copy(examples, path)
    with serving(path) as address:
        yield address


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of a fresh context that may talk to this machine only, and says if it tried others."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.foreign = []
    made.errors = []

    def guard(route: Any) -> None:
        url = route.request.url
        if url.startswith(("http://127.0.0.1", "data:", "blob:")):
            route.continue_()
        else:
            made.foreign.append(url)
            route.abort()

    made.route("**/*", guard)
    made.on("pageerror", lambda error: made.errors.append(str(error)))
    yield made
    assert made.foreign == [], "the app asked another host"
    assert made.errors == [], "a script failed on the page"
    context.close()


def settled(page: Any) -> None:
    """Wait until Streamlit has run the page and says so."""
    page.wait_for_selector('[data-test-script-state="notRunning"]', timeout=30_000)


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core from the package registry (or TRAITBOOK_AXE); without it the tests are skipped."""
    told = os.environ.get("TRAITBOOK_AXE")
    if told:
        return Path(told).read_text("utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm to fetch axe-core with; name axe.min.js in TRAITBOOK_AXE")
    folder = tmp_path_factory.mktemp("axe")
    try:
        subprocess.run(
            [npm, "pack", "axe-core@4", "--silent"],
            cwd=folder,
            check=True,
            timeout=90,
            capture_output=True,
        )
    except (subprocess.SubprocessError, OSError):
        pytest.skip("axe-core could not be fetched; name axe.min.js in TRAITBOOK_AXE")
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return io.TextIOWrapper(member, "utf-8").read()


AUDIT = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    return found.violations.map(v => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0]?.message || '')).join(' | '));
}"""


GROUND = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"


def audited(page: Any, axe: str) -> list[str]:
    """The violations that axe finds on a page as it stands, in light and in dark."""
    page.evaluate(axe)
    found, grounds = [], set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(700)
        grounds.add(page.evaluate(GROUND))
        found += [f"{scheme}: {one}" for one in page.evaluate(AUDIT)]
    assert len(grounds) == 2, "the page did not change from light to dark"
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser test, or one that races processes, may fail once on a loaded machine: it is given
    a second try, and the summary counts the reruns."""
    for item in items:
        if item.get_closest_marker("browser") or item.get_closest_marker("races"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly that browser tests were skipped: a green line must not hide it."""
    skipped = [
        r for r in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(r.longrepr)
    ]
    if skipped:
        terminalreporter.section("BROWSER TESTS WERE SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} tests did not run: {NO_BROWSER}")
