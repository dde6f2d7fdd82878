"""Comparing two releases: worked values, both faces of it (library and command), and every fault."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats as scipy_stats

from commands._compare import compared
from releases.comparing import Change, compare
from releases.reading import movers
from releases.slicing import slices
from releases.telling import sentence
from rubrics import Rubric
from stats.paired import paired_difference
from stats.rare import rare_difference
from store import Store, StoreError
from store.choosing import chosen, doubts
from store.frames import answers as load
from store.frames import metadata, places, sources
from store.means import means
from tests.conftest import command as traitbook
from tests.conftest import said_json
from tests.releasing import JUDGE, Rated, put, two

KEYS = {
    "trait", "measure", "scenarios", "dropped", "base", "candidate", "difference", "low", "high", "se",
    "p", "p_adjusted", "smallest_detectable",
}  # fmt: skip

BEFORE, AFTER = [3, 4, 2, 5, 3, 4, 1, 2], [4, 4, 3, 5, 4, 5, 1, 3]
CLUSTERS = [0, 0, 1, 1, 2, 2, 3, 3]


def changes(store: Store, base: str = "r1", candidate: str = "r2", **given: Any) -> list[Change]:
    raters = given.pop("raters", ())
    return compare(compared(store, base, candidate, raters, given.pop("traits", ())))


def one(store: Store, measure: str = "mean", **given: Any) -> Change:
    return next(c for c in changes(store, **given) if c.measure == measure)


class TestWorkedValues:
    def test_clustered_by_scenario(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        """The reference's eight pairs in four clusters: samples of four scenarios."""
        rows = [
            Rated(release, f"s{c}", v, trait="score", sample=1 + k % 2)
            for release, values in (("r1", BEFORE), ("r2", AFTER))
            for k, (v, c) in enumerate(zip(values, CLUSTERS, strict=True))
        ]
        put(store, rubrics, rows)
        found = one(store)
        assert (found.scenarios, found.dropped) == (4, 0)
        assert found.difference == pytest.approx(0.625)
        assert found.se == pytest.approx(0.125, abs=5e-7)
        assert found.low == pytest.approx(0.2272, abs=5e-5)
        assert found.high == pytest.approx(1.0228, abs=5e-5)
        assert found.p == pytest.approx(0.0154, abs=5e-5)
        assert found.exploratory

    def test_paired_by_scenario(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [*BEFORE], "r2": [*AFTER]}, trait="score"))
        found = one(store)
        assert found.se == pytest.approx(0.182981, abs=5e-7)
        assert (found.low, found.high) == (
            pytest.approx(0.1923, abs=5e-5), pytest.approx(1.0577, abs=5e-5),
        )  # fmt: skip
        assert found.p == pytest.approx(0.011201, abs=5e-7)
        reach = scipy_stats.norm.ppf(0.975) + scipy_stats.norm.ppf(0.8)
        assert found.smallest_detectable == pytest.approx(reach * 0.182981, rel=1e-5)

    def test_two_sided_traits_are_never_a_mean_alone(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        """Errors that cancel in the mean: -2 and +2 against all right."""
        base, candidate = [0.0] * 40, [-2.0, 2.0] * 20
        put(store, rubrics, two({"r1": [*base], "r2": [*candidate]}, trait="praise_fit"))
        found = {c.measure: c for c in changes(store)}
        assert set(found) == {"under", "over", "mean_abs"}
        assert found["under"].difference == found["over"].difference == pytest.approx(0.5)
        assert found["mean_abs"].difference == pytest.approx(2.0)
        assert all(c.shown for c in found.values())

    def test_repeats_then_turns_then_samples(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        """(((0+4)/2 + 4)/2 + 1)/2 = 2: each level is averaged before the next."""
        rows = [
            Rated("r1", "s", 0.0, "score", 1, message=2, repeat=1),
            Rated("r1", "s", 4.0, "score", 1, message=2, repeat=2),
            Rated("r1", "s", 4.0, "score", 1, message=4),
            Rated("r1", "s", 1.0, "score", 2, message=2),
            Rated("r2", "s", 3.0, "score", 1, message=2),
        ]
        put(store, rubrics, rows)
        found = one(store)
        assert (found.base, found.candidate) == (2.0, 3.0)

    def test_p_is_adjusted_over_every_line(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        rng = np.random.default_rng(5)
        for trait in ("praise_fit", "candor_fit", "delusion_feeding", "autonomy_loss"):
            values = rng.integers(0, 3, (2, 30)).astype(float)
            put(
                store,
                rubrics,
                two({"r1": values[0].tolist(), "r2": values[1].tolist()}, trait=trait),
            )
        found = changes(store)
        expected = scipy_stats.false_discovery_control(
            [c.p if c.p is not None else 1 for c in found]
        )
        assert [c.p_adjusted for c in found] == pytest.approx(list(expected))

    def test_worst_case_where_some_are_unscored(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        """By hand: base 0 0 0 0; candidate 1 1 1 and one unscored, which may be 0 or 4."""
        put(store, rubrics, two({"r1": [0, 0, 0, 0], "r2": [1, 1, 1, "unscored"]}))
        found = one(store)
        assert found.scenarios == 3 and found.dropped == 1
        assert found.coverage_candidate == 0.75
        assert found.worst_low == pytest.approx(0.75) and found.worst_high == pytest.approx(1.75)

    def test_two_sided_under_adds_the_unscored_as_a_share(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(
            store,
            rubrics,
            two({"r1": [0, 0, 0, 0], "r2": [-1, 0, 0, "unscored"]}, trait="warmth_fit"),
        )
        found = one(store, "under")
        assert (found.worst_low, found.worst_high) == (pytest.approx(0.25), pytest.approx(0.5))


class TestRare:
    def test_few_changed_have_the_exact_test(self) -> None:
        before, after = np.zeros(60), np.r_[np.ones(2), np.zeros(58)]
        found = rare_difference(before, after, span=1)
        assert found is not None and found.p == pytest.approx(0.5)
        t = paired_difference(before, after)
        assert found.high > t.high and found.low < 0 < found.high  # type: ignore[operator]

    def test_by_hand(self) -> None:
        """3 of 8 before, 5 of 8 after, none lost: phi is (9 - 4) / 15."""
        before = np.r_[np.ones(3), np.zeros(5)]
        after = np.r_[np.ones(5), np.zeros(3)]
        found = rare_difference(before, after, span=1)
        one, two_ = (scipy_stats.binomtest(k, 8).proportion_ci(method="wilson") for k in (3, 5))
        down, up = 5 / 8 - two_.low, one.high - 3 / 8
        low = 0.25 - math.sqrt(down**2 - 2 / 3 * down * up + up**2)
        assert found is not None and found.low == pytest.approx(low)
        assert found.p == pytest.approx(0.5)

    def test_nothing_varies(self) -> None:
        found = rare_difference(np.zeros(60), np.zeros(60), span=1)
        assert found is not None and found.p == 1
        assert found.high == pytest.approx(1 - 0.025 ** (1 / 60)) and found.low == -found.high

    def test_all_alike_but_apart(self) -> None:
        found = rare_difference(np.zeros(20), np.ones(20), span=1)
        assert found is not None and found.p == pytest.approx(2 * 0.5**20)
        assert found.low is not None and found.low > 0 and found.high == 1

    @pytest.mark.parametrize("rates", [(0.0, 0.02), (0.02, 0.05), (0.0, 0.0)])
    def test_the_interval_holds_the_truth(self, rates: tuple[float, float]) -> None:
        rng, held, asked = np.random.default_rng(11), 0, 0
        for _ in range(400):
            before, after = (rng.random(60) < rate for rate in rates)
            found = rare_difference(before.astype(float), after.astype(float), span=1)
            if found is not None and found.low is not None and found.high is not None:
                asked += 1
                held += found.low <= rates[1] - rates[0] <= found.high
        assert asked > 350 and held / asked > 0.94


class TestFaults:
    def test_no_shared_scenarios(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, [Rated("r1", "a", 1), Rated("r2", "b", 2)])
        found = one(store)
        assert found.difference is None and found.p_adjusted is None and found.dropped == 2
        assert "no scenario that both have" in found.note
        told = sentence(found, "r1", "r2", rubrics["delusion_feeding"])
        assert (
            told
            == "Feeding a delusion: no scenario that both have a value for: nothing to compare."
        )

    def test_one_scenario_with_a_thousand_samples(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        rng = np.random.default_rng(1)
        rows = [
            Rated(release, "only", float(v), sample=k)
            for release, mean in (("r1", 0.5), ("r2", 2.0))
            for k, v in enumerate(np.clip(np.round(rng.normal(mean, 1, 1000)), 0, 4), 1)
        ]
        put(store, rubrics, rows)
        found = one(store)
        assert found.scenarios == 1 and found.low is None and found.p is None and not found.shown
        assert "one scenario" in found.note

    def test_different_raters(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 30}))
        put(store, rubrics, two({"r2": [4] * 30}, rater="judge:m-2#bbbb"))
        found = one(store)
        assert found.difference is None and found.scenarios == 0
        assert "r1 was rated by judge:m-1#aaaa and not by judge:m-2#bbbb" in found.note
        assert "a change of rater is no change of the model" in found.note

    def test_different_words(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        """The same judge, but the rubric's words were changed in between."""
        put(store, rubrics, two({"r1": [0] * 30}))
        changed = rubrics["delusion_feeding"].model_copy(update={"question": "Something else?"})
        put(store, rubrics | {"delusion_feeding": Rubric.from_words(changed.words())},
            two({"r2": [4] * 30}))  # fmt: skip
        found = one(store)
        assert found.difference is None and "asked in different words" in found.note

    def test_all_values_equal(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 60, "r2": [0] * 60}))
        found = one(store)
        assert found.difference == 0 and not found.shown
        assert found.high == pytest.approx(4 * (1 - 0.025 ** (1 / 60)))
        assert "none of 60 scenarios changed" in found.note

    def test_one_side_wholly_unscored(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 10, "r2": ["unscored"] * 10}))
        found = one(store)
        assert found.candidate is None and found.difference is None
        assert "every rating is unscored in the candidate" in found.note
        assert found.coverage_candidate == 0

    def test_never_applicable(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 10, "r2": ["not_applicable"] * 10}))
        assert "nothing was applicable in the candidate" in one(store).note

    @pytest.mark.parametrize("names", [("2026.10", "2026.9"), ("1", "1.0"), ("1e3", "1000")])
    def test_names_that_look_like_numbers(
        self, store: Store, rubrics: dict[str, Rubric], names: tuple[str, str]
    ) -> None:
        put(store, rubrics, two({names[0]: [0] * 20, names[1]: [1] * 20}))
        done = traitbook("compare", *names, "--json", "--db", str(store.path))
        told = said_json(done)
        assert (told["base"], told["candidate"]) == names
        assert told["traits"][0]["difference"] == 1.0

    def test_two_imports_of_one_name(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 5}))
        put(store, rubrics, [Rated("r1", f"later{k}", 1) for k in range(5)])
        assert "r1 was put together from 2 imports of that name" in doubts(store, "r1")

    def test_a_release_against_itself_or_nobody(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0] * 5, "r2": [0] * 5}))
        db = ("--db", str(store.path))
        done = traitbook("compare", "r1", "r1", *db)
        assert done.returncode == 2 and "given twice" in done.stderr
        done = traitbook("compare", "r1", "r9", *db)
        assert done.returncode == 2 and "no release 'r9'; there are: r1, r2" in done.stderr
        done = traitbook("compare", "r1", "r2", "--rater", "nobody", *db)
        assert done.returncode == 2 and JUDGE in done.stderr
        assert "Traceback" not in done.stderr

    def test_several_raters_must_be_chosen_from(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0] * 3, "r2": [0] * 3}, rater="imported:x"))
        put(store, rubrics, two({"r1": [0] * 3, "r2": [0] * 3}, rater="person:ann"))
        with pytest.raises(StoreError, match=r"imported:x, person:ann; choose one with --rater"):
            chosen(store)

    @pytest.mark.parametrize("value", ["NaN", "Infinity", '"NaN"'])
    def test_nan_in_a_file_is_never_a_number(self, tmp_path: Path, value: str) -> None:
        lines = []
        for release in ("r1", "r2"):
            for k in range(3):
                told = value if (release, k) == ("r2", 0) else str(k)
                lines.append(
                    f'{{"release": "{release}", "scenario": "s{k}", "messages": [{{"role": "user", '
                    f'"content": "q{k}"}}, {{"role": "assistant", "content": "{release} {k}"}}], '
                    f'"ratings": [{{"trait": "score", "rater": "x", "value": {told}}}]}}'
                )
        (tmp_path / "n.jsonl").write_text("\n".join(lines))
        db = ("--db", str(tmp_path / "n.db"))
        traitbook("import", str(tmp_path / "n.jsonl"), *db)
        done = traitbook("compare", "r1", "r2", "--json", *db)
        (row,) = said_json(done)["traits"]
        assert row["scenarios"] == 2 and row["dropped"] == 1
        assert row["base"] == row["candidate"] == 1.5 and row["difference"] == 0


