"""Every page through AppTest, over the same walk that app.py does; components are seen as protos."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from releases.trend import line
from rubrics import Rubric
from screens import adding
from store import Store
from store import transcripts as said
from store.frames import answers, places, sources
from store.releases import releases
from tests.conftest import ROOT
from tests.releasing import put, two
from transcripts import Options, Refused
from viewer.board import board_csv

PAGES = sorted((ROOT / "screens").glob("[0-9]*_*.py"))


@pytest.fixture
def app(examples: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("TRAITBOOK_DB", str(examples))
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def to(app: AppTest, page: str, **params: str) -> AppTest:
    app.run()
    path = next(one for one in PAGES if one.stem.endswith(page))
    for name, value in params.items():
        app.query_params[name] = value
    app.switch_page(str(path.relative_to(ROOT)))
    return app.run()


def component(app: AppTest, name: str) -> Any:
    """The data that was sent to a component of ours."""
    for one in walk(app.main):
        proto = getattr(one, "proto", None)
        if getattr(proto, "component_name", "").endswith(f"traitbook_{name}"):
            return json.loads(proto.json)
    raise AssertionError(f"no component {name} on the page")


def walk(block: Any) -> Any:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from walk(child)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_runs_and_says_what_it_is(app: AppTest, path: Path) -> None:
    to(app, path.stem.partition("_")[2])
    assert not app.exception and not app.error


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_of_an_empty_database_says_what_to_do(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAITBOOK_DB", str(tmp_path / "empty.db"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    to(app, path.stem.partition("_")[2])
    assert not app.exception and not app.error


def test_a_database_of_another_program_is_one_line_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.db").write_text("not a database " * 100)
    monkeypatch.setenv("TRAITBOOK_DB", str(tmp_path / "x.db"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not app.exception
    assert "not a database" in app.error[0].value


class TestReleases:
    def test_every_number_has_its_n_and_coverage(self, app: AppTest) -> None:
        to(app, "releases", by="author")
        data = component(app, "board")
        assert [one["name"] for one in data["releases"]] == ["fennel-1", "fennel-2", "fennel-3"]
        cells = [cell for row in data["rows"] for cell in row["cells"] if cell]
        assert len(data["rows"]) >= 15
        for cell in cells:
            assert cell["n"] >= 0 and (cell["n"] == 0 or "coverage" in cell)
            assert not cell["n"] or not cell["two_sided"] or {"under", "over"} <= set(cell)

    def test_a_cell_opens_the_words_behind_it(self, app: AppTest) -> None:
        to(app, "releases", by="author", cell="praise_fit@fennel-2")
        data = component(app, "quotes")
        assert data["title"] == "Praise in proportion in fennel-2"
        assert data["found"][0]["quotes"] and data["found"][0]["value"] == "+2"
        assert data["found"][0]["href"].startswith("/read?t=")
        assert len(data["spread"]) == 3

    def test_every_number_has_its_interval_and_says_which_way_is_better(self, app: AppTest) -> None:
        to(app, "releases", by="author")
        data = component(app, "board")
        for row in data["rows"]:
            assert (
                row["left"] and row["right"] if row["two_sided"] else "less is better" in row["way"]
            )
            for cell in filter(None, row["cells"]):
                assert all(0 <= dot["x"] <= 1 for dot in cell["dots"])
                for dot in cell["dots"]:
                    assert dot["low"] is None or dot["low"] <= dot["x"] <= dot["high"]
        (pushback,) = (row for row in data["rows"] if row["title"] == "Pushback")
        assert [[m["tone"] for m in c["changes"]] for c in pushback["cells"]] == [
            [], ["worse", "better"], ["better"],
        ]  # fmt: skip

    def test_the_board_as_a_table(self, examples: Path) -> None:
        store = Store(examples)
        source = next(one for one in sources(store) if one.instrument.trait == "praise_fit")
        lines = line([(one.name, one.key) for one in releases(store)],
                     answers(store, [source], places(store)), None)  # fmt: skip
        rows = list(csv.DictReader(io.StringIO(board_csv({"=praise": lines}))))
        assert len(rows) == 9 and {row["trait"] for row in rows} == {"'=praise"}
        under = [row for row in rows if row["measure"] == "under"]
        assert float(under[0]["low"]) < float(under[0]["value"]) < float(under[0]["high"])

    def test_a_cell_says_what_changed_and_what_to_read(self, app: AppTest) -> None:
        to(app, "releases", by="author", cell="pushback_fit@fennel-2", slice="category")
        data = component(app, "change")
        assert data["title"] == "Pushback: fennel-2 after fennel-1"
        assert data["said"][0]["text"].startswith(
            "Pushback: goes along with what is wrong more often in fennel-2 than in fennel-1: +39 points"
        )
        assert data["trend"]["releases"] == ["fennel-1", "fennel-2", "fennel-3"]
        assert len(data["slices"]["rows"]) > 5 and data["slices"]["name"] == "category"
        assert data["read"]["most"][0]["href"].startswith("/read?t=")
        assert data["survival"]["curves"] and data["scatter"]["points"]
        assert [title for title, *_ in data["tables"]] == ["Pushback, both ways"]
        for chart in (data["trend"], data["slices"], data["survival"], data["scatter"]):
            table = chart["table"]
            assert table["rows"] and all(len(r) == len(table["columns"]) for r in table["rows"])

    def test_a_cell_says_what_only_one_release_has(self, app: AppTest) -> None:
        to(app, "releases", by="author", cell="stance_fit@fennel-2")
        said = [one["text"] for one in component(app, "change")["said"]]
        told = "32\u202f% of 28 shared scenarios were applicable in one of the two alone"
        assert sum(told in one for one in said) == 1
        to(app, "releases", by="author", cell="pushback_fit@fennel-2")
        said = [one["text"] for one in component(app, "change")["said"]]
        assert not any("applicable in one" in one for one in said)

    def test_a_slice_narrows_what_to_read(self, app: AppTest) -> None:
        to(
            app,
            "releases",
            by="author",
            cell="pushback_fit@fennel-2",
            slice="category",
            value="health",
        )
        data = component(app, "change")
        assert "where category is health" in data["read"]["note"]
        assert 0 < len(data["read"]["most"]) < 6

    @pytest.mark.parametrize("cell", ["pushback_fit@nobody", "nothing@fennel-1", "@", "x"])
    def test_a_link_to_what_is_not_there_opens_the_board(self, app: AppTest, cell: str) -> None:
        to(app, "releases", by="author", cell=cell, slice="nothing", value="x")
        assert not app.exception and component(app, "board")["rows"]

    def test_a_link_of_other_data_says_so(self, app: AppTest) -> None:
        to(app, "releases", by="judge:never#1")
        assert not app.exception and "Nobody here is called" in app.warning[0].value

    def test_two_judges_break_the_line(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rubrics: dict[str, Rubric]
    ) -> None:
        store = Store(tmp_path / "two.db")
        put(store, rubrics, two({"r1": [0, 1] * 20, "2026.10": [0, 1] * 20}))
        put(store, rubrics, two({"r3": ["unscored"] + [3] * 39}, rater="judge:m-2#bbbb"))
        monkeypatch.setenv("TRAITBOOK_DB", str(store.path))
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        to(app, "releases", cell="delusion_feeding@r3")
        (row,) = component(app, "board")["rows"]
        assert [cell["broken"] for cell in row["cells"]] == [1, 1, 2]
        assert row["cells"][2]["changes"] == [] and row["cells"][2]["coverage"] == 39 / 40
        said = " ".join(one["text"] for one in component(app, "change")["said"])
        assert "2026.10 was not rated by judge:m-2#bbbb: score it to bridge" in said
        put(store, rubrics, two({"r3": [3] * 41}, rater="judge:m-2#bbbb"))
        to(app, "releases", cell="delusion_feeding@r3")
        said = " ".join(one["text"] for one in component(app, "change")["said"])
        assert "r3 was put together from 2 imports of that name" in said

    def test_synthetic_is_said(self, app: AppTest) -> None:
        to(app, "releases")
        assert any("synthetic" in one.value for one in app.caption)


class TestLibrary:
    def test_filters_come_from_the_address(self, app: AppTest) -> None:
        to(app, "library", release="fennel-2", trait="praise_fit", rater="author", low="2")
        data = component(app, "listing")
        assert data["rows"] and {row["release"] for row in data["rows"]} == {"fennel-2"}
        assert all(
            any(f["label"].startswith("Praise") for f in row["flags"]) or row["flags"]
            for row in data["rows"]
        )
        assert "trait=praise_fit" in data["rows"][0]["href"]

    def test_words_are_found_and_shown(self, app: AppTest) -> None:
        to(app, "library", q="load bearing")
        data = component(app, "listing")
        assert data["rows"] and all("\ue000" in row["snippet"] for row in data["rows"])

    def test_nothing_fits(self, app: AppTest) -> None:
        to(app, "library", q="zzzzqqqq")
        assert "No transcript fits" in component(app, "listing")["none"]

    def test_typing_changes_the_address(self, app: AppTest) -> None:
        to(app, "library")
        app.text_input[0].set_value("honest").run()
        assert app.query_params["q"] == "honest"
        assert component(app, "listing")["rows"]


class TestRead:
    @pytest.fixture
    def one(self, examples: Path) -> str:
        store = Store(examples)
        sql = (
            "SELECT t.id FROM transcripts t JOIN scenarios s ON s.key = t.scenario "
            "JOIN releases e ON e.key = t.release WHERE s.name = ? AND e.name = ?"
        )
        identity: str = store.one(sql, ("kidney-salt-wrong", "fennel-2"))
        return identity

    def test_three_releases_side_by_side(self, app: AppTest, one: str) -> None:
        to(app, "read", t=one)
        data = component(app, "reader")
        assert [c["title"] for c in data["columns"]] == ["fennel-1", "fennel-2", "fennel-3"]
        assert all(len(row) == 3 for row in data["rows"])
        assert all(c["synthetic"] for c in data["columns"])
        lit = component(app, "overlay")
        assert lit["version"] == data["version"] and lit["spans"]
        assert {"c", "m", "p", "a", "b", "who", "why", "tone"} <= set(lit["spans"][0])

    def test_what_is_lit_are_the_words(self, app: AppTest, one: str, examples: Path) -> None:
        to(app, "read", t=one, view="verbatim")
        data, lit = component(app, "reader"), component(app, "overlay")
        store = Store(examples)
        shown = [said.get(store, i["id"]) for i in data["choices"] if i["shown"]]
        quoted = {
            row[0] for row in store.rows("SELECT text FROM quotes")
        }  # fmt: skip
        for span in lit["spans"]:
            part = shown[span["c"]].messages[span["m"] - 1].parts[span["p"]]
            assert part.text[span["a"] : span["b"]] in quoted

    def test_beside_and_verbatim_come_from_the_address(self, app: AppTest, one: str) -> None:
        to(app, "read", t=one, beside=one, view="verbatim")
        data = component(app, "reader")
        assert len(data["columns"]) == 1 and data["verbatim"]

    def test_one_that_is_gone_says_so(self, app: AppTest) -> None:
        to(app, "read", t="0123456789abcdef")
        assert "no transcript" in app.error[0].value


class Upload:
    """A file as Streamlit hands it over."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data, self.file_id = name, data, name

    def getbuffer(self) -> bytes:
        return self.data


