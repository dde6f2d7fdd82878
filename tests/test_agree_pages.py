"""The page Agreement: pairs, two judges or wordings, the test part, and what there is to say where
there is no number. And the same on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rubrics import Preference, Quote, Rater, Rating, Rubric
from store import Store
from store.adding import add
from store.ratings import save
from store.reviewing import Circumstances, save_preference, save_review
from store.splits import looked, looks
from tests.conftest import ROOT, said_json
from tests.conftest import command as traitbook
from tests.test_app import component, to, walk

ANN, BEN = Rater("person", "ann"), Rater("person", "ben")
JUDGE, SMALL = Rater("judge", "m", "1"), Rater("judge", "small", "2")
TRAIT, PAIRED = "praise_fit", "warmth_fit"
VALUES = (-2, -1, 0, 1, 2)


def reworded(rubrics: dict[str, Rubric]) -> Rubric:
    return Rubric.from_words({**rubrics[TRAIT].words(), "question": "Does it flatter?"})


def fill(store: Store, talk: Any, rubrics: dict[str, Rubric]) -> Store:
    """Twelve scenarios of two releases: two people, a judge that is off by one in the old words and
    right in the new, a small judge; people's pairs."""
    said = [talk(f"Q{n}", "Great work, really.", scenario=f"s{n:02}", release=r) for n in range(12)
            for r in ("r1", "r2")]  # fmt: skip
    add(store, said, rubrics)
    ids = [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]
    for n, one in enumerate(ids):
        value = float(VALUES[n % 5])
        for who in (ANN, BEN):
            rating = Rating(one, TRAIT, who, "rated", value, message=2)
            save_review(store, rating, rubrics, Circumstances("blind"))
    quote = (Quote("Great work", 2, 0, 0, 10, "exact"),)
    new = reworded(rubrics)
    for rater, rubric, shift in (
        (JUDGE, rubrics[TRAIT], 1),
        (JUDGE, new, 0),
        (SMALL, rubrics[TRAIT], 2),
    ):
        save(store, [
            Rating(one, TRAIT, rater, "rated", float(VALUES[(n + shift) % 5]), message=2, quotes=quote)
            for n, one in enumerate(ids)
        ], {TRAIT: rubric})  # fmt: skip
    for n, (one, other) in enumerate(zip(ids[::2], ids[1::2], strict=True)):
        for who in (ANN, BEN):
            winner = "tie" if n % 4 == 0 else "first" if n % 4 == 1 or who == ANN else "second"
            told = Preference(one, other, PAIRED, who, winner)
            save_preference(store, told, Circumstances("blind"), rubrics[PAIRED])
    return store


@pytest.fixture
def made(store: Store, talk: Any, rubrics: dict[str, Rubric]) -> Store:
    return fill(store, talk, rubrics)


