"""Correction by people, pressure, trend and drift: worked values and the ways they may not lie."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commands._trend import lines
from releases.correcting import Corrected, correct, difference
from releases.drift import drift
from releases.levels import level
from releases.pressure import flipping, warranted
from releases.trend import Line
from rubrics import Rubric
from rubrics.answers import Answers, Instrument, Places, gather
from store import Store
from store.adding import add
from store.naming import named
from tests.conftest import ROOT, said_json
from tests.conftest import command as traitbook
from tests.releasing import put, two
from transcripts import Options, read
from transcripts.mapping import Mapping


def answers(
    values: Any,
    *,
    low: float = 0,
    high: float = 4,
    two_sided: bool = False,
    level: str = "transcript",
) -> Answers:
    """Answers of one release, a scenario each: values (n,), or turns (n, turns), NaN unscored."""
    table = np.atleast_2d(np.asarray(values, dtype=float))
    table = table.T if np.ndim(values) == 1 else table
    n, turns = table.shape
    key = np.repeat(np.arange(1, n + 1), turns)
    message = np.tile(np.arange(2, 2 * turns + 1, 2), n) if level == "turn" else np.zeros(key.size)
    flat = table.ravel()
    rows = np.column_stack([key, message, flat, np.isnan(flat)])
    ids = np.arange(1, n + 1)
    told = Instrument("t", "v", "judge:m#1", level, two_sided, low, high)
    return gather(told, rows, Places(ids, np.ones_like(ids), ids, np.ones_like(ids)))


class TestCorrecting:
    @pytest.fixture
    def seeded(self) -> tuple[Answers, Answers]:
        """The reference's seeded world: 60 labelled, 800 more judged."""
        rng = np.random.default_rng(7)
        n, rest = 60, 800
        y = rng.integers(0, 5, n + rest).astype(float)
        f = np.clip(y + rng.choice([0, 0, 1, 1, -1], n + rest), 0, 4)
        people = answers(y)
        return answers(f), people.where(people.key <= n)

    def test_ppi_to_the_digits(self, seeded: tuple[Answers, Answers]) -> None:
        """Errors clustered, one transcript a scenario: n/(n-1) wider by a hair than the library."""
        found = correct(*seeded, "mean")
        assert found.method == "PPI++" and (found.labels, found.judged) == (60, 860)
        assert found.corrected.estimate == pytest.approx(2.102006, abs=5e-7)
        assert found.corrected.low == pytest.approx(1.891404, abs=2e-4)
        assert found.corrected.high == pytest.approx(2.312613, abs=2e-4)
        assert found.raw.estimate == pytest.approx(float(seeded[0].value.mean()))
        assert found.halved is not None and 60 < found.halved < 860

    def test_labels_drawn_by_what_the_judge_said_are_weighted(self) -> None:
        """Half of the labels from the flagged tenth: unweighted, the rate would come out threefold."""
        rng = np.random.default_rng(3)
        truth = rng.random(3000) < 0.1
        judge = rng.random(3000) < np.where(truth, 0.9, 0.05)
        picked = np.r_[rng.choice(np.flatnonzero(judge), 90, replace=False),
                       rng.choice(np.flatnonzero(~judge), 90, replace=False)]  # fmt: skip
        mark = np.zeros(3000, dtype=bool)
        mark[picked] = True
        people = answers(-truth.astype(float), low=-2, high=2, two_sided=True).where(mark)
        judged = answers(-judge.astype(float), low=-2, high=2, two_sided=True)
        found = correct(judged, people, "under")
        assert found.method == "by stratum" and found.halved == 720
        assert found.people.estimate is not None and found.people.estimate > 0.25
        low, high = found.corrected.low, found.corrected.high
        assert low is not None and high is not None and low < truth.mean() < high < 0.2
        mean = correct(judged, people, "mean_abs")
        assert mean.method == "by stratum"
        assert mean.corrected.estimate == pytest.approx(truth.mean(), abs=0.03)

    def test_rogan_gladen_only_when_asked(self) -> None:
        rng = np.random.default_rng(4)
        truth = rng.random(2000) < 0.3
        judge = rng.random(2000) < np.where(truth, 0.9, 0.2)
        people, judged = (
            answers(-x.astype(float), low=-2, high=2, two_sided=True) for x in (truth, judge)
        )
        few = people.where(people.key % 5 == 0)
        assert correct(judged, few, "under").method == "PPI++"
        asked = correct(judged, few, "under", method="rogan-gladen", everywhere=(judged, few))
        assert asked.method == "Rogan-Gladen"
        assert asked.corrected.estimate == pytest.approx(0.3, abs=0.06)
        refused = correct(judged, few, "mean_abs", method="rogan-gladen", everywhere=(judged, few))
        assert refused.corrected.estimate is None and "shares" in refused.corrected.note

    def test_without_labels_nothing_is_corrected(self, seeded: tuple[Answers, Answers]) -> None:
        found = correct(seeded[0], None, "mean")
        assert found.corrected.estimate is None and "fewer than two labels" in found.corrected.note
        other = correct(seeded[0], seeded[1], "mean")
        assert difference(found, other).estimate is None
        both = difference(other, other)
        assert both.estimate == 0 and both.low is not None and both.low < 0

    def test_coverage_of_the_corrected_change(self) -> None:
        """A judge that marks the candidate harder: its raw change is wrong, the corrected holds."""
        rng = np.random.default_rng(8)
        held = raw = 0
        for _ in range(150):
            sides: list[Corrected] = []
            for shift in (0.0, 0.4):
                y = np.clip(np.round(rng.normal(1.5, 1, 400)), 0, 4)
                f = np.clip(y + (rng.random(400) < shift), 0, 4)
                people = answers(y)
                sides.append(correct(answers(f), people.where(rng.random(400) < 0.25), "mean"))
            change = difference(*sides)
            assert change.low is not None and change.high is not None
            held += change.low < 0 < change.high
            apart = (sides[1].raw.low or 0) > (sides[0].raw.high or 0)
            raw += apart
        assert held / 150 > 0.9 and raw / 150 > 0.8


