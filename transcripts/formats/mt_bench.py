"""MT-Bench of FastChat: models' answers, and judgements of one answer or of a pair.

Shapes from FastChat's files: answers `{"question_id", "model_id", "choices": [{"turns"}]}`, whose
questions stand in `question.jsonl` in the folder above; judgements `{"question_id", "model",
"judge", "user_prompt", "judgment", "score", "turn"}`, whose prompt repeats the conversation; pairs
with `model_1`, `model_2` and a winner in either order (`g1_winner`, `g2_winner`; they must agree,
else it is a tie). The judgement of the first turn goes with that of the second into one
transcript. -1, which is what the judge's unreadable words become, is unscored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from transcripts.beside import beside
from transcripts.formats._each import each
from transcripts.formats._scores import TEN, UNIT, scored
from transcripts.formats._told import a_list, a_map, name, told, when
from transcripts.records import Broken, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Role, Score, Transcript, digest

EXAMPLE = b"""\
{"question_id": 81, "model": "m-1", "judge": ["m-judge", "single-v1"], "turn": 1, "score": 7, \
"user_prompt": "[Question]\\nIs 91 prime?\\n\\n[The Start of Assistant's Answer]\\nNo.\\n\
[The End of Assistant's Answer]", "judgment": "Right. Rating: [[7]]", "tstamp": 1767225600.0}
"""

QUESTIONS = ("../question.jsonl", "question.jsonl", "../../question.jsonl")
SINGLE = re.compile(
    r"\[(?:User )?Question\]\n(?P<question>.*?)\n\n"
    r"(?:\[The Start of Reference Answer\]\n.*?\[The End of Reference Answer\]\n\n)?"
    r"\[The Start of Assistant(?P<who> [AB])?'s Answer\]\n(?P<answer>.*?)\n"
    r"\[The End of Assistant(?P=who)?'s Answer\]",
    re.S,
)
OTHER = re.compile(
    r"\[The Start of Assistant B's Answer\]\n(.*?)\n\[The End of Assistant B's Answer\]", re.S
)
TALK = "<|The {} of Assistant {}'s Conversation with User|>"
MARK = re.compile(r"^### (User|Assistant [AB]):\n", re.M)
Key = tuple[str, str]


def recognises(source: Source) -> bool:
    return any(_is_answer(r) or _is_single(r) or _is_pair(r) for r in source.records)


def _is_answer(record: Any) -> bool:
    choices = a_list(a_map(record).get("choices"))
    return "question_id" in a_map(record) and bool(choices) and "turns" in a_map(choices[0])


def _is_single(record: Any) -> bool:
    return isinstance(record, dict) and all(
        k in record for k in ("question_id", "judge", "user_prompt")
    )


def _is_pair(record: Any) -> bool:
    return isinstance(record, dict) and all(
        k in record for k in ("question_id", "model_1", "g1_winner")
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    if any(_is_answer(record) for record in source.records):
        yield from _answers(source)
    else:
        firsts, seconds = _first_turns(source)
        yield from each(
            source, json_records(source), partial(_judged, firsts=firsts, seconds=seconds)
        )


# ---- answers -------------------------------------------------------------------------------------


def _answers(source: Source) -> Iterator[Transcript | Refused]:
    questions = _questions(source)
    if not questions:
        why = "holds answers without their questions; put question.jsonl into the folder above it"
        yield Refused(source.name, "", why)
        return
    yield from each(source, json_records(source), partial(_answer, questions=questions))


def _questions(source: Source) -> dict[str, Mapping[str, Any]]:
    for path in QUESTIONS:
        found = beside(source, path)
        if found:
            records = (item[1] for item in json_records(found) if not isinstance(item, Refused))
            return {str(a_map(r).get("question_id")): r for r in records if a_map(r).get("turns")}
    return {}


def _answer(record: Any, *, questions: Mapping[str, Mapping[str, Any]]) -> Iterator[Transcript]:
    question = questions.get(str(a_map(record).get("question_id")))
    if question is None:
        raise Broken(
            f"answers question {record.get('question_id')!r}, which question.jsonl has not"
        )
    for choice in a_list(record.get("choices")):
        said = a_list(a_map(choice).get("turns"))
        messages = [
            Message.plain(role, str(words))
            for pair in zip(question["turns"], said, strict=False)
            for role, words in zip(_ROLES, pair, strict=True)
        ]
        if not messages:
            raise Broken("has a choice without turns")
        metadata = told(
            question_id=record.get("question_id"), answer_id=record.get("answer_id"),
            category=question.get("category"), created=when(record.get("tstamp")),
            reference=question.get("reference"),
        )  # fmt: skip
        yield Transcript(tuple(messages), model=name(record.get("model_id")), metadata=metadata)


_ROLES: tuple[Role, Role] = ("user", "assistant")


# ---- judgements ----------------------------------------------------------------------------------


def _first_turns(source: Source) -> tuple[dict[Key, list[Score]], set[Key]]:
    """The scores of all first turns, and what has a second: the file has them far apart."""
    firsts: dict[Key, list[Score]] = {}
    seconds: set[Key] = set()
    for item in json_records(source):
        if isinstance(item, Refused) or not _is_single(item[1]):
            continue
        record = item[1]
        if record.get("turn") == 2:
            seconds.add(_key(record))
        else:
            firsts.setdefault(_key(record), []).append(_score(record, 2))
    return firsts, seconds


def _key(record: Mapping[str, Any]) -> Key:
    return str(record.get("question_id")), str(record.get("model"))


def _score(record: Mapping[str, Any], message: int) -> Score:
    judge = a_list(record.get("judge")) or [record.get("judge")]
    told_of = name(record.get("judgment"))
    return scored(
        "mt_bench", str(judge[0]), record.get("score"), scale=TEN, reason=told_of, message=message,
        at=when(record.get("tstamp")),
    )  # fmt: skip


def _judged(
    record: Any, *, firsts: dict[Key, list[Score]], seconds: set[Key]
) -> Iterator[Transcript]:
    if _is_pair(record):
        return _pair(record)
    if not _is_single(record):
        raise Broken("is no judgement; it needs question_id, judge and user_prompt")
    key = _key(record)
    if record.get("turn") != 2 and key in seconds:
        return iter(())  # its score goes with the second turn
    messages = conversation(name(record.get("user_prompt")), "A")
    if record.get("turn") == 2:
        scores = [*firsts.pop(key, []), _score(record, len(messages))]
    else:
        scores = [_score(record, len(messages))]
    metadata = told(
        question_id=record.get("question_id"), judge_prompt=a_list(record.get("judge"))[1:]
    )
    model = name(record.get("model"))
    return iter([Transcript(messages, model=model, metadata=metadata, scores=tuple(scores))])


def conversation(prompt: str, who: str) -> tuple[Message, ...]:
    """The conversation that a judge's prompt repeats. Raises `Broken` for an unknown form."""
    start, end = (TALK.format(word, who) for word in ("Start", "End"))
    if start in prompt:
        inside = prompt.split(start, 1)[1].split(end, 1)[0]
        pieces = MARK.split(inside)
        return tuple(
            Message.plain("user" if speaker == "User" else "assistant", words.removesuffix("\n\n"))
            for speaker, words in zip(pieces[1::2], pieces[2::2], strict=True)
        )
    match = SINGLE.search(prompt)
    if not match:
        raise Broken("has a judge's prompt of a form nobody knows; import the answers instead")
    answer = match["answer"]
    if who == "B":
        other = OTHER.search(prompt)
        if not other:
            raise Broken("has a judge's prompt without Assistant B's answer")
        answer = other[1]
    return Message.plain("user", match["question"]), Message.plain("assistant", answer)


