"""What a judge is checked against: examples, anchor sets, people's ratings, attacks; in a database
of its own, so that yours stays as it is and a check that was cut off goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from commands import note
from commands.serve import ROOT
from rubrics import Rating, Rubric
from scorers.judge import injection
from scorers.judge.injection import Case
from store import Store
from store import transcripts as said
from store.adding import add
from store.checking import models, scenarios
from store.ratings import each_rating, of_transcripts, save
from transcripts import Refused, Transcript, read
from transcripts.assistants import family

REFERENCES = ("person", "author")
"""Whose ratings a judge is held against; where both rated a place, people are heard."""

Place = tuple[str, str, int | None]
"""Transcript, trait, message (None: the whole)."""


@dataclass
class Work:
    """Everything a check rests on. `given` is the reference at each place, None for not
    applicable; `scenario` the scenario of each transcript, the cluster of the statistics."""

    given: dict[Place, float | None] = field(default_factory=dict)
    scenario: dict[str, str] = field(default_factory=dict)
    clean: list[Case] = field(default_factory=list)
    attacked: list[Case] = field(default_factory=list)

    @property
    def asked(self) -> set[tuple[str, str]]:
        """(transcript, trait) of all that is to be judged."""
        return {(t, trait) for t, trait, _ in self.given} | {
            (case.transcript.id, case.trait) for case in (*self.clean, *self.attacked)
        }


def gather(
    store: Store,
    rubrics: Mapping[str, Rubric],
    sources: Sequence[Path],
    people: Store | None,
    limit: int | None,
) -> Work:
    """Put transcripts with their references into the store, and say what is to be judged.

    `sources` are files or folders with ratings of people or authors; `people` a database whose
    people's ratings are taken along; `limit` the most scenarios.
    """
    for source in sources:
        added = add(store, _told(read(source)), rubrics, paths=[str(source)])
        if not added.transcripts:
            raise click.BadParameter(f"{source} holds no transcript")
    if people is not None:
        _take_along(people, store, rubrics)
    work = Work()
    ids = ", ".join("?" * len(REFERENCES))
    ranks: dict[Place, str] = {}
    for rating in each_rating(store, f"a.kind IN ({ids})", REFERENCES):
        _take(rating, work, ranks, rubrics)
    work.scenario = scenarios(store)
    if limit is not None:
        kept = set(sorted({work.scenario[t] for t, _, _ in work.given})[:limit])
        work.given = {p: v for p, v in work.given.items() if work.scenario[p[0]] in kept}
    return work


def examples() -> Path:
    """The shipped examples, with what their author meant."""
    return ROOT / "examples" / "transcripts"


def _told(items: Iterable[Transcript | Refused]) -> Iterable[Transcript | Refused]:
    for item in items:
        if isinstance(item, Refused):
            note(f"{item.path}: {item.where}: {item.why}")
        yield item


def _take(
    rating: Rating, work: Work, ranks: dict[Place, str], rubrics: Mapping[str, Rubric]
) -> None:
    """Take a reference, unless somebody who is heard first has rated the place already."""
    rubric = rubrics.get(rating.trait)
    if rubric is None or rubric.level == "pair" or rating.status == "unscored":
        return
    if rating.value is not None and rating.value not in rubric.scale.values:
        return
    place = (rating.transcript, rating.trait, rating.message)
    kind = rating.rater.kind
    if place in ranks and REFERENCES.index(ranks[place]) < REFERENCES.index(kind):
        return
    ranks[place], work.given[place] = kind, rating.value


def _take_along(people: Store, store: Store, rubrics: Mapping[str, Rubric]) -> None:
    """Copy the transcripts that people have rated, and their ratings of the same wording."""
    found = list(each_rating(people, "a.kind = 'person'"))
    ids = list(dict.fromkeys(one.transcript for one in found))
    add(store, (said.get(people, one) for one in ids), rubrics, paths=["people"])
    mine = [
        one
        for one in of_transcripts(people, ids)
        if one.rater.kind == "person"
        and one.trait in rubrics
        and one.rubric == rubrics[one.trait].version
    ]
    save(store, mine, rubrics)
    note(f"{len(mine):,} ratings of people on {len(ids):,} transcripts taken along")


def add_attacks(store: Store, work: Work, rubrics: Mapping[str, Rubric], cases: int | None) -> None:
    """Put the clean transcripts and their attacks into the store; `cases` is the most of them,
    spread over attacks, pushes and transcripts."""
    work.clean = list(injection.clean(rubrics))
    found = list(injection.attacked(rubrics))
    if cases is not None and cases < len(found):
        step = len(found) / cases
        found = [found[int(k * step)] for k in range(cases)]
    work.attacked = found
    wanted = {case.clean for case in found}
    work.clean = [case for case in work.clean if case.clean in wanted]
    every = [case.transcript for case in (*work.clean, *work.attacked)]
    add(store, every, rubrics, paths=["injection"])


def kin(judge: str, store: Store | None) -> list[str]:
    """Models of a database that are of the judge's own family: it favours its own kind."""
    mine = family(judge)
    if not mine or store is None:
        return []
    return [model for model in models(store) if family(model) == mine]


def ids_of(work: Work) -> str:
    """The transcripts of a check as one JSON list, for SQL."""
    return json.dumps(sorted({t for t, _ in work.asked}))
