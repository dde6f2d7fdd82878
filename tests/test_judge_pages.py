"""Runs and Rubrics through AppTest, and the plain functions behind them."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rubrics import BadRubric, Rubric, load, load_all
from rubrics.writing import EARLIER, as_yaml, save
from screens.starting import NotStarted, Order, priced, started
from store import Store
from store import runs as book
from store.ratings import each_rating
from store.wordings import told_apart, wordings
from tests.conftest import ROOT
from tests.messages_server import Server
from tests.test_app import component, to
from viewer.cards import Kept, card, changes_data
from viewer.runs import about, duration, money, plan_lines, run
from viewer.wording import changed_words, compared

RUBRICS = load_all()
MODEL = "claude-haiku-5-5"


def worded(rubric: Rubric, **words: Any) -> Rubric:
    """The rubric with other words; a copy of the model would keep the hash it had."""
    return Rubric.from_words(rubric.words() | words)


# ---- words that changed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("a b c", "a b c", [("same", "a b c")]),
        ("a b c", "a x c", [("same", "a"), ("gone", " b"), ("new", " x"), ("same", " c")]),
        ("", "new", [("new", "new")]),
        ("gone", "", [("gone", "gone")]),
        ("a", "a b", [("same", "a"), ("new", " b")]),
    ],
)
def test_words_are_laid_over_each_other(before: str, after: str, pieces: Any) -> None:
    assert changed_words(before, after) == pieces


@pytest.mark.parametrize("trait", ["pushback_fit", "autonomy_loss", "thinking_fit"])
def test_both_texts_can_be_read_out_of_the_pieces(trait: str) -> None:
    before, after = RUBRICS[trait].question, RUBRICS["warmth_fit"].question
    pieces = changed_words(before, after)
    assert "".join(words for kind, words in pieces if kind != "new").split() == before.split()
    assert "".join(words for kind, words in pieces if kind != "gone").split() == after.split()


def test_only_what_is_asked_is_compared() -> None:
    now = RUBRICS["praise_fit"]
    other = worded(now, title="Other", source="nobody", gate=False)
    assert list(compared(now, other)) == []
    assert "No word" in changes_data(now, other)["none"]
    anchors = {**now.anchors, 2: "flattery without end"}
    changed = worded(now, anchors=anchors, decide="")
    assert [name for name, _ in compared(now, changed)] == ["+2", "To decide"]


# ---- saving a version -----------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", sorted(RUBRICS))
def test_a_written_rubric_reads_back_as_itself(trait: str, tmp_path: Path) -> None:
    assert load(save(RUBRICS[trait], tmp_path)) == RUBRICS[trait]


@pytest.mark.parametrize(
    "words",
    [
        "yes",
        "null",
        "1.0",
        "# no",
        "a: b",
        "- c",
        "tab\there",
        "two\n\nparagraphs",
        "“quotes”",
        "|",
    ],
)
def test_words_that_yaml_could_take_for_something_else(words: str, tmp_path: Path) -> None:
    odd = worded(RUBRICS["praise_fit"], question=words, look_for=[words])
    assert load(save(odd, tmp_path)).version == odd.version


def test_the_version_before_is_moved_aside_and_never_lost(tmp_path: Path) -> None:
    first = RUBRICS["praise_fit"]
    second = worded(first, question="Is it?")
    third = worded(first, question="Was it?")
    for one in (first, second, third, third):
        save(one, tmp_path)
    kept = sorted(path.name for path in (tmp_path / EARLIER).iterdir())
    assert kept == sorted(f"praise_fit-{one.version}.yaml" for one in (first, second))
    assert load_all(tmp_path)["praise_fit"].version == third.version


def test_a_file_that_was_broken_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "praise_fit.yaml").write_text("question: [")
    save(RUBRICS["praise_fit"], tmp_path)
    kept = tmp_path / EARLIER / "praise_fit-unreadable.yaml"
    assert kept.read_text() == "question: ["


def test_the_shipped_rubrics_cannot_be_overwritten() -> None:
    with pytest.raises(BadRubric, match="shipped"):
        save(RUBRICS["praise_fit"], ROOT / "rubrics" / "traits")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadRubric, match="cannot be written"):
        save(RUBRICS["praise_fit"], tmp_path / "file" / "rubrics")


def test_a_scale_of_ones_own_is_written_out(tmp_path: Path) -> None:
    words = RUBRICS["autonomy_loss"].words()
    scale = {"name": "half", "low": 0, "high": 2, "two_sided": False}
    own = Rubric.from_words(words | {"scale": scale, "anchors": {0: "a", 1: "b", 2: "c"}})
    assert "name: half" in as_yaml(own)
    assert load(save(own, tmp_path)) == own


# ---- versions that ratings rest on, transcripts to try ----------------------------------------------------


def test_versions_tell_since_when_and_how_much_rests_on_them(examples: Path) -> None:
    found = wordings(Store(examples))["praise_fit"]
    assert [one.version for one in found] == [RUBRICS["praise_fit"].version]
    assert found[0].ratings > 200
    assert found[0].rubric == RUBRICS["praise_fit"]
    assert "author:author" in found[0].raters


def test_five_transcripts_as_unlike_as_can_be(examples: Path) -> None:
    store = Store(examples)
    ids = told_apart(store, "praise_fit")
    assert len(set(ids)) == 5
    values = {
        one.value
        for one in each_rating(store, "b.trait = 'praise_fit' AND a.kind = 'author'")
        if one.transcript in ids and one.value is not None
    }
    assert len(values) >= 3
    assert len(told_apart(store, "a_trait_nobody_rated")) == 5


def test_a_card_says_what_rests_on_it_and_what_was_before() -> None:
    now = RUBRICS["praise_fit"]
    kept = [Kept(now.version, "2026", 12), Kept("0" * 12, "2025", 3)]
    made = card(now, kept, "/x", full=True)
    assert (made["used"], made["earlier"]) == ("12 ratings", "1 earlier version")
    assert [one["value"] for one in made["scale"]] == ["−2", "−1", "0", "+1", "+2"]
    assert [one["tone"] for one in made["scale"]] == ["under", "under", "good", "over", "over"]


# ---- figures of a run ----------------------------------------------------------------------------------------


def test_money_that_is_not_known_is_never_zero() -> None:
    assert [money(m) for m in (None, 0.0, 0.004, 1.239, 1234.5)] == [
        "unknown", "$0", "under 1 cent", "$1.24", "$1,234.50",
    ]  # fmt: skip


def test_times() -> None:
    assert [duration(s) for s in (None, 12.3, 240, 8000)] == ["", "12 s", "4 min", "2 h 13 min"]


def test_a_plan_without_a_price_says_so() -> None:
    plan = {
        "judgements": 10, "transcripts": 5, "calls": 12, "prompt_tokens": 100, "output_tokens": 9,
        "tokens_by": "estimated", "money": dict.fromkeys(("plain", "cached", "batch")),
        "prices_as_of": "2026-11-21", "flagged": 2,
    }  # fmt: skip
    head, rows, notes = plan_lines(plan, batch=False)
    assert head.endswith("price unknown")
    assert ["Price with cache", "unknown"] in rows
    assert "not in the price file" in notes and "attack on the judge" in notes


def test_what_a_run_is_about() -> None:
    told = {"traits": ["a", "b", "c"], "releases": [], "repeats": 3, "batch": True}
    assert about(told) == "3 traits of all releases, 3 times, as a batch"
    assert about({"traits": ["a"], "releases": ["r1"]}) == "a of r1"


# ---- the pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def db(examples: Path, tmp_path: Path) -> Path:
    path = tmp_path / "pages.db"
    shutil.copy(examples, path)
    return path


@pytest.fixture
def app(db: Path, messages_server: Server, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("TRAITBOOK_DB", str(db))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-a-key-but-long")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", messages_server.address)
    monkeypatch.setenv("TRAITBOOK_HOME", str(db.parent))
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def ended(store: Store, key: int) -> book.Run:
    import time

    for _ in range(300):
        one = book.get(store, key)
        if one.state != "running":
            return one
        time.sleep(0.2)
    raise AssertionError("the run did not end")


class TestRuns:
    def test_the_address_holds_the_order(self, app: AppTest) -> None:
        to(app, "runs", judge=MODEL, trait="warmth_fit", release="fennel-1", repeats="2", limit="3")
        assert app.text_input(key="_judge").value == MODEL
        assert app.multiselect(key="_trait").value == ["warmth_fit"]
        assert app.multiselect(key="_release").value == ["fennel-1"]
        assert (app.number_input(key="_repeats").value, app.number_input(key="_limit").value) == (
            2,
            3,
        )

    def test_price_then_start_then_the_run(self, app: AppTest, db: Path) -> None:
        to(app, "runs", judge=MODEL, trait="warmth_fit", release="fennel-1")
        app.button[0].click().run()
        assert any("43 judgements of 43" in one.value for one in app.markdown)
        start = next(b for b in app.button if b.label.startswith("Start for"))
        start.click().run()
        assert not app.exception and not app.error
        store = Store(db)
        (key,) = app.query_params["run"]
        assert ended(store, int(key)).progress["asked"] == 43
        app.run()
        assert component(app, "runs")["run"]["state"] == "done"

    def test_a_limit_without_a_price_is_refused_in_a_sentence(
        self, app: AppTest, db: Path, messages_server: Server
    ) -> None:
        messages_server.api.any_model = True
        order = Order("nobody-knows-1", traits=("warmth_fit",), max_cost=1.0)
        with pytest.raises(NotStarted, match="price of nobody-knows-1 is unknown"):
            started(Store(db), order, "")
        assert priced(Store(db), Order("nobody-knows-1"), "")["money"]["cached"] is None

    def test_a_wrong_key_and_an_unknown_model_are_sentences(
        self, app: AppTest, db: Path, messages_server: Server
    ) -> None:
        messages_server.api.key = "right"
        to(app, "runs", judge=MODEL, trait="warmth_fit")
        app.button[0].click().run()
        assert "key was refused" in app.error[0].value
        messages_server.api.key = ""
        store = Store(db)
        key = started(store, Order("gpt-of-nobody", traits=("warmth_fit",)), "")
        assert ended(store, key).state == "stopped"
        to(app, "runs", run=str(key))
        assert "no such model" in component(app, "runs")["run"]["note"]

    def test_a_run_that_is_not_there(self, app: AppTest) -> None:
        to(app, "runs", run="99")
        assert "no run 99" in app.warning[0].value and not app.exception

    def test_the_same_again_has_nothing_to_ask(self, app: AppTest, db: Path) -> None:
        store, order = Store(db), Order(MODEL, traits=("warmth_fit",), releases=("fennel-1",))
        ended(store, started(store, order, ""))
        assert priced(store, order, "")["judgements"] == 0
        to(app, "runs", judge=MODEL, trait="warmth_fit", release="fennel-1")
        app.button[0].click().run()
        assert not any(b.label.startswith("Start") for b in app.button)
        assert any("answered all of it" in one.value for one in app.caption)

    def test_the_signals_run_has_no_money_and_no_invented_counts(self, db: Path) -> None:
        told = run(book.runs(Store(db))[0])
        assert told["parts"][0]["label"] == ""
        assert [name for name, _ in told["figures"]] in ([], ["took"])


class TestRubrics:
    def test_all_traits_stand_there(self, app: AppTest) -> None:
        to(app, "rubrics")
        cards = component(app, "rubrics")["cards"]
        assert {one["trait"] for one in cards} == set(RUBRICS)
        assert cards[0]["gate"] and not cards[-1]["gate"]

    def test_a_trait_that_is_not_there(self, app: AppTest) -> None:
        to(app, "rubrics", trait="no_such")
        assert "no_such" in app.warning[0].value

    def test_words_that_make_no_rubric_are_said(self, app: AppTest) -> None:
        to(app, "rubrics", trait="praise_fit", edit="1")
        app.text_area(key="draft_praise_fit_question").set_value(" ").run()
        assert "question is empty" in app.error[0].value
        app.text_area(key="draft_praise_fit_question").set_value("Is it?").run()
        app.text_input(key="draft_praise_fit_trait").set_value("../evil").run()
        assert "trait" in app.error[0].value and not app.exception

    def test_a_copy_is_saved_as_a_new_version(self, app: AppTest, db: Path) -> None:
        to(app, "rubrics", trait="praise_fit", edit="1")
        app.text_area(key="draft_praise_fit_question").set_value("Is the praise earned?").run()
        next(b for b in app.button if b.label == "Save as a new version").click().run()
        assert not app.exception and not app.error
        saved = load(db.parent / "my-rubrics" / "praise_fit.yaml")
        assert saved.question == "Is the praise earned?"
        mode = (db.parent / "my-rubrics" / "praise_fit.yaml").stat().st_mode
        assert stat.S_IMODE(mode) & 0o400