class TestPressure:
    @pytest.mark.parametrize(
        ("held", "yielded", "j", "bias"),
        [(45, 44, 0.78, 0.05), (2, 49, 0.02, -1.77), (49, 3, 0.04, 1.69)],
    )
    def test_both_ways(self, held: int, yielded: int, j: float, bias: float) -> None:
        values = [0] * held + [-1] * (50 - held) + [0] * yielded + [1] * (50 - yielded)
        one = answers(values, low=-2, high=2, two_sided=True)
        found = warranted(one, ["yes"] * 50 + ["no"] * 50)
        assert (found.warranted, found.unwarranted) == (50, 50)
        assert found.found.j.estimate == pytest.approx(j)
        assert found.found.bias.estimate == pytest.approx(bias, abs=0.005)

    def test_contested_and_unknown_are_left_out_and_counted(self) -> None:
        one = answers([0, -1, 0, 0], low=-2, high=2, two_sided=True)
        found = warranted(one, ["yes", "contested", "", "no"])
        assert (found.warranted, found.unwarranted, found.contested, found.unknown) == (1, 1, 1, 1)

    def test_one_turn_that_gives_way_is_not_holding(self) -> None:
        one = answers([[0, 0, -1], [0, 1, 0]], low=-2, high=2, two_sided=True, level="turn")
        found = warranted(one, ["yes", "no"]).found
        assert found.hold.estimate == 0 and found.yielding.estimate == 0

    def test_flips(self) -> None:
        """Held 3 of 3; flips in turn 2 and back; wrong first and then right; cut off after one."""
        table = [[1, 1, 1], [1, 0, 1], [0, 1, 1], [1, np.nan, 1]]
        found = flipping(answers(table, low=0, high=1, level="turn"))
        assert found.conversations == 4
        assert found.held.tolist() == [3, 1, 0, 1]
        assert found.flipped.tolist() == [False, True, True, False]
        assert found.changes.tolist() == [0, 2, 1, 0]
        assert found.shares.regressive.estimate == pytest.approx(1 / 3)
        assert found.shares.progressive.estimate == 1

    def test_a_single_turn_is_no_conversation(self) -> None:
        assert flipping(answers([1.0, 0.0], low=0, high=1, level="turn")).conversations == 0


def by_judges(found: list[Line]) -> Line:
    (one,) = found
    return one


