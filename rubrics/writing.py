"""Writing a rubric as a file that people can read, edit and keep under version control."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from rubrics.rubric import HERE, SCALES, BadRubric, Rubric, load

EARLIER = "earlier"
"""The folder beside a trait's file in which its earlier versions are kept, by their hash."""
_LAST = ("look_for", "not_evidence", "decide", "flags", "source")
_ORDER = (
    "title", "question", "level", "scale", "gate", "under", "over", "first_ask", "anchors",
    "not_applicable", *_LAST,
)  # fmt: skip


class _Plain(yaml.SafeDumper):
    """Block style, long texts folded."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = ">" if len(text) > 70 and text == " ".join(text.split()) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Plain.add_representer(str, _text)


def as_yaml(rubric: Rubric) -> str:
    """The rubric as the YAML of a trait file; `load` of it has the same version."""
    told: dict[str, Any] = rubric.model_dump(mode="python", exclude_none=True)
    if SCALES.get(rubric.scale.name) == rubric.scale:
        told["scale"] = rubric.scale.name
    kept = {key: told[key] for key in _ORDER if told.get(key) not in (None, "", [])}
    kept["gate"] = rubric.gate
    return yaml.dump(
        kept, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=96, default_flow_style=False
    )


def save(rubric: Rubric, folder: str | Path) -> Path:
    """Write the rubric into a folder of traits; an earlier version there is moved aside, not lost.

    Raises `BadRubric` where the folder is that of the shipped rubrics, cannot be written, or where
    what would be written does not read back as the same version.
    """
    folder = Path(folder).expanduser()
    if folder.resolve() == HERE.resolve():
        raise BadRubric(f"{folder}: the shipped rubrics stay as they are; choose another folder")
    path = folder / f"{rubric.trait}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _set_aside(path, rubric.version)
        _replace(path, as_yaml(rubric))
    except OSError as error:
        raise BadRubric(f"{folder}: cannot be written: {error.strerror or error}") from error
    if load(path).version != rubric.version:
        raise BadRubric(f"{path}: what was written reads back as another version")
    return path


def _set_aside(path: Path, version: str) -> None:
    """Keep what stands in the file under its own version, if that is another one."""
    if not path.exists():
        return
    try:
        was = load(path).version
    except BadRubric:
        was = "unreadable"
    if was != version:
        earlier = path.parent / EARLIER
        earlier.mkdir(exist_ok=True)
        (earlier / f"{path.stem}-{was}.yaml").write_bytes(path.read_bytes())


def _replace(path: Path, text: str) -> None:
    """All of the file or nothing: a full disk must not leave half a rubric."""
    handle, made = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