class TestMeans:
    def test_arrays_and_view_say_the_same(self, examples: Path) -> None:
        store = Store(examples)
        rows = said_json(traitbook("means", "--json", "--db", str(examples)))["rows"]
        told = {(r["release"], r["trait"], r["rater"], r["rubric"]): r for r in rows}
        seen = means(store)
        assert len(seen) == len(told) > 80
        for one in seen:
            row = told[one.release, one.trait, one.rater, one.rubric]
            for name in ("n", "not_applicable", "unscored"):
                assert row[name] == getattr(one, name)
            for name in ("coverage", "mean", "under", "over", "mean_abs"):
                expected = getattr(one, name)
                assert row[name] == (expected if expected is None else pytest.approx(expected))
            if row["mean_low"] is not None:
                assert row["mean_low"] <= row["mean"] <= row["mean_high"]

    def test_slices_and_pairs(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        rows = [
            Rated("r1", f"{k}-{v}", value, trait="score", metadata={"pair": f"p{k}", "variant": v})
            for k, values in enumerate([(1, 4), (2, 2), (3, 1)])
            for v, value in zip(("a", "b"), values, strict=True)
        ]
        put(store, rubrics, rows)
        db = ("--db", str(store.path), "--json")
        found = said_json(traitbook("means", "--by", "variant", *db))["rows"]
        assert {r["slice"]: r["mean"] for r in found} == {"a": 2.0, "b": pytest.approx(7 / 3)}
        (row,) = said_json(traitbook("means", "--pairs", *db))["rows"]
        assert row["pairs"] == 3 and row["variants"] == ["a", "b"]
        assert row["difference"] == pytest.approx(1 / 3) and row["absolute"] == pytest.approx(5 / 3)
        assert row["sum"] == pytest.approx(13 / 3)


def test_the_command_s_json(examples: Path) -> None:
    done = traitbook(
        "compare", "fennel-2", "fennel-3", "--rater", "author", "--json", "--db", str(examples)
    )
    told = said_json(done)
    assert done.returncode == 0
    assert {"base", "candidate", "rater", "traits"} <= set(told) and told["rater"] == "author"
    assert all(set(row) >= KEYS for row in told["traits"])
    assert {row["measure"] for row in told["traits"]} == {"mean", "under", "over", "mean_abs"}
    praise = next(r for r in told["traits"] if (r["trait"], r["measure"]) == ("praise_fit", "over"))
    assert praise["difference"] < -0.3 and praise["p_adjusted"] < 0.01


def test_the_command_speaks_plainly(examples: Path) -> None:
    done = traitbook("compare", "fennel-1", "fennel-2", "--rater", "author", "--db", str(examples))
    assert "goes along with what is wrong more often in fennel-2 than in fennel-1: +" in done.stdout
    assert "as its author meant" in done.stdout


def test_the_ordinal_line(examples: Path) -> None:
    done = traitbook(
        "compare", "fennel-2", "fennel-3", "--rater", "author", "--trait", "praise_fit", "--ordinal",
        "--json", "--db", str(examples),
    )  # fmt: skip
    row = said_json(done)["traits"][0]
    assert row["log_odds"] < 0 and row["sign_differs"] is False


def test_few_and_many_transcripts_are_read_alike(store: Store, rubrics: dict[str, Rubric]) -> None:
    """Two of twelve releases are looked up by transcript, all twelve by rater."""
    rng = np.random.default_rng(2)
    values = {f"r{k}": [float(v) for v in rng.integers(0, 5, 6)] for k in range(12)}
    put(store, rubrics, two(values))  # type: ignore[arg-type]
    (source,) = sources(store)
    whole, few = places(store), places(store, ["r3", "r7"])
    everything, some = load(store, [source], whole)[0], load(store, [source], few)[0]
    assert len(some) == 12 and len(everything) == 72
    kept = everything.where(np.isin(everything.key, some.key))
    assert kept.key.tolist() == some.key.tolist() and kept.value.tolist() == some.value.tolist()


def test_a_changed_mind_counts_once(store: Store, rubrics: dict[str, Rubric]) -> None:
    put(store, rubrics, two({"r1": [4] * 4, "r2": [0] * 4}))
    put(store, rubrics, two({"r1": [1] * 4}))
    assert one(store).base == 1.0


def test_what_to_read(store: Store, rubrics: dict[str, Rubric]) -> None:
    put(store, rubrics, two({"r1": [0, 0, 4, 1], "r2": [4, 3, 0, 1]}))
    (met,) = compared(store, "r1", "r2", ())
    most, against = movers(met, "mean", limit=2)
    assert [round(m.difference) for m in most] == [4, -4]
    assert [m.difference for m in against] == [-4.0]
    assert {m.base for m in most} <= set(met.base.key.tolist())


def test_slices_of_a_comparison(store: Store, rubrics: dict[str, Rubric]) -> None:
    rows = [
        Rated(r, f"s{k}", v, metadata={"surface": "api" if k < 10 else "chat"})
        for r, values in (("r1", [0] * 20), ("r2", [2] * 10 + [0] * 10))
        for k, v in enumerate(values)
    ]
    put(store, rubrics, rows)
    (met,) = compared(store, "r1", "r2", ())
    sides = [metadata(store, side.key, "surface") for side in met[:2]]
    found = {s.value: s.change for s in slices(met, "mean", *sides)}
    assert found["api"].difference == 2 and found["chat"].difference == 0
    assert found["api"].scenarios == 10 and found["api"].p_adjusted == pytest.approx(
        2 * 2 * 0.5**10
    )


def test_corrected_by_people_beside_the_judge(store: Store, rubrics: dict[str, Rubric]) -> None:
    """A judge that marks everything 1 too high: corrected, the levels are the people's."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, (2, 80)).astype(float)
    for release, values in zip(("r1", "r2"), truth, strict=True):
        put(store, rubrics, two({release: (values + 1).tolist()}))
        put(store, rubrics, two({release: values[:30].tolist()}, rater="person:ann"))
    args = ("compare", "r1", "r2", "--rater", JUDGE, "--db", str(store.path))
    (row,) = said_json(traitbook(*args, "--json"))["traits"]
    assert row["base"] == pytest.approx(truth[0].mean() + 1)
    assert row["base_corrected"] == pytest.approx(truth[0].mean(), abs=0.05)
    assert row["base_labels"] == 30 and row["base_method"] == "PPI++"
    assert row["difference_corrected_low"] < truth[1].mean() - truth[0].mean()
    assert row["difference_corrected_high"] > truth[1].mean() - truth[0].mean()
    assert "Corrected by people:" in traitbook(*args).stdout
    (other,) = said_json(traitbook(*args, "--labels", "ann", "--json"))["traits"]
    assert other == row


def test_by_slice(store: Store, rubrics: dict[str, Rubric]) -> None:
    rows = [
        Rated(r, f"s{k}", v, metadata={"surface": "api" if k % 2 else "chat"})
        for r, v in (("r1", 0), ("r2", 1)) for k in range(20)
    ]  # fmt: skip
    put(store, rubrics, rows)
    done = traitbook("compare", "r1", "r2", "--by", "surface", "--json", "--db", str(store.path))
    found = said_json(done)["slices"]
    assert {(one["slice"], one["scenarios"], one["difference"]) for one in found} == {
        ("api", 10, 1.0), ("chat", 10, 1.0),
    }  # fmt: skip


def test_preferences_are_ranked(store: Store, rubrics: dict[str, Rubric]) -> None:
    """The reference's wins: A:B2 D1; B:A3 C5; C:B3 D1; D:A4 C3."""
    wins = {
        "A": {"B": 2, "D": 1},
        "B": {"A": 3, "C": 5},
        "C": {"B": 3, "D": 1},
        "D": {"A": 4, "C": 3},
    }
    put(store, rubrics, [Rated(r, f"s{k}", 0) for r in "ABCD" for k in range(25)])
    places_ = {
        (row["name"], row["scenario"]): row["key"] for row in store.rows(
            "SELECT t.key, e.name, t.scenario FROM transcripts t JOIN releases e ON e.key = t.release")
    }  # fmt: skip
    scenarios = iter(sorted({scenario for _, scenario in places_}))
    with store.write() as connection:
        for winner, losers in wins.items():
            for loser, count in losers.items():
                for _ in range(count):
                    scenario = next(scenarios)
                    told = (places_[winner, scenario], places_[loser, scenario], "delusion_feeding", 1,
                            "first", "2026-01-01T00:00:00Z")  # fmt: skip
                    connection.execute(
                        "INSERT INTO preferences (first, second, trait, rater, winner, at) "
                        "VALUES (?,?,?,?,?,?)", told)  # fmt: skip
    done = traitbook("compare", "A", "B", "--json", "--db", str(store.path))
    found = {one["release"]: one for one in said_json(done)["preferences"]}
    seen = [found[name]["strength"] for name in "ABCD"]
    assert seen == [pytest.approx(x, abs=5e-4) for x in (0.640, 1.043, 0.660, 2.270)]
    assert all(one["low"] < one["strength"] < one["high"] for one in found.values())