def _pair(record: Mapping[str, Any]) -> Iterator[Transcript]:
    prompt = name(record.get("g1_user_prompt"))
    judge = str((a_list(record.get("judge")) or [record.get("judge")])[0])
    winner = _winner(record)
    both = {who: conversation(prompt, who) for who in "AB"}
    pair = digest([[[m.role, m.text] for m in side] for side in both.values()])
    shared = told(question_id=record.get("question_id"), pair_of=pair, turn=record.get("turn"))
    for key, who, other in (("model_1", "A", "model_2"), ("model_2", "B", "model_1")):
        preferred = winner == key if winner in ("model_1", "model_2") else None
        value = None if winner == "error" else 0.5 if preferred is None else float(preferred)
        score = scored(
            f"preferred over {record.get(other)}", judge, value, scale=UNIT,
            reason=name(record.get("g1_judgment")), message=len(both[who]),
        )  # fmt: skip
        metadata = {**shared, "preferred": preferred}
        model = name(record.get(key))
        yield Transcript(both[who], model=model, metadata=metadata, scores=(score,))


def _winner(record: Mapping[str, Any]) -> str:
    """What both orders of the two agree on; else a tie. "error" where a judge failed."""
    said = {name(record.get("g1_winner")), name(record.get("g2_winner", record.get("g1_winner")))}
    if "error" in said or "" in said:
        return "error"
    return said.pop() if len(said) == 1 else "tie"
