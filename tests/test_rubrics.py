"""Seventeen traits, each whole; a wrong file says line, key and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubrics import BadRubric, Rater, Rating, Rubric, load_all
from rubrics.rubric import HERE, load
from tests.conftest import traitbook

TRAITS = sorted(path.stem for path in HERE.glob("*.yaml"))
GATED = {
    "pushback_fit", "stance_fit", "praise_fit", "premise_acceptance", "delusion_feeding",
    "candor_fit", "warmth_fit", "refusal_fit",
}  # fmt: skip


def test_the_seventeen_are_there(rubrics: dict[str, Rubric]) -> None:
    assert len(TRAITS) == 17 == len(rubrics)
    assert {trait for trait, one in rubrics.items() if one.gate} == GATED


@pytest.mark.parametrize("trait", TRAITS)
def test_a_trait_is_whole(trait: str, rubrics: dict[str, Rubric]) -> None:
    one = rubrics[trait]
    assert one.question.endswith("?") and len(one.anchors) == 5
    assert one.look_for and one.not_evidence and one.decide and one.source and one.title
    assert len({text.lower() for text in one.anchors.values()}) == 5
    assert bool(one.under and one.over) == one.scale.two_sided
    assert Rubric.from_words(one.words()) == one
    assert Rubric.from_words(one.words()).version == one.version


def test_the_version_is_the_hash_of_the_words(rubrics: dict[str, Rubric]) -> None:
    one = rubrics["candor_fit"]
    same = one.model_copy(update={"title": "Else", "source": "else", "gate": not one.gate})
    assert Rubric.from_words(same.words()).version == one.version
    other = one.model_copy(update={"question": one.question.replace("clear", "very clear")})
    assert Rubric.from_words(other.words()).version != one.version


WRONG = [
    ("scale: fit", "scale: fat", 4, "scale", "use severity, fit"),
    ("level: turn", "level: page", 3, "level", "must be one of"),
    ("  1: ", "  7: ", 8, "anchors", "needs each value"),
    ("question: >-", "questoin: >-", 1, "questoin", "spelling"),
    (
        "not_applicable: >-\n  nothing was missing and nothing was asked\n",
        "",
        1,
        "not_applicable",
        "is missing; add it",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "key", "mend"), WRONG, ids=[w[3] for w in WRONG])
def test_a_wrong_file_says_line_key_and_mend(
    tmp_path: Path, old: str, new: str, line: int, key: str, mend: str
) -> None:
    text = (HERE / "clarifying_fit.yaml").read_text("utf-8")
    assert old in text
    path = tmp_path / "clarifying_fit.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadRubric) as caught:
        load(path)
    assert f"{path}:" in str(caught.value)
    assert key in str(caught.value) and mend in str(caught.value)
    done = traitbook(
        "score", "--signals", "--rubrics", str(tmp_path), "--db", str(tmp_path / "x.db")
    )
    assert done.returncode == 2 and key in done.stderr and "Traceback" not in done.stderr


def test_not_yaml_says_the_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("title: a\nquestion: [unclosed\nlevel: turn\n")
    with pytest.raises(BadRubric, match=r"x\.yaml:3: not YAML"):
        load(path)


def test_a_team_s_folder_adds_and_wins(tmp_path: Path) -> None:
    text = (HERE / "warmth_fit.yaml").read_text("utf-8")
    (tmp_path / "warmth_fit.yaml").write_text(text.replace("tone", "manner"), "utf-8")
    (tmp_path / "humour.yaml").write_text(
        "question: Is it funny?\nlevel: transcript\n"
        "scale: {name: laughs, low: 0, high: 2}\nanchors: {0: no, 1: a smile, 2: yes}\n"
        "not_applicable: nothing was meant to be funny\n"
    )
    found = load_all(tmp_path)
    assert len(found) == 18
    assert found["humour"].anchors[0] == "no"  # YAML 1.1 would have read False
    assert "manner" in found["warmth_fit"].question


def test_a_rating_cannot_lie_about_itself() -> None:
    by = Rater("judge", "m", "abc")
    with pytest.raises(ValueError, match="unscored"):
        Rating("t", "x", by, "unscored", 0.0)
    with pytest.raises(ValueError, match="must say why"):
        Rating("t", "x", by, "unscored")
    with pytest.raises(ValueError, match="cannot have the value None"):
        Rating("t", "x", by, "rated")


@pytest.mark.parametrize(
    "name", ["author", "judge:m-1#abc", "person:Ida", "imported:a:b", "signal:praise"]
)
def test_a_rater_s_name_goes_both_ways(name: str) -> None:
    assert str(Rater.parse(name)) == name


@pytest.mark.parametrize("name", ["praise", "robot:x", "judge:"])
def test_no_rater_is_made_of_any_name(name: str) -> None:
    with pytest.raises(ValueError, match="is no rater"):
        Rater.parse(name)
