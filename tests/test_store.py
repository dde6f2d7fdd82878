"""The store: the same twice changes nothing, whole transcripts only, ratings are history."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reviews.queues import Entry
from rubrics import Preference, Quote, Rater, Rating, Rubric, load_all
from store import Store, StoreError, naming
from store import transcripts as said
from store.adding import add
from store.claims import claim, item_of
from store.means import means
from store.queues import make_queue
from store.ratings import of_transcripts, save
from store.releases import HANGING, merge, order, releases, rename
from store.reviewing import Circumstances, save_preference
from store.searching import search, to_match
from tests.conftest import ROOT
from transcripts import Message, Part, Said, Score, Transcript, read

Talk = Callable[..., Transcript]
INTEGRITY = "INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')"


class TestAdding:
    def test_what_goes_in_comes_out(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        parts = (
            Part("thinking", "hm"),
            Part("text", "Yes."),
            Part("tool_call", name="f", data="{}"),
        )
        talk = Transcript(
            (Message.plain("system", "Be brief"), Message.plain("user", "Hi"), Message("assistant", parts)),
            release="r", scenario="s", sample=2, model="m", metadata={"a": [1, {"b": None}]}, source="f: line 1",
        )  # fmt: skip
        add(store, [talk], rubrics)
        assert said.get(store, talk.id) == talk
        assert said.get(store, talk.id[:6]) == talk

    def test_the_same_twice_changes_nothing(self, store: Store, talk: Talk) -> None:
        many = [talk(f"q{n}", "a", scenario=f"s{n}") for n in range(20)]
        first, again = add(store, many, {}), add(store, many, {})
        assert (first.new, again.new, again.unchanged) == (20, 0, 20)
        assert store.one("SELECT count(*) FROM messages") == 40
        assert store.one("SELECT count(*) FROM imports") == 1

    def test_a_missing_sample_is_the_next_free_number(self, store: Store, talk: Talk) -> None:
        add(
            store,
            [talk("q", "one"), talk("q", "two"), talk("q", "one"), talk("q", "three", sample=7)],
            {},
        )
        add(store, [talk("q", "four"), talk("q", "two")], {})
        rows = store.rows("SELECT sample FROM transcripts ORDER BY key")
        assert [row[0] for row in rows] == [1, 2, 7, 8]

    def test_metadata_is_no_part_of_the_id(self, talk: Talk) -> None:
        assert talk("q", "a", metadata={"x": 1}).id == talk("q", "a").id
        assert talk("q", "a").id != talk("q", "b").id != talk("q", "b", release="r2").id

    def test_scores_of_a_log_scored_anew_come_along(self, store: Store, talk: Talk) -> None:
        add(store, [talk("q", "a")], {})
        scored = talk("q", "a", scores=(Score("x", "j", 0.5, scale=(0, 1)),))
        assert add(store, [scored], {}).ratings == 1
        assert add(store, [scored], {}).ratings == 0

    def test_a_killed_import_is_completed_by_the_same_command(self, tmp_path: Path) -> None:
        """kill -9 at random moments: only ever whole transcripts, all of them searchable."""
        source = tmp_path / "many.jsonl"
        subprocess.run(
            [sys.executable, "-c", GENERATE, str(source), "4000"], check=True, timeout=60
        )
        path = tmp_path / "t.db"
        rng = random.Random(3)
        command = [sys.executable, str(ROOT / "cli.py"), "import", str(source), "--db", str(path)]
        seen = []
        for _ in range(4):
            going = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.9, 2.2))
            going.send_signal(signal.SIGKILL)
            going.wait()
            if path.exists():
                store = Store(path)
                count = store.one("SELECT count(*) FROM transcripts")
                assert store.one("SELECT count(*) FROM messages") == 6 * count
                assert store.one("SELECT count(*) FROM messages_fts_docsize") == 6 * count
                store.connection().execute(INTEGRITY)
                seen.append(count)
                store.close()
        assert (
            subprocess.run(command, check=False, timeout=120, capture_output=True).returncode == 0
        )
        store = Store(path)
        assert store.one("SELECT count(*) FROM transcripts") == 4000
        assert (
            store.one(
                "SELECT count(*) FROM messages WHERE transcript NOT IN (SELECT key FROM transcripts)"
            )
            == 0
        )


GENERATE = """
import json, sys
with open(sys.argv[1], "w") as out:
    for n in range(int(sys.argv[2])):
        ms = [{"role": "user" if k % 2 == 0 else "assistant", "content": f"{n} words {k} " * 30} for k in range(6)]
        out.write(json.dumps({"release": "r", "messages": ms}) + "\\n")
