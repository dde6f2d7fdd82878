"""What the reader shows: transcripts side by side, as rows of turns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transcripts import Message, Part, Transcript
from transcripts.rendering import LONGEST, rendered, verbatim
from viewer import tones

KEYS = [
    ("j k", "next and previous turn"),
    ("n p", "next and previous transcript of the list you came from"),
    ("e E", "next and previous evidence, with who says what and why"),
    ("t", "show or fold all thinking and tool calls"),
    ("v", "rendered or verbatim"),
    ("r", "rate and comment here, or put that away"),
    ("?", "this help"),
]
LEGEND = [
    "Lit words are what a rating rests on: blue is under, amber is over, red is a fault, green is "
    "as it should be. Rules have a dotted line, people and authors an underline.",
    ", ".join(f"{letter}: {tones.KINDS[kind]}" for kind, letter in tones.LETTERS.items()) + ".",
]

TAGS = ("category", "surface", "language")

Segment = list[tuple[int, Message]]
Link = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class View:
    """Transcripts side by side, the first being the one that was opened."""

    transcripts: Sequence[Transcript]
    identities: Sequence[str]
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the text: what else could be put beside it, and where the list goes on.

    `choices` are (id, name) of every transcript of the scenario; `desk` says whether the desk for
    rating stands beside, None that there is none to be had.
    """

    choices: Sequence[tuple[str, str]] = ()
    before: bool = False
    after: bool = False
    desk: bool | None = None


def version(view: View) -> str:
    """Changes whenever the text on the page does."""
    return "|".join([*view.identities, "v" if view.verbatim else "r"])


def reader_data(
    view: View, around: Around, link: Link, at: tuple[int, int] | None
) -> dict[str, Any]:
    """The reader's data: columns, rows of turns, keys; `at` is (column, message) to open at."""
    grid = rows(view.transcripts)
    first = {
        message.text: True
        for one in view.transcripts[:1]
        for _, message in one.numbered("user", "system")
    }
    return {
        "version": version(view),
        "first": view.identities[0],
        "title": view.transcripts[0].scenario,
        "tags": _tags(view.transcripts[0]),
        "choices": [
            {"id": identity, "label": name, "shown": identity in view.identities}
            for identity, name in around.choices
        ],
        "before": around.before,
        "after": around.after,
        "desk": around.desk,
        "verbatim": view.verbatim,
        "columns": [_column(one) for one in view.transcripts],
        "rows": [
            [_cell(view, c, segment, link, first) for c, segment in enumerate(row)] for row in grid
        ],
        "focus": _row_of(grid, at),
        "keys": KEYS,
        "legend": LEGEND,
    }


def _tags(transcript: Transcript) -> str:
    told = [str(transcript.metadata[key]) for key in TAGS if transcript.metadata.get(key)]
    if warranted := transcript.metadata.get("warranted"):
        told.append(f"disagreement warranted: {warranted}")
    return " \u00b7 ".join(told)


def rows(transcripts: Sequence[Transcript]) -> list[list[Segment | None]]:
    """Turns under each other: what the user said, then what came back, tools and all.

    Row k of every column is the k-th turn, so conversations of different length stay aligned; a
    system prompt stands in a row of its own before the first.
    """
    columns = [_segments(one) for one in transcripts]
    keys = sorted({key for column in columns for key in column})
    return [[column.get(key) for column in columns] for key in keys]


def _segments(transcript: Transcript) -> dict[tuple[int, int], Segment]:
    """Messages by (turn, 0 for the user or 1 for the reply); the system prompt is turn -1."""
    found: dict[tuple[int, int], Segment] = {}
    turn, key = -1, (-1, 0)
    for number, message in transcript.numbered():
        if message.role == "user":
            turn += key[1] or turn == -1
            key = (turn, 0)
        elif message.role != "system" or turn >= 0:
            turn = max(turn, 0)
            key = (turn, 1)
        found.setdefault(key, []).append((number, message))
    return found


def _row_of(grid: list[list[Segment | None]], at: tuple[int, int] | None) -> int | None:
    if at is None:
        return None
    column, message = at
    for index, row in enumerate(grid):
        if any(number == message for number, _ in row[column] or ()):
            return index
    return None


def _column(transcript: Transcript) -> dict[str, Any]:
    told = [
        f"sample {transcript.sample}" if (transcript.sample or 1) > 1 else "",
        transcript.model if transcript.model != transcript.release else "",
    ]
    return {
        "title": transcript.release,
        "sub": " \u00b7 ".join(one for one in told if one) or "\u00a0",
        "synthetic": bool(transcript.metadata.get("synthetic")),
    }


def _cell(
    view: View, column: int, segment: Segment | None, link: Link, first: Mapping[str, bool]
) -> list[dict[str, Any]] | None:
    if segment is None:
        return None
    identity = view.identities[column]
    return [
        {
            "n": number,
            "role": message.role,
            "label": message.role,
            "href": link(identity, number),
            "differs": bool(
                column and message.role in ("user", "system") and message.text not in first
            ),
            "parts": [_part(part, i, view) for i, part in enumerate(message.parts) if _seen(part)],
        }
        for number, message in segment
    ]


def _seen(part: Part) -> bool:
    return bool(part.readable.strip()) or part.kind != "text"


def _part(part: Part, index: int, view: View) -> dict[str, Any]:
    as_it_is = view.verbatim or part.kind != "text"
    text = part_text(part)
    more = len(text) - LONGEST
    markup = verbatim(text) if as_it_is else rendered(text)
    if more > 0:
        markup += (
            f"<p><em>({more:,} more characters are not shown here; export to read them)</em></p>"
        )
    return {
        "i": index,
        "html": markup,
        "verbatim": as_it_is,
        "fold": _fold(part),
        "failed": part.failed,
    }


def part_text(part: Part) -> str:
    """What the reader shows of a part: its words, or a tool call's arguments a line each."""
    if part.kind == "image":
        return f"[a picture: {part.name or 'of unknown type'}, not shown]"
    if part.text or not part.data:
        return part.text or "(nothing)"
    try:
        value = json.loads(part.data)
    except ValueError:
        return part.data
    if not isinstance(value, dict):
        return part.data
    return "\n".join(
        f"{key}: {one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}"
        for key, one in value.items()
    )


def _fold(part: Part) -> str:
    if part.kind == "thinking":
        sealed = part.name == "redacted"
        return (
            "Thinking (sealed)" if sealed else f"Thinking \u00b7 {len(part.text.split()):,} words"
        )
    if part.kind == "tool_call":
        return f"Calls {part.name or 'a tool'}"
    if part.kind == "tool_result":
        lines = part.text.count("\n") + 1
        told = "Error" if part.failed else "Result"
        named = f" of {part.name}" if part.name else ""
        return f"{told}{named} \u00b7 {lines:,} line{'s' if lines > 1 else ''}"
    return f"Block of type {part.name!r}" if part.kind == "other" else ""
