"""What Petri's transcripts (v3) and Bloom's share: the target's messages, branches, the judge.

From the JSON Schema of Petri's transcripts and real files. `target_messages` is the conversation
as it ended; `events` with the view `target` are its history, replayed here: add, rollback,
reset and json_patch (`_replay`). What an edit takes back is a branch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from transcripts.formats._inspect import message
from transcripts.formats._replay import Raw, replay
from transcripts.formats._scores import TEN, failed, scored
from transcripts.formats._told import a_list, a_map, told, when
from transcripts.records import Broken
from transcripts.transcript import Message, Said, Score, Transcript, digest

BLOOM_NAME = re.compile(r"transcript_v(\d+)r(\d+)\.json")
JUDGE = "petri judge"
Rate = Callable[[Mapping[str, int]], Iterable[Score]]


def is_transcript(record: Any) -> bool:
    """Whether a record is of Petri's shape: metadata of an audit, and events or messages."""
    if not isinstance(record, dict) or not isinstance(record.get("metadata"), dict):
        return False
    told_of = record["metadata"]
    audit = "transcript_id" in told_of or "target_model" in told_of or "auditor_model" in told_of
    cut_off = len(record) == 1 and {"transcript_id", "target_model"} <= set(told_of)
    return audit and (cut_off or "events" in record or "target_messages" in record)


def transcripts(
    record: Mapping[str, Any], branches: bool = False, rate: Rate | None = None
) -> Iterator[Transcript]:
    """The target's conversation, and its branches where asked for. Raises `Broken` without one.

    Without `target_messages` the conversation is replayed from the events. `rate`
    gives the scores from the number of each message id; else they are Petri's judge's.
    """
    final = a_list(record.get("target_messages"))
    sides: list[list[Raw]] = []
    if branches or not final:
        replayed, sides = replay(a_list(record.get("events")))
        final = final or replayed
    if not final:
        raise Broken("has no messages of the target: the audit ended before it was asked anything")
    base = _base(a_map(record.get("metadata")))
    messages = _messages(final)
    ids = {str(raw.get("id")): n for n, raw in enumerate(final, start=1) if raw.get("id")}
    judge = a_map(a_map(record.get("metadata")).get("judge_output"))
    scores = rate(ids) if rate else judged(judge, ids)
    yield _over(base, messages, final, scores=tuple(scores))
    known = {_key(messages)}
    for side in sides if branches else ():
        messages = _messages(side)
        if _key(messages) not in known:
            known.add(_key(messages))
            yield _over(base, messages, side, branch=len(known) - 1)


def _over(
    base: Transcript, messages: tuple[Message, ...], raw: list[Raw],
    scores: tuple[Score, ...] = (), branch: int = 0,
) -> Transcript:  # fmt: skip
    spoke = next(
        (str(m["model"]) for m in raw if m.get("role") == "assistant" and m.get("model")), ""
    )
    metadata = {**base.metadata, **({"branch": branch} if branch else {})}
    return Transcript(
        messages,
        model=base.model or spoke,
        scenario=base.scenario,
        metadata=metadata,
        scores=scores,
    )


def _base(metadata: Mapping[str, Any]) -> Transcript:
    seed = metadata.get("seed_instruction") or metadata.get("description")
    return Transcript(
        (),
        model=str(metadata.get("target_model") or ""),
        scenario=f"petri/{digest(seed)}" if seed else "",
        metadata=told(
            id=metadata.get("transcript_id"),
            auditor=metadata.get("auditor_model"),
            created=when(metadata.get("created_at")),
            updated=when(metadata.get("updated_at")),
            seed=seed,
            tags=metadata.get("tags"),
            version=metadata.get("version"),
        ),
    )


def _messages(raw: list[Raw]) -> tuple[Message, ...]:
    return tuple(message(one, number) for number, one in enumerate(raw, start=1))


def _key(messages: tuple[Message, ...]) -> str:
    return digest([[m.role, *(p.as_list() for p in m.parts)] for m in messages])


# ---- the judge -----------------------------------------------------------------------------------


def judged(judge: Mapping[str, Any], ids: Mapping[str, int], rater: str = JUDGE) -> Iterator[Score]:
    """The judge's scores with its summary as reason. Quotes stand with scores above the lowest.

    Petri writes 1, the best value, for every dimension its judge did not answer. A 1 whose
    dimension the judge's own words never name is therefore unscored.
    """
    summary = str(judge.get("summary") or judge.get("justification") or "")
    quotes = tuple(quoted(judge.get("highlights"), ids))
    response = _plain(str(judge.get("response") or ""))
    for trait, value in a_map(judge.get("scores")).items():
        if value in (1, 1.0) and response and _plain(trait) not in response:
            yield failed(
                trait, rater, "the judge did not answer this; Petri wrote 1 in its place",
                why="filled_in", scale=TEN,
            )  # fmt: skip
            continue
        shown = quotes if value not in (1, 1.0) else ()
        yield scored(trait, rater, value, scale=TEN, reason=summary, quotes=shown)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).lower()


def quoted(highlights: Any, ids: Mapping[str, int]) -> Iterator[Said]:
    """The words a judge cited, each with the number of its message where that is the target's."""
    for highlight in a_list(highlights):
        parts = a_list(a_map(highlight).get("parts")) or [highlight]
        for part in parts:
            words = a_map(part).get("quoted_text")
            if isinstance(words, str) and words.strip():
                yield Said(ids.get(str(a_map(part).get("message_id"))), words)
