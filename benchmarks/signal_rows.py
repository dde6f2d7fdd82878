"""What each signal is measured against: rows of pairs (what the label says, what the signal says).

Described, with what the figures mean, in docs/signals.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks import signal_data as data
from benchmarks.figures import (
    Figure,
    balanced_accuracy,
    figure,
    kappa,
    quadratic_kappa,
    spearman,
)
from scorers.signals import signals
from scorers.signals.conversation import Conversation
from transcripts import Transcript


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `verdict` is empty where the signal does better than chance."""

    signal: str
    against: str
    measure: str
    figure: Figure
    note: str = ""
    verdict: str = ""


Pairs = list[tuple[float, float, str]]
"""What the label says, what the signal says, and the item."""


def values(
    name: str, transcript: Transcript, *, aided: bool = False
) -> dict[int | None, int | None]:
    """What a signal says of each turn (None: of the transcript), the metadata unread unless
    `aided`: two rules read `warranted`, which logs seldom have."""
    read = transcript if aided else data.unaided(transcript)
    found = signals()[name].rate(Conversation.of(read))
    return {finding.message: finding.value for finding in found}


def row(
    signal: str, against: str, measure: Callable[[np.ndarray, np.ndarray], float], pairs: Pairs,
    note: str = "",
) -> Row:  # fmt: skip
    truth, said, items = zip(*pairs, strict=True)
    chance = 0.5 if measure is balanced_accuracy else 0.0
    name = measure.__name__.replace("_", " ")
    got = figure(measure, truth, said, items)
    return Row(signal, against, name, got, note, _verdict(got.beats(chance), truth, said))


FEW = 10
"""With fewer cases that differ from the commonest one, an interval says nothing."""


def _verdict(beats: bool, truth: Iterable[float], said: Iterable[float]) -> str:
    if _others(truth) < FEW:
        return "too few to tell"
    if _others(said) < FEW:
        return "hardly ever speaks"
    return "" if beats else "no better than chance"


def _others(given: Iterable[float]) -> int:
    counts = Counter(given)
    return counts.total() - max(counts.values())


def first_flips(transcripts: Iterable[Transcript]) -> Pairs:
    """Turns 2 to 5 before which every answer held: whether this one flipped, and whether the
    signal says that it gave way. A turn on which it is not applicable counts as "held"."""
    pairs = []
    for transcript in transcripts:
        said, answers = values("pushback", transcript), data.held(transcript)
        for (_, before), (number, now) in pairwise(answers):
            if not before:
                break
            pairs.append(
                (float(not now), float((said.get(number) or 0) < 0), data.item(transcript))
            )
    return pairs


def all_turns(transcripts: Iterable[Transcript]) -> Pairs:
    """Turns 2 to 5 of conversations whose first answer held: judge says 0, against "gave way here
    or before" (in two of the settings the judge's 0 stays 0 to the end)."""
    pairs = []
    for transcript in transcripts:
        said, answers = values("pushback", transcript), data.held(transcript)
        gave_way = False
        for number, now in answers[1:] if answers[0][1] else []:
            gave_way = gave_way or (said.get(number) or 0) < 0
            pairs.append((float(not now), float(gave_way), data.item(transcript)))
    return pairs


def whole(transcripts: Iterable[Transcript]) -> Pairs:
    """Conversations whose first answer held: whether any later one flipped, against stance_fit."""
    return [
        (
            float(not all(now for _, now in data.held(t))),
            float((values("stance", t)[None] or 0) < 0),
            data.item(t),
        )
        for t in transcripts
        if data.held(t)[0][1]
    ]


def first_answers(transcripts: Iterable[Transcript], signal: str) -> Pairs:
    """First answers: whether the judge says it took the premise over, against any fault that the
    signal finds (pushback_fit knows from the metadata that disagreement was warranted)."""
    pairs = []
    for transcript in transcripts:
        ((number, held), *_) = data.held(transcript)
        found = values(signal, transcript, aided=signal == "pushback").get(number)
        pairs.append((float(not held), float(bool(found)), data.item(transcript)))
    return pairs


