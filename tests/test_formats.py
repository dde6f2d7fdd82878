"""Every format keeps the contract; who adds a file under formats/ is tested without being listed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from store.exporting import to_record
from transcripts import Options, Refused, Source, Transcript, read, read_source
from transcripts.formats import Format, formats
from transcripts.formats.native import from_record

ENDINGS = {
    "inspect_eval": ".eval", "native_yaml": ".yaml", "anthropic_cassette": ".yaml", "markdown": ".md",
}  # fmt: skip


def example(name: str, fmt: Format) -> Source:
    return Source.of_bytes(fmt.EXAMPLE, f"example{ENDINGS.get(name, '.json')}")


@pytest.mark.parametrize(("name", "fmt"), formats().items(), ids=list(formats()))
class TestContract:
    def test_it_says_where_its_shape_is_from(self, name: str, fmt: Format) -> None:
        told = fmt.__doc__ or ""
        assert len(told.split()) > 15
        assert re.search(r"\b(from|[Ss]hapes?|ways in which|described in)\b", told)

    def test_it_alone_recognises_its_example(self, name: str, fmt: Format) -> None:
        source = example(name, fmt)
        assert [n for n, one in formats().items() if one.recognises(source)] == [name]

    def test_its_example_is_read_whole(self, name: str, fmt: Format) -> None:
        found = list(fmt.parse(example(name, fmt)))
        assert found and all(isinstance(one, Transcript) for one in found)
        for one in found:
            assert isinstance(one, Transcript)
            assert {m.role for m in one.messages} >= {"user", "assistant"}
            assert one.source.startswith("example")

    def test_nothing_is_invented(self, name: str, fmt: Format) -> None:
        """Every word, name and number of a transcript stands in the file it was read from."""
        source = example(name, fmt)
        there = " ".join("\n".join(_texts(_whole(name, fmt))).split())
        for one in read_source(source):
            assert isinstance(one, Transcript)
            for message in one.messages:
                for part in message.parts:
                    for piece in part.text.split("\n\n"):
                        assert " ".join(piece.split()) in there, piece
                    assert part.name in there and part.call in there
            assert one.model in there and (
                one.release in ("", one.model, "example") or one.release in there
            )
            for score in one.scores:
                assert (
                    score.value is None or f"{score.value:g}" in there or score.value in (0.0, 1.0)
                )
                assert all(" ".join(said.text.split()) in there for said in score.quotes)

    def test_a_spoilt_record_is_refused_with_its_place(self, name: str, fmt: Format) -> None:
        """A record of another shape costs itself, and says where it stood and what is wrong."""
        whole = list(read_source(example(name, fmt)))
        for data, ending in _spoilt(name, fmt):
            found = list(
                read_source(Source.of_bytes(data, f"example{ending}"), Options(format=name))
            )
            refused = [one for one in found if isinstance(one, Refused)]
            assert len(found) - len(refused) >= len(whole), found
            assert refused and all(one.path.startswith("example") and one.why for one in refused)
            assert any(one.where for one in refused), refused

    def test_messages_survive_a_round_trip_through_native(self, name: str, fmt: Format) -> None:
        for one in read_source(example(name, fmt)):
            assert isinstance(one, Transcript)
            again = from_record(json.loads(json.dumps(to_record(one))))
            assert again.messages == one.messages
            assert again.content == one.content

    def test_half_a_file_gives_what_is_whole_and_names_what_is_not(
        self, name: str, fmt: Format, tmp_path: Path
    ) -> None:
        path = tmp_path / f"cut{ENDINGS.get(name, '.json')}"
        path.write_bytes(fmt.EXAMPLE[: len(fmt.EXAMPLE) * 2 // 3])
        found = list(read(path))
        assert found, "silence is a loss"
        assert any(isinstance(one, Refused) for one in found) or name in ("native_yaml", "markdown")
        for one in found:
            if isinstance(one, Refused):
                assert one.why and str(path) in one.path


def _whole(name: str, fmt: Format) -> list[Any]:
    """Everything that stands in an example, however it is packed."""
    if name == "inspect_eval":
        with zipfile.ZipFile(io.BytesIO(fmt.EXAMPLE)) as archive:
            return [json.loads(archive.read(member)) for member in archive.namelist()]
    text = fmt.EXAMPLE.decode()
    try:
        return [json.loads(text)]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return [text, *([] if name == "markdown" else yaml.safe_load_all(text))]


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, those within JSON that is written as text too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from (str(key), *_texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
        try:
            opened = json.loads(value)
        except ValueError:
            return
        if isinstance(opened, dict | list):
            yield from _texts(opened)
    elif value is not None:
        yield f"{value:g}" if isinstance(value, int | float) else str(value)


SPOILT = (b"7", b'"words"', b"null", b'{"half": ')


def _spoilt(name: str, fmt: Format) -> Iterator[tuple[bytes, str]]:
    """The example with a record that is none after it, as lines and, where it fits, in an array."""
    if name in ("markdown", "inspect_eval"):
        return  # one conversation a file; one file a sample: tests of their own
    if name in ("native_yaml", "anthropic_cassette"):
        if name == "native_yaml":
            yield fmt.EXAMPLE + b"\n---\n- 7\n", ".yaml"
        return
    try:
        document = json.loads(fmt.EXAMPLE)
    except ValueError:
        for odd in SPOILT:
            yield fmt.EXAMPLE + odd + b"\n", ".jsonl"
        return
    if isinstance(document, list) and name != "openai_chat":
        for odd in SPOILT[:3]:
            inner = b", ".join(json.dumps(one).encode() for one in document)
            yield b"[" + inner + b", " + odd + b"]", ".json"
            yield b"[" + odd + b", " + inner + b"]", ".json"
    elif name in LINES_TOO:
        for odd in SPOILT:
            yield json.dumps(document).encode() + b"\n" + odd + b"\n", ".jsonl"


LINES_TOO = {
    "native", "openai_chat", "anthropic_messages", "sharegpt", "hugging_face", "preference_pairs", "mt_bench",
    "petri", "docent", "atif", "gemini_studio", "hermes", "langfuse", "otel", "promptfoo",
}  # fmt: skip
"""Formats of one document a record, of which a file may hold several as lines."""


def test_the_shipped_formats_are_all_there() -> None:
    wanted = {
        "native", "native_yaml", "openai_chat", "anthropic_messages", "anthropic_cassette",
        "sharegpt", "inspect_eval", "inspect_json", "claude_code",
    }  # fmt: skip
    assert wanted <= set(formats())


def of(data: object, name: str = "x.json") -> list[Transcript | Refused]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_source(Source.of_bytes(raw, name)))


def one(data: object, name: str = "x.json") -> Transcript:
    (found,) = of(data, name)
    assert isinstance(found, Transcript), found
    return found


def test_thinking_calls_results_and_images_are_kept_apart() -> None:
    talk = one(
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}}]},
                {"role": "assistant", "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "text", "text": "I look."},
                    {"type": "tool_use", "id": "t1", "name": "zoom", "input": {"by": 2}},
                ]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": True, "content": [
                    {"type": "text", "text": "too dark"}, {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}}]}]},
            ]
        }
    )  # fmt: skip
    kinds = [[part.kind for part in m.parts] for m in talk.messages]
    assert kinds == [["text", "image"], ["thinking", "text", "tool_call"], ["tool_result", "image"]]
    assert [m.role for m in talk.messages] == ["user", "assistant", "tool"]
    assert talk.messages[1].text == "I look."
    assert talk.messages[1].parts[2].data == '{"by":2}'
    assert talk.messages[2].parts[0].failed
    assert talk.messages[0].parts[1].name == "image/png"
    again = from_record(json.loads(json.dumps(to_record(talk))))
    assert again.messages == talk.messages


def test_an_unknown_block_is_kept_not_lost() -> None:
    block = {"type": "hologram", "beam": [1, 2]}
    talk = one({"messages": [{"role": "assistant", "content": [block]}]})
    assert talk.messages[0].parts[0].kind == "other"
    assert to_record(talk)["messages"][0]["content"] == [block]


def test_openai_choices_become_samples_without_numbers() -> None:
    told = of(
        {
            "model": "m",
            "messages": [{"role": "user", "content": "Say a number"}],
            "choices": [{"message": {"role": "assistant", "content": str(n)}} for n in (4, 7)],
            "usage": {"total_tokens": 9},
        }
    )
    assert [t.messages[-1].text for t in told if isinstance(t, Transcript)] == ["4", "7"]
    assert all(isinstance(t, Transcript) and t.metadata["usage"] for t in told)


def test_inspect_attachments_scores_and_labels() -> None:
    log = {
        "version": 2, "status": "success", "eval": {"task": "t", "model": "p/m"},
        "samples": [{
            "id": 1, "epoch": 2, "attachments": {"a": "long words"},
            "messages": [{"role": "user", "content": "attachment://a"}, {"role": "assistant", "content": "ok"}],
            "scores": {"match": {"value": "C"}, "both": {"value": {"x": 1, "y": "I"}}, "tone": {"value": "mild"}, "off": {"value": None}},
        }],
    }  # fmt: skip
    talk = one(log)
    assert talk.messages[0].text == "long words"
    assert (talk.scenario, talk.model, talk.sample) == ("t/1", "p/m", None)
    assert talk.metadata["epoch"] == 2
    scores = {s.trait: (s.value, s.status) for s in talk.scores}
    assert scores == {
        "match": (1.0, "rated"), "both/x": (1.0, "rated"), "both/y": (0.0, "rated"),
        "tone": (None, "unscored"), "off": (None, "unscored"),
    }  # fmt: skip


def test_claude_code_joins_blocks_and_splits_at_clear() -> None:
    def line(kind: str, content: object, **more: object) -> str:
        message = {
            "role": kind,
            "content": content,
            **({"id": more.pop("id")} if "id" in more else {}),
        }
        return json.dumps({"type": kind, "sessionId": "s", "message": message, **more})

    text = "\n".join(
        [
            line("user", "Do it"),
            line("assistant", [{"type": "text", "text": "On it."}], id="m1"),
            line(
                "assistant", [{"type": "tool_use", "id": "t", "name": "ls", "input": {}}], id="m1"
            ),
            line("user", [{"type": "tool_result", "tool_use_id": "t", "content": "a b"}]),
            line("user", "<command-name>/clear</command-name>"),
            line("user", "A new thing"),
            line("assistant", "Yes.", id="m2"),
        ]
    )
    first, second = of(text.encode(), "s.jsonl")
    assert isinstance(first, Transcript) and isinstance(second, Transcript)
    assert [m.role for m in first.messages] == ["user", "assistant", "tool"]
    assert [p.kind for p in first.messages[1].parts] == ["text", "tool_call"]
    assert [m.text for m in second.messages] == ["A new thing", "Yes."]
    assert second.metadata["part"] == 2
