"""Two transcripts at once: both orders, ties where they disagree, quotes that keep their place."""

from __future__ import annotations

from typing import Any

import pytest

from commands import _judge
from commands._work import Order
from rubrics import Rubric
from scorers.judge import Judge, price_file
from scorers.judge.settings import Settings
from store import Store, pairs, ratings
from store.adding import add
from tests.messages_faults import Fault
from tests.messages_server import Server
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
    assert told["order_consistency"]["warmth_fit"] == {"pairs": 3, "agree": 3, "share": 1.0}
    assert {row["winner"] for row in store.rows("SELECT winner FROM preferences")} == {"first"}
    assert store.one("SELECT count(*) FROM calls WHERE other IS NOT NULL") == 6
    assert ask("versus", "warmth_fit")["run"] is None, "the same again asks nothing"


def test_a_judge_that_prefers_a_place_gives_ties(
    ask: Any, store: Store, messages_server: Server
) -> None:
    messages_server.api.behaviour = placed
    told = ask("versus", "warmth_fit")
    assert told["order_consistency"]["warmth_fit"] == {"pairs": 3, "agree": 0, "share": 0.0}
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


def test_a_comparison_that_fails_is_not_asked_for_ever(
    ask: Any, store: Store, messages_server: Server
) -> None:
    messages_server.api.faults = [Fault("refusal")]
    ask("versus", "warmth_fit")
    assert store.one("SELECT count(*) FROM preferences") == 0
    assert ask("versus", "warmth_fit")["run"] is None
    assert store.one("SELECT count(*) FROM calls WHERE status = 'refusal'") == 3


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
