"""Reviewers without a browser: real Streamlit sessions over websockets, speaking its own messages."""

from __future__ import annotations

import asyncio
import json
import random
import time
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 30


class Session:
    """One person's session: what the desk last showed, and saying something to it."""

    def __init__(self, socket: Any, name: str) -> None:
        self.socket, self.name = socket, name
        self.data: dict[str, Any] = {}
        self.desk = self.fragment = self.page = ""
        self.seen: list[str | None] = []
        self.query = f"queue=many&me={name}"

    async def start(self) -> None:
        """Open the Review page and wait for the desk."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = "review"
        await self.socket.send(message.SerializeToString())
        await self._until(lambda: bool(self.data) and self.idle)

    async def say(self, *batch: dict[str, Any]) -> float:
        """Say something from the desk; seconds until the answer that it is on disk."""
        number = time.time_ns() // 1_000_000
        told = {"n": number, "of": self.data["draft"], "batch": list(batch)}
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash = self.query, self.page
        run.fragment_id = self.fragment
        state = run.widget_states.widgets.add()
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{self.desk}__events"
        state.json_trigger_value = json.dumps([{"event": "say", "value": told}])
        begun = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await self._until(lambda: self.data["ack"].get("n") == number)
        if not self.data["ack"]["ok"]:
            raise RuntimeError(self.data["ack"]["told"])
        return time.perf_counter() - begun

    async def _until(self, done: Any) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not done():
                    self._take(await self.socket.recv())
        except TimeoutError as error:
            raise RuntimeError(f"{self.name}: no answer; the last were {self.seen[-8:]}") from error

    def _take(self, raw: bytes) -> None:
        message = ForwardMsg()
        message.ParseFromString(raw)
        kind = message.WhichOneof("type")
        self.seen.append(kind)
        if kind == "new_session":
            self.idle = False
        elif kind == "navigation":
            self.page = message.navigation.page_script_hash
        elif kind == "script_finished":
            self.idle = True
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") != "bidi_component":
                return
            component = element.bidi_component
            if component.component_name.endswith("traitbook_desk_state"):
                self.desk, self.data = component.id, json.loads(component.json)
                self.fragment = message.delta.fragment_id

    idle = False


async def _person(port: int, name: str, each: int, think: tuple[float, float]) -> list[float]:
    rng = random.Random(name)
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    seen: list[float] = []
    async with websockets.connect(address, max_size=None, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        one = Session(socket, name)
        await one.start()
        while len(seen) < each:
            await asyncio.sleep(rng.uniform(*think))
            trait = one.data["traits"][0]
            rating = {
                "kind": "rate", "trait": trait["trait"], "m": trait["m"], "pair": False,
                "status": "rated", "value": rng.randint(-2, 2), "note": "", "unsure": False,
                "quotes": [],
            }  # fmt: skip
            seen.append(await one.say(rating))
            before = one.data["draft"]
            await one.say({"kind": "next"})
            await one._until(lambda: one.data["draft"] != before)  # noqa: B023
    return seen


def reviewers(port: int, *, people: int, each: int, think: tuple[float, float]) -> list[float]:
    """So many people rate `each` things and go on; the seconds of every save."""

    async def all_of_them() -> list[float]:
        names = [f"p{n}" for n in range(people)]
        done = await asyncio.gather(*(_person(port, name, each, think) for name in names))
        return [one for mine in done for one in mine]

    return asyncio.run(all_of_them())
