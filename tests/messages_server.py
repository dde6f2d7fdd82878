"""A local server that speaks the Messages wire format: for tests, benchmarks and demos.

    python -m tests.messages_server --port 8800 --latency 0.5 --behaviour sensible
    traitbook score --judge claude-haiku-5-5 --base-url http://127.0.0.1:8800 --db traitbook.db

It listens on 127.0.0.1 alone, answers without any model, and any key is let in. Faults: a model
named `claude-haiku-5-5+refusal` always refuses (tests/messages_faults.py lists the kinds), or
POST /_faults [{"kind": "529", "times": 3}]. GET /_journal shows what was asked.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from tests.messages_account import Limits
from tests.messages_answers import BEHAVIOURS, Knowing
from tests.messages_api import Api, Request, Response

HEAD_END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection, one request after another."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.chunks: list[bytes] = []
        self.have = 0
        self.need = 0
        self.head: tuple[str, str, dict[str, str]] | None = None
        self.going: asyncio.Task[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.server.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.server.connections.discard(self)
        if self.going:
            self.going.cancel()

    def data_received(self, data: bytes) -> None:
        self.chunks.append(data)
        self.have += len(data)
        if self.head is None:
            whole = b"".join(self.chunks)
            end = whole.find(HEAD_END)
            if end < 0:
                self.chunks = [whole]
                return
            self._read_head(whole[:end])
            rest = whole[end + len(HEAD_END) :]
            self.chunks, self.have = [rest], len(rest)
        if self.head is not None and self.have >= self.need:
            raw = b"".join(self.chunks)
            method, path, headers = self.head
            self.head, self.chunks = None, [raw[self.need :]]
            self.have = len(self.chunks[0])
            request = Request(method, path, headers, raw[: self.need])
            self.going = asyncio.ensure_future(self._answer(request))

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        self.need = int(headers.get("content-length", 0))
        self.head = method, path, headers
        if headers.get("expect") == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _answer(self, request: Request) -> None:
        server = self.server
        server.going += 1
        server.most = max(server.most, server.going)
        try:
            made = server.api.answer(request)
            if made.wait:
                await asyncio.sleep(made.wait)
        finally:
            server.going -= 1
        self._write(made)

    def _write(self, made: Response) -> None:
        if made.cut == -1:
            self.transport.abort()
            return
        lines = [f"HTTP/1.1 {made.status} -", f"content-length: {len(made.body)}"]
        lines += [f"{name}: {value}" for name, value in made.headers.items()]
        self.transport.write("\r\n".join(lines).encode() + HEAD_END + made.body[: made.cut])
        if made.cut is not None:
            self.transport.close()


class Server:
    """The API on a port of the loopback address. `most` is how many were in flight at once."""

    def __init__(self, api: Api | None = None) -> None:
        self.api = api or Api()
        self.connections: set[Connection] = set()
        self.going = self.most = 0
        self._ready = threading.Event()

    @property
    def address(self) -> str:
        """http://127.0.0.1:PORT"""
        return self.api.address

    async def serve(self, port: int = 0) -> None:
        """Serve until `stop`."""
        loop = asyncio.get_running_loop()
        made = await loop.create_server(lambda: Connection(self), "127.0.0.1", port, backlog=4096)
        self.api.address = f"http://127.0.0.1:{made.sockets[0].getsockname()[1]}"
        self._loop, self._stop = loop, asyncio.Event()
        self._ready.set()
        try:
            await self._stop.wait()
        finally:
            made.close()
            for one in list(self.connections):
                one.transport.abort()
            await asyncio.sleep(0)

    def start(self, port: int = 0) -> None:
        """Serve in a thread; returns when the address is known."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(port)), daemon=True)
        self._thread.start()
        assert self._ready.wait(10), "the server did not start"

    def stop(self) -> None:
        """End the thread and all connections."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


@contextmanager
def serving_messages(api: Api | None = None, port: int = 0) -> Iterator[Server]:
    """A running server in a thread of this process."""
    server = Server(api)
    server.start(port)
    try:
        yield server
    finally:
        server.stop()


def as_authors_meant(*paths: str | Path, bias: int = 0) -> Knowing:
    """A judge that gives what the authors of these transcripts meant."""
    from transcripts import read

    told: dict[tuple[str, str], int | None] = {}
    for one in read(*paths):
        said = {n: m.text for n, m in getattr(one, "numbered", lambda *_: ())("assistant")}
        for score in getattr(one, "scores", ()):
            if score.kind == "author" and score.status != "unscored":
                whole = "\n".join(text for text in said.values() if text.strip())
                words = said.get(score.message) if score.message else whole
                value = None if score.value is None else int(score.value)
                told[score.trait, words or ""] = value
    return Knowing(told, bias)


@click.command()
@click.option("--port", default=8800, show_default=True)
@click.option("--latency", default=0.0, help="Seconds before each answer.")
@click.option("--behaviour", type=click.Choice(sorted(BEHAVIOURS)), default="sensible")
@click.option("--authors", multiple=True, help="Answer as the authors of this folder meant.")
@click.option("--key", default="", help="Let in this key alone.")
@click.option("--requests", default=4000, help="Requests a minute; more are answered 429.")
@click.option("--no-limits", is_flag=True, help="Tell of limits that nobody reaches.")
@click.option("--no-format", is_flag=True, help="Refuse output_config, as some servers do.")
@click.option("--any-model", is_flag=True, help="Know every model.")
@click.option("--no-bodies", is_flag=True, help="Keep no bodies in the journal.")
@click.option("--batch-wait", default=3.0, help="Seconds a batch takes.")
def main(port: int, latency: float, behaviour: str, **given: Any) -> None:
    """Serve until interrupted."""
    answers = BEHAVIOURS[behaviour]()
    if given["authors"]:
        answers = as_authors_meant(*given["authors"])
    api = Api(behaviour=answers, latency=latency, key=given["key"], any_model=given["any_model"])
    api.formats, api.keep_bodies = not given["no_format"], not given["no_bodies"]
    api.limits = Limits(requests=given["requests"], enforced=given["requests"] != 4000)
    if given["no_limits"]:
        api.limits = Limits(10**9, 10**12, 10**12)
    api.batches.wait = given["batch_wait"]
    click.echo(f"http://127.0.0.1:{port}  ({behaviour}; Ctrl-C to stop)", err=True)
    with suppress(KeyboardInterrupt):
        asyncio.run(Server(api).serve(port))


if __name__ == "__main__":
    main()
