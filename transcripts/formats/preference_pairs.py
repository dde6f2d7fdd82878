"""Pairs of answers of which one was preferred: HH's text pairs, DPO pairs, Arena's battles.

Shapes: `{"chosen", "rejected"}` with texts of "\\n\\nHuman: ...\\n\\nAssistant: ..." lines (real
data of anthropics/hh-rlhf), or with lists of messages and perhaps a `prompt` (fine-tuning);
`{"input", "preferred_output", "non_preferred_output"}` (OpenAI's preference tuning);
`{"conversation_a", "conversation_b", "winner"}` (lmsys/chatbot_arena_conversations); and HH's
red-team records with one `transcript` text and its ratings. A pair is two transcripts of one
scenario; metadata says `pair_of`, and `preferred`: true, false, or null where neither was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from transcripts.blocks import to_messages
from transcripts.formats._each import each
from transcripts.formats._scores import scored
from transcripts.formats._speakers import human_assistant
from transcripts.formats._told import name, told, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Score, Transcript, digest

EXAMPLE = b"""\
{"chosen": "\\n\\nHuman: Is 91 prime?\\n\\nAssistant: No: 7 times 13.", \
"rejected": "\\n\\nHuman: Is 91 prime?\\n\\nAssistant: Yes."}
"""

SIDES = ("conversation_a", "conversation_b")
PAIR = ("chosen", "rejected")
OPENAI = ("input", "preferred_output", "non_preferred_output")
WINNERS = {"model_a": (True, False), "model_b": (False, True)}
RED_TEAM = "min_harmlessness_score_transcript"


def recognises(source: Source) -> bool:
    return any(_is_pair(_of_openai(r)) or _is_battle(r) or _is_attack(r) for r in source.records)


def _of_openai(record: Any) -> Any:
    """A pair as OpenAI's preference tuning has it, in the keys of the others."""
    if not isinstance(record, dict) or not all(key in record for key in OPENAI):
        return record
    asked, chosen, rejected = (record[key] for key in OPENAI)
    rest = {key: value for key, value in record.items() if key not in OPENAI}
    prompt = asked.get("messages") if isinstance(asked, dict) else asked
    return {**rest, "prompt": prompt, "chosen": chosen, "rejected": rejected}


def _is_pair(record: Any) -> bool:
    if not isinstance(record, dict) or not all(key in record for key in PAIR):
        return False
    return all(isinstance(record[key], str | list | dict) for key in PAIR)


def _is_battle(record: Any) -> bool:
    return isinstance(record, dict) and all(isinstance(record.get(key), list) for key in SIDES)


def _is_attack(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and isinstance(record.get("transcript"), str)
        and RED_TEAM in record
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, json_records(source), from_record)


def from_record(record: Any) -> Iterator[Transcript]:
    """Both transcripts of a pair. Raises `Broken`; then neither goes in."""
    record = _of_openai(record)
    if _is_battle(record):
        return _battle(record)
    if _is_attack(record):
        return iter([_attack(record)])
    if not _is_pair(record):
        raise Broken("is not a pair; it needs 'chosen' and 'rejected'")
    return _pair(record)


def _pair(record: Mapping[str, Any]) -> Iterator[Transcript]:
    asked = _messages(record["prompt"], "prompt") if record.get("prompt") else []
    both = [_side(record[key], key, asked) for key in PAIR]
    rest = {k: v for k, v in record.items() if k not in (*PAIR, "prompt", "model")}
    for key, preferred, messages in zip(PAIR, (True, False), both, strict=True):
        value = rest.get(f"score_{key}")
        scores = (scored("score", "pair's scorer", value),) if value is not None else ()
        yield _one(both, messages, preferred, rest, name(record.get("model")), scores)


def _side(raw: Any, key: str, asked: list[Message]) -> tuple[Message, ...]:
    said = _messages(raw, key, answer=bool(asked))
    repeats = said[: len(asked)] == asked
    return tuple(said if repeats else [*asked, *said])


def _messages(raw: Any, key: str, answer: bool = False) -> list[Message]:
    if isinstance(raw, str):
        found = human_assistant(raw)
        if not found and key != "prompt" and not answer:
            raise Broken(f"has {key!r} text without speakers; it needs Human: and Assistant: lines")
        return found or [Message.plain("user" if key == "prompt" else "assistant", raw)]
    return list(to_messages([raw] if isinstance(raw, Mapping) else raw))


def _one(
    both: list[tuple[Message, ...]], messages: tuple[Message, ...], preferred: bool | None,
    rest: Mapping[str, Any], model: str, scores: tuple[Score, ...] = (),
) -> Transcript:  # fmt: skip
    if not messages:
        raise Broken("has a side in which nothing was said")
    pair = digest([[[m.role, m.text] for m in side] for side in both])
    asked = messages[:-1] or messages
    return Transcript(
        messages,
        model=model,
        scenario=digest([[m.role, m.text] for m in asked]),
        metadata={**rest, "pair_of": pair, "preferred": preferred},
        scores=scores,
    )


def _battle(record: Mapping[str, Any]) -> Iterator[Transcript]:
    both = [to_messages(record[key]) for key in SIDES]
    preferred = WINNERS.get(name(record.get("winner")), (None, None))
    known = ("winner", "model_a", "model_b", "tstamp", *SIDES)
    rest = {key: value for key, value in record.items() if key not in known}
    rest |= told(winner=record.get("winner"), created=when(record.get("tstamp")))
    users = [[m.text for m in side if m.role == "user"] for side in both]
    for side, key in enumerate(("model_a", "model_b")):
        one = _one(both, both[side], preferred[side], rest, name(record.get(key)))
        yield replace(one, scenario=digest(users[side]))


def _attack(record: Mapping[str, Any]) -> Transcript:
    messages = tuple(human_assistant(record["transcript"]))
    if not messages:
        raise Broken("has a transcript without Human: and Assistant: lines")
    known = ("transcript", "rating", "model_type", RED_TEAM)
    rest = {key: value for key, value in record.items() if key not in known}
    scores = (
        scored("attack_success", "red team member", record.get("rating"), scale=(0.0, 4.0)),
        scored("min_harmlessness", "preference model", record[RED_TEAM]),
    )
    return Transcript(messages, model=name(record.get("model_type")), metadata=rest, scores=scores)
