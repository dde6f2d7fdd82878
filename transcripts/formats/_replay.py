"""The history of a Petri transcript: edits of a list of messages, done again one by one."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from transcripts.formats._each import NOT_THE_SHAPE
from transcripts.formats._told import a_map
from transcripts.records import Broken

Raw = dict[str, Any]


def replay(events: list[Any]) -> tuple[list[Raw], list[list[Raw]]]:
    """The target's messages after all events, and each state that an edit took words back from.

    Raises `Broken` with the number of an edit that does not fit what stands before it.
    """
    state: list[Raw] = []
    sides: list[list[Raw]] = []
    for number, event in enumerate(events, start=1):
        if not _of_target(event):
            continue
        try:
            after = _edited(state, a_map(event.get("edit")))
            back = _takes_back(state, after)
        except NOT_THE_SHAPE as error:
            raise Broken(f"event {number} does not fit the messages before it ({error})") from error
        if back:
            sides.append(state)
        state = after
    return state, [side for side in sides if any(m.get("role") == "assistant" for m in side)]


def _of_target(event: Any) -> bool:
    if not isinstance(event, Mapping) or event.get("type") != "transcript_event":
        return False
    view = event.get("view")
    return view == "target" or (isinstance(view, list) and "target" in view)


def _edited(state: list[Raw], edit: Mapping[str, Any]) -> list[Raw]:
    operation = edit.get("operation", "add")
    if operation == "add":
        return [*state, dict(edit["message"])]
    if operation == "rollback":
        ids = [raw.get("id") for raw in state]
        if edit.get("to_id") in ids and edit.get("to_id"):
            return state[: ids.index(edit["to_id"]) + 1]
        count = int(edit["count"])
        if not 0 <= count <= len(state):
            raise ValueError(f"takes back {count} of {len(state)} messages")
        return state[: len(state) - count]
    if operation == "reset":
        return [dict(raw) for raw in edit.get("new_messages") or []]
    if operation == "json_patch":
        return patched(state, edit["patch"])
    raise ValueError(f"is an unknown edit {operation!r}")


def _takes_back(before: list[Raw], after: list[Raw]) -> bool:
    if len(after) < len(before):
        return bool(before)
    return any(
        one is not other and not _grows(one, other)
        for one, other in zip(before, after, strict=False)
    )


def _grows(one: Raw, other: Raw) -> bool:
    """Whether `other` says the same or goes on: a streamed message is no branch of itself."""
    if one.get("role") != other.get("role"):
        return False
    was, now = one.get("content"), other.get("content")
    calls = one.get("tool_calls") in (None, [], other.get("tool_calls"))
    if isinstance(was, str) and isinstance(now, str):
        return calls and now.startswith(was)
    return calls and was == now


def patched(state: list[Raw], patch: Any) -> list[Raw]:
    """The messages after a JSON Patch (RFC 6902) whose paths begin with a message's place.

    Only the messages it touches are copied. Raises ValueError and its like where it does not fit.
    """
    if not isinstance(patch, list):
        raise TypeError("its patch is no list")
    root: list[Any] = list(state)
    own: dict[int, Any] = {}  # by id, and held, so that no id is used again
    for change in patch:
        path = _pointer(change["path"])
        op = change["op"]
        if op in ("move", "copy"):
            source = _pointer(change.get("from") or change.get("from_"))
            value = copy.deepcopy(_get(root, source))
            if op == "move":
                _change(root, own, "remove", source, None)
            _change(root, own, "add", path, value)
        elif op != "test":
            _change(root, own, op, path, change.get("value"))
    return root


def _pointer(path: Any) -> list[str]:
    if not isinstance(path, str):
        raise TypeError("a path is no text")
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _get(value: Any, path: list[str]) -> Any:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _change(root: list[Any], own: dict[int, Any], op: str, path: list[str], value: Any) -> None:
    if not path:
        root[:] = value
        return
    if len(path) > 1 and path[0].isdigit():  # copy a message once, before its insides are touched
        place = int(path[0])
        if id(root[place]) not in own:
            root[place] = copy.deepcopy(root[place])
            own[id(root[place])] = root[place]
    parent, last = _get(root, path[:-1]), path[-1]
    if isinstance(parent, list):
        at = len(parent) if last == "-" else int(last)
        if not 0 <= at <= len(parent) - (op != "add"):
            raise IndexError(f"no place {last} among {len(parent)}")
        if op == "add":
            parent.insert(at, value)
        elif op == "replace":
            parent[at] = value
        else:
            del parent[at]
    elif op == "remove":
        del parent[last]
    else:
        parent[last] = value
