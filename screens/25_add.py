"""New transcripts: files are looked at first, unknown ones are mapped, then all go in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

import checked
import screens
from screens import adding
from screens.mapping_form import mapping_form
from screens.who import lead_here
from store.adding import Added
from transcripts import Options, Refused
from transcripts.mapping import Mapping
from viewer.components import dropzone
from viewer.preview import STYLE, glance

SHOWN = 500
store, rubrics = screens.store(), screens.rubrics()
if not lead_here("add transcripts"):
    st.stop()
kept: dict[Any, adding.Looks] = st.session_state.setdefault("looks", {})


def looks(file: Any, options: Options, told: str = "") -> adding.Looks:
    """What an upload would give; looked at once for each way of reading it."""
    key = (file.file_id, options.release, options.branches, told)
    if key not in kept:
        if len(kept) > 40:  # every change of a mapping is looked at anew
            kept.clear()
        with st.spinner(f"Looking at {file.name}"):
            kept[key] = adding.look(file, options)
    return kept[key]


def mapped(file: Any, looked: Any) -> tuple[Mapping | None, str]:
    """The mapping for a file that no format recognises, by the form or written as YAML."""
    key = f"map-{file.file_id}"
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f"{screens.tag(file.name)} is of no known format. **Which columns are what?**")
        free = st.toggle("Write the mapping as YAML", key=f"{key}-free")
    if free:
        before = st.session_state.get(f"{key}-last", "")
        text = st.text_area("Mapping", before, key=f"{key}-yaml", height=280)
    else:
        text = st.session_state[f"{key}-last"] = mapping_form(looked, key)
    st.download_button("Save this mapping", text, "mapping.yaml", key=f"{key}-save")
    try:
        return adding.mapping_of(text), text
    except checked.Mistakes as error:
        mistakes(error)
        return None, text


def mistakes(error: Exception) -> None:
    """What is wrong with a mapping, a line a mistake; its words are not ours, so none is markup."""
    st.error("\n\n".join(screens.tag(line) for line in str(error).splitlines()))


def show(found: adding.Looks) -> None:
    """The first conversations of a file, and what was refused among them."""
    for one in found.previews[:3]:
        told = "".join(map(glance, one.transcripts))
        if told:
            st.html(STYLE + told)
        if one.refused:
            refusals(list(one.refused[:5]))
    if len(found.previews) > 3:
        st.caption(f"and {len(found.previews) - 3:,} more files in it")


def refusals(refused: list[Refused]) -> None:
    """What did not go in, as a table."""
    rows = [{"file": one.path, "place": one.where, "why": one.why} for one in refused[:SHOWN]]
    st.dataframe(rows, hide_index=True)


def said(added: Added) -> None:
    """What an import did: counts, and what was refused."""
    told = (
        f"{added.transcripts:,} transcripts ({added.new:,} new, {added.unchanged:,} unchanged), "
        f"{added.messages:,} messages, {added.ratings:,} ratings"
    )
    many = len(added.refused)
    (st.warning if many else st.success)(told + (f"; {many:,} refused" if many else ""))
    if many:
        refusals(added.refused)


def chosen(file: Any, base: Options, written: Mapping | None) -> Options | None:
    """How to read one upload, its preview shown; None where it cannot be read yet."""
    options = replace(base, mapping=written)
    found = looks(file, options, str(written or ""))
    formats = {one.format.replace("_", " ") for one in found.previews if one.fits}
    name, how = screens.tag(file.name), ", ".join(sorted(formats)).strip() or "not recognised"
    if not written and not found.fits and found.looked:
        own, text = mapped(file, found.looked)
        if own is None:
            return None
        options = replace(base, mapping=own)
        found = looks(file, options, text)
        st.caption("What the mapping makes of the first records")
    else:
        st.markdown(f"{name}: {'mapped' if written else how}")
    show(found)
    return options if found.fits else None


st.markdown("#### Add transcripts")
left, right = st.columns([3, 1])
with left:
    files = st.file_uploader(
        "JSON, JSON Lines, YAML, Markdown, .eval, CSV, Parquet; .zip and .gz of them",
        accept_multiple_files=True, key=f"upload-{st.session_state.setdefault('imports', 0)}",
    )  # fmt: skip
with right:
    release = st.text_input("Release", key="upload_release", placeholder="as the files say")
    branches = st.toggle(
        "Branches too", key="upload_branches",
        help="What was edited, answered again or rolled back, as transcripts of their own",
    )  # fmt: skip
    file_of_mapping = st.file_uploader("Mapping (YAML), if you have one", key="upload_mapping")
dropzone(key="dropzone")
given = None
if file_of_mapping:
    try:
        text = file_of_mapping.getvalue().decode("utf-8-sig")
        given = adding.mapping_of(text, file_of_mapping.name)
    except (checked.Mistakes, UnicodeDecodeError) as error:
        mistakes(error)
        st.stop()

result, button = st.container(), st.empty()
base = Options(release=release.strip() or None, branches=branches)
ways = []
for file in files:
    with st.container(border=True):
        ways.append((file, chosen(file, base, given)))
ready = [(file, options) for file, options in ways if options is not None]
if files:
    waiting = len(files) - len(ready)
    label = f"Import {len(ready)} of {len(files)} files" if waiting else "Import"
    if button.button(label, type="primary", disabled=not ready):
        with st.spinner("Importing"):
            st.session_state.added = adding.bring_in(store, rubrics, ready)
        st.session_state.imports += 1  # another key: the uploads are let go of
        kept.clear()
        st.rerun()
elif added := st.session_state.get("added"):
    with result:
        said(added)
        st.page_link(screens.path_of("library"), label="See them in the Library")
