"""Message batches: each step in the database first, so that no answer is lost and none paid twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from commands import _batch, _judge
from commands._work import Order
from rubrics import Rubric
from scorers.judge import Judge, batch, price_file
from scorers.judge.settings import Settings
from store import Store, judging, runs
from store.adding import add
from tests.messages_faults import Fault
from tests.messages_server import Server
from transcripts import Message, Transcript

Score = Callable[..., dict[str, Any]]
WORDS = "And that is how it is, you see, for all of us who wait. " * 60


@pytest.fixture
def score(
    store: Store, messages_server: Server, rubrics: dict[str, Rubric], monkeypatch: Any
) -> Score:
    monkeypatch.setattr(_batch, "SLOWEST_POLL", 0.3)
    transcripts = [
        Transcript((Message.plain("user", f"Shall I quit? ({n})"), Message.plain("assistant", f"Better wait a while, I think. {n} {WORDS}")),
                   release="r1", scenario=f"s{n}")
        for n in range(12)
    ]  # fmt: skip
    add(store, iter(transcripts), rubrics)

    def made(*traits: str, run: int | None = None, **given: Any) -> dict[str, Any]:
        asked = [rubrics[trait] for trait in traits or ("warmth_fit", "praise_fit")]
        told = Settings(
            "claude-haiku-5-5", messages_server.address, "k", long_cache=True, timeout=20.0
        )
        before = runs.get(store, run) if run else None
        salt = before.options["salt"] if before else "salt"
        judge = Judge(told, price_file(), salt)
        order = Order(asked, batch=True, yes=True, run=before, **given)
        return _judge.score(store, judge, order)

    return made


def state(store: Store) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in store.rows("SELECT state, id FROM batches ORDER BY key")]


def test_a_batch_from_end_to_end(score: Score, store: Store, messages_server: Server) -> None:
    told = score()
    assert (told["asked"], told["rated"] + told["not_applicable"], told["unscored"]) == (24, 24, {})
    assert messages_server.api.judged == [] and state(store) == [("ended", "msgbatch_000001")]
    (made,) = messages_server.api.batches.made.values()
    assert len({one["custom_id"] for one in made.requests}) == 24
    mark = made.requests[0]["params"]["messages"][0]["content"][0]["cache_control"]
    assert mark == {"type": "ephemeral", "ttl": "1h"}
    assert "extra_body" not in json.dumps(made.requests[0])
    before = len(messages_server.api.journal)
    assert score()["run"] is None
    assert not [e for e in messages_server.api.journal[before:] if "batches" in e.path]


def test_half_the_price(score: Score, store: Store, messages_server: Server) -> None:
    told = score()
    usage = told["usage"]
    fresh, read, out = (
        usage[k] for k in ("input_tokens", "cache_read_input_tokens", "output_tokens")
    )
    written = usage["cache_creation_input_tokens"]
    assert written > 0 and read > 0
    expected = (0.10 * (fresh + 2 * written) + 0.01 * read + 0.50 * out) / 1e6 / 2
    assert told["cost_usd"] == pytest.approx(expected)


def test_a_second_request_goes_into_a_second_round(
    score: Score, store: Store, messages_server: Server
) -> None:
    messages_server.api.faults = [Fault("not_json", times=3, where=lambda asked: not asked.blind)]
    told = score("warmth_fit", "pushback_fit")
    assert told["unscored"] == {} and told["asked"] == 24
    sizes = [len(one.requests) for one in messages_server.api.batches.made.values()]
    assert len(sizes) in (2, 3) and sizes[0] == 24 and sum(sizes) == 24 + 12 + 3, (
        "warrants, then replies, then repairs"
    )
    steps = {
        row["step"]: row["n"]
        for row in store.rows("SELECT step, count(*) AS n FROM calls GROUP BY step")
    }
    assert steps["warrant"] == 12 and steps["rate"] == 24 and steps["repair"] == 3


def test_partial_failures_are_kept_and_asked_again(
    score: Score, store: Store, messages_server: Server
) -> None:
    messages_server.api.batches.outcomes = {1: "errored", 2: "expired", 3: "canceled"}
    told = score()
    assert told["unscored"] == {"api_error": 1, "timeout": 1} and told["asked"] == 24
    messages_server.api.batches.outcomes = {}
    again = score()
    assert again["asked"] == 2 and again["unscored"] == {}
    assert store.one("SELECT count(*) FROM current_ratings WHERE status = 'unscored'") == 0


def test_a_batch_that_expires_as_a_whole(
    score: Score, store: Store, messages_server: Server
) -> None:
    messages_server.api.batches.outcomes = dict.fromkeys(range(24), "expired")
    told = score()
    assert told["unscored"] == {"timeout": 24}
    messages_server.api.batches.outcomes = {}
    assert score()["asked"] == 24


def test_all_failing_alike_stops_and_keeps_nothing(
    score: Score, store: Store, messages_server: Server
) -> None:
    messages_server.api.batches.outcomes = dict.fromkeys(range(24), "errored")
    told = score()
    assert "failed alike" in told["stopped"] and told["asked"] == 0
    assert store.one("SELECT count(*) FROM ratings") == 0 and state(store)[0][0] == "lost"
    messages_server.api.batches.outcomes = {}
    assert score(run=told["run"])["asked"] == 24


def test_results_come_from_our_own_path(score: Score, messages_server: Server) -> None:
    messages_server.api.batches.hostile = "http://127.0.0.1:1"
    assert score()["asked"] == 24


class Killed(BaseException):
    """Stands for kill -9: nothing after it is run."""


@pytest.mark.parametrize("moment", ["create", "sent", "collect", "keep"])
def test_killed_between_two_steps_and_taken_up(
    score: Score, store: Store, messages_server: Server, moment: str, monkeypatch: Any
) -> None:
    """Before sending, after sending and before the id was kept, while waiting, in the results."""

    def die(*_: Any) -> None:
        raise Killed

    create, results = batch.BatchServer.create, batch.BatchServer.results
    with monkeypatch.context() as patched:
        if moment == "create":
            patched.setattr(batch.BatchServer, "create", die)
        elif moment == "sent":
            patched.setattr(batch.BatchServer, "create", lambda self, r: die(create(self, r)))
        elif moment == "collect":
            patched.setattr(batch.BatchServer, "seen", die)
        else:
            patched.setattr(_batch, "KEPT_AT_ONCE", 5)

            def some(self: Any, identity: str) -> Any:
                for n, one in enumerate(results(self, identity)):
                    if n == 12:
                        raise Killed
                    yield one

            patched.setattr(batch.BatchServer, "results", some)
        with pytest.raises(Killed):
            score()
    run = runs.runs(store)[0]
    kept = store.one("SELECT count(*) FROM calls")
    assert kept == (10 if moment == "keep" else 0)
    told = score(run=run.key)
    assert told["asked"] == 24 and store.one("SELECT count(*) FROM calls") == 24
    made = len(messages_server.api.batches.made)
    assert made == 1, "one that may have been sent is found again and not paid twice"
    assert store.one("SELECT count(*) FROM current_ratings") == 24


def test_split_by_number_and_size(
    score: Score, store: Store, messages_server: Server, monkeypatch: Any
) -> None:
    monkeypatch.setattr(batch, "MOST_REQUESTS", 10)
    assert score()["asked"] == 24
    assert [len(one.requests) for one in messages_server.api.batches.made.values()] == [10, 10, 4]
    monkeypatch.setattr(batch, "MOST_REQUESTS", 100_000)
    monkeypatch.setattr(batch, "MOST_BYTES", 60_000)
    assert score("candor_fit", "length_fit")["asked"] == 24
    assert len(messages_server.api.batches.made) > 5


def test_the_limit_holds_for_a_batch(score: Score, messages_server: Server) -> None:
    """What may be spent at worst decides how much of it is sent at once."""
    told = score(max_cost=0.0015)
    assert (
        told["asked"] == 0 and "limit" in told["stopped"] and not messages_server.api.batches.made
    )
    told = score(max_cost=0.02)
    assert told["asked"] == 24 and told["cost_usd"] <= 0.02
    assert len(messages_server.api.batches.made) > 1


def test_a_server_without_batches_is_a_sentence(
    score: Score, store: Store, messages_server: Server
) -> None:
    messages_server.api.lists = False
    told = score()
    assert "no batches" in told["stopped"] and runs.runs(store)[0].state == "stopped"


def test_cancelled_while_it_waits(
    score: Score, store: Store, messages_server: Server, monkeypatch: Any
) -> None:
    messages_server.api.batches.wait = 3600
    seen = batch.BatchServer.seen

    def looked(self: Any, identity: str) -> Any:
        runs.cancel(store, runs.runs(store)[0].key)
        return seen(self, identity)

    with monkeypatch.context() as patched:
        patched.setattr(batch.BatchServer, "seen", looked)
        told = score()
    assert told["stopped"] == "cancelled" and told["asked"] == 0
    (made,) = messages_server.api.batches.made.values()
    assert made.cancelled is not None, "the server is told to let go of it"
    messages_server.api.batches.wait = 0
    messages_server.api.advance(5)
    assert score(run=told["run"])["asked"] == 24


def test_names_of_requests_are_plain_and_short() -> None:
    from rubrics import Task, load_all

    name = batch.custom_id("0123456789abcdef", Task(load_all()["pushback_fit"], 12), ())
    assert batch.__doc__ and len(name) <= 64 and name.replace("-", "").isalnum()


def test_abilities_and_flags_are_kept_apart_by_server(store: Store) -> None:
    judging.remember(store, "http://a", "m", {"structured": False})
    judging.remember(store, "http://a", "m", {"structured": True})
    assert judging.abilities(store, "http://a", "m") == {"structured": True}
    assert judging.abilities(store, "http://b", "m") == {}
