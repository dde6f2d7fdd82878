"""The one list of assistants: families of models, what they are called, who makes them.

family("models/gemini-2.5-pro")      # "gemini"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

import checked

LIST = Path(__file__).parent / "assistants.yaml"

_LETTERS = "0-9A-Za-z\u00c0-\u024f\u0370-\u04ff"
BEFORE, AFTER = rf"(?<![{_LETTERS}])", rf"(?![{_LETTERS}\u0300-\u036f])"
"""A name's edges. `_` is none, so that `_Claude_` and `claude_key` are names; nor is a letter of a
script that writes words unspaced."""
_UNSPACED = "\u2e7f"
_VERSION = r"[vVoOrRkKmM]?\d+(?:[.x]\d+)*[A-Za-z]?"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Family(_Strict):
    """A family of models. What `cased`, `plain` and `kept` mean stands above the list."""

    family: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    makers: tuple[str, ...]
    cased: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Family:
        for one in (*self.cased, *self.plain):
            if one not in self.told:
                raise ValueError(f"{one!r} is neither among the names nor among the makers")
        free = {name.lower() for name, any_case in self.cases(self.told).items() if any_case}
        if both := sorted(free & {one.lower() for one in (*self.cased, *self.plain)}):
            raise ValueError(f"{both[0]!r} is spelled twice; put both under `cased` or `plain`")
        return self

    @property
    def told(self) -> tuple[str, ...]:
        """Names and makers."""
        return (*self.names, *self.makers)

    def cases(self, names: Iterable[str]) -> dict[str, bool]:
        """These names, and whether each is one in any case."""
        return {one: one not in self.cased and one not in self.plain for one in names}


class Assistants(_Strict):
    """The list as it stands in the file."""

    variants: tuple[str, ...]
    families: tuple[Family, ...]


@cache
def assistants() -> Assistants:
    """The list. Raises `checked.Mistakes` with line, key and mend."""
    return checked.load(LIST, Assistants)


def family(model: str) -> str:
    """The family a model's id tells, "" where it tells none that the list knows."""
    found = family_of(model)
    return found.family if found else ""


@cache
def family_of(model: str) -> Family | None:
    """The same as a value of the list."""
    families, low = assistants().families, model.lower()
    words = re.split(r"[^a-z]+", low)
    for one in families:
        if any(word in words or ("-" in word and word in low) for word in one.ids):
            return one
    # `qwen2.5`, `gpt4o`: a number grown to the word is split off above; `codellama` is no word.
    grown = [one for one in families if any(i in words[0] for i in one.ids if len(i) > 3)]
    return grown[0] if grown else None


def spelling(names: Mapping[str, bool], tail: str = "") -> str:
    """A regular expression of names, each in any case or as it is written, with what may follow.

    Of two that begin alike the longer is tried first. One that never matches where there is none.
    """
    kinds: dict[tuple[bool, bool], list[str]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        spaced = not any(letter > _UNSPACED for letter in name)
        told = re.escape(name).replace(r"\ ", "[ \u00a0]")
        kinds.setdefault((spaced, names[name]), []).append(told)
    found = []
    for (spaced, any_case), told_names in kinds.items():
        either = f"(?{'i' if any_case else ''}:{'|'.join(told_names)})"
        found.append(f"{BEFORE}{either}{tail}{AFTER}" if spaced else either + tail)
    return "(?:" + ("|".join(found) or r"(?!)") + ")"


@cache
def versions(*, spaced: bool = True) -> str:
    """A version behind a name as a regular expression: ` 3.5 Sonnet`, `-4o-mini`, `2.5:7b`.

    Without `spaced` only what is joined to the name: behind any other word a number is a number.
    """
    told = "|".join(map(re.escape, assistants().variants))
    kinds = [rf"[:@_-]?{_VERSION}", rf"[-_](?i:{told})"]
    if spaced:
        kinds += [rf"[ \u00a0](?:{_VERSION}|{told})"]
    return rf"(?:(?:{'|'.join(kinds)}){AFTER})"
