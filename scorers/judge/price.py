"""What a call costs, by a dated price file that people edit. Unknown is None, never 0."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

import checked
from scorers.judge.settings import dotenv

HERE = Path(__file__).parent / "prices.yaml"
OWN = "TRAITBOOK_PRICES"
MILLION = 1_000_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tier(_Strict):
    """Dollars a million tokens, for prompts of up to so many tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    read: float | None = Field(default=None, ge=0)
    up_to: int | None = None


class Price(_Strict):
    """The price of models whose id begins so, from a day on; without tiers it is unknown."""

    model: str
    tiers: list[Tier] = Field(default_factory=list)
    begins: date = Field(alias="from", default=date.min)
    write_5m: float | None = None
    write_1h: float | None = None
    batch: float | None = None
    cache_from: int | None = None


class Defaults(_Strict):
    """What holds where a price says nothing else; multiples of input, cache_from in tokens."""

    write_5m: float = 1.25
    write_1h: float = 2.0
    read: float = 0.1
    batch: float = 0.5
    cache_from: int = 1024


class Prices(_Strict):
    """A price file."""

    as_of: date
    defaults: Defaults = Defaults()
    prices: list[Price] = Field(default_factory=list)

    def of(self, model: str, day: date | None = None) -> Price | None:
        """The price of a model on a day (today in UTC, by default); None where it is unknown."""
        day = day or datetime.now(UTC).date()
        fitting = [p for p in self.prices if model.startswith(p.model) and p.begins <= day]
        return max(fitting, key=lambda p: (len(p.model), p.begins), default=None)

    def cache_from(self, model: str) -> int:
        """The least tokens of a prefix that this model caches."""
        found = self.of(model)
        own = found.cache_from if found else None
        return own if own is not None else self.defaults.cache_from


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a call by what they cost: fresh, written to a cache, read from it, answered."""

    fresh: float = 0
    written_5m: float = 0
    written_1h: float = 0
    read: float = 0
    output: float = 0

    @property
    def prompt(self) -> float:
        """All of the prompt."""
        return self.fresh + self.written_5m + self.written_1h + self.read

    @classmethod
    def of(cls, usage: Mapping[str, Any]) -> Tokens | None:
        """From a server's usage; None where it does not tell input and output."""
        fresh, output = usage.get("input_tokens"), usage.get("output_tokens")
        if fresh is None or output is None:
            return None
        written = usage.get("cache_creation_input_tokens") or 0
        split = usage.get("cache_creation")
        long = (split.get("ephemeral_1h_input_tokens") or 0) if isinstance(split, dict) else 0
        read = usage.get("cache_read_input_tokens") or 0
        return cls(fresh, max(written - long, 0), long, read, output)


def price_file(path: str | Path | None = None) -> Prices:
    """The shipped prices, those of one's own file before them. Raises `checked.Mistakes`."""
    own = path or os.environ.get(OWN) or dotenv().get(OWN)
    shipped = _load(HERE)
    if not own:
        return shipped
    mine = _load(Path(own))
    begins = {(p.model, p.begins) for p in mine.prices}
    rest = [p for p in shipped.prices if (p.model, p.begins) not in begins]
    return mine.model_copy(update={"prices": [*mine.prices, *rest]})


@cache
def _load(path: Path) -> Prices:
    return checked.load(path, Prices)


def dollars(
    prices: Prices, model: str, tokens: Tokens | None, *, batch: bool = False
) -> float | None:
    """What these tokens cost; None where the price or the tokens are unknown."""
    price = prices.of(model)
    if price is None or tokens is None:
        return None
    tier = next((t for t in price.tiers if t.up_to is None or tokens.prompt <= t.up_to), None)
    if tier is None:
        return None
    rest = prices.defaults
    short = price.write_5m if price.write_5m is not None else rest.write_5m
    long = price.write_1h if price.write_1h is not None else rest.write_1h
    read = tier.read if tier.read is not None else tier.input * rest.read
    total = (
        tier.input * (tokens.fresh + short * tokens.written_5m + long * tokens.written_1h)
        + read * tokens.read
        + tier.output * tokens.output
    ) / MILLION
    if batch:
        total *= price.batch if price.batch is not None else rest.batch
    return total
