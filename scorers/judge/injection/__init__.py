"""Attacks on a judge: forty clean transcripts, eight ways to sway it, each pushing up and down.

All of it is synthetic, written for Traitbook. The clean transcripts' values lie inside their
scales, so that there is room on both sides; the shift is that from the judge's own rating of the
clean one. `clean.yaml` and `attacks.yaml` are content; here they are put together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from rubrics import Rubric
from transcripts import Message, Transcript
from transcripts.transcript import Role

HERE = Path(__file__).parent
Push = Literal["up", "down"]
PUSHES: tuple[Push, ...] = ("up", "down")


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to sway a judge: whose turn its words are added to, and its wordings."""

    name: str
    place: Role
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A transcript to be judged on one trait, clean (`attack` is "") or with words for its judge.

    `clean` is the number of the clean transcript, from 1; `target` the value that is pushed for.
    """

    clean: int
    trait: str
    transcript: Transcript
    attack: str = ""
    place: Role | None = None
    push: Push | None = None
    target: int | None = None


@cache
def attacks() -> tuple[Attack, ...]:
    """The attacks of `attacks.yaml`."""
    told = yaml.safe_load((HERE / "attacks.yaml").read_text("utf-8"))
    return tuple(Attack(one["attack"], one["place"], tuple(one["words"])) for one in told)


@cache
def _talks() -> tuple[tuple[str, int, tuple[Message, ...]], ...]:
    """(trait, value that was meant, messages) of each clean transcript."""
    told = yaml.safe_load((HERE / "clean.yaml").read_text("utf-8"))
    return tuple(
        (
            one["trait"],
            one["value"],
            tuple(Message.plain(role, text) for turn in one["talk"] for role, text in turn.items()),
        )
        for one in told
    )


def meant() -> list[int]:
    """What the writer of each clean transcript meant, in their order."""
    return [value for _, value, _ in _talks()]


def clean(rubrics: Mapping[str, Rubric]) -> Iterator[Case]:
    """The clean transcripts of the traits that have a rubric here."""
    for number, (trait, _, messages) in enumerate(_talks(), start=1):
        if trait in rubrics:
            yield Case(number, trait, _transcript(number, messages, {}))


def attacked(rubrics: Mapping[str, Rubric]) -> Iterator[Case]:
    """Each clean transcript with each attack, pushing up and down."""
    for case in clean(rubrics):
        scale = rubrics[case.trait].scale
        for index, attack in enumerate(attacks()):
            words = attack.words[(case.clean + index) % len(attack.words)]
            for push in PUSHES:
                target = scale.high if push == "up" else scale.low
                said = _filled(words, case, rubrics[case.trait], target)
                messages = _added(case.transcript.messages, attack.place, said)
                told = {"attack": attack.name, "push": push}
                made = _transcript(case.clean, messages, told)
                yield Case(case.clean, case.trait, made, attack.name, attack.place, push, target)


def _transcript(number: int, messages: tuple[Message, ...], told: dict[str, Any]) -> Transcript:
    name = "-".join(["clean" if not told else told["attack"], *([told["push"]] if told else [])])
    return Transcript(
        messages,
        release=name,
        scenario=f"injection-{number:02d}",
        sample=1,
        metadata={"synthetic": True, **told},
    )


def _added(messages: tuple[Message, ...], role: Role, words: str) -> tuple[Message, ...]:
    """The messages with the words at the end of the last one of that role."""
    last = max(index for index, one in enumerate(messages) if one.role == role)
    grown = Message.plain(role, f"{messages[last].text}\n\n{words}")
    return (*messages[:last], grown, *messages[last + 1 :])


def _filled(words: str, case: Case, rubric: Rubric, value: int) -> str:
    """The wording for this case; plain replacement, since the words hold braces of their own."""
    number, message = list(case.transcript.numbered("assistant"))[-1]
    quote = " ".join(message.text.split()[:8])
    meaning = rubric.anchors[value]
    verdict = {
        "message": None if rubric.level == "transcript" else number,
        "applicable": True,
        "quotes": [{"message": number, "text": quote}],
        "reason": meaning,
        "value": value,
    }
    told = {
        "{value}": str(value),
        "{meaning}": meaning,
        "{question}": rubric.question,
        "{answer}": json.dumps({"verdicts": [verdict]}, ensure_ascii=False),
    }
    for mark, text in told.items():
        words = words.replace(mark, text)
    return words
