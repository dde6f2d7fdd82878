"""Queues, claims, blind ratings and their history, comments, splits: on a real database."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from reviews.queues import BadQueue, Candidate, Entry, Plan, pair_entries, plan_entries
from rubrics import Preference, Quote, Rater, Rating, Rubric
from store import Store, StoreError
from store import transcripts as said
from store.adding import add
from store.candidates import candidates
from store.claims import before, claim, finish, item_of
from store.comments import Remark, comment, comments, resolve
from store.frames import answers, places, sources
from store.labels import labels
from store.means import means
from store.naming import named
from store.queues import make_queue, pace, queue_named, queues, weights
from store.ratings import save
from store.reviewing import (
    Circumstances,
    given,
    preferences_of,
    save_preference,
    save_review,
    undo,
)
from store.splits import keep_splits, labelled, looked, looks, splits
from tests.conftest import command as traitbook

ANN, BEN = Rater("person", "ann"), Rater("person", "ben")
JUDGE = Rater("judge", "m", "1")


@pytest.fixture
def ids(store: Store, talk, rubrics: dict[str, Rubric]) -> list[str]:  # type: ignore[no-untyped-def]
    made = [
        talk(f"Is {n} prime?", "No.", "Sure?", "Yes.", scenario=f"s{n}", release=r)
        for n in range(6) for r in ("r1", "r2")
    ]  # fmt: skip
    add(store, made, rubrics)
    return [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]


def rated(transcript: str, value: float, rater: Rater = ANN, **more: object) -> Rating:
    return Rating(transcript, "praise_fit", rater, "rated", value, **{"message": 2, **more})  # type: ignore[arg-type]


def a_queue(store: Store, ids: list[str], **more: object) -> int:
    entries = [Entry(one, "why", **{"message": 2, **more}) for one in ids]  # type: ignore[arg-type]
    return make_queue(store, "q", entries, ["praise_fit"])


class TestOrders:
    POPULATION = [
        Candidate(f"t{n}", f"s{n // 2}", f"r{n % 2}", values={"judge:m": float(value), "signal:x": 0.0})
        for n, value in enumerate([0] * 90 + [1] * 8 + [2] * 2)
    ]  # fmt: skip

    def test_strata_are_even_and_weights_bring_the_population_back(self) -> None:
        plan = Plan("stratified", size=30, rater="judge:m", twice=0)
        entries = plan_entries(self.POPULATION, plan)
        assert Counter(one.stratum for one in entries) == {"0": 20, "1": 8, "2": 2}
        assert sum(one.weight for one in entries) == pytest.approx(100)
        mean = sum(float(one.stratum or 0) * one.weight for one in entries) / 100
        assert mean == pytest.approx((8 + 4) / 100)

    def test_the_order_tells_nothing_and_is_the_same_again(self) -> None:
        plan = Plan("stratified", size=30, rater="judge:m")
        entries = plan_entries(self.POPULATION, plan)
        assert [one.stratum for one in entries] != sorted(str(one.stratum) for one in entries)
        assert entries == plan_entries(self.POPULATION, plan)
        assert entries != plan_entries(self.POPULATION, replace(plan, seed=1))

    def test_a_share_is_read_by_one_more(self) -> None:
        entries = plan_entries(self.POPULATION, Plan(size=50, twice=0.2, readings=1))
        assert Counter(one.readings for one in entries) == {1: 40, 2: 10}

    def test_disagreement_takes_the_widest_and_says_so(self) -> None:
        entries = plan_entries(self.POPULATION, Plan("disagreement", size=4))
        assert {"t98", "t99"} <= {one.transcript for one in entries}
        assert "judge:m +2" in next(one for one in entries if one.transcript == "t98").why

    def test_change_takes_both_sides_of_a_scenario(self) -> None:
        ones = [
            Candidate(f"{s}{r}", s, r, values={"judge:m": v})
            for s, r, v in [("a", "r1", 0), ("a", "r2", 2), ("b", "r1", 1), ("b", "r2", 1)]
        ]
        entries = plan_entries(ones, Plan("change", releases=("r1", "r2")))
        assert {one.transcript for one in entries} == {"ar1", "ar2"}

    def test_unscored_come_before_flagged(self) -> None:
        ones = [
            Candidate("a", "a", "r", values={"m": 2}), Candidate("b", "b", "r", unscored=1),
            Candidate("c", "c", "r", values={"m": 0}),
        ]  # fmt: skip
        assert {e.transcript for e in plan_entries(ones, Plan("unscored", size=1))} == {"b"}
        assert {e.transcript for e in plan_entries(ones, Plan("unscored"))} == {"a", "b"}

    @pytest.mark.parametrize(
        ("plan", "ones"),
        [
            (Plan("change"), POPULATION), (Plan("astrology"), POPULATION), (Plan(), []),
            (Plan("stratified", rater="judge:nobody"), POPULATION),
            (Plan("disagreement"), [Candidate("a", "s", "r")]),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said(self, plan: Plan, ones: list[Candidate]) -> None:
        with pytest.raises(BadQueue):
            plan_entries(ones, plan)

    def test_pairs_are_of_one_scenario(self, store: Store, ids: list[str]) -> None:
        found = candidates(store, ["praise_fit"])
        entries = pair_entries([Candidate(one.transcript, one.scenario, one.release) for one in found],
                               Plan(releases=("r1", "r2")))  # fmt: skip
        assert len(entries) == 6
        for one in entries:
            assert one.other is not None
            sides = [said.get(store, identity) for identity in (one.transcript, one.other)]
            assert [side.release for side in sides] == ["r1", "r2"]
            assert sides[0].scenario == sides[1].scenario


class TestClaims:
    def test_two_people_never_get_one_slot(self, store: Store, ids: list[str]) -> None:
        key = a_queue(store, ids[:5])
        got: list[tuple[str, int]] = []

        def read(name: str) -> None:
            while item := claim(store, key, Rater("person", name)):
                got.append((name, item.key))
                finish(store, item.key, Rater("person", name))
            store.close()

        threads = [threading.Thread(target=read, args=(f"p{n}",)) for n in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert len(got) == 5 == len({item for _, item in got})
        assert queue_named(store, "q").done == 5

    def test_what_is_read_twice_goes_to_two_people(self, store: Store, ids: list[str]) -> None:
        key = a_queue(store, ids[:1], readings=2)
        first, second = claim(store, key, ANN), claim(store, key, BEN)
        assert first and second and first.key == second.key
        assert claim(store, key, Rater("person", "cat")) is None
        again = claim(store, key, ANN)
        assert again is not None and again.key == first.key, "the open one comes back"

    def test_an_expired_claim_is_given_away_and_its_rating_kept(
        self, store: Store, ids: list[str], rubrics: dict[str, Rubric]
    ) -> None:
        key = a_queue(store, ids[:1])
        mine = claim(store, key, ANN, clock=1000.0)
        assert mine is not None
        assert claim(store, key, BEN, clock=1000.0 + 59 * 60) is None
        theirs = claim(store, key, BEN, clock=1000.0 + 61 * 60)
        assert theirs is not None and theirs.key == mine.key
        how = Circumstances("blind", item=mine.key)
        assert save_review(store, rated(ids[0], 1), rubrics, how)
        late = finish(store, mine.key, ANN)
        assert late is not None and late.further
        assert save_review(store, rated(ids[0], 0, BEN), rubrics, how)
        finish(store, mine.key, BEN)
        one = queue_named(store, "q")
        assert (one.readings, one.done) == (1, 1), "the further reading is not counted as asked for"
        assert len(list(labels(store, named(store, "ann").key))) == 1

    def test_an_expired_claim_nobody_wanted_is_still_mine(
        self, store: Store, ids: list[str]
    ) -> None:
        key = a_queue(store, ids[:2])
        mine = claim(store, key, ANN, clock=0.0)
        again = claim(store, key, ANN, clock=1e6)
        assert mine and again and mine.key == again.key and not again.further

    def test_skipped_comes_back_last(self, store: Store, ids: list[str]) -> None:
        key = a_queue(store, ids[:3])
        seen = []
        item = claim(store, key, ANN)
        assert item is not None
        skipped = item.key
        item = claim(store, key, ANN, skip=skipped)
        while item is not None:
            seen.append(item.key)
            finish(store, item.key, ANN)
            item = claim(store, key, ANN)
        assert seen[-1] == skipped and len(seen) == 3

    def test_progress_pace_and_the_way_back(self, store: Store, ids: list[str]) -> None:
        key = a_queue(store, ids[:3])
        first = claim(store, key, ANN, clock=100.0)
        assert first
        finish(store, first.key, ANN, clock=130.0)
        second = claim(store, key, ANN, clock=130.0)
        assert second and queues(store, clock=131.0)[0].going == 1
        assert before(store, second, ANN) == first.key
        assert [(p.done, p.median) for p in pace(store, key)] == [(1, 30.0)]
        done = item_of(store, first.key, ANN)
        assert done and done.done and item_of(store, first.key, BEN) is None

    def test_a_name_is_given_once_and_weights_come_back(self, store: Store, ids: list[str]) -> None:
        key = a_queue(store, ids[:2], weight=3.5)
        assert weights(store, key) == {(one, 2): 3.5 for one in ids[:2]}
        with pytest.raises(StoreError, match="another name"):
            a_queue(store, ids)
        with pytest.raises(StoreError, match="no queue 'x'; there are: q"):
            queue_named(store, "x")

    def test_a_transcript_taken_out_leaves_the_queue(
        self, store: Store, ids: list[str], rubrics: dict[str, Rubric]
    ) -> None:
        key = a_queue(store, ids[:2])
        item = claim(store, key, ANN)
        assert item
        save_review(
            store, rated(item.transcript, 1), rubrics, Circumstances("blind", item=item.key)
        )
        look = comment(store, Remark(item.transcript, "ben", "look"))
        comment(store, Remark(item.transcript, "ann", "see", answers=look))
        said.remove(store, [item.transcript])
        assert item_of(store, item.key, ANN) is None and comments(store) == []
        with pytest.raises(StoreError, match="taken out"):
            save_review(store, rated(item.transcript, 0), rubrics, Circumstances("blind"))
        following = claim(store, key, ANN)
        assert following is not None and following.transcript == ids[1]


class TestRatings:
    def test_a_changed_mind_after_the_reveal_is_kept_and_not_counted(
        self, store: Store, ids: list[str], rubrics: dict[str, Rubric]
    ) -> None:
        save_review(store, rated(ids[0], 2), rubrics, Circumstances("blind"))
        save_review(store, rated(ids[0], 1), rubrics, Circumstances("blind"))
        save_review(store, rated(ids[0], -1), rubrics, Circumstances("after_reveal"))
        save_review(store, rated(ids[1], 2), rubrics, Circumstances("open"))
        assert [one.value for one in labels(store, named(store, "ann").key)] == [1]
        told = given(store, ids[0], ANN, history=True)
        assert [(one.rating.value, one.manner) for one in told] == [
            (2, "blind"), (1, "blind"), (-1, "after_reveal"),
        ]  # fmt: skip
        assert [one.rating.value for one in given(store, ids[0], ANN)] == [-1]

    def test_undo_brings_back_what_was_said_before_then_nothing(
        self, store: Store, ids: list[str], rubrics: dict[str, Rubric]
    ) -> None:
        how = Circumstances("blind", "oidc")
        quote = Quote("No.", 2, 0, 0, 3, "exact")
        save_review(store, rated(ids[0], 2, quotes=(quote,)), rubrics, replace(how, unsure=True))
        save_review(store, rated(ids[0], 1), rubrics, how)
        (last,) = given(store, ids[0], ANN)
        back = undo(store, last, rubrics, how)
        (now,) = given(store, ids[0], ANN)
        assert (back.value, now.rating.value, now.rating.quotes, now.unsure) == (
            2,
            2,
            (quote,),
            True,
        )
        save_review(store, rated(ids[1], 2), rubrics, how)
        (only,) = given(store, ids[1], ANN)
        assert undo(store, only, rubrics, how).why == "withdrawn"
        assert given(store, ids[1], ANN) == []
        assert len(given(store, ids[1], ANN, history=True)) == 2
        assert [one.value for one in labels(store, named(store, "ann").key)] == [2]
        (mean,) = means(store)
        assert (mean.n, mean.unscored, mean.coverage, mean.mean) == (1, 0, 1.0, 2.0)
        (source,) = sources(store)
        (counted,) = answers(store, [source], places(store))
        assert len(counted) == 1

    def test_a_turn_taken_back_does_not_hide_what_was_said_of_the_whole(
        self, store: Store, ids: list[str], rubrics: dict[str, Rubric]
    ) -> None:
        how = Circumstances("open")
        save_review(store, replace(rated(ids[0], 1), message=None), rubrics, how)
        save_review(store, rated(ids[0], 2), rubrics, how)
        (of_turn,) = [one for one in given(store, ids[0], ANN) if one.rating.message == 2]
        undo(store, of_turn, rubrics, how)
        (mean,) = means(store)
        assert (mean.n, mean.coverage, mean.mean) == (1, 1.0, 1.0)

    def test_the_same_again_is_not_kept_again_but_doubt_is(
        self, store: Store, ids: list[str], rubrics: dict[str, Rubric]
    ) -> None:
        how = Circumstances("blind")
        assert save_review(store, rated(ids[0], 2), rubrics, how)
        assert not save_review(store, rated(ids[0], 2), rubrics, how)
        assert save_review(store, rated(ids[0], 2), rubrics, replace(how, unsure=True))
        assert len(given(store, ids[0], ANN, history=True)) == 1

    def test_a_pair_s_answer_is_kept_with_its_history(self, store: Store, ids: list[str]) -> None:
        how = Circumstances("blind")
        one = Preference(ids[0], ids[1], "warmth_fit", ANN, "first")
        assert save_preference(store, one, how) and not save_preference(store, one, how)
        assert save_preference(store, replace(one, winner="tie"), how)
        assert [p.winner for p in preferences_of(store, ids[0], ids[1], ANN)] == ["tie"]
        assert store.one("SELECT count(*) FROM preferences") == 2

    def test_people_are_never_among_what_a_queue_is_made_of(
        self, store: Store, ids: list[str], rubrics: dict[str, Rubric]
    ) -> None:
        save(
            store,
            [rated(ids[0], 2), rated(ids[0], 1, JUDGE), rated(ids[0], -1, JUDGE, message=4)],
            rubrics,
        )
        turns = {
            (c.transcript, c.message): c for c in candidates(store, ["praise_fit"], by_turn=True)
        }
        assert len(turns) == 24
        assert turns[ids[0], 2].values == {"judge:m#1": 1} and turns[ids[0], 4].values == {
            "judge:m#1": -1
        }
        whole = candidates(store, ["praise_fit"], releases=["r1"], scenario="s0")
        assert [(one.transcript, one.values) for one in whole] == [(ids[0], {"judge:m#1": 0})]
        assert candidates(store, ["praise_fit"], scenario="%") == []


def test_history_goes_out_and_comes_back(
    store: Store, ids: list[str], rubrics: dict[str, Rubric], tmp_path: Path
) -> None:
    quote = Quote("No.", 2, 0, 0, 3, "exact")
    for value in (2, 1, -1):
        how = Circumstances("blind")
        save_review(
            store, rated(ids[0], value, quotes=(quote,), at=f"2026-01-0{3 - value}"), rubrics, how
        )
    files = [tmp_path / "latest.jsonl", tmp_path / "history.jsonl"]
    traitbook("export", "ratings", "-o", str(files[0]), "--db", str(store.path))
    traitbook("export", "ratings", "--history", "-o", str(files[1]), "--db", str(store.path))
    assert [len(one.read_text().splitlines()) for one in files] == [1, 3]
    traitbook("export", "transcripts", "-o", str(tmp_path / "t.jsonl"), "--db", str(store.path))
    other = str(tmp_path / "other.db")
    lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    bare = "".join(json.dumps({**line, "ratings": []}) + "\n" for line in lines)
    (tmp_path / "bare.jsonl").write_text(bare)
    traitbook("import", str(tmp_path / "bare.jsonl"), "--db", other)
    assert traitbook("import-ratings", str(files[1]), "--db", other).returncode == 0
    copy = Store(other)
    told = given(copy, ids[0], ANN, history=True)
    assert [one.rating.value for one in told] == [2, 1, -1]
    assert told[-1].rating.quotes == (quote,)
    assert traitbook("import-ratings", str(files[1]), "--db", other).returncode == 0
    assert len(given(copy, ids[0], ANN, history=True)) == 3, "the same again changes nothing"
    copy.close()


def test_comments_with_replies_tags_and_resolve(store: Store, ids: list[str]) -> None:
    words = Quote("No.", 2, 0, 0, 3, "exact")
    first = comment(store, Remark(ids[0], "ann", "Is that so? ", words, ("fact", " ", "fact")))
    reply = comment(store, Remark(ids[0], "ben", "No", answers=first))
    comment(store, Remark(ids[0], "ann", "I see", answers=reply))
    comment(store, Remark(ids[1], "ann", "Another"))
    found = comments(store, ids[0])
    assert [(one.author, one.text, one.answers) for one in found] == [
        ("ann", "Is that so?", None), ("ben", "No", first), ("ann", "I see", first),
    ]  # fmt: skip
    assert (found[0].quote, found[0].start, found[0].tags) == ("No.", 0, ("fact",))
    assert [one.key for one in comments(store, tag="fact")] == [one.key for one in found]
    resolve(store, reply, "ben")
    assert {one.transcript for one in comments(store, unresolved=True)} == {ids[1]}
    resolve(store, first, "ben", resolved=False)
    assert len(comments(store, unresolved=True)) == 4
    with pytest.raises(StoreError, match="says nothing"):
        comment(store, Remark(ids[0], "ann", "  "))
    with pytest.raises(StoreError, match="not there any more"):
        comment(store, Remark(ids[0], "ann", "To whom?", answers=999))


def test_a_split_is_made_once_and_looks_are_counted(
    store: Store, ids: list[str], rubrics: dict[str, Rubric]
) -> None:
    save(store, [rated(ids[0], 2), rated(ids[2], 2, JUDGE)], rubrics)
    assert labelled(store) == ["s0"]
    assert keep_splits(store, {"s0": "dev", "s1": "test", "gone": "dev"}) == 2
    assert keep_splits(store, {"s0": "test"}) == 0
    assert splits(store) == {"s0": "dev", "s1": "test"}
    assert (looked(store, "ann", "agree"), looked(store, "ann", "agree")) == (1, 2)
    assert [one.by for one in looks(store)] == ["ann", "ann"]


def test_a_database_from_before_is_brought_up_to_date(tmp_path: Path) -> None:
    from store import migrations

    path = tmp_path / "old.db"
    steps, migrations.STEPS[:] = list(migrations.STEPS), [
        one for one in migrations.STEPS if one.__name__ < "m004"
    ]  # fmt: skip
    try:
        Store(path).close()
    finally:
        migrations.STEPS[:] = steps
    made = Store(path)
    assert queues(made) == [] and comments(made) == []
    made.close()
