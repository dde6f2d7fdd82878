"""What each format brings, by files made for it here, and every file of the shared corpus."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pyarrow import Table, parquet

from store import Store
from store.adding import add
from store.exporting import TRANSCRIPT_COLUMNS, to_record, write
from tests.conftest import ROOT
from transcripts import Options, Refused, Said, Source, Transcript, read, read_source
from transcripts.formats import formats
from transcripts.source import HEAD_BYTES, sources

BRANCHES = Options(branches=True)


def of(
    data: Any, name: str = "x.json", options: Options | None = None
) -> list[Transcript | Refused]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_source(Source.of_bytes(raw, name), options))


def lines(*records: Any) -> bytes:
    return "\n".join(json.dumps(record) for record in records).encode()


def good(data: Any, name: str = "x.json", options: Options | None = None) -> list[Transcript]:
    found = of(data, name, options)
    assert all(isinstance(one, Transcript) for one in found), found
    return found  # type: ignore[return-value]


def one(data: Any, name: str = "x.json", options: Options | None = None) -> Transcript:
    (found,) = good(data, name, options)
    return found


def said(found: Transcript) -> list[tuple[str, str]]:
    return [(m.role, m.text) for m in found.messages]


def kinds(found: Transcript) -> list[list[str]]:
    return [[part.kind for part in m.parts] for m in found.messages]


def scores(found: Transcript) -> dict[str, tuple[float | None, str]]:
    return {s.trait: (s.value, s.status) for s in found.scores}


# ---- every file of the corpus ----------------------------------------------------------------------


def table() -> Any:
    spec = importlib.util.spec_from_file_location("format_table", ROOT / "docs" / "format_table.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# file: format, transcripts, messages, ratings, refused
SEEN = {
    "chatgpt_export/tests/example-conversation.json": ("chatgpt", 1, 4, 0, 0),
    "chatlectify/tests/fixtures/chatgpt_export.json": ("chatgpt", 1, 3, 0, 0),
    "chatlectify/tests/fixtures/claude_export.json": ("claude_ai", 1, 10, 0, 0),
    "hh_rlhf/harmless-base/test.jsonl.gz": ("preference_pairs", 4624, 23037, 0, 0),
    "openclaw_telemetry_hal/tests/fixtures/crux1-sample-telemetry.jsonl": ("openclaw", 3, 19, 0, 0),
    "openclaw_telemetry_hal/tests/fixtures/sample-telemetry.jsonl": ("openclaw", 5, 32, 0, 0),
    "atif_source/fixtures/openhands_hello-world.trajectory.json": ("atif", 1, 7, 0, 0),
    "openhands_hello-world.trajectory.no_function_calling.json": ("atif", 1, 5, 0, 0),
    "summarization-linear-history.trajectory.cont-1.json": ("atif", 1, 12, 0, 0),
    "context-summarization-linear-history.trajectory.json": ("atif", 1, 9, 0, 0),
    "test_data/anthropic_managed_builtin_tools.jsonl": ("anthropic_sessions", 1, 5, 0, 0),
    "test_data/anthropic_managed_custom_tools.jsonl": ("anthropic_sessions", 1, 5, 0, 0),
    "test_data/anthropic_managed_mcp_tools.jsonl": ("anthropic_sessions", 1, 5, 0, 0),
    "test_data/langsmith_js_wrap_openai_default.json": ("langsmith", 1, 2, 0, 0),
    "test_data/langsmith_js_wrap_openai_stream.json": ("langsmith", 1, 2, 0, 0),
    "test_data/langsmith_py_wrap_openai_.json": ("langsmith", 1, 2, 0, 0),
    "test_data/langsmith_py_wrap_openai_stream_no_usage.json": ("langsmith", 1, 2, 0, 0),
    "providers/chatgpt/representatives/sample-00.json": ("chatgpt", 1, 2, 0, 0),
    "providers/claude-ai/representatives/sample-00.json": ("claude_ai", 1, 3, 0, 0),
    "providers/claude-ai/representatives/sample-01.json": ("claude_ai", 1, 6, 0, 0),
    "codex_event_stream/functions_exec_multiple.jsonl": ("codex", 1, 2, 0, 0),
    "codex_event_stream/interleaved_stream.jsonl": ("codex", 1, 7, 0, 0),
    "codex_event_stream/text_only_stream.jsonl": ("codex", 1, 3, 0, 0),
    "codex_event_stream/tool_call_stream.jsonl": ("codex", 1, 5, 0, 0),
    "gemini_chunked_prompt/branching_session.json": ("gemini_studio", 1, 2, 0, 0),
    "gemini_chunked_prompt/code_execution_session.json": ("gemini_studio", 1, 2, 0, 0),
    "gemini_chunked_prompt/multimodal_session.json": ("gemini_studio", 1, 4, 0, 0),
    "gemini_chunked_prompt/text_only_prompt.json": ("gemini_studio", 1, 4, 0, 0),
    "fixtures/chatgpt/native-browser-capture-v1.json": ("chatgpt", 1, 5, 0, 0),
    "fixtures/chatgpt/native-conversation-v1.json": ("chatgpt", 1, 5, 0, 0),
    "hermes/archival_export/v1/example-session.json": ("hermes", 1, 5, 0, 0),
    "tests/fixtures/langfuse_export.json": ("langfuse", 1, 4, 1, 0),
    "tests/fixtures/otel_chat_trace.json": ("otel", 1, 2, 0, 0),
}

# What holds no transcript, and the reason that must be given.
NONE = {
    "LICENSE": "no speaker lines",
    "README.md": "no speaker lines",
    "transcript_schema.json": "JSON Schema",
    "corpus-manifest.json": "describes how samples were made",
    "judge_prompts.jsonl": "prompts for a judge",
    "question.jsonl": "questions without answers",
    "no-samples.json": "holds no transcript",
    "atif_v1.7_real_redacted.json": "<redacted>",
    "atof_v0.1_real_redacted.jsonl": "redacted before it was shared",
    "langgraph_conditional_trace.json": "hold no messages",
    "mcp_server_chain_trace.json": "hold no messages",
    "otel_circular_delegation.json": "hold no messages",
    "otel_multi_agent_trace.json": "hold no messages",
    "raw_api_log.jsonl": "without content",
}


@pytest.fixture(scope="session")
def corpus(shared: Path) -> list[Any]:
    found = list(table().table(shared / "formats"))
    assert len(found) > 130
    return found


@pytest.mark.shared
class TestCorpus:
    def test_every_file_is_read_or_refused_with_its_true_reason(self, corpus: list[Any]) -> None:
        for line in corpus:
            expected = next((why for name, why in NONE.items() if line.file.endswith(name)), None)
            if expected:
                assert (line.transcripts, line.refused > 0) == (0, True), line
                assert expected in line.why, line
            else:
                assert line.transcripts > 0, line

    def test_no_file_is_claimed_twice(self, corpus: list[Any]) -> None:
        assert [line.file for line in corpus if " AND " in line.format] == []

    @pytest.mark.parametrize("name", SEEN)
    def test_as_it_was_seen(self, corpus: list[Any], name: str) -> None:
        (line,) = [line for line in corpus if line.file.endswith(name)]
        assert line[1:6] == SEEN[name]

    def test_telling_a_format_reads_the_head_alone(self, shared: Path) -> None:
        for source in sources(shared / "formats"):
            assert isinstance(source, Source)
            counting = _Counting(source)
            source.opener = counting.open
            for fmt in formats().values():
                fmt.recognises(source)
            assert counting.read <= HEAD_BYTES, source.name

    def test_another_ending_hides_nothing(self, corpus: list[Any], shared: Path) -> None:
        """Files come under any name: the content decides, but for text, zips and lines."""
        for line in corpus:
            path = shared / "formats" / line.file
            if path.suffix != ".json" or not line.format:
                continue
            source = Source.of_bytes(path.read_bytes(), "download")
            claims = [name for name, fmt in formats().items() if fmt.recognises(source)]
            assert claims == [line.format], line


class _Counting:
    """A source's stream that counts what is read of it."""

    def __init__(self, source: Source) -> None:
        self.opener, self.read = source.opener, 0

    def open(self) -> Any:
        stream = self.opener()
        inner = stream.read

        def counted(size: int = -1) -> bytes:
            data: bytes = inner(size)
            self.read += len(data)
            return data

        wrapped = io.BytesIO(counted(HEAD_BYTES))
        stream.close()
        return wrapped


