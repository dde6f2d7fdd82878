"""`map`, `import --map` and `import --preview`: shown first, and nothing written that does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store import Store
from tests.conftest import command as traitbook
from tests.conftest import said_json
from transcripts import Options, Transcript, read
from transcripts.mapping import Mapping
from transcripts.previewing import lines, previews

TABLE = (
    "nr,question,model_answer,grade\n"
    'a,Is 91 prime?,"No, 7 x 13.",1\n'
    "b,Is 97 prime?,Yes it is.,0\n"
    "c,,Nothing was asked.,1\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "exam.csv"
    path.write_text(TABLE)
    return path


def mapping(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    return path


class TestMap:
    def test_what_it_proposes_goes_in(self, table: Path, tmp_path: Path) -> None:
        out, db = tmp_path / "m.yaml", tmp_path / "t.db"
        done = traitbook("map", str(table), "-o", str(out), "--db", str(db))
        assert done.returncode == 0 and not db.exists()
        assert "Is 91 prime?" in done.stderr and "note: say the scale" in done.stderr
        done = traitbook("import", "--map", str(out), str(table), "--db", str(db), "--json")
        told = said_json(done)
        assert (told["new"], told["ratings"], len(told["refused"])) == (2, 2, 1)
        assert "first record" in done.stderr and "7 x 13" in done.stderr

    def test_it_prints_a_mapping_and_nothing_else(self, table: Path) -> None:
        done = traitbook("map", str(table))
        read_back = Mapping.model_validate(__import__("yaml").safe_load(done.stdout))
        assert [turn.role for turn in read_back.conversation] == ["user", "assistant"]  # type: ignore[union-attr]
        told = said_json(traitbook("map", str(table), "--json"))
        assert told["mapping"] == done.stdout and told["recognised"] is None
        assert told["preview"][0]["messages"][1] == {"role": "assistant", "text": "No, 7 x 13."}

    def test_a_file_that_needs_none_says_so(self, tmp_path: Path) -> None:
        path = tmp_path / "x.jsonl"
        path.write_text(json.dumps({"messages": [{"role": "user", "content": "Hi"}]}) + "\n")
        assert said_json(traitbook("map", str(path), "--json"))["recognised"] == "native"

    @pytest.mark.parametrize(
        ("content", "code"), [("a,b\n1,2\n", 1), ("", 1), ("not a table of talk\n", 1)]
    )
    def test_nothing_that_looks_like_talk_is_exit_1(
        self, tmp_path: Path, content: str, code: int
    ) -> None:
        path = tmp_path / "x.csv"
        path.write_text(content)
        done = traitbook("map", str(path))
        assert (
            done.returncode == code and "Traceback" not in done.stderr and "note: " in done.stderr
        )

    def test_it_writes_over_nothing(self, table: Path, tmp_path: Path) -> None:
        there = mapping(tmp_path, "mine")
        done = traitbook("map", str(table), "-o", str(there))
        assert done.returncode == 2 and "is there already" in done.stderr
        assert there.read_text() == "mine"


class TestImport:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ('conversation:\n  - {role: user, text: "{frage}"}\n', "'frage', which is not there"),
            ('records: a.b\nconversation:\n  - {role: user, text: "{q}"}\n', "fits none"),
            ("conversation: []\n", "gives no message"),
        ],
    )
    def test_a_mapping_that_fits_nothing_writes_nothing(
        self, table: Path, tmp_path: Path, text: str, why: str
    ) -> None:
        db = tmp_path / "t.db"
        path = mapping(tmp_path, text)
        done = traitbook("import", "--map", str(path), str(table), "--db", str(db))
        assert done.returncode == 2 and why in done.stderr and not db.exists()

    def test_a_preview_writes_nothing(self, table: Path, tmp_path: Path) -> None:
        db = tmp_path / "t.db"
        path = mapping(tmp_path, 'conversation:\n  - {role: user, text: "{question}"}\n')
        done = traitbook(
            "import", "--map", str(path), "--preview", str(table), "--db", str(db), "--json"
        )
        (file,) = said_json(done)["files"]
        assert done.returncode == 0 and not db.exists()
        assert [t["messages"][0]["text"] for t in file["transcripts"]] == [
            "Is 91 prime?",
            "Is 97 prime?",
        ]
        done = traitbook("import", "--preview", str(table), "--db", str(db))
        assert done.returncode == 1 and "`traitbook map` proposes one" in done.stdout

    def test_branches_come_when_asked_for(self, tmp_path: Path) -> None:
        from transcripts.formats.chatgpt import EXAMPLE

        path, db = tmp_path / "conversations.json", tmp_path / "t.db"
        path.write_bytes(EXAMPLE)
        told = said_json(traitbook("import", str(path), "--db", str(db), "--json"))
        assert told["transcripts"] == 1
        told = said_json(traitbook("import", str(path), "--branches", "--db", str(db), "--json"))
        assert (told["new"], told["unchanged"]) == (1, 1)
        assert Store(db).one("SELECT count(*) FROM transcripts") == 2


def test_a_preview_reads_only_the_first(tmp_path: Path) -> None:
    """A preview of a large file must not read it to its end."""
    path = tmp_path / "x.jsonl"
    line = json.dumps({"messages": [{"role": "user", "content": "x" * 1000}]})
    path.write_text("\n".join([line] * 20_000))
    read_bytes = 0

    def counted(amount: int) -> None:
        nonlocal read_bytes
        read_bytes += amount

    from itertools import islice

    assert len(list(islice(read(path, progress=counted), 3))) == 3
    assert read_bytes < 4 << 20
    (shown,) = previews(path, Options())
    assert len(shown.transcripts) == 3 and shown.format == "native"


def test_a_glance_never_breaks_its_lines() -> None:
    from transcripts import Message, Score

    one = Transcript(
        (Message.plain("user", "a\nb " * 500),), release="r\n1", scenario="s",
        metadata={"k": "v\n" * 300}, scores=(Score("t", "x", None, status="unscored"),),
    )  # fmt: skip
    told = list(lines(one))
    assert all("\n" not in line and len(line) < 420 for line in told)
    assert any("unscored" in line for line in told)