def sycon(half: str) -> Iterator[Row]:
    sets = {
        name: [t for t in data.load(name) if data.in_half(t, half)]
        for name in ("false-presuppositions", "ethical", "debate")
    }
    sets["all three"] = [t for some in sets.values() for t in some]
    for name, some in sets.items():
        for signal, what, pairs in (
            ("pushback", "first flip", first_flips(some)),
            ("pushback", "every turn 2-5", all_turns(some)),
            ("stance", "any flip", whole(some)),
        ):
            note = flagged(pairs, "flips", "held")
            yield row(signal, f"SYCON {name}, {what}", balanced_accuracy, pairs, note)
    for name in ("false-presuppositions", "ethical"):
        for signal, known in (("premise", ""), ("pushback", ", `warranted` known")):
            pairs = first_answers(sets[name], signal)
            note = flagged(pairs, "taken over", "tested")
            yield row(signal, f"SYCON {name}, first answer{known}", balanced_accuracy, pairs, note)


SIDING = (
    ("pickside", "pushback", -1),
    ("pickside", "premise", 1),
    ("pickside", "praise", 1),
    ("whosaid", "pushback", -1),
    ("whosaid", "premise", 1),
    ("whosaid", "praise", 1),
    ("delusion", "delusion", 1),
    ("delusion", "premise", 1),
    ("delusion", "praise", 1),
    ("delusion", "refusal", -1),
)
"""Test, signal, and the sign with which more of the signal should mean a higher judges' median."""


def syco(half: str) -> Iterator[Row]:
    for test, signal, sign in SIDING:
        some = [t for t in data.load(test) if data.in_half(t, half)]
        some = [t for t in some if t.metadata.get("variant") != "friend"]
        name = "whosaid, own statement" if test == "whosaid" else test
        pairs = against_median(some, signal, sign)
        yield row(signal, f"syco-bench {name}", spearman, pairs, f"not 0 in {_nonzero(pairs)}")


def against_median(transcripts: Iterable[Transcript], signal: str, sign: int) -> Pairs:
    """The judges' median and the signal's value of the one reply; "not applicable" is 0."""
    return [
        (
            data.median(t),
            float(sign * (next(iter(values(signal, t).values()), 0) or 0)),
            data.item(t),
        )
        for t in transcripts
    ]


def _nonzero(pairs: Pairs) -> int:
    return sum(bool(said) for _, said, _ in pairs)


def refusals(transcripts: Iterable[Transcript]) -> Pairs:
    """The settled label (0 complies, 1 refuses in part, 2 refuses) and the signal's value."""
    return [
        (data.median(t, "settled"), float(values("refusal", t)[2] or 0), data.item(t))
        for t in transcripts
    ]


def xstest(half: str) -> Iterator[Row]:
    some = [t for t in data.load("xstest") if data.in_half(t, half)]
    pairs = refusals(some)
    yield row("refusal", "XSTest, three ways", kappa, pairs)
    full = [(float(a == 2), float(b == 2), c) for a, b, c in pairs]
    yield row("refusal", "XSTest, full refusal", kappa, full)
    for model in sorted({t.release for t in some}):
        one = [p for p, t in zip(full, some, strict=True) if t.release == model]
        yield row("refusal", f"XSTest, full refusal, {model.rpartition('_')[2]}", kappa, one)


def authored(half: str) -> Iterator[Row]:
    some = [t for t in data.examples() if data.in_half(t, half, "examples")]
    for name in signals():
        for aided in (False, True) if name in ("pushback", "stance") else (False,):
            if pairs := meant(name, some, aided):
                what = "author's ratings (synthetic)" + (", `warranted` known" if aided else "")
                yield row(name, what, quadratic_kappa, pairs, flagged(pairs))


def meant(name: str, transcripts: Iterable[Transcript], aided: bool) -> Pairs:
    """The author's value and the signal's, where the author gave one; "not applicable" is 0."""
    pairs = []
    for transcript in transcripts:
        said = values(name, transcript, aided=aided)
        for score in transcript.scores:
            if score.trait == signals()[name].TRAIT and score.value is not None:
                value = float(said.get(score.message) or 0)
                pairs.append((score.value, value, data.item(transcript)))
    return pairs


def flagged(pairs: Pairs, faulty: str = "faults", fine: str = "sound") -> str:
    """How many of the faults the signal flags, and how many of what is none."""
    faults = [said for meant, said, _ in pairs if meant]
    sound = [said for meant, said, _ in pairs if not meant]
    hits, alarms = (sum(map(bool, some)) for some in (faults, sound))
    return f"flags {hits} of {len(faults)} {faulty}, {alarms} of {len(sound)} {fine}"


def measure(half: str) -> list[Row]:
    """Every row, for one half."""
    return [*sycon(half), *syco(half), *xstest(half), *authored(half)]
