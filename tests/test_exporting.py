"""Out and in again: Scout's Parquet and cases, OpenAI's lines, a bundle without names."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from rubrics import Rater, Rating, Rubric
from store import Store, anonymising, exporting, selecting, sharing, training, transcripts
from store.adding import add
from store.errors import StoreError
from store.ratings import save
from store.selecting import Wanted
from tests.conftest import command as traitbook
from tests.conftest import said_json
from transcripts import Message, Part, Refused, Score, Transcript, read
from transcripts.formats.native import from_record

Talk = Callable[..., Transcript]
TOOLS = Transcript(
    (
        Message.plain("system", "Be brief."),
        Message("user", (Part("text", "Look"), Part("image", data='"https://x.test/a.png"'))),
        Message("assistant", (
            Part("thinking", "hm", data="sig"), Part("text", "I look."),
            Part("tool_call", name="zoom", call="c1", data='{"by":2}'),
            Part("tool_call", name="zoom", call="c2", data="not json"),
        )),
        Message("tool", (
            Part("tool_result", "dark", "zoom", "c1", failed=True), Part("tool_result", "ok", "zoom", "c2"),
        )),
        Message("assistant", (Part("text", "A cat."),)),
        Message.plain("user", "Thanks"),
    ),
    release="r1", scenario="cats", model="m-1",
    metadata={"created": "2026-01-31T10:00:00Z", "usage": {"total_tokens": 9}, "Odd Key": [1], "Model": "x"},
)  # fmt: skip


def put(store: Store, rubrics: dict[str, Rubric], *given: Transcript) -> list[Transcript]:
    added = add(store, given, rubrics)
    assert not added.refused
    return list(transcripts.each(store))


def rate(
    store: Store, rubrics: dict[str, Rubric], one: Transcript, trait: str, *values: Any, rater: str = "Ida"
) -> None:  # fmt: skip
    """Values of messages 2, 4, 6 ...; a lone value in a list is that of the whole."""
    at: list[tuple[int | None, float]] = [(2 * n, v) for n, v in enumerate(values, start=1)]
    if len(values) == 1 and isinstance(values[0], list):
        at = [(None, values[0][0])]
    save(store, [
        Rating(one.id, trait, Rater("person", rater), "rated", float(v), message=m, rubric=rubrics[trait].version)
        for m, v in at
    ], rubrics)  # fmt: skip


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class TestScout:
    def write(self, store: Store, path: Path, wanted: Wanted | None = None) -> list[Transcript]:
        wanted = wanted or Wanted()
        columns = sharing.scout_columns(store, wanted)
        exporting.write(path, sharing.scout_rows(store, wanted, columns), columns)
        found = list(read(path))
        assert all(isinstance(one, Transcript) for one in found), found
        return found  # type: ignore[return-value]

    def test_what_goes_out_comes_in_as_it_was(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk, tmp_path: Path
    ) -> None:
        score = Score("praise_fit", "Ida", 1.0, kind="person", message=2)
        first = talk("Hi", "What a great question!", release="r1", scores=(score,))
        before = put(store, rubrics, first, talk("Hi", "Yes.", release="r2", sample=3))
        after = self.write(store, tmp_path / "s.parquet")
        assert [one.id for one in after] == [one.id for one in before]
        assert [one.model for one in after] == ["", ""]
        assert [(s.trait, s.rater, s.value, s.message) for s in after[0].scores] == [
            ("praise_fit", "person:Ida", 1.0, 2)
        ]

    def test_parts_keep_their_kinds(
        self, store: Store, rubrics: dict[str, Rubric], tmp_path: Path
    ) -> None:
        put(store, rubrics, TOOLS)
        (one,) = self.write(store, tmp_path / "s.parquet")
        assert dict(one.metadata) == dict(TOOLS.metadata)
        said = [[(p.kind, p.text) for p in m.parts] for m in one.messages]
        assert said[1] == [("text", "Look"), ("image", "")]
        assert said[2][:2] == [("thinking", "hm"), ("text", "I look.")]
        # Inspect has one result a message; two in one message go out as two and come back as one.
        (row,) = parquet.read_table(tmp_path / "s.parquet").to_pylist()
        raw = json.loads(row["messages"])
        assert [m["role"] for m in raw] == [
            "system", "user", "assistant", "tool", "tool", "assistant", "user",
        ]  # fmt: skip
        assert [m["id"].split("-")[1] for m in raw] == ["1", "2", "3", "4", "4b", "5", "6"]
        assert one.messages[3] == TOOLS.messages[3]
        first = one.messages[3].parts[0]
        assert (first.text, first.name, first.call, first.failed) == ("dark", "zoom", "c1", True)

    def test_columns_of_metadata(
        self, store: Store, rubrics: dict[str, Rubric], tmp_path: Path
    ) -> None:
        put(store, rubrics, TOOLS)
        self.write(store, tmp_path / "s.parquet")
        (row,) = parquet.read_table(tmp_path / "s.parquet").to_pylist()
        assert row["Odd Key"] == "[1]" and row["created"] == "2026-01-31T10:00:00Z"
        assert "Model" not in row and row["model"] == "m-1"  # Scout's own, whatever the case
        assert (row["total_tokens"], row["message_count"]) == (9, 6)
        assert (row["task_id"], row["task_repeat"], row["source_type"]) == ("cats", 1, "traitbook")

    def test_a_trait_chooses_and_is_the_score(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk, tmp_path: Path
    ) -> None:
        good, bad, _ = put(
            store, rubrics, talk("Q", "A", scenario="a"), talk("Q", "B", scenario="b"), talk("Q", "C", scenario="c"),
        )  # fmt: skip
        rate(store, rubrics, good, "praise_fit", 0)
        rate(store, rubrics, bad, "praise_fit", 2)
        wanted = Wanted(trait="praise_fit", low=1)
        assert [o.id for o in self.write(store, tmp_path / "s.parquet", wanted)] == [bad.id]
        (row,) = parquet.read_table(tmp_path / "s.parquet").to_pylist()
        assert json.loads(row["score"]) == 2.0

    def test_another_s_table_brings_its_score_and_task(self, tmp_path: Path) -> None:
        import pyarrow

        said = json.dumps([{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}])
        row = {
            "transcript_id": ["t"], "source_type": ["eval_log"], "task_set": ["mmlu"], "task_id": ["7"],
            "task_repeat": [2], "model": ["m"], "score": ['"C"'], "messages": [said],
        }  # fmt: skip
        parquet.write_table(pyarrow.table(row), tmp_path / "x.parquet")
        (one,) = read(tmp_path / "x.parquet")
        assert isinstance(one, Transcript)
        assert (one.scenario, one.model, one.sample) == ("mmlu/7", "m", None)
        assert [(s.trait, s.value) for s in one.scores] == [("score", 1.0)]
        assert one.metadata["task_repeat"] == 2

    def test_scout_opens_it(self, store: Store, rubrics: dict[str, Rubric], tmp_path: Path) -> None:
        """The real thing: inspect_scout, in an environment of its own, reads every message."""
        python = scout_python()
        put(store, rubrics, TOOLS)
        folder = tmp_path / "db"
        folder.mkdir()
        self.write(store, folder / "s.parquet")
        done = subprocess.run(
            [python, "-c", OPEN_IN_SCOUT, str(folder)], capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        told = json.loads(done.stdout.splitlines()[-1])
        assert told["errors"] == []
        (one,) = told["transcripts"]
        assert (one["model"], one["task_id"], one["release"]) == ("m-1", "cats", "r1")
        assert one["roles"] == ["system", "user", "assistant", "tool", "tool", "assistant", "user"]
        assert one["calls"] == [["zoom", {"by": 2}, None], ["zoom", {}, "not json"]]
        assert one["kinds"] == ["reasoning", "text"] and one["failed"] == ["dark"]

    def test_scout_reads_the_cases(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk, tmp_path: Path
    ) -> None:
        python = scout_python()
        for n, one in enumerate(
            put(store, rubrics, *(talk("Q", str(n), scenario=str(n)) for n in range(6)))
        ):
            rate(store, rubrics, one, "praise_fit", n % 3)
        path = tmp_path / "cases.csv"
        wanted = Wanted(trait="praise_fit", rater="Ida")
        exporting.write(path, sharing.case_rows(store, wanted, Counter()), sharing.CASES)
        code = (
            "import json, sys; from inspect_scout import validation_set;"
            "v = validation_set(sys.argv[1]);"
            "print(json.dumps([[c.id, c.target, c.split] for c in v.cases]))"
        )
        done = subprocess.run(
            [python, "-c", code, str(path)], capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        with path.open() as file:
            ours = [[r["id"], int(r["target"]), r["split"]] for r in csv.DictReader(file)]
        assert json.loads(done.stdout.splitlines()[-1]) == ours and len(ours) == 6


OPEN_IN_SCOUT = """
import asyncio, json, sys
from inspect_scout import transcripts_db, transcripts_from
from inspect_scout._transcript.database.schema import validate_transcript_schema
from inspect_scout._transcript.types import TranscriptContent
async def main():
    errors = [e.message for e in validate_transcript_schema(sys.argv[1])]
    found = []
    async with transcripts_db(sys.argv[1]) as db:
        async for info in db.select():
            one = await db.read(info, TranscriptContent(messages="all"))
            calls = [c for m in one.messages for c in (getattr(m, "tool_calls", None) or [])]
            third = one.messages[2].content
            found.append({
                "model": info.model, "task_id": info.task_id, "release": info.metadata["release"],
                "roles": [m.role for m in one.messages],
                "calls": [[c.function, c.arguments, c.parse_error] for c in calls],
                "kinds": [c.type for c in third],
                "failed": [m.error.message for m in one.messages if getattr(m, "error", None)],
            })
    print(json.dumps({"errors": errors, "transcripts": found}))
