"""Bad input is normal input: one clear line with the place and the mend, and all that is good."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store, StoreError
from store.adding import add
from store.releases import releases
from tests.conftest import traitbook
from transcripts import Options, Refused, Transcript, read
from transcripts.formats.inspect_eval import EXAMPLE as EVAL
from transcripts.mapping import Mapping

GOOD = json.dumps(
    {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]}
)


def parts(path: Path, options: Options | None = None) -> tuple[list[Transcript], list[Refused]]:
    found = list(read(path, options))
    return (
        [one for one in found if isinstance(one, Transcript)],
        [one for one in found if isinstance(one, Refused)],
    )


def lines(tmp_path: Path, *told: str | bytes) -> Path:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n".join(one if isinstance(one, bytes) else one.encode() for one in told))
    return path


BAD_LINES = [
    ("not json at all", "not JSON", "mend the line"),
    (GOOD[:40], "middle of a record", "export it again"),
    ('{"foo": 1}', "no 'messages'", "messages"),
    ('{"messages": []}', "empty list of messages", ""),
    ('{"messages": [{"role": "moderator", "content": "x"}]}', "'moderator'", "known are system"),
    ('{"messages": [{"content": "x"}]}', "no role", "known are system"),
    ('{"messages": [{"role": "user", "content": null}]}', "no content", "give it text"),
    ('{"messages": [{"role": "user", "content": 7}]}', "a int for content", "text or blocks"),
    ('{"messages": "x"}', "no list of messages", ""),
    ('{"messages": [7]}', "message 1 is a int", ""),
    (GOOD.replace("Hi", "H\xe9").encode("latin-1"), "not UTF-8", "save the file as UTF-8"),
    ('{"messages": [{"role": "user", "content": "x"}], "sample": "two"}', "sample 'two'", "whole number"),
    ("[" * 100_000, "nested too deeply", ""),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "cause", "mend"), BAD_LINES, ids=[c for _, c, _ in BAD_LINES])
def test_a_bad_line_costs_itself_alone(
    tmp_path: Path, bad: str | bytes, cause: str, mend: str
) -> None:
    good, refused = parts(lines(tmp_path, GOOD, bad, GOOD.replace("Yes", "No")))
    assert [one.messages[1].text for one in good] == ["Yes", "No"]
    (one,) = refused
    assert one.where == "line 2"
    assert cause in one.why and mend in one.why
    assert "\n" not in str(one)


def test_a_bad_first_line_does_not_hide_what_the_file_is(tmp_path: Path) -> None:
    good, refused = parts(lines(tmp_path, "garbage", '{"foo": 1}', GOOD))
    assert len(good) == 1 and [one.where for one in refused] == ["line 1", "line 2"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.jsonl", b"", "is empty"),
        ("letter.txt", b"Dear all,\n", "is not JSON"),
        ("bytes.bin", bytes(range(128, 256)) * 4, "not text in UTF-8"),
        ("wide.json", GOOD.encode("utf-16"), "UTF-16"),
        ("other.json", b'{"weather": "fine"}', "begins with: weather"),
        ("table.csv", b"a,b\n1,2\n", "--map"),
        ("none.json", b"[]", "no transcript"),
    ],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    good, refused = parts(path)
    assert not good
    (one,) = refused
    assert why in one.why


def test_an_array_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_text(f"[{GOOD}, {GOOD.replace('Yes', 'No')}, {GOOD[:50]}")
    good, (refused,) = parts(path)
    assert len(good) == 2
    assert refused.where == "record 3" and "ends in the middle" in refused.why


def test_a_message_of_50_mb_goes_in(store: Store, tmp_path: Path) -> None:
    long = "word " * 10_000_000
    path = tmp_path / "long.jsonl"
    path.write_text(GOOD.replace("Yes", long) + "\n" + GOOD)
    added = add(store, read(path), {})
    assert (added.new, added.refused) == (2, [])
    assert store.one("SELECT max(length(text)) FROM messages") == len(long)


def test_nul_bidi_and_half_emoji_are_kept_or_mended(store: Store, tmp_path: Path) -> None:
    text = "a\0b \u202eright\u202c \ud83d end \U0001f642"
    path = tmp_path / "odd.jsonl"
    path.write_text(json.dumps({"messages": [{"role": "user", "content": text}]}))
    added = add(store, read(path), {})
    assert (added.new, added.refused) == (1, [])
    kept = store.connection().execute("SELECT text FROM messages").fetchone()[0]
    assert kept == text.replace("\ud83d", "\ufffd")


def test_the_same_place_with_other_words_is_refused(store: Store, tmp_path: Path) -> None:
    told = {"release": "r", "scenario": "s", "sample": 1}
    first = {**told, "messages": [{"role": "user", "content": "a"}]}
    second = {**told, "messages": [{"role": "user", "content": "b"}]}
    path = lines(tmp_path, json.dumps(first), json.dumps(second), json.dumps(first))
    added = add(store, read(path), {})
    assert (added.new, added.unchanged) == (1, 1)
    (refused,) = added.refused
    assert refused.where == "line 2" and "another sample number" in refused.why
    assert refused.path == str(path)


class TestArchives:
    def test_members_are_read_and_bad_ones_named(self, tmp_path: Path) -> None:
        path = tmp_path / "some.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("in/a.jsonl", GOOD)
            archive.writestr("b.jsonl.gz", gzip.compress(GOOD.encode()))
            archive.writestr("../climb.jsonl", GOOD)
            archive.writestr("/root.jsonl", GOOD)
            archive.writestr("inner.zip", b"PK\x03\x04")
            archive.writestr("log.eval", EVAL)
        good, refused = parts(path)
        assert len(good) == 3
        assert {one.where for one in refused} == {
            "member ../climb.jsonl", "member /root.jsonl", "member inner.zip",
        }  # fmt: skip
        assert all("climbs out" in one.why for one in refused if "inner" not in one.where)
        assert not (tmp_path / "climb.jsonl").exists()

    def test_a_bomb_is_not_lit(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("big.jsonl", "w", force_zip64=True) as member:
                for _ in range(100):
                    member.write(b" " * (1 << 20))
            archive.writestr("good.jsonl", GOOD)
        good, (refused,) = parts(path)
        assert len(good) == 1 and "bomb" in refused.why

    def test_a_zip_cut_short_gives_its_whole_members(self, tmp_path: Path) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(5):
                archive.writestr(f"{n}.jsonl", GOOD.replace("Yes", str(n)))
        path = tmp_path / "cut.zip"
        path.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
        good, refused = parts(path)
        assert 1 <= len(good) < 5 and "damaged" in refused[0].why

    def test_a_gz_cut_short_gives_the_lines_before(self, tmp_path: Path) -> None:
        path = tmp_path / "cut.jsonl.gz"
        many = "\n".join(GOOD.replace("Yes", f"{n} " * 50) for n in range(3000)).encode()
        packed = gzip.compress(many)
        path.write_bytes(packed[: len(packed) // 2])
        good, refused = parts(path)
        assert len(good) > 500
        assert "end early" in refused[-1].why


class TestEval:
    def test_cut_off_in_the_middle(self, shared: Path, tmp_path: Path) -> None:
        log = next(shared.glob("formats/inspect_scout/tests/recorder/logs/*popularity*.eval"))
        whole, _ = parts(log)
        path = tmp_path / "cut.eval"
        data = log.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        good, refused = parts(path)
        assert 20 < len(good) < len(whole)
        known = {one.content for one in whole}
        assert all(one.content in known and one.model == whole[0].model for one in good)
        assert "damaged" in refused[-1].why

    def test_without_header(self, tmp_path: Path) -> None:
        path = tmp_path / "crashed.eval"
        with zipfile.ZipFile(io.BytesIO(EVAL)) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                if name != "header.json":
                    new.writestr(name, old.read(name))
        (one,), refused = parts(path)
        assert one.model == "x/m-1" and not refused

    def test_members_packed_by_zstd(self, tmp_path: Path) -> None:
        path = tmp_path / "z.eval"
        path.write_bytes(zstd_zip(EVAL))
        (one,), refused = parts(path)
        assert one.messages[0].text == "Is 91 prime?" and not refused

    def test_packed_by_zstd_and_cut_off(self, tmp_path: Path) -> None:
        path = tmp_path / "z.eval"
        path.write_bytes(zstd_zip(EVAL)[:-300])
        (one,), refused = parts(path)
        assert one.messages[0].text == "Is 91 prime?" and refused

    def test_a_bad_sample_costs_itself(self, tmp_path: Path) -> None:
        path = tmp_path / "bad.eval"
        path.write_bytes(EVAL)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("samples/6_epoch_1.json", b"{nonsense")
            archive.writestr("samples/7_epoch_1.json", b'{"id": 7, "messages": []}')
        good, refused = parts(path)
        assert len(good) == 1
        assert [one.where for one in refused] == [
            "member samples/6_epoch_1.json", "member samples/7_epoch_1.json",
        ]  # fmt: skip


def zstd_zip(plain: bytes) -> bytes:
    """A zip of method 93, which Python 3.11's zipfile can neither write nor read."""
    import zlib

    import zstandard

    out, central = bytearray(), bytearray()
    with zipfile.ZipFile(io.BytesIO(plain)) as old:
        for name in old.namelist():
            data, raw = old.read(name), name.encode()
            packed = zstandard.compress(data)
            told = struct.pack("<IIIHH", zlib.crc32(data), len(packed), len(data), len(raw), 0)
            central += b"PK\x01\x02" + struct.pack("<HHHHHH", 63, 63, 0, 93, 0, 0) + told
            central += struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + raw
            out += b"PK\x03\x04" + struct.pack("<HHHHH", 63, 0, 93, 0, 0) + told + raw + packed
        count = len(old.namelist())
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(out), 0)
    return bytes(out + central + b"PK\x05\x06" + end)