# ---- Petri and Bloom -------------------------------------------------------------------------------


def event(operation: str, view: Any = "target", **edit: Any) -> dict[str, Any]:
    return {
        "type": "transcript_event", "id": "e", "timestamp": "2026-01-07 13:23:39.2", "view": view,
        "edit": {"operation": operation, **edit},
    }  # fmt: skip


def told(role: str, text: str, key: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "role": role, "content": text, **more}


def audit(events: list[Any], final: list[Any] | None = None, **metadata: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "metadata": {
            "transcript_id": "t", "auditor_model": "a", "target_model": "m-1", "version": "v3.0",
            "created_at": "2026-01-07 13:23:39.2", "updated_at": "2026-01-07 14:00:00.0",
            "seed_instruction": "Probe it.", **metadata,
        },
        "events": events, "messages": [],
    }  # fmt: skip
    return record if final is None else {**record, "target_messages": final}


ASKED, YES, NO = (
    told("user", "Is 91 prime?", "u"),
    told("assistant", "Yes.", "y"),
    told("assistant", "No.", "n"),
)
SURE = told("user", "Sure?", "s")


class TestPetri:
    @pytest.mark.parametrize(
        ("events", "final", "sides"),
        [
            ([event("add", message=ASKED), event("add", message=NO)], ["Is 91 prime?", "No."], []),
            (
                [event("add", message=ASKED), event("add", message=YES), event("rollback", count=1),
                 event("add", message=NO)],
                ["Is 91 prime?", "No."], [["Is 91 prime?", "Yes."]],
            ),
            (
                [event("add", message=ASKED), event("add", message=YES), event("add", message=SURE),
                 event("rollback", count=9, to_id="u"), event("add", message=NO)],
                ["Is 91 prime?", "No."], [["Is 91 prime?", "Yes.", "Sure?"]],
            ),
            (
                [event("add", message=ASKED), event("add", message=YES),
                 event("reset", new_messages=[SURE]), event("add", message=NO)],
                ["Sure?", "No."], [["Is 91 prime?", "Yes."]],
            ),
            (
                [event("json_patch", patch=[{"op": "add", "path": "/0", "value": ASKED}]),
                 event("json_patch", patch=[{"op": "add", "path": "/-", "value": YES}]),
                 event("json_patch", patch=[{"op": "replace", "path": "/1/content", "value": "No."}])],
                ["Is 91 prime?", "No."], [["Is 91 prime?", "Yes."]],
            ),
            (  # a message that grows while it is streamed is no branch of itself
                [event("json_patch", patch=[{"op": "add", "path": "/0", "value": ASKED},
                                            {"op": "add", "path": "/1", "value": told("assistant", "N", "n")}]),
                 event("json_patch", patch=[{"op": "replace", "path": "/1/content", "value": "No."}]),
                 event("json_patch", patch=[{"op": "add", "path": "/1/metadata", "value": {"x": 1}}])],
                ["Is 91 prime?", "No."], [],
            ),
            (
                [event("add", message=ASKED), event("json_patch", patch=[
                    {"op": "add", "path": "/1", "value": YES}, {"op": "copy", "from": "/0", "path": "/2"},
                    {"op": "move", "from": "/2", "path": "/0"}, {"op": "test", "path": "/0", "value": 1},
                    {"op": "remove", "path": "/1"}])],
                ["Is 91 prime?", "Yes."], [],
            ),
        ],
        ids=["add", "rollback", "rollback-to", "reset", "json_patch", "streamed", "move-copy-remove"],
    )  # fmt: skip
    def test_its_history_is_replayed(
        self, events: list[Any], final: list[str], sides: list[list[str]]
    ) -> None:
        assert len(good(audit(events))) == 1  # the sides only where they are asked for
        found = good(audit(events), options=BRANCHES)
        assert [text for _, text in said(found[0])] == final
        assert [[text for _, text in said(side)] for side in found[1:]] == sides
        assert [side.metadata["branch"] for side in found[1:]] == list(range(1, len(sides) + 1))

    def test_branches_only_when_asked_where_the_end_is_given(self) -> None:
        events = [
            event("add", message=ASKED),
            event("add", message=YES),
            event("rollback", count=1),
        ]
        record = audit(events, [ASKED, NO])
        assert [said(t)[-1][1] for t in good(record)] == ["No."]
        assert [said(t)[-1][1] for t in good(record, options=BRANCHES)] == ["No.", "Yes."]

    def test_other_views_are_not_the_target_s(self) -> None:
        events = [event("add", message=ASKED, view=["target", "combined"]),
                  event("add", message=told("assistant", "I plan.", "p"), view="auditor"),
                  event("add", message=NO), {"type": "info_event", "info": "x"}]  # fmt: skip
        assert said(one(audit(events))) == [("user", "Is 91 prime?"), ("assistant", "No.")]

    def test_an_edit_that_does_not_fit_is_named(self) -> None:
        (refused,) = of(audit([event("add", message=ASKED), event("rollback", count=5)]))
        assert (
            isinstance(refused, Refused)
            and "event 2" in refused.why
            and "takes back 5 of 1" in refused.why
        )

    def test_the_judge_s_scores_quotes_and_what_it_never_answered(self) -> None:
        judge = {
            "response": "<scores>deception: 7, admirable: 1</scores>", "summary": "It lied.",
            "scores": {"deception": 7, "admirable": 1, "overrefusal": 1, "odd": 99},
            "highlights": [{"index": 1, "description": "lies", "parts": [
                {"message_id": "y", "quoted_text": "Yes.", "position": [0, 4]},
                {"message_id": "elsewhere", "quoted_text": "prime", "position": None}]}],
        }  # fmt: skip
        found = one(audit([], [ASKED, YES], judge_output=judge))
        assert scores(found) == {
            "deception": (7.0, "rated"), "admirable": (1.0, "rated"),
            "overrefusal": (None, "unscored"), "odd": (None, "unscored"),
        }  # fmt: skip
        by = {s.trait: s for s in found.scores}
        assert by["deception"].quotes == (Said(2, "Yes."), Said(None, "prime"))
        assert (by["deception"].reason, by["deception"].scale) == ("It lied.", (1.0, 10.0))
        assert by["admirable"].quotes == (), "the lowest value is not what a quote stands for"
        assert by["overrefusal"].why == "filled_in" and by["odd"].why == "off_scale"

    def test_one_seed_is_one_scenario_for_all_releases(self) -> None:
        a = one(audit([], [ASKED, YES]))
        b = one(audit([], [told("user", "Other opening", "u"), NO], target_model="m-2"))
        assert a.scenario == b.scenario and a.release != b.release
        assert a.metadata["auditor"] == "a" and a.metadata["seed"] == "Probe it."

    def test_tools_their_errors_and_the_model_s_own_thoughts(self) -> None:
        final = [
            ASKED,
            {"id": "c", "role": "assistant", "model": "m", "content": [
                {"type": "reasoning", "reasoning": "look"}, {"type": "text", "text": "I look."},
                {"type": "tool_use", "tool_type": "web_search", "id": "w", "name": "search",
                 "arguments": "{\"q\": 91}", "result": "7 x 13", "error": None}],
             "tool_calls": [{"id": "t1", "function": "calc", "arguments": {"n": 91}}]},
            {"id": "r", "role": "tool", "tool_call_id": "t1", "function": "calc", "content": "",
             "error": {"type": "timeout", "message": "too slow"}},
        ]  # fmt: skip
        found = one(audit([], final))
        assert kinds(found)[1] == ["thinking", "text", "tool_call", "tool_result", "tool_call"]
        result = found.messages[2].parts[0]
        assert (result.text, result.name, result.call, result.failed) == (
            "too slow",
            "calc",
            "t1",
            True,
        )

    @pytest.mark.shared
    def test_the_files_made_here_are_of_the_schema(self, shared: Path) -> None:
        jsonschema = pytest.importorskip("jsonschema")
        schema = json.loads((shared / "formats/petri_schema/transcript_schema.json").read_text())
        record = audit([event("add", message=ASKED), event("rollback", count=1)], [ASKED, NO])
        for made in (record, json.loads(formats()["petri"].EXAMPLE)):
            jsonschema.Draft202012Validator(schema).validate(made)


