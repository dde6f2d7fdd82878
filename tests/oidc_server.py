"""A small OpenID provider on the loopback address, for the tests of the login: discovery document,
authorization (a page with a button a person), token with PKCE, RS256 keys, end of session.

`provider.claims` is who comes in next; `provider.fault` makes it misbehave as providers do.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

LENA = {"sub": "u-1", "name": "Lena Lindt", "email": "lena@example.org", "email_verified": True}
FAULTS = ("denied", "token down", "other key", "other audience", "other nonce", "expired")


@dataclass
class Provider:
    """One provider: what it is called, whom it lets in, how it misbehaves."""

    address: str = ""
    client: tuple[str, str] = ("traitbook", "s3cret-of-the-client")
    callback: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: dict(LENA))
    fault: str = ""
    log: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))

    def metadata(self) -> dict[str, Any]:
        here = self.address
        return {
            "issuer": here, "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys",
            "end_session_endpoint": f"{here}/logout",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }  # fmt: skip

    def id_token(self, nonce: str) -> str:
        at = int(time.time()) - (7200 if self.fault == "expired" else 0)
        claims = {
            "iss": self.address, "iat": at, "exp": at + 3600,
            "aud": "somebody-else" if self.fault == "other audience" else self.client[0],
            "nonce": "n" if self.fault == "other nonce" else nonce, **self.claims,
        }  # fmt: skip
        key = self.other if self.fault == "other key" else self.key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


class Handler(BaseHTTPRequestHandler):
    """What a provider answers."""

    provider: Provider

    def log_message(self, *_: Any) -> None:
        """Quiet: `provider.log` has the paths."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.provider.log.append(url.path)
        if url.path == "/.well-known/openid-configuration":
            self._json(self.provider.metadata())
        elif url.path == "/keys":
            self._json({"keys": [self.provider.key.as_dict(private=False)]})
        elif url.path == "/authorize":
            self._ask(asked)
        elif url.path == "/agree":
            self._agree(asked)
        elif url.path == "/logout":
            assert asked["post_logout_redirect_uri"] == self.provider.callback
            self._go(self.provider.callback)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        told = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
        self.provider.log.append(self.path)
        given = self.codes.pop(told.get("code", ""), None)
        challenge = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        client = base64.b64encode(":".join(self.provider.client).encode()).decode()
        right = (
            given is not None
            and told["redirect_uri"] == given["redirect_uri"] == self.provider.callback
            and base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() == given["code_challenge"]
            and self.headers["Authorization"] == f"Basic {client}"
        )
        if self.provider.fault == "token down":
            self.send_error(503)
        elif not right or given is None:
            self._json({"error": "invalid_grant"}, 400)
        else:
            token = self.provider.id_token(given["nonce"])
            self._json(
                {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token}
            )

    @property
    def codes(self) -> dict[str, dict[str, str]]:
        return self.provider.codes

    def _ask(self, asked: dict[str, str]) -> None:
        assert asked["client_id"] == self.provider.client[0]
        assert asked["redirect_uri"] == self.provider.callback
        assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
        agree = f"/agree?{urlencode(asked)}".replace("&", "&amp;")
        name = self.provider.claims.get("email") or self.provider.claims["sub"]
        self._html(f'<h1>Provider</h1><a href="{agree}">Continue as {name}</a>')

    def _agree(self, asked: dict[str, str]) -> None:
        back = {"state": asked["state"]}
        if self.provider.fault == "denied":
            back |= {"error": "access_denied", "error_description": "not this time"}
        else:
            code = back["code"] = secrets.token_urlsafe(12)
            self.codes[code] = asked
        self._go(f"{asked['redirect_uri']}?{urlencode(back)}")

    def _go(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def _html(self, body: str) -> None:
        self._send(body.encode(), "text/html; charset=utf-8", 200)

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _send(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def providing(port: int = 0) -> Iterator[Provider]:
    """A provider on a free port, until the block ends."""
    provider = Provider()
    handler = type("Bound", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
