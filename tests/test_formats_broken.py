"""Files broken on purpose, and what must hold for any file: no crash, no hang, nothing lost unsaid."""

from __future__ import annotations

import contextlib
import json
import random
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import Store
from store.adding import add
from store.exporting import to_record
from tests.mutating import ODD, cases, trouble
from transcripts import Options, Refused, Source, Transcript, read, read_source
from transcripts.blocks import arguments
from transcripts.cleaning import clean
from transcripts.formats import formats
from transcripts.formats._replay import patched, replay
from transcripts.formats.native import from_record

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestBroken:
    @pytest.mark.parametrize("seed", range(4))
    def test_no_crash_no_hang_no_silence(self, seed: int) -> None:
        for name, source, data in cases(300, seed):
            for options in (Options(), Options(format=name, branches=True)):
                begun = time.monotonic()
                why, _ = trouble(Source.of_bytes(data, str(source.path)), options)
                assert not why, f"{name}: {why}\n{data[:300]!r}"
                assert time.monotonic() - begun < 2, f"{name} took too long"

    def test_what_is_read_of_them_goes_into_the_store(self, store: Store) -> None:
        items = [
            item
            for name, source, data in cases(400, 99)
            for item in read_source(Source.of_bytes(data, str(source.path)), Options(format=name))
        ]
        added = add(store, items, {})
        assert added.transcripts + len(added.refused) == len(items)
        assert added.new > 40

    def test_broken_logs_on_the_disk_too(self, tmp_path: Path) -> None:
        """An archive on the disk is sought in directly; its errors take another way."""
        rng = random.Random(5)
        example = formats()["inspect_eval"].EXAMPLE
        for number in range(150):
            data = bytearray(example)
            for _ in range(rng.randint(1, 6)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            for ending in (".eval", ".zip"):
                path = tmp_path / f"{number}{ending}"
                path.write_bytes(bytes(data))
                found = list(read(path))
                assert found and all(one.why for one in found if isinstance(one, Refused))

    @pytest.mark.shared
    def test_real_files_broken(self, shared: Path) -> None:
        from tests.mutating import KINDS

        rng = random.Random(11)
        paths = [
            path for path in sorted((shared / "formats").rglob("*"))
            if path.is_file() and path.stat().st_size < 50_000 and path.name != "LICENSE"
        ]  # fmt: skip
        for path in paths * 2:
            data = rng.choice(KINDS)(path.read_bytes(), rng)
            why, _ = trouble(Source.of_bytes(data, path.name), Options(branches=True))
            assert not why, f"{path}: {why}"


# Formats whose records are one transcript each (or two), so that what is lost can be counted.
COUNTED = {
    "native": 1, "chatgpt": 1, "claude_ai": 1, "gemini_studio": 1, "hermes": 1, "atif": 1, "docent": 1,
    "hugging_face": 1, "sharegpt": 1, "preference_pairs": 2, "petri": 1, "langfuse": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_records_in_are_transcripts_and_refused_out(name: str, ending: str) -> None:
    """Five records of which one is spoilt: four go in whole, the fifth goes in or is refused."""
    example = json.loads(formats()[name].EXAMPLE)
    record = example[0] if isinstance(example, list) else example
    rng = random.Random(name + ending)
    for _ in range(60):
        records = [json.loads(json.dumps(record)) for _ in range(5)]
        place = rng.randrange(5)
        records[place] = _spoilt(records[place], rng)
        text = json.dumps(records) if ending == ".json" else "\n".join(map(json.dumps, records))
        source = Source.of_bytes(text.encode("utf-8", "surrogatepass"), f"five{ending}")
        found = list(read_source(source, Options(format=name)))
        good = sum(isinstance(one, Transcript) for one in found)
        refused = len(found) - good
        each = COUNTED[name]
        assert good >= 4 * each, (records[place], found)
        assert good / each + refused == 5, (records[place], found)


def _spoilt(record: Any, rng: random.Random) -> Any:
    if rng.random() < 0.1:
        return rng.choice([None, 7, "text", [], {}])
    keys = list(record)
    key = rng.choice(keys)
    if rng.random() < 0.4:
        del record[key]
    else:
        record[key] = rng.choice(
            [one for one in ODD if not (isinstance(one, float) and one != one)]
        )
    return record


@pytest.mark.parametrize("name", sorted(formats()))
def test_a_format_asked_for_reads_what_it_is_not_without_a_crash(name: str) -> None:
    for other, fmt in formats().items():
        why, _ = trouble(
            Source.of_bytes(fmt.EXAMPLE, "x.json"), Options(format=name, branches=True)
        )
        assert not why, f"{other} read as {name}: {why}"


# ---- what holds for any content --------------------------------------------------------------------

TEXT = st.text(max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
BLOCK = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": TEXT}),
    st.fixed_dictionaries({"type": st.just("thinking"), "thinking": TEXT}),
    st.fixed_dictionaries({"type": st.just("tool_use"), "id": TEXT, "name": TEXT, "input": VALUES}),
    st.fixed_dictionaries({"type": st.just("tool_result"), "tool_use_id": TEXT, "content": TEXT}),
    st.fixed_dictionaries({"type": st.just("image"), "source": st.dictionaries(TEXT, TEXT, max_size=2)}),
    st.dictionaries(TEXT, VALUES, max_size=3).map(lambda d: {**d, "type": "hologram"}),
)  # fmt: skip
MESSAGE = st.fixed_dictionaries({
    "role": st.sampled_from(["system", "user", "assistant"]), "content": TEXT | st.lists(BLOCK, min_size=1, max_size=4),
})  # fmt: skip


@SLOW
@given(st.lists(MESSAGE, min_size=1, max_size=5))
def test_any_conversation_comes_back_as_it_went(messages: list[Any]) -> None:
    first = from_record({"messages": messages})
    again = from_record(json.loads(json.dumps(to_record(first))))
    assert again.messages == first.messages and again.content == first.content


@SLOW
@given(VALUES)
def test_arguments_settle(value: Any) -> None:
    once = arguments(value if isinstance(value, str) else json.dumps(value))
    assert arguments(once) == once or arguments(json.loads(once)) == once


@SLOW
@given(st.dictionaries(st.text(), VALUES | st.floats() | st.binary() | st.dates(), max_size=4))
def test_metadata_is_always_plain_json(metadata: dict[str, Any]) -> None:
    plain = clean(metadata)
    json.dumps(plain, allow_nan=False, ensure_ascii=False).encode()
    assert clean(plain) == plain


@SLOW
@given(st.data())
def test_a_tree_s_paths_hold_every_message_once(data: st.DataObject) -> None:
    """Of any tree, the current path and the branches together say all that was said."""
    count = data.draw(st.integers(1, 12))
    parents = {0: None, **{n: data.draw(st.integers(0, n - 1)) for n in range(1, count)}}
    mapping = {
        f"n{n}": {"id": f"n{n}", "parent": None if p is None else f"n{p}", "message": {
            "id": f"n{n}", "author": {"role": "user"}, "content": {"content_type": "text", "parts": [f"m{n}"]}}}
        for n, p in parents.items()
    }  # fmt: skip
    current = f"n{data.draw(st.integers(0, count - 1))}"
    export = [{"id": "c", "current_node": current, "mapping": mapping}]
    found = list(
        read_source(Source.of_bytes(json.dumps(export).encode(), "x.json"), Options(branches=True))
    )
    paths = [[m.text for m in one.messages] for one in found if isinstance(one, Transcript)]
    assert paths[0][-1] == current.replace("n", "m")
    assert {text for path in paths for text in path} == {f"m{n}" for n in range(count)}
    assert len({tuple(path) for path in paths}) == len(paths)


@SLOW
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "rollback", "reset", "patch"]), st.integers(0, 5)),
        max_size=20,
    )
)
def test_replaying_is_what_a_plain_list_would_do(steps: list[tuple[str, int]]) -> None:
    state: list[str] = []
    events = []
    for number, (operation, amount) in enumerate(steps):
        raw = {"role": "assistant", "content": f"m{number}", "id": f"i{number}"}
        if operation == "add":
            edit: dict[str, Any] = {"operation": "add", "message": raw}
            state = [*state, f"m{number}"]
        elif operation == "rollback":
            amount = min(amount, len(state))
            edit = {"operation": "rollback", "count": amount}
            state = state[: len(state) - amount]
        elif operation == "reset":
            edit = {"operation": "reset", "new_messages": [raw]}
            state = [f"m{number}"]
        else:
            at = min(amount, len(state))
            edit = {
                "operation": "json_patch",
                "patch": [{"op": "add", "path": f"/{at}", "value": raw}],
            }
            state = [*state[:at], f"m{number}", *state[at:]]
        events.append({"type": "transcript_event", "view": "target", "edit": edit})
    found, _ = replay(events)
    assert [raw["content"] for raw in found] == state


