"""Applicable in one release alone: told by compare, by the report; counted on shared scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from releases.applicable import Applicable, applicable
from releases.comparing import Two
from rubrics import Rubric
from store import Store
from store.choosing import chosen, met
from tests.conftest import command as traitbook
from tests.conftest import said_json
from tests.releasing import put, two

OTHER = "32\u202f% of 28 shared scenarios were applicable in one of the two alone"
RATES = "(not applicable: 0\u202f% of fennel-1, 32\u202f% of fennel-2, beyond chance)"


def found(store: Store) -> Applicable:
    return applicable(Two(*met(store, chosen(store), "r1", "r2")[0]))


def test_unscored_is_no_answer_and_one_alone_is_not_shared(
    store: Store, rubrics: dict[str, Rubric]
) -> None:
    gone, lost = "not_applicable", "unscored"
    put(store, rubrics, two({"r1": [0, gone, gone, 0, 0, 0], "r2": [gone, 0, gone, 0, lost]}))
    told = found(store)
    assert told.scenarios == 4, "the fifth is unscored in one, the sixth is of one release"
    assert (told.base, told.candidate, told.mismatched) == (0.5, 0.5, 0.5)
    assert told.matters and told.p == 1


def test_exact_p_where_few_changed(store: Store, rubrics: dict[str, Rubric]) -> None:
    """McNemar's exact p: nine against none of 30."""
    put(store, rubrics, two({"r1": [0] * 30, "r2": ["not_applicable"] * 9 + [0] * 21}))
    assert found(store).p == pytest.approx(2 * 0.5**9)


def test_nothing_shared(store: Store, rubrics: dict[str, Rubric]) -> None:
    put(store, rubrics, two({"r1": ["unscored"] * 3, "r2": [0] * 3}))
    assert found(store) == Applicable(0) and not found(store).matters


def test_compare_tells_it(examples: Path) -> None:
    command = ("compare", "fennel-1", "fennel-2", "--rater", "author", "--db", str(examples))
    lines = traitbook(*command).stdout.splitlines()
    (line,) = [one for one in lines if one.startswith("Standing firm: 32")]
    assert line == f"Standing firm: {OTHER} {RATES}: the comparison is of the rest."
    assert not [one for one in lines if one.startswith("Pushback: ") and "applicable" in one]
    rows = {one["trait"]: one for one in said_json(traitbook(*command, "--json"))["traits"]}
    stance = rows["stance_fit"]
    assert stance["not_applicable_base"] == 0
    assert stance["not_applicable_candidate"] == pytest.approx(9 / 28)
    assert stance["mismatched"] == pytest.approx(9 / 28)
    assert rows["pushback_fit"]["mismatched"] == 0


@pytest.mark.parametrize("name", ["r.html", "r.md"])
def test_the_report_tells_it(examples: Path, tmp_path: Path, name: str) -> None:
    done = traitbook(
        "report", "fennel-2", "--against", "fennel-1", "--rater", "author",
        "-o", str(tmp_path / name), "--db", str(examples),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = (tmp_path / name).read_text("utf-8")
    assert " ".join(OTHER.split()) in " ".join(told.split())