class TestMappings:
    def test_a_missing_column_is_named_with_those_there(self, tmp_path: Path) -> None:
        table = tmp_path / "t.csv"
        table.write_text("Question,Answer\nHi,Yes\n")
        path = tmp_path / "m.yaml"
        path.write_text('conversation:\n  - {role: user, text: "{Frage}"}\n')
        good, (refused,) = parts(table, Options(mapping=Mapping.load(path)))
        assert not good
        assert "'Frage'" in refused.why and "Question, Answer" in refused.why

    def test_a_wrong_key_says_line_and_mend(self, tmp_path: Path) -> None:
        path = tmp_path / "m.yaml"
        path.write_text('conversation:\n  - role: user\n    txt: "{Q}"\n')
        done = traitbook("import", "--map", str(path), "x.csv", "--db", str(tmp_path / "x.db"))
        assert done.returncode == 2
        assert f"{path}:3" in done.stderr and "spelling" in done.stderr

    def test_a_broken_row_costs_itself(self, tmp_path: Path) -> None:
        table = tmp_path / "t.csv"
        table.write_bytes(b'Q,A\nHi,Yes\nHo\nHa,\xff\nHu,No,more\n"He",""\nOh,Ah\n')
        mapping = Mapping.model_validate(
            {
                "scenario": "q-{row}",
                "conversation": [
                    {"role": "user", "text": "{Q}"},
                    {"role": "assistant", "text": "{A}"},
                ],
            }
        )
        good, refused = parts(table, Options(mapping=mapping))
        assert [one.scenario for one in good] == ["q-1", "q-5", "q-6"]
        assert [one.where for one in refused] == ["row 2", "row 3", "row 4"]
        assert good[1].messages[1].text == ""  # a model may well have said nothing