@SLOW
@given(st.lists(VALUES, min_size=1, max_size=4), st.integers(0, 3), VALUES)
def test_a_patch_never_touches_what_it_was_given(state: list[Any], place: int, value: Any) -> None:
    before = json.dumps(state)
    patch = [{"op": "replace", "path": f"/{place % len(state)}", "value": value},
             {"op": "add", "path": f"/{place % len(state)}/x", "value": 1}]  # fmt: skip
    with contextlib.suppress(TypeError, ValueError, IndexError, KeyError):
        patched(state, patch)  # type: ignore[arg-type]
    assert json.dumps(state) == before


SENTENCE = st.text(
    st.characters(whitelist_categories=("L", "N", "P", "Zs"), blacklist_characters="`~#*:"),
    min_size=1,
    max_size=60,
)


@SLOW
@given(
    st.lists(SENTENCE.filter(lambda s: bool(s.strip())), min_size=2, max_size=6),
    st.sampled_from(["**{}:** {}", "## {}\n{}", "{}: {}"]),
)
def test_written_as_markdown_it_is_read_again(texts: list[str], style: str) -> None:
    names = ("User", "Assistant")
    talk = "\n\n".join(
        style.format(names[n % 2], " ".join(text.split())) for n, text in enumerate(texts)
    )
    found = list(read_source(Source.of_bytes(talk.encode(), "talk.md")))
    (one,) = [item for item in found if isinstance(item, Transcript)]
    assert [m.text for m in one.messages] == [" ".join(text.split()) for text in texts]


def test_a_yaml_that_unfolds_without_end_is_not_unfolded() -> None:
    layers = "\n".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9))
    text = f"---\nmessages:\n  - role: user\n    content: x\nmetadata:\n  l0: &l0 [lol]\n{layers}\n"
    begun = time.monotonic()
    (refused,) = read_source(Source.of_bytes(text.encode(), "bomb.yaml"))
    assert isinstance(refused, Refused) and "aliases" in refused.why
    assert time.monotonic() - begun < 1


def test_a_zip_with_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\u00e9\u00e9\u00e9.jsonl", "{}")
    data = path.read_bytes().replace("\u00e9\u00e9\u00e9".encode(), b"\xff\xfe\xfd\xff\xfe\xfd")
    path.write_bytes(data)
    found = list(read(path))
    assert found and all(isinstance(one, Refused) for one in found)
