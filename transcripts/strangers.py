"""Files that are known to hold no transcript, and the true reason: what stands in them instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transcripts.source import Source

Shape = Callable[[dict[str, Any]], bool]


def has(*keys: str) -> Shape:
    """Whether a record has all these keys."""
    return lambda record: all(key in record for key in keys)


KNOWN: list[tuple[Shape, str]] = [
    (
        lambda r: ("$schema" in r or "$defs" in r) and ("properties" in r or "type" in r),
        "is a JSON Schema: it describes a shape and holds no transcript",
    ),
    (
        lambda r: has("question_id", "turns")(r) and "choices" not in r,
        "holds questions without answers; the answers (model_answer/*.jsonl) find it by themselves",
    ),
    (
        has("prompt_template", "system_prompt", "type"),
        "holds prompts for a judge, not what a judge or a model said",
    ),
    (
        has("understanding", "behavior_name"),
        "holds Bloom's understanding of a behavior; conversations are in transcript_v*r*.json",
    ),
    (
        has("variations", "behavior_name"),
        "holds Bloom's scenarios; conversations are in transcript_v*r*.json",
    ),
    (
        has("email", "id"),
        "holds an account, not its conversations; those are in conversations.json",
    ),
    (
        has("full_name", "uuid"),
        "holds an account, not its conversations; those are in conversations.json",
    ),
    (
        lambda r: has("uuid", "name", "docs")(r) and "prompt_template" in r,
        "holds a project's documents, not its conversations; those are in conversations.json",
    ),
    (
        has("generator_command", "sample_count"),
        "describes how samples were made, and holds no transcript itself",
    ),
]  # fmt: skip


def why_none(source: Source) -> str | None:
    """What a source holds instead of transcripts, where that is known; else None."""
    first = source.first
    if not isinstance(first, dict):
        return None
    return next((why for fits, why in KNOWN if fits(first)), None)
