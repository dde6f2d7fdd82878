"""The Messages API behind the local server: what each path answers, without a network."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from tests.messages_account import Cache, Limits, Rejected, tokens
from tests.messages_answers import WRONG, Asked, Behaviour, sensible
from tests.messages_batches import Batches, stamp
from tests.messages_faults import Fault, of_model

MOST_BYTES = 32 * 2**20
NO_SAMPLING = "2026-10-21"
"""From this version of the API on, temperature and its like are refused."""
SAMPLING = ("temperature", "top_p", "top_k")

# id: least tokens that are cached, most input tokens, whether it always thinks
MODELS: dict[str, tuple[int, int, bool]] = {
    "claude-fable-5-2": (512, 1_000_000, True),
    "claude-opus-5-5": (512, 1_000_000, True),
    "claude-sonnet-5-5": (1024, 1_000_000, False),
    "claude-haiku-5-5": (1024, 200_000, False),
    "claude-haiku-4-5": (4096, 200_000, False),
}


class Request(NamedTuple):
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes


class Response(NamedTuple):
    """Status, body, headers; how long to wait first; how much of it to send (None: all)."""

    status: int
    body: bytes
    headers: dict[str, str]
    wait: float = 0.0
    cut: int | None = None


@dataclass(slots=True)
class Entry:
    """One line of the journal. `body` is None where bodies are not kept."""

    at: float
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0
    usage: dict[str, Any] | None = None
    request_id: str = ""
    fault: str = ""


@dataclass
class Api:
    """The server's whole state; each attribute can be changed while it runs.

    `key` is the only key that is let in ("" lets any in), `formats` whether it knows
    output_config.format, `samples` whether it takes a temperature, `lists` whether it knows
    models and count_tokens, `any_model` whether it knows every model. `latency` is in seconds.
    """

    behaviour: Behaviour = sensible
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    latency: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    key: str = ""
    formats: bool = True
    samples: bool = False
    lists: bool = True
    any_model: bool = False
    keep_bodies: bool = True
    limits: Limits = field(default_factory=Limits)
    cache: Cache = field(default_factory=Cache)
    batches: Batches = field(default_factory=Batches)
    journal: list[Entry] = field(default_factory=list)
    address: str = ""
    skipped: float = 0.0
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def now(self) -> float:
        """The server's clock, in seconds since 1970."""
        return time.time() + self.skipped

    def advance(self, seconds: float) -> None:
        """Let time pass for caches, limits and batches."""
        self.skipped += seconds

    @property
    def judged(self) -> list[Entry]:
        """The requests to /v1/messages, in order."""
        return [one for one in self.journal if one.path == "/v1/messages"]

    def answer(self, request: Request) -> Response:
        """What the API answers. A hang is a long wait; a broken answer says where to cut it."""
        entry = Entry(self.now, request.method, request.path.partition("?")[0])
        entry.request_id = f"req_{next(self.ids):08d}"
        with self.lock:
            if not entry.path.startswith("/_"):
                self.journal.append(entry)
            try:
                made = self._routed(request, entry)
            except Rejected as error:
                made = self._error(entry, error)
        entry.status = made.status
        return made._replace(headers={"request-id": entry.request_id, **made.headers})

    def _error(self, entry: Entry, error: Rejected) -> Response:
        told = {"type": "error", "error": {"type": error.kind, "message": error.message}}
        told["request_id"] = entry.request_id
        return reply(told, status=error.status, **error.headers)

    def _routed(self, request: Request, entry: Entry) -> Response:
        path, method = entry.path, request.method
        if path.startswith("/_"):
            return self._control(path, method, request.raw)
        self._let_in(request, entry)
        body = _json(request.raw) if method == "POST" and request.raw else {}
        if self.keep_bodies:
            entry.body, entry.headers = body, _without_key(request.headers)
        if path == "/v1/messages" and method == "POST":
            return self._message(Asked(body), request, entry)
        if path == "/v1/messages/count_tokens" and method == "POST" and self.lists:
            self._known(body)
            return reply({"input_tokens": _size(body)})
        if path.startswith("/v1/models") and method == "GET" and self.lists:
            return self._models(path)
        if path.startswith("/v1/messages/batches") and self.lists:
            return self._batch(path, method, body, len(request.raw))
        raise Rejected(404, "not_found_error", f"{method} {path}")

    def _let_in(self, request: Request, entry: Entry) -> None:
        key = request.headers.get("x-api-key") or request.headers.get("authorization", "")
        key = key.removeprefix("Bearer ")
        if not key or (self.key and key != self.key):
            raise Rejected(401, "authentication_error", "invalid x-api-key")
        if "anthropic-version" not in request.headers:
            raise Rejected(400, "invalid_request_error", "anthropic-version: header is required")
        if len(request.raw) > MOST_BYTES and entry.path == "/v1/messages":
            raise Rejected(413, "request_too_large", "Request exceeds the maximum size")

    # ---- one message ----

    def _message(self, asked: Asked, request: Request, entry: Entry) -> Response:
        body = asked.body
        fault = of_model(body.get("model", ""))
        fault = fault if fault and fault.meets(asked) else self._struck(asked)
        if fault:
            entry.fault = fault.kind
            fault.reject()
        self._check(body, request.headers.get("anthropic-version", ""))
        self.limits.check(self.now)
        told = self._told(asked, fault, self.now + self.latency)
        entry.usage = told["usage"]
        self.limits.count(self.now, told["usage"])
        made = reply(told, **self.limits.headers(self.now, stamp))._replace(wait=self.latency)
        return _broken(made, fault.kind, request) if fault else made

    def _struck(self, asked: Asked) -> Fault | None:
        return next((fault for fault in self.faults if fault.meets(asked)), None)

    def _check(self, body: dict[str, Any], version: str) -> None:
        """Raises `Rejected` where the API would refuse the request."""
        least = self._known(body)
        if not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
            raise Rejected(400, "invalid_request_error", "max_tokens: Field required")
        if not body.get("messages"):
            raise Rejected(400, "invalid_request_error", "messages: at least one is required")
        if body["messages"][-1].get("role") != "user" and not self.any_model:
            raise Rejected(400, "invalid_request_error", "prefill is not supported by this model")
        named = next((name for name in SAMPLING if name in body), None)
        if named and not self.samples and version >= NO_SAMPLING:
            raise Rejected(400, "invalid_request_error", f"{named}: Extra inputs are not permitted")
        if "format" in (body.get("output_config") or {}):
            if not self.formats:
                text = "output_config: Extra inputs are not permitted"
                raise Rejected(400, "invalid_request_error", text)
            _check_schema(body["output_config"]["format"])
        if (size := _size(body)) > least[1]:
            text = f"prompt is too long: {size} tokens > {least[1]} maximum"
            raise Rejected(400, "invalid_request_error", text)

    def _known(self, body: dict[str, Any]) -> tuple[int, int, bool]:
        model = str(body.get("model", "")).partition("+")[0]
        if model in MODELS:
            return MODELS[model]
        if not self.any_model:
            raise Rejected(404, "not_found_error", f"model: {model}")
        return 1024, 200_000, False

    def _told(self, asked: Asked, fault: Fault | None, ready: float) -> dict[str, Any]:
        """The message that answers, with what it cost."""
        body, kind = asked.body, fault.kind if fault else ""
        model = str(body["model"])
        least, _, thinks = self._known(body)
        if kind in WRONG:
            text = WRONG[kind](asked)
        else:
            given = self.behaviours.get(model.partition("+")[0], self.behaviour)(asked)
            text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        stop, content = _stopped(kind, text, body["max_tokens"])
        thought = [{"type": "thinking", "thinking": "", "signature": "c2ln"}] if thinks else []
        spent = 40 if thinks else 0
        usage = self.cache.usage(body, least, self.now, ready)
        usage["output_tokens"] = sum(tokens(one["text"]) for one in content) + spent
        usage["output_tokens_details"] = {"thinking_tokens": spent}
        return {
            "id": f"msg_{next(self.ids):08d}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [*thought, *content] if content else [],
            "stop_reason": stop,
            "stop_sequence": None,
            "stop_details": _details(stop),
            "usage": {**usage, "service_tier": "standard"},
        }

    # ---- batches, models, control ----

    def _batch(self, path: str, method: str, body: dict[str, Any], size: int) -> Response:
        parts = path.removeprefix("/v1/messages/batches").strip("/").split("/")
        if parts == [""]:
            if method == "POST":
                made = self.batches.create(body, size, self.now)
                return reply(self.batches.told(made, self.address, self.now))
            newest = reversed(self.batches.made.values())
            told = [self.batches.told(one, self.address, self.now) for one in newest]
            return reply(_page(told))
        batch = self.batches.find(parts[0])
        if parts[1:] == ["cancel"] and method == "POST":
            self.batches.cancel(batch, self.now)
        elif parts[1:] == ["results"]:
            lines = b"".join(self.batches.lines(batch, self._in_batch, self.now))
            return Response(200, lines, {"content-type": "application/x-jsonl"})
        return reply(self.batches.told(batch, self.address, self.now))

    def _in_batch(self, params: dict[str, Any]) -> dict[str, Any]:
        asked = Asked(params)
        fault = of_model(params.get("model", "")) or self._struck(asked)
        if fault:
            fault.reject()
        self._check(params, NO_SAMPLING)
        told = self._told(asked, fault, self.now)
        told["usage"]["service_tier"] = "batch"
        return told

    def _models(self, path: str) -> Response:
        identity = path.removeprefix("/v1/models").strip("/")
        if not identity:
            return reply(_page([_model(one) for one in MODELS]))
        if identity not in MODELS:
            raise Rejected(404, "not_found_error", f"model: {identity}")
        return reply(_model(identity))

    def _control(self, path: str, method: str, raw: bytes) -> Response:
        """What a demo changes and looks at while the server runs in a process of its own."""
        if path == "/_journal":
            return reply([_entry(one) for one in self.journal])
        if path == "/_faults" and method == "POST":
            self.faults = [Fault.told(one) for one in json.loads(raw)]
        elif path == "/_set" and method == "POST":
            for name, value in json.loads(raw).items():
                assert name in ("latency", "formats", "samples", "lists", "any_model"), name
                setattr(self, name, value)
        elif path == "/_advance" and method == "POST":
            self.advance(float(json.loads(raw)))
        return reply({"judged": len(self.judged), "faults": len(self.faults)})