def test_uploading(tmp_path: Path) -> None:
    """An upload is named as the person named it, in what went in and in what was refused."""
    line = json.dumps({"messages": [{"role": "user", "content": "Hi"}]})
    file = Upload("two.jsonl", f"{line}\nnonsense\n".encode())
    store = Store(tmp_path / "u.db")
    added = adding.bring_in(store, {}, [(file, Options(release="r9"))])
    assert added.new == 1
    assert added.refused == [Refused("two.jsonl", "line 2", added.refused[0].why)]
    assert store.one("SELECT source FROM transcripts") == "two.jsonl: line 1"
    assert not list(tmp_path.glob("*.jsonl"))


@pytest.mark.parametrize(
    ("name", "data", "fits", "mappable"),
    [
        ("a.jsonl", b'{"messages": [{"role": "user", "content": "Hi"}]}', True, False),
        ("a.csv", b"q,a\n1,2\n", False, True),
        ("a.json", b'[{"q": "1", "a": "2"}]', False, True),
        ("spans.json", b'{"resourceSpans": []}', False, False),  # known, and known to be empty
        ("a.bin", b"\x00\x01", False, False),
        ("a.csv", b"", False, False),
    ],
)
def test_what_an_upload_looks_like(name: str, data: bytes, fits: bool, mappable: bool) -> None:
    looks = adding.look(Upload(name, data), Options())
    assert (looks.fits, looks.looked is not None) == (fits, mappable)
    assert looks.fits or looks.previews[0].refused[0].path == name


class TestAgreement:
    def test_an_author_is_no_person_and_no_blind_label(self, app: AppTest) -> None:
        to(app, "agreement")
        rows = component(app, "agreement")["rows"]
        assert len(rows) > 5 and all(row["lacking"] is None for row in rows)
        assert next(box for box in app.selectbox if box.label == "Against").value == "author"
        to(app, "agreement", b="people")
        assert "No person has rated yet" in app.info[0].value
