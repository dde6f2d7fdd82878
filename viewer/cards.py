"""Rubrics as cards: the question, the scale with its anchors, what rests on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rubrics import Rubric
from viewer import tones
from viewer.wording import compared

LEVELS = {
    "turn": "each reply by itself",
    "transcript": "the whole transcript",
    "pair": "two transcripts together",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of a trait's rubric that ratings rest on: when it was first used, how many."""

    version: str
    since: str
    ratings: int
    raters: Sequence[str] = ()
    rubric: Rubric | None = None


def cards_data(
    rubrics: Mapping[str, Rubric],
    kept: Mapping[str, Sequence[Kept]],
    link: Callable[[str], str],
    opened: str = "",
) -> dict[str, Any]:
    """All traits as small cards, those that gate first; `opened` alone and in full."""
    shown = [rubrics[opened]] if opened else sorted(rubrics.values(), key=_place)
    return {
        "version": "|".join(f"{one.trait}{one.version}" for one in shown),
        "full": bool(opened),
        "cards": [
            card(one, kept.get(one.trait, ()), link(one.trait), bool(opened)) for one in shown
        ],
    }


def _place(rubric: Rubric) -> tuple[bool, bool, str]:
    return (not rubric.gate, not rubric.scale.two_sided, rubric.name)


def card(rubric: Rubric, kept: Sequence[Kept], href: str, full: bool) -> dict[str, Any]:
    """One card's data; all of the rubric's words where it is shown in full."""
    ratings = sum(one.ratings for one in kept if one.version == rubric.version)
    earlier = len([one for one in kept if one.version != rubric.version and one.ratings])
    told = {
        "trait": rubric.trait,
        "name": rubric.name,
        "href": href,
        "question": rubric.question,
        "level": LEVELS[rubric.level],
        "gate": rubric.gate,
        "version": rubric.version,
        "used": f"{ratings:,} ratings" if ratings else "not used yet",
        "earlier": _earlier(earlier),
        "under": rubric.under,
        "over": rubric.over,
        "scale": [
            {
                "value": tones.shown(value, rubric),
                "tone": tones.tone(value, rubric),
                "anchor": rubric.anchors[value],
            }
            for value in rubric.scale.values
        ],
    }
    return told | {"more": more(rubric)} if full else told


def _earlier(count: int) -> str:
    return f"{count} earlier version{'s' if count > 1 else ''}" if count else ""


def more(rubric: Rubric) -> list[list[str]]:
    """(name, text) of all that is asked beside question and anchors, and where it is from."""
    first = ""
    if rubric.first_ask:
        known = rubric.first_ask.from_metadata
        first = "Asked first, blind to the reply: was disagreement warranted? " + (
            f"Scenario metadata \u201c{known}\u201d answers it where it is given."
        )
    told = [
        ("Not applicable", rubric.not_applicable),
        ("Look for", "; ".join(rubric.look_for)),
        ("Not evidence", "; ".join(rubric.not_evidence)),
        ("To decide", rubric.decide),
        ("First question", first),
        ("Source", rubric.source),
    ]
    return [[name, text] for name, text in told if text]


def changes_data(before: Rubric, after: Rubric) -> dict[str, Any]:
    """The words that changed from one version to another."""
    return {
        "version": f"{before.version}>{after.version}",
        "title": f"{before.version} \u2192 {after.version}",
        "fields": [[name, pieces] for name, pieces in compared(before, after)],
        "none": "No word that is asked has changed: it is the same version."
        if before.version == after.version
        else "Only the order or the structure changed.",
    }
