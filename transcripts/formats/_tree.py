"""Conversations kept as a tree of answers: the path that counts, and the paths beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes by id, each with its parent's id (None, or an unknown id, at a root), in file order."""

    parents: Mapping[str, str | None]

    def path(self, leaf: str) -> list[str]:
        """The ids from a root down to this node; a circle in the file ends where it closes."""
        found: list[str] = []
        seen: set[str] = set()
        node: str | None = leaf
        while node is not None and node in self.parents and node not in seen:
            seen.add(node)
            found.append(node)
            node = self.parents[node]
        return found[::-1]

    def leaves(self) -> list[str]:
        """The nodes without children, in file order."""
        inner = {parent for parent in self.parents.values() if parent is not None}
        return [node for node in self.parents if node not in inner]

    def main(self, current: str | None) -> list[str]:
        """The path to the current node; where none is named, to the last leaf of the file.

        A file whose nodes name no parents at all is one path, in its own order.
        """
        if not any(parent in self.parents for parent in self.parents.values() if parent):
            return list(self.parents)
        if current not in self.parents:
            current = (self.leaves() or list(self.parents))[-1]
        return self.path(current) if current is not None else []

    def others(self, main: list[str]) -> Iterator[list[str]]:
        """The path to every leaf that the main path does not end in."""
        if len(main) == len(self.parents):
            return
        for leaf in self.leaves():
            if not main or leaf != main[-1]:
                yield self.path(leaf)
