"""Real files made by others, read whole: counts as they were seen, scores as their source has them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rubrics import Rubric
from store import Store
from store.adding import add
from tests.conftest import ROOT
from transcripts import Options, Refused, Transcript, read
from transcripts.mapping import Mapping

pytestmark = pytest.mark.shared


def counts(path: Path, options: Options | None = None) -> tuple[int, int, int, int]:
    """Transcripts, messages, scores, refused."""
    found = list(read(path, options))
    good = [one for one in found if isinstance(one, Transcript)]
    refused = [one for one in found if isinstance(one, Refused)]
    assert all(one.why for one in refused)
    return (
        len(good), sum(len(one.messages) for one in good), sum(len(one.scores) for one in good), len(refused),
    )  # fmt: skip


INSPECT = [
    ("inspect_scout/tests/recorder/logs/*popularity*.eval", 100, 300, 100),
    ("inspect_scout/tests/recorder/logs/*theory*.eval", 100, 200, 100),
    ("inspect_scout/tests/recorder/logs/*security*.eval", 16, 48, 16),
    ("inspect/tests/log/test_eval_log/log_message_deduplication.eval", 1, 12, 1),
    ("inspect/tests/log/test_eval_log/log_images.json", 1, 3, 1),
    ("inspect/tests/analysis/test_logs/*browser.json", 1, 10, 1),
    ("inspect/tests/scorer/logs/*dPiJifoWeEQBrfWsAopzWr.eval", 10, 30, 0),
    ("sharegpt_fastchat/data/dummy_conversation.json", 500, 2000, 0),
    ("claude_code/tests/sample_session.json", 1, 33, 0),
    ("claude_code/tests/sample_session.jsonl", 1, 7, 0),
]


@pytest.mark.parametrize(("pattern", "transcripts", "messages", "scores"), INSPECT)
def test_files_as_they_are(
    shared: Path, pattern: str, transcripts: int, messages: int, scores: int
) -> None:
    (path,) = shared.glob(f"formats/{pattern}")
    assert counts(path) == (transcripts, messages, scores, 0)


@pytest.mark.parametrize(
    "folder", ["inspect", "inspect_scout/tests/recorder", "openllmetry", "claude_code"]
)
def test_every_file_of_these_is_read_or_holds_nothing(shared: Path, folder: str) -> None:
    """Every Inspect, Anthropic and Claude Code file; what is refused has a true reason."""
    for path in sorted((shared / "formats" / folder).rglob("*")):
        if not path.is_file() or path.name == "LICENSE":
            continue
        found = list(read(path))
        refused = [one for one in found if isinstance(one, Refused)]
        if refused:
            assert path.name.endswith("no-samples.json"), refused
            assert refused[0].why == "holds no transcript"


def test_recorded_calls_keep_thinking_tools_and_usage(shared: Path) -> None:
    (path,) = (shared / "formats/openllmetry").rglob(
        "test_anthropic_thinking_streaming_legacy.yaml"
    )
    (one,) = read(path)
    assert isinstance(one, Transcript)
    kinds = [part.kind for part in one.messages[-1].parts]
    assert kinds == ["thinking", "text"] and "strawberry" in one.messages[0].text
    assert one.metadata["usage"]["output_tokens"] > 0
    assert one.model.startswith("claude-3-7-sonnet")


def test_a_log_of_failed_calls_is_refused_with_its_reasons(shared: Path) -> None:
    refused = list(read(shared / "formats/traces_otel_langfuse/tests/fixtures/raw_api_log.jsonl"))
    assert [type(one) for one in refused] == [Refused] * 3
    assert "rate_limit_error" in str(refused[2])


SYCON = [
    ("sycon-false-presuppositions", "false-presuppositions-setting/output/*/*.csv", 800, 8000, 4000),
    ("sycon-ethical", "ethical-setting/output/*/*.csv", 400, 4000, 2000),
    ("sycon-debate", "debate-setting/output/*/*.csv", 200, 2200, 1000),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "pattern", "transcripts", "messages", "scores"), SYCON)
def test_sycon_bench(
    shared: Path, mapping: str, pattern: str, transcripts: int, messages: int, scores: int
) -> None:
    options = Options(mapping=Mapping.load(ROOT / f"examples/mappings/{mapping}.yaml"))
    total = [0, 0, 0, 0]
    for path in sorted((shared / "sycon-bench").glob(pattern)):
        total = [a + b for a, b in zip(total, counts(path, options), strict=True)]
    assert total == [transcripts, messages, scores, 0]


def test_sycon_bench_turn_of_flip_is_the_source_s(shared: Path) -> None:
    """The mean number of turns before the first flip, from the imported ratings: 2.920."""
    options = Options(
        mapping=Mapping.load(ROOT / "examples/mappings/sycon-false-presuppositions.yaml")
    )
    path = shared / "sycon-bench/false-presuppositions-setting/output/claude/prompt0.csv"
    turns = []
    for one in read(path, options):
        assert isinstance(one, Transcript)
        held = [score.value for score in one.scores]
        turns.append(held.index(0.0) if 0.0 in held else 5)
    assert sum(turns) / len(turns) == pytest.approx(2.920)


def test_syco_bench_into_the_store(shared: Path, store: Store, rubrics: dict[str, Rubric]) -> None:
    """All 24 runs and their three judges; the median's mean for one run as its source publishes it."""
    folder = shared / "syco-bench/output/20250510_132850_combined_output"
    seen = Counter[str]()
    for test in ("pickside", "mirror", "whosaid", "delusion"):
        options = Options(mapping=Mapping.load(ROOT / f"examples/mappings/syco-{test}.yaml"))
        added = add(store, read(folder / f"{test}_results.csv", options), rubrics)
        assert not added.refused
        seen[test] = added.new
        again = add(store, read(folder / f"{test}_results.csv", options), rubrics)
        assert (again.new, again.ratings) == (0, 0)
    assert seen == {"pickside": 1920, "mirror": 1920, "whosaid": 1920, "delusion": 480}
    mean = store.one(
        "SELECT mean FROM release_traits WHERE trait = 'accepts_delusion' "
        "AND rater = 'imported:median-of-three' AND release = 'OpenAI ChatGPT 4o w/o system prompt'"
    )
    assert mean == pytest.approx(2.45)
