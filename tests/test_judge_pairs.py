"""Two transcripts at once: both orders, ties where they disagree, quotes that keep their place."""

from __future__ import annotations

from typing import Any

import pytest

from commands import _judge
from commands._work import Order
from rubrics import Rubric
from scorers.judge import Judge, price_file
from scorers.judge.settings import Settings
from store import Store, calls, pairs, ratings
from store.adding import add
from store.frames import sources
from tests.conftest import said_json, traitbook
from tests.messages_faults import Fault
from tests.messages_server import Server
from tests.releasing import put, two
from transcripts import Message, Transcript

WARM, COLD = (
    "I am so glad that you wrote to me about it.",
    "State your question in one line, please.",
)


def talk(said: str, release: str, scenario: str, **told: Any) -> Transcript:
    messages = (
        Message.plain("system", "Be kind."),
        Message.plain("user", "Hello there."),
        Message.plain("assistant", said),
    )
    return Transcript(messages, release=release, scenario=scenario, metadata=told)


@pytest.fixture
def ask(store: Store, messages_server: Server, rubrics: dict[str, Rubric]) -> Any:
    made = [talk(WARM, "r1", f"s{n}") for n in range(3)] + [
        talk(COLD, "r2", f"s{n}") for n in range(3)
    ]
    made += [talk(WARM, "r1", "p-a", pair="p", variant="for"), talk(COLD, "r1", "p-b", pair="p", variant="against"),
             talk(WARM, "r1", "lonely", pair="q", variant="for")]  # fmt: skip
    add(store, iter(made), rubrics)

    def asked(mode: Any, trait: str, **given: Any) -> dict[str, Any]:
        judge = Judge(
            Settings("claude-haiku-5-5", messages_server.address, "k"), price_file(), "salt"
        )
        order = Order(
            [rubrics[trait]],
            yes=True,
            mode=mode,
            releases=("r1", "r2") if mode == "versus" else (),
            **given,
        )
        return _judge.score(store, judge, order)

    return asked


def warmer(asked: Any) -> Any:
    """A judge that truly sees which of two is the warmer one."""
    first, second = asked.spoken
    value = (first.text == WARM) - (second.text == WARM)
    line = first if value >= 0 else second
    return {"verdicts": [{"message": None, "applicable": True, "reason": "glad",
                          "quotes": [{"message": line.number, "text": line.text[:25]}], "value": value}]}  # fmt: skip


def placed(asked: Any) -> Any:
    """A judge that always prefers the one that stands first."""
    line = asked.spoken[0]
    return {"verdicts": [{"message": None, "applicable": True, "reason": "first",
                          "quotes": [{"message": line.number, "text": line.text[:25]}], "value": 1}]}  # fmt: skip


def test_which_is_warmer_in_both_orders(ask: Any, store: Store, messages_server: Server) -> None:
    messages_server.api.behaviour = warmer
    told = ask("versus", "warmth_fit")
    assert (
        told["asked"] == told["rated"] == 3
        and told["plan"]["judgements"] == 3
        and told["plan"]["calls"] == 6
    )
    assert told["order_consistency"]["warmth_fit"] == {
        "pairs": 3,
        "agree": 3,
        "share": 1.0,
        "unscored": 0,
    }
    assert {row["winner"] for row in store.rows("SELECT winner FROM preferences")} == {"first"}
    assert store.one("SELECT count(*) FROM calls WHERE other IS NOT NULL") == 6
    assert ask("versus", "warmth_fit")["run"] is None, "the same again asks nothing"


def test_a_judge_that_prefers_a_place_gives_ties(
    ask: Any, store: Store, messages_server: Server
) -> None:
    messages_server.api.behaviour = placed
    told = ask("versus", "warmth_fit")
    assert told["order_consistency"]["warmth_fit"] == {
        "pairs": 3,
        "agree": 0,
        "share": 0.0,
        "unscored": 0,
    }
    rows = store.rows("SELECT winner, reason FROM preferences")
    assert {row["winner"] for row in rows} == {"tie"} and all(
        "disagree" in row["reason"] for row in rows
    )


def test_the_two_transcripts_stand_apart_and_names_of_releases_do_not(
    ask: Any, messages_server: Server
) -> None:
    messages_server.api.behaviour = warmer
    ask("versus", "warmth_fit")
    texts = [
        entry.body["messages"][0]["content"][0]["text"] for entry in messages_server.api.judged
    ]
    assert all(text.count("TRANSCRIPT BEGINS") == 2 and '"message": 6' in text for text in texts)
    assert {text.index(WARM) < text.index(COLD) for text in texts} == {True, False}
    assert "r1" not in "".join(texts) and "r2" not in "".join(texts)


