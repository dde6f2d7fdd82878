"""The options that say which judge is asked and how; they are the same wherever one is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--base-url", metavar="URL",
                 help="A server that speaks /v1/messages. Else ANTHROPIC_BASE_URL."),
    click.option("--api-key", metavar="KEY",
                 help="Better in ANTHROPIC_API_KEY or .env: others see a command line."),
    click.option("--temperature", type=click.FloatRange(0, 2),
                 help="Where the server takes one; current Claude models do not."),
    click.option("--max-tokens", type=click.IntRange(256, 21_000),
                 help="Of one answer, thinking included.  [default: 4096]"),
    click.option("--slots", type=click.IntRange(1, 512),
                 help="Judgements in flight at once.  [default: 16]"),
    click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS",
                 help="Of one call, its retries included.  [default: 300]"),
)  # fmt: skip


def judge_options(function: F) -> F:
    """`--base-url --api-key --temperature --max-tokens --slots --timeout`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