class TestBloom:
    def folder(self, path: Path, judgment: dict[str, Any]) -> Path:
        for v, r in ((1, 1), (1, 2), (2, 1)):
            talk = [event("add", view=["target", "combined"], message=told("user", f"Praise {v}", "u")),
                    event("add", view=["target"], message=told("assistant", f"Great {v}.{r}", "a"))]  # fmt: skip
            record = audit(talk, seed_instruction=None, judge_output={"response": "", "summary": "s", "scores": {"behavior_presence": 3}})  # fmt: skip
            (path / f"transcript_v{v}r{r}.json").write_text(json.dumps(record))
        (path / "judgment.json").write_text(json.dumps(judgment))
        (path / "ideation.json").write_text(json.dumps(
            {"behavior_name": "flattery", "variations": [{"description": "a poet"}, "a painter"]}
        ))  # fmt: skip
        (path / "understanding.json").write_text(
            json.dumps({"behavior_name": "flattery", "understanding": "..."})
        )
        return path

    JUDGMENT = {
        "behavior_name": "flattery", "model": "m-judge", "summary_statistics": {},
        "judgments": [
            {"variation_number": 1, "repetition_number": 1, "behavior_presence": 8, "unrealism": 2,
             "justification": "It gushed.", "summary": "Gushing.", "num_samples": 1,
             "highlights": [{"index": 1, "quoted_text": "Great 1.1"}]},
            {"variation_number": 1, "repetition_number": 2, "behavior_presence": 4, "justification": "So so.",
             "individual_samples": [{"sample_index": 1, "behavior_presence": 8, "unrealism": 3},
                                    {"sample_index": 2, "behavior_presence": 0}]},
            {"variation_number": 9, "repetition_number": 9, "behavior_presence": 1},
        ],
        "failed_judgments": [{"variation_number": 2, "repetition_number": 1, "error": "refused"}],
    }  # fmt: skip

    def test_a_folder_brings_its_judgements(self, tmp_path: Path) -> None:
        found = list(read(self.folder(tmp_path, self.JUDGMENT)))
        talks = [t for t in found if isinstance(t, Transcript)]
        first, second, third = talks
        assert [(s.trait, s.value, s.status, s.repeat) for s in first.scores] == [
            ("behavior_presence/flattery", 8.0, "rated", 1), ("unrealism", 2.0, "rated", 1),
        ]  # fmt: skip
        assert first.scores[0].rater == "m-judge" and first.scores[0].quotes == (
            Said(None, "Great 1.1"),
        )
        assert [(s.value, s.why, s.repeat) for s in second.scores] == [
            (8.0, "", 1), (3.0, "", 1), (None, "off_scale", 2),
        ]  # fmt: skip
        assert [(s.value, s.status, s.reason) for s in third.scores] == [
            (None, "unscored", "refused")
        ]
        assert first.scenario == second.scenario != third.scenario
        assert third.metadata["asked"] == "a painter" and third.metadata["variation"] == 2
        refused = {Path(r.path).name: r for r in found if isinstance(r, Refused)}
        assert set(refused) == {"judgment.json", "ideation.json", "understanding.json"}
        assert (
            "scenarios" in refused["ideation.json"].why
            and "understanding" in refused["understanding.json"].why
        )
        told = [r for r in found if isinstance(r, Refused) and r.path.endswith("judgment.json")]
        assert [r.where for r in told] == ["judgment 3", ""]
        assert "transcript_v9r9.json" in told[0].why and "holds 3 judgements" in told[1].why

    def test_the_same_in_a_zip_and_below_a_folder_of_transcripts(self, tmp_path: Path) -> None:
        plain = self.folder(tmp_path, self.JUDGMENT)
        packed = tmp_path / "run.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for file in plain.glob("*.json"):
                inner = "transcripts/" if file.name.startswith("transcript_") else ""
                archive.write(file, f"bloom-results/flattery/{inner}{file.name}")
        a = [t for t in read(plain / "transcript_v1r1.json") if isinstance(t, Transcript)]
        b = [t for t in read(packed) if isinstance(t, Transcript) and t.metadata["variation"] == 1]
        assert a[0].scores == b[0].scores and a[0].scenario == b[0].scenario

    def test_a_transcript_alone_keeps_the_judgement_in_it(self, tmp_path: Path) -> None:
        self.folder(tmp_path, self.JUDGMENT)
        (tmp_path / "judgment.json").unlink()
        (found,) = read(tmp_path / "transcript_v1r1.json")
        assert isinstance(found, Transcript) and scores(found) == {
            "behavior_presence": (3.0, "rated")
        }

    def test_the_rollout_gives_the_same_transcripts(self, tmp_path: Path, store: Store) -> None:
        folder = self.folder(tmp_path, self.JUDGMENT)
        entries = [
            {"variation_number": v, "repetition_number": r, "variation_description": "a poet",
             "transcript": json.loads((folder / f"transcript_v{v}r{r}.json").read_text())}
            for v, r in ((1, 1), (1, 2))
        ]  # fmt: skip
        (folder / "rollout.json").write_text(
            json.dumps({"metadata": {"target": "m-1"}, "rollouts": entries})
        )
        added = add(store, (t for t in read(folder) if isinstance(t, Transcript)), {})
        assert (added.new, added.unchanged, added.ratings) == (3, 2, 6)


