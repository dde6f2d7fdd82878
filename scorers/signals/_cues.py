"""Cues: lists of phrases that are looked for in a message's own words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from scorers.signals._words import Words, wordset

_COMMON = wordset(
    "a an the i you your my me it its is are be was do does did to of in on at as so and or "
    "not no that this what how with for have has can will would could if but there they we "
    "all"
)
_GAP = r"\s{1,4}"
_ANY = r"(?:[\w'-]{1,20}[,;]?\s{1,4}){0,3}"
_OPTIONAL = re.compile(r"\?|\{\d,\d\}")
_BREAK = re.compile(r"\n(?=\S)")
_PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)*")


class Cues:
    """Phrases, one a line, as patterns over lower-case text.

        what an? (great|good|
            excellent) question
        your ~ brilliant

    A line indented more deeply goes on with the one before; `~` is up to three words, a space any
    white space. Nothing may repeat without end (`*`, `+`): a message of millions of characters has
    to be read in linear time. A line is looked for only where a word it cannot do without occurs,
    which makes long lists cheap.
    """

    def __init__(self, lines: str) -> None:
        self.by_word: dict[str, list[re.Pattern[str]]] = {}
        for line in _joined(lines):
            needed, pattern = _needed(line), _compiled(line)
            for word in needed:
                self.by_word.setdefault(word, []).append(pattern)

    def find(
        self, words: Words, start: int = 0, end: int | None = None, limit: int = 6
    ) -> list[re.Match[str]]:
        """The first places where a phrase stands, in their order, none within another."""
        own = words.own
        found: dict[tuple[int, int], re.Match[str]] = {}
        for word in self.by_word.keys() & words.counts.keys():
            for pattern in self.by_word[word]:
                for match in _first(pattern, own, start, len(own) if end is None else end, limit):
                    found[match.start(), -match.end()] = match
        return _apart(found[place] for place in sorted(found))[:limit]

    def seen(self, words: Words) -> bool:
        """Whether any of the phrases stands in the text."""
        return bool(self.find(words, limit=1))


def _first(
    pattern: re.Pattern[str], own: str, start: int, end: int, limit: int
) -> Iterable[re.Match[str]]:
    """The first matches that begin at a word. The pattern itself does not say so (`\\b`): it
    would no longer begin with a letter, and the search for its first letters is what is fast."""
    found = 0
    for match in pattern.finditer(own, start, end):
        at = match.start()
        if at == 0 or not (own[at - 1].isalnum() or own[at - 1] == "'"):
            yield match
            found += 1
            if found == limit:
                return


def _apart(matches: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    kept: list[re.Match[str]] = []
    for match in matches:
        if not kept or match.start() >= kept[-1].end():
            kept.append(match)
    return kept


def _joined(lines: str) -> list[str]:
    """The lines, each with those that are indented more deeply and so go on with it."""
    told = _BREAK.split(textwrap.dedent(lines).strip())
    return [re.sub(r"\n\s+", " ", re.sub(r"\|\n\s+", "|", one)) for one in told]


def _compiled(line: str) -> re.Pattern[str]:
    if re.search(r"[*+]|\.\.|\{\d*,\}", line):
        raise ValueError(f"{line!r} repeats without end")
    if line.endswith("~"):
        raise ValueError(f"{line!r} ends with a gap: nothing would close it")
    source = line.replace("~ ", _ANY.replace(" ", "")).replace(" ", _GAP).replace("(", "(?:")
    return re.compile(source.replace("(?:?:", "(?:") + r"(?!\w|'\w)")


def _needed(line: str) -> list[str]:
    """Words one of which stands in every text that the line fits. Raises ValueError."""
    if not (words := _least(line.replace("~ ", " "))):
        raise ValueError(f"{line!r} has no plain word that it cannot do without")
    return words


def _least(line: str) -> list[str]:
    """The fewest and rarest such words; none where the line can do without any."""
    rest, groups = _without_groups(line)
    choices = []
    for piece in re.split(r"(?:,\?)?[ -]|,\?$", rest):
        if piece in groups:
            each = [_least(choice) for choice in _choices(groups[piece])]
            words = [word for some in each for word in some] if all(each) else []
        elif piece.endswith("s?") and _PLAIN.fullmatch(piece[:-2]):
            words = [piece[:-2], piece[:-1]]
        else:
            words = [piece] if _PLAIN.fullmatch(piece) else []
        if words:
            choices.append(words)
    return min(choices, key=_cost, default=[])


def _cost(words: list[str]) -> tuple[bool, int, int]:
    return any(word in _COMMON for word in words), len(words), -len(words[0])


def _without_groups(line: str) -> tuple[str, dict[str, str]]:
    """The line with `<n>` for each group it cannot do without, and what stands in those groups.

    An optional group goes; where it brought its own space it leaves one, and else `<>`, so that
    what stands against it (`you('re)?`) is not taken for a whole word.
    """
    rest, at = "", 0
    groups: dict[str, str] = {}
    while at < len(line):
        if line[at] != "(":
            rest, at = rest + line[at], at + 1
            continue
        end = _closing(line, at)
        inside, optional = line[at + 1 : end], _OPTIONAL.match(line, end + 1)
        if optional:
            rest += " " if inside.strip() != inside else "<>"
        else:
            rest += f"<{len(groups)}>"
            groups[f"<{len(groups)}>"] = inside
        at = optional.end() if optional else end + 1
    return rest, groups


def _closing(line: str, at: int) -> int:
    depth = 0
    for place in range(at, len(line)):
        depth += (line[place] == "(") - (line[place] == ")")
        if depth == 0:
            return place
    raise ValueError(f"{line!r} has a bracket that is not closed")


def _choices(inside: str) -> list[str]:
    """What stands between the bars of a group, groups within it left whole."""
    found, depth = [""], 0
    for letter in inside:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            found.append("")
        else:
            found[-1] += letter
    return found
