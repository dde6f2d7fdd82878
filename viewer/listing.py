"""The list of transcripts as a component's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rubrics import Rubric
from viewer import tones

FLAGS = 4


def row_data(
    row: Any, rubrics: Mapping[str, Rubric], link: Callable[[str], str], snippet: str = ""
) -> dict[str, Any]:
    """A transcript as a line of the list; `row` tells id, release, scenario, opening and flags."""
    flags = [_flag(one, rubrics) for one in row.flags[:FLAGS]]
    if len(row.flags) > FLAGS:
        more = [tones.title(one.trait, rubrics.get(one.trait)) for one in row.flags[FLAGS:]]
        told = {"label": f"+{len(more)}", "who": "", "value": "", "tone": "none"}
        flags.append({**told, "tip": ", ".join(more)})
    if row.unscored:
        told = {"label": "unscored", "who": "", "value": f" {row.unscored}", "tone": "none"}
        flags.append({**told, "tip": f"{row.unscored} ratings could not be given"})
    return {
        "id": row.id,
        "href": link(row.id),
        "opening": row.opening,
        "scenario": row.scenario,
        "release": row.release,
        "sample": row.sample,
        "messages": row.messages,
        "flags": flags,
        "snippet": snippet,
    }


def _flag(flag: Any, rubrics: Mapping[str, Rubric]) -> dict[str, str]:
    rubric = rubrics.get(flag.trait)
    turns = f", {flag.count} times" if flag.count > 1 else ""
    meaning = tones.meaning(flag.value, rubric)
    return {
        "label": tones.title(flag.trait, rubric),
        "who": tones.LETTERS[flag.kind],
        "value": tones.shown(flag.value, rubric),
        "tone": tones.tone(flag.value, rubric),
        "tip": f"{tones.KINDS[flag.kind]}{turns}: {meaning}",
    }