class TestDatabase:
    def test_a_newer_one_is_not_touched(self, tmp_path: Path) -> None:
        path = tmp_path / "new.db"
        made = Store(path)
        with made.write() as connection:
            connection.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
                "VALUES ('traitbook', 'm999_future', 'then')"
            )
        made.close()
        with pytest.raises(StoreError, match="newer Traitbook"):
            Store(path)

    def test_another_program_s_file_is_refused(self, tmp_path: Path) -> None:
        import sqlite3

        path = tmp_path / "other.db"
        sqlite3.connect(path).execute("CREATE TABLE cats (name TEXT)").connection.close()
        with pytest.raises(StoreError, match="not one of Traitbook's"):
            Store(path)
        (tmp_path / "text.db").write_text("this is a text, not a database, and long enough" * 50)
        with pytest.raises(StoreError, match="not a database"):
            Store(tmp_path / "text.db")

    def test_a_read_only_one_is_read_and_not_written(self, tmp_path: Path) -> None:
        source = lines(tmp_path, GOOD)
        items = list(read(source))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.db"
            made = Store(path)
            add(made, items, {})
            made.close()
            path.chmod(0o444)
            Path(folder).chmod(0o555)
            with plain_user():
                only = Store(path)
                assert [one.transcripts for one in releases(only)] == [1]
                with pytest.raises(StoreError, match="may only be read"):
                    add(only, items, {})
                only.close()
            Path(folder).chmod(0o755)

    def test_a_full_disk_keeps_what_was_committed(self, tmp_path: Path) -> None:
        path = tmp_path / "full.db"
        made = Store(path)
        pages = made.one("PRAGMA page_count")
        made.connection().execute(f"PRAGMA max_page_count = {pages + 700}")
        many = [GOOD.replace("Yes", f"{n} " + "long words " * 40) for n in range(5_000)]
        with pytest.raises(StoreError, match="disk is full"):
            add(made, read(lines(tmp_path, *many)), {})
        kept = made.one("SELECT count(*) FROM transcripts")
        assert kept > 1000
        whole = "SELECT count(*) FROM messages"
        assert made.one(whole) == 2 * kept == made.one("SELECT count(*) FROM messages_fts_docsize")
        made.connection().execute("PRAGMA max_page_count = 1000000")
        again = add(made, read(tmp_path / "bad.jsonl"), {})
        assert (again.new, again.unchanged) == (5_000 - kept, kept)


@contextlib.contextmanager
def plain_user() -> Iterator[None]:
    """As somebody whom permissions bind: root may write everywhere."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)
