"""Labels from files as people write them: what goes in, and each refused row with its mend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviews.queues import Entry
from rubrics import Preference, Quote, Rater, Rating, Rubric
from store import Store
from store.adding import add
from store.claims import claim
from store.labels import labels
from store.naming import named
from store.queues import make_queue
from store.ratings import each_rating
from store.reviewing import Circumstances, given, save_preference, save_review
from tests.conftest import command as traitbook
from tests.conftest import said_json

HEAD = ("transcript", "trait", "rater", "kind", "value", "message")
ANN, BEN = Rater("person", "ann"), Rater("person", "ben")


@pytest.fixture
def ids(store: Store, talk: Any, rubrics: dict[str, Rubric]) -> list[str]:
    add(store, [talk(f"Q{n}", "An answer.", scenario=f"s{n}", release=r) for n in range(5)
                for r in ("r1", "r2")], rubrics)  # fmt: skip
    return [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]


def a_file(folder: Path, rows: list[tuple[Any, ...]], *, separator: str = ",", end: str = "\n",
           coding: str = "utf-8", head: tuple[str, ...] = HEAD) -> Path:  # fmt: skip
    path = folder / "labels.csv"
    lines = [separator.join(map(str, row)) for row in (head, *rows)]
    path.write_bytes((end.join(lines) + end).encode(coding))
    return path


def good(ids: list[str]) -> list[tuple[Any, ...]]:
    return [
        (one, "praise_fit", "zoe", "person", v, 2) for one, v in zip(ids, (0, 1, -2), strict=False)
    ]


def taken(store: Store, path: Path, *more: str) -> tuple[int, int, list[tuple[str, str]]]:
    """(exit code, new ratings, what was refused: where and why)."""
    done = traitbook("import-ratings", str(path), *more, "--db", str(store.path), "--json")
    assert "Traceback" not in done.stderr
    told = said_json(done)
    return done.returncode, told["new"], [(o["where"], o["why"]) for o in told["refused"]]


@pytest.mark.parametrize(
    "manner",
    [
        {}, {"separator": ";"}, {"separator": "\t"}, {"end": "\r\n"}, {"coding": "utf-8-sig"},
        {"coding": "utf-16"}, {"coding": "utf-16-le"}, {"coding": "utf-16-be"},
        {"coding": "utf-16", "separator": "\t", "end": "\r\n"},
        {"head": tuple(f" {name.title()}" for name in HEAD)},
    ],
    ids=str,
)  # fmt: skip
def test_a_table_however_a_spreadsheet_wrote_it(
    store: Store, ids: list[str], tmp_path: Path, manner: dict[str, Any]
) -> None:
    assert taken(store, a_file(tmp_path, good(ids), **manner)) == (0, 3, [])
    assert [one.value for one in labels(store, named(store, "zoe").key)] == [0, 1, -2]
    assert taken(store, a_file(tmp_path, good(ids), **manner))[:2] == (0, 0), "again: nothing"


def row(**more: Any) -> dict[str, Any]:
    return {
        "trait": "praise_fit",
        "rater": "zoe",
        "kind": "person",
        "value": 1,
        "message": 2,
    } | more


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"value": 7}, "not on the scale of praise_fit (-2 to 2)"),
        ({"value": "much"}, "which is no number"),
        ({"value": None}, "has no value; write one, or the status not_applicable"),
        ({"value": True}, "not a number"),
        ({"transcript": "feedfeed"}, "no transcript 'feedfeed'"),
        ({"transcript": None}, "names no transcript; give its id"),
        ({"transcript": None, "release": "r1", "scenario": "zz"}, "no transcript of r1 / zz"),
        ({"trait": ""}, "names no trait"),
        ({"rater": None}, "names no rater"),
        ({"kind": "humanoid"}, "has the kind 'humanoid'; one of person, judge"),
        ({"kind": None}, "does not say what kind of rater zoe is"),
        ({"rater": "judge:m", "kind": "person"}, "calls judge:m a person"),
        ({"message": 9}, "message 9; there are 2"),
        ({"message": "x"}, "write a whole number"),
        ({"status": "not_applicable"}, "leave one of the two out"),
        ({"status": "maybe"}, "status 'maybe'"),
        ({"scale": "0..4", "trait": "ours"}, "write it as [0, 10]"),
        ({"scale": [0, 4], "trait": "ours", "value": 5}, "not on the scale of ours (0 to 4)"),
        ({"quotes": "An answer"}, "quotes that are no list"),
        ({"manner": "sleepy"}, "manner 'sleepy'"),
        ({"repeat": 1.5}, "write a whole number"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_line_and_the_others_go_in(
    store: Store, ids: list[str], tmp_path: Path, wrong: dict[str, Any], why: str
) -> None:
    path = tmp_path / "labels.jsonl"
    rows = [
        row(transcript=ids[0]),
        {"transcript": ids[1], **row(), **wrong},
        row(transcript=ids[2]),
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    code, new, refused = taken(store, path)
    assert (code, new) == (1, 2) and [where for where, _ in refused] == ["line 2"]
    assert why in refused[0][1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no rating"),
        (",".join(HEAD).encode(), "holds no rating"),
        (b"transcript,rater,value\nx,zoe,1\n", "lacks the column trait;"),
        (b"trait,rater,kind,value\npraise_fit,zoe,person,1\n", "lacks the column transcript"),
        (b"a,b\n1,2\n", "lacks the columns transcript, trait, rater, value"),
        (b"transcript,trait,trait,rater,value\n", "has the column 'trait' twice"),
        (bytes(range(256)) * 20, "neither UTF-8 nor UTF-16"),
        (b"first,winner,trait,rater\n", "lacks the column second"),
    ],
)
def test_what_a_whole_file_lacks_is_said_once(
    store: Store, ids: list[str], tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    code, new, refused = taken(store, path)
    assert (code, new, len(refused)) == (1, 0, 1) and why in refused[0][1]


def test_half_the_rows_bad_with_a_quoted_break_in_between(
    store: Store, ids: list[str], tmp_path: Path
) -> None:
    rows = [(ids[0], "praise_fit", "zoe", "person", 0, 2, '"two\nlines"'),
            ("nope", "praise_fit", "zoe", "person", 0, 2, ""),
            (ids[1], "praise_fit", "zoe", "person", '"0,5"', "2.0", ""),
            (ids[2], "praise_fit", "zoe", "person", 0)]  # fmt: skip
    code, new, refused = taken(store, a_file(tmp_path, rows, head=(*HEAD, "reason")))
    assert (code, new) == (1, 2) and [where for where, _ in refused] == ["line 4", "line 6"]
    assert "fewer cells than the header" in refused[1][1]
    found = {one.transcript: one for one in each_rating(store)}
    assert found[ids[1]].value == 0.5 and found[ids[0]].reason == "two\nlines"


def test_two_answers_to_one_question_need_a_date(
    store: Store, ids: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "labels.jsonl"
    twice = [row(transcript=ids[0]), row(transcript=ids[0]), row(transcript=ids[0], value=2)]
    path.write_text("\n".join(map(json.dumps, twice)))
    code, new, refused = taken(store, path)
    assert (code, new) == (1, 1) and refused[0][0] == "line 3"
    assert "second answer of zoe to the same question (line 1 says 1.0, this 2.0)" in refused[0][1]
    dated = [row(transcript=ids[1], value=v, at=f"2026-01-0{v + 1}") for v in (2, 1)]
    path.write_text("\n".join(map(json.dumps, dated)))
    assert taken(store, path) == (0, 2, [])
    (latest,) = (one for one in labels(store, named(store, "zoe").key) if one.unit[0] == ids[1])
    assert latest.value == 2, "what was given later counts, in whatever order it stands"


def test_the_kind_of_raters_for_a_whole_file(store: Store, ids: list[str], tmp_path: Path) -> None:
    rows = [(ids[0], "praise_fit", "zoe", 0, 2), (ids[1], "praise_fit", "judge:m#1", 0, 2)]
    path = a_file(tmp_path, rows, head=("transcript", "trait", "rater", "value", "message"))
    assert taken(store, path, "--kind", "person")[:2] == (0, 2)
    assert {str(one.rater) for one in each_rating(store)} == {"person:zoe", "judge:m#1"}


def test_any_scale_and_a_trait_of_ones_own(store: Store, ids: list[str], tmp_path: Path) -> None:
    rows = [(i, "ours", who, "person", v, '"[0, 100]"') for i, v in zip(ids, (0, 55, 100), strict=False)
            for who in ("ann", "ben")]  # fmt: skip
    head = ("transcript", "trait", "rater", "kind", "value", "scale")
    done = traitbook(
        "import-ratings", str(a_file(tmp_path, rows, head=head)), "--db", str(store.path)
    )
    assert done.returncode == 0 and "ours has no rubric here: 6 kept" in done.stderr
    told = said_json(
        traitbook("agree", "--between", "ann", "ben", "--db", str(store.path), "--json")
    )
    assert told["rows"][0]["raw"] == 1 and told["rows"][0]["n"] == 3


RATINGS = (
    "SELECT t.id, o.id AS other, b.trait, b.version, a.kind, a.name, r.message, r.repeat, r.status, "
    "r.value, r.why, r.reason, r.at, l.value AS before, v.manner, v.identity, v.unsure, "
    "(SELECT group_concat(q.text || q.start || q.match) FROM quotes q WHERE q.rating = r.key) AS q "
    "FROM ratings r JOIN transcripts t ON t.key = r.transcript JOIN rubrics b ON b.key = r.rubric "
    "JOIN raters a ON a.key = r.rater LEFT JOIN transcripts o ON o.key = r.other "
    "LEFT JOIN ratings l ON l.key = r.supersedes LEFT JOIN reviewed v ON v.rating = r.key "
    "ORDER BY t.id, b.trait, a.name, r.at, r.value"
)
PAIRS = (
    "SELECT f.id, s.id AS other, p.trait, a.name, p.winner, p.reason, p.at, p.manner, p.identity, "
    "p.unsure, p.swapped, b.version, l.winner AS before FROM preferences p "
    "JOIN transcripts f ON f.key = p.first JOIN transcripts s ON s.key = p.second "
    "JOIN raters a ON a.key = p.rater LEFT JOIN rubrics b ON b.key = p.rubric "
    "LEFT JOIN preferences l ON l.key = p.supersedes ORDER BY f.id, a.name, p.key"
)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("bare", [True, False], ids=["history alone", "onto the latest"])
def test_out_and_in_again_is_the_same_database(
    store: Store,
    ids: list[str],
    rubrics: dict[str, Rubric],
    tmp_path: Path,
    ending: str,
    bare: bool,
) -> None:
    """Quotes, history, marks of the reveal, ratings of pairs, preferences and their sides."""
    quote = Quote("answer", 2, 0, 3, 9, "exact")
    for day, (value, manner) in enumerate(((2, "blind"), (1, "blind"), (-1, "after_reveal")), 1):
        how = Circumstances(manner, "oidc", unsure=value == 1)  # type: ignore[arg-type]
        rating = Rating(ids[0], "praise_fit", ANN, "rated", value, message=2, quotes=(quote,),
                        reason=f"so {value}", at=f"2026-01-0{day}T00:00:00Z")  # fmt: skip
        save_review(store, rating, rubrics, how)
    save_review(store, Rating(ids[0], "belief_mirroring", BEN, "rated", 1.0, other=ids[1]), rubrics,
                Circumstances("blind"))  # fmt: skip
    queue = make_queue(store, "q", [Entry(ids[0], "why", ids[1])], ["warmth_fit"])
    item = claim(store, queue, ANN)
    assert item
    for day, (winner, manner) in enumerate((("first", "blind"), ("tie", "after_reveal")), 1):
        told = Preference(ids[0], ids[1], "warmth_fit", ANN, winner, at=f"2026-02-0{day}")  # type: ignore[arg-type]
        how = Circumstances(manner, item=item.key)  # type: ignore[arg-type]
        save_preference(store, told, how, rubrics["warmth_fit"])
    db, other = str(store.path), str(tmp_path / "other.db")
    for what in ("ratings", "preferences"):
        out = str(tmp_path / f"{what}.{ending}")
        done = traitbook("export", what, "--as", "native", "--history", "-o", out, "--db", db)
        assert done.returncode == 0, done.stderr
    traitbook("export", "transcripts", "-o", str(tmp_path / "t.jsonl"), "--db", db)
    if bare:
        lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
        text = "".join(json.dumps({**line, "ratings": []}) + "\n" for line in lines)
        (tmp_path / "t.jsonl").write_text(text)
    traitbook("import", str(tmp_path / "t.jsonl"), "--db", other)
    for _ in range(2):  # the second time changes nothing
        for what in ("ratings", "preferences"):
            done = traitbook("import-ratings", str(tmp_path / f"{what}.{ending}"), "--db", other)
            assert done.returncode == 0, done.stderr
        copy = Store(Path(other))
        for sql in (RATINGS, PAIRS):
            rows = [[tuple(one) for one in each.rows(sql)] for each in (store, copy)]
            assert rows[0] == rows[1] and rows[0]
        (mine,) = (one for one in labels(copy, named(copy, "ann").key))
        assert mine.value == 1, "the blind answer before the reveal counts here too"
        assert [one.rating.value for one in given(copy, ids[0], ANN, history=True)] == [2, 1, -1]
        copy.close()


def test_cases_for_scout_keep_their_part(
    store: Store, ids: list[str], tmp_path: Path
) -> None:  # fmt: skip
    assert taken(store, a_file(tmp_path, good(ids)))[:2] == (0, 3)
    db = str(store.path)
    told = said_json(traitbook("labels", "split", "--db", db, "--json"))
    assert told["dev"] + told["test"] == 2
    out = tmp_path / "cases.csv"
    done = traitbook("export", "ratings", "--as", "scout", "--trait", "praise_fit", "--rater", "zoe",
                     "-o", str(out), "--db", db)  # fmt: skip
    lines = out.read_text().splitlines()
    assert done.returncode == 0 and lines[0] == "id,target,split" and len(lines) == 4
    parts = {row["name"]: row["split"] for row in store.rows(
        "SELECT s.name, l.split FROM label_splits l JOIN scenarios s ON s.key = l.scenario")}  # fmt: skip
    where = {row["id"]: row["name"] for row in store.rows(
        "SELECT t.id, s.name FROM transcripts t JOIN scenarios s ON s.key = t.scenario")}  # fmt: skip
    for line in lines[1:]:
        identity, target, part = line.split(",")
        assert parts[where[identity]] == part and target in ("0", "1", "-2")
