"""Charts of a report as SVG text: dots with intervals, never bars; made to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from releases.comparing import Change
from releases.telling import difference

LEFT, WIDTH, ROW, RIGHT = 300, 330, 22, 190


class Row(NamedTuple):
    """One line of a forest plot."""

    label: str
    change: Change


def forest(rows: Sequence[Row], *, unit: str) -> str:
    """Differences with their intervals around 0; right of 0 is worse. One unit for all rows.

    A filled dot is beyond chance after adjusting for many traits, a hollow one is not.
    """
    drawn = [row for row in rows if row.change.difference is not None]
    if not drawn:
        return ""
    reach = max(
        abs(x) for r in drawn for x in (r.change.low, r.change.high, r.change.difference)
        if x is not None
    ) or 1.0  # fmt: skip
    middle = LEFT + WIDTH / 2

    def at(value: float) -> float:
        return middle + value / reach * (WIDTH / 2 - 8)

    height = ROW * len(drawn) + 34
    total = LEFT + WIDTH + RIGHT
    parts = [
        f'<svg viewBox="0 0 {total} {height}" width="{total}" role="img" class="forest">',
        f"<title>{escape(unit)}: change with 95 % interval; right of the line is worse</title>",
        f'<line x1="{middle}" x2="{middle}" y1="16" y2="{height - 16}" class="zero"/>',
        f'<text x="{middle - 8}" y="11" text-anchor="end" class="way">\u2190 better</text>',
        f'<text x="{middle + 8}" y="11" class="way">worse \u2192</text>',
    ]
    for k, row in enumerate(drawn):
        parts.append(_row(row, 16 + ROW * (k + 0.5), at))
    parts.append("</svg>")
    return "".join(parts)


def _row(row: Row, y: float, at) -> str:  # type: ignore[no-untyped-def]
    one = row.change
    tone = "none" if not one.shown else "worse" if (one.difference or 0) > 0 else "better"
    told = [
        f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(_short(row.label))}</text>'
    ]
    if one.low is not None and one.high is not None:
        told.append(
            f'<line x1="{at(one.low):.1f}" x2="{at(one.high):.1f}" y1="{y}" y2="{y}" '
            f'class="whisker {tone}"/>'
        )
    told.append(f'<circle cx="{at(one.difference or 0):.1f}" cy="{y}" r="4" class="dot {tone}"/>')
    told.append(f'<text x="{LEFT + WIDTH + 8}" y="{y + 4}">{escape(difference(one))}</text>')
    return "".join(told)


def _short(label: str) -> str:
    return label if len(label) <= 46 else label[:45] + "\u2026"