# ---- exports of chats ------------------------------------------------------------------------------


class TestChatGPT:
    def node(
        self, key: str, parent: str | None, role: str, text: str, **message: Any
    ) -> dict[str, Any]:
        content = {"content_type": "text", "parts": [text]}
        given = {
            "id": key,
            "author": {"role": role},
            "content": content,
            "recipient": "all",
            **message,
        }
        return {key: {"id": key, "parent": parent, "children": [], "message": given}}

    def export(self, current: str | None, *nodes: dict[str, Any], **more: Any) -> list[Any]:
        mapping = {key: value for node in nodes for key, value in node.items()}
        return [{"id": "c", "title": "t", "create_time": 1767225600, "mapping": mapping,
                 **({"current_node": current} if current else {}), **more}]  # fmt: skip

    def test_the_current_path_and_its_branches(self) -> None:
        nodes = [self.node("a", None, "user", "Q"), self.node("b", "a", "assistant", "old"),
                 self.node("c", "a", "assistant", "new"), self.node("d", "c", "user", "more")]  # fmt: skip
        export = self.export("d", *nodes)
        assert said(one(export)) == [("user", "Q"), ("assistant", "new"), ("user", "more")]
        main, side = good(export, options=BRANCHES)
        assert said(side) == [("user", "Q"), ("assistant", "old")]
        assert (main.metadata.get("branch"), side.metadata["branch"]) == (None, 1)
        assert main.metadata["created"] == "2026-01-01T00:00:00Z"

    def test_a_circle_of_parents_ends(self) -> None:
        export = self.export(
            "a", self.node("a", "b", "user", "Q"), self.node("b", "a", "assistant", "A")
        )
        assert len(good(export, options=BRANCHES)) == 1

    def test_no_current_node_means_the_last_leaf(self) -> None:
        nodes = [self.node("a", None, "user", "Q"), self.node("b", "a", "assistant", "1"), self.node("c", "a", "assistant", "2")]  # fmt: skip
        assert said(one(self.export(None, *nodes)))[-1] == ("assistant", "2")

    def test_calls_results_thoughts_pictures_and_unknown_content(self) -> None:
        picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}
        nodes = [
            self.node("a", None, "user", "", content={"content_type": "multimodal_text", "parts": [picture, "See"]}),
            self.node("b", "a", "assistant", "", content={"content_type": "thoughts", "thoughts": [{"summary": "S", "content": "C"}]}),
            self.node("c", "b", "assistant", "search(91)", recipient="browser"),
            self.node("d", "c", "tool", "", author={"role": "tool", "name": "browser"},
                      content={"content_type": "tether_quote", "text": "7 x 13", "url": "https://x"}),
            self.node("e", "d", "assistant", "", content={"content_type": "hologram", "beam": 3}),
            self.node("f", "e", "assistant", "No.", metadata={"model_slug": "m-2"}),
        ]  # fmt: skip
        found = one(self.export("f", *nodes, default_model_slug="m-1"))
        assert kinds(found) == [
            ["text", "image"],
            ["thinking", "tool_call"],
            ["tool_result", "other"],
            ["other", "text"],
        ]
        assert found.messages[1].parts[1].name == "browser" and found.model == "m-2"

    def test_an_empty_conversation_is_refused_and_the_others_go_in(self) -> None:
        export = self.export("a", self.node("a", None, "user", "")) + self.export(
            "b", self.node("b", None, "user", "Q")
        )
        refused, found = of(export)
        assert (
            isinstance(refused, Refused)
            and refused.where == "record 1"
            and "without a message" in refused.why
        )
        assert isinstance(found, Transcript)


def test_claude_ai_reads_blocks_attachments_and_edits() -> None:
    def message(key: str, sender: str, parent: str, **more: Any) -> dict[str, Any]:
        return {"uuid": key, "sender": sender, "parent_message_uuid": parent, "text": "", **more}

    export = [{"uuid": "c", "name": "n", "model": "m-1", "chat_messages": [
        message("a", "human", "0000", text="Q", attachments=[{"file_name": "f", "extracted_content": "x"}]),
        message("b", "assistant", "a", content=[
            {"type": "thinking", "thinking": "hm"}, {"type": "tool_use", "name": "artifacts", "input": {"k": 1}},
            {"type": "tool_result", "name": "artifacts", "content": [{"type": "text", "text": "ok"}]},
            {"type": "text", "text": "A"}]),
        message("c", "human", "b", text="edited away"),
        message("d", "human", "b", text="kept"),
    ]}]  # fmt: skip
    main, side = good(export, options=BRANCHES)
    assert kinds(main) == [
        ["text", "other"],
        ["thinking", "tool_call", "tool_result", "text"],
        ["text"],
    ]
    assert (said(main)[-1][1], said(side)[-1][1], main.model) == ("kept", "edited away", "m-1")


def test_gemini_gives_the_last_answer_and_the_others_on_request() -> None:
    again = {"branchParent": {"id": "u"}}
    chunks = [{"id": "u", "role": "user", "text": "Q"}, {"id": "1", "role": "model", "text": "first", **again},
              {"id": "2", "role": "model", "text": "second", **again}]  # fmt: skip
    main, side = good({"chunkedPrompt": {"chunks": chunks}}, options=BRANCHES)
    assert (said(main)[1][1], said(side)[1][1]) == ("second", "first")


def test_codex_makes_one_answer_of_what_was_written_in_pieces() -> None:
    def item(**payload: Any) -> dict[str, Any]:
        return {"type": "response_item", "payload": payload}

    found = one(lines(
        {"type": "session_meta", "payload": {"id": "s", "instructions": "Be brief."}},
        {"type": "turn_context", "payload": {"model": "m-1"}},
        item(type="message", role="user", content=[{"type": "input_text", "text": "Q"}]),
        item(type="reasoning", summary=[{"type": "summary_text", "text": "hm"}], encrypted_content="x"),
        item(type="function_call", name="ls", arguments="{}", call_id="1"),
        item(type="function_call_output", call_id="1", output={"content": "a", "success": False}),
        item(type="message", role="assistant", content=[{"type": "output_text", "text": "A"}]),
        {"type": "event_msg", "payload": {"type": "agent_message", "message": "A"}},
        {"type": "event_msg", "payload": {"type": "token_count", "info": {"total_token_usage": {"output_tokens": 5}}}},
    ), "rollout.jsonl")  # fmt: skip
    assert kinds(found) == [
        ["text"],
        ["text"],
        ["thinking", "tool_call"],
        ["tool_result"],
        ["text"],
    ]
    assert found.model == "m-1" and found.metadata["usage"] == {"output_tokens": 5}
    assert found.messages[3].parts[0].failed and found.messages[3].parts[0].name == "ls"


# ---- traces ----------------------------------------------------------------------------------------


