"""What lies behind a number as a component's data: the spread of values, and the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rubrics import Rubric
from viewer import tones


def quotes_data(
    title: str,
    rubric: Rubric | None,
    counts: Mapping[str, Mapping[str, int]],
    found: Sequence[Any],
    link: Callable[[str, int | None], str],
) -> dict[str, Any]:
    """The data; `counts` are per release how often each value was given, `found` the ratings."""
    return {
        "version": title,
        "title": title,
        "asked": rubric.question if rubric else "",
        "spread": [spread(release, told, rubric) for release, told in counts.items()],
        "found": [_found(one, rubric, link) for one in found],
        "more": "",
    }


def spread(release: str, counts: Mapping[str, int], rubric: Rubric | None) -> dict[str, Any]:
    """One release's values as parts of a bar, from low to high; the unscored are part of it."""
    values = sorted(
        (float(v), n) for v, n in counts.items() if v not in ("not_applicable", "unscored")
    )
    unscored = counts.get("unscored", 0)
    total = sum(n for _, n in values) + unscored
    parts = [
        {
            "label": tones.shown(value, rubric), "count": count, "share": count / total,
            "tone": tones.tone(value, rubric), "far": abs(value) >= 2,
        }
        for value, count in values
    ]  # fmt: skip
    if unscored:
        share = unscored / total
        parts.append({"label": "unscored", "count": unscored, "share": share, "tone": "lost"})
    absent = counts.get("not_applicable", 0)
    return {"release": release, "parts": parts, "rest": f"{absent:,} n/a" if absent else ""}


def _found(
    one: Any, rubric: Rubric | None, link: Callable[[str, int | None], str]
) -> dict[str, Any]:
    failed = one.status == "unscored"
    value = (
        tones.shown(one.value, rubric) if one.status == "rated" else one.status.replace("_", " ")
    )
    turn = f"message {one.message}" if one.message else "the whole transcript"
    return {
        "t": one.transcript,
        "m": one.message,
        "href": link(one.transcript, one.message),
        "value": value,
        "tone": tones.tone(one.value, rubric),
        "quotes": [{"text": text, "match": match} for text, match in one.quotes],
        "why": f"{one.why}: {one.reason}"
        if failed
        else one.reason or ("" if one.quotes else one.opening),
        "where": f"{one.scenario} \u00b7 {turn}",
    }
