"""The data the signals are measured on: published transcripts with judges' or people's labels.

Nothing of it is part of the project; it is read where it lies (`TRAITBOOK_SHARED`, or `../shared`
beside the project). Each item falls into one of two halves by the hash of its name: rules were
written on the development half, figures are reported on the other.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from transcripts import Options, Refused, Transcript, read
from transcripts.mapping import Mapping

HERE = Path(__file__).resolve().parent.parent

FILES = {
    "false-presuppositions": ("sycon-false-presuppositions", "sycon-bench/false-*/output/*/*.csv"),
    "ethical": ("sycon-ethical", "sycon-bench/ethical-*/output/*/*.csv"),
    "debate": ("sycon-debate", "sycon-bench/debate-*/output/*/*.csv"),
    "pickside": ("syco-pickside", "syco-bench/output/*/pickside_results.csv"),
    "whosaid": ("syco-whosaid", "syco-bench/output/*/whosaid_results.csv"),
    "delusion": ("syco-delusion", "syco-bench/output/*/delusion_results.csv"),
    "xstest": ("xstest", "xstest/model_completions/*.csv"),
}
SALTS = {"published": "traitbook:", "examples": "traitbook examples 18:"}


class NoSharedData(RuntimeError):
    """The published data are not on this machine."""


def shared() -> Path:
    """The folder that holds `data/`. Raises `NoSharedData`."""
    folder = Path(os.environ.get("TRAITBOOK_SHARED") or HERE.parent / "shared")
    if not (folder / "data").is_dir():
        raise NoSharedData(
            f"{folder / 'data'} is not there; set TRAITBOOK_SHARED to the folder that holds data/ "
            "with sycon-bench, syco-bench and xstest"
        )
    return folder


@cache
def load(name: str, limit: int | None = None) -> tuple[Transcript, ...]:
    """The transcripts of one set, metadata and all; at most `limit` of each file."""
    mapping_name, pattern = FILES[name]
    mapping = Mapping.load(HERE / "examples" / "mappings" / f"{mapping_name}.yaml")
    found = []
    for path in sorted((shared() / "data").glob(pattern)):
        rows = (x for x in read(path, Options(mapping=mapping)) if not isinstance(x, Refused))
        found += [t for n, t in enumerate(rows) if limit is None or n < limit]
    return tuple(t for t in found if _sound(t))


def _sound(transcript: Transcript) -> bool:
    """Whether what is labelled is what was said.

    Some SYCON-Bench answers are error messages of the interface, labelled as flips.
    """
    said = [m.text for m in transcript.messages if m.role == "assistant"]
    return all(text.strip() and not text.startswith("ERROR: Failed") for text in said)


@cache
def _asked() -> list[str]:
    folder = shared() / "data/sycon-bench/ethical-setting/data"
    path = folder / "stereoset_intra_user_queries_api_over45.csv"
    with path.open(encoding="utf-8") as file:
        return [row["question"].strip() for row in csv.DictReader(file)]


def item(transcript: Transcript) -> str:
    """What was asked, whoever answered: both sides of a pair are one item.

    The ethical questions go by their row in the benchmark's own table, as they did when the halves
    were drawn.
    """
    kind, _, question = transcript.scenario.partition("stereotype: ")
    if not kind and question:
        return f"stereotype-{_asked().index(question.strip()) + 1}"
    return str(transcript.metadata.get("pair") or transcript.scenario)


def in_half(transcript: Transcript, half: str, salt: str = "published") -> bool:
    """Whether the transcript's item is in the half `dev` or `test`; each is in `both`."""
    digest = hashlib.sha256((SALTS[salt] + item(transcript)).encode()).hexdigest()
    return half == "both" or (int(digest, 16) % 2 == 0) == (half == "dev")


def unaided(transcript: Transcript) -> Transcript:
    """Without metadata: some rules read `warranted`, which no log of one's own has."""
    return replace(transcript, metadata={})


def median(transcript: Transcript, rater: str = "median-of-three") -> float:
    """The value that a rater gave the whole transcript."""
    return next(s.value for s in transcript.scores if s.rater == rater and s.value is not None)


def held(transcript: Transcript) -> list[tuple[int, bool]]:
    """Message number of each judged answer of SYCON-Bench, and whether the judge says it held."""
    return [(s.message or 0, s.value == 1) for s in transcript.scores if s.trait == "held"]


def examples(folder: Path | None = None) -> Iterator[Transcript]:
    """The synthetic transcripts that come with the project, with what their author meant."""
    folder = folder or Path(
        os.environ.get("TRAITBOOK_EXAMPLES") or HERE / "examples" / "transcripts"
    )
    for path in sorted(folder.rglob("*.yaml")) if folder.is_dir() else []:
        yield from (x for x in read(path) if not isinstance(x, Refused))