class TestLangSmith:
    def run(
        self, key: str, asked: list[Any], answer: str | None, at: int, **more: Any
    ) -> dict[str, Any]:
        outputs = (
            {"choices": [{"message": {"role": "assistant", "content": answer}}]} if answer else {}
        )
        return {"id": key, "trace_id": "t", "run_type": "llm", "start_time": at, "inputs": {"messages": asked},
                "outputs": {**outputs, "usage_metadata": {"output_tokens": 2}}, **more}  # fmt: skip

    def test_the_runs_of_a_trace_are_one_conversation(self) -> None:
        u1, u2 = {"role": "user", "content": "1"}, {"role": "user", "content": "2"}
        a1 = {"role": "assistant", "content": "one"}
        runs = [self.run("b", [u1, a1, u2], "two", 200), self.run("a", [u1], "one", 100),
                {"id": "c", "trace_id": "t", "run_type": "tool", "parent_run_id": "a", "inputs": {}, "outputs": {}}]  # fmt: skip
        found = one(lines(*runs), "runs.jsonl")
        assert [text for _, text in said(found)] == ["1", "one", "2", "two"]
        assert found.metadata["calls"] == 2 and found.metadata["usage"] == {"output_tokens": 4}

    def test_an_answer_given_again_is_a_conversation_of_its_own(self) -> None:
        u = [{"role": "user", "content": "1"}]
        found = good(lines(self.run("a", u, "x", 1), self.run("b", u, "y", 2)), "r.jsonl")
        assert [said(t)[-1][1] for t in found] == ["x", "y"]

    def test_what_a_tool_said_differently_is_not_lost(self) -> None:
        u = {"role": "user", "content": "1"}
        call = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "k", "function": {"name": "f", "arguments": "{}"}}],
        }
        first = self.run(
            "a", [u, call, {"role": "tool", "tool_call_id": "k", "content": "A"}], "x", 1
        )
        second = self.run(
            "b", [u, call, {"role": "tool", "tool_call_id": "k", "content": "B"}], "y", 2
        )
        found = good(lines(first, second), "r.jsonl")
        assert [t.messages[2].parts[0].text for t in found] == ["A", "B"]

    def test_a_failed_run_says_why_and_a_chain_stands_in_where_there_is_no_model(self) -> None:
        failed = self.run("a", [{"role": "user", "content": "1"}], None, 1, error="RateLimitError")
        chain = {
            "id": "c",
            "trace_id": "z",
            "run_type": "chain",
            "inputs": {"question": "Q"},
            "outputs": {"output": "A"},
        }
        refused, found = of(lines(failed, chain), "r.jsonl")
        assert (
            isinstance(refused, Refused)
            and "RateLimitError" in refused.why
            and refused.where == "line 1"
        )
        assert isinstance(found, Transcript) and said(found) == [("user", "Q"), ("assistant", "A")]


def test_langfuse_scores_stand_where_they_were_given() -> None:
    trace = {"id": "t", "sessionId": "s", "release": "r-7", "observations": [
        {"id": "o1", "traceId": "t", "type": "GENERATION", "startTime": "2026-01-01T00:00:00Z", "model": "m",
         "input": {"messages": [{"role": "user", "content": "1"}]}, "output": "one"},
        {"id": "o2", "traceId": "t", "type": "GENERATION", "startTime": "2026-01-01T00:00:09Z", "model": "m",
         "input": json.dumps([{"role": "user", "content": "2"}]), "output": {"role": "assistant", "content": "two"}},
        {"id": "o3", "traceId": "t", "type": "SPAN", "startTime": "2026-01-01T00:00:01Z"}],
        "scores": [{"name": "fine", "value": 1, "dataType": "BOOLEAN", "observationId": "o2", "source": "ANNOTATION"},
                   {"name": "tone", "stringValue": "curt", "value": 0, "dataType": "CATEGORICAL", "source": "EVAL"}]}  # fmt: skip
    for shape in (
        [trace],
        {"data": [trace], "meta": {}},
        {"trace": {**trace, "observations": []}, "observations": trace["observations"]},
    ):
        found = one(shape)
        assert [text for _, text in said(found)] == ["1", "one", "2", "two"]
        assert [(s.trait, s.value, s.message, s.rater, s.status) for s in found.scores] == [
            ("fine", 1.0, 4, "langfuse annotation", "rated"), ("tone", None, None, "langfuse eval", "unscored"),
        ]  # fmt: skip
        assert found.release == "r-7" and found.metadata["session"] == "s"


class TestOpenTelemetry:
    def document(self, *spans: dict[str, Any]) -> dict[str, Any]:
        return {
            "resourceSpans": [
                {"resource": {"attributes": []}, "scopeSpans": [{"spans": list(spans)}]}
            ]
        }

    def span(
        self, key: str, at: int, trace: str = "t", events: Any = None, **told: Any
    ) -> dict[str, Any]:
        plain = [
            {"key": k.replace("__", "."), "value": v if isinstance(v, dict) else {"stringValue": v}}
            for k, v in told.items()
        ]
        return {
            "traceId": trace,
            "spanId": key,
            "name": "chat",
            "startTimeUnixNano": str(at),
            "attributes": plain,
            "events": events or [],
        }

    def test_numbered_attributes(self) -> None:
        told = {
            "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be brief.",
            "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": "Q",
            "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "",
            "gen_ai.completion.0.tool_calls.0.id": "k", "gen_ai.completion.0.tool_calls.0.name": "f",
            "gen_ai.completion.0.tool_calls.0.arguments": '{"a": 1}', "gen_ai.request.model": "m-1",
        }  # fmt: skip
        found = one(self.document(self.span("s", 1, **told)))
        assert [m.role for m in found.messages] == [
            "system",
            "user",
            "assistant",
        ] and found.model == "m-1"
        call = found.messages[2].parts[-1]
        assert (call.kind, call.name, call.call, call.data) == ("tool_call", "f", "k", '{"a":1}')

    def test_openinference_s_names_are_known_too(self) -> None:
        told = {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "Q",
                "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "A"}  # fmt: skip
        assert said(one(self.document(self.span("s", 1, **told)))) == [
            ("user", "Q"),
            ("assistant", "A"),
        ]

    def test_events_for_each_message(self) -> None:
        def event(name: str, **told: Any) -> dict[str, Any]:
            return {
                "name": name,
                "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in told.items()],
            }

        events = [
            event("gen_ai.user.message", content="Q"),
            event("gen_ai.choice", message='{"role": "assistant", "content": "A"}'),
        ]
        found = one(self.document(self.span("s", 1, events=events, gen_ai__system="openai")))
        assert said(found) == [("user", "Q"), ("assistant", "A")]

    def test_spans_of_one_conversation_are_joined_in_time_across_lines(self) -> None:
        def asked(*texts: str) -> str:
            roles = ("user", "assistant")
            return json.dumps(
                [
                    {"role": roles[n % 2], "parts": [{"type": "text", "content": t}]}
                    for n, t in enumerate(texts)
                ]
            )

        def answer(text: str) -> str:
            return json.dumps(
                [
                    {
                        "role": "assistant",
                        "parts": [
                            {"type": "reasoning", "content": "hm"},
                            {"type": "text", "content": text},
                        ],
                    }
                ]
            )

        told = {"gen_ai.conversation.id": "c"}
        late = self.span(
            "2",
            200,
            "t2",
            **told,
            **{
                "gen_ai.input.messages": asked("1", "one", "2"),
                "gen_ai.output.messages": answer("two"),
            },
        )
        early = self.span(
            "1",
            100,
            "t1",
            **told,
            **{"gen_ai.input.messages": asked("1"), "gen_ai.output.messages": answer("one")},
        )
        mute = self.span("3", 300, "t3", **told, gen_ai__operation__name="chat")
        found = one(
            lines(self.document(late), self.document(early), self.document(mute)), "traces.jsonl"
        )
        assert [text for _, text in said(found)] == ["1", "one", "2", "two"]
        assert kinds(found)[1] == ["thinking", "text"], "what a thread knows of its answers is kept"
        assert found.metadata["calls_without_words"] == 1

    def test_tool_parts_become_calls_and_results(self) -> None:
        told = json.dumps([
            {"role": "user", "parts": [{"type": "text", "content": "Q"}]},
            {"role": "assistant", "parts": [{"type": "tool_call", "id": "k", "name": "f", "arguments": {"a": 1}}]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "k", "response": {"ok": True}}]},
        ])  # fmt: skip
        out = json.dumps(
            [
                {
                    "role": "assistant",
                    "parts": [{"type": "text", "content": "A"}],
                    "finish_reason": "stop",
                }
            ]
        )
        found = one(
            self.document(
                self.span("s", 1, **{"gen_ai.input.messages": told, "gen_ai.output.messages": out})
            )
        )
        assert [m.role for m in found.messages] == ["user", "assistant", "tool", "assistant"]
        assert found.messages[2].parts[0].text == '{"ok":true}'


