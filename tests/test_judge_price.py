"""What judging costs: dated, tiered, cached, batched; and what is unknown stays unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from checked import Mistakes
from scorers.judge.price import Prices, Tokens, dollars, price_file


@pytest.fixture
def prices() -> Prices:
    return Prices.model_validate(
        {
            "as_of": "2026-11-21",
            "prices": [
                {"model": "m", "from": "2026-01-01", "tiers": [{"input": 10, "output": 50}]},
                {"model": "m", "from": "2026-06-01", "tiers": [{"input": 4, "output": 20, "read": 0.2}]},
                {"model": "m", "from": "2099-01-01", "tiers": [{"input": 1, "output": 1}]},
                {"model": "m-small", "tiers": [{"up_to": 1000, "input": 1, "output": 5}, {"input": 5, "output": 25}]},
                {"model": "m-short", "tiers": [{"up_to": 1000, "input": 1, "output": 5}]},
                {"model": "m-secret", "cache_from": 4096},
            ],
        }
    )  # fmt: skip


def test_by_hand(prices: Prices) -> None:
    # 1,000 fresh at 4, 1,000 written at 5 (1.25 x) and 1,000 at 8 (2 x), 10,000 read at 0.2,
    # 100 answered at 20: 4,000 + 5,000 + 8,000 + 2,000 + 2,000 millionths
    tokens = Tokens(fresh=1000, written_5m=1000, written_1h=1000, read=10_000, output=100)
    assert dollars(prices, "m-1", tokens) == pytest.approx(0.021)
    assert dollars(prices, "m-1", tokens, batch=True) == pytest.approx(0.0105)


def test_the_price_of_the_day_and_of_the_longest_name(prices: Prices) -> None:
    million = Tokens(fresh=1_000_000)
    assert dollars(prices, "m-1", million) == pytest.approx(4)
    found = prices.of("m-1", date(2026, 3, 1))
    assert found is not None and found.tiers[0].input == 10
    assert prices.of("m-1", date(2025, 1, 1)) is None


def test_a_tier_is_chosen_by_the_whole_prompt(prices: Prices) -> None:
    assert dollars(prices, "m-small-2", Tokens(fresh=400, read=600)) == pytest.approx(460e-6)
    assert dollars(prices, "m-small-2", Tokens(fresh=400, read=601)) == pytest.approx(2300.5e-6)
    assert dollars(prices, "m-short", Tokens(fresh=1001)) is None


def test_unknown_is_none_and_never_zero(prices: Prices) -> None:
    assert dollars(prices, "other", Tokens(fresh=1)) is None
    assert dollars(prices, "m-secret", Tokens(fresh=1)) is None
    assert dollars(prices, "m-1", None) is None
    assert prices.cache_from("m-secret") == 4096 and prices.cache_from("other") == 1024


def test_tokens_from_a_usage() -> None:
    usage = {
        "input_tokens": 5, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 7, "output_tokens": 9,
        "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10},
    }  # fmt: skip
    assert Tokens.of(usage) == Tokens(5, 20, 10, 7, 9)
    assert Tokens.of({"input_tokens": 5, "output_tokens": 9}) == Tokens(5, 0, 0, 0, 9)
    assert Tokens.of({"output_tokens": 9}) is None and Tokens.of({}) is None


def test_the_shipped_file_holds_the_prices_we_know() -> None:
    shipped = price_file()
    million = Tokens(fresh=1_000_000, output=1_000_000)
    assert shipped.as_of == date(2026, 11, 21)
    assert dollars(shipped, "claude-opus-5-5", million) == pytest.approx(24)
    assert dollars(shipped, "claude-opus-4-5", million) is None
    assert shipped.cache_from("claude-opus-4-5") == 4096
    few = Tokens(fresh=50_000, output=1000)
    assert dollars(shipped, "claude-haiku-5-5", few) == pytest.approx(0.0055)


def test_a_file_of_ones_own_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "p.yaml"
    own.write_text("as_of: 2026-11-22\nprices:\n- {model: llama, tiers: [{input: 0, output: 0}]}\n")
    found = price_file(own)
    assert dollars(found, "llama3.1", Tokens(fresh=5)) == 0.0
    assert dollars(found, "claude-opus-5-5", Tokens(fresh=1_000_000)) == pytest.approx(4)


@pytest.mark.parametrize(
    "text",
    ["prices: []", "as_of: 2026-11-22\nprices: [{model: m, tiers: [{input: -1, output: 2}]}]", "[]", "as_of: soon",
     "as_of: 2026-11-22\nprices: [{model: m, tears: []}]"],
)  # fmt: skip
def test_a_wrong_file_says_where(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    with pytest.raises(Mistakes, match=r"p\.yaml"):
        price_file(path)
    with pytest.raises(Mistakes, match="no such file"):
        price_file(tmp_path / "none.yaml")
