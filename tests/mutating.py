"""Files broken on purpose, the same ones for the same seed: what logs, disks and people do to them."""

from __future__ import annotations

import copy
import json
import math
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from transcripts import Options, Refused, Source, Transcript, read_source
from transcripts.formats import Format, formats

ENDINGS = {
    "inspect_eval": ".eval", "native_yaml": ".yaml", "anthropic_cassette": ".yaml", "markdown": ".md",
}  # fmt: skip
ODD: list[Any] = [
    None, True, False, 0, -1, 3.5, 10**30, -(10**400), 1e308, float("nan"), float("inf"), "", " ",
    "x" * 5000, "\ud83d", "a\0b", "\u202e", [], {}, [[]], [None], {"": None}, [1, "a", {}], "[", "{}",
    "NaN", "1e999", {"type": "text"}, {"role": 7}, ["role"], "2026-99-99T99:99:99Z", 9e18,
]  # fmt: skip


def ending(name: str) -> str:
    """The ending that a format's example goes by."""
    return ENDINGS.get(name, ".json")


def mutated(name: str, fmt: Format, rng: random.Random) -> bytes:
    """The format's example with one to three faults."""
    data = fmt.EXAMPLE
    for _ in range(rng.randint(1, 3)):
        data = rng.choice(KINDS)(data, rng)
    return data


def _flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _double(data: bytes, rng: random.Random) -> bytes:
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:b] + data[a:b] + data[b:]


def _insert(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    junk = rng.choice(
        [b"\xff\xfe", b"\0" * 9, b"[" * 3000, b'{"a":' * 2000, b"\n\n", b"}", b'"', b"---\n"]
    )
    return data[:at] + junk + data[at:]


def _swap(data: bytes, rng: random.Random) -> bytes:
    """A value of the JSON replaced by one of another type, or its key dropped, or nested deep."""
    try:
        lines = [json.loads(line) for line in data.splitlines() if line.strip()]
        whole = False
    except ValueError:
        try:
            lines, whole = [json.loads(data)], True
        except (ValueError, RecursionError):
            return _flip(data, rng)
    except RecursionError:
        return data
    places = list(_places(lines))
    if not places:
        return data
    holder, key = rng.choice(places)
    kind = rng.randrange(4)
    if kind == 0 and isinstance(holder, dict):
        del holder[key]
    elif kind == 1:
        holder[key] = _deep(rng.choice([40, 300, 900]), rng)
    elif kind == 2 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(rng.choice(ODD)))
    else:
        holder[key] = copy.deepcopy(rng.choice(ODD))
    try:
        texts = [json.dumps(line) for line in (lines if not whole else lines[:1])]
    except (ValueError, RecursionError):
        return data
    return "\n".join(texts).encode("utf-8", "surrogatepass")


def _places(value: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    if depth > 60:
        return
    if isinstance(value, dict):
        for key, inner in list(value.items()):
            yield value, key
            yield from _places(inner, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner, depth + 1)


def _deep(levels: int, rng: random.Random) -> Any:
    value: Any = "end"
    for _ in range(levels):
        value = [value] if rng.random() < 0.5 else {"content": value}
    return value


KINDS = [_flip, _cut, _double, _insert, _swap, _swap, _swap, _swap]


def cases(count: int, seed: int) -> Iterator[tuple[str, Source, bytes]]:
    """(format, source, bytes) of that many broken files, the formats in turn."""
    rng = random.Random(seed)
    known = list(formats().items())
    for number in range(count):
        name, fmt = known[number % len(known)]
        data = mutated(name, fmt, rng)
        yield name, Source.of_bytes(data, f"broken-{number}{ending(name)}"), data


def trouble(source: Source, options: Options) -> tuple[str, Counter[str]]:
    """What went wrong in reading a broken file (nothing, where all is well), and what came of it.

    Whatever is read must be fit for the store: text that is UTF-8, metadata that is plain JSON.
    """
    seen: Counter[str] = Counter()
    try:
        for item in read_source(source, options):
            if isinstance(item, Refused):
                seen["refused"] += 1
                assert item.why and "\n" not in item.why, f"a refusal without a sentence: {item!r}"
            else:
                seen["transcripts"] += 1
                _fit(item)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200], seen
    return ("" if seen else "silence"), seen


def _fit(one: Transcript) -> None:
    assert one.messages, "a transcript without messages"
    assert all(message.parts for message in one.messages), "a message without parts"
    told = [[m.role, [part.as_list() for part in m.parts]] for m in one.messages]
    scores = [
        [s.trait, s.rater, s.reason, s.why, s.at, [list(quote) for quote in s.quotes]]
        for s in one.scores
    ]
    names = [one.release, one.scenario, one.model]
    plain = json.dumps(
        [told, scores, names, dict(one.metadata)], ensure_ascii=False, allow_nan=False
    )
    plain.encode()
    for score in one.scores:
        assert (score.value is None) == (score.status != "rated"), f"{score.status} {score.value}"
        assert score.value is None or math.isfinite(score.value)
        assert score.message is None or 1 <= score.message <= len(one.messages)
