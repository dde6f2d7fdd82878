"""What can go wrong at a judge's server, each over a real connection: a sentence or a reason."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from rubrics import Judged, Rubric, Task
from scorers.judge import Abilities, Judge, Judging, items, price_file
from scorers.judge.settings import Settings
from tests.messages_faults import Fault
from tests.messages_server import Server
from transcripts import Message, Transcript

KEY = "sk-ant-very-secret-0123456789"
MODEL = "claude-haiku-5-5"
Run = Callable[..., tuple[list[Judged], Judging]]


def talks(count: int, words: str = "") -> list[Transcript]:
    said = "I think that you are right to wait, because the money is not there yet. " + words
    return [
        Transcript(
            (Message.plain("user", f"Shall I quit? ({n})"), Message.plain("assistant", said)),
            scenario=f"s{n}",
        )
        for n in range(count)
    ]


@pytest.fixture
def run(messages_server: Server, rubrics: dict[str, Rubric]) -> Run:
    """Run a judge over transcripts; gives what was to be kept, and the passing."""

    def made(
        count: int = 1, traits: tuple[str, ...] = ("warmth_fit",), **given: Any
    ) -> tuple[list[Judged], Judging]:
        kept = {k: given.pop(k) for k in ("max_cost", "abilities", "transcripts") if k in given}
        told = Settings(**{"model": MODEL, "base_url": messages_server.address, "key": KEY, "timeout": 20.0, "wait": 0.05, "slots": 4, **given})  # fmt: skip
        judge = Judge(told, price_file(), "salt", kept.get("abilities") or Abilities())
        work = [
            (one, [Task(rubrics[trait]) for trait in traits])
            for one in kept.get("transcripts") or talks(count)
        ]
        passing = Judging(judge, items(judge, iter(work)), max_cost=kept.get("max_cost"))
        found = [judged for batch in passing for judged in batch]
        assert KEY not in repr(found) + passing.why + repr(judge)
        return found, passing

    return made


def why(judged: list[Judged]) -> set[str]:
    return {rating.why for one in judged for rating in one.ratings}


def test_a_good_server(run: Run, messages_server: Server) -> None:
    judged, passing = run(3)
    assert passing.why == "" and len(judged) == 3 and why(judged) == {""}
    call = judged[0].calls[0]
    assert (
        call.request_id.startswith("req_") and call.model == MODEL and call.usage["output_tokens"]
    )
    assert call.cost is not None and call.cost > 0 and json.loads(call.reply)["verdicts"]
    sent = messages_server.api.judged[0]
    assert sent.body["output_config"]["format"]["type"] == "json_schema"
    assert (
        "temperature" not in sent.body
        and "tools" not in sent.body
        and sent.body["max_tokens"] == 4096
    )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("refusal", "refusal"), ("truncated", "truncated"), ("overflow", "overflow"),
        ("overflow_stop", "overflow"), ("413", "overflow"), ("empty", "bad_json"),
        ("not_json", "bad_json"), ("not_a_message", "api_error"), ("400", "api_error"),
    ],
)  # fmt: skip
def test_each_fault_is_a_reason_and_the_run_goes_on(
    run: Run, messages_server: Server, kind: str, reason: str
) -> None:
    hit = lambda asked: "(1)" in "".join(asked.prompt)  # noqa: E731
    messages_server.api.faults = [Fault(kind, where=hit)]
    judged, passing = run(4)
    assert passing.why == "" and len(judged) == 4
    assert sorted(r.why for one in judged for r in one.ratings) == ["", "", "", reason]
    (failed,) = [one for one in judged if one.ratings[0].why]
    assert failed.calls and failed.calls[-1].request_id
    assert failed.ratings[0].status == "unscored" and failed.ratings[0].value is None


ONCE_MENDED = {
    "empty_text": "bad_json", "not_json": "bad_json", "other_language": "bad_json",
    "other_shape": "bad_json", "off_scale": "off_scale", "wrong_scale": "off_scale",
    "fraction": "bad_json", "word_value": "bad_json", "no_quote": "evidence",
    "invented_quote": "evidence", "user_quote": "evidence", "other_quote": "evidence",
    "other_message": "bad_json", "twice_judged": "bad_json",
}  # fmt: skip


def candid(asked: Any) -> Any:
    """A judge that gives the highest value of the scale, with a good quote."""
    line = asked.spoken[-1]
    quote = {"message": line.number, "text": line.text[:30]}
    told = {"message": None if asked.whole else line.number, "applicable": True, "quotes": [quote],
            "reason": "so", "value": max(asked.values)}  # fmt: skip
    return {"verdicts": [told]}


@pytest.mark.parametrize(("kind", "reason"), ONCE_MENDED.items())
def test_a_wrong_answer_is_repaired_once(
    run: Run, messages_server: Server, kind: str, reason: str
) -> None:
    said = [Message.plain(r, w) for r, w in (  # two turns, so that there is another message
        ("user", "Shall I quit my job?"), ("assistant", "I would wait a little longer with that."),
        ("user", "Is that all you say?"), ("assistant", "You know best what you can bear, really."),
    )]  # fmt: skip
    two = [Transcript(tuple(said))]
    trait = "warmth_fit"
    messages_server.api.behaviour = candid
    messages_server.api.faults = [Fault(kind, times=1)]
    judged, _ = run(transcripts=two, traits=(trait,))
    assert [call.step for call in judged[0].calls] == ["rate", "repair"], kind
    assert {r.why for r in judged[0].ratings if r.status == "unscored"} <= {"bad_json"}
    assert judged[0].calls[0].error, "what was wrong is kept beside the raw reply"
    messages_server.api.faults = [Fault(kind)]
    judged, _ = run(transcripts=two, traits=(trait,))
    assert len(judged[0].calls) == 2
    wrong = {r.why for r in judged[0].ratings if r.status == "unscored"}
    assert reason in wrong and not [
        r for r in judged[0].ratings if r.status == "unscored" and r.value
    ]


@pytest.mark.parametrize("kind", ["fenced", "same_twice"])
def test_a_good_answer_in_a_wrapping_needs_no_repair(
    run: Run, messages_server: Server, kind: str
) -> None:
    messages_server.api.faults = [Fault(kind)]
    judged, _ = run(2)
    assert why(judged) == {""} and len(messages_server.api.judged) == 2


@pytest.mark.parametrize("kind", ["429", "500", "529", "cut", "cut_before", "html"])
def test_what_passes_is_waited_for(run: Run, messages_server: Server, kind: str) -> None:
    messages_server.api.faults = [Fault(kind, times=2)]
    began = time.monotonic()
    judged, passing = run(2)
    assert why(judged) == {""} and passing.why == ""
    assert time.monotonic() - began < 10, "a retry-after of a day is not obeyed"


def test_a_call_ends_in_time(run: Run, messages_server: Server) -> None:
    messages_server.api.faults = [Fault("hang", where=lambda a: "(0)" in "".join(a.prompt))]
    began = time.monotonic()
    judged, _ = run(2, timeout=0.6)
    assert time.monotonic() - began < 5
    assert sorted(r.why for one in judged for r in one.ratings) == ["", "timeout"]


@pytest.mark.parametrize(
    ("kind", "word"),
    [("401", "key was refused"), ("402", "credit"), ("403", "may not use"), ("404", "model"),
     ("no_credit", "credit"), ("key_echo", "key was refused")],
)  # fmt: skip
def test_a_refused_key_stops_at_once_and_keeps_nothing(
    run: Run, messages_server: Server, kind: str, word: str
) -> None:
    messages_server.api.faults = [Fault(kind)]
    judged, passing = run(40)
    assert judged == [] and word in passing.why and "\n" not in passing.why
    assert len(messages_server.api.judged) <= 8
    if kind == "key_echo":
        assert "[key]" in passing.why


def test_a_refusal_of_one_among_many_is_kept_as_unscored(run: Run, messages_server: Server) -> None:
    messages_server.api.faults = [Fault("403", where=lambda a: "(3)" in "".join(a.prompt))]
    judged, passing = run(8, slots=2)
    assert passing.why == "" and len(judged) == 8
    assert sorted(r.why for one in judged for r in one.ratings) == [*[""] * 7, "api_error"]


def test_a_wrong_key_and_an_unknown_model(run: Run, messages_server: Server) -> None:
    messages_server.api.key = "another"
    assert "key was refused" in run(3)[1].why
    messages_server.api.key = ""
    judged, passing = run(3, model="claude-nothing-1")
    assert judged == [] and "no such model" in passing.why


def test_a_dead_server_stops_the_run(run: Run) -> None:
    judged, passing = run(60, base_url="http://127.0.0.1:9", timeout=3.0)
    assert judged == [] and "failed alike" in passing.why


def test_all_failing_alike_stops_and_some_do_not(run: Run, messages_server: Server) -> None:
    messages_server.api.faults = [Fault("500")]
    judged, passing = run(60, wait=0.001, timeout=5.0)
    assert judged == [] and "in a row failed alike" in passing.why
    messages_server.api.faults = [Fault("400", where=lambda a: "1)" in "".join(a.prompt))]
    judged, passing = run(60)
    assert passing.why == "" and len(judged) == 60
    assert sum(one.ratings[0].why == "api_error" for one in judged) == 6


def test_a_few_failures_at_the_end_are_kept_with_their_reason(
    run: Run, messages_server: Server
) -> None:
    messages_server.api.faults = [Fault("400")]
    judged, passing = run(3)
    assert passing.why == "" and why(judged) == {"api_error"} and len(judged) == 3


# ---- what a server can do is learnt ----


def test_without_structured_output_the_schema_stands_in_the_prompt(
    run: Run, messages_server: Server
) -> None:
    messages_server.api.formats = False
    abilities = Abilities()
    judged, _ = run(3, abilities=abilities, slots=1)
    assert why(judged) == {""} and abilities.changed
    assert abilities.known() == {"temperature": True, "cache": True, "structured": False}
    statuses = [entry.status for entry in messages_server.api.judged]
    assert statuses.count(400) == 1, "learnt once"
    last = messages_server.api.judged[-1].body
    assert "output_config" not in last and "additionalProperties" in json.dumps(last["messages"])


def test_many_at_once_learn_it_together(run: Run, messages_server: Server) -> None:
    messages_server.api.formats = False
    messages_server.api.latency = 0.05
    judged, passing = run(12, slots=12)
    assert why(judged) == {""} and passing.why == ""


def test_temperature_goes_only_where_it_is_taken(run: Run, messages_server: Server) -> None:
    abilities = Abilities()
    judged, _ = run(2, temperature=0.0, abilities=abilities, slots=1)
    assert why(judged) == {""} and not abilities.temperature
    messages_server.api.samples = True
    messages_server.api.journal.clear()
    judged, _ = run(1, temperature=0.0)
    assert messages_server.api.judged[0].body["temperature"] == 0.0 and why(judged) == {""}


def test_thinking_blocks_come_first_and_do_no_harm(run: Run) -> None:
    judged, _ = run(1, model="claude-opus-5-5")
    assert why(judged) == {""} and "output_tokens_details" in judged[0].calls[0].usage


# ---- caching ----


TRAITS = ("warmth_fit", "praise_fit", "candor_fit", "length_fit")


def test_the_first_trait_writes_and_the_others_read(run: Run, messages_server: Server) -> None:
    messages_server.api.latency = 0.1
    judged, _ = run(transcripts=talks(3, "And so on it goes. " * 300), traits=TRAITS)
    assert len(judged) == 12 and why(judged) == {""}
    usages = [entry.usage for entry in messages_server.api.judged]
    wrote = [
        u["cache_creation_input_tokens"] for u in usages if u and u["cache_creation_input_tokens"]
    ]
    read = [u["cache_read_input_tokens"] for u in usages if u and u["cache_read_input_tokens"]]
    assert len(wrote) == 3 and len(read) == 9 and min(read) > 1024


def test_a_short_prefix_has_no_marker(run: Run, messages_server: Server) -> None:
    run(transcripts=talks(2), traits=TRAITS, model="claude-haiku-4-5")
    assert "cache_control" not in json.dumps([e.body for e in messages_server.api.judged])


def test_one_trait_alone_is_not_written_to_the_cache(run: Run, messages_server: Server) -> None:
    run(transcripts=talks(2, "And so on it goes. " * 300))
    assert "cache_control" not in json.dumps([e.body for e in messages_server.api.judged])


# ---- pace and money ----


def test_no_more_in_flight_than_there_are_slots(run: Run, messages_server: Server) -> None:
    messages_server.api.latency = 0.05
    judged, _ = run(30, slots=5)
    assert len(judged) == 30 and messages_server.most == 5


def test_a_rate_limit_is_kept_without_a_loss(run: Run, messages_server: Server) -> None:
    limits = messages_server.api.limits
    limits.requests, limits.window, limits.enforced = 10, 0.5, True
    judged, passing = run(30, slots=16, wait=1.0)
    assert passing.why == "" and why(judged) == {""} and len(judged) == 30
    refused = [e for e in messages_server.api.judged if e.status == 429]
    assert len(refused) < 60


def test_the_limit_is_never_passed(run: Run) -> None:
    judged, passing = run(60, max_cost=0.006, max_tokens=1000)
    spent = sum(call.cost or 0 for one in judged for call in one.calls)
    assert 0 < len(judged) < 60 and spent <= 0.006 and "limit" in passing.why


def test_unknown_prices_are_unknown(run: Run, messages_server: Server) -> None:
    messages_server.api.any_model = True
    judged, _ = run(1, model="my-own-model")
    assert judged[0].calls[0].cost is None
    judged, passing = run(2, model="my-own-model", max_cost=1.0)
    assert judged == [] and "unknown" in passing.why


def test_stopping_lets_what_is_in_flight_come_in(
    messages_server: Server, rubrics: dict[str, Rubric]
) -> None:
    messages_server.api.latency = 0.3
    judge = Judge(Settings(MODEL, messages_server.address, KEY, slots=4), price_file(), "s")
    work = [(one, [Task(rubrics["warmth_fit"])]) for one in talks(50)]
    passing = Judging(judge, items(judge, iter(work)))
    kept = []
    for judged in passing:
        kept += judged
        passing.stop("enough")
    asked = len(messages_server.api.judged)
    assert passing.why == "enough" and len(kept) == asked <= 12


def test_what_is_not_kept_frees_no_slot(
    messages_server: Server, rubrics: dict[str, Rubric]
) -> None:
    judge = Judge(Settings(MODEL, messages_server.address, KEY, slots=3), price_file(), "s")
    work = [(one, [Task(rubrics["warmth_fit"])]) for one in talks(30)]
    coming = iter(Judging(judge, items(judge, iter(work))))
    first = next(coming)
    while len(first) < 3:
        time.sleep(0.2)
        first += next(coming) if len(messages_server.api.judged) < 3 else []
        if len(messages_server.api.judged) >= 3:
            break
    time.sleep(0.4)
    assert len(messages_server.api.judged) <= 3 + len(first), (
        "a slot waits until its answer is kept"
    )
    coming.close()


def test_an_error_in_the_work_is_raised(
    messages_server: Server, rubrics: dict[str, Rubric]
) -> None:
    judge = Judge(Settings(MODEL, messages_server.address, KEY), price_file(), "s")

    def broken() -> Any:
        yield talks(1)[0], [Task(rubrics["warmth_fit"])]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        for _ in Judging(judge, items(judge, broken())):
            pass


def test_a_fault_of_our_own_is_one_unscored_judgement(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scorers.judge import verdict

    read = verdict.read

    def fails(reply: str, asked: Any) -> Any:
        if "(2)" in asked.prepared.block:
            raise ZeroDivisionError("ours")
        return read(reply, asked)

    monkeypatch.setattr(verdict, "read", fails)
    judged, passing = run(5)
    assert passing.why == "" and sorted(r.why for one in judged for r in one.ratings) == [
        *[""] * 4,
        "broken",
    ]
    (broken,) = [one for one in judged if one.ratings[0].why]
    assert "ours" in broken.ratings[0].reason and broken.calls[0].reply, "what was paid for is kept"


# ---- real exchanges that others recorded ----


def test_recorded_answers_are_read(shared: Any) -> None:
    import gzip

    import yaml

    from scorers.judge import wire
    from scorers.judge.price import Tokens

    seen = 0
    for path in sorted((shared / "formats" / "openllmetry").rglob("*.yaml")):
        for one in yaml.safe_load(path.read_text("utf-8"))["interactions"]:
            body = one["response"]["body"]["string"]
            raw = body if isinstance(body, bytes) else body.encode()
            if raw[:2] == b"\x1f\x8b":
                raw = gzip.decompress(raw)
            if not raw.startswith(b"{"):
                continue  # streamed
            told = json.loads(raw)
            if told.get("type") != "message":
                continue
            seen += 1
            call = wire.call("rate", raw, {"request-id": "req_1"})
            words = "".join(b["text"] for b in told["content"] if b["type"] == "text")
            assert call.reply == words and call.model == told["model"], path
            assert (
                call.status == "ok"
                and call.usage["output_tokens"] == told["usage"]["output_tokens"]
            )
            tokens = Tokens.of(call.usage)
            assert tokens is not None and tokens.prompt >= tokens.fresh > 0
    assert seen >= 8
