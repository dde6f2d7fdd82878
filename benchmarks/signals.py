"""What the signals are worth: measured on published labels, and on the author's own examples.

    python benchmarks/signals.py                 the table, for the test half
    python benchmarks/signals.py --half dev      for the half the rules were written on
    python benchmarks/signals.py --write         also into docs/signals.md

Takes half a minute. The published data are not part of the project: see `signal_data`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import Figure as Timed
from benchmarks import signal_data as data
from benchmarks.signal_rows import Row, measure

DOCS = data.HERE / "docs" / "signals.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def table(rows: list[Row], dev: list[Row]) -> str:
    """The rows as Markdown, the development half's value beside each."""
    known = {(r.signal, r.against, r.measure): r.figure.value for r in dev}
    lines = [
        "| signal | against | measure | test half [95 % interval] | n (items) | dev half | |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        other = known.get((r.signal, r.against, r.measure), float("nan"))
        note = "; ".join(filter(None, (r.note, r.verdict)))
        lines.append(
            f"| {r.signal} | {r.against} | {r.measure} | {r.figure} "
            f"| {r.figure.n} ({r.figure.clusters}) | {other:.2f} | {note} |"
        )
    return "\n".join(lines)


def write(text: str) -> None:
    """Put the table between the two markers of docs/signals.md."""
    before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def run() -> Iterator[Timed]:
    """The test half's rows, as `python -m benchmarks` prints them; held against no bar."""
    try:
        rows = measure("test")
    except data.NoSharedData as error:
        yield Timed("published labels", f"not measured: {error}")
        return
    for r in rows:
        what = f"{r.signal}: {r.measure}, against {r.against}"
        yield Timed(what, f"{r.figure}, n {r.figure.n}", r.verdict)


@click.command()
@click.option("--half", type=click.Choice(["dev", "test"]), default="test", show_default=True)
@click.option("--write", "into_docs", is_flag=True, help="Write the table into docs/signals.md.")
def main(half: str, into_docs: bool) -> None:
    """Measure the signals."""
    started = time.process_time()
    try:
        dev = measure("dev")
        rows = dev if half == "dev" else measure("test")
    except data.NoSharedData as error:
        raise click.ClickException(str(error)) from error
    text = table(rows, dev)
    click.echo(text)
    click.echo(f"\n{time.process_time() - started:.0f} s of CPU", err=True)
    if into_docs:
        write(text)


if __name__ == "__main__":
    main()
