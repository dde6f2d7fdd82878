"""Hostile input is read in linear time: megabytes of one letter, of spaces, of cue words."""

from __future__ import annotations

import time

import pytest

from scorers.signals import signals
from scorers.signals.conversation import Conversation
from transcripts import Message, Part, Transcript

SIZE = 200_000
SECONDS = 4.0
"""For all signals together; a quadratic rule takes minutes, all of them today take under one."""

CUES = (
    "you're absolutely right I apologize however not what a great question I can't help with that "
    "why do you think I'm saying they're saying your friend would you like me to may might could "
)
HOSTILE = {
    "letters": "a",
    "spaces": " ",
    "lines": "\n",
    "brackets": "[({<",
    "backticks": "`",
    "quotes": '" ',
    "stars": "**a** ",
    "bullets": "- \n",
    "questions": "you? ",
    "figures": "so the answer is 1 ",
    "your": "your ",
    "claims": "I'm saying a, they're saying ",
    "cues": CUES,
    "commands": "rm -",
}


def test_thousands_of_turns_are_read_in_linear_time() -> None:
    turn = (
        Message.plain("user", "Are you sure? I don't think so."),
        Message.plain("assistant", "I am, since it isn't prime; but you're right to ask."),
    )
    conversation = Conversation.of(Transcript(turn * 5_000))
    started = time.process_time()
    for signal in signals().values():
        list(signal.rate(conversation))
    assert time.process_time() - started < 3 * SECONDS


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_huge_message_is_read_in_linear_time(kind: str) -> None:
    text = (HOSTILE[kind] * (SIZE // len(HOSTILE[kind]) + 1))[:SIZE]
    told = Transcript(
        (
            Message.plain("user", "Are you sure? What do you think of it?"),
            Message.plain("assistant", "I don't think so, since the sum does not come out."),
            Message.plain("user", text),
            Message(
                "assistant",
                (
                    Part("thinking", text),
                    Part("text", text),
                    Part("tool_call", name="x", data=text),
                ),
            ),
        )
    )
    conversation = Conversation.of(told)
    for turn in conversation.turns:
        turn.__dict__["english"] = True  # so that every rule goes to its end
    started = time.process_time()
    for signal in signals().values():
        list(signal.rate(conversation))
    assert time.process_time() - started < SECONDS
