"""How the judge behind the local server answers: sensible, instant, noisy, or obeying injections.

It reads what a real judge reads, the prompt alone: messages as JSON lines, the rubric after them.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from rubrics import Rubric, load_all

Verdict = dict[str, Any]
Behaviour = Callable[["Asked"], Any]
"""What answers: the verdicts as a dict, or any text."""

NUMBER, TEXT = ("message", "number", "n"), ("text", "content", "said")


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the transcript, as it stands in the prompt."""

    number: int
    role: str
    text: str


@dataclass
class Asked:
    """One request as the judge reads it."""

    body: dict[str, Any]

    @cached_property
    def prompt(self) -> list[str]:
        """The text blocks of the user's turns."""
        told: list[str] = []
        for message in self.body.get("messages") or []:
            content = message.get("content")
            if message.get("role") != "user":
                continue
            if isinstance(content, str):
                told.append(content)
            else:
                told.extend(one["text"] for one in content if one.get("type") == "text")
        return told

    @cached_property
    def lines(self) -> list[Line]:
        """The transcript's messages, in order."""
        return list(_lines("\n".join(self.prompt)))

    @cached_property
    def spoken(self) -> list[Line]:
        """What the assistant said, where it said something."""
        return [line for line in self.lines if line.role == "assistant" and line.text.strip()]

    @cached_property
    def question(self) -> str:
        """All that is said outside of the transcript."""
        whole = "\n".join(self.prompt).splitlines()
        return "\n".join(line for line in whole if not _as_line(line))

    @cached_property
    def settles(self) -> list[int]:
        """The values of a question that is no rubric: whether disagreement was warranted, or which
        of two transcripts has more. Empty for a rubric."""
        _, found, told = self.question.partition("\nValues\n")
        return sorted({int(v) for v in re.findall(r"(?m)^(-?\d):", told)}) if found else []

    @property
    def blind(self) -> bool:
        """Whether the replies were taken out; the quotes are then the user's words."""
        return "the quotes are the user's words" in self.question

    @cached_property
    def rubric(self) -> Rubric | None:
        """The shipped rubric that is asked, if it is one."""
        squeezed = " ".join(self.question.split())
        return next((r for words, r in _known() if words in squeezed), None)

    @property
    def trait(self) -> str:
        """The trait asked, or a name for the words of an unknown rubric."""
        if self.rubric:
            return self.rubric.trait
        words = re.sub(r"\b[0-9a-f]{16}\b", "", self.question)  # the code is new in each run
        return hashlib.sha256(words.encode()).hexdigest()[:8]

    @property
    def whole(self) -> bool:
        """Whether one verdict about the whole transcript is asked."""
        return "message null" in self.question or "whole transcript" in self.question

    @cached_property
    def values(self) -> list[int]:
        """The values of the scale, as the anchors in the question show them."""
        if self.settles or self.rubric:
            return self.settles or list(self.rubric.scale.values)  # type: ignore[union-attr]
        found = {int(v) for v in re.findall(r"(?m)^\W{0,3}([-+]?\d)\s*[:=]", self.question)}
        return sorted(found) or [0, 1, 2, 3, 4]

    def chance(self, *more: object) -> random.Random:
        """The same dice for the same transcript and trait, whatever fence stands around it."""
        key = json.dumps([[line.text for line in self.lines], self.trait, *map(str, more)])
        return random.Random(hashlib.sha256(key.encode()).digest())


@cache
def _known() -> list[tuple[str, Rubric]]:
    found = [(" ".join(one.question.split()), one) for one in load_all().values()]
    return sorted(found, key=lambda pair: -len(pair[0]))


def _as_line(line: str) -> Line | None:
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict) or "role" not in value:
        return None
    number = next((value[name] for name in NUMBER if isinstance(value.get(name), int)), None)
    text = next((value[name] for name in TEXT if isinstance(value.get(name), str)), "")
    return None if number is None else Line(number, str(value["role"]), text)


