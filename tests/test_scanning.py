"""Values found in a stream by brackets and quotes: the same as a parser finds, however it is cut."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts import Refused, Source, Transcript, documents, read_source, scanning
from transcripts.records import json_records

TEXT = st.text(alphabet='a"\\[]{},: \n\u20ac\U0001f600', max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
RECORD = '{"messages": [{"role": "user", "content": "%s"}], "score": %s}'


def found(text: str, keys: tuple[str, ...] | None) -> str:
    stream = io.BytesIO(text.encode("utf-8", "surrogatepass"))
    return json.dumps([json.loads(raw) for raw in scanning.lists(stream, keys)])  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(st.lists(VALUES, max_size=4), VALUES, st.integers(1, 9), st.sampled_from([None, 1]))
def test_it_finds_what_a_parser_finds(
    values: list[Any], other: Any, chunk: int, indent: int | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK", chunk)
        alone = json.dumps(values, indent=indent)
        assert found(alone, ()) == json.dumps(values)
        inside = {"z": other, "a": {"q": [1], "b": values, "y": other}, "b": [2]}
        assert found(json.dumps(inside, indent=indent), ("a", "b")) == json.dumps(values)
        maps = [value for value in values if isinstance(value, dict | list)]
        after = "\n".join(json.dumps(one, indent=indent) for one in maps)
        assert found(after, None) == json.dumps(maps)


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ("1e999", ""), ("NaN", ""), ("-Infinity", ""), ("9" * 400, ""), ("9" * 5000, "not JSON"),
        ("nul", "not JSON"), ("01", "not JSON"), ("", "not JSON"), ("[1, }", "not JSON"),
        ("[" * 9000 + "]" * 9000, "nested too deeply"),
    ],
)  # fmt: skip
def test_an_odd_record_of_an_array_costs_itself(odd: str, why: str) -> None:
    records = [RECORD % (f"q{n}", odd if n == 2 else "1") for n in range(1, 6)]
    items = list(read_source(Source.of_bytes(f"[{','.join(records)}]".encode(), "five.json")))
    refused = [one for one in items if isinstance(one, Refused)]
    assert len(items) == 5 and len(refused) == bool(why)
    for one in refused:
        assert one.where == "record 2" and why in one.why


def test_a_broken_first_record_hides_no_format() -> None:
    good = RECORD % ("q", "1")
    for odd in ('{"a": nul}', '{"a" 1}', "{,}", '"x" "y"'):
        items = list(read_source(Source.of_bytes(f"[{odd}, {good}, {good}]".encode(), "x.json")))
        assert [isinstance(one, Transcript) for one in items] == [False, True, True], odd


def test_a_record_in_another_encoding_costs_itself() -> None:
    data = b"[" + b", ".join(
        (RECORD % (f"q{n}", "1")).encode().replace(b"q2", b"q\xe92") for n in range(1, 4)
    ) + b"]"  # fmt: skip
    items = list(read_source(Source.of_bytes(data, "three.json")))
    assert [isinstance(one, Transcript) for one in items] == [True, False, True]
    assert "not UTF-8 (byte 0xe9)" in items[1].why  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "good", "why"),
    [
        ('[{"a": 1}, {"b": "x', 1, "ends in the middle"),
        ('[{"a": 1}, ', 1, "ends in the middle"),
        ('[{"a": 1}} ', 1, "'}' instead of ','"),
        ('[{"a": 1}, {"b": [1}, {"c": 1}]', 1, "ends in the middle"),
        ('[{"a": 1},, {"b": 2}]', 2, "not JSON"),
        ('[{"a": 1},]', 1, ""),
        ("[]", 0, ""),
    ],
)
def test_what_is_before_a_break_is_given(text: str, good: int, why: str) -> None:
    items = list(json_records(Source.of_bytes(text.encode(), "x.json")))
    refused = [one.why for one in items if isinstance(one, Refused)]
    assert len(items) - len(refused) == good
    assert len(refused) == bool(why) and all(why in one for one in refused)


def test_a_value_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "LONGEST", 2000)
    long = json.dumps({"text": "x" * 5000})
    items = list(documents.items(Source.of_bytes(f'{{"a": [1, {long}, 2]}}'.encode()), ("a",)))
    assert [one[1] for one in items if not isinstance(one, Refused)] == [1, 2]
    assert "longer than" in next(one.why for one in items if isinstance(one, Refused))


def test_an_odd_number_before_the_messages_hides_no_format() -> None:
    text = '{\n "score": NaN,\n "id": 123456789012345678901234567890,\n "said": "NaN",\n "messages": [{"role": "user", "content": "NaN 7"}]\n}'
    (one,) = read_source(Source.of_bytes(text.encode(), "x.json"))
    assert isinstance(one, Transcript) and one.messages[0].text == "NaN 7"
    assert one.metadata["said"] == "NaN"
