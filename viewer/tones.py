"""One manner of saying a value everywhere: its sign, its colour, who said it."""

from __future__ import annotations

from rubrics import Rater, Rubric

LETTERS = {"signal": "S", "judge": "J", "person": "P", "author": "A", "imported": "I"}
KINDS = {
    "signal": "a rule (a screen, weaker than a judge)",
    "judge": "a judge model",
    "person": "a person",
    "author": "what the writer of a synthetic example meant",
    "imported": "a score that came with the log",
}


def tone(value: float | None, rubric: Rubric | None) -> str:
    """The colour of a value: `under`, `over`, `bad` (a fault), `good` (as it should be), `none`."""
    if value is None or rubric is None:
        return "none"
    if rubric.scale.two_sided:
        return "under" if value < 0 else "over" if value > 0 else "good"
    return "bad" if value > rubric.scale.low else "good"


def shown(value: float | None, rubric: Rubric | None) -> str:
    """A value as people read it: `+1`, `\u22122`, `3/4`; a dash where there is none."""
    if value is None:
        return "\u2013"
    if rubric is None:
        return f"{value:.3g}"
    if rubric.scale.two_sided:
        return "0" if value == 0 else f"{value:+.2g}".replace("-", "\u2212")
    return f"{value:.2g}/{rubric.scale.high}"


def meaning(value: float | None, rubric: Rubric | None) -> str:
    """What the anchor nearest to a whole value says, or ''."""
    if rubric is None or value is None or value != int(value):
        return ""
    return rubric.anchors.get(int(value), "")


def title(trait: str, rubric: Rubric | None) -> str:
    """The trait's name for people."""
    return rubric.name if rubric else trait


def said_by(rater: Rater) -> str:
    """The rater for people: `signal praise`, `author`, `judge m-1 #ab12`."""
    if rater.kind == rater.name:
        return rater.kind
    return f"{rater.kind} {rater.name}"
