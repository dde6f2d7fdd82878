"""Which instrument measures a trait, and two releases' answers by it, never by two as if one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rubrics.answers import Answers
from store import naming
from store.database import Store
from store.errors import StoreError
from store.frames import Source, answers, places, sources


class Met(NamedTuple):
    """Two releases' answers by one instrument; `note` says why they cannot be compared."""

    base: Answers
    candidate: Answers
    note: str = ""


def chosen(
    store: Store, raters: Sequence[str] = (), traits: Sequence[str] = ()
) -> dict[str, list[Source]]:
    """For each trait the rater to go by, as its instruments, the latest words last.

    `raters` are names as people write them; a trait is taken by the first that has rated it, and
    left out where none has. Without any, each trait's only rater, else its latest judge. Raises
    `StoreError` with the list to choose from.
    """
    everything: dict[str, list[Source]] = {}
    for one in sources(store):
        everything.setdefault(one.instrument.trait, []).append(one)
    if not everything:
        raise StoreError("nothing is rated yet; run `traitbook score --signals`")
    for trait in traits:
        naming.rated(store, trait)
    wanted = {trait: everything[trait] for trait in traits or everything}
    keys = [naming.named(store, name).key for name in raters]
    found = {}
    for trait, there in wanted.items():
        known = {one.rater for one in there}
        if keys:
            key = next((key for key in keys if key in known), None)
        else:
            key = naming.default(store, trait).key
        if key is not None:
            found[trait] = [one for one in there if one.rater == key]
    if not found:
        raise StoreError(f"{', '.join(raters)} has rated none of: {', '.join(wanted)}")
    return found


def met(store: Store, by: Mapping[str, Sequence[Source]], base: str, candidate: str) -> list[Met]:
    """Both releases' answers to each trait, by the latest words that both were asked in."""
    numbers = [naming.number_of(store, name) for name in (base, candidate)]
    at = places(store, (base, candidate))
    flat = [one for there in by.values() for one in there]
    found = dict(zip(flat, answers(store, flat, at), strict=True))
    made = []
    for trait, there in by.items():
        each = [tuple(found[one].of(number) for number in numbers) for one in there]
        both = [pair for pair in each if pair[0].has_value.any() and pair[1].has_value.any()]
        sides = (both or each)[-1]
        note = "" if both else _apart(store, trait, each, (base, candidate), numbers)
        made.append(Met(sides[0], sides[1], note))
    return made


def _apart(
    store: Store, trait: str, each: list[tuple[Answers, ...]], names: tuple[str, str],
    numbers: list[int],
) -> str:  # fmt: skip
    """Why a trait cannot be compared, where the reason is the instrument; '' where it is not."""
    words = [{p[k].instrument.rubric for p in each if len(p[k])} for k in (0, 1)]
    if all(words) and not words[0] & words[1]:
        told = [f"{name} in version {sorted(w)[-1]}" for name, w in zip(names, words, strict=True)]
        return f"asked in different words ({told[0]}, {told[1]}): score both with one version"
    rater = each[-1][0].instrument.rater
    for side in (0, 1):
        if words[side]:
            continue
        if others := _raters(store, trait, numbers[side]):
            lead = f"{names[side]} was rated by {', '.join(others)} and not by {rater}"
            return f"{lead}: a change of rater is no change of the model; score both with one"
    return ""


def _raters(store: Store, trait: str, release: int) -> list[str]:
    """Who has rated a trait in a release."""
    rows = store.rows(
        "SELECT DISTINCT r.rater FROM transcripts t JOIN ratings r ON r.transcript = t.key "
        "JOIN rubrics b ON b.key = r.rubric WHERE t.release = ? AND b.trait = ?",
        (release, trait),
    )
    keys = {row["rater"] for row in rows}
    return [str(one.rater) for one in naming.known(store, trait) if one.key in keys]


def doubts(store: Store, release: str) -> list[str]:
    """What about a release itself should be known before it is compared."""
    key = naming.number_of(store, release)
    count = store.one("SELECT count(*) FROM transcripts WHERE release = ?", (key,))
    models = [
        row["model"] for row in store.rows(
            "SELECT DISTINCT model FROM transcripts WHERE release = ? AND model <> ''", (key,))
    ]  # fmt: skip
    imports = store.one("SELECT count(DISTINCT import) FROM transcripts WHERE release = ?", (key,))
    found = []
    if not count:
        found.append(f"{release} has no transcripts")
    if len(models) > 1:
        found.append(f"{release} holds answers of {len(models)} models: {', '.join(models[:4])}")
    if imports and imports > 1:
        found.append(f"{release} was put together from {imports} imports of that name")
    return found


def series(
    store: Store, raters: Sequence[str] = (), traits: Sequence[str] = ()
) -> dict[str, list[Source]]:
    """For each trait every instrument that may stand on its line, the older first: those of the
    named raters, else all judges, else a trait's only rater. Raises `StoreError` as `chosen`."""
    if raters:
        keys = [naming.named(store, name).key for name in raters]
        found: dict[str, list[Source]] = {}
        for one in sources(store):
            trait = one.instrument.trait
            if one.rater in keys and (not traits or trait in traits):
                found.setdefault(trait, []).append(one)
        if not found:
            raise StoreError(f"{', '.join(raters)} has rated none of these")
        return found
    by = chosen(store, (), traits)
    for trait in by:
        judges = [one for one in sources(store, trait=trait) if one.kind == "judge"]
        by[trait] = judges or by[trait]
    return by