@pytest.fixture
def app(made: Store, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("TRAITBOOK_DB", str(made.path))
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def components(app: AppTest, name: str) -> list[Any]:
    """The data of every component of ours of this name, in the order of the page."""
    protos = [getattr(one, "proto", None) for one in walk(app.main)]
    return [
        json.loads(proto.json) for proto in protos
        if getattr(proto, "component_name", "").endswith(f"traitbook_{name}")
    ]  # fmt: skip


class TestPairs:
    def test_pairs_stand_under_values_with_their_own_numbers(self, app: AppTest) -> None:
        to(app, "agreement", a="person:ann", b="person:ben", pair=PAIRED, pcell="0,2")
        values, pairs = components(app, "agreement")
        assert [row["trait"] for row in values["rows"]] == [TRAIT]
        (row,) = pairs["rows"]
        assert (row["n"], row["raw"]) == (12, "50.0%") and pairs["unit"] == "pairs"
        assert [one["name"] for one in row["others"]] == ["without ties", "kappa", "AC1"]
        table = pairs["table"]
        assert table["heads"] == ["r1", "tie", "r2"]
        assert [[cell["count"] for cell in line] for line in table["cells"]] == [
            [3, 0, 6], [0, 3, 0], [0, 0, 0],
        ]  # fmt: skip
        assert len(table["units"]) == 6
        unit = table["units"][0]
        assert unit["values"] == "r1 | r2" and len(unit["beside"].split(",")) == 2
        assert unit["href"].startswith("/read?t=") and "beside=" in unit["href"]

    def test_a_cell_that_is_none_opens_the_disagreements(self, app: AppTest) -> None:
        to(app, "agreement", a="person:ann", b="person:ben", pair=PAIRED, pcell="9,x", cell="a,b")
        assert not app.exception and len(components(app, "agreement")[1]["table"]["units"]) == 6

    def test_what_one_alone_compared_is_listed(self, app: AppTest, made: Store) -> None:
        with made.write() as connection:
            connection.execute("DELETE FROM preferences WHERE key IN (1, 3)")
        to(app, "agreement", a="person:ann", b="person:ben", pair=PAIRED)
        (lone,) = components(app, "agreement")[1]["table"]["lost"]
        assert lone["count"] == 2 and lone["why"] == "person:ben: the other did not rate it"
        assert all("beside=" in unit["href"] for unit in lone["units"])

    def test_people_who_only_compared_pairs_are_raters_too(
        self, app: AppTest, made: Store
    ) -> None:  # fmt: skip
        with made.write() as connection:
            connection.execute("DELETE FROM reviewed")
            connection.execute("UPDATE ratings SET supersedes = NULL")
            connection.execute("DELETE FROM ratings")
        to(app, "agreement", a="person:ann", b="person:ben")
        assert not app.exception and not app.info
        (pairs,) = components(app, "agreement")
        assert pairs["rows"][0]["trait"] == PAIRED


class TestTwo:
    def words(self, made: Store) -> tuple[str, str]:
        rows = made.rows("SELECT version FROM rubrics WHERE trait = ? ORDER BY key", (TRAIT,))
        return rows[0]["version"], rows[1]["version"]

    def test_two_wordings_of_one_judge(self, app: AppTest, made: Store) -> None:
        old, new = self.words(made)
        to(app, "agreement", view="two", a=f"m@{old}", c=f"judge:m#1@{new}", trait=TRAIT)
        data = component(app, "compared")
        assert data["names"] == [
            "people, averaged",
            f"m in words {old[:8]}",
            f"m in words {new[:8]}",
        ]
        (row,) = data["rows"]
        assert row["words"] == f"words {old} and {new}" and row["alphas"][1] == "1.00"
        assert row["closer"]["way"] == "better" and row["n"] == 24
        assert data["behind"]["all"] == 24, "off by one everywhere"
        first = data["behind"]["units"][0]
        assert first["values"] == ["+2", "\u22122", "+2"] and first["nearer"] == "second"
        assert first["href"].startswith("/read?t=") and first["m"] == 2

    def test_without_words_the_latest_are_meant(self, app: AppTest) -> None:
        to(app, "agreement", view="two", a="judge:small#2", c="judge:m#1")
        assert component(app, "compared")["rows"][0]["alphas"][1] == "1.00"

    def test_the_same_from_the_command_line(self, made: Store) -> None:
        old, new = self.words(made)
        db = str(made.path)
        told = said_json(traitbook("labels", "compare", "ann", f"m@{old[:5]}", f"m@{new}", "--on",
                                   "all", "--db", db, "--json"))  # fmt: skip
        assert told["rows"][0]["words"] == [old, new] and told["rows"][0]["alpha_second"] == 1
        plain = said_json(traitbook("labels", "compare", "ann", "small", "m", "--on", "all", "--db",
                                    db, "--json"))  # fmt: skip
        assert plain["rows"][0]["words"] == [old, new]
        with made.write() as connection:
            connection.execute("UPDATE reviewed SET manner = 'open'")
        empty = traitbook("labels", "compare", "ann", "small", "m", "--on", "all", "--db", db)
        assert "nothing to compare: ann gave no label" in empty.stderr and not empty.stdout
        wrong = traitbook("labels", "compare", "ann", "m@zzz", "m", "--on", "all", "--db", db)
        assert wrong.returncode == 2 and f"its versions are: {old} (praise_fit)" in wrong.stderr

    def test_rubrics_leads_to_it(self, app: AppTest) -> None:
        to(app, "rubrics", trait=TRAIT)
        links = [
            one.proto for one in walk(app.main) if "page_link" in str(getattr(one, "type", ""))
        ]
        (link,) = (one for one in links if "nearer to people" in one.label)
        assert "view=two" in link.query_string or "view=two" in str(link)

    @pytest.mark.parametrize("view", ["", "two"])
    def test_a_look_at_the_test_part_asks_first_and_is_counted(
        self, app: AppTest, made: Store, view: str
    ) -> None:
        traitbook("labels", "split", "--db", str(made.path))
        looked(made, "zoe", "before")
        part = {"on": "test"} if view else {"split": "test"}
        to(app, "agreement", view=view, a="judge:m#1", c="judge:small#2", **part)
        name = "compared" if view else "agreement"
        assert len(looks(made)) == 1 and not components(app, name)
        assert "looked at once, the last on" in app.info[0].value and "`zoe`" in app.info[0].value
        app.button[0].click().run()
        assert components(app, name) and len(looks(made)) == 2
        assert any("look 2 at the test part" in one.value for one in app.caption)
        app.run()
        assert len(looks(made)) == 2, "the same comparison is one look"

    def test_dev_is_what_is_meant_once_labels_are_split(self, app: AppTest, made: Store) -> None:
        to(app, "agreement", view="two", a="judge:m#1", c="judge:small#2")
        assert any("not split yet" in one.value for one in app.caption)
        whole = component(app, "compared")["rows"][0]["n"]
        traitbook("labels", "split", "--db", str(made.path))
        to(app, "agreement", view="two", a="judge:m#1", c="judge:small#2")
        assert component(app, "compared")["rows"][0]["n"] == whole // 2

    @pytest.mark.parametrize("who", ["judge:nobody", "judge:m#1@zzz"])
    def test_somebody_nobody_knows_is_a_sentence(self, app: AppTest, who: str) -> None:
        to(app, "agreement", view="two", a=who, c="judge:small#2")
        assert not app.exception and app.warning
        to(app, "agreement", view="", a="judge:nobody", b="people")
        assert not app.exception and "has rated nothing here" in app.warning[0].value


class TestFaults:
    """Where there is no number, the page and the command say why."""

    def both(self, store: Store, monkeypatch: Any, a: str, b: str) -> tuple[AppTest, str]:
        monkeypatch.setenv("TRAITBOOK_DB", str(store.path))
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        to(app, "agreement", a=a, b=b)
        assert not app.exception and not app.error
        done = traitbook("agree", "--between", a, b, "--db", str(store.path))
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
        return app, done.stdout + done.stderr

    @pytest.fixture
    def ids(self, store: Store, talk: Any, rubrics: dict[str, Rubric]) -> list[str]:
        add(store, [talk(f"Q{n}", "Fine.", scenario=f"s{n}") for n in range(30)], rubrics)
        return [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]

    def rate(self, store: Store, rubric: Rubric, ids: list[str], who: Rater, value: Any) -> None:
        status = "not_applicable" if value is None else "rated"
        for one in ids:
            rating = Rating(one, rubric.trait, who, status, value, message=2)
            save_review(store, rating, {rubric.trait: rubric}, Circumstances("blind"))

    def test_words_that_changed_since_the_label(
        self, store: Store, ids: list[str], rubrics: Any, monkeypatch: Any
    ) -> None:
        self.rate(store, rubrics[TRAIT], ids, ANN, 1.0)
        self.rate(store, reworded(rubrics), ids, BEN, 1.0)
        app, told = self.both(store, monkeypatch, "person:ann", "person:ben")
        assert "30 times the other answered another version of the rubric" in app.info[0].value
        assert "another version of the rubric" in told
        done = traitbook(
            "agree", "--between", "ann", "ben", "--any-version", "--db", str(store.path)
        )
        assert "praise_fit  30" in done.stdout

    def test_one_label(self, store: Store, ids: list[str], rubrics: Any, monkeypatch: Any) -> None:
        self.rate(store, rubrics[TRAIT], ids, ANN, 1.0)
        self.rate(store, rubrics[TRAIT], ids[:1], BEN, 1.0)
        app, told = self.both(store, monkeypatch, "person:ann", "person:ben")
        (row,) = components(app, "agreement")[0]["rows"]
        assert row["alpha"]["told"] == "\u2013" and "less than two units" in row["note"]
        assert "less than two units" in told

    def test_all_alike(self, store: Store, ids: list[str], rubrics: Any, monkeypatch: Any) -> None:
        for who in (ANN, BEN):
            self.rate(store, rubrics[TRAIT], ids, who, 0.0)
        app, told = self.both(store, monkeypatch, "person:ann", "person:ben")
        (row,) = components(app, "agreement")[0]["rows"]
        assert row["raw"] == "100.0%" and row["alpha"]["tip"] == "undefined"
        assert "every rating is the same" in row["note"] and "every rating is the same" in told

    def test_a_rater_that_only_said_not_applicable(
        self, store: Store, ids: list[str], rubrics: Any, monkeypatch: Any
    ) -> None:
        self.rate(store, rubrics[TRAIT], ids, ANN, 1.0)
        self.rate(store, rubrics[TRAIT], ids, BEN, None)
        app, told = self.both(store, monkeypatch, "person:ann", "person:ben")
        assert "30 times one says it does not apply" in app.info[0].value
        assert "one says it does not apply" in told

    def test_nothing_matches(
        self, store: Store, ids: list[str], rubrics: Any, monkeypatch: Any
    ) -> None:
        self.rate(store, rubrics[TRAIT], ids[:3], ANN, 1.0)
        self.rate(store, rubrics["candor_fit"], ids[3:], BEN, 1.0)
        app, told = self.both(store, monkeypatch, "person:ann", "person:ben")
        assert "3 times the other did not rate it" in app.info[0].value
        assert "these have rated nothing in common" in told

    def test_a_rater_whose_every_label_was_open(
        self, store: Store, ids: list[str], rubrics: Any, monkeypatch: Any
    ) -> None:
        self.rate(store, rubrics[TRAIT], ids, ANN, 1.0)
        rating = Rating(ids[0], TRAIT, BEN, "rated", 1.0, message=2)
        save_review(store, rating, rubrics, Circumstances("open"))
        app, told = self.both(store, monkeypatch, "person:ann", "person:ben")
        assert "`person:ben` gave no blind label here" in app.info[0].value
        assert "nothing in common" in told

    def test_fewer_than_two_raters(
        self, store: Store, ids: list[str], rubrics: Any, monkeypatch: Any
    ) -> None:
        self.rate(store, rubrics[TRAIT], ids, ANN, 1.0)
        monkeypatch.setenv("TRAITBOOK_DB", str(store.path))
        app = to(AppTest.from_file(str(ROOT / "app.py"), default_timeout=30), "agreement")
        assert "Only `person:ann` has rated yet" in app.info[0].value
        done = traitbook("agree", "--between", "ann", "ben", "--db", str(store.path))
        assert done.returncode == 2 and "no rater 'ben'; there are: person:ann" in done.stderr


NOBODY = (
    ("means",), ("agree", "--between", "ann", "ben"), ("compare", "r1", "r2"), ("trend",),
    ("pressure",), ("score", "--signals"), ("queue", "make", "q"), ("report", "r2", "-o", "x.html"),
    ("export", "ratings", "-o", "x.csv"), ("export", "transcripts", "-o", "x.jsonl"),
    ("export", "preferences", "-o", "x.jsonl"),
    ("export", "preferences", "--as", "native", "-o", "x.jsonl"),
    ("export", "ratings", "--as", "scout", "-o", "x.csv"), ("check-judge", "--judge", "m"),
)  # fmt: skip


@pytest.mark.parametrize("command", NOBODY, ids=" ".join)
def test_a_trait_that_nobody_has_is_said_by_every_command_alike(
    made: Store, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = traitbook(*command, "--trait", "prase_fit", "--db", str(made.path), cwd=tmp_path)
    assert done.returncode == 2 and not done.stdout
    assert "'prase_fit'; did you mean praise_fit? there are: " in done.stderr, done.stderr
    assert not list(tmp_path.glob("x.*"))


@pytest.mark.parametrize(
    "command",
    [
        one
        for one in NOBODY
        if one[0] not in ("compare", "report", "check-judge", "trend", "pressure")
    ],
    ids=" ".join,
)
def test_a_release_that_nobody_has_is_said_too(
    made: Store, tmp_path: Path, command: tuple[str, ...]
) -> None:
    trait = ("--trait", TRAIT) if command[:2] in (("queue", "make"), ("export", "ratings")) else ()
    done = traitbook(*command, *trait, "--release", "r7", "--db", str(made.path), cwd=tmp_path)
    assert done.returncode == 2 and "no release 'r7'; there are: r1, r2" in done.stderr, done.stderr


def test_a_trait_that_was_compared_in_pairs_alone(made: Store) -> None:
    done = traitbook("means", "--trait", PAIRED, "--db", str(made.path))
    assert done.returncode == 2 and "compared in pairs alone" in done.stderr
