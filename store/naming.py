"""Raters by name, as people write them: `judge:m#1a2b`, or as little of it as is unambiguous."""

from __future__ import annotations

from dataclasses import dataclass

from rubrics import Rater
from store.database import Store
from store.errors import StoreError, among


@dataclass(frozen=True, slots=True)
class Known:
    """A rater in the store: its key (grows with the time it was first seen), and on what."""

    key: int
    rater: Rater
    traits: tuple[str, ...]


def known(store: Store, trait: str | None = None, *, pairs: bool = False) -> list[Known]:
    """Every rater that has rated something (of this trait), in the order they first did; with
    `pairs` also those who have only said which of two has more of it."""
    # By index, a look a rater and rubric; a chain of ratings always has a latest one.
    rows = store.rows(
        "SELECT a.key, a.kind, a.name, a.version, group_concat(DISTINCT s.trait) AS traits FROM ("
        "SELECT a.key AS rater, b.trait FROM raters a CROSS JOIN rubrics b WHERE EXISTS "
        "(SELECT 1 FROM ratings r WHERE r.rubric = b.key AND r.rater = a.key) "
        "UNION SELECT rater, trait FROM preferences WHERE ?"
        ") s JOIN raters a ON a.key = s.rater WHERE ? IS NULL OR s.trait = ? "
        "GROUP BY a.key ORDER BY a.key",
        (pairs, trait, trait),
    )
    return [
        Known(row["key"], Rater(row["kind"], row["name"], row["version"]),
              tuple(sorted(row["traits"].split(","))))
        for row in rows
    ]  # fmt: skip


def named(store: Store, text: str, trait: str | None = None, *, pairs: bool = False) -> Known:
    """The one rater that a name stands for.

    The full name, or `kind:name`, or the bare name, with or without its version; what comes first
    and fits one rater alone is taken. With `pairs` it may have compared pairs only. Raises
    `StoreError` with the list to choose from where none or several fit.
    """
    everybody = known(store, trait, pairs=pairs)
    for told in (
        Rater.__str__,
        lambda r: f"{r.kind}:{r.name}",
        lambda r: f"{r.name}#{r.version}",
        lambda r: r.name,
    ):
        found = [one for one in everybody if told(one.rater) == text]
        if len(found) == 1:
            return found[0]
        if found:
            raise StoreError(f"{text!r} is several raters: {_list(found)}; name one in full")
    there = _list(everybody) or "none yet; run `traitbook score --signals`"
    raise StoreError(f"no rater {text!r}{f' on {trait}' if trait else ''}; there are: {there}")


def rated(store: Store, trait: str, *, pairs: bool = False) -> str:
    """The trait, which somebody must have rated (with `pairs`, or compared pairs on). Raises
    `StoreError` with those there are."""
    rows = store.rows(
        "SELECT trait FROM rubrics b WHERE EXISTS (SELECT 1 FROM ratings r WHERE r.rubric = b.key) "
        "GROUP BY trait ORDER BY trait"
    )
    found = [row["trait"] for row in rows]
    compared = [row["trait"] for row in store.rows("SELECT DISTINCT trait FROM preferences")]
    if trait in compared and not pairs and trait not in found:
        told = "was compared in pairs alone (see `traitbook agree`); nobody has rated it by itself"
        raise StoreError(f"{trait} {told}")
    there = sorted({*found, *compared}) if pairs else found
    return among(trait, there, "nobody has rated")


def number_of(store: Store, release: str) -> int:
    """The key of a release. Raises `StoreError` with the list to choose from."""
    rows = store.rows("SELECT name, key FROM releases ORDER BY place")
    known = {row["name"]: int(row["key"]) for row in rows}
    return known[among(release, known, "no release")]


def default(store: Store, trait: str) -> Known:
    """The rater to use for a trait where nobody says: its only one, else its latest judge.

    Raises `StoreError` with the list to choose from where neither is.
    """
    everybody = known(store, trait)
    if len(everybody) == 1:
        return everybody[0]
    judges = [one for one in everybody if one.rater.kind == "judge"]
    if judges:
        return judges[-1]
    if not everybody:
        raise StoreError(f"nobody has rated {trait}; run `traitbook score`")
    raise StoreError(f"several raters on {trait}: {_list(everybody)}; choose one with --rater")


def _list(found: list[Known]) -> str:
    return ", ".join(str(one.rater) for one in found)
