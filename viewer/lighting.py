"""What is lit in the reader: quotes at their places, missing quotes, a line of chips a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rubrics import Quote, Rating, Rubric
from transcripts import Part, Transcript
from transcripts.rendering import LONGEST, to_rendered
from viewer import tones
from viewer.reading import View, part_text, version


def overlay_data(
    view: View, ratings: Mapping[str, Sequence[Rating]], rubrics: Mapping[str, Rubric]
) -> dict[str, Any]:
    """The overlay's data: spans to light, quotes that are missing, a line of chips a column."""
    spans: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for column, (identity, transcript) in enumerate(
        zip(view.identities, view.transcripts, strict=True)
    ):
        for index, rating in enumerate(ratings.get(identity, ())):
            rubric = rubrics.get(rating.trait)
            for at, quote in enumerate(rating.quotes):
                lit = _span(view, transcript, rating, quote, rubric)
                if lit:
                    spans.append({"id": f"{column}-{index}-{at}", "c": column, **lit})
                elif quote.match == "missing":
                    who = f"{tones.title(rating.trait, rubric)}, {tones.said_by(rating.rater)},"
                    missing.append(
                        {
                            "c": column,
                            "m": quote.message or rating.message,
                            "text": quote.text,
                            "who": who,
                        }
                    )
    chips = [_chips(ratings.get(identity, ()), rubrics) for identity in view.identities]
    return {"version": version(view), "spans": spans, "missing": missing, "chips": chips}


def _span(
    view: View, transcript: Transcript, rating: Rating, quote: Quote, rubric: Rubric | None
) -> dict[str, Any] | None:
    if quote.start is None or quote.end is None or quote.message is None:
        return None
    part = transcript.messages[quote.message - 1].parts[quote.part or 0]
    place = _shown_place(part, quote, view.verbatim)
    if place is None:
        return None
    value, who = tones.shown(rating.value, rubric), tones.said_by(rating.rater)
    nearly = "" if quote.match == "exact" else f" (quote {quote.match})"
    anchor = tones.meaning(rating.value, rubric)
    return {
        "m": quote.message, "p": quote.part or 0, "a": place[0], "b": place[1],
        "kind": rating.rater.kind, "trait": rating.trait, "tone": tones.tone(rating.value, rubric),
        "who": f"{tones.title(rating.trait, rubric)} {value} \u00b7 {who}{nearly}",
        "why": rating.reason or anchor,
    }  # fmt: skip


def _shown_place(part: Part, quote: Quote, as_it_is: bool) -> tuple[int, int] | None:
    """Where a quote stands in what the reader shows of its part."""
    start, end = quote.start or 0, quote.end or 0
    if part.kind == "tool_call":
        found = part_text(part).find(quote.text)
        return (found, found + len(quote.text)) if found >= 0 else None
    if as_it_is or part.kind != "text":
        return (start, end) if end <= LONGEST else None
    return to_rendered(part.text, start, end)


def _chips(ratings: Sequence[Rating], rubrics: Mapping[str, Rubric]) -> list[dict[str, Any]]:
    """One chip a trait that somebody rated off 0 or could not rate; one for all that is right."""
    by_trait: dict[str, list[Rating]] = {}
    for rating in ratings:
        by_trait.setdefault(rating.trait, []).append(rating)
    chips, right, absent = [], [], []
    for trait, found in by_trait.items():
        rubric = rubrics.get(trait)
        rated = [one.value for one in found if one.value is not None]
        if any(one.status == "unscored" for one in found) or (
            rated and (rubric is None or any(rated))
        ):
            chips.append(_chip(trait, found, rubric))
        elif rated:
            right.append(tones.title(trait, rubric))
        else:
            absent.append(tones.title(trait, rubric))
    chips.sort(key=lambda chip: -chip.pop("weight"))
    if right:
        chips.append(_summary(f"{len(right)} as they should be", right, "good"))
    if absent:
        chips.append(_summary(f"{len(absent)} not applicable", absent, "none"))
    return chips


def _summary(label: str, names: list[str], tone: str) -> dict[str, Any]:
    return {
        "label": label,
        "values": [],
        "tip": ", ".join(sorted(names)),
        "tone": tone,
        "trait": "",
    }


def _chip(trait: str, found: list[Rating], rubric: Rubric | None) -> dict[str, Any]:
    values, tips, weights = [], [], [0.0]
    worst: float | None = None
    for rater in dict.fromkeys(one.rater for one in found):
        mine = [one for one in found if one.rater == rater]
        rated = [one.value for one in mine if one.value is not None]
        unscored = [one for one in mine if one.status == "unscored"]
        letter = tones.LETTERS[rater.kind]
        if rated:
            far = max(rated, key=abs)
            weights.append(abs(far) + 0.01 * len(rated))
            worst = far if worst is None or abs(far) > abs(worst) else worst
            values.append([letter, tones.shown(far, rubric)])
            mean = sum(rated) / len(rated)
            turns = f", mean {mean:+.2g} of {len(rated)} turns" if len(rated) > 1 else ""
            reason = next((one.reason for one in mine if one.value == far and one.reason), "")
            told = f"{tones.said_by(rater)}: {tones.shown(far, rubric)}{turns}"
            tips.append(told + (f" \u2013 {reason}" if reason else ""))
        if unscored:
            weights.append(0.5)
            values.append([letter, "unscored"])
            tips.append(f"{tones.said_by(rater)}: {len(unscored)} unscored ({unscored[0].why})")
    return {
        "label": tones.title(trait, rubric),
        "values": values,
        "tip": " | ".join(tips),
        "tone": tones.tone(worst, rubric),
        "trait": trait,
        "weight": max(weights),
    }
