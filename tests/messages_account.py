"""What a Messages server accounts: tokens, what of a prompt was cached, and limits a minute.

Tokens are guessed as a quarter of the bytes; a test compares counts with each other only. The cache
works as documented: a marked block ends a prefix, the longest one that is known and still alive is
read, what lies between it and the last mark is written, nothing under the model's minimum is kept,
and an entry can be read only once the answer that wrote it has begun.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MOST_MARKS = 4
LOOKED_BACK = 20
"""Blocks before a mark at which an older entry is still found."""
LIVES = {"5m": 300.0, "1h": 3600.0}


class Rejected(Exception):
    """A request that the API answers with an error: status, type, message, headers."""

    def __init__(self, status: int, kind: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.headers = status, kind, message, headers


def tokens(value: Any) -> int:
    """About how many tokens a text, or the JSON of a value, has."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return math.ceil(len(text.encode("utf-8", "replace")) / 4)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a prompt: its tokens, the hash of all up to its end, its mark ("5m", "1h", "")."""

    tokens: int
    prefix: str
    mark: str


def blocks(body: dict[str, Any]) -> list[Block]:
    """The prompt in the order in which it is cached: tools, system, messages.

    Model, thinking and output format stand before all, so that a change of one misses.
    """
    config = {name: body.get(name) for name in ("model", "thinking", "output_config")}
    running = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    found: list[Block] = []
    for where, block in _pieces(body):
        mark = block.get("cache_control") or {}
        plain = json.dumps({k: v for k, v in block.items() if k != "cache_control"}, sort_keys=True)
        running.update(f"{where}{plain}".encode())
        text = block.get("text")
        count = tokens(text if isinstance(text, str) else block)
        found.append(Block(count, running.hexdigest(), mark.get("ttl", "5m") if mark else ""))
    marked = sum(bool(one.mark) for one in found)
    if marked > MOST_MARKS:
        raise Rejected(
            400,
            "invalid_request_error",
            f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found {marked}.",
        )
    return found


def _pieces(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for tool in body.get("tools") or []:
        yield "tool", tool
    yield from (("system", one) for one in _listed(body.get("system")))
    for message in body.get("messages") or []:
        yield from ((message.get("role", ""), one) for one in _listed(message.get("content")))


def _listed(content: Any) -> list[dict[str, Any]]:
    if not content:
        return []
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


@dataclass
class Cache:
    """Prefixes by hash: when they die, how long they live, and from when on they can be read."""

    entries: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def usage(
        self, body: dict[str, Any], least: int, now: float, ready: float | None = None
    ) -> dict[str, Any]:
        """The input side of a usage record; writes what is marked, readable from `ready` on."""
        prompt = blocks(body)
        marks = [index for index, one in enumerate(prompt) if one.mark]
        ends = _running(prompt)
        read = max((ends[i] for i in self._hits(prompt, marks, now)), default=0)
        written = {"5m": 0, "1h": 0}
        done = read
        for index in marks:
            one, end = prompt[index], ends[index]
            if end < least:
                continue
            life = LIVES[one.mark]
            if end > done:
                written[one.mark] += end - done
                done = end
            known = self.entries.get(one.prefix)
            begin = known[2] if known and known[0] > now else (now if ready is None else ready)
            self.entries[one.prefix] = (now + life, life, begin)
        return {
            "input_tokens": ends[-1] - done if ends else 0,
            "cache_creation_input_tokens": sum(written.values()),
            "cache_read_input_tokens": read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": written["5m"],
                "ephemeral_1h_input_tokens": written["1h"],
            },
        }

    def _hits(self, prompt: list[Block], marks: list[int], now: float) -> Iterator[int]:
        """The places up to which the prompt is known, looked for at each mark and just before."""
        for mark in marks:
            for index in range(mark, max(-1, mark - LOOKED_BACK), -1):
                dies, life, begin = self.entries.get(prompt[index].prefix, (0.0, 0.0, 0.0))
                if dies > now >= begin:
                    self.entries[prompt[index].prefix] = (now + life, life, begin)
                    yield index
                    break


def _running(prompt: list[Block]) -> list[int]:
    ends, total = [], 0
    for one in prompt:
        total += one.tokens
        ends.append(total)
    return ends


@dataclass
class Limits:
    """Requests and tokens in a sliding window, as the rate limit headers tell of them.

    Without `enforced` the headers count down to 0 and nobody is refused. Tokens read from the
    cache do not count.
    """

    requests: int = 4000
    input_tokens: int = 2_000_000
    output_tokens: int = 400_000
    window: float = 60.0
    enforced: bool = False
    seen: deque[tuple[float, int, int]] = field(default_factory=deque)

    def check(self, now: float) -> None:
        """Raises `Rejected` with 429 and the time to wait where the window is full."""
        self._forget(now)
        used = (len(self.seen), sum(s[1] for s in self.seen), sum(s[2] for s in self.seen))
        most = (self.requests, self.input_tokens, self.output_tokens)
        full = [name for name, u, m in zip(NAMES, used, most, strict=True) if u >= m]
        if self.enforced and full:
            wait = max(0.0, self.seen[0][0] + self.window - now)
            text = f"This request would exceed your organization's rate limit of {full[0]} a minute"
            raise Rejected(
                429, "rate_limit_error", text, **{"retry-after": f"{math.ceil(wait * 1000) / 1000}"}
            )

    def count(self, now: float, usage: dict[str, Any]) -> None:
        """A request that was answered."""
        fresh = (usage.get("input_tokens") or 0) + (usage.get("cache_creation_input_tokens") or 0)
        self.seen.append((now, fresh, usage.get("output_tokens") or 0))

    def headers(self, now: float, stamp: Any) -> dict[str, str]:
        """The headers; `stamp` writes a moment as text."""
        self._forget(now)
        reset = stamp((self.seen[0][0] if self.seen else now) + self.window)
        used = (len(self.seen), sum(s[1] for s in self.seen), sum(s[2] for s in self.seen))
        most = (self.requests, self.input_tokens, self.output_tokens)
        told = {}
        for name, count, limit in zip(NAMES, used, most, strict=True):
            told[f"anthropic-ratelimit-{name}-limit"] = str(limit)
            told[f"anthropic-ratelimit-{name}-remaining"] = str(max(0, limit - count))
            told[f"anthropic-ratelimit-{name}-reset"] = reset
        return told

    def _forget(self, now: float) -> None:
        while self.seen and self.seen[0][0] <= now - self.window:
            self.seen.popleft()


NAMES = ("requests", "input-tokens", "output-tokens")
