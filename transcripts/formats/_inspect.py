"""What the two shapes of an Inspect log share: samples into transcripts, scores into scores.

Read from real logs of inspect_ai 0.3.41 to 0.3.133 (file versions 2). The maintainers call the
files no frozen public spec (inspect_ai#5066), so everything but the messages is optional here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts.blocks import compact, to_message
from transcripts.records import Broken
from transcripts.transcript import Message, Score, Transcript

ATTACHMENT = "attachment://"
LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
"""Correct, incorrect, partial, no answer: Inspect's own numbers for them."""

KEPT = ("id", "epoch", "target", "metadata", "model_usage", "total_time", "uuid", "error", "limit")


def to_transcript(sample: Any, spec: Mapping[str, Any]) -> Transcript:
    """One sample of a log as a transcript; `spec` is the log's `eval` section.

    The scenario is task and sample id. The epoch stays in metadata and does not become the sample
    number: two logs of one task and model would claim the same number for different answers.
    Raises `Broken` where the sample has no messages.
    """
    if not isinstance(sample, Mapping):
        raise Broken("is not a sample")
    raw = sample.get("messages") or sample.get("message_pool")
    if not raw:
        raise Broken("is a sample without messages; it ended before the model spoke")
    attachments = sample.get("attachments") or {}
    messages = tuple(
        message(with_attachments(one, attachments), number)
        for number, one in enumerate(raw, start=1)
    )
    return Transcript(
        messages=messages,
        scenario=f"{spec.get('task', 'task')}/{sample.get('id')}",
        model=str(spec.get("model") or ""),
        metadata=_metadata(sample, spec),
        scores=tuple(_scores(sample)),
    )


def message(raw: Any, number: int) -> Message:
    """One message of an Inspect log; the error of a tool becomes a result that failed."""
    error = raw.get("error") if isinstance(raw, Mapping) else None
    if error and raw.get("content") is None:
        raw = {**raw, "content": ""}
    message = to_message(raw, number)
    if message.role != "tool" or not error:
        return message
    told = str(error.get("message", error)) if isinstance(error, Mapping) else str(error)
    return to_message(
        {
            "role": "tool",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": raw.get("tool_call_id"),
                    "name": raw.get("function"),
                    "content": message.parts[0].text or told,
                    "is_error": True,
                }
            ],
        },
        number,
    )


def with_attachments(value: Any, attachments: Mapping[str, str]) -> Any:
    """The value with every `attachment://hash` in it replaced by the text it stands for."""
    if isinstance(value, str):
        if value.startswith(ATTACHMENT):
            return attachments.get(value[len(ATTACHMENT) :], value)
        return value
    if isinstance(value, list):
        return [with_attachments(one, attachments) for one in value]
    if isinstance(value, dict):
        return {key: with_attachments(one, attachments) for key, one in value.items()}
    return value


def _metadata(sample: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: sample[key] for key in KEPT if sample.get(key) not in (None, {}, [], "")}
    told["sample_id"] = told.pop("id", None)
    log = {"run": spec.get("run_id"), "created": spec.get("created"), "task": spec.get("task")}
    return {**told, **{key: value for key, value in log.items() if value}}


def _scores(sample: Mapping[str, Any]) -> Iterator[Score]:
    scores = sample.get("scores")
    if not isinstance(scores, Mapping):
        scores = {"score": sample["score"]} if isinstance(sample.get("score"), Mapping) else {}
    for name, score in scores.items():
        if not isinstance(score, Mapping):
            score = {"value": score}
        value = score.get("value")
        parts = value.items() if isinstance(value, Mapping) else [("", value)]
        for key, one in parts:
            yield _score(f"{name}/{key}" if key else name, name, one, score)


def _score(trait: str, rater: str, value: Any, score: Mapping[str, Any]) -> Score:
    told = score.get("explanation") or score.get("answer") or ""
    number = to_number(value)
    if number is None:
        reason = f"{value if isinstance(value, str) else compact(value)}. {told}".strip(". ")
        return Score(trait, rater, None, status="unscored", reason=reason)
    scale = (0.0, 1.0) if isinstance(value, bool) or value in LETTERS else None
    return Score(trait, rater, number, reason=str(told), scale=scale)


def to_number(value: Any) -> float | None:
    """A score's value as a number; None for a label that has none, and for NaN (unscored)."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        value = LETTERS.get(value.strip().upper(), value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