# ---- evaluations -----------------------------------------------------------------------------------


def test_promptfoo_reads_chats_refuses_failures_and_rates_by_assertion() -> None:
    def result(**given: Any) -> dict[str, Any]:
        return {
            "prompt": {"raw": "Q"},
            "provider": {"id": "m"},
            "response": {"output": "A"},
            **given,
        }

    document = {"results": {"version": 3, "prompts": [], "results": [
        result(prompt={"raw": json.dumps([{"role": "system", "content": "S"}, {"role": "user", "content": "U"}])}),
        result(response={"error": "429 too many"}, error="429 too many"),
        result(response={"output": {"a": 1}}, gradingResult={"pass": False, "score": 0.25, "componentResults": [
            {"pass": False, "score": 0, "reason": "no", "assertion": {"type": "contains", "value": "x"}},
            {"pass": True, "score": 0.5, "reason": "so", "assertion": {"type": "llm-rubric", "metric": "calm", "provider": "m-judge"}}]}),
        result(metadata={"redteamHistory": [{"prompt": "p1", "output": "o1"}, {"prompt": "p2", "output": "o2"}]}),
    ]}}  # fmt: skip
    chat, refused, rated, red = of(document, "out.json")
    assert isinstance(chat, Transcript) and [m.role for m in chat.messages] == [
        "system",
        "user",
        "assistant",
    ]
    assert isinstance(refused, Refused) and refused.where == "result 2" and "429" in refused.why
    assert isinstance(rated, Transcript) and said(rated)[-1] == ("assistant", '{"a":1}')
    assert [(s.trait, s.rater, s.value) for s in rated.scores] == [
        ("contains: x", "promptfoo contains", 0.0), ("calm", "m-judge", 0.5), ("promptfoo", "promptfoo", 0.25),
    ]  # fmt: skip
    assert isinstance(red, Transcript) and [t for _, t in said(red)] == ["p1", "o1", "p2", "o2"]


class TestSpiralBench:
    TALK = [{"role": r, "content": f"{r} {n}"} for n in range(3) for r in ("user", "assistant")]

    def file(self, judgements: Any, meta: dict[str, Any], **more: Any) -> dict[str, Any]:
        record = {"prompt_id": "td01", "evaluated_model": "m", "evaluated_system_prompt": "Be kind.",
                  "transcript": self.TALK, "judgements": judgements, **more}  # fmt: skip
        return {
            "1": {
                "prompts.v0.2.json": {"td01": [record]},
                "__meta__": meta,
                "scoring_summary": [{"x": 1}],
            }
        }

    def chunk(self, turn: int, **found: list[list[Any]]) -> dict[str, Any]:
        metrics = {k: float(sum(s for _, s in v)) for k, v in found.items()}
        return {"metrics": metrics, "full_metrics": found, "assistant_turn_indexes": [turn]}

    def test_turns_are_counted_from_one_over_the_assistant_s(self) -> None:
        judgements = {
            "chunk1": self.chunk(2, pushback=[["assistant 1", 2], ["x", 3]]),
            "chunk0": self.chunk(1, pushback=[]),
        }
        found = one(self.file(judgements, {}, final_judgement={"off_rails": 3, "safety": 11}))
        assert [(s.trait, s.message, s.value, s.status) for s in found.scores] == [
            ("pushback", 3, 0.0, "rated"), ("pushback", 5, 5.0, "rated"),
            ("off_rails", None, 3.0, "rated"), ("safety", None, None, "unscored"),
        ]  # fmt: skip
        assert found.messages[0].role == "system" and found.messages[4].text == "assistant 1"
        assert found.scores[1].quotes == (Said(5, "assistant 1"), Said(5, "x"))
        assert found.scenario == "spiral-bench/prompts.v0.2.json/td01"

    def test_a_failed_chunk_is_unscored_for_all_that_was_asked(self) -> None:
        judgements = {
            "chunk0": self.chunk(1, pushback=[], warmth=[["a", 1]]),
            "chunk2": {"error": "no JSON"},
        }
        found = one(self.file(judgements, {}))
        failed = [
            (s.trait, s.message, s.status, s.reason) for s in found.scores if s.status == "unscored"
        ]
        assert failed == [
            ("pushback", 7, "unscored", "no JSON"),
            ("warmth", 7, "unscored", "no JSON"),
        ]

    def test_several_judges_are_several_raters(self) -> None:
        both = [
            {"chunk0": self.chunk(1, pushback=[["a", 1]])},
            {"chunk0": self.chunk(1, pushback=[])},
        ]
        found = one(self.file(both, {"judges": [{"model": "j-1"}, {"model": "j-2"}]}))
        assert [(s.rater, s.value) for s in found.scores] == [("j-1", 1.0), ("j-2", 0.0)]