asyncio.run(main())
"""


def scout_python() -> str:
    """A Python that has inspect_scout: $TRAITBOOK_SCOUT_PYTHON, or that of `scout` on the path."""
    given = os.environ.get("TRAITBOOK_SCOUT_PYTHON")
    scout = shutil.which("scout")
    python = given or (str(Path(scout).resolve().parent / "python") if scout else "")
    if not python or not Path(python).exists():
        pytest.skip("no inspect_scout: name a Python that has it in TRAITBOOK_SCOUT_PYTHON")
    return python


class TestCases:
    def test_a_scenario_is_in_one_part_and_stays_there(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        given = [
            talk("Q", f"{r}{n}", scenario=f"s{n}", release=r) for n in range(40) for r in ("a", "b")
        ]
        for one in put(store, rubrics, *given):
            rate(store, rubrics, one, "praise_fit", 1)
        wanted = Wanted(trait="praise_fit")
        rows = list(sharing.case_rows(store, wanted, Counter()))
        parts = Counter(row["split"] for row in rows)
        assert len(rows) == 80 and 20 <= parts["test"] <= 60
        assert [r["split"] for r in rows[::2]] == [r["split"] for r in rows[1::2]]
        assert rows == list(sharing.case_rows(store, wanted, Counter()))
        assert {r["split"] for r in sharing.case_rows(store, wanted, Counter(), 0)} == {"dev"}

    def test_the_whole_is_meant_else_the_turns_mean(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        turns, whole = put(
            store, rubrics, talk("Q", "A", "Q", "B", scenario="t"), talk("Q", "A", scenario="w")
        )
        rate(store, rubrics, turns, "praise_fit", 1, 2)
        rate(store, rubrics, whole, "praise_fit", 2)
        rate(store, rubrics, whole, "praise_fit", [-1])
        rows = sharing.case_rows(store, Wanted(trait="praise_fit"), Counter())
        assert {row["id"]: row["target"] for row in rows} == {turns.id: 1.5, whole.id: -1}

    def test_without_a_trait_there_is_no_case(self, store: Store) -> None:
        with pytest.raises(StoreError, match="--trait"):
            list(sharing.case_rows(store, Wanted(), Counter()))


class TestTuning:
    def test_calls_results_and_images_as_openai_has_them(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, TOOLS)
        left: Counter[str] = Counter()
        ((row),) = training.tuning_rows(store, Wanted(), left)
        roles = [m["role"] for m in row["messages"]]
        assert roles == ["system", "user", "assistant", "tool", "tool", "assistant"]  # ends there
        image = {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}
        assert row["messages"][1]["content"] == [{"type": "text", "text": "Look"}, image]
        said = row["messages"][2]
        assert said["content"] == "I look."  # thinking is not for training
        assert said["tool_calls"][0]["function"] == {"name": "zoom", "arguments": '{"by":2}'}
        assert row["messages"][3] == {"role": "tool", "tool_call_id": "c1", "content": "dark"}
        assert not left

    def test_only_the_turns_within_the_bounds_are_learnt(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        mixed, bad, mute = put(
            store, rubrics, talk("Q", "A", "Q", "B", "Q", "C", scenario="m"), talk("Q", "A", scenario="b"),
            talk("Q", scenario="u"),
        )  # fmt: skip
        rate(store, rubrics, mixed, "praise_fit", 0, 2)
        rate(store, rubrics, bad, "praise_fit", 2)
        rate(store, rubrics, mute, "praise_fit", [0])
        left: Counter[str] = Counter()
        rows = list(training.tuning_rows(store, Wanted(trait="praise_fit", low=0, high=0), left))
        (row,) = rows
        assert [m.get("weight") for m in row["messages"]] == [None, 1, None, 0, None, 0]
        assert left == {"no answer in words to learn from": 1}

    def test_it_goes_in_again(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk, tmp_path: Path
    ) -> None:
        (before,) = put(store, rubrics, talk("Q", "A"))
        exporting.write(
            tmp_path / "t.jsonl",
            training.tuning_rows(store, Wanted(), Counter()),
            ("messages",),
        )
        (after,) = read(tmp_path / "t.jsonl")
        assert isinstance(after, Transcript) and after.messages == before.messages


class TestPairs:
    def rows(self, store: Store, **given: Any) -> tuple[list[tuple[str, str]], Counter[str]]:
        left: Counter[str] = Counter()
        better, margin = given.pop("better", None), given.pop("margin", training.MARGIN)
        found = training.pair_rows(store, Wanted(**given), left, better, margin)
        return [
            (r["preferred_output"][0]["content"], r["non_preferred_output"][0]["content"])
            for r in found
        ], left

    @pytest.mark.parametrize(
        ("trait", "values", "better", "pair"),
        [
            ("praise_fit", (-2, 0, 1), None, ("b", "a")),  # nearer to 0, whichever side
            ("delusion_feeding", (4, 2, 1), None, ("c", "a")),  # a fault: less of it
            ("delusion_feeding", (4, 2, 1), "high", ("a", "c")),
        ],
    )
    def test_the_best_against_the_worst_of_a_prompt(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk, trait: str, values: Any, better: Any, pair: Any
    ) -> None:  # fmt: skip
        given = [talk("Q", said, release=said) for said in "abc"]
        for one, value in zip(put(store, rubrics, *given), values, strict=True):
            rate(store, rubrics, one, trait, value)
        assert self.rows(store, trait=trait, better=better)[0] == [pair]

    def test_other_words_and_small_differences_make_no_pair(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        given = [talk("Q", "a", release="a"), talk("Q", "b", release="b"), talk("R", "c", release="c"),
                 talk("S", "d", scenario="t", release="a"), talk("S", "e", scenario="t", release="b")]  # fmt: skip
        for one, value in zip(put(store, rubrics, *given), (0, 2, 1, 1, 1), strict=True):
            rate(store, rubrics, one, "praise_fit", value)
        found, left = self.rows(store, trait="praise_fit")
        assert found == [("a", "b")]
        assert left == {"nothing else answers the same words": 1, "less than 1 apart": 1}

    def test_a_turn_is_an_answer_to_all_before_it(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        given = [
            talk("Q", "a", "R", "a2", release="a"), talk("Q", "b", "R", "b2", release="b"),
            talk("Q", "a", "R", "c2", release="c"),
        ]  # fmt: skip
        for one, values in zip(put(store, rubrics, *given), ((0, 2), (2, 0), (0, 0)), strict=True):
            rate(store, rubrics, one, "praise_fit", *values)
        found, left = self.rows(store, trait="praise_fit")
        assert sorted(found) == [("a", "b"), ("c2", "a2")]
        assert left == {"nothing else answers the same words": 1}  # b2 follows other words

    def test_pairs_that_a_rater_compared(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        given = [talk("Q", said, release=said) for said in "ab"]
        put(store, rubrics, *given)
        with store.write() as connection:
            connection.execute("INSERT INTO raters (kind, name) VALUES ('person', 'Ida')")
            for winner in ("second", "tie"):
                connection.execute(
                    "INSERT INTO preferences (first, second, trait, rater, winner, at) "
                    "VALUES (1, 2, 'warm', 1, ?, '')",
                    (winner,),
                )
        found, left = self.rows(store, trait="warm", better="high")
        assert found == [("b", "a")] and left == {"a tie": 1}
        assert self.rows(store, trait="warm", better="low")[0] == [("a", "b")]
        with pytest.raises(StoreError, match="warm"):
            self.rows(store, trait="warm")

    def test_pairs_that_came_with_the_data_go_round(
        self, store: Store, rubrics: dict[str, Rubric], tmp_path: Path
    ) -> None:
        record = {
            "chosen": "\n\nHuman: Q\n\nAssistant: no",
            "rejected": "\n\nHuman: Q\n\nAssistant: yes",
        }
        (tmp_path / "hh.jsonl").write_text(json.dumps(record) + "\n")
        assert add(store, read(tmp_path / "hh.jsonl"), rubrics).preferences == 1
        assert add(store, read(tmp_path / "hh.jsonl"), rubrics).preferences == 0
        (kept,) = store.rows(
            "SELECT f.id, winner, trait FROM preferences p JOIN transcripts f ON f.key = p.first"
        )
        assert (kept["winner"], kept["trait"]) == ("first", "preferred")
        assert transcripts.get(store, kept["id"]).messages[-1].text == "no"
        out = tmp_path / "p.jsonl"
        exporting.write(out, training.pair_rows(store, Wanted(), Counter()), ())
        (row,) = lines(out)
        assert row == {
            "input": {"messages": [{"role": "user", "content": "Q"}]},
            "preferred_output": [{"role": "assistant", "content": "no"}],
            "non_preferred_output": [{"role": "assistant", "content": "yes"}],
        }
        again = [one for one in read(out) if isinstance(one, Transcript)]
        assert [(o.messages[-1].text, o.metadata["preferred"]) for o in again] == [
            ("no", True),
            ("yes", False),
        ]
        assert {o.scenario for o in again} == {one.scenario for one in transcripts.each(store)}

    def test_a_trait_without_a_rubric_must_say_what_is_better(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        given = [
            talk("Q", str(n), release=str(n), scores=(Score("stars", "web", float(n)),))
            for n in range(3)
        ]
        put(store, rubrics, *given)
        with pytest.raises(StoreError, match="--better"):
            self.rows(store, trait="stars")
        assert self.rows(store, trait="stars", better="high")[0] == [("2", "0")]


SECRET = (
    "Ida Berg (ida.berg@example.org) keeps it in /home/ida/plans/q3.txt, "
    r"C:\Users\Ida Berg\x.txt or ~/notes.md; see /etc/hosts. Fidaris stays, 3/4 stays, https://a.test/home/x stays."
)


class TestBundle:
    def test_names_paths_and_addresses_are_gone_from_everywhere(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk, tmp_path: Path
    ) -> None:
        one = Transcript(
            (Message.plain("user", SECRET), Message("assistant", (
                Part("text", "Well, Ida Berg, great question!"),
                Part("tool_call", name="read", call="c", data=json.dumps({"path": "/home/ida/a\"b.txt", "n": 1})),
                Part("tool_call", name="cat", call="d", data="{broken /home/ida/x"),
            ))),
            release="r1", scenario="of /home/ida/x", metadata={"cwd": "/home/ida", "note": ["Ida Berg", {"user": "ida", "k": SECRET}]},
        )  # fmt: skip
        (kept,) = put(store, rubrics, one)
        save(store, [Rating(
            kept.id, "praise_fit", Rater("person", "Ida Berg"), "rated", 1.0, message=2,
            reason="Ida Berg is praised", rubric=rubrics["praise_fit"].version,
        )], rubrics)  # fmt: skip
        clean = anonymising.cleaner(store, [], [], [])
        out = tmp_path / "b.jsonl"
        count = exporting.write(
            out, anonymising.bundle_rows(store, Wanted(), clean), exporting.TRANSCRIPT_COLUMNS
        )
        text = out.read_text()
        assert count == 1
        for gone in ("Ida Berg", "ida.berg", "/home/ida", "Users", "notes.md", "/etc/hosts", "cwd"):
            assert gone not in text, gone
        for stays in (
            "Fidaris stays",
            "3/4 stays",
            "https://a.test/home/x stays",
            "[path]",
            "[mail]",
        ):
            assert stays in text, stays
        (record,) = lines(out)
        assert record["ratings"][0]["rater"] == "person:person-1"
        assert record["messages"][1]["content"][1]["input"] == {"path": '[path]"b.txt', "n": 1}
        assert record["id"] != kept.id and from_record(record).id == record["id"]
        assert clean.counts["metadata"] == 2 and clean.counts["names"] >= 4

    @pytest.mark.parametrize(
        ("text", "clean"),
        [
            ("file:///home/ida/x.py, then", "[path], then"),
            ("at:/home/ida/x", "at:[path]"),
            ("-v /data/ida:/home/ida:ro", "-v [path]:[path]:ro"),
            (r"\\nas\ida\x.txt end", "[path] end"),
            (r"d:\work\ida.txt", "[path]"),
            ("C:/Users/ida/x y", "[path] y"),
            ("scp ida@host.test:/home/ida/x .", "scp [mail]:[path] ."),
            ("either/or, and/or, 1/2, r/home, /help, a:b, http://x.test/tmp/y", None),
            ("Idaho, IDA, ida's", "Idaho, person-1, person-1's"),
        ],
    )
    def test_what_is_a_path_and_what_is_not(self, text: str, clean: str | None) -> None:
        assert anonymising.Cleaner(["Ida"]).text(text) == (text if clean is None else clean)

    def test_long_texts_of_slashes_take_no_time(self) -> None:
        import time

        begun = time.monotonic()
        for text in (
            "/" * 200_000,
            "C:" + "\\a" * 100_000,
            "/home/" * 50_000,
            "a@" * 100_000,
            "a.-" * 100_000 + "@",
        ):
            anonymising.Cleaner(["Ida"]).text(text)
        assert time.monotonic() - begun < 2

    def test_it_goes_in_with_its_quotes_in_place(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk, tmp_path: Path
    ) -> None:
        words = "In /home/ida/x I see it. What a great question!"
        score = Score("praise_fit", "Ida", 1.0, kind="person", message=2,
                      quotes=(__import__("transcripts").Said(2, "a great question"),))  # fmt: skip
        put(store, rubrics, talk("Q", words, scores=(score,)))
        clean = anonymising.cleaner(store, [], [], [])
        exporting.write(tmp_path / "b.jsonl", anonymising.bundle_rows(store, Wanted(), clean), ())
        other = Store(tmp_path / "other.db")
        added = add(other, read(tmp_path / "b.jsonl"), rubrics)
        assert (added.new, added.ratings, added.refused) == (1, 1, [])
        (chosen,) = selecting.each(other, Wanted())
        (rating,) = chosen.ratings
        (quote,) = rating.quotes
        assert quote.match == "exact" and rating.rater == Rater("person", "person-1")
        said = chosen.transcript.messages[1].text
        assert said[quote.start : quote.end] == "a great question" and "[path]" in said

    def test_what_is_dropped_and_kept_can_be_said(
        self, store: Store, rubrics: dict[str, Rubric], talk: Talk
    ) -> None:
        put(store, rubrics, talk("Q", "Bo said so", metadata={"user": "u1", "team": "x", "n": 1}))
        clean = anonymising.cleaner(store, ["Bo"], ["team"], ["user"])
        (row,) = anonymising.bundle_rows(store, Wanted(), clean)
        assert row["metadata"] == {"user": "u1", "n": 1}
        assert row["messages"][1]["content"] == "person-1 said so"


class TestCommand:
    @pytest.mark.parametrize(
        ("what", "form", "ending"),
        [
            ("transcripts", "native", ".jsonl"), ("transcripts", "native", ".csv"),
            ("transcripts", "native", ".parquet"), ("transcripts", "bundle", ".jsonl"),
            ("transcripts", "scout", ".parquet"), ("transcripts", "openai", ".jsonl"),
        ],
    )  # fmt: skip
    def test_the_examples_go_out_and_in(
        self, examples: Path, tmp_path: Path, what: str, form: str, ending: str
    ) -> None:
        out = tmp_path / f"x{ending}"
        done = traitbook(
            "export", what, "--as", form, "-o", str(out), "--db", str(examples), "--json"
        )
        assert done.returncode == 0, done.stderr
        count = said_json(done)[what]
        found = list(read(out))
        assert count > 20 and len(found) == count
        assert not [one for one in found if isinstance(one, Refused)]
        store = Store(examples)
        ids = {one.id for one in transcripts.each(store)}
        store.close()
        if form in ("native", "scout"):
            assert {one.id for one in found if isinstance(one, Transcript)} == ids

    def test_wrong_pairs_of_words_end_with_2_and_the_mend(
        self, examples: Path, tmp_path: Path
    ) -> None:
        for arguments, why in [
            (("preferences", "--as", "scout", "-o", "x.jsonl"), "known: openai"),
            (("transcripts", "--as", "scout", "-o", "x.jsonl"), ".parquet"),
            (("transcripts", "--as", "openai", "--min", "1", "-o", "x.jsonl"), "--trait"),
            (("ratings", "--as", "scout", "-o", "x.csv"), "--trait"),
            (("transcripts", "--trait", "nope", "-o", "x.jsonl"), "nobody has rated 'nope'"),
        ]:
            done = traitbook(
                "export", *arguments[:-1], str(tmp_path / arguments[-1]), "--db", str(examples)
            )
            assert done.returncode == 2 and why in done.stderr, done.stderr
            assert not list(tmp_path.iterdir())

    def test_ratings_are_chosen_by_trait_and_value(self, examples: Path, tmp_path: Path) -> None:
        out = tmp_path / "r.jsonl"
        choose = ("--trait", "praise_fit", "--rater", "author", "--min", "1")
        done = traitbook("export", "ratings", *choose, "-o", str(out), "--db", str(examples))
        assert done.returncode == 0, done.stderr
        rows = lines(out)
        assert rows and {(r["trait"], r["rater"]) for r in rows} == {("praise_fit", "author")}
        assert min(r["value"] for r in rows) >= 1
