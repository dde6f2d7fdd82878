"""Reading record by record, so that one bad record costs itself and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from transcripts.records import Broken, Placed
from transcripts.source import Refused, Source
from transcripts.transcript import Transcript

Convert = Callable[[Any], Transcript | Iterable[Transcript]]

NOT_THE_SHAPE = (
    TypeError, KeyError, IndexError, AttributeError, ValueError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What code raises when it walks into a record of another shape than its format promises."""


def each(
    source: Source, records: Iterable[Placed | Refused], convert: Convert
) -> Iterator[Transcript | Refused]:
    """`convert` over every record; one that is broken is refused with its place and the cause."""
    for record in records:
        if isinstance(record, Refused):
            yield record
            continue
        where, value = record
        try:
            made = convert(value)
            many = [made] if isinstance(made, Transcript) else list(made)
        except Broken as error:
            yield Refused(source.name, where, str(error))
        except NOT_THE_SHAPE as error:
            detail = f"{type(error).__name__}: {error}".split("\n")[0][:160]
            yield Refused(source.name, where, f"not in the shape its format promises ({detail})")
        else:
            place = f"{source.name}: {where}" if where else source.name
            for transcript in many:
                yield replace(transcript, source=transcript.source or place)
