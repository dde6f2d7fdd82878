"""The command line as the design gives it: exactly one JSON value, notes on stderr, exit codes."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.conftest import ROOT, said_json, traitbook

GOOD = {
    "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "What a great question! Yes."},
    ]
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for release in ("r1", "r2"):
        lines = [
            {
                **GOOD,
                "release": release,
                "scenario": f"s{n}",
                "ratings": [
                    {
                        "trait": "praise_fit",
                        "rater": "author",
                        "message": 2,
                        "value": n % 3,
                        "quotes": [{"message": 2, "text": "great question"}] if n % 3 else [],
                    }
                ],
            }
            for n in range(4)
        ]
        (folder / f"{release}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "t.db"


def test_import_says_what_it_did(files: Path, db: Path) -> None:
    done = traitbook("import", str(files), "--db", str(db), "--json")
    assert done.returncode == 0
    told = said_json(done)
    assert {k: told[k] for k in ("transcripts", "new", "unchanged", "messages", "ratings", "refused")} == {
        "transcripts": 8, "new": 8, "unchanged": 0, "messages": 16, "ratings": 8, "refused": [],
    }  # fmt: skip
    again = said_json(traitbook("import", str(files), "--db", str(db), "--json"))
    assert (again["transcripts"], again["new"], again["unchanged"]) == (8, 0, 8)


def test_exit_codes_of_import(files: Path, db: Path) -> None:
    (files / "bad.jsonl").write_text(json.dumps(GOOD) + "\nnonsense\n")
    refused = traitbook("import", str(files), "--db", str(db), "--json")
    assert refused.returncode == 1
    (one,) = said_json(refused)["refused"]
    assert one["path"].endswith("bad.jsonl") and one["where"] == "line 2" and one["why"]
    absent = traitbook("import", str(files / "r1.jsonl"), "no-such-file", "--db", str(db), "--json")
    assert absent.returncode == 2
    assert said_json(absent)["unchanged"] == 4
    assert traitbook("import", "--db", str(db)).returncode == 2
    strange = traitbook("import", str(files), "--format", "petrol", "--db", str(db))
    assert strange.returncode == 2 and "known: anthropic" in strange.stderr


def test_release_and_model_can_be_given(files: Path, db: Path) -> None:
    traitbook("import", str(files / "r1.jsonl"), "--release", "x", "--model", "m", "--db", str(db))
    told = said_json(traitbook("release", "list", "--db", str(db), "--json"))
    assert [(r["name"], r["model"], r["transcripts"]) for r in told["releases"]] == [("x", "m", 4)]


def test_score_then_means(files: Path, db: Path) -> None:
    traitbook("import", str(files), "--db", str(db))
    done = traitbook("score", "--signals", "--trait", "praise_fit", "--db", str(db), "--json")
    told = said_json(done)
    assert done.returncode == 0 and done.stderr == ""
    assert set(told) >= {"run", "asked", "rated", "not_applicable", "unscored", "usage", "cost_usd"}
    assert (told["asked"], told["rated"], told["unscored"]) == (8, 8, {})
    assert (
        said_json(
            traitbook("score", "--signals", "--trait", "praise_fit", "--db", str(db), "--json")
        )["asked"]
        == 0
    )
    rows = said_json(traitbook("means", "--db", str(db), "--json"))["rows"]
    wanted = {
        "release",
        "trait",
        "rater",
        "n",
        "not_applicable",
        "unscored",
        "coverage",
        "mean",
        "under",
        "over",
        "mean_abs",
    }
    assert all(wanted <= set(row) for row in rows)
    author = next(r for r in rows if r["rater"] == "author" and r["release"] == "r1")
    assert (author["n"], author["mean"], author["over"], author["coverage"]) == (4, 0.75, 0.5, 1.0)
    table = traitbook("means", "--db", str(db)).stdout
    assert "coverage" in table and "100%" in table


def test_score_needs_to_know_how(files: Path, db: Path) -> None:
    traitbook("import", str(files), "--db", str(db))
    assert traitbook("score", "--db", str(db)).returncode == 2
    strange = traitbook("score", "--signals", "--trait", "charm", "--db", str(db))
    assert strange.returncode == 2 and "charm" in strange.stderr and "warmth_fit" in strange.stderr
    assert traitbook("score", "--signals", "--release", "r9", "--db", str(db)).returncode == 2


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    for command in (["means"], ["search", "x"], ["release", "list"], ["score", "--signals"]):
        done = traitbook(*command, "--db", str(tmp_path / "none.db"))
        assert done.returncode == 2 and "import something first" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_the_environment_names_the_database(files: Path, db: Path) -> None:
    env = {"TRAITBOOK_DB": str(db)}
    assert traitbook("import", str(files), env=env).returncode == 0
    assert len(said_json(traitbook("release", "list", "--json", env=env))["releases"]) == 2


def test_search(files: Path, db: Path) -> None:
    traitbook("import", str(files), "--db", str(db))
    told = said_json(
        traitbook("search", "great question", "--limit", "3", "--db", str(db), "--json")
    )
    assert (told["total"], told["capped"], len(told["hits"])) == (8, False, 3)
    assert set(told["hits"][0]) == {"transcript", "release", "scenario", "message", "snippet"}
    assert told["hits"][0]["message"] == 2
    one = said_json(traitbook("search", "great", "--release", "r2", "--db", str(db), "--json"))
    assert one["total"] == 4


class TestExport:
    @pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
    def test_out_and_in_again(self, files: Path, db: Path, tmp_path: Path, ending: str) -> None:
        traitbook("import", str(files), "--db", str(db))
        traitbook("score", "--signals", "--trait", "praise_fit", "--db", str(db))
        for what, count in (("transcripts", 8), ("ratings", 16)):
            out = tmp_path / f"{what}.{ending}"
            done = traitbook("export", what, "-o", str(out), "--db", str(db), "--json")
            assert said_json(done)[what] == count
            assert rows_of(out) == count
        assert not list(tmp_path.glob(".*part"))
        if ending == "csv":  # ratings go in again from a table, onto transcripts that are there
            again = traitbook(
                "import-ratings", str(tmp_path / "ratings.csv"), "--db", str(db), "--json"
            )
            assert said_json(again) == {"ratings": 16, "new": 0, "unchanged": 16, "refused": []}

    def test_an_export_is_a_whole_copy(self, examples: Path, tmp_path: Path) -> None:
        first, second, copy = tmp_path / "1.jsonl", tmp_path / "2.jsonl", tmp_path / "copy.db"
        traitbook("export", "transcripts", "-o", str(first), "--db", str(examples))
        assert traitbook("import", str(first), "--db", str(copy)).returncode == 0
        traitbook("export", "transcripts", "-o", str(second), "--db", str(copy))
        assert first.read_bytes() == second.read_bytes()

    def test_a_place_that_cannot_be_written(self, files: Path, db: Path, tmp_path: Path) -> None:
        traitbook("import", str(files), "--db", str(db))
        for out in (tmp_path / "no" / "x.jsonl", tmp_path / "x.docx"):
            done = traitbook("export", "ratings", "-o", str(out), "--db", str(db))
            assert done.returncode == 2 and "Traceback" not in done.stderr


def rows_of(path: Path) -> int:
    if path.suffix == ".parquet":
        return parquet.read_table(path).num_rows
    with path.open(newline="") as file:
        return (
            sum(1 for _ in file)
            if path.suffix == ".jsonl"
            else sum(1 for _ in csv.reader(file)) - 1
        )


def test_import_ratings(files: Path, db: Path, tmp_path: Path) -> None:
    traitbook("import", str(files), "--db", str(db))
    path = tmp_path / "ratings.jsonl"
    rows = [
        {"release": "r1", "scenario": "s1", "trait": "warmth_fit", "rater": "Ida", "kind": "person", "value": -1, "message": 2, "quotes": [{"message": 2, "text": "great question"}]},
        {"release": "r1", "scenario": "s2", "trait": "house_style", "rater": "lint", "kind": "imported", "value": 3, "scale": [0, 5]},
        {"release": "r1", "scenario": "nope", "trait": "warmth_fit", "rater": "Ida", "kind": "person", "value": 0},
        {"release": "r1", "scenario": "s1", "trait": "warmth_fit", "rater": "Ida", "kind": "person", "value": 1, "message": 9},
        {"release": "r1", "scenario": "s1", "trait": "warmth_fit", "rater": "Ida", "kind": "person", "value": "high"},
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    done = traitbook("import-ratings", str(path), "--db", str(db), "--json")
    told = said_json(done)
    assert done.returncode == 1
    assert (told["ratings"], told["new"]) == (2, 2)
    assert [one["where"] for one in told["refused"]] == ["line 3", "line 4", "line 5"]
    assert "no transcript of r1 / nope" in told["refused"][0]["why"]
    found = {
        (r["trait"], r["rater"])
        for r in said_json(traitbook("means", "--db", str(db), "--json"))["rows"]
    }
    assert {("warmth_fit", "person:Ida"), ("house_style", "imported:lint")} <= found


def test_remove_is_said_and_confirmed(files: Path, db: Path) -> None:
    traitbook("import", str(files), "--db", str(db))
    hit = said_json(traitbook("search", "great", "--db", str(db), "--json"))["hits"][0]
    refused = traitbook("remove", hit["transcript"], "--db", str(db))
    assert refused.returncode == 1 and "for good" in refused.stderr
    done = traitbook("remove", hit["transcript"], "--yes", "--db", str(db), "--json")
    assert said_json(done) == {"removed": 1}
    assert said_json(traitbook("search", "great", "--db", str(db), "--json"))["total"] == 7
    assert traitbook("remove", "--db", str(db)).returncode == 2
    assert traitbook("remove", "ffff0000", "--yes", "--db", str(db)).returncode == 2
    assert said_json(traitbook("remove", "--import", "1", "--yes", "--db", str(db), "--json")) == {
        "removed": 7
    }


def test_release_commands(files: Path, db: Path) -> None:
    traitbook("import", str(files), "--db", str(db))
    assert "r2 -> r1" in traitbook("release", "order", "r2", "r1", "--db", str(db)).stdout
    assert traitbook("release", "rename", "r1", "2026.10", "--db", str(db)).returncode == 0
    told = said_json(traitbook("release", "merge", "2026.10", "r2", "--db", str(db), "--json"))
    assert told == {"release": "r2", "moved": 0, "same": 4}
    assert traitbook("release", "rename", "zz", "y", "--db", str(db)).returncode == 2


def test_doctor(examples: Path, tmp_path: Path) -> None:
    done = traitbook("doctor", "--db", str(examples), "--json")
    told = said_json(done)
    assert done.returncode == 0 and told["ok"] is True
    bad = tmp_path / "bad.db"
    shutil.copy(examples, bad)
    import sqlite3

    connection = sqlite3.connect(bad)
    connection.execute("DELETE FROM messages_fts_docsize WHERE id < 10")
    connection.commit()
    connection.close()
    sick = traitbook("doctor", "--db", str(bad))
    assert sick.returncode == 1 and "BAD  full-text index" in sick.stdout


def test_demo_loads_and_scores_without_opening(tmp_path: Path) -> None:
    for _ in range(2):
        done = traitbook("demo", "--no-open", "--db", str(tmp_path / "demo.db"))
        assert done.returncode == 0, done.stderr
        assert "129 synthetic example transcripts" in done.stderr
    rows = said_json(traitbook("means", "--db", str(tmp_path / "demo.db"), "--json"))["rows"]
    assert {row["release"] for row in rows} == {"fennel-1", "fennel-2", "fennel-3"}


def test_every_command_is_in_the_help_and_the_docs() -> None:
    from commands import commands

    told = traitbook("--help").stdout
    for command in commands():
        assert f"  {command.name} " in told
    made = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "commands.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == made.stdout, "run `make docs`"


class TestBackup:
    def test_a_copy_can_be_put_back_and_what_was_there_is_kept(self, tmp_path: Path) -> None:
        db, copy = tmp_path / "a.db", tmp_path / "copy.db"
        source = tmp_path / "t.jsonl"
        source.write_text('{"release": "r1", "messages": [{"role": "user", "content": "Hi"}]}\n')
        assert traitbook("import", str(source), "--db", str(db)).returncode == 0
        told = said_json(traitbook("backup", str(copy), "--db", str(db), "--json"))
        assert told["bytes"] == copy.stat().st_size > 0
        again = traitbook("backup", str(copy), "--db", str(db))
        assert (again.returncode, "is there already" in again.stderr) == (2, True)

        assert traitbook("release", "rename", "r1", "r2", "--db", str(db)).returncode == 0
        told = said_json(traitbook("restore", str(copy), "--yes", "--db", str(db), "--json"))
        assert (
            said_json(traitbook("search", "Hi", "--db", str(db), "--json"))["hits"][0]["release"]
            == "r1"
        )
        kept = said_json(traitbook("search", "Hi", "--db", told["kept"], "--json"))
        assert kept["hits"][0]["release"] == "r2"

    def test_what_is_no_backup_is_not_put_back(self, tmp_path: Path) -> None:
        db, wrong = tmp_path / "a.db", tmp_path / "wrong.db"
        wrong.write_text("not a database, but long enough to look like a file of some kind" * 20)
        done = traitbook("restore", str(wrong), "--yes", "--db", str(db))
        assert (done.returncode, "is not a database" in done.stderr) == (2, True)
        assert not db.exists()
        done = traitbook("restore", str(tmp_path / "none.db"), "--yes", "--db", str(db))
        assert (done.returncode, "there is no such file" in done.stderr) == (2, True)
