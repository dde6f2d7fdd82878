"""The versions of rubrics that ratings rest on."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rubrics import Rubric
from store.database import Store
from store.errors import StoreError
from store.naming import Known, known, named
from store.ratings import CURRENT


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a trait's rubric: since when it is rated by, how often, by whom.

    `rubric` is None where its words are not here: a trait from a log, or rated elsewhere.
    """

    trait: str
    version: str
    since: str
    ratings: int
    raters: tuple[str, ...]
    rubric: Rubric | None


def wordings(store: Store) -> dict[str, list[Wording]]:
    """Every version that was rated by, by trait, the newest first."""
    rows = store.rows(
        "SELECT b.trait, b.version, b.words, min(r.at) AS since, count(*) AS ratings, "
        "json_group_array(DISTINCT a.kind || ':' || a.name) AS raters "
        "FROM ratings r JOIN rubrics b ON b.key = r.rubric JOIN raters a ON a.key = r.rater "
        "GROUP BY b.key ORDER BY b.trait, b.key DESC"
    )
    found: dict[str, list[Wording]] = {}
    for row in rows:
        words = json.loads(row["words"]) if row["words"] else None
        told = Wording(
            row["trait"], row["version"], row["since"], row["ratings"],
            tuple(sorted(json.loads(row["raters"]))), Rubric.from_words(words) if words else None,
        )  # fmt: skip
        found.setdefault(told.trait, []).append(told)
    return found


def worded(store: Store, text: str) -> tuple[Known, str]:
    """The rater of `RATER@VERSION` and the version of a rubric's words it stands for, in full; a
    rater without a version stands for all, ''. Few letters do where they fit one version alone.

    Raises `StoreError` with the list to choose from.
    """
    try:
        return named(store, text, pairs=True), ""
    except StoreError:
        name, at, version = text.rpartition("@")
        if not (at and name and version):
            raise
    one = named(store, name, pairs=True)
    found = versions_of(store, one.key)
    fits = [told for told, _ in found if told.startswith(version)]
    if len(fits) == 1:
        return one, fits[0]
    told = ", ".join(f"{v} ({trait})" for v, trait in found) or "none"
    several = "several versions begin so" if fits else "it rated in no such version"
    raise StoreError(f"{text}: {several}; its versions are: {told}")


def versions_of(store: Store, rater: int) -> list[tuple[str, str]]:
    """(version, trait) of the words that a rater has answered, by trait, the earlier first."""
    rows = store.rows(
        "SELECT b.version, b.trait FROM rubrics b WHERE EXISTS "
        "(SELECT 1 FROM ratings r WHERE r.rubric = b.key AND r.rater = ?) ORDER BY b.trait, b.key",
        (rater,),
    )
    return [(row["version"], row["trait"]) for row in rows]


def both_worded(store: Store, trait: str) -> dict[str, list[str]]:
    """The raters (other than people) that answered several versions of a trait's words, by full
    name, with those versions, the earlier first."""
    found = {}
    for one in known(store, trait):
        versions = [version for version, told in versions_of(store, one.key) if told == trait]
        if len(versions) > 1 and one.rater.kind != "person":
            found[str(one.rater)] = versions
    return found


def told_apart(store: Store, trait: str, count: int = 5) -> list[str]:
    """Ids of transcripts to try a wording on: as unlike in this trait as what was said of them.

    People, authors and judges are heard before rules; where nobody has rated the trait, the first
    transcripts there are.
    """
    rows = store.rows(
        "WITH said AS (SELECT r.transcript, r.value, row_number() OVER (PARTITION BY r.transcript "
        "  ORDER BY a.kind = 'signal', abs(r.value) DESC, r.key) AS place "
        "  FROM ratings r JOIN rubrics b ON b.key = r.rubric JOIN raters a ON a.key = r.rater "
        f"  WHERE b.trait = ? AND r.status = 'rated' AND {CURRENT}), "
        "one AS (SELECT transcript, value, row_number() OVER (PARTITION BY value "
        "  ORDER BY transcript) AS turn FROM said WHERE place = 1) "
        "SELECT t.id FROM one JOIN transcripts t ON t.key = one.transcript "
        "ORDER BY one.turn, one.value LIMIT ?",
        (trait, count),
    )
    found = [row["id"] for row in rows]
    if len(found) < count:
        rest = store.rows("SELECT id FROM transcripts ORDER BY key LIMIT ?", (2 * count,))
        found += [row["id"] for row in rest if row["id"] not in found][: count - len(found)]
    return found