def reply(told: Any, status: int = 200, **headers: str) -> Response:
    """A JSON response."""
    return Response(
        status, json.dumps(told).encode(), {"content-type": "application/json", **headers}
    )


def _broken(made: Response, kind: str, request: Request) -> Response:
    """A response that does not arrive as it should."""
    if kind == "hang":
        return made._replace(wait=3600.0)
    if kind == "cut":
        return made._replace(cut=len(made.body) // 2)
    if kind == "cut_before":
        return made._replace(cut=-1)
    if kind == "html":
        page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
        return Response(502, page, {"content-type": "text/html"})
    if kind == "not_a_message":
        return reply({"ok": True})
    if kind == "key_echo":  # gateways do this: the error holds the header that was sent
        sent = request.headers.get("authorization") or request.headers.get("x-api-key", "")
        error = {"type": "authentication_error", "message": f"bad credentials: {sent}"}
        return reply({"type": "error", "error": error}, status=401)
    return made


def _stopped(kind: str, text: str, most: int) -> tuple[str, list[dict[str, Any]]]:
    """Why an answer stops, and what there is of it."""
    if kind == "empty":
        return "end_turn", []
    if kind == "refusal":
        return "refusal", []
    if kind == "overflow_stop":
        return "model_context_window_exceeded", []
    if kind == "truncated" or tokens(text) > most:
        return "max_tokens", [{"type": "text", "text": text[: min(len(text) // 2, most * 4)]}]
    return "end_turn", [{"type": "text", "text": text}]


def _details(stop: str) -> Any:
    if stop != "refusal":
        return None
    return {"type": "refusal", "category": "general_harms", "explanation": None}


UNSUPPORTED = {"minimum", "maximum", "minLength", "maxLength", "maxItems", "multipleOf", "pattern"}


def _check_schema(given: dict[str, Any]) -> None:
    """Raises `Rejected` on what structured output does not know."""
    if given.get("type") != "json_schema" or not isinstance(given.get("schema"), dict):
        raise Rejected(400, "invalid_request_error", "output_config.format: needs json_schema")
    left = [given["schema"]]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left.extend(one)
        elif isinstance(one, dict):
            if wrong := sorted(UNSUPPORTED & set(one)):
                text = f"output_config.format.schema: property '{wrong[0]}' is not supported"
                raise Rejected(400, "invalid_request_error", text)
            if one.get("type") == "object" and one.get("additionalProperties") is not False:
                text = "output_config.format.schema: 'additionalProperties' must be false"
                raise Rejected(400, "invalid_request_error", text)
            left.extend(one.values())


def _size(body: dict[str, Any]) -> int:
    told = {k: body.get(k) for k in ("system", "messages", "tools") if body.get(k)}
    return tokens(told)


def _json(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise Rejected(400, "invalid_request_error", f"invalid JSON: {error}") from error
    if not isinstance(value, dict):
        raise Rejected(400, "invalid_request_error", "the body must be an object")
    return value


def _without_key(headers: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k not in ("authorization", "x-api-key")}


def _page(told: list[dict[str, Any]]) -> dict[str, Any]:
    ends = {"first_id": told[0]["id"], "last_id": told[-1]["id"]} if told else {}
    return {"data": told, "has_more": False, "first_id": None, "last_id": None, **ends}


def _model(identity: str) -> dict[str, Any]:
    _, most, thinks = MODELS[identity]
    kinds = {"adaptive": {"supported": True}, "enabled": {"supported": not thinks}}
    return {
        "type": "model",
        "id": identity,
        "display_name": identity.replace("-", " ").title(),
        "created_at": "2026-09-01T00:00:00Z",
        "lifecycle": "active",
        "retires_at": None,
        "max_input_tokens": most,
        "max_tokens": 128_000,
        "capabilities": {
            "structured_outputs": {"supported": True},
            "thinking": {"supported": True, "types": kinds},
            "batch": {"supported": True},
        },
    }


def _entry(one: Entry) -> dict[str, Any]:
    kept = ("at", "method", "path", "status", "usage", "request_id", "fault", "body")
    return {name: getattr(one, name) for name in kept}
