"""Transcripts before they are kept, as a glance: whose they are, who says what, what was rated."""

from __future__ import annotations

from html import escape

from transcripts import Transcript
from transcripts.previewing import said

WIDTH = 400
MESSAGES = 8

STYLE = """<style>
.tb-glance { font-size: .9rem; line-height: 1.45; border-left: 2px solid #8884;
  padding: .1rem 0 .1rem .9rem; margin: 0 0 .9rem; }
.tb-glance header { font-size: .8rem; opacity: .75; margin-bottom: .3rem; overflow-wrap: anywhere; }
.tb-glance header b { font-weight: 600; margin-right: .9em; }
.tb-glance div { display: grid; column-gap: .5rem;
  grid-template-columns: 1.6rem 5.2rem minmax(0, 1fr); }
.tb-glance div i { font-style: normal; opacity: .55; font-variant-numeric: tabular-nums; }
.tb-glance div span { opacity: .75; }
.tb-glance div p { margin: 0 0 .25rem; overflow-wrap: anywhere; display: -webkit-box;
  -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.tb-glance footer { font-size: .8rem; opacity: .75; margin-top: .2rem; overflow-wrap: anywhere; }
</style>"""


def glance(one: Transcript) -> str:
    """A transcript as safe HTML of a few lines; nothing in it is markup."""
    told = [("release", one.release), ("model", one.model), ("scenario", one.scenario)]
    told += [("sample", str(one.sample or ""))]
    head = "".join(f"{name} <b>{_short(value, 80)}</b>" for name, value in told if value)
    rows = "".join(
        f"<div><i>{number}</i><span>{message.role}</span><p>{_short(said(message))}</p></div>"
        for number, message in list(one.numbered())[:MESSAGES]
    )
    more = len(one.messages) - MESSAGES
    rest = f"<div><i></i><span></span><p>and {more:,} more messages</p></div>" if more > 0 else ""
    return f'<section class="tb-glance"><header>{head}</header>{rows}{rest}{_foot(one)}</section>'


def _foot(one: Transcript) -> str:
    scores = [
        f"{s.trait} by {s.rater}{f' on {s.message}' if s.message else ''}: "
        f"{f'{s.value:g}' if s.value is not None else s.status.replace('_', ' ')}"
        for s in one.scores[:6]
    ]
    pairs = [f"{key}: {str(value)[:60]}" for key, value in list(one.metadata.items())[:8]]
    told = " \u00b7 ".join(_short(text, 90) for text in (*scores, *pairs))
    return f"<footer>{told}</footer>" if told else ""


def _short(text: str, width: int = WIDTH) -> str:
    plain = " ".join(text[: 4 * width].split())
    return escape(plain if len(plain) <= width else plain[: width - 1] + "\u2026")
