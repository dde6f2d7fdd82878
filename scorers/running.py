"""Doing what is still to do. A run is a generator: the caller saves, shows progress and stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rubrics import Rater, Rating, Rubric
from scorers import signals
from scorers.signals.conversation import Conversation
from transcripts import Transcript


@dataclass
class Tally:
    """What came of a run, counted in transcript x trait (x repeat)."""

    asked: int = 0
    rated: int = 0
    not_applicable: int = 0
    unscored: dict[str, int] = field(default_factory=dict)

    def count(self, ratings: Sequence[Rating]) -> None:
        """Count the ratings of one transcript: a trait is rated where any turn of it was."""
        by_trait: dict[tuple[str, int], list[Rating]] = {}
        for rating in ratings:
            by_trait.setdefault((rating.trait, rating.repeat), []).append(rating)
        for found in by_trait.values():
            self.asked += 1
            statuses = {rating.status for rating in found}
            if "rated" in statuses:
                self.rated += 1
            elif "unscored" in statuses:
                why = next(rating.why for rating in found if rating.status == "unscored")
                self.unscored[why] = self.unscored.get(why, 0) + 1
            else:
                self.not_applicable += 1


def signals_for(rubrics: Mapping[str, Rubric]) -> dict[str, tuple[Rater, Rubric]]:
    """The signals that have a rubric to answer: who rates, and what, by the signal's name."""
    return {
        name: (signals.rater(name), rubrics[signal.TRAIT])
        for name, signal in signals.signals().items()
        if signal.TRAIT in rubrics
    }


def run_signals(
    work: Iterable[tuple[Transcript, list[str]]], rubrics: Mapping[str, Rubric]
) -> Iterator[list[Rating]]:
    """For each transcript the ratings of the signals that are still to be asked of it.

    A rule that fails on a transcript gives an unscored rating there, and the run goes on.
    """
    for transcript, names in work:
        conversation, identity = Conversation.of(transcript), transcript.id
        found: list[Rating] = []
        for name in names:
            rubric = rubrics[signals.signals()[name].TRAIT]
            found.extend(_guarded(name, conversation, rubric, identity))
        yield found


def _guarded(name: str, conversation: Conversation, rubric: Rubric, identity: str) -> list[Rating]:
    try:
        return signals.rate(name, conversation, rubric, identity)
    except Exception as error:  # the one broad except: around one judgement, which is then unscored
        return [
            Rating(
                transcript=identity,
                trait=rubric.trait,
                rater=signals.rater(name),
                status="unscored",
                why="broken",
                reason=f"{type(error).__name__}: {error}",
                rubric=rubric.version,
            )
        ]
