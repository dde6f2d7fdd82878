"""YAML that people write (rubrics, mappings, gates), checked, each mistake with its line and mend.

rubric = load(path, Rubric)      # raises Mistakes
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class Loader(yaml.SafeLoader):
    """YAML 1.2's idea of truth: only true and false are; yes, no, on and off are words."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF")
)


class Mistakes(ValueError):
    """What is wrong with a file, one line a mistake: `file:line: key: cause; mend`."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load(path: Path, model: type[Model], **given: Any) -> Model:
    """The file as a `model`; `given` are keys the file need not have. Raises `Mistakes`."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise Mistakes([f"{path}: there is no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Mistakes([f"{path}: cannot be read ({error})"]) from error
    return parse(text, model, str(path), **given)


def parse(text: str, model: type[Model], name: str = "text", **given: Any) -> Model:
    """The same from a text that has no file; `name` stands before each mistake."""
    try:
        node = yaml.compose(text, Loader)
        value = yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Mistakes([f"{name}:{line}: not YAML: {error.problem or error.context}"]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Mistakes([f"{name}: not YAML: {error}"]) from error
    if not isinstance(value, dict):
        raise Mistakes([f"{name}:1: holds no keys; it should begin with 'key: value' lines"])
    try:
        return model.model_validate({**given, **value})
    except ValidationError as error:
        lines = [_mistake(name, node, one) for one in error.errors(include_url=False)]
        raise Mistakes(lines) from None


def _mistake(name: str, node: yaml.Node | None, error: Any) -> str:
    line, path = _place(node, list(error["loc"]))
    return f"{name}:{line}: {path or 'file'}: {_plain(error)}"


def _place(node: yaml.Node | None, where: list[Any]) -> tuple[int, str]:
    """The line and key of a mistake. Parts of the path that the file does not have are names of
    our own models and passed over, but for the last, which may be a key that is missing."""
    line = node.start_mark.line + 1 if node else 1
    path: list[str] = []
    for depth, part in enumerate(where):
        found = _child(node, part)
        if found is not None:
            key, node = found
            line = key.start_mark.line + 1
            path.append(str(part))
        elif depth == len(where) - 1:
            path.append(str(part))
    return line, ".".join(path)


def _child(node: yaml.Node | None, part: Any) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if str(key.value) == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _plain(error: Any) -> str:
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return "is missing; add it"
    if kind == "extra_forbidden":
        return "is no key of this file; take it out, or look for a spelling mistake"
    if kind == "literal_error":
        return f"is {given!r}; it must be one of {error['ctx']['expected']}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message} (it is {given!r})" if isinstance(given, str | int | float) else message


def line_of(path: Path, *where: Any) -> int:
    """The line on which a key of a YAML file stands; of the nearest above it that is there."""
    return _place(yaml.compose(path.read_text("utf-8-sig"), Loader), list(where))[0]
