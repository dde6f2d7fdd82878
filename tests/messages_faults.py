"""What can go wrong at a Messages server, on demand: by name, so often, where it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.messages_account import Rejected
from tests.messages_answers import WRONG, Asked

ABSURD = "86400"

STATUSES: dict[str, tuple[int, str, str]] = {
    "400": (400, "invalid_request_error", "messages: at least one message is required"),
    "400-format": (400, "invalid_request_error", "output_config: Extra inputs are not permitted"),
    "401": (401, "authentication_error", "invalid x-api-key"),
    "402": (402, "billing_error", "Your credit balance is too low to access the API."),
    "403": (403, "permission_error", "Your API key lacks access to this model."),
    "404": (404, "not_found_error", "model: no such model"),
    "413": (413, "request_too_large", "Request exceeds the maximum size"),
    "429": (429, "rate_limit_error", "This request would exceed your rate limit."),
    "500": (500, "api_error", "Internal server error"),
    "529": (529, "overloaded_error", "Overloaded"),
    "overflow": (400, "invalid_request_error", "prompt is too long: 1000001 tokens > 200000 maximum"),
    "no_credit": (400, "invalid_request_error", "Your credit balance is too low"),
}  # fmt: skip
WIRE = ("hang", "cut", "cut_before", "html", "not_a_message", "key_echo")
STOPS = ("empty", "truncated", "refusal", "overflow_stop")
KINDS = (*STATUSES, *WIRE, *STOPS, *WRONG)
"""Every fault by name: error statuses, what breaks on the wire, how an answer stops, wrong text."""


@dataclass
class Fault:
    """A fault: which, how often (None: always), for which requests."""

    kind: str
    times: int | None = None
    where: Callable[[Asked], bool] = lambda asked: True
    retry_after: str = ABSURD

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are: {', '.join(KINDS)}")

    @classmethod
    def told(cls, given: dict[str, Any]) -> Fault:
        """The fault that a demo asks for: kind, times, model, contains (words of the prompt)."""
        model, words = given.get("model", ""), given.get("contains", "")

        def where(asked: Asked) -> bool:
            fits = not model or asked.body.get("model") == model
            return fits and (not words or any(words in text for text in asked.prompt))

        after = str(given.get("retry_after", ABSURD))
        return cls(str(given["kind"]), given.get("times"), where, after)

    def meets(self, asked: Asked) -> bool:
        """Whether it strikes now; counts itself down."""
        if self.times == 0 or not self.where(asked):
            return False
        if self.kind == "400-format" and "output_config" not in asked.body:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def reject(self) -> None:
        """Raises `Rejected` where the fault is an error status."""
        if self.kind in STATUSES:
            status, kind, text = STATUSES[self.kind]
            headers = {"retry-after": self.retry_after} if status == 429 else {}
            raise Rejected(status, kind, text, **headers)


def of_model(model: str) -> Fault | None:
    """The fault a model's name carries: `claude-haiku-5-5+refusal` always refuses."""
    _, plus, kind = model.partition("+")
    return Fault(kind) if plus and kind in KINDS else None