"""


class TestRatings:
    def test_a_changed_mind_is_a_later_rating(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        one = talk("q", "You are right.")
        add(store, [one], rubrics)
        by = Rater("person", "Ida")
        quote = Quote("You are", 2, 0, 0, 7, "exact")
        first = Rating(one.id, "praise_fit", by, "rated", 2, message=2, quotes=(quote,))
        second = Rating(one.id, "praise_fit", by, "rated", 0, message=2, reason="earned")
        assert save(store, [first, first], rubrics) == 1
        assert save(store, [second], rubrics) == 1
        (latest,) = of_transcripts(store, [one.id])
        assert (latest.value, latest.reason, latest.quotes) == (0, "earned", ())
        history = list(of_transcripts(store, [one.id], history=True))
        assert [r.value for r in history] == [2, 0]
        assert history[0].quotes == (quote,)

    def test_each_rater_stands_alone(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        one = talk("q", "a")
        add(store, [one], rubrics)
        raters = [Rater("judge", "m", "v1"), Rater("judge", "m", "v2"), Rater("person", "m")]
        save(
            store, [Rating(one.id, "warmth_fit", r, "rated", 1, message=2) for r in raters], rubrics
        )
        assert {r.rater for r in of_transcripts(store, [one.id])} == set(raters)

    def test_all_or_none(self, store: Store, talk: Talk, rubrics: dict[str, Rubric]) -> None:
        one = talk("q", "a")
        add(store, [one], rubrics)
        by = Rater("person", "Ida")
        good = Rating(one.id, "warmth_fit", by, "rated", 1)
        bad = Rating("no-such-id", "warmth_fit", by, "rated", 1)
        with pytest.raises(StoreError, match="no transcript"):
            save(store, [good, bad], rubrics)
        assert store.one("SELECT count(*) FROM ratings") == 0

    def test_an_imported_value_off_its_scale_is_unscored(self, store: Store, talk: Talk) -> None:
        scores = (
            Score("x", "j", 9.0, scale=(0, 5)),
            Score("y", "j", None, status="unscored", reason="mild"),
        )
        add(store, [talk("q", "a", scores=scores)], {})
        found = {r.trait: (r.status, r.why, r.reason) for r in of_transcripts(store, ids(store))}
        assert found["x"] == ("unscored", "off_scale", "9 is not on the scale 0..5.")
        assert found["y"] == ("unscored", "no_number", "mild")

    def test_missing_quotes_are_kept_as_missing(self, store: Store, talk: Talk) -> None:
        score = Score(
            "x", "j", 1.0, quotes=(Said(2, "very words"), Said(2, "nowhere to be found here"))
        )
        add(store, [talk("q", "the very words", scores=(score,))], {})
        (rating,) = of_transcripts(store, ids(store))
        assert [(q.match, q.start) for q in rating.quotes] == [("exact", 4), ("missing", None)]

    def test_a_quote_stays_at_the_place_its_source_gives(self, store: Store, talk: Talk) -> None:
        said = (Said(2, "yes", 0, 10), Said(2, "yes"), Said(2, "yes", 0, 5))
        add(
            store,
            [talk("q", "yes, and, yes again", scores=(Score("x", "j", 1.0, quotes=said),))],
            {},
        )
        (rating,) = of_transcripts(store, ids(store))
        assert [q.start for q in rating.quotes] == [10, 0, 0]  # the last one lies: found anew

    def test_many_writers_lose_nothing(
        self, tmp_path: Path, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        store = Store(tmp_path / "t.db")
        many = [talk(f"q{n}", "a", scenario=f"s{n}") for n in range(10)]
        add(store, many, rubrics)

        def write(name: int) -> None:
            for one in many:
                by = Rater("person", f"p{name}")
                save(store, [Rating(one.id, "warmth_fit", by, "rated", 1, message=2)], rubrics)
            store.close()

        threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.one("SELECT count(*) FROM ratings") == 80


def ids(store: Store) -> list[str]:
    return [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]


class TestMeans:
    def test_turns_first_then_transcripts_and_unscored_is_never_zero(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        many = [talk("q", "a", "q", "b", scenario=f"s{n}") for n in range(4)]
        add(store, many, rubrics)
        by = Rater("judge", "m", "v")

        def rated(n: int, message: int, value: int | None, why: str = "") -> Rating:
            status = "unscored" if why else "rated" if value is not None else "not_applicable"
            return Rating(many[n].id, "praise_fit", by, status, value, message=message, why=why)  # type: ignore[arg-type]

        save(
            store,
            [
                rated(0, 2, 2), rated(0, 4, 0),
                rated(1, 2, -1), rated(1, 4, None, "timeout"),
                rated(2, 2, None), rated(2, 4, None),
                rated(3, 2, None, "refusal"), rated(3, 4, None, "refusal"),
            ],
            rubrics,
        )  # fmt: skip
        (one,) = means(store)
        assert (one.n, one.not_applicable, one.unscored) == (2, 1, 1)
        assert one.mean == pytest.approx((1.0 + -1.0) / 2)
        assert one.under == pytest.approx((0 + 1) / 2)
        assert one.over == pytest.approx((0.5 + 0) / 2)
        assert one.mean_abs == pytest.approx((1 + 1) / 2)
        assert one.coverage == pytest.approx((1 + 0.5 + 0) / 3)

    def test_repeats_are_averaged_within_a_turn(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        one = talk("q", "a", "q", "b")
        add(store, [one], rubrics)
        by = Rater("judge", "m", "v")
        given = [(2, 1, 3), (2, 2, 1), (2, 3, 2), (4, 1, 0)]
        save(
            store,
            [
                Rating(one.id, "engagement_pull", by, "rated", v, message=m, repeat=k)
                for m, k, v in given
            ],
            rubrics,
        )
        (mean,) = means(store)
        assert mean.mean == pytest.approx(1.0) and mean.n == 1
        assert mean.under is None and mean.over is None

    def test_a_whole_rating_does_not_mix_with_turns(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        one = talk("q", "a", "q", "b")
        add(store, [one], rubrics)
        by = Rater("person", "Ida")
        told = [
            ("praise_fit", None, -2),
            ("praise_fit", 2, 1),
            ("stance_fit", None, -2),
            ("stance_fit", 2, 1),
        ]
        save(store, [Rating(one.id, t, by, "rated", v, message=m) for t, m, v in told], rubrics)
        found = {mean.trait: mean.mean for mean in means(store)}
        assert found == {"praise_fit": 1.0, "stance_fit": -2.0}

    def test_the_examples_mean_what_their_authors_meant(self, examples: Path) -> None:
        rows = {(m.trait, m.release): m for m in means(Store(examples)) if m.rater == "author"}
        for trait, worse in (
            ("pushback_fit", "under"),
            ("stance_fit", "under"),
            ("praise_fit", "over"),
        ):
            shares = [getattr(rows[trait, f"fennel-{n}"], worse) for n in (1, 2, 3)]
            assert shares[1] > 0.3 > max(shares[0], shares[2]), trait
        assert rows["warmth_fit", "fennel-1"].under > 0.4
        traits = {trait for trait, _ in rows}
        assert len(traits) >= 15


class TestSearch:
    @pytest.fixture
    def full(self, store: Store, talk: Talk) -> Store:
        add(
            store,
            [
                talk("Is the caf\xe9 flattering?", f"It's a well-known {w}.", scenario=w)
                for w in ("fact", "fad", "face")
            ],
            {},
        )
        return store

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("fact", 1), ("fa*", 3), ('"well-known face"', 1), ("cafe", 3), ("flatter*", 3),
            ("it's", 3), ("well-known", 3), ("known fact", 1), ("nothing", 0), ("", 0),
        ],
    )  # fmt: skip
    def test_words_phrases_prefixes(self, full: Store, query: str, count: int) -> None:
        assert search(full, query).total == count

    @pytest.mark.parametrize(
        "query",
        ["AND", "foo-bar", "persona: warm", "(x", '"', '""', "*", "NEAR(", "a OR", "^b", "x'; DROP TABLE messages;--",
         "\0", "{a b}: c", "-", "+", "\\", "\U0001f642", "a" * 10_000, '"a" "b', "col:*"],
    )  # fmt: skip
    def test_hostile_input_is_just_words(self, full: Store, query: str) -> None:
        found = search(full, query)
        assert found.total >= 0 and full.one("SELECT count(*) FROM messages") == 6
        to_match(query)

    def test_a_release_narrows(self, full: Store, talk: Talk) -> None:
        add(full, [talk("q", "another fact", release="r2")], {})
        assert search(full, "fact").total == 2
        assert [hit.release for hit in search(full, "fact", release="r2").hits] == ["r2"]
        assert search(full, "fact", release="none").total == 0


class TestReleases:
    def test_order_rename_merge(self, store: Store, talk: Talk, rubrics: dict[str, Rubric]) -> None:
        add(store, [talk("q", "a", release=r) for r in ("a", "b", "c")], rubrics)
        order(store, ["c", "a"])
        assert [r.name for r in releases(store)] == ["c", "a", "b"]
        with pytest.raises(StoreError, match="no release 'x'"):
            order(store, ["x"])
        rename(store, "a", "a2")
        assert said.get(store, talk("q", "a", release="a2").id).release == "a2"
        with pytest.raises(StoreError, match="use 'release merge"):
            rename(store, "b", "c")
        with pytest.raises(StoreError, match="no release 'zz'"):
            rename(store, "zz", "y")

    def test_merging_keeps_both_s_ratings(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        old, new, only = (
            talk("q", "a", release="old"),
            talk("q", "a", release="new"),
            talk("q", "b", release="old", sample=2),
        )
        add(store, [old, new, only], rubrics)
        by = Rater("person", "Ida")
        for one, value in ((new, 1), (old, -1)):
            save(store, [Rating(one.id, "warmth_fit", by, "rated", value, message=2)], rubrics)
        save(store, [Rating(old.id, "candor_fit", by, "rated", 1, message=2)], rubrics)
        assert merge(store, "old", "new") == (1, 1)
        assert [r.name for r in releases(store)] == ["new"]
        latest = {r.trait: r.value for r in of_transcripts(store, [new.id])}
        assert latest == {"warmth_fit": -1, "candor_fit": 1}
        assert len(list(of_transcripts(store, [new.id], history=True))) == 3

    def test_merging_moves_every_table_that_refers_to_transcripts(self, store: Store) -> None:
        tables = [
            row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        there = {
            (table, row["from"])
            for table in tables
            for row in store.rows(f"PRAGMA foreign_key_list({table})")
            if row["table"] == "transcripts"
        }
        assert there - {("messages", "transcript")} == set(HANGING)

    def test_merging_keeps_queues_and_what_a_judge_was_paid_for(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        old, new = talk("q", "a", release="old"), talk("q", "a", release="new")
        add(store, [old, new], rubrics)
        ida = Rater("person", "Ida")
        save(store, [Rating(old.id, "warmth_fit", ida, "rated", 1, message=2)], rubrics)
        queue = make_queue(store, "first", [Entry(old.id, "at random", message=2)], ["warmth_fit"])
        item = claim(store, queue, ida)
        with store.write() as connection:
            connection.execute(
                "INSERT INTO calls (transcript, rubric, rater, repeat, step, status, cost, at) "
                "SELECT transcript, rubric, rater, 1, 'rate', 'ok', 0.5, at FROM ratings"
            )
        merge(store, "old", "new")
        assert item is not None
        kept = item_of(store, item.key, ida)
        assert kept is not None and kept.transcript == new.id
        assert store.one("SELECT sum(cost) FROM calls") == 0.5

    def test_merging_equal_conversations_leaves_none_compared_with_itself(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        old, new, third = (talk("q", "a", release=name) for name in ("old", "new", "third"))
        add(store, [old, new, third], rubrics)
        judge = Rater("judge", "j", "1")
        for one, other in ((old, new), (new, old), (old, third)):
            save_preference(
                store, Preference(one.id, other.id, "warmth_fit", judge, "first"), Circumstances()
            )
        merge(store, "old", "new")
        kept = store.rows(
            "SELECT a.id AS one, b.id AS other FROM preferences p "
            "JOIN transcripts a ON a.key = p.first JOIN transcripts b ON b.key = p.second"
        )
        assert [(row["one"], row["other"]) for row in kept] == [(new.id, third.id)]


class TestRemoving:
    def test_all_that_hangs_on_it_goes(
        self, store: Store, talk: Talk, rubrics: dict[str, Rubric]
    ) -> None:
        gone, stays = talk("a very private matter", "a"), talk("q", "b", scenario="s2")
        add(store, [gone, stays], rubrics)
        by = Rater("person", "Ida")
        for value in (1, 0, 2):
            quote = Quote("a", 2, 0, 0, 1, "exact")
            save(
                store,
                [Rating(gone.id, "warmth_fit", by, "rated", value, message=2, quotes=(quote,))],
                rubrics,
            )
        pair = Rating(stays.id, "belief_mirroring", by, "rated", 1, other=gone.id)
        save(store, [pair], rubrics)
        assert said.remove(store, [gone.id]) == 1
        for table in ("ratings", "quotes"):
            assert store.one(f"SELECT count(*) FROM {table}") == 0, table
        assert search(store, "private").total == 0
        store.connection().execute(INTEGRITY)
        assert [row["name"] for row in store.rows("SELECT name FROM scenarios")] == ["s2"]

    def test_a_whole_import(self, store: Store, talk: Talk) -> None:
        add(store, [talk("q", "a")], {})
        key = add(store, [talk("q", "b", scenario=f"s{n}") for n in range(5)], {}).import_key
        assert said.remove(store, import_key=key) == 5
        assert len(ids(store)) == 1


def test_the_file_reads_well_elsewhere(examples: Path) -> None:
    """The sqlite3 shell and Datasette: readable views, searchable text, no broken link."""
    store = Store(examples)
    row = store.rows("SELECT * FROM current_ratings WHERE rater = 'author' LIMIT 1")[0]
    assert row["release"].startswith("fennel") and row["trait"] and row["scenario"]
    assert store.rows("PRAGMA foreign_key_check") == []
    assert store.one("PRAGMA integrity_check") == "ok"
    sql = "SELECT sql FROM sqlite_master WHERE name = 'messages_fts'"
    assert 'content="messages"' in store.one(sql)  # what Datasette looks for
    assert all("STRICT" in row["sql"] for row in store.rows(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL AND name NOT LIKE '%fts%' "
        "AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite_%'"))  # fmt: skip


def test_preferences_are_values(rubrics: dict[str, Rubric]) -> None:
    one = Preference("a", "b", "warmth_fit", Rater("person", "Ida"), "tie")
    assert one == Preference("a", "b", "warmth_fit", Rater("person", "Ida"), "tie")


def test_examples_are_matched_and_marked(examples: Path) -> None:
    found = list(said.each(Store(examples)))
    assert len(found) == 129
    by_scenario: dict[str, list[Transcript]] = {}
    for one in found:
        assert one.metadata["synthetic"] is True
        by_scenario.setdefault(one.scenario, []).append(one)
    assert len(by_scenario) == 43
    for scenario, three in by_scenario.items():
        assert [t.release for t in three] == ["fennel-1", "fennel-2", "fennel-3"], scenario
        assert len({next(m.text for _, m in t.numbered("user")) for t in three}) == 1, scenario
        assert len({len(t.messages) for t in three} & set(range(2, 25))) >= 1
    assert read is not None


class TestNaming:
    def rated(self, store: Store, talk: Talk, *raters: str) -> None:
        one = talk("Is 91 prime?", "No.")
        add(store, [one], {})
        rubric = load_all()["engagement_pull"]
        for name in raters:
            rater = Rater.parse(name)
            save(
                store,
                [Rating(one.id, "engagement_pull", rater, "rated", 1.0)],
                {"engagement_pull": rubric},
            )

    def test_a_bare_name_does_where_it_is_unambiguous(self, store: Store, talk: Talk) -> None:
        self.rated(store, talk, "judge:m#1", "judge:m#2", "person:ann", "imported:ann")
        assert str(naming.named(store, "judge:m#2").rater) == "judge:m#2"
        assert str(naming.named(store, "m#1").rater) == "judge:m#1"
        assert str(naming.named(store, "person:ann").rater) == "person:ann"
        with pytest.raises(StoreError, match="several raters: person:ann, imported:ann"):
            naming.named(store, "ann")
        with pytest.raises(
            StoreError, match="no rater 'bob' on engagement_pull; there are: judge:m#1"
        ):
            naming.named(store, "bob", "engagement_pull")

    def test_the_latest_judge_where_nobody_says(self, store: Store, talk: Talk) -> None:
        with pytest.raises(StoreError, match="nobody has rated engagement_pull"):
            naming.default(store, "engagement_pull")
        self.rated(store, talk, "person:ann")
        assert str(naming.default(store, "engagement_pull").rater) == "person:ann"
        self.rated(store, talk, "signal:praise")
        with pytest.raises(StoreError, match="choose one with --rater"):
            naming.default(store, "engagement_pull")
        self.rated(store, talk, "judge:m#1", "judge:m#2")
        assert str(naming.default(store, "engagement_pull").rater) == "judge:m#2"
