"""Inspect logs, the older JSON form: `{"version", "status", "eval", ..., "samples": [...]}`.

Shape from real logs of inspect_ai (UKGovernmentBEIS/inspect_ai, `tests/log`). Samples are
streamed one at a time; their scores come along as imported ratings.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from transcripts import documents
from transcripts.formats._each import each
from transcripts.formats._inspect import to_transcript
from transcripts.source import Refused, Source
from transcripts.transcript import Transcript

EXAMPLE = b"""\
{"version": 2, "status": "success", "eval": {"task": "primes", "model": "x/m-1", "run_id": "r"},
 "samples": [{"id": 5, "epoch": 1, "messages": [{"role": "user", "content": "attachment://a1"},
   {"role": "assistant", "content": "No."}], "attachments": {"a1": "Is 91 prime?"},
   "scores": {"match": {"value": "C", "answer": "No."}}}]}
"""


def recognises(source: Source) -> bool:
    first = source.first
    return (
        isinstance(first, dict)
        and isinstance(first.get("eval"), dict)
        and ("task" in first["eval"] or "model" in first["eval"])
        and ("version" in first or "status" in first)
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    return each(
        source,
        documents.items(source, ("samples",), "sample"),
        functools.partial(to_transcript, spec=_spec(source)),
    )


def _spec(source: Source) -> Mapping[str, Any]:
    """The log's `eval` section; it stands before the samples, so little is read."""
    spec = documents.first(source, "eval")
    return spec if isinstance(spec, Mapping) else {}
