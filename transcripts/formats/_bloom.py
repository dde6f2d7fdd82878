"""Bloom's judgements, read from the `judgment.json` that stands beside the transcripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from transcripts import documents
from transcripts.beside import beside
from transcripts.formats._petri import quoted
from transcripts.formats._scores import TEN, failed, scored
from transcripts.formats._told import a_list, a_map
from transcripts.records import Broken
from transcripts.source import Source, Unreadable
from transcripts.transcript import Score

Place = tuple[int, int]
"""Variation and repetition: what joins a transcript, its judgement and its scenario."""

NO_QUALITY = (
    "variation_number",
    "repetition_number",
    "num_samples",
    "sample_index",
    "behavior_presence",
)
KEYS = ("behavior_name", "model", "judgments", "failed_judgments", "variations")


@dataclass(frozen=True)
class Judgments:
    """A judgment.json: whose, about which behavior, and each judgement by its place."""

    behavior: str = ""
    judge: str = "bloom judge"
    given: Mapping[Place, Mapping[str, Any]] = field(default_factory=dict)
    failed: Mapping[Place, str] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Judgments:
        """From the record; entries without a place are left out (`misplaced` counts them)."""
        given = {p: j for j in a_list(record.get("judgments")) if (p := place(j))}
        failures = {
            p: str(a_map(j).get("error") or "the judge failed and left no word")
            for j in a_list(record.get("failed_judgments"))
            if (p := place(j))
        }
        behavior = str(record.get("behavior_name") or "")
        return cls(behavior, str(record.get("model") or "bloom judge"), given, failures)

    def scores(self, at: Place | None, ids: Mapping[str, int]) -> Iterator[Score]:
        """The ratings of one transcript: each sample of the judge a repeat, failures unscored."""
        trait = f"behavior_presence/{self.behavior}" if self.behavior else "behavior_presence"
        if at is not None and at in self.failed:
            yield failed(trait, self.judge, self.failed[at], why="judge_failed", scale=TEN)
        if at is None or at not in self.given:
            return
        judgment = self.given[at]
        samples = [one for one in a_list(judgment.get("individual_samples")) if a_map(one)]
        told = str(judgment.get("justification") or judgment.get("summary") or "")
        summary = str(judgment.get("summary") or told)
        quotes = tuple(quoted(judgment.get("highlights"), ids))
        for repeat, sample in enumerate(samples if len(samples) > 1 else [judgment], start=1):
            value = sample.get("behavior_presence")
            yield scored(
                trait, self.judge, value, scale=TEN, reason=told, repeat=repeat, quotes=quotes
            )
            for quality, value in sample.items():
                if quality not in NO_QUALITY and _is_number(value):
                    yield scored(
                        quality, self.judge, value, scale=TEN, reason=summary, repeat=repeat
                    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def place(entry: Any) -> Place | None:
    """The variation and repetition that an entry names, where it names both as whole numbers."""
    found = [a_map(entry).get(key) for key in ("variation_number", "repetition_number")]
    if all(isinstance(one, int) and not isinstance(one, bool) for one in found):
        return found[0], found[1]  # type: ignore[return-value]
    return None


def judgments_of(source: Source) -> Judgments:
    """The judgements beside a transcript; none where no file of theirs can be read."""
    return Judgments.of(_beside(source, "judgment.json"))


def description_of(source: Source, at: Place | None, judgments: Judgments) -> str:
    """What the variation asked for, from the scenarios or the judgements beside it."""
    variations = a_list(_beside(source, "ideation.json").get("variations"))
    if at and 0 < at[0] <= len(variations):
        one = variations[at[0] - 1]
        return str(a_map(one).get("description") or "") if isinstance(one, Mapping) else str(one)
    return str(judgments.given.get(at, {}).get("variation_description") or "") if at else ""


def _beside(source: Source, name: str) -> Mapping[str, Any]:
    for path in (name, f"../{name}"):
        if found := beside(source, path):
            return _loaded(_Read(found))
    return {}


class _Read:
    """A file that counts by name and time, so that all transcripts of a folder read it once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.key = (source.name, source.path.stat().st_mtime_ns, source.size)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Read) and other.key == self.key


@lru_cache(maxsize=8)
def _loaded(file: _Read) -> Mapping[str, Any]:
    try:
        return documents.load(file.source, KEYS)
    except (Broken, Unreadable):
        return {}
