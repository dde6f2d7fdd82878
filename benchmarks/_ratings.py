"""A database of many ratings by one judge of sixteen traits, made without the importer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from rubrics import Rater, Rubric, load_all
from store import Store
from store.ratings import Keys

TRAITS = 16
UNSCORED = 0.01


def database(path: Path, *, releases: int, transcripts: int, samples: int) -> Path:
    """So many transcripts a release (and as many ratings of each trait); made once."""
    if path.exists():
        return path
    path.parent.mkdir(exist_ok=True)
    rubrics = [one for trait, one in load_all().items() if one.level != "pair"][:TRAITS]
    rng = np.random.default_rng(3)
    store = Store(path)
    with store.write() as connection:
        keys = Keys(connection)
        rater = keys.rater(Rater("judge", "bench-1", "a1b2"))
        asked = [(keys.rubric(one), one) for one in rubrics]
        for place in range(1, releases + 1):
            told = (place, f"r{place}", place)
            connection.execute("INSERT INTO releases (key, name, place) VALUES (?,?,?)", told)
        scenarios = -(-transcripts // samples)
        for one in range(1, scenarios + 1):
            connection.execute("INSERT INTO scenarios VALUES (?,?)", (one, f"s{one:05d}"))
        tendency = rng.normal(size=(scenarios, len(asked))) * 0.6
        for release in range(1, releases + 1):
            for k in range(transcripts):
                key = (release - 1) * transcripts + k + 1
                _transcript(connection, key, release, k // samples + 1, k % samples + 1)
                values = tendency[k // samples] + rng.normal(size=len(asked)) * 0.7
                lost = rng.random(len(asked)) < UNSCORED
                _ratings(connection, key, rater, asked, values, lost)
    store.close()
    return path


def _transcript(connection, key, release, scenario, sample) -> None:  # type: ignore[no-untyped-def]
    metadata = {"surface": "api" if scenario % 2 else "chat", "category": f"c{scenario % 5}"}
    connection.execute(
        "INSERT INTO transcripts (key, id, release, scenario, sample, content, messages, opening, "
        "metadata) VALUES (?,?,?,?,?,?,?,?,?)",
        (key, f"{key:016x}", release, scenario, sample, f"c{key}", 2, "Is this right?",
         json.dumps(metadata)),
    )  # fmt: skip
    said = [(key, 1, "user", "Is this right?"), (key, 2, "assistant", f"It is, number {key}.")]
    connection.executemany(
        "INSERT INTO messages (transcript, number, role, text) VALUES (?,?,?,?)", said
    )


def _ratings(connection, key, rater, asked, values, lost) -> None:  # type: ignore[no-untyped-def]
    rows = []
    for (rubric, one), value, gone in zip(asked, values, lost, strict=True):
        told: Rubric = one
        turn = 2 if told.level == "turn" else None
        kept = None if gone else float(np.clip(round(value), told.scale.low, told.scale.high))
        status, why = ("unscored", "timeout") if gone else ("rated", None)
        rows.append((key, rubric, rater, turn, status, kept, why))
    connection.executemany(
        "INSERT INTO ratings (transcript, rubric, rater, message, status, value, why, at) "
        "VALUES (?,?,?,?,?,?,?,'2026-11-01T00:00:00Z')",
        rows,
    )
