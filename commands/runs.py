"""`runs`: what was run, how far it is, what it cost, and what failed and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from commands import common, existing, note, put, table
from store import calls, runs
from store.runs import Run


@click.command("runs")
@click.argument("run", type=int, required=False)
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
@common
def command(run: int | None, limit: int, db: Path, as_json: bool) -> None:
    """The runs, the newest first; of one RUN, what failed and why."""
    store = existing(db)
    if run is not None:
        one = runs.get(store, run)
        failed = calls.failures(store, run, limit=limit)
        if as_json:
            put({**told(one), "reasons": calls.reasons(store, run),
                 "failures": [asdict(f) for f in failed]})  # fmt: skip
            return
        _table([one])
        for f in failed:
            click.echo(f"\n{f.why}: {f.release} / {f.scenario}, {f.trait}, {f.transcript}")
            for line in filter(None, (f.reason, f.error, f.reply[:500])):
                click.echo(f"    {line}")
        return
    found = runs.runs(store, limit)
    if as_json:
        put({"runs": [told(one) for one in found]})
    elif found:
        _table(found)
    else:
        note("no runs yet; `traitbook score` makes one")


def told(run: Run) -> dict[str, Any]:
    """A run as JSON."""
    shown = asdict(run) | {"resumable": run.resumable}
    shown["options"] = {k: v for k, v in run.options.items() if k != "salt"}
    return {"run": shown.pop("key"), **shown}


def _table(found: list[Run]) -> None:
    rows = []
    for one in found:
        progress = one.progress
        unscored = sum((progress.get("unscored") or {}).values())
        cost = progress.get("cost_usd")
        rows.append((
            one.key, one.rater or one.kind, one.state, one.started, progress.get("asked", 0),
            one.planned, unscored, "-" if cost is None else f"{cost:.4f}", one.note[:80],
        ))  # fmt: skip
    columns = ["run", "rater", "state", "started", "asked", "planned", "unscored", "usd", "note"]
    table(columns, rows)
