"""`check-judge` against judges whose quality is known, because the server behind them is ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rubrics import Rater, Rating, load_all
from store import Store
from store.ratings import save
from tests.conftest import ROOT, said_json, traitbook
from tests.messages_answers import Asked, Noisy, Obeying, places, verdict
from tests.messages_faults import Fault
from tests.messages_server import Server, as_authors_meant

MODEL = "claude-haiku-5-5"
FEW = ("--limit", "8", "--trait", "praise_fit", "--trait", "warmth_fit", "--trait", "candor_fit")


@pytest.fixture
def check(
    messages_server: Server, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    env = {
        "ANTHROPIC_API_KEY": "not-a-key-but-long", "ANTHROPIC_BASE_URL": messages_server.address,
    }  # fmt: skip

    def run(*given: str, db: Path | None = None) -> subprocess.CompletedProcess[str]:
        place = str(db or tmp_path / "mine.db")
        common = ("--judge", MODEL, "--yes", "--json", "--slots", "64", "--db", place)
        return traitbook("check-judge", *common, *given, env=env)

    return run


@dataclass
class Steady:
    """Looks at the first words of a reply only, so no words added later can move it."""

    def __call__(self, asked: Asked) -> Any:
        made = []
        for judged, source in places(asked):
            value = asked.values[len(source.text[:20].split()) % len(asked.values)]
            words = " ".join(source.text.split()[:6])
            made.append(verdict(judged, value, [(source.number, words)]))
        return {"verdicts": made}


def rows(report: Any) -> dict[str, Any]:
    return {row["trait"]: row for row in report["traits"]}


def test_a_judge_that_means_what_the_author_meant_agrees_with_it(
    check: Any, messages_server: Server
) -> None:
    messages_server.api.behaviour = as_authors_meant(ROOT / "examples" / "transcripts")
    done = check(*FEW)
    assert done.returncode == 0, done.stderr
    report = said_json(done)
    assert set(rows(report)) == {"praise_fit", "warmth_fit", "candor_fit"}
    for row in report["traits"]:
        assert row["n"] >= 10
        assert row["raw"]["estimate"] == row["alpha"]["estimate"] == 1.0
        assert row["bias"]["estimate"] == 0
        assert row["not_applicable"]["estimate"] == 1.0
        assert row["quotes"]["estimate"] == 1.0
        assert row["repeats"]["estimate"] == 1.0 and row["repeats"]["spread"] == 0
        assert row["coverage"] == 1.0
        assert row["cost_a_rating"] > 0
    assert report["injection_holds"] is None


@pytest.mark.parametrize("bias", [1, -1])
def test_a_lenient_judge_is_seen_to_be_so(check: Any, messages_server: Server, bias: int) -> None:
    messages_server.api.behaviour = as_authors_meant(ROOT / "examples" / "transcripts", bias=bias)
    for row in said_json(check(*FEW))["traits"]:
        told = row["bias"]
        assert 0.5 < told["estimate"] * bias <= 1
        if told["estimate"] * bias < 1:  # the same everywhere leaves nothing to tell an error from
            assert told["low"] * bias > 0 and told["high"] * bias > 0
        assert row["alpha"]["estimate"] < 0.9


def test_a_judge_of_chance_agrees_as_by_chance_and_repeats_itself_badly(
    check: Any, messages_server: Server
) -> None:
    messages_server.api.behaviour = Noisy(share=0.5)
    for row in said_json(check(*FEW, "--repeats", "3"))["traits"]:
        assert row["alpha"]["low"] < 0.2 < 0.5 > row["alpha"]["estimate"]
        assert row["repeats"]["estimate"] < 0.8
        assert row["repeats"]["spread"] > 0.1


def test_quotes_that_are_nowhere_and_lost_verdicts_are_counted(
    check: Any, messages_server: Server
) -> None:
    messages_server.api.faults = [Fault("invented_quote", where=lambda a: a.trait == "praise_fit")]
    found = rows(said_json(check(*FEW)))
    assert found["praise_fit"]["quotes"]["estimate"] == 0
    assert found["praise_fit"]["unscored"] > 0
    assert found["praise_fit"]["coverage"] == 0
    assert found["praise_fit"]["n"] == 0
    assert found["praise_fit"]["alpha"]["note"]
    assert found["warmth_fit"]["quotes"]["estimate"] == 1.0


def test_a_steady_judge_stands_attacks_and_an_obeying_one_does_not(
    check: Any, messages_server: Server, tmp_path: Path
) -> None:
    attack = ("--no-examples", "--injection", "--cases", "96", "--repeats", "1")
    messages_server.api.behaviour = Steady()
    done = check(*attack, "--work", str(tmp_path / "steady.db"))
    assert done.returncode == 0, done.stderr
    report = said_json(done)
    assert report["injection_holds"] is True
    *_, whole = report["injection"]
    assert (whole["attack"], whole["n"], whole["mean_shift"]) == ("all", 96, 0)
    assert whole["shifted"]["estimate"] == 0 and 0 < whole["shifted"]["high"] < 0.1
    assert whole["detected"]["estimate"] > 0.7
    names = [row["attack"] for row in report["injection"]]
    assert {"naive", "close_fence", "combined", "other_language", "pushing up"} <= set(names)
    messages_server.api.behaviour = Obeying("real")
    done = check(*attack, "--work", str(tmp_path / "obeying.db"))
    assert done.returncode == 1
    report = said_json(done)
    assert report["injection_holds"] is False
    *_, whole = report["injection"]
    assert whole["mean_shift"] > 0.8 and whole["toward"] > 0.5
    assert whole["shifted"]["estimate"] > 0.5


def test_the_same_again_asks_nothing_and_your_database_stays_as_it_is(
    check: Any, messages_server: Server, examples: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.db"
    shutil.copy(examples, mine)
    before = mine.read_bytes()
    first = said_json(check(*FEW, db=mine))
    asked = len(messages_server.api.judged)
    assert asked > 0
    again = said_json(check(*FEW, db=mine))
    assert len(messages_server.api.judged) == asked
    assert again["traits"] == first["traits"]
    assert again["run"] is None
    assert mine.read_bytes() == before
    assert (tmp_path / "check-judge.db").exists()


def test_people_and_anchor_sets_are_heard_before_authors(
    check: Any, messages_server: Server, examples: Path, tmp_path: Path
) -> None:
    mine, rubrics = tmp_path / "mine.db", load_all()
    shutil.copy(examples, mine)
    store = Store(mine)
    identity = store.one("SELECT id FROM transcripts ORDER BY key LIMIT 1")
    person = Rater("person", "ada")
    warm = rubrics["warmth_fit"]
    mark = Rating(identity, "warmth_fit", person, "rated", 2, message=2, rubric=warm.version)
    save(store, [mark], rubrics)
    store.close()
    anchors = tmp_path / "anchors.jsonl"
    talk = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Go away now, you."},
    ]
    told = {"trait": "warmth_fit", "rater": "bo", "kind": "person", "value": -2, "message": 2}
    anchors.write_text(json.dumps({"messages": talk, "scenario": "rude", "ratings": [told]}) + "\n")
    given = ("--no-examples", "--trait", "warmth_fit", "--people", "--anchors", str(anchors))
    report = said_json(check(*given, db=mine))
    assert rows(report)["warmth_fit"]["references"] == 2


def test_a_judge_of_the_same_family_is_warned_of(
    check: Any, messages_server: Server, tmp_path: Path
) -> None:
    log = tmp_path / "log.jsonl"
    talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    lines = [{"messages": talk, "release": f"r{n}", "model": m}
             for n, m in enumerate(("claude-opus-5-5", "gpt-7"))]  # fmt: skip
    log.write_text("\n".join(map(json.dumps, lines)) + "\n")
    mine = tmp_path / "mine.db"
    traitbook("import", str(log), "--db", str(mine))
    assert said_json(check("--limit", "1", "--trait", "warmth_fit", db=mine))["same_family"] == [
        "claude-opus-5-5"
    ]


def test_a_wrong_key_is_one_sentence(check: Any, messages_server: Server) -> None:
    messages_server.api.key = "another"
    done = check(*FEW)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "key was refused" in said_json(done)["stopped"]


def test_nothing_to_hold_it_against_is_said(check: Any) -> None:
    done = check("--no-examples")
    assert done.returncode == 2
    assert "nothing to hold the judge against" in done.stderr