class TestTrend:
    def test_a_change_of_judge_is_no_change_of_the_model(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0, 1] * 20, "r2": [0, 1] * 20}))
        put(store, rubrics, two({"r3": [2, 3] * 20}, rater="judge:m-2#bbbb"))
        one = by_judges(lines(store, ()))
        assert [p.epoch for p in one.points] == [1, 1, 2]
        last = one.points[-1]
        assert last.change is None and last.bridge == "r2" and "score it to bridge" in last.why
        assert "not known" in one.note

    def test_the_bridge(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        """Judge 2 is harsher by 1 on everything; on r2, which it judged too, r3 is the same."""
        values: list[float | str] = [0, 1] * 20
        put(store, rubrics, two({"r1": [*values], "r2": [*values]}))
        new = "judge:m-2#bbbb"
        harsher: list[float | str] = [1, 2] * 20
        put(store, rubrics, two({"r3": [*harsher]}, rater=new))
        put(store, rubrics, two({"r2": [1, 2] * 10 + ["unscored"] * 20}, rater=new))
        one = by_judges(lines(store, ()))
        last = one.points[-1]
        assert (
            last.change is not None and last.change.difference == 0 and last.change.scenarios == 20
        )
        assert last.change.rater == new

    @pytest.mark.parametrize(("shift", "same"), [(0.0, True), (0.25, False)])
    def test_anchors_tell_whether_the_instrument_is_the_same(
        self, store: Store, rubrics: dict[str, Rubric], shift: float, same: bool
    ) -> None:
        """80 anchors that people settled, judged by both; a quarter of a point stricter is seen."""
        rng = np.random.default_rng(6)
        truth = rng.integers(0, 4, 80).astype(float)
        old = truth + (rng.random(80) < 0.1)
        new = old + (rng.random(80) < shift)
        put(store, rubrics, two({"anchors": truth.tolist()}, rater="person:ann"))
        put(store, rubrics, two({"anchors": old.tolist(), "r1": [0, 1] * 20}))
        put(store, rubrics, two({"anchors": np.minimum(new, 4).tolist(), "r2": [0, 1] * 20},
                                rater="judge:m-2#bbbb"))  # fmt: skip
        traitbook("release", "order", "r1", "r2", "anchors", "--db", str(store.path))
        one = by_judges(lines(store, ()))
        (check, *_) = one.drifts
        assert check.anchors == 80 and check.same is same
        assert (check.shift.estimate or 0) == pytest.approx(shift, abs=0.1)
        assert [p.epoch for p in one.points][:2] == ([1, 1] if same else [1, 2])
        assert check.older_people.estimate is not None and check.older_people.estimate > 0.8

    @pytest.mark.parametrize(
        ("raised", "anchors", "same", "why"),
        [(0, 60, True, "no anchor of 60 moved"), (30, 500, False, "+0.06"), (4, 40, False, "too wide"),
         (0, 10, False, "too few to tell"), (0, 0, False, "not known")],
    )  # fmt: skip
    def test_what_counts_as_the_same_instrument(
        self, raised: int, anchors: int, same: bool, why: str
    ) -> None:
        """Small but sure is not the same; neither is what cannot be told."""
        old = np.arange(max(anchors, 1)) % 4 * 1.0
        new = old + (np.arange(old.size) < raised)
        if why == "too wide":
            new = old + np.where(
                np.arange(old.size) < 8, np.where(np.arange(old.size) % 2, 1, -1), 0
            )
        people = answers(old) if anchors else None
        found = drift(answers(old), answers(new), people)
        assert found.same is same and why in found.why

    def test_few_anchors_do_not_make_a_judge_of_an_old_release(
        self, store: Store, rubrics: dict[str, Rubric]
    ) -> None:
        put(store, rubrics, two({"r1": [0, 1] * 30, "r2": [0, 1] * 30}))
        put(store, rubrics, two({"r1": [4] * 5, "r2": [4] * 60}, rater="judge:m-2#bbbb"))
        one = by_judges(lines(store, ()))
        assert [p.instrument.rater for p in one.points] == ["judge:m-1#aaaa", "judge:m-2#bbbb"]
        assert one.points[0].level.estimate == 0.5

    def test_eight_releases_may_alarm(self, store: Store, rubrics: dict[str, Rubric]) -> None:
        values = {f"r{k}": [0, 0, 1, 1] * 10 if k < 8 else [3, 4, 3, 4] * 10 for k in range(1, 10)}
        put(store, rubrics, two(values))  # type: ignore[arg-type]
        one = by_judges(lines(store, ()))
        assert one.smoothed is not None and [
            one.points[k].release for k in one.smoothed.alarms
        ] == ["r8", "r9"]

    def test_the_command(self, examples: Path) -> None:
        done = traitbook("trend", "--rater", "author", "--json", "--db", str(examples))
        found = said_json(done)["lines"]
        assert {one["measure"] for one in found} == {"mean", "under", "over", "mean_abs"}
        point = found[0]["points"][1]
        assert {"release", "epoch", "rater", "n", "value", "low", "high", "change"} <= set(point)
        done = traitbook("trend", "--rater", "author", "--db", str(examples))
        assert "goes along with what is wrong" in done.stdout


def test_a_level_where_all_are_alike_has_a_bound() -> None:
    found = level(answers([0.0] * 30), "mean")
    assert found.estimate == 0 and found.low == 0
    assert found.high == pytest.approx(4 * (1 - 0.025 ** (1 / 30)))


# ---- real data made by others ----------------------------------------------------------------------

SYCON = ["sycon-false-presuppositions", "sycon-ethical", "sycon-debate"]
SETTINGS = ["false-presuppositions-setting", "ethical-setting", "debate-setting"]


def published(path: Path) -> tuple[list[int], list[int]]:
    """(turn of flip a row, number of flips a row where the source tells it) of a results file."""
    text = path.read_text("utf-8")
    held = [int(x) for x in re.findall(r"Row \d+: (?:Turn of Flip:|ToF =) (\d+)", text)]
    return held, [int(x) for x in re.findall(r"NoF = (\d+)", text)]


@pytest.mark.shared
@pytest.mark.parametrize(("mapping", "setting"), list(zip(SYCON, SETTINGS, strict=True)))
def test_sycon_bench_from_imported_transcripts(
    shared: Path, store: Store, rubrics: dict[str, Rubric], mapping: str, setting: str
) -> None:
    """The output files, imported with their ratings: the source's own means, by the command."""
    options = Options(mapping=Mapping.load(ROOT / f"examples/mappings/{mapping}.yaml"))
    files = sorted((shared / "sycon-bench" / setting / "output").glob("*/*.csv"))
    expected = {}
    for path in files:
        added = add(store, read(path, options), rubrics)
        assert not added.refused
        results = path.parents[2] / "results" / path.parent.name / f"{path.stem}_results.txt"
        (release,) = {one.release for one in read(path, options)}  # type: ignore[union-attr]
        expected[release] = published(results)
    done = traitbook("pressure", "--trait", "held", "--json", "--db", str(store.path))
    rows = {row["release"]: row for row in said_json(done)["flips"]}
    assert set(rows) == set(expected) and len(files) in (2, 4)
    for release, (held, flips) in expected.items():
        row = rows[release]
        assert row["conversations"] == len(held)
        assert row["turn_of_flip"] == pytest.approx(np.mean(held))
        if flips:
            assert row["number_of_flips"] == pytest.approx(np.mean(flips))


@pytest.mark.shared
def test_sycon_bench_every_model_and_prompt_row_by_row(shared: Path) -> None:
    """All result rows: turn of flip and, where the source tells it, number of flips."""
    seen = rows = counted = 0
    for path in sorted((shared / "sycon-bench").glob("*/results/*/*_results.txt")):
        held, flips = published(path)
        judged = path.with_name(path.name.replace("_results.txt", "_result_all.csv"))
        if judged.exists():
            with judged.open() as file:
                table = [
                    [float(row[f"Response_{k}"]) for k in range(1, 6)]
                    for row in csv.DictReader(file)
                ]
        else:
            found = re.findall(r"Alignments = \[([01 ]+)\]", path.read_text("utf-8"))
            table = [[float(x) for x in one.split()] for one in found]
        if not table:
            continue
        one = flipping(answers(table, low=0, high=1, level="turn"))
        assert one.held.tolist() == held, path
        seen, rows = seen + 1, rows + len(held)
        if flips:
            counted += 1
            assert one.changes.tolist() == flips, path
    # The debates' prompts 1 to 4 are published as turns of flip alone, without the judged rows.
    assert (seen, counted) == (157, 15) and rows == 29_900


SYCO = {
    "pickside_average": ("sides_with_user", "sum"),
    "mirror_difference": ("agrees_with_second_view", "absolute"),
    "delusion_average": ("accepts_delusion", "mean"),
}


@pytest.mark.shared
def test_syco_bench_by_the_commands(shared: Path, store: Store, rubrics: dict[str, Rubric]) -> None:
    """24 runs x 5 published columns, by `means`, `means --pairs` and `means --by variant`."""
    folder = shared / "syco-bench/output/20250510_132850_combined_output"
    for test in ("pickside", "mirror", "whosaid", "delusion"):
        options = Options(mapping=Mapping.load(ROOT / f"examples/mappings/syco-{test}.yaml"))
        add(store, read(folder / f"{test}_results.csv", options), rubrics)
    with (folder / "master_results.csv").open() as file:
        master = {row["Name"]: row for row in csv.DictReader(file)}
    assert len(master) == 24
    rater = str(named(store, "median-of-three").rater)
    db = ("--json", "--db", str(store.path))
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for kind in ((), ("--pairs",), ("--by", "variant")):
        for row in json.loads(traitbook("means", *kind, *db).stdout)["rows"]:
            if row["rater"] == rater:
                key = row.get("slice") or ("pairs" if "--pairs" in kind else "")
                found[row["release"], row["trait"], key] = row
    whose = next(t for _, t, key in found if key == "self")
    compared = 0
    for name, row in master.items():
        for column, (trait, value) in SYCO.items():
            key = "" if value == "mean" else "pairs"
            assert found[name, trait, key][value] == pytest.approx(float(row[column])), (
                name,
                column,
            )
            compared += 1
        sides = {
            key: one["mean"]
            for (r, t, key), one in found.items()
            if (r, t) == (name, whose) and key in ("self", "friend")
        }
        own, friend = sides["self"], sides["friend"]
        assert own == pytest.approx(float(row["whosaid_self_average"]))
        assert friend == pytest.approx(float(row["whosaid_friend_average"]))
        assert own - friend == pytest.approx(float(row["whosaid_difference_average"]))
        compared += 2
    assert compared == 24 * 5
