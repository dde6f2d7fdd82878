"""Memory while large files are read: 1 GB of JSON Lines, a 500 MB ChatGPT export, 300 MB logs."""

from __future__ import annotations

import json
import random
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import WORDS, WORK, Figure, cost

BAR = 400
READ = """
import sys
from transcripts import Transcript, read
good = bad = messages = 0
for item in read(sys.argv[1]):
    if isinstance(item, Transcript):
        good += 1
        messages += len(item.messages)
    else:
        bad += 1
print(good, messages, bad)
"""


def run() -> Iterator[Figure]:
    """Each file is made once, read in a process of its own, and taken away again."""
    WORK.mkdir(exist_ok=True)
    for what, name, megabytes, make in FILES:
        path = WORK / name
        expected = make(path, megabytes << 20)
        size = path.stat().st_size / (1 << 20)
        seen = cost([sys.executable, "-c", READ, str(path)])
        good, messages, bad = (int(part) for part in seen.out.split())
        whole = (good, bad) == (expected, 0)
        told = (
            f"{seen.peak:.0f} MiB, {seen.cpu:.0f} s CPU, {good} of {expected}, {messages} messages"
        )
        yield Figure(f"{what}, {size:.0f} MiB", told, f"under {BAR} MiB", seen.peak < BAR and whole)
        path.unlink()


def _words(rng: random.Random, count: int = 400) -> str:
    return " ".join(rng.choices(WORDS, k=count))


def _talk(rng: random.Random) -> list[dict[str, Any]]:
    return [{"role": ("user", "assistant")[k % 2], "content": _words(rng)} for k in range(10)]


def _jsonl(path: Path, size: int) -> int:
    rng, count = random.Random(1), 0
    with path.open("w") as out:
        while out.tell() < size:
            record = {"model": "m-1", "scenario": f"s{count}", "messages": _talk(rng)}
            out.write(json.dumps(record) + "\n")
            count += 1
    return count


def _one_document(
    path: Path, size: int, opening: str, record: Callable[[int], str], end: str
) -> int:
    """A document whose list is filled until it is large enough."""
    count = 0
    with path.open("w") as out:
        out.write(opening)
        while out.tell() < size:
            out.write((", " if count else "") + record(count))
            count += 1
        out.write(end)
    return count


def _chatgpt(path: Path, size: int) -> int:
    rng = random.Random(2)

    def conversation(number: int) -> str:
        mapping: dict[str, Any] = {
            "n0": {"id": "n0", "parent": None, "children": ["n1"], "message": None}
        }
        for place, said in enumerate(_talk(rng), start=1):
            message = {
                "id": f"n{place}", "author": {"role": said["role"]}, "recipient": "all",
                "content": {"content_type": "text", "parts": [said["content"]]},
                "metadata": {"model_slug": "m-1"},
            }  # fmt: skip
            children = [f"n{place + 1}"] if place < 10 else []
            mapping[f"n{place}"] = {
                "id": f"n{place}", "parent": f"n{place - 1}", "children": children, "message": message,
            }  # fmt: skip
        return json.dumps({"id": f"c{number}", "current_node": "n10", "mapping": mapping})

    return _one_document(path, size, "[", conversation, "]")


def _eval(path: Path, size: int) -> int:
    """Unpacked by design: random words pack to a fifth, and the file on disk is what counts."""
    rng, count, written = random.Random(3), 0, 0
    spec = {"version": 2, "eval": {"task": "t", "model": "x/m-1"}}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("_journal/start.json", json.dumps(spec))
        while written < size:
            sample = {
                "id": count,
                "epoch": 1,
                "messages": _talk(rng),
                "events": [_words(rng, 20_000)],
            }
            data = json.dumps(sample)
            archive.writestr(f"samples/{count}_epoch_1.json", data)
            written += len(data)
            count += 1
        archive.writestr("header.json", json.dumps(spec))
    return count


def _petri(path: Path, size: int) -> int:
    """One audit whose events fill the file; what is read of it is at its end."""
    rng = random.Random(4)
    told = {"transcript_id": "t", "target_model": "m-1", "auditor_model": "a", "version": "v3.0"}

    def event(number: int) -> str:
        return json.dumps({"type": "info_event", "id": str(number), "info": _words(rng, 2000)})

    end = f'], "target_messages": {json.dumps(_talk(rng))}}}'
    _one_document(path, size, f'{{"metadata": {json.dumps(told)}, "events": [', event, end)
    return 1


def _promptfoo(path: Path, size: int) -> int:
    rng = random.Random(5)

    def result(number: int) -> str:
        return json.dumps({
            "prompt": {"raw": _words(rng)}, "response": {"output": _words(rng, 800)},
            "provider": {"id": "x:m"}, "testIdx": number, "gradingResult": {"pass": True, "score": 1},
        })  # fmt: skip

    opening = '{"evalId": "e", "results": {"version": 3, "prompts": [], "results": ['
    return _one_document(path, size, opening, result, "]}}")


Maker = Callable[[Path, int], int]
FILES: list[tuple[str, str, int, Maker]] = [
    ("JSON Lines", "large.jsonl", 1024, _jsonl),
    ("ChatGPT export", "conversations.json", 500, _chatgpt),
    ("Inspect log", "large.eval", 300, _eval),
    ("Petri transcript", "petri.json", 300, _petri),
    ("promptfoo results", "promptfoo.json", 300, _promptfoo),
]
