"""The way in by drag and drop: files as they are, and what could not be read as a list."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

import checked
from rubrics import Rubric
from store import Store
from store.adding import Added, add
from transcripts import Options, Refused, Transcript, read
from transcripts import mapping as mappings


def adding(store: Store, rubrics: Mapping[str, Rubric]) -> None:
    """A popover that takes files and says what came of them."""
    with st.popover("Add transcripts"):
        files = st.file_uploader(
            "Files: JSON, JSON Lines, YAML, .eval, .zip, .gz; CSV or Parquet with a mapping",
            accept_multiple_files=True, key="upload",
        )  # fmt: skip
        mapping = st.file_uploader("Mapping (YAML), for tables", key="upload_mapping")
        release = st.text_input("Release", key="upload_release", placeholder="as the files say")
        if st.button("Import", type="primary", disabled=not files):
            st.session_state.added = _import(store, rubrics, files, mapping, release.strip())
            st.rerun()  # so that the list and its filters show what is new
        if added := st.session_state.get("added"):
            said(added)


def _import(
    store: Store, rubrics: Mapping[str, Rubric], files: list[Any], mapping: Any, release: str
) -> Added | str:
    try:
        parsed = (
            checked.parse(mapping.getvalue().decode("utf-8-sig"), mappings.Mapping, mapping.name)
            if mapping
            else None
        )
    except (checked.Mistakes, UnicodeDecodeError) as error:
        return str(error)
    options = Options(release=release or None, mapping=parsed)
    with tempfile.TemporaryDirectory() as folder, st.spinner("Importing"):
        items = (item for file in files for item in _read(Path(folder), file, options))
        return add(store, items, rubrics, paths=[file.name for file in files])


def _read(folder: Path, file: Any, options: Options) -> Iterator[Transcript | Refused]:
    """The items of one upload, named as the person named it and not as it lies here."""
    path = folder / Path(file.name).name
    with path.open("wb") as out:
        out.write(file.getbuffer())
    for item in read(path, options):
        if isinstance(item, Refused):
            yield replace(item, path=item.path.replace(f"{folder}/", ""))
        else:
            yield replace(item, source=item.source.replace(f"{folder}/", ""))
    path.unlink()


def said(added: Added | str) -> None:
    """What an import did: counts, and what was refused as a table."""
    if isinstance(added, str):
        st.error(added)
        return
    told = (
        f"{added.transcripts:,} transcripts ({added.new:,} new, {added.unchanged:,} unchanged), "
        f"{added.messages:,} messages, {added.ratings:,} ratings"
    )
    (st.success if not added.refused else st.warning)(
        told + (f"; {len(added.refused):,} refused" if added.refused else "")
    )
    if added.refused:
        rows = [
            {"file": one.path, "place": one.where, "why": one.why} for one in added.refused[:500]
        ]
        st.dataframe(rows, hide_index=True)
