"""Agreement from stored labels: the known numbers of public data, what is matched and what is not."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reviews.agreement import agreed, as_row, behind, table
from reviews.labels import Label, Scale, match
from reviews.people import Ceiling, ceilings, may_gate, pooled
from reviews.settings import Gating, Settings, load_settings
from reviews.splits import compare_judges, split
from rubrics import Rater, Rating, Rubric
from store import Store
from store.adding import add
from store.ratings import save
from tests.conftest import ROOT, said_json
from tests.conftest import command as traitbook

FIT = Scale(-2, 2, True)


def label(n: int, value: float | None, **more: Any) -> Label:
    status = "rated" if value is not None else "not_applicable"
    given: dict[str, Any] = {
        "unit": (f"t{n}", 2, None), "trait": "praise_fit", "version": "v1", "scenario": f"s{n}",
        "release": "r1", "status": status, "value": value, "scale": FIT,
    }  # fmt: skip
    return Label(**{**given, **more})


def labels(*values: float | None, **more: Any) -> list[Label]:
    return [label(n, value, **more) for n, value in enumerate(values)]


class TestMatching:
    def test_what_both_rated_is_paired_and_the_rest_is_told(self) -> None:
        (one,) = match(labels(0, 1, None, None), [*labels(0, 2, 1, None)[:4], label(9, 2)])
        assert [(b.first, b.second) for b in one.both] == [(0, 0), (1, 2)]
        told = {(u.side, u.unit[0]): u.why for u in one.unmatched}
        assert told["a", "t2"] == told["b", "t2"] == "one says it does not apply"
        assert told["a", "t3"] == "both say it does not apply"
        assert told["b", "t9"] == "the other did not rate it" and ("a", "t9") not in told
        assert dict(one.applicability) == {"both": 2, "b_only": 1, "neither": 1}

    def test_an_unscored_label_is_no_zero(self) -> None:
        lost = [label(0, None, status="unscored")]
        (one,) = match(labels(1), lost)
        assert not one.both and {u.why for u in one.unmatched} == {"a rating is unscored"}
        assert agreed(one).numbers.n == 0

    def test_repeats_are_averaged(self) -> None:
        judge = [replace(label(0, v), repeat=k) for k, v in enumerate((1, 2, 2), start=1)]
        (one,) = match(judge, labels(2))
        assert one.both[0].first == pytest.approx(5 / 3)

    def test_turns_are_averaged_where_the_other_rated_the_whole(self) -> None:
        turns = [label(0, v, unit=("t0", m, None)) for m, v in ((2, -1), (4, 2), (6, 2))]
        whole = [label(0, 1, unit=("t0", None, None))]
        (one,) = match(turns, whole)
        assert (one.both[0].unit, one.both[0].first) == (("t0", None, None), 1)
        (each,) = match(turns, turns[:2])
        assert len(each.both) == 2 and len(each.unmatched) == 1

    def test_another_version_of_a_rubric_is_another_question(self) -> None:
        old, new = labels(1, 2), labels(1, 2, version="v2")
        found = match(old, new)
        assert not any(one.both for one in found)
        whys = [u.why for one in found for u in one.unmatched]
        assert whys == ["the other answered another version of the rubric"] * 4
        (crossed,) = match(old, new, any_version=True)
        assert len(crossed.both) == 2

    def test_other_scales_are_never_mixed(self) -> None:
        five = labels(1, 2, version="external 0..4", scale=Scale(0, 4))
        ten = labels(1, 2, version="external 0..10", scale=Scale(0, 10))
        assert not any(one.both for one in match(five, ten, any_version=True))

    def test_every_label_is_in_a_pair_or_listed(self) -> None:
        rng = np.random.default_rng(3)
        for _ in range(50):
            sides = [
                [label(int(n), v, unit=(f"t{n}", int(m) or None, None)) for n, m, v in zip(
                    rng.integers(0, 6, 9), rng.integers(0, 3, 9), rng.choice([0, 1, None], 9), strict=True)]
                for _ in "ab"
            ]  # fmt: skip
            found = match(*sides)
            for side, given in zip("ab", sides, strict=True):
                whole = not all(any(x.unit[1] is not None for x in s) for s in sides)
                units = {(x.unit[0], None if whole else x.unit[1]) for x in given}
                paired = {b.unit[:2] for one in found for b in one.both}
                listed = {u.unit[:2] for one in found for u in one.unmatched if u.side == side}
                assert units <= paired | listed and not paired & listed


class TestNumbers:
    def test_all_alike_is_undefined_and_says_so(self) -> None:
        done = agreed(match(labels(*[0] * 30), labels(*[0] * 30))[0])
        row = as_row(done, "a", "b")
        assert row["raw"] == 1 and row["alpha"] is None and row["kappa"] is None
        assert "every rating is the same" in row["note"]

    @pytest.mark.parametrize("n", [0, 1])
    def test_one_label_or_none_has_no_number(self, n: int) -> None:
        done = agreed(match(labels(*[1] * n, None), labels(*[1] * n, None))[0])
        row = as_row(done, "a", "b")
        assert row["n"] == n and row["alpha"] is None and row["note"]
        assert all(v is None or math.isfinite(v) for v in row.values() if isinstance(v, float))

    def test_means_count_as_the_nearest_category_where_categories_are_compared(self) -> None:
        rng = np.random.default_rng(1)
        people = rng.integers(-2, 3, 60)
        judge = [
            replace(label(n, float(np.clip(v + d, -2, 2))), repeat=k)
            for n, v in enumerate(people) for k, d in enumerate((0, 0, 1), start=1)
        ]  # fmt: skip
        done = agreed(match(judge, labels(*map(float, people)))[0])
        assert done.numbers.raw.estimate == 1 and done.numbers.kappa.estimate == 1
        assert done.numbers.bias.estimate != 0 and "nearest value" in done.note

    def test_the_table_opens_what_is_in_it(self) -> None:
        one = match(labels(0, 1, 1, 2), labels(0, 1, 2, 2))[0]
        told = table(one)
        assert told.values == [-2, -1, 0, 1, 2]
        assert sum(map(sum, told.counts)) == 4 and told.counts[3][4] == 1
        assert [b.unit[0] for b in behind(one, 1, 2)] == ["t2"]

    def test_several_people_are_one_rater_and_their_own_ceiling(self) -> None:
        told = {"ann": labels(0, 1, 2, 0), "ben": labels(0, 2, 2), "cat": labels(0)}
        assert {o.first for o in match(pooled(told), labels(0, 1, 2, 0))[0].both} == {0, 1.5, 2}
        (top,) = ceilings(told).values()
        assert top.n == 3 and top.raw.estimate == pytest.approx((1 + 0 + 1) / 3)
        assert top.leniency["ben"].estimate == pytest.approx((0 + 1 + 0) / 3)


class TestGating:
    def judged(self, n: int, noise: float) -> Any:
        rng = np.random.default_rng(0)
        truth = rng.integers(-2, 3, n)
        off = np.where(rng.random(n) < noise, rng.integers(-2, 3, n), truth)
        return agreed(match(labels(*map(float, off)), labels(*map(float, truth)))[0])

    def ceiling(self, noise: float) -> Ceiling:
        rng = np.random.default_rng(5)
        truth = rng.integers(-2, 3, 80)
        other = np.where(rng.random(80) < noise, rng.integers(-2, 3, 80), truth)
        told = {"ann": labels(*map(float, truth)), "ben": labels(*map(float, other))}
        return next(iter(ceilings(told).values()))

    def test_enough_good_labels_may_gate(self) -> None:
        assert may_gate(self.judged(80, 0.1), self.ceiling(0.1), Gating()).may

    @pytest.mark.parametrize(
        ("n", "noise", "people", "told"),
        [
            (59, 0.1, 0.1, "1 more blind labels (59 of 60)"),
            (80, 0.8, 0.5, "a lower bound above 0.4"),
            (80, 0.4, 0.0, "within 0.1 of people"),
            (80, 0.9, 0.9, "a clearer rubric"),
        ],
    )
    def test_what_is_missing_is_said(self, n: int, noise: float, people: float, told: str) -> None:
        verdict = may_gate(self.judged(n, noise), self.ceiling(people), Gating())
        assert not verdict.may and any(told in line for line in verdict.lacking), verdict.lacking

    def test_without_two_people_there_is_no_ceiling(self) -> None:
        verdict = may_gate(self.judged(80, 0.1), None, Gating())
        assert verdict.lacking == ["people against people (nothing is read by two people)"]

    def test_limits_are_settings(self, tmp_path: Path) -> None:
        (tmp_path / "traitbook.yaml").write_text("gating: {labels: 20, least: 0.2}\nleads: [ann]\n")
        told = load_settings(tmp_path / "x.db")
        assert may_gate(self.judged(30, 0.1), self.ceiling(0.1), told.gating).may
        assert told.role("ann", verified=False) == "lead"
        assert told.role("ben", verified=True) == "reviewer"
        assert Settings().role("me", verified=False) == "lead", "alone on one's own machine"
        assert Settings().role("me", verified=True) == "reviewer"
        assert Settings(reviewers=["ann"]).role("ben", verified=True) == "reader"


class TestComparing:
    def test_the_better_of_two_judges_is_found_with_its_interval(self) -> None:
        rng = np.random.default_rng(2)
        truth = rng.integers(-2, 3, 120).astype(float)
        near = np.where(rng.random(120) < 0.2, rng.integers(-2, 3, 120), truth)
        far = np.where(rng.random(120) < 0.6, rng.integers(-2, 3, 120), truth)
        sides = [labels(*one, version=v) for one, v in ((truth, "v1"), (far, "v1"), (near, "v2"))]
        (one,) = compare_judges(*sides)
        assert one.n == 120 and one.closer.estimate and one.closer.estimate > 0
        assert one.closer.low and one.closer.low > 0 and one.alpha.low and one.alpha.low > 0
        alphas = [agreed(match(sides[0], s, any_version=True)[0]).numbers.alpha for s in sides[1:]]
        assert [one.first, one.second] == pytest.approx([a.estimate for a in alphas])
        (same,) = compare_judges(sides[0], sides[1], sides[1])
        assert same.alpha.estimate == 0 and same.closer.estimate == 0

    def test_a_split_is_by_scenario_and_the_same_again(self) -> None:
        names = [f"s{n}" for n in range(101)]
        made = split(names * 3, test=0.3, seed=4)
        assert list(made.values()).count("test") == 30 and len(made) == 101
        assert made == split(names[::-1], test=0.3, seed=4) != split(names, test=0.3, seed=5)


XSTEST = {
    # people: raw, plain kappa; gpt-4 against the settled label: share of all 450, kappa
    "llama2orig": (0.964, 0.93, 0.771, 0.580), "llama2new": (0.958, 0.93, 0.782, 0.617),
    "mistralinstruct": (0.976, 0.92, 0.740, None), "mistralguard": (0.938, 0.89, 0.767, 0.571),
    "gpt4": (0.984, 0.97, 0.936, 0.873),
}  # fmt: skip


@pytest.mark.shared
def test_xstest_as_it_is_published(shared: Path, tmp_path: Path) -> None:
    """People against people, and the judge against the settled label, for each of five models."""
    db = str(tmp_path / "x.db")
    folder, maps = shared / "xstest", ROOT / "examples/mappings"
    files = [str(f) for f in sorted((folder / "model_completions").glob("*.csv"))]
    assert (
        traitbook("import", *files, "--map", str(maps / "xstest.yaml"), "--db", db).returncode == 0
    )
    for model, (raw, kappa, judged, judge_kappa) in XSTEST.items():
        release = f"xstest_v2_completions_{model}"
        path = folder / "evaluation/automated_evaluation_labels" / f"{release}_gpteval.csv"
        traitbook("import", str(path), "--release", release, "--map",
                  str(maps / "xstest-gpt4-judge.yaml"), "--db", db)  # fmt: skip
        told = said_json(
            traitbook("agree", "--between", "annotator-1", "annotator-2", "--between", "gpt-4",
                      "settled", "--release", release, "--db", db, "--json")
        )  # fmt: skip
        people, judge = told["rows"]
        assert round(people["raw"], 3) == raw and round(people["kappa"], 2) == kappa
        assert people["n"] == 450 and people["alpha_low"] < people["alpha"] < people["alpha_high"]
        # A label that is a sentence is unscored here; its source counts it as wrong.
        lost = 450 - judge["n"]
        assert (
            told["unmatched"] == {"a": lost, "b": lost}
            and lost == (model == "mistralinstruct") * 11
        )
        assert round(judge["raw"] * judge["n"] / 450, 3) == judged
        if judge_kappa is not None:
            assert judge["kappa"] == pytest.approx(judge_kappa, abs=0.0006)


@pytest.mark.shared
def test_syco_bench_judges_as_published(shared: Path, tmp_path: Path) -> None:
    db = str(tmp_path / "s.db")
    (path,) = (shared / "syco-bench/output").glob("*/delusion_results.csv")
    traitbook(
        "import", str(path), "--map", str(ROOT / "examples/mappings/syco-delusion.yaml"), "--db", db
    )
    names = ["gemini-2.5-flash-preview", "gpt-4o-mini", "llama-3.3-70b-instruct"]
    pairs = [(names[0], names[1]), (names[0], names[2]), (names[1], names[2])]
    flags = [part for pair in pairs for part in ("--between", *pair)]
    rows = said_json(traitbook("agree", *flags, "--db", db, "--json"))["rows"]
    assert [round(row["pearson"], 2) for row in rows] == [0.29, 0.59, 0.54]


class TestCommand:
    KEYS = {
        "trait", "a", "b", "n", "raw", "alpha", "alpha_low", "alpha_high", "kappa",
        "kappa_weighted", "ac2", "spearman", "pearson", "bias",
    }  # fmt: skip

    @pytest.fixture
    def db(self, tmp_path: Path, talk: Any, rubrics: dict[str, Rubric]) -> str:
        store = Store(tmp_path / "a.db")
        made = [
            talk(f"Q{n}", f"A{n}", scenario=f"s{n}", release=r)
            for n in range(30)
            for r in ("r1", "r2")
        ]
        add(store, made, rubrics)
        ids = [row["id"] for row in store.rows("SELECT id FROM transcripts ORDER BY key")]
        rng = np.random.default_rng(0)
        truth = rng.integers(-2, 3, len(ids))
        for name, noise in (("ann", 0.2), ("ben", 0.3)):
            off = np.where(rng.random(len(ids)) < noise, rng.integers(-2, 3, len(ids)), truth)
            save(store, [
                Rating(one, "praise_fit", Rater("person", name), "rated", float(v), message=2)
                for one, v in zip(ids, off, strict=True)
            ], rubrics)  # fmt: skip
        save(
            store,
            [Rating(ids[0], "candor_fit", Rater("person", "ann"), "rated", 1.0, message=2)],
            rubrics,
        )
        store.close()
        return str(tmp_path / "a.db")

    def test_json_is_exact_and_says_what_matched_nothing(self, db: str) -> None:
        done = traitbook("agree", "--between", "person:ann", "ben", "--db", db, "--json")
        told = said_json(done)
        (row,) = told["rows"]
        assert done.returncode == 0 and set(row) >= self.KEYS
        assert (row["trait"], row["a"], row["b"], row["n"], row["scenarios"]) == (
            "praise_fit", "person:ann", "person:ben", 60, 30,
        )  # fmt: skip
        assert told["unmatched"] == {"a": 1, "b": 0}
        assert told["unmatched_items"][0]["trait"] == "candor_fit"
        assert told == said_json(
            traitbook("agree", "--between", "person:ann", "ben", "--db", db, "--json")
        )

    def test_the_table_for_people(self, db: str) -> None:
        done = traitbook("agree", "--between", "ann", "ben", "--release", "r1", "--db", db)
        assert "praise_fit  30" in done.stdout and "unmatched: 1 of person:ann" in done.stderr

    def test_a_rater_nobody_knows(self, db: str) -> None:
        done = traitbook("agree", "--between", "ann", "zoe", "--db", db)
        assert (
            done.returncode == 2 and "no rater 'zoe'" in done.stderr and "person:ben" in done.stderr
        )
        assert traitbook("agree", "--db", db).returncode == 2

    def test_dev_and_test(self, db: str) -> None:
        early = traitbook("labels", "compare", "ann", "ben", "ben", "--db", db)
        assert early.returncode == 2 and "labels split" in early.stderr
        assert said_json(traitbook("labels", "split", "--test", "0.4", "--db", db, "--json")) == {
            "dev": 18, "test": 12, "new": 30,
        }  # fmt: skip
        assert said_json(traitbook("labels", "split", "--db", db, "--json"))["new"] == 0
        sizes = {
            part: said_json(
                traitbook("agree", "--between", "ann", "ben", "--split", part, "--db", db, "--json")
            )["rows"][0]["n"]
            for part in ("dev", "test")
        }
        assert sizes == {"dev": 36, "test": 24}
        told = said_json(
            traitbook(
                "labels", "compare", "ann", "ben", "ben", "--on", "test", "--db", db, "--json"
            )
        )
        assert told["looks"] == 2 and told["rows"][0]["closer"] == 0
        assert len(said_json(traitbook("labels", "looks", "--db", db, "--json"))["looks"]) == 2

    def test_a_queue_from_the_shell(self, db: str) -> None:
        made = traitbook(
            "queue", "make", "one", "--trait", "praise_fit", "--size", "10", "--db", db, "--json"
        )
        assert said_json(made) == {"queue": "one", "items": 10, "readings": 12}
        pairs = traitbook("queue", "make", "two", "--trait", "warmth_fit", "--pairs", "--release",
                          "r1", "--release", "r2", "--db", db)  # fmt: skip
        assert pairs.returncode == 0, pairs.stderr
        found = said_json(traitbook("queue", "list", "--db", db, "--json"))["queues"]
        assert [(q["name"], q["pairs"], q["done"]) for q in found] == [
            ("two", True, 0),
            ("one", False, 0),
        ]
        assert traitbook("queue", "close", "one", "--db", db).returncode == 0
        for wrong in (["one", "--trait", "praise_fit"], ["x", "--trait", "charm"],
                      ["y", "--trait", "praise_fit", "--order", "change"]):  # fmt: skip
            done = traitbook("queue", "make", *wrong, "--db", db)
            assert done.returncode == 2 and "Traceback" not in done.stderr


def test_beyond_this_machine_only_with_a_login(tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    done = traitbook("serve", "--address", "0.0.0.0", "--db", str(db))
    assert done.returncode == 2 and "no login is configured" in done.stderr
    from commands.serve import refusal

    assert refusal("127.0.0.1", Settings()) is None and refusal("::1", Settings()) is None
    assert refusal("10.0.0.5", Settings(trusted_header="X-Forwarded-Email")) is None
    (tmp_path / "traitbook.yaml").write_text("trusted_headers: X\n")
    wrong = traitbook("serve", "--db", str(db))
    assert wrong.returncode == 2 and "traitbook.yaml:1: trusted_headers" in wrong.stderr
