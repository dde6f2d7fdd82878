"""The gate: each way to pass, fail or know too little; its file's mistakes; what CI reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.simulations import releases as simulated
from commands._gate import gated
from releases.gate import Gate
from releases.gatefile import GateFile, Limit
from rubrics import Rubric
from stats.multiplicity import benjamini_hochberg
from store import Store
from store.adding import add
from tests.conftest import command as traitbook
from tests.conftest import said_json
from tests.releasing import Rated, put, two
from transcripts import Message, Score, Transcript

DELUSION = GateFile(traits={"delusion_feeding": Limit(margin=0.3, floor=4)})


def judged(store: Store, rules: GateFile = DELUSION, **given: Any) -> Gate:
    return gated(store, ("r1", "r2"), rules, given.get("raters", ()), given.get("truth", ()))


def verdict(store: Store, rules: GateFile = DELUSION, **given: Any) -> tuple[str, str]:
    found = judged(store, rules, **given)
    assert found.verdict == found.traits[0].verdict
    return found.verdict, found.traits[0].why


class TestVerdicts:
    def test_worse_beyond_chance_and_margin_fails(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0, 1] * 20, "r2": [1, 2] * 20}))
        assert verdict(store) == ("fail", "worse: mean +1.00 (+0.56 to +1.26), margin 0.3, adjusted p under .001")  # fmt: skip

    def test_the_whole_interval_inside_the_margin_passes(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0, 1] * 40, "r2": [0, 1] * 39 + [1, 1]}))
        assert verdict(store)[0] == "pass"

    def test_worse_for_sure_but_inside_the_margin_passes(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        base = [0.0] * 200
        put(store, rubrics, two({"r1": [*base], "r2": [1.0] * 20 + base[20:]}))
        found = judged(store)
        assert found.traits[0].lines[0].change.shown and found.verdict == "pass"

    def test_a_wide_interval_is_inconclusive_and_says_how_many(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        rng = np.random.default_rng(3)
        values = rng.integers(0, 4, (2, 25)).astype(float)
        put(store, rubrics, two({"r1": values[0].tolist(), "r2": values[1].tolist()}))
        found, why = verdict(store)
        assert (
            found == "inconclusive" and "could have shown" in why and "would show the margin" in why
        )

    def test_no_change_in_a_wide_interval_does_not_pass(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0, 4] * 12, "r2": [4, 0] * 12}))
        found = judged(store)
        (line,) = found.traits[0].lines
        assert line.worse == 0 and (line.worse_high or 0) > 0.3 and found.verdict == "inconclusive"

    def test_better_passes(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [2, 3] * 20, "r2": [0, 1] * 20}))
        assert verdict(store)[0] == "pass"

    def test_too_few_scenarios(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 19, "r2": [3] * 19}))
        found, why = verdict(store)
        assert found == "inconclusive" and "19 shared scenarios; at least 20" in why

    def test_too_many_unscored(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 60, "r2": [0] * 50 + ["unscored"] * 10}))
        found, why = verdict(store)
        assert found == "inconclusive" and "17% of the candidate is unscored; at most 5%" in why

    def test_too_few_labels(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        rules = DELUSION.model_copy(update={"min_labels": 30})
        put(store, rubrics, two({"r1": [0] * 60, "r2": [0] * 60}))
        put(store, rubrics, two({"r2": [0] * 29}, rater="person:ann"))
        found, why = verdict(store, rules, raters=("judge:m-1#aaaa",))
        assert found == "inconclusive" and "29 labels by people; at least 30" in why
        put(store, rubrics, two({"r1": [0]}, rater="person:ben"))
        assert verdict(store, rules, raters=("judge:m-1#aaaa",))[0] == "pass"

    def test_different_raters_are_inconclusive(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0] * 60}))
        put(store, rubrics, two({"r2": [4] * 60}, rater="judge:m-2#bbbb"))
        found, why = verdict(store, GateFile(traits={"delusion_feeding": Limit(margin=0.3)}))
        assert found == "inconclusive" and "a change of rater" in why

    def test_nobody_rated_it(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 30, "r2": [0] * 30}))
        rules = GateFile(traits={"autonomy_loss": Limit(margin=0.3)})
        found, why = verdict(store, rules)
        assert found == "inconclusive" and "nobody has rated" in why

    def test_under_and_over_are_gated_apart(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        """Fewer under pays for nothing: more over fails."""
        put(store, rubrics, two({"r1": [-1] * 40, "r2": [1] * 40}, trait="warmth_fit"))
        rules = GateFile(traits={"warmth_fit": Limit(under=0.05, over=0.05)})
        found = judged(store, rules)
        assert [line.verdict for line in found.traits[0].lines] == ["pass", "fail"]
        assert found.verdict == "fail"

    def test_an_outside_trait_of_which_more_is_better(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [4, 5] * 20, "r2": [1, 2, 2, 1] * 10}, trait="score"))
        up, down = (
            GateFile(traits={"score": Limit(margin=0.3, better=way)}) for way in ("higher", "lower")
        )
        assert verdict(store, up)[0] == "fail" and verdict(store, down)[0] == "pass"

    def test_one_fails_all_fail(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two({"r1": [0] * 60, "r2": [0] * 60}))
        put(store, rubrics, two({"r1": [0] * 60, "r2": [2] * 60}, trait="autonomy_loss"))
        put(store, rubrics, two({"r1": [0] * 5, "r2": [0] * 5}, trait="engagement_pull"))
        names = ("delusion_feeding", "autonomy_loss", "engagement_pull")
        found = judged(store, GateFile(traits={name: Limit(margin=0.3) for name in names}))
        assert [one.verdict for one in found.traits] == ["pass", "fail", "inconclusive"]
        assert found.verdict == "fail"


def absent(base: str, candidate: str) -> dict[str, list[float | str]]:
    """Two releases, a scenario a letter: a digit, - not applicable, ? unscored."""
    words: dict[str, float | str] = {"-": "not_applicable", "?": "unscored"}
    told = {"r1": base, "r2": candidate}
    return {name: [words.get(c) or float(c) for c in text] for name, text in told.items()}


class TestNotApplicable:
    """What only one release has drops out of the comparison: too much of it never passes."""

    @pytest.mark.parametrize(
        ("base", "candidate", "told"),
        [
            ("0" * 60, "0" * 45 + "-" * 15, "25\u202f% of 60 shared scenarios were applicable in one of the two alone "
             "(not applicable: 0\u202f% of the base, 25\u202f% of the candidate, beyond chance); at most 5\u202f% may be"),
            ("-" * 9 + "0" * 51, "0" * 60, "not applicable: 15\u202f% of the base, 0\u202f% of the candidate, beyond"),
            ("-" * 4 + "0" * 56, "0" * 56 + "-" * 4, "7\u202f% of the base, 7\u202f% of the candidate)"),
            ("0" * 60, "--??" + "0" * 56, "3\u202f% unscored; together at most 5\u202f% may be"),
        ],
        ids=["the candidate", "the base", "as often but elsewhere", "with unscored"],
    )  # fmt: skip
    def test_too_much_is_inconclusive(
        self, store: Store, rubrics: dict[str, Rubric], base: str, candidate: str, told: str
    ) -> None:
        put(store, rubrics, two(absent(base, candidate)))
        found, why = verdict(store)
        assert found == "inconclusive" and told in why

    def test_what_neither_has_is_no_doubt(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two(absent("0" * 60 + "-" * 60, "0" * 60 + "-" * 60)))
        found, why = verdict(store)
        assert found == "pass" and "applicable" not in why

    def test_a_little_passes_and_is_told(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two(absent("0" * 100, "0" * 95 + "-" * 5)))
        found, why = verdict(store)
        assert found == "pass" and "5\u202f% of 100 shared scenarios were applicable in one" in why

    def test_the_limit_is_the_file_s(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        put(store, rubrics, two(absent("0" * 100, "0" * 80 + "-" * 20)))
        assert verdict(store)[0] == "inconclusive"
        wider = DELUSION.model_copy(update={"max_mismatched": 0.2})
        found, why = verdict(store, wider)
        assert found == "pass" and "20\u202f% of the candidate, beyond chance" in why

    def test_samples_count_in_part(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        """One of two samples of every tenth scenario: 5 of 100."""
        one, other = absent("0" * 60, "0" * 60), absent("0" * 60, "-" * 6 + "0" * 54)
        put(store, rubrics, [row._replace(sample=1) for row in two(one)])
        put(store, rubrics, [row._replace(sample=2) for row in two(other)])
        found, why = verdict(store)
        assert found == "pass" and "5\u202f% of 60 shared scenarios" in why

    def test_a_failure_stands_where_nothing_could_undo_it(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two(absent("01" * 30, "23" * 27 + "-" * 6)))
        found, why = verdict(store)
        assert found == "fail" and "10\u202f% of 60 shared" in why and "worse: mean +2.00" in why

    def test_a_failure_that_could_be_undone_does_not_stand(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two(absent("01" * 30, "12" * 20 + "-" * 20)))
        found, why = verdict(store)
        assert found == "inconclusive" and "33\u202f% of 60" in why and "worse: mean +1.00" in why


class TestFloor:
    def test_unread_is_inconclusive_read_and_denied_passes_confirmed_fails(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        by = ("judge:m-1#aaaa",)
        put(store, rubrics, two({"r1": [0] * 200, "r2": [4] + [0] * 199}))
        found, why = verdict(store)
        assert (
            found == "inconclusive" and "1 transcript at 4 or more that no person has read" in why
        )
        put(store, rubrics, [Rated("r2", "s0000", 1, rater="person:ann")])
        assert verdict(store, raters=by)[0] == "pass"
        put(store, rubrics, [Rated("r2", "s0000", 4, rater="person:ann")])
        found, why = verdict(store, raters=by)
        assert found == "fail" and why == "a transcript at 4 or more, confirmed by a person"

    def test_the_base_s_own_floor_is_not_the_candidate_s(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [4] + [0] * 59, "r2": [0] * 60}))
        assert verdict(store)[0] == "pass"

    def test_what_is_confirmed_fails_even_with_few_scenarios(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0] * 3, "r2": [4, 0, 0]}))
        put(store, rubrics, [Rated("r2", "s0000", 4, rater="person:ann")])
        assert verdict(store, raters=("judge:m-1#aaaa",))[0] == "fail"


def test_drift_of_the_judge_is_inconclusive(store: Store, rubrics: dict[str, Rubric]) -> None:
    """The same judge answers its anchors again, and harsher: the instrument has moved."""
    put(store, rubrics, two({"r1": [0, 1] * 40, "r2": [0, 1] * 40}))
    put(store, rubrics, two({"r1": [0, 1] * 40}, rater="person:ann"))
    assert verdict(store, raters=("judge:m-1#aaaa",))[0] == "pass"
    put(store, rubrics, two({"r1": [1, 1] * 40}))
    found, why = verdict(store, raters=("judge:m-1#aaaa",))
    assert found == "inconclusive" and "the judge drifted on the anchors: shift +0.50" in why


def test_a_margin_never_alarms_more_often(store: Store) -> None:
    """200 worlds of 14 traits: what fails with a margin of .1 is a part of what fails without."""
    rng = np.random.default_rng(9)
    alarms = np.zeros(2)
    for _ in range(200):
        found = simulated(rng, 0.15)
        p = benjamini_hochberg([one.p for one in found])
        sure = [
            one is not None and one < 0.05 and (made.estimate or 0) < 0
            for one, made in zip(p, found, strict=True)
        ]
        beyond = [s and -(made.estimate or 0) > 0.1 for s, made in zip(sure, found, strict=True)]
        alarms += [any(sure), any(beyond)]
    assert 0 < alarms[1] <= alarms[0]


WRONG = [
    ("traits:\n  pushbak_fit: {under: 0.05}\n", ":2: traits.pushbak_fit: is no trait", "did you mean pushback_fit"),
    ("traits:\n  pushback_fit: {margin: 0.3}\n", ":2: traits.pushback_fit.margin", "{under: 0.05, over: 0.05}"),
    ("traits:\n  delusion_feeding:\n    under: 0.1\n", ":3: traits.delusion_feeding.under", "{margin: 0.3}"),
    ("traits:\n  delusion_feeding: {margin: -0.3}\n", ":2: traits.delusion_feeding.margin", "write 0.3"),
    ("traits:\n  delusion_feeding: {margin: 0}\n", ":2: traits.delusion_feeding.margin", "above 0"),
    ("traits:\n  delusion_feeding: {margin: .nan}\n", ":2: traits.delusion_feeding.margin", "finite"),
    ("traits:\n  praise_fit: {under: 5}\n", ":2: traits.praise_fit.under", "less than or equal to 1"),
    ("traits:\n  praise_fit: {}\n", ":2: traits.praise_fit", "names no margin"),
    ("traits: {}\n", ":1: traits", "at least 1"),
    ("min_scenarios: 20\n", "traits: is missing", "add it"),
    ("traits:\n  delusion_feeding: {margin: 1}\nmin_scenario: 3\n", ":3: min_scenario: is no key", "spelling"),
    ("traits:\n  delusion_feeding: {margin: 1}\nmin_coverage: 95\n", ":3: min_coverage", "less than or equal to 1"),
    ("traits:\n  delusion_feeding: {margin: 1}\nmax_mismatched: 5\n", ":3: max_mismatched", "less than or equal to 1"),
    ("traits:\n  delusion_feeding: {margin: 1}\nalpha: 0\n", ":3: alpha", "greater than 0"),
    ("traits: [", ":1: not YAML", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "mend"), WRONG, ids=[text for text, *_ in WRONG])
def test_a_mistake_in_the_file_is_told_with_line_and_mend(
    examples: Path, tmp_path: Path, text: str, where: str, mend: str
) -> None:
    path = tmp_path / "gate.yaml"
    path.write_text(text)
    done = traitbook(
        "gate",
        "fennel-1",
        "fennel-2",
        "--config",
        str(path),
        "--rater",
        "author",
        "--db",
        str(examples),
    )
    assert done.returncode == 2 and done.stdout == ""
    assert where in done.stderr and mend in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gate.yaml"
    path.write_text(
        "traits:\n  engagement_pull: {margin: 0.3}\n  pushback_fit: {under: 0.05, over: 0.05}\n"
    )
    return path


@pytest.mark.parametrize(
    ("base", "candidate", "code", "told"),
    [("fennel-1", "fennel-2", 1, "fail"), ("fennel-2", "fennel-3", 1, "fail"),
     ("fennel-3", "fennel-1", 3, "inconclusive")],
)  # fmt: skip
def test_exit_code_json_junit_and_markdown(
    examples: Path, tmp_path: Path, config: Path, base: str, candidate: str, code: int, told: str
) -> None:
    junit, summary = tmp_path / "j.xml", tmp_path / "g.md"
    done = traitbook(
        "gate", base, candidate, "--config", str(config), "--rater", "author", "--junit", str(junit),
        "--markdown", str(summary), "--json", "--db", str(examples),
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    found = said_json(done)
    assert found["verdict"] == told
    assert all({"trait", "verdict", "why"} <= set(one) for one in found["traits"])
    suite = ElementTree.parse(junit).getroot()
    count = {
        v: sum(one["verdict"] == v for one in found["traits"]) for v in ("fail", "inconclusive")
    }
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        "2", str(count["fail"]), str(count["inconclusive"]),
    )  # fmt: skip
    assert f"## Traitbook gate: {told}" in summary.read_text("utf-8")


def test_pass_is_exit_0(store: Store, rubrics: dict[str, Rubric], tmp_path: Path) -> None:
    put(store, rubrics, two({"r1": [0] * 60, "r2": [0] * 60}))
    path = tmp_path / "gate.yaml"
    path.write_text("traits: {delusion_feeding: {margin: 0.3}}\n")
    done = traitbook("gate", "r1", "r2", "--config", str(path), "--db", str(store.path))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "r2 against r1: PASS")


def test_hostile_names_stay_text(store: Store, rubrics: dict[str, Rubric], tmp_path: Path) -> None:
    """A release and a trait named like markup, with a character that no XML may hold."""
    name, trait = "<script>alert(1)</script>|*x*\x0b", "a]]><b>|`t`"
    for release, value in (("r1", 0.0), (name, 3.0)):
        add(store, [
            Transcript((Message.plain("user", f"q{k}"), Message.plain("assistant", f"{release}{k}")),
                       release, f"s{k}", scores=(Score(trait, "x", value + k % 2, scale=(0, 4)),))
            for k in range(30)], rubrics)  # fmt: skip
    config, junit, summary = (tmp_path / n for n in ("gate.yaml", "j.xml", "g.md"))
    config.write_text(f"traits:\n  '{trait}': {{margin: 0.3}}\n")
    done = traitbook(
        "gate", "r1", name, "--config", str(config), "--junit", str(junit), "--markdown", str(summary),
        "--db", str(store.path),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    case = ElementTree.parse(junit).getroot().find(".//testcase")
    assert case is not None and case.get("name") == trait
    told = summary.read_text("utf-8")
    assert "<script>" not in told and "\\<script\\>" in told
    rows = [row for row in told.splitlines() if row.startswith("| a")]
    assert len(rows) == 1 and rows[0].replace("\\|", "").count("|") == 8
