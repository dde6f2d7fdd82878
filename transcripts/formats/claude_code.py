"""Claude Code sessions: JSON Lines of events, or the `{"loglines": [...]}` of a web session.

Shape from claude-code-transcripts (simonw), claude-code-log (daaain) and inspect_scout's
fixtures: `type` user / assistant / system / summary, `message` as in the Messages API, and
`uuid`, `parentUuid`, `sessionId`, `isSidechain`. One file may hold several conversations: a
session each, a sub-agent's side chain apart, and a new one after `/clear`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from transcripts.blocks import to_message
from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.records import Broken, Placed, elements, json_records
from transcripts.source import Refused, Source
from transcripts.transcript import Message, Transcript

EXAMPLE = b"""\
{"type": "user", "uuid": "u1", "parentUuid": null, "isSidechain": false, "sessionId": "s1", \
"timestamp": "2026-01-31T10:00:00Z", "message": {"role": "user", "content": "List the files."}}
{"type": "assistant", "uuid": "u2", "parentUuid": "u1", "isSidechain": false, "sessionId": "s1", \
"message": {"id": "m1", "model": "m-1", "role": "assistant", "content": [{"type": "tool_use", \
"id": "t1", "name": "Bash", "input": {"command": "ls"}}], "usage": {"output_tokens": 9}}}
{"type": "user", "uuid": "u3", "parentUuid": "u2", "isSidechain": false, "sessionId": "s1", \
"message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", \
"content": "README.md"}]}}
"""

SPOKEN = ("user", "assistant")


@dataclass
class _Chain:
    """One conversation while its lines come in."""

    session: str
    side: bool
    part: int = 1
    messages: list[Message] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    tokens: int = 0

    def transcript(self, source: Source) -> Transcript:
        """The conversation so far. Its model is the one that spoke first."""
        metadata = {**self.told, "session": self.session, "side_chain": self.side}
        if self.tokens:
            metadata["output_tokens"] = self.tokens
        if self.part > 1:
            metadata["part"] = self.part
        if len(set(self.models)) > 1:
            metadata["models"] = sorted(set(self.models))
        return Transcript(
            tuple(self.messages),
            model=self.models[0] if self.models else "",
            metadata=metadata,
            source=f"{source.name}: {self.places[0]}",
        )


def recognises(source: Source) -> bool:
    first = source.first
    if isinstance(first, dict) and isinstance(first.get("loglines"), list):
        return True
    return any(
        isinstance(record, dict)
        and "sessionId" in record
        and isinstance(record.get("message"), dict)
        for record in source.records
    )


def parse(source: Source) -> Iterator[Transcript | Refused]:
    chains: dict[tuple[str, str], _Chain] = {}
    done: list[_Chain] = []
    for record in _lines(source):
        if isinstance(record, Refused):
            yield record
            continue
        where, line = record
        try:
            _take(line, where, chains, done)
        except (Broken, *NOT_THE_SHAPE) as error:
            yield Refused(source.name, where, f"not a Claude Code line ({error})")
    for chain in [*done, *chains.values()]:
        if chain.messages:
            yield chain.transcript(source)


def _lines(source: Source) -> Iterator[Placed | Refused]:
    if isinstance(source.first, dict) and "loglines" in source.first:
        with source.open() as stream:
            yield from elements(source, stream, ("loglines",))
    else:
        yield from json_records(source)


def _take(line: Any, where: str, chains: dict[tuple[str, str], _Chain], done: list[_Chain]) -> None:
    """Add one line to its conversation; a `/clear` closes that and begins the next."""
    if not isinstance(line, dict):
        raise Broken("is not an object")
    if line.get("type") not in SPOKEN or not line.get("message"):
        return
    session, side = str(line.get("sessionId") or ""), bool(line.get("isSidechain"))
    key = (session, str(line.get("agentId") or "side") if side else "")
    chain = chains.setdefault(key, _Chain(session, side))
    raw = line["message"]
    if not isinstance(raw, dict):
        raise Broken("its message is not an object")
    if _is_clear(raw):
        done.append(chain)
        chains[key] = _Chain(session, side, part=chain.part + 1)
        return
    message = to_message(raw, len(chain.messages) + 1)
    if line["type"] == "user" and (line.get("isMeta") or line.get("isCompactSummary")):
        message = Message("system", message.parts)  # put in by the program, not typed by a person
    if not chain.messages:
        keys = ("cwd", "gitBranch", "version", "timestamp", "slug")
        chain.told = {name: line[name] for name in keys if line.get(name)}
    _append(chain, message, raw, where)


def _append(chain: _Chain, message: Message, raw: dict[str, Any], where: str) -> None:
    if raw.get("model") and raw["model"] != "<synthetic>":
        chain.models.append(str(raw["model"]))
    usage = raw.get("usage") or {}
    identity = str(raw.get("id") or "")
    if identity and chain.ids and chain.ids[-1] == identity and message.role == "assistant":
        # The program writes one line for each block of an answer; they are one message.
        last = chain.messages[-1]
        chain.messages[-1] = Message("assistant", (*last.parts, *message.parts))
        return
    chain.tokens += int(usage.get("output_tokens") or 0)
    chain.messages.append(message)
    chain.ids.append(identity)
    chain.places.append(where)


def _is_clear(raw: Any) -> bool:
    content = raw.get("content")
    return isinstance(content, str) and content.lstrip().startswith("<command-name>/clear")