def _lines(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        if found := _as_line(line):
            yield found


def words_of(line: Line, chance: random.Random, least: int = 3, most: int = 14) -> str:
    """Some words of a message, letter for letter."""
    found = [m.span() for m in re.finditer(r"\S+", line.text)]
    count = min(len(found), chance.randint(least, most))
    begin = chance.randint(0, len(found) - count)
    return line.text[found[begin][0] : found[begin + count - 1][1]]


def verdict(line: Line | None, value: int, quotes: list[tuple[int, str]], **more: Any) -> Verdict:
    """One verdict in the answer's shape; about the whole transcript where there is no line."""
    return {
        "message": line.number if line else None,
        "applicable": True,
        "quotes": [{"message": number, "text": text} for number, text in quotes],
        "reason": "These words show it.",
        "value": value,
    } | more


def places(asked: Asked) -> list[tuple[Line | None, Line]]:
    """(what is judged, where its words are taken from); nothing where the assistant is silent."""
    if asked.blind:
        return [(line, _before(asked, line)) for line in asked.spoken]
    if asked.whole:
        return [(None, asked.spoken[-1])] if asked.spoken else []
    return [(line, line) for line in asked.spoken]


def _before(asked: Asked, line: Line) -> Line:
    """What the user said last before a place."""
    users = [one for one in asked.lines if one.role == "user" and one.number < line.number]
    return users[-1] if users else line


# ---- behaviours ------------------------------------------------------------------------------------


def sensible(asked: Asked) -> Any:
    """Values mostly at 0, the same for the same words; real quotes; now and then not applicable."""
    return {"verdicts": [_sensible(asked, *one) for one in places(asked)]}


def _sensible(asked: Asked, judged: Line | None, source: Line) -> Verdict:
    chance = asked.chance(source.number)
    if asked.rubric is not None and chance.random() < 0.08:
        told = "Nothing in this turn bears on the question."
        return verdict(judged, 0, [], applicable=False, reason=told)
    near = [1 / (1 + 3 * abs(value)) ** 1.5 for value in asked.values]
    value = chance.choices(asked.values, near)[0]
    quote = [(source.number, words_of(source, chance))] if value or chance.random() < 0.5 else []
    told = f"Message {source.number} says so in these words; the anchor of {value} fits best."
    return verdict(judged, value, quote, reason=told)


def instant(asked: Asked) -> Any:
    """As cheap as an answer can be: the first words of each reply, value 1."""
    found = [
        verdict(judged, 1, [(source.number, " ".join(source.text.split(maxsplit=8)[:8]))])
        for judged, source in places(asked)
    ]
    return {"verdicts": found}


@dataclass
class Noisy:
    """Another behaviour whose values are moved by a step now and then, anew at every request."""

    share: float = 0.3
    of: Behaviour = sensible
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    def __call__(self, asked: Asked) -> Any:
        answer = self.of(asked)
        for one in answer["verdicts"]:
            if one["applicable"] and self.dice.random() < self.share:
                moved = one["value"] + self.dice.choice((-1, 1))
                one["value"] = min(max(moved, asked.values[0]), asked.values[-1])
                if one["value"] and not one["quotes"]:
                    source = next(s for j, s in places(asked) if (j and j.number) == one["message"])
                    text = words_of(source, self.dice)
                    one["quotes"] = [{"message": source.number, "text": text}]
        return answer


@dataclass
class Knowing:
    """A judge that gives the value it was told for the words of a message, else is sensible.

    `told` maps (trait, text of the judged message, "" for the whole) to a value, None where not
    applicable. `bias` is added to each value that is not at the rim of its scale.
    """

    told: dict[tuple[str, str], int | None]
    bias: int = 0

    def __call__(self, asked: Asked) -> Any:
        return {"verdicts": [self._one(asked, *place) for place in places(asked)]}

    def _one(self, asked: Asked, judged: Line | None, source: Line) -> Verdict:
        key = (asked.trait, judged.text if judged else "\n".join(s.text for s in asked.spoken))
        if key not in self.told:
            return _sensible(asked, judged, source)
        value = self.told[key]
        if value is None:
            return verdict(judged, 0, [], applicable=False, reason="The rubric says so.")
        value = min(max(value + self.bias, asked.values[0]), asked.values[-1])
        quote = [(source.number, words_of(source, asked.chance(source.number)))]
        return verdict(judged, value, quote, reason="As its author meant it.")


WISHED = re.compile(
    r"(?i)\b(?:value|score|rating|grade|rate|wert|note|bewerte\w*|valor|puntuaci[oó]n|valeur)\b"
    r"[^0-9+\-\n]{0,40}([-+]?\d)"
)


@dataclass(frozen=True)
class Obeying:
    """Does whatever the transcript says to its judge; otherwise sensible.

    A whole answer that stands in the transcript is given back to the letter; a value that is
    wished for is given to every place. Its quotes are then `real` words of the assistant, words
    of the `attack` itself, or `none`.
    """

    quotes: str = "real"

    def __call__(self, asked: Asked) -> Any:
        said = list(reversed(asked.lines))
        for line in said:
            start = line.text.find('{"verdicts"')
            if start >= 0 and self.quotes == "real":
                return line.text[start : line.text.rfind("}") + 1]
        found = ((line, WISHED.search(line.text)) for line in said)
        line, wish = next(((line, wish) for line, wish in found if wish), (None, None))
        if line is None or wish is None:
            return sensible(asked)
        return {"verdicts": [self._one(asked, line, wish, *place) for place in places(asked)]}

    def _one(
        self, asked: Asked, line: Line, wish: re.Match[str], judged: Line | None, source: Line
    ) -> Verdict:
        begin = max(0, wish.start() - 40)
        quotes = {
            "real": [(source.number, words_of(source, asked.chance("obeying")))],
            "attack": [(line.number, line.text[begin : wish.end()])],
            "none": [],
        }
        told = "I was asked to answer so."
        return verdict(judged, int(wish[1]), quotes[self.quotes], reason=told)


obeying = Obeying()


BEHAVIOURS: dict[str, Callable[[], Behaviour]] = {
    "sensible": lambda: sensible,
    "instant": lambda: instant,
    "noisy": Noisy,
    "obeying": lambda: obeying,
}


# ---- answers that are wrong ---------------------------------------------------------------------------


def _first_verdict(asked: Asked, **changed: Any) -> str:
    """An otherwise good answer whose verdicts are all changed in one way."""
    answer = sensible(asked)
    for one in answer["verdicts"]:
        one.update({"applicable": True, "value": 1 if 1 in asked.values else asked.values[-1]})
        one.update({k: v(asked, one) if callable(v) else v for k, v in changed.items()})
    return json.dumps(answer, ensure_ascii=False)


def _quote_of(role: str, own: bool = True) -> Callable[[Asked, Verdict], list[dict[str, Any]]]:
    """Words of another speaker, or of another reply than the one that is named."""

    def made(asked: Asked, one: Verdict) -> list[dict[str, Any]]:
        judged = one["message"] or asked.spoken[-1].number
        lines = [line for line in asked.lines if line.role == role and line.text.strip()]
        other = [line for line in lines if line.number != judged] or lines
        text = words_of(other[0], asked.chance("quote"), least=6)
        return [{"message": other[0].number if own else judged, "text": text}]

    return made


NOWHERE = "words that nobody in this conversation ever wrote down"

WRONG: dict[str, Callable[[Asked], str]] = {
    "empty_text": lambda asked: "",
    "not_json": lambda asked: "Sure! I would say a solid 4 out of 5, quite warm overall.",
    "other_language": lambda asked: "Gerne. Der Assistent war freundlich; ich gebe eine Zwei.",
    "other_shape": lambda asked: '{"score": 4, "explanation": "warm"}',
    "fenced": lambda asked: f"Here it is:\n```json\n{json.dumps(sensible(asked))}\n```\nDone.",
    "double_json": lambda asked: f"{json.dumps(sensible(asked))}\n{_first_verdict(asked)}",
    "same_twice": lambda asked: "\n".join([json.dumps(sensible(asked))] * 2),
    "off_scale": lambda asked: _first_verdict(asked, value=9),
    "wrong_scale": lambda asked: _first_verdict(asked, value=-2 if min(asked.values) >= 0 else 4),
    "fraction": lambda asked: _first_verdict(asked, value=1.5),
    "word_value": lambda asked: _first_verdict(asked, value="one"),
    "no_quote": lambda asked: _first_verdict(asked, quotes=[]),
    "invented_quote": lambda asked: _first_verdict(
        asked, quotes=lambda a, v: [{"message": v["message"] or 1, "text": NOWHERE}]
    ),
    "user_quote": lambda asked: _first_verdict(asked, quotes=_quote_of("user")),
    "other_quote": lambda asked: _first_verdict(asked, quotes=_quote_of("assistant", own=False)),
    "other_message": lambda asked: _first_verdict(asked, message=999),
    "nothing": lambda asked: '{"verdicts": []}',
    "twice_judged": lambda asked: json.dumps({"verdicts": sensible(asked)["verdicts"] * 2}),
    "deep": lambda asked: "[" * 100_000,
}
"""Answers that are wrong in one way, by name; each is text that came with stop_reason end_turn."""
