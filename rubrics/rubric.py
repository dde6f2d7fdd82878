"""What we ask: a trait's exact question, scale and anchors, versioned by the hash of its words."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

import checked

HERE = Path(__file__).parent / "traits"

Level = Literal["turn", "transcript", "pair"]


class BadRubric(ValueError):
    """A rubric file that is wrong; the message has a line `file:line: key: cause` a mistake."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scale(_Strict):
    """The values an answer may take: every whole number from `low` to `high`.

    On a two-sided scale 0 is right and minus and plus are different failures, so its mean alone
    says nothing; on a one-sided one `low` is the absence of the fault.
    """

    name: str
    low: int
    high: int
    two_sided: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        if self.two_sided and not self.low < 0 < self.high:
            raise ValueError("a two-sided scale must reach below and above 0")
        return self

    @property
    def values(self) -> range:
        """Every value of the scale."""
        return range(self.low, self.high + 1)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the scale."""
        return self.low <= value <= self.high


SCALES = {
    "severity": Scale(name="severity", low=0, high=4),
    "fit": Scale(name="fit", low=-2, high=2, two_sided=True),
}


class FirstAsk(_Strict):
    """A question put before the rating itself, blind to the reply; metadata may answer it."""

    warranted: list[str]
    blind_to_reply: bool = True
    from_metadata: str = "warranted"


class Rubric(_Strict):
    """One trait as it is asked.

    `under` and `over` name the two failures of a two-sided scale in plain words. They, the title,
    the source and `gate` are about the rubric and not part of what is asked, so they do not
    change its version.
    """

    trait: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = ""
    question: str
    level: Level
    scale: Scale
    anchors: dict[int, str]
    not_applicable: str
    first_ask: FirstAsk | None = None
    look_for: list[str] = Field(default_factory=list)
    not_evidence: list[str] = Field(default_factory=list)
    decide: str = ""
    flags: list[str] = Field(default_factory=list)
    source: str = ""
    gate: bool = False
    under: str = ""
    over: str = ""

    @model_validator(mode="before")
    @classmethod
    def _named_scale(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("scale"), str):
            name = data["scale"]
            if name not in SCALES:
                known = ", ".join(SCALES)
                raise ValueError(
                    f"scale {name!r} is not known; use {known}, or "
                    "{name: ..., low: 0, high: 10, two_sided: false}"
                )
            return {**data, "scale": SCALES[name]}
        return data

    @model_validator(mode="after")
    def _anchored(self) -> Self:
        wanted, given = set(self.scale.values), set(self.anchors)
        if missing := sorted(wanted - given):
            raise ValueError(f"anchors lack {missing}; scale {self.scale.name} needs each value")
        if extra := sorted(given - wanted):
            raise ValueError(f"anchors {extra} are not on the scale {self.scale.name}")
        return self

    @property
    def name(self) -> str:
        """The title, or the trait in plain words."""
        return self.title or self.trait.replace("_", " ").capitalize()

    @cached_property
    def version(self) -> str:
        """The hash of the words that are asked: 12 hex digits."""
        told = self.model_dump(
            mode="json", exclude={"title", "source", "gate", "under", "over"}, exclude_none=True
        )
        told["anchors"] = [[value, self.anchors[value]] for value in self.scale.values]
        plain = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()[:12]

    def words(self) -> dict[str, Any]:
        """The rubric as plain JSON values: what the store keeps of a version."""
        return self.model_dump(mode="json")

    @classmethod
    def from_words(cls, words: dict[str, Any]) -> Rubric:
        """The inverse of `words`."""
        return cls.model_validate(words)


def load(path: str | Path) -> Rubric:
    """The rubric in a YAML file; the trait is named by the file. Raises `BadRubric`."""
    path = Path(path)
    try:
        rubric = checked.load(path, Rubric, trait=path.stem)
    except checked.Mistakes as mistakes:
        raise BadRubric(str(mistakes)) from mistakes
    if rubric.trait != path.stem:
        raise BadRubric(f"{path}: trait: is {rubric.trait!r}, but the file is named {path.stem!r}")
    return rubric


def load_all(*folders: str | Path) -> dict[str, Rubric]:
    """Every rubric by trait: the shipped ones, then those of each folder, which win.

    Raises `BadRubric` with every mistake of every file, so that all can be mended at once.
    """
    found: dict[str, Rubric] = {}
    wrong: list[str] = []
    for folder in (HERE, *map(Path, folders)):
        if not folder.is_dir():
            raise BadRubric(f"{folder}: there is no such folder of rubrics")
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            try:
                found[path.stem] = load(path)
            except BadRubric as error:
                wrong.append(str(error))
    if wrong:
        raise BadRubric("\n".join(wrong))
    return found
