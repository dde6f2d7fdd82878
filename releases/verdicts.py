"""A gate's verdict for machines and pull requests: JSON values, JUnit XML, Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

from releases.gate import Gate, Line
from releases.telling import difference, plain, title
from rubrics import Rubric

MARKS = {"pass": "pass", "fail": "**FAIL**", "inconclusive": "inconclusive"}
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(gate: Gate) -> dict[str, Any]:
    """The verdict as JSON values."""
    return {
        "verdict": gate.verdict,
        "base": gate.base,
        "candidate": gate.candidate,
        "traits": [
            {
                "trait": one.trait,
                "verdict": one.verdict,
                "why": one.why,
                "labels": one.labels,
                "lines": [_line(line) for line in one.lines],
            }
            for one in gate.traits
        ],
        "rules": gate.rules.model_dump(mode="json", exclude_none=True),
    }


def _line(line: Line) -> dict[str, Any]:
    told = {"verdict": line.verdict, "margin": line.margin, "why": line.why, "worse": line.worse}
    return asdict(line.change) | told


def junit(gate: Gate) -> str:
    """The verdict as JUnit XML: a test case a trait; an inconclusive one is an error, because a
    skipped test would count as fine."""
    count = [sum(one.verdict == v for one in gate.traits) for v in ("fail", "inconclusive")]
    told = {"tests": str(len(gate.traits)), "failures": str(count[0]), "errors": str(count[1])}
    root = ElementTree.Element("testsuites", {"name": "traitbook gate", **told})
    name = _clean(f"{gate.base} to {gate.candidate}")
    suite = ElementTree.SubElement(root, "testsuite", {"name": name, **told})
    for one in gate.traits:
        case = ElementTree.SubElement(
            suite, "testcase", {"classname": "traitbook.gate", "name": _clean(one.trait)}
        )
        kind = {"fail": "failure", "inconclusive": "error"}.get(one.verdict)
        if kind:
            found = {"message": _clean(one.why), "type": one.verdict}
            ElementTree.SubElement(case, kind, found).text = _clean(one.why)
        else:
            ElementTree.SubElement(case, "system-out").text = _clean(one.why)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _clean(text: str) -> str:
    """Without the characters that no XML may hold."""
    return NOT_XML.sub("\ufffd", text)


def markdown(gate: Gate, rubrics: Mapping[str, Rubric]) -> str:
    """The verdict as Markdown, for a pull request."""
    rows = [
        f"## Traitbook gate: {gate.verdict}",
        "",
        f"{cell(gate.candidate)} against {cell(gate.base)}. {_told(gate)}",
        "",
        "| trait | verdict | base | candidate | change (95 % interval) | margin | scenarios |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for one in gate.traits:
        name = cell(title(one.trait, rubrics))
        for line in one.lines or (None,):
            rows.append(f"| {name} | {MARKS[line.verdict if line else one.verdict]} "
                        f"{_cells(line) if line else '| | | | | |'}")  # fmt: skip
    rows += ["", "### Why", ""]
    rows += [f"- **{cell(title(one.trait, rubrics))}**, {one.verdict}: {cell(one.why)}"
             for one in gate.traits]  # fmt: skip
    return "\n".join(rows) + "\n"


def _told(gate: Gate) -> str:
    count = {v: sum(one.verdict == v for one in gate.traits) for v in MARKS}
    return ", ".join(f"{n} {verdict}" for verdict, n in count.items() if n) + "."


def _cells(line: Line) -> str:
    found = line.change
    levels = [plain(x, share=found.is_share) for x in (found.base, found.candidate)]
    unit = f"{line.margin * 100:g} points" if found.is_share else f"{line.margin:g}"
    told = f"{found.measure}: {difference(found)}"
    return f"| {levels[0]} | {levels[1]} | {told} | {unit} | {found.scenarios:,} |"


def cell(text: str) -> str:
    """Text that stays text in a Markdown table: no markup, no new cell, no new line."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|#~&!])", r"\\\1", flat)
