"""Agreement on pairs: worked values, one order of the two, sides taken, what matched nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.inter_rater import cohens_kappa

from reviews.pair_agreement import (
    apart,
    behind_pairs,
    confusion,
    heads,
    pair_ceilings,
    pairs_agreed,
    pairs_row,
    sides,
)
from reviews.pairs import Choice, choices, match_pairs, most_said
from reviews.queues import Entry
from rubrics import Preference, Rater, Rubric
from store import Store
from store.adding import add, now
from store.claims import claim, finish
from store.labels import Asked
from store.naming import named
from store.pair_labels import PairRow, pair_labels
from store.queues import make_queue
from store.ratings import Keys
from store.reviewing import Circumstances, save_preference
from tests.conftest import command as traitbook
from tests.conftest import said_json

ANN, BEN, CAT = (Rater("person", name) for name in ("ann", "ben", "cat"))
JUDGE = Rater("judge", "m", "1")
F, S, T = "first", "second", "tie"
TRAIT = "warmth_fit"


def choice(n: int, said: str, **more: Any) -> Choice:
    given: dict[str, Any] = {
        "pair": (f"a{n}", f"b{n}"), "trait": TRAIT, "version": "v1", "scenario": f"s{n}",
        "releases": ("r1", "r2"), "said": said,
    }  # fmt: skip
    return Choice(**{**given, **more})


def said(*outcomes: str, **more: Any) -> list[Choice]:
    return [choice(n, one, **more) for n, one in enumerate(outcomes)]


def row(pair: tuple[str, str], winner: str, **more: Any) -> PairRow:
    given: dict[str, Any] = {
        "trait": TRAIT, "version": "v1", "scenario": "s", "releases": ("r1", "r2"),
        "places": (1, 2), "swapped": None, "orders": None,
    }  # fmt: skip
    return PairRow(pair, winner=winner, **{**given, **more})


# Twelve pairs: 5 + 2 + 2 alike; on eight neither said tie, on seven of these they agree.
ONE = [F, F, F, F, F, T, T, S, S, S, F, T]
OTHER = [F, F, F, F, F, T, T, S, S, F, T, S]


class TestNumbers:
    def done(self) -> Any:
        return pairs_agreed(match_pairs(said(*ONE), said(*OTHER))[0])

    def test_by_hand(self) -> None:
        done = self.done()
        assert (done.n, done.untied, done.scenarios) == (12, 8, 12)
        told = {name: one.estimate for name, one in done.numbers.items()}
        assert told["raw"] == pytest.approx(9 / 12) and told["raw_untied"] == pytest.approx(7 / 8)
        # Used by both together: 12 first, 6 ties, 6 second, of 24 answers.
        expected = 1 - (12 * 11 + 6 * 5 + 6 * 5) / (24 * 23)
        assert told["alpha"] == pytest.approx(1 - (3 / 12) / expected)
        chance = sum(p * (1 - p) for p in (12 / 24, 6 / 24, 6 / 24)) / 2
        assert told["ac1"] == pytest.approx((9 / 12 - chance) / (1 - chance))

    def test_kappa_is_that_of_two_other_libraries(self) -> None:
        done = self.done()
        order = [F, T, S]
        table = confusion_matrix(ONE, OTHER, labels=order)
        assert confusion(done.matched) == table.tolist()
        kappa = done.numbers["kappa"].estimate
        assert kappa == pytest.approx(cohen_kappa_score(ONE, OTHER, labels=order))
        assert kappa == pytest.approx(cohens_kappa(table).kappa)

    def test_every_number_has_its_interval_over_scenarios(self) -> None:
        rng = np.random.default_rng(0)
        truth = rng.choice([F, S, T], 90)
        other = np.where(rng.random(90) < 0.3, rng.choice([F, S, T], 90), truth)
        numbers = pairs_agreed(match_pairs(said(*truth), said(*other))[0]).numbers
        for one in numbers.values():
            assert one.low is not None and one.low < one.estimate < one.high
        # Thirty scenarios of three pairs each hold less than ninety of their own.
        clustered = [
            [choice(n, v, scenario=f"s{n % 3}") for n, v in enumerate(side)]
            for side in (truth, other)
        ]
        few = pairs_agreed(match_pairs(*clustered)[0])
        assert few.scenarios == 3 and "3 scenarios: exploratory" in few.note

    def test_all_alike_is_undefined_and_says_so(self) -> None:
        done = pairs_agreed(match_pairs(said(*[F] * 30), said(*[F] * 30))[0])
        assert done.numbers["raw"].estimate == 1 and done.numbers["ac1"].estimate == 1
        assert done.numbers["alpha"].estimate is None and done.numbers["kappa"].estimate is None
        assert "alpha, kappa: every rating is the same" in done.note

    @pytest.mark.parametrize("n", [0, 1])
    def test_one_pair_or_none_has_no_number(self, n: int) -> None:
        given = [*said(*[T] * n), choice(8, F)], [*said(*[T] * n), choice(9, F)]
        done = pairs_agreed(match_pairs(*given)[0])
        assert done.n == n and done.note
        assert all(one.estimate is None for one in done.numbers.values())

    def test_only_ties_leave_no_agreement_without_them(self) -> None:
        done = pairs_agreed(match_pairs(said(T, T, F), said(T, F, T))[0])
        assert done.untied == 0 and done.numbers["raw_untied"].estimate is None
        assert "agreement without ties: " in done.note


class TestMatching:
    def test_both_orders_are_one_question(self) -> None:
        forth = row(("x", "y"), F)
        back = row(("y", "x"), S, releases=("r2", "r1"), places=(2, 1))
        (one,), (other,) = choices([forth]), choices([back])
        assert one == other and one.pair == ("x", "y") and one.said == F
        (tie,) = choices([row(("y", "x"), T, releases=("r2", "r1"), places=(2, 1))])
        assert tie.said == T
        both = match_pairs([one], [other])[0].both
        assert [(b.first, b.second) for b in both] == [(F, F)]

    def test_within_a_release_the_order_is_that_of_ids(self) -> None:
        told = [row(("y", "x"), F, releases=("r1", "r1"), places=(1, 1))]
        assert choices(told)[0].pair == ("x", "y") and choices(told)[0].said == S

    def test_the_later_answer_counts_whichever_way_round(self) -> None:
        back = {"releases": ("r2", "r1"), "places": (2, 1)}
        assert [c.said for c in choices([row(("x", "y"), F), row(("y", "x"), F, **back)])] == [S]

    @pytest.mark.parametrize(
        ("winner", "swapped", "left"),
        [(F, False, True), (F, True, False), (S, True, True), (S, False, False), (T, True, None),
         (F, None, None)],
    )  # fmt: skip
    def test_which_side_was_chosen(self, winner: str, swapped: bool | None, left: Any) -> None:
        turned = {"releases": ("r2", "r1"), "places": (2, 1)}
        for more in ({}, turned):  # turning the question round moves nobody's screen
            assert choices([row(("x", "y"), winner, swapped=swapped, **more)])[0].left is left

    def test_other_words_are_another_question(self) -> None:
        old, new = said(F, S), said(F, S, version="v2")
        found = match_pairs(old, new)
        assert not any(one.both for one in found)
        whys = {lone.why for one in found for lone in one.unmatched}
        assert whys == {"the other answered another version of the rubric"}
        assert len(match_pairs(old, new, any_version=True)[0].both) == 2
        unknown = said(F, S, version="")
        assert len(match_pairs(unknown, new)[0].both) == 2, "one version alone is known"

    def test_every_answer_is_in_a_pair_or_listed(self) -> None:
        (one,) = match_pairs(said(F, S, T), [choice(1, S), choice(7, F)])
        assert [b.pair for b in one.both] == [("a1", "b1")]
        assert Counter((lone.side, lone.why) for lone in one.unmatched) == {
            ("a", "the other did not rate it"): 2, ("b", "the other did not rate it"): 1,
        }  # fmt: skip

    def test_most_people_are_one_rater_and_a_split_is_a_tie(self) -> None:
        given = {"a": said(F, F, S), "b": said(F, S, S), "c": said(S)}
        assert [one.said for one in most_said(given)] == [F, T, S]

    def test_a_cell_opens_what_is_in_it(self) -> None:
        (one,) = match_pairs(said(F, F, S, T), said(F, S, S, F))
        assert [b.pair[0] for b in behind_pairs(one, 0, 2)] == ["a1"]
        assert [b.pair[0] for b in apart(one)] == ["a1", "a3"], "opposite sides before ties"
        assert heads(one) == ("r1", "tie", "r2")
        mixed = match_pairs(
            [choice(0, F), choice(1, F, releases=("r1", "r3"))],
            [choice(0, F), choice(1, F, releases=("r1", "r3"))],
        )
        assert heads(mixed[0]) == ("the earlier", "tie", "the later")

    def test_people_among_themselves(self) -> None:
        told = {"a": said(F, S, T, F), "b": said(F, S, F), "c": said(F)}
        top = pair_ceilings(told)[TRAIT, "v1"]
        assert top.n == 3 and top.raw.estimate == pytest.approx((1 + 1 + 0) / 3)

    def test_a_side_that_is_always_chosen_is_seen(self) -> None:
        mine = [choice(n, F, left=True, scenario=f"s{n}") for n in range(30)]
        left = sides(mine, TRAIT).left
        assert left and left.estimate == 1 and left.low is not None and left.low > 0.8
        assert sides(mine, TRAIT).apart is None and sides(mine, "other").left is None


@pytest.fixture
def filled(store: Store, talk: Any, rubrics: dict[str, Rubric]) -> Store:
    """Thirty pairs in a queue of two people: ann takes what is true, ben what stands left; a judge
    that compared twenty; cat compared one openly."""
    made = [
        talk(f"Q{n}", f"A{n}", scenario=f"s{n:02}", release=r) for n in range(30)
        for r in ("r1", "r2")
    ]  # fmt: skip
    add(store, made, rubrics)
    ids = [one["id"] for one in store.rows("SELECT id FROM transcripts ORDER BY key")]
    pairs = list(zip(ids[::2], ids[1::2], strict=True))
    entries = [
        Entry(*((a, "why", b) if n % 2 else (b, "why", a)), readings=2)
        for n, (a, b) in enumerate(pairs)
    ]
    queue = make_queue(store, "q", entries, [TRAIT])
    for who in (ANN, BEN):
        while item := claim(store, queue, who):
            assert item.other
            newer = item.other if item.other in ids[1::2] else item.transcript
            left = item.other if item.swapped else item.transcript
            chosen = newer if who == ANN else left
            winner = F if chosen == item.transcript else S
            about = (item.transcript, item.other, TRAIT, who)
            how = Circumstances("blind", item=item.key)
            assert save_preference(store, Preference(*about, winner), how, rubrics[TRAIT])  # type: ignore[arg-type]
            finish(store, item.key, who)
            after = Circumstances("after_reveal", item=item.key)
            if item.place == 1:
                save_preference(store, Preference(*about, T), after, rubrics[TRAIT])  # type: ignore[arg-type]
    save_preference(
        store, Preference(*pairs[0], TRAIT, CAT, F), Circumstances(), rubrics[TRAIT]  # type: ignore[arg-type]
    )  # fmt: skip
    with store.write() as connection:
        keys = Keys(connection)
        rater, words = keys.rater(JUDGE), keys.rubric(rubrics[TRAIT])
        for n, pair in enumerate(pairs[:20]):
            one, other = (
                connection.execute("SELECT key FROM transcripts WHERE id = ?", (i,)).fetchone()[0]
                for i in pair
            )
            told = (T, "the orders disagree: x | y") if n < 5 else (S, "both orders agree: x | y")
            connection.execute(
                "INSERT INTO preferences (first, second, trait, rater, winner, reason, at, rubric) "
                "VALUES (?,?,?,?,?,?,?,?)",
                (one, other, TRAIT, rater, *told, now(), words),
            )
    return store


class TestStore:
    def of(self, store: Store, who: Rater, asked: Asked = Asked()) -> list[Choice]:  # noqa: B008
        return choices(pair_labels(store, named(store, str(who), pairs=True).key, asked))

    def test_blind_answers_alone_and_the_one_before_the_reveal(self, filled: Store) -> None:
        assert Counter(one.said for one in self.of(filled, ANN)) == {S: 30}, "no tie of afterwards"
        assert self.of(filled, CAT) == [], "what was said openly is kept out"

    def test_the_side_comes_from_the_screen_that_was_shown(self, filled: Store) -> None:
        left = [one.left for one in self.of(filled, BEN)]
        assert left == [True] * 30 and None not in [one.left for one in self.of(filled, ANN)]
        assert 0 < sum(bool(one.left) for one in self.of(filled, ANN)) < 30

    def test_the_side_stays_when_the_queue_is_gone(self, filled: Store) -> None:
        with filled.write() as connection:
            connection.execute("DELETE FROM queues")
        assert [one.left for one in self.of(filled, BEN)] == [True] * 30

    def test_a_judge_that_answers_the_order_is_told(self, filled: Store) -> None:
        found = sides(self.of(filled, JUDGE), TRAIT)
        assert found.left is None and found.apart and found.apart.estimate == 5 / 20
        assert found.apart.n == 20

    def test_words_releases_and_parts_narrow(self, filled: Store, rubrics: Any) -> None:
        assert {one.version for one in self.of(filled, ANN)} == {rubrics[TRAIT].version}
        assert len(self.of(filled, ANN, Asked(releases=["r1"]))) == 30
        assert len(self.of(filled, ANN, Asked(releases=["r1", "r2"]))) == 30
        assert self.of(filled, ANN, Asked(split="dev")) == []
        assert self.of(filled, ANN, Asked(trait="praise_fit")) == []

    def test_changed_words_are_asked_anew(self, filled: Store, rubrics: Any) -> None:
        new = Rubric.from_words({**rubrics[TRAIT].words(), "question": "Is it kind?"})
        one = self.of(filled, ANN)[0]
        about = Preference(*one.pair, TRAIT, ANN, S)
        assert save_preference(filled, about, Circumstances("blind"), new)
        assert not save_preference(filled, about, Circumstances("blind"), new)
        told = [c.version for c in self.of(filled, ANN) if c.pair == one.pair]
        assert told == [rubrics[TRAIT].version, new.version]


class TestCommand:
    def test_json_has_its_rows_beside_those_of_values(self, filled: Store) -> None:
        db = str(filled.path)
        done = traitbook("agree", "--between", "ann", "ben", "--between", "ann", "m", "--db", db,
                         "--json")  # fmt: skip
        told = said_json(done)
        assert done.returncode == 0 and told["rows"] == []
        people, judge = told["pairs"]
        numbers = ("raw", "raw_untied", "alpha", "kappa", "ac1")
        assert set(people) >= {
            "trait", "a", "b", "n", "n_untied", "scenarios", "rubric", "outcomes", "confusion",
            "left", "apart", "unmatched", "people", "note",
            *(f"{name}{end}" for name in numbers for end in ("", "_low", "_high")),
        }  # fmt: skip
        assert (people["n"], judge["n"]) == (30, 20) and sum(map(sum, people["confusion"])) == 30
        assert people["outcomes"] == ["r1", "tie", "r2"]
        assert people["confusion"][2][0] + people["confusion"][2][2] == 30, "ann: the later one"
        assert people["left"]["b"]["share"] == 1 and people["left"]["b"]["n"] == 30
        assert judge["apart"] == {"a": None, "b": judge["apart"]["b"]}
        assert judge["apart"]["b"]["share"] == 0.25 and judge["unmatched"] == {"a": 10, "b": 0}
        assert judge["people"]["n"] == 30 and len(told["unmatched_pairs"]) == 10
        assert all(len(lone["transcripts"]) == 2 for lone in told["unmatched_pairs"])

    def test_the_table_for_people(self, filled: Store) -> None:
        done = traitbook("agree", "--between", "ann", "m", "--db", str(filled.path))
        assert "person:ann against judge:m#1, pairs" in done.stdout
        assert "judge:m#1 on warmth_fit: said otherwise in the other order 25% of 20" in done.stderr
        assert "unmatched: 10 pairs of person:ann" in done.stderr

    def test_nothing_in_common_is_said(self, filled: Store) -> None:
        done = traitbook("agree", "--between", "ann", "cat", "--db", str(filled.path))
        assert done.returncode == 0 and "have rated nothing in common" in done.stderr


def test_a_database_from_before_learns_what_is_still_known(
    tmp_path: Path, filled: Store
) -> None:  # fmt: skip
    """The step for pairs takes the side from the claim; judges' words from their calls."""
    from store import schema_pairs

    with filled.write() as connection:
        connection.execute("DROP INDEX preferences_of_rater")
        for column in ("swapped", "rubric"):
            connection.execute(f"ALTER TABLE preferences DROP COLUMN {column}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm007_pairs'")
    path = filled.path
    filled.close()
    again = Store(path)
    assert "ADD COLUMN swapped" in schema_pairs.PAIRS
    told = choices(pair_labels(again, named(again, "ben", pairs=True).key, Asked()))
    assert [one.left for one in told] == [True] * 30
    again.close()


def test_pairs_row_without_people(rubrics: dict[str, Rubric]) -> None:
    given = said(*ONE), said(*OTHER)
    told = pairs_row(pairs_agreed(match_pairs(*given)[0]), ("a", "b"), given, None)
    assert told["people"] is None and told["left"] == {"a": None, "b": None}
