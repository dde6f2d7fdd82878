"""One file a format. A format is a module with four things:

a docstring that says where the shape is from; `EXAMPLE`, the smallest true file, as bytes;
`recognises(source)`, which looks at no more than the head; and `parse(source)`, which yields
each transcript or what was `Refused`, one at a time. A file put here is noticed by the walk.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Protocol

from transcripts.source import Refused, Source
from transcripts.transcript import Transcript


class Format(Protocol):
    """What a format module offers."""

    __name__: str
    EXAMPLE: bytes

    def recognises(self, source: Source) -> bool:
        """Whether the head of the source is of this format; reads no further."""

    def parse(self, source: Source) -> Iterator[Transcript | Refused]:
        """Each transcript of the source, or what was refused, with its place."""


@cache
def formats() -> dict[str, Format]:
    """Every format by name, in the order in which they are asked."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