def test_a_comparison_that_fails_is_unscored_and_not_asked_for_ever(
    ask: Any, store: Store, messages_server: Server
) -> None:
    messages_server.api.faults = [Fault("refusal")]
    told = ask("versus", "warmth_fit")
    assert (told["asked"], told["rated"], told["unscored"]) == (3, 0, {"refusal": 3})
    assert told["order_consistency"]["warmth_fit"] == {
        "pairs": 0, "agree": 0, "share": None, "unscored": 3,
    }  # fmt: skip
    assert list(_judge.summary(told))[1] == "warmth_fit: no pairs of 0 pairs alike in both orders; 3 unscored"  # fmt: skip
    assert store.one("SELECT count(*) FROM preferences") == 0, "nobody's winner"
    assert list(ratings.each_rating(store)) == [], "nor a rating of the first alone"
    kept = store.rows("SELECT why, reason, first <> second AS two, run FROM uncompared")
    assert [tuple(row) for row in kept] == [
        ("refusal", "refusal: general_harms", 1, told["run"])
    ] * 3
    assert calls.reasons(store, told["run"]) == {"refusal": 3}
    assert {one.scenario for one in calls.failures(store, told["run"])} == {"s0", "s1", "s2"}
    assert ask("versus", "warmth_fit")["run"] is None
    assert store.one("SELECT count(*) FROM calls WHERE status = 'refusal'") == 3


def test_one_that_fails_is_in_no_mean_and_is_counted_beside_the_ranking(
    ask: Any, store: Store, messages_server: Server, rubrics: dict[str, Rubric]
) -> None:
    messages_server.api.behaviour = warmer
    messages_server.api.faults = [Fault("refusal", times=1)]
    told = ask("versus", "warmth_fit")
    assert (told["rated"], told["unscored"]) == (2, {"refusal": 1})
    assert told["order_consistency"]["warmth_fit"] == {
        "pairs": 2, "agree": 2, "share": 1.0, "unscored": 1,
    }  # fmt: skip
    assert sources(store) == [], "who could not compare has not rated"
    put(store, rubrics, two({"r1": [0] * 3, "r2": [1] * 3}, trait="warmth_fit"))
    done = traitbook("compare", "r1", "r2", "--json", "--db", str(store.path))
    rows = said_json(done)["preferences"]
    assert rows and {(row["trait"], row["unscored"]) for row in rows} == {("warmth_fit", 1)}


def test_what_failed_for_the_server_s_sake_and_is_compared_later_is_unscored_no_more(
    ask: Any, store: Store, messages_server: Server
) -> None:
    messages_server.api.behaviour = warmer
    messages_server.api.faults = [Fault("400", times=1)]
    first = ask("versus", "warmth_fit")
    assert sum(first["unscored"].values()) == 1
    again = ask("versus", "warmth_fit")
    assert again["order_consistency"]["warmth_fit"]["unscored"] == 0
    assert calls.reasons(store, first["run"]) == {}, "answered since"
    assert store.one("SELECT count(*) FROM uncompared") == 1, "its history stays"


def test_rubrics_on_pairs_find_matched_scenarios(
    ask: Any, store: Store, messages_server: Server
) -> None:
    def mirrors(asked: Any) -> Any:
        cold = next(line for line in asked.spoken if line.text == COLD)
        warm = next(line for line in asked.spoken if line.text == WARM)
        quotes = [{"message": line.number, "text": line.text[:25]} for line in (cold, warm)]
        return {
            "verdicts": [
                {"message": None, "applicable": True, "quotes": quotes, "reason": "so", "value": 3}
            ]
        }

    messages_server.api.behaviour = mirrors
    told = ask("pair", "belief_mirroring")
    assert told["asked"] == told["rated"] == 2, (
        "one pair in two orders; the lonely one has no match"
    )
    assert told["order_consistency"]["belief_mirroring"]["share"] == 1.0
    found = list(ratings.each_rating(store))
    assert {one.repeat for one in found} == {1, 2} and {one.value for one in found} == {3.0}
    first = {one.transcript for one in found}
    assert len(first) == 1 and {one.other for one in found} != first
    for one in found:
        (quote,) = one.quotes
        assert (quote.message, quote.match) == (3, "exact")
        assert "[the other, message 3:" in one.reason
    assert ask("pair", "belief_mirroring")["run"] is None
    assert pairs.order_consistency(store, found[0].rater, "belief_mirroring") == (1, 1)


def test_pairs_do_not_count_among_a_releases_means(ask: Any, store: Store) -> None:
    ask("pair", "belief_mirroring")
    assert (
        store.rows("SELECT * FROM release_traits WHERE trait = 'belief_mirroring' AND n > 0") == []
    )