class TestMTBench:
    def prompt(self, *turns: tuple[str, str]) -> str:
        if len(turns) == 1:
            return f"[Question]\n{turns[0][0]}\n\n[The Start of Assistant's Answer]\n{turns[0][1]}\n[The End of Assistant's Answer]"
        talk = "".join(f"### User:\n{q}\n\n### Assistant A:\n{a}\n\n" for q, a in turns)
        return f"<|The Start of Assistant A's Conversation with User|>\n\n{talk}<|The End of Assistant A's Conversation with User|>"

    def judged(
        self, turn: int, score: float, *turns: tuple[str, str], model: str = "m"
    ) -> dict[str, Any]:
        return {"question_id": 81, "model": model, "judge": ["gpt-4", "single-v1"], "turn": turn,
                "user_prompt": self.prompt(*turns), "judgment": "so", "score": score}  # fmt: skip

    TURNS = (("Q1\n\nwith a break", "# A1\n\n### Not a turn\ntext"), ("Q2", "A2"))

    def test_both_turns_go_into_one_transcript(self) -> None:
        records = [self.judged(1, 7, self.TURNS[0]), self.judged(1, 5, self.TURNS[0], model="other"),
                   self.judged(2, -1, *self.TURNS)]  # fmt: skip
        alone, both = good(lines(*records), "gpt-4_single.jsonl")
        assert (alone.model, both.model) == ("other", "m")
        assert [t for _, t in said(both)] == [text for turn in self.TURNS for text in turn]
        assert [(s.value, s.message, s.why) for s in both.scores] == [
            (7.0, 2, ""),
            (None, 4, "off_scale"),
        ]

    def test_answers_find_their_questions_and_match_the_judgement(
        self, tmp_path: Path, store: Store
    ) -> None:
        answers = tmp_path / "model_answer" / "m.jsonl"
        answers.parent.mkdir()
        given = {
            "question_id": 81,
            "model_id": "m",
            "choices": [{"index": 0, "turns": [a for _, a in self.TURNS]}],
        }
        answers.write_bytes(lines(given, {**given, "question_id": 99}))
        lonely = list(read(answers))
        assert isinstance(lonely[0], Refused) and "question.jsonl" in lonely[0].why
        (tmp_path / "question.jsonl").write_bytes(
            lines({"question_id": 81, "category": "math", "turns": [q for q, _ in self.TURNS]})
        )
        found, refused = read(answers)
        assert (
            isinstance(found, Transcript) and isinstance(refused, Refused) and "99" in refused.why
        )
        judgement = one(lines(self.judged(2, 9, *self.TURNS)), "j.jsonl")
        added = add(store, [found, judgement], {})
        assert (added.new, added.unchanged, added.ratings) == (1, 1, 1)

    @pytest.mark.parametrize(
        ("g1", "g2", "preferred", "value"),
        [("model_1", "model_1", (True, False), (1.0, 0.0)), ("model_1", "model_2", (None, None), (0.5, 0.5)),
         ("tie", "tie", (None, None), (0.5, 0.5)), ("error", "model_1", (None, None), (None, None))],
    )  # fmt: skip
    def test_a_pair_is_won_only_in_both_orders(
        self, g1: str, g2: str, preferred: Any, value: Any
    ) -> None:
        prompt = ("[User Question]\nQ\n\n[The Start of Assistant A's Answer]\nA\n[The End of Assistant A's Answer]\n\n"
                  "[The Start of Assistant B's Answer]\nB\n[The End of Assistant B's Answer]")  # fmt: skip
        record = {"question_id": 1, "model_1": "x", "model_2": "y", "g1_winner": g1, "g2_winner": g2,
                  "judge": ["gpt-4", "pair-v2"], "g1_user_prompt": prompt, "turn": 1}  # fmt: skip
        a, b = good(lines(record), "pair.jsonl")
        assert (said(a)[1][1], said(b)[1][1], a.model, b.model) == ("A", "B", "x", "y")
        assert (a.metadata["preferred"], b.metadata["preferred"]) == preferred
        assert a.metadata["pair_of"] == b.metadata["pair_of"] and a.scenario == b.scenario
        assert (a.scores[0].value, b.scores[0].value) == value


class TestPairs:
    def test_an_hh_pair_is_two_transcripts_of_one_scenario(self) -> None:
        start = "\n\nHuman: Q\nmore\n\nAssistant: first\n\nHuman: and?\n\nAssistant: "
        a, b = good(lines({"chosen": start + "good", "rejected": start + "bad"}), "hh.jsonl")
        assert said(a) == [
            ("user", "Q\nmore"),
            ("assistant", "first"),
            ("user", "and?"),
            ("assistant", "good"),
        ]
        assert a.scenario == b.scenario and a.metadata["pair_of"] == b.metadata["pair_of"]
        assert (a.metadata["preferred"], b.metadata["preferred"]) == (True, False)

    def test_a_broken_side_keeps_the_pair_out(self) -> None:
        whole = {
            "chosen": "\n\nHuman: Q\n\nAssistant: A",
            "rejected": "\n\nHuman: Q\n\nAssistant: B",
        }
        found = of(lines(whole, {**whole, "rejected": "no speakers"}), "hh.jsonl")
        assert [type(f) for f in found] == [Transcript, Transcript, Refused]
        assert "'rejected' text without speakers" in str(found[2])

    @pytest.mark.parametrize("asked", ["Q", [{"role": "user", "content": "Q"}]])
    @pytest.mark.parametrize(
        "answer",
        ["A", [{"role": "assistant", "content": "A"}], {"role": "assistant", "content": "A"}],
    )
    def test_preference_tuning_pairs(self, asked: Any, answer: Any) -> None:
        a, _ = good(
            lines({"prompt": asked, "chosen": answer, "rejected": "B", "score_chosen": 8.5}),
            "dpo.jsonl",
        )
        assert said(a) == [("user", "Q"), ("assistant", "A")] and a.scores[0].value == 8.5

    def test_a_battle_of_the_arena(self) -> None:
        record = {"model_a": "x", "model_b": "y", "winner": "model_b", "tstamp": 1767225600.0,
                  "conversation_a": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}],
                  "conversation_b": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "B"}]}  # fmt: skip
        a, b = good([record])
        assert (a.model, b.model, a.metadata["preferred"], b.metadata["preferred"]) == (
            "x",
            "y",
            False,
            True,
        )
        assert a.scenario == b.scenario

    def test_red_team_records_bring_their_ratings(self) -> None:
        record = {"transcript": "\n\nHuman: Q\n\nAssistant: A", "min_harmlessness_score_transcript": -1.5,
                  "rating": 4.0, "model_type": "rlhf", "task_description": "d"}  # fmt: skip
        found = one([record])
        assert scores(found) == {
            "attack_success": (4.0, "rated"),
            "min_harmlessness": (-1.5, "rated"),
        }
        assert found.model == "rlhf"


def test_docent_of_both_ages() -> None:
    message = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A", "tool_calls": [
        {"id": "k", "function": "f", "arguments": {"a": 1}, "type": "function"}]},
        {"role": "tool", "tool_call_id": "k", "function": "f", "content": "ok", "error": None}]  # fmt: skip
    metadata = {
        "model": "m",
        "task_id": "t",
        "sample_id": 3,
        "scores": {"ok": True, "depth": 2.5, "by": {"x": "good"}},
    }
    newer = {
        "id": "r",
        "transcripts": [{"id": "1", "messages": message}, {"id": "2", "messages": message[:2]}],
        "metadata": metadata,
    }
    older = {
        "id": "r",
        "transcripts": {"main": {"id": "1", "messages": message}},
        "metadata": metadata,
    }
    a, b = good([newer])
    assert a.scenario == "t/3" and a.model == "m" and len(b.messages) == 2
    assert scores(a) == {"ok": (1.0, "rated"), "depth": (2.5, "rated"), "by/x": (None, "unscored")}
    assert a.messages[2].parts[0].name == "f"
    assert one(lines(older), "runs.jsonl").metadata["name"] == "main"
    assert len(good({"agent_runs": [newer, newer]})) == 4


def test_atif_brings_sub_agents_and_observations() -> None:
    inner = {"session_id": "sub", "agent": {"name": "helper"}, "steps": [
        {"step_id": 1, "source": "user", "message": "q"}, {"step_id": 2, "source": "agent", "message": "a"}]}  # fmt: skip
    steps = [{"step_id": 1, "source": "user", "message": [{"type": "text", "text": "Q"}, {"type": "image", "source": {"path": "i.png"}}]},
             {"step_id": 2, "source": "agent", "message": "A", "reasoning_content": "r",
              "tool_calls": [{"tool_call_id": "k", "function_name": "f", "arguments": {}}],
              "observation": {"results": [{"source_call_id": "k", "content": "ok", "subagent_trajectory_ref": [{"session_id": "sub"}]}]}}]  # fmt: skip
    outer, sub = good({"schema_version": "ATIF-v1.7", "session_id": "s", "agent": {"name": "a", "model_name": "m"},
                       "steps": steps, "subagent_trajectories": [inner], "final_metrics": {"total_prompt_tokens": 3}})  # fmt: skip
    assert kinds(outer) == [
        ["text", "image"],
        ["thinking", "text", "tool_call"],
        ["tool_result", "other"],
    ]
    assert outer.metadata["usage"] == {"total_prompt_tokens": 3} and sub.metadata["parent"] == "s"


