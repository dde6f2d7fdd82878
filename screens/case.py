"""One item of a queue in front of one reader: what is asked, what they said, what is told them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rubrics import Preference, Rating, Rubric
from screens.reading import Reading
from screens.who import Who
from store import Store
from store.claims import Item
from store.queues import Queue
from store.ratings import of_transcripts
from store.reviewing import Given, given, preferences_of
from viewer import tones
from viewer.desk import Asked


@dataclass(frozen=True, slots=True)
class Case:
    """An item of a queue as one reader has it before them; `reading` are its transcripts."""

    store: Store
    rubrics: Mapping[str, Rubric]
    queue: Queue
    item: Item
    me: Who
    reading: Reading

    def asked(self) -> list[Asked]:
        """Every trait of the queue with what this reader has said of it."""
        item, rubrics = self.item, self.rubrics
        traits = [trait for trait in self.queue.traits if trait in rubrics]
        if item.other:
            every = preferences_of(self.store, item.transcript, item.other, self.me.rater)
            found = {one.trait: one for one in every}
            return [
                Asked(rubrics[t], pair=True, preferred=self._as_shown(found.get(t))) for t in traits
            ]
        history = given(self.store, self.reading.identities[0], self.me.rater, history=True)
        return [self._asked(rubrics[t], history) for t in traits]

    def _as_shown(self, one: Preference | None) -> Preference | None:
        """A preference by side: `first` is what stands on the left."""
        if one is None or not self.item.swapped or one.winner == "tie":
            return one
        return replace(one, winner="second" if one.winner == "first" else "first")

    def _asked(self, rubric: Rubric, every: Sequence[Given]) -> Asked:
        message = self.item.message if rubric.level == "turn" else None
        chain = [
            one for one in every
            if (one.rating.trait, one.rating.message) == (rubric.trait, message)
            and one.rating.rubric == rubric.version
        ]  # fmt: skip
        last = chain[-1] if chain and chain[-1].rating.why != "withdrawn" else None
        history = [
            f"{_said(one.rating, rubric)} ({one.manner.replace('_', ' ')}, {one.rating.at[:16]})"
            for one in chain[:-1]
        ]
        return Asked(
            rubric, message, given=self.reading.hidden(last.rating, 0) if last else None,
            unsure=bool(last and last.unsure), manner=last.manner if last else "", history=history,
        )  # fmt: skip

    def told(self, asked: Sequence[Asked]) -> list[str]:
        """What has happened that the reader should know of."""
        lines, item, traits = [], self.item, self.queue.traits
        if item.further:
            lines.append(
                "Your claim on this ran out and somebody else has it too. What you say is kept as "
                "a further reading."
            )
        if any(one.manner == "after_reveal" for one in asked):
            lines.append("Changed after the reveal: kept, and left out of agreement.")
        known = {(one.rubric.trait, one.rubric.version) for one in asked}
        mine = given(self.store, self.reading.identities[0], self.me.rater)
        before = {(one.rating.trait, one.rating.rubric) for one in mine} - known
        older = sorted(trait for trait, _ in before if trait in traits)
        if older and not item.other:
            names = ", ".join(tones.title(t, self.rubrics.get(t)) for t in dict.fromkeys(older))
            lines.append(
                f"The words of {names} have changed since you rated it here; it is asked anew."
            )
        if lacking := [trait for trait in traits if trait not in self.rubrics]:
            lines.append(f"No rubric here for {', '.join(lacking)}: not asked.")
        return lines

    def revealed(self, heads: Sequence[str]) -> list[tuple[str, str]]:
        """What was hidden: who spoke, why it was chosen, what others say."""
        lines, item = [], self.item
        for head, one in zip(heads, self.reading.true, strict=True):
            told = one.release + (f" ({one.model})" if one.model not in ("", one.release) else "")
            lines.append((head if item.other else "Release", told))
        lines.append(("Chosen", item.why))
        if item.other:
            return lines
        for rating in of_transcripts(self.store, self.reading.identities[:1]):
            wanted = rating.message in (None, item.message)
            if wanted and rating.trait in self.queue.traits and rating.rater != self.me.rater:
                rubric = self.rubrics.get(rating.trait)
                why = f": {rating.reason}" if rating.reason else ""
                told = f"{tones.title(rating.trait, rubric)} {_said(rating, rubric)}{why}"
                lines.append((tones.said_by(rating.rater), told))
        return lines

    def lit(self, names: Sequence[str]) -> dict[str, list[Rating]]:
        """The ratings whose words are lit: all after the reveal, before it this reader's own."""
        found: dict[str, list[Rating]] = {name: [] for name in names}
        place = {one: column for column, one in enumerate(self.reading.identities)}
        for rating in of_transcripts(self.store, self.reading.identities):
            column = place[rating.transcript]
            mine = rating.rater == self.me.rater and rating.trait in self.queue.traits
            if self.item.done or mine:
                found[names[column]].append(self.reading.hidden(rating, column))
        return found


def _said(rating: Rating, rubric: Rubric | None) -> str:
    if rating.status == "rated":
        return tones.shown(rating.value, rubric)
    return str(rating.why or rating.status.replace("_", " "))
