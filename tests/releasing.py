"""Worlds of releases in a few lines: transcripts with ratings, in a real store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from rubrics import Rubric
from store import Store
from store.adding import add
from transcripts import Message, Score, Transcript

JUDGE = "judge:m-1#aaaa"


class Rated(NamedTuple):
    """One rating: a value, or a status where it is a word ("unscored", "not_applicable")."""

    release: str
    scenario: str
    value: float | str
    trait: str = "delusion_feeding"
    sample: int = 1
    rater: str = JUDGE
    message: int | None = None
    repeat: int = 1
    metadata: dict[str, Any] | None = None


def put(store: Store, rubrics: dict[str, Rubric], rows: Iterable[Rated]) -> None:
    """Import transcripts of six messages with these ratings; a turn-level trait's go to turn 2."""
    found: dict[tuple[str, str, int], tuple[list[Score], dict[str, Any]]] = {}
    for row in rows:
        scores, metadata = found.setdefault((row.release, row.scenario, row.sample), ([], {}))
        metadata |= row.metadata or {}
        scores.append(_score(row, rubrics.get(row.trait)))
    made = []
    for (release, scenario, sample), (scores, metadata) in found.items():
        said = [
            f"{scenario} asked {k}" if k % 2 == 0 else f"{release} {sample} {k}" for k in range(6)
        ]
        messages = tuple(
            Message.plain("assistant" if k % 2 else "user", text) for k, text in enumerate(said)
        )
        made.append(
            Transcript(messages, release, scenario, sample, metadata=metadata, scores=tuple(scores))
        )
    added = add(store, made, rubrics)
    assert not added.refused


def _score(row: Rated, rubric: Rubric | None) -> Score:
    kind = row.rater.partition(":")[0]
    status = row.value if isinstance(row.value, str) else "rated"
    message = row.message
    if message is None and rubric is not None and rubric.level == "turn":
        message = 2
    return Score(
        row.trait, row.rater, None if isinstance(row.value, str) else row.value, kind=kind,
        status=status, why="refusal" if status == "unscored" else "", message=message,
        repeat=row.repeat,
    )  # fmt: skip


def two(values: dict[str, list[float | str]], **given: Any) -> list[Rated]:
    """Releases by name, a value a scenario: two({"r1": [0, 1], "r2": [1, 1]})."""
    return [
        Rated(release, f"s{k:04d}", value, **given)
        for release, found in values.items()
        for k, value in enumerate(found)
    ]