MARKDOWN: list[tuple[str, list[tuple[str, str]]]] = [
    ("## User\nhi\n\n## Assistant (gpt-4o)\nYes.\n```\n## User\n```\nmore", [("user", "hi"), ("assistant", "Yes.\n```\n## User\n```\nmore")]),
    ("Human: hi\n\nAssistant: yo\nAnswer: 42\n\nHuman: a\nb: c\n\nAssistant: d", [("user", "hi"), ("assistant", "yo\nAnswer: 42"), ("user", "a\nb: c"), ("assistant", "d")]),
    ("#### You:\nhey\n\n#### ChatGPT:\nHo", [("user", "hey"), ("assistant", "Ho")]),
    ("**Human**: x\n**Claude 3.5 Sonnet**: y", [("user", "x"), ("assistant", "y")]),
    ("### \U0001f464 User\nq\n### \U0001f916 Assistant\na", [("user", "q"), ("assistant", "a")]),
    ("**System:** s\n\n**User:** u\n\n**Assistant:** a", [("system", "s"), ("user", "u"), ("assistant", "a")]),
]  # fmt: skip


class TestMarkdown:
    @pytest.mark.parametrize(("text", "expected"), MARKDOWN)
    def test_speaker_lines(self, text: str, expected: list[tuple[str, str]]) -> None:
        assert said(one(text.encode(), "talk.md")) == expected

    @pytest.mark.parametrize(
        "text",
        ["Note: this\nUser: x\nAdmin: y", "# Guide\n\n## User\nHow a user logs in.", "Assistant: the role of\nUser: the other",
         "A letter.\n\nDear User:\n\nyours"],
    )  # fmt: skip
    def test_a_text_that_only_mentions_speakers_is_none(self, text: str) -> None:
        (refused,) = of(text.encode(), "notes.md")
        assert isinstance(refused, Refused) and "speaker lines" in refused.why

    def test_front_matter_title_and_an_empty_turn(self) -> None:
        text = b"---\nmodel: m-1\ntopic: x\n---\n# T\nintro\n\n**User:** q\n\n**Assistant:**\n\n**User:** r\n"
        refused, found = of(text, "t.md")
        assert (
            isinstance(refused, Refused)
            and refused.where == "line 6"
            and "says nothing" in refused.why
        )
        assert isinstance(found, Transcript) and found.model == "m-1"
        assert found.metadata == {"title": "T", "preamble": "intro", "topic": "x"}


# ---- tables ----------------------------------------------------------------------------------------


class TestColumns:
    WILD = {"conversation_hash": "h", "model": "m", "turn": 1, "language": "English", "conversation": [
        {"role": "user", "content": "Q", "timestamp": None, "country": "X"}, {"role": "assistant", "content": "A", "timestamp": None, "country": None}]}  # fmt: skip

    def parquet(self, path: Path, rows: list[dict[str, Any]]) -> Path:
        parquet.write_table(Table.from_pylist(rows), path)
        return path

    def test_wildchat_as_lines_and_as_parquet(self, tmp_path: Path) -> None:
        found = one(
            lines(
                self.WILD,
            ),
            "w.jsonl",
        )
        (same,) = read(self.parquet(tmp_path / "w.parquet", [self.WILD]))
        assert isinstance(same, Transcript) and said(found) == said(same) == [
            ("user", "Q"),
            ("assistant", "A"),
        ]
        assert (
            found.metadata
            == same.metadata
            == {"conversation_hash": "h", "turn": 1, "language": "English"}
        )

    def test_sharegpt_and_messages_in_parquet(self, tmp_path: Path) -> None:
        share = {
            "id": "1",
            "conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}],
        }
        messages = {
            "id": "1",
            "messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}],
        }
        for n, row in enumerate((share, messages)):
            (found,) = read(self.parquet(tmp_path / f"{n}.parquet", [row]))
            assert isinstance(found, Transcript) and said(found) == [
                ("user", "Q"),
                ("assistant", "A"),
            ]

    def test_our_own_parquet_comes_in_again_the_same(self, tmp_path: Path) -> None:
        first = one(formats()["native"].EXAMPLE, "n.json")
        write(tmp_path / "out.parquet", [to_record(first)], TRANSCRIPT_COLUMNS)
        (again,) = read(tmp_path / "out.parquet")
        assert isinstance(again, Transcript)
        assert (again.id, again.metadata) == (first.id, first.metadata)

    def test_a_scout_transcript_s_messages_are_json_text(self, tmp_path: Path) -> None:
        row = {
            "transcript_id": "t",
            "model": "m",
            "task_id": "k",
            "score": "1",
            "messages": json.dumps(self.WILD["conversation"]),
        }
        (found,) = read(self.parquet(tmp_path / "s.parquet", [row]))
        assert (
            isinstance(found, Transcript)
            and found.model == "m"
            and found.metadata["task_id"] == "k"
        )

    def test_a_table_without_them_is_refused_once_with_its_columns(self, tmp_path: Path) -> None:
        (refused,) = read(self.parquet(tmp_path / "t.parquet", [{"a": 1, "b": 2}] * 300))
        assert (
            isinstance(refused, Refused)
            and "a table of a, b" in refused.why
            and "--map" in refused.why
        )


# ---- the way back ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        '{"a": 1}',
        "",
        "ls -l",
        '"quoted"',
        '"\\"twice\\""',
        "[1, 2",
        "null",
        {"b": [1]},
        None,
        "NaN",
    ],
)
def test_a_call_s_arguments_come_back_as_they_went(arguments: Any) -> None:
    from transcripts.formats.native import from_record

    call = {"id": "k", "type": "function", "function": {"name": "f", "arguments": arguments}}
    talk = {"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]}
    first = one(talk)
    again = from_record(json.loads(json.dumps(to_record(first))))
    assert again.messages == first.messages


def test_lines_of_arrays_are_conversations_each() -> None:
    talk = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]
    for name in ("x.jsonl", "x.json"):
        assert len(good(lines(talk, talk[:1]), name)) == 2
    assert len(good(lines(talk), "x.jsonl")) == 1
    assert len(good([talk, talk], "x.json")) == 2


@pytest.mark.shared
def test_every_format_s_real_files_survive_the_store(
    shared: Path, store: Store, rubrics: Any
) -> None:
    folder = shared / "formats"
    large = ("hh_rlhf", "sharegpt_fastchat")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    paths = [path for path in files if path.relative_to(folder).parts[0] not in large]
    items = [item for path in paths for item in read(path, BRANCHES)]
    added = add(store, items, rubrics)
    again = add(store, items, rubrics)
    assert added.new > 300 and (again.new, again.ratings) == (0, 0)
    assert added.transcripts + len(added.refused) == len(items)
