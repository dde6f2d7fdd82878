"""Mappings for lists of messages, and mappings proposed by looking at a file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import Table, parquet

from tests.mutating import ODD
from transcripts import Options, Refused, Source, Transcript, read_source
from transcripts.mapping import Mapping
from transcripts.proposing import Proposal, propose


def source(data: Any, name: str) -> Source:
    return Source.of_bytes(data if isinstance(data, bytes) else json.dumps(data).encode(), name)


def mapped(data: Any, mapping: dict[str, Any], name: str = "x.json") -> list[Transcript | Refused]:
    options = Options(mapping=Mapping.model_validate(mapping))
    return list(read_source(source(data, name), options))


TURNS = [{"who": "customer", "body": {"text": "Hi"}}, {"who": "agent", "body": {"text": "Hello"}}]
LISTED = {
    "at": "log.turns",
    "role": "who",
    "text": "body.text",
    "roles": {"customer": "user", "agent": "assistant"},
}


class TestMessagesAtAPath:
    def test_records_and_messages_stand_deep(self) -> None:
        data = {
            "page": 1,
            "data": {
                "items": [
                    {"id": "a", "log": {"turns": TURNS}},
                    {"id": "b", "log": {"turns": TURNS}},
                ]
            },
        }
        found = mapped(data, {"records": "data.items", "scenario": "{id}", "messages": LISTED})
        assert [t.scenario for t in found if isinstance(t, Transcript)] == ["a", "b"]
        assert [(m.role, m.text) for m in found[0].messages] == [
            ("user", "Hi"),
            ("assistant", "Hello"),
        ]  # type: ignore[union-attr]
        assert found[1].source.endswith("record 2")  # type: ignore[union-attr]

    def test_a_cell_of_json_text_and_a_prompt_before_it(self) -> None:
        data = b'sys,talk\nBe kind.,"[{""role"": ""user"", ""content"": ""Hi""}, {""role"": ""ai"", ""content"": ""Yo""}]"\n'
        mapping = {
            "conversation": [{"role": "system", "text": "{sys}"}],
            "messages": {"at": "talk"},
        }
        (found,) = mapped(data, mapping, "t.csv")
        assert isinstance(found, Transcript)
        assert [(m.role, m.text) for m in found.messages] == [
            ("system", "Be kind."),
            ("user", "Hi"),
            ("assistant", "Yo"),
        ]

    @pytest.mark.parametrize(
        ("turns", "why"),
        [
            ([{"who": "ghost", "body": {"text": "x"}}], "the role 'ghost'"),
            ([{"who": "agent", "text": "x"}], "message 1 has no 'body.text'; it has: who, text"),
            ("nothing", "no list of messages at 'log.turns'"),
            ([7], "message 1 at 'log.turns' is not an object"),
            ([], "gives no message"),
        ],
    )
    def test_a_broken_record_costs_itself(self, turns: Any, why: str) -> None:
        data = [{"log": {"turns": TURNS}}, {"log": {"turns": turns}}, 7, {"log": {"turns": TURNS}}]
        found = mapped(data, {"messages": LISTED})
        assert [type(one) for one in found] == [Transcript, Refused, Refused, Transcript]
        assert (
            isinstance(found[1], Refused) and found[1].where == "record 2" and why in found[1].why
        )

    def test_a_wrong_sample_is_a_refusal_and_no_crash(self) -> None:
        (found,) = mapped(
            [{"q": "x", "n": "two"}],
            {"sample": "{n}", "conversation": [{"role": "user", "text": "{q}"}]},
        )
        assert isinstance(found, Refused) and "does not fit the mapping" in found.why

    def test_a_path_that_is_not_there_is_named_with_what_is(self) -> None:
        (found,) = mapped([{"chat": []}], {"messages": {"at": "talk"}})
        assert isinstance(found, Refused) and "'talk'" in found.why and "chat" in found.why


SENTENCE = "what is it that you would say"

UNKNOWN: list[tuple[str, Any, list[tuple[str, str]], dict[str, Any]]] = [
    ("qa.csv", b"Question,Model Answer,model,score\nwhy?,because of that one thing,m-1,3\n", [("user", "why?"), ("assistant", "because of that one thing")], {"model": "m-1"}),
    ("many.jsonl", b"\n".join(json.dumps({"prompt_1": "a", "response_1": "b", "prompt_2": "c", "response_2": "d", "id": n}).encode() for n in range(3)),
     [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")], {}),
    ("deep.json", {"meta": {"v": 1}, "data": {"items": [{"id": 1, "turns": [{"speaker": "Customer", "text": "hi"}, {"speaker": "Support agent", "text": "yo"}]}] * 2}},
     [("user", "hi"), ("assistant", "yo")], {"scenario": "1"}),
    ("nested.jsonl", b"\n".join(json.dumps({"input": SENTENCE, "meta": {"ai_output": f"{SENTENCE} {n}", "ai_model": "m-2"}}).encode() for n in range(3)),
     [("user", SENTENCE), ("assistant", f"{SENTENCE} 0")], {"model": "m-2"}),
    ("text.jsonl", b"\n".join(json.dumps({"talk": json.dumps([{"from": "me", "msg": "hi"}, {"from": "droid", "msg": "yo"}])}).encode() for _ in range(2)),
     [("user", "hi"), ("assistant", "yo")], {}),
    ("odd.csv", b'left,right\n"one two three four","five six seven eight"\n', [("user", "one two three four"), ("assistant", "five six seven eight")], {}),
    ("alpaca.json", [{"instruction": SENTENCE, "output": SENTENCE * 2, "system": "You are a kind one."}] * 2,
     [("system", "You are a kind one."), ("user", SENTENCE), ("assistant", SENTENCE * 2)], {}),
]  # fmt: skip


class TestProposing:
    @pytest.mark.parametrize(
        ("name", "data", "expected", "told"), UNKNOWN, ids=[name for name, *_ in UNKNOWN]
    )
    def test_it_finds_who_speaks(
        self, name: str, data: Any, expected: list[tuple[str, str]], told: dict[str, Any]
    ) -> None:
        proposal = propose(source(data, name))
        first = proposal.preview[0]
        assert isinstance(first, Transcript), proposal
        assert [(m.role, m.text) for m in first.messages] == expected
        assert {key: getattr(first, key) for key in told} == told
        again = list(
            read_source(
                source(data, name),
                Options(mapping=Mapping.model_validate(yaml.safe_load(proposal.text))),
            )
        )
        assert [t.messages for t in again[:3]] == [t.messages for t in proposal.preview]  # type: ignore[union-attr]

    def test_parquet_too(self, tmp_path: Path) -> None:
        path = tmp_path / "p.parquet"
        parquet.write_table(Table.from_pylist([{"q": "why?", "a": "so it is", "rating": 4}]), path)
        proposal = propose(Source(path, lambda: io.FileIO(path)))
        assert isinstance(proposal.preview[0], Transcript)
        assert "rating" in proposal.text and any("scale" in note for note in proposal.notes)

    def test_a_record_s_id_is_no_scenario_where_a_question_comes_again(self) -> None:
        rows = [
            {"id": n, "prompt": "the same question", "answer": f"answer {n} of three"}
            for n in range(3)
        ]
        found = [t for t in propose(source(rows, "x.json")).preview if isinstance(t, Transcript)]
        assert [t.scenario for t in found] == ["", "", ""] and found[1].metadata["id"] == 1

    @pytest.mark.parametrize(
        ("name", "data"),
        [("n.csv", b"a,b\n1,2\n"), ("e.json", b"[]"), ("s.json", b'["x"]'), ("d.json", b'{"weather": "fine"}'), ("t.txt", b"Dear all\n"), ("x.jsonl", b"{broken")],
    )  # fmt: skip
    def test_where_nobody_speaks_it_says_so(self, name: str, data: bytes) -> None:
        proposal = propose(source(data, name))
        assert proposal.preview == () and proposal.notes
        Mapping.model_validate(yaml.safe_load(proposal.text))

    def test_a_guessed_speaker_is_noted(self) -> None:
        turns = [{"speaker": "Ann", "text": "hi"}, {"speaker": "Bob", "text": "yo"}]
        proposal = propose(source([{"talk": turns}] * 2, "x.json"))
        assert "guessed who speaks: Ann is user, Bob is assistant" in proposal.notes

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.dictionaries(
        st.sampled_from(["prompt", "answer", "messages", "id", "model", "a.b", "{x}", "", "score", "talk"]) | st.text(max_size=5),
        st.sampled_from([one for one in ODD if not isinstance(one, float)] + [TURNS, SENTENCE, "x"]), max_size=6), min_size=1, max_size=4))  # fmt: skip
    def test_any_records_give_a_mapping_that_loads(self, records: list[Any]) -> None:
        try:
            raw = json.dumps(records).encode()
        except ValueError:
            return
        proposal = propose(source(raw, "x.json"))
        assert isinstance(proposal, Proposal)
        Mapping.model_validate(yaml.safe_load(proposal.text))
        assert len(proposal.preview) <= 3

    @pytest.mark.shared
    def test_real_tables(self, shared: Path) -> None:
        path = shared / "humanebench/data/golden_questions.jsonl"
        proposal = propose(Source(path, lambda: io.FileIO(path)))
        found = [t for t in proposal.preview if isinstance(t, Transcript)]
        assert len(found) == 3 and found[0].model == "gemini-2.5-flash"
        assert '"{metadata.ai_output}"' in proposal.text
