"""Transcripts written by hand: the native shape as YAML, one document (`---`) a transcript.

The same keys as the native JSON; made for example and test conversations that people write and
read in an editor. A document that is not YAML is refused with its line; the others go in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

from transcripts.formats._each import each
from transcripts.formats.native import from_record
from transcripts.records import Placed
from transcripts.source import Refused, Source, Unreadable
from transcripts.transcript import Transcript

EXAMPLE = b"""\
---
release: r2
scenario: s-014
messages:
  - role: user
    content: Is 91 prime?
  - role: assistant
    content: |-
      No: it is 7 times 13.
metadata: {warranted: "no"}
ratings:
  - {trait: candor_fit, rater: author, message: 2, value: 0}
"""

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


ALIAS = re.compile(r"(?:^|[\s,\[{:-])\*[\w-]+\s*(?:$|[,\]}\n])", re.M)
MAX_ALIASES = 20


def tangled(text: str) -> bool:
    """Whether a YAML text repeats itself by aliases so often that it may unfold without end."""
    return "&" in text and len(list(islice(ALIAS.finditer(text), MAX_ALIASES + 1))) > MAX_ALIASES


def recognises(source: Source) -> bool:
    if source.suffix not in (".yaml", ".yml", ".example", "") or source.records:
        return False
    lines = source.head.decode("utf-8", "replace").splitlines()
    return "messages:" in lines and any(line.strip().startswith("- role:") for line in lines)


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(source, _documents(source), from_record)


def _documents(source: Source) -> Iterator[Placed | Refused]:
    for line, text in _split(source):
        if tangled(text):
            yield Refused(source.name, f"line {line}", "uses YAML aliases too freely; write it out")
            continue
        try:
            value: Any = yaml.load(text, Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            at = line + (mark.line if mark else 0)
            yield Refused(source.name, f"line {at}", f"not YAML: {error.problem or error}")
        except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
            yield Refused(source.name, f"line {line}", f"not YAML: {error}".split("\n")[0])
        else:
            if value is not None:
                yield f"line {line}", value


def _split(source: Source) -> Iterator[tuple[int, str]]:
    """(first line, text) of each document; a bad one must not end the stream, so no yaml here."""
    start, held = 1, [""]
    with source.open() as stream:
        try:
            for number, line in enumerate(io.TextIOWrapper(stream, "utf-8-sig"), start=1):
                if line.rstrip() == "---":
                    yield start, "".join(held)
                    start, held = number + 1, []
                else:
                    held.append(line)
        except UnicodeDecodeError as error:
            raise Unreadable("not UTF-8; save the file as UTF-8") from error
    yield start, "".join(held)
