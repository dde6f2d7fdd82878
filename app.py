"""The front door: lists screens/ for Streamlit's navigation.

streamlit run app.py        (or: traitbook serve)
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from rubrics import BadRubric
from screens.door import come_in, lead_back
from store import NotNow, StoreError

HERE = Path(__file__).parent

st.set_page_config(
    page_title="Traitbook", page_icon=str(HERE / "viewer" / "assets" / "icon.png"), layout="wide"
)


def pages() -> list[st.Page]:
    """Every page by the walk of screens/: a file's number is its place, and the first opens."""
    files = sorted((HERE / "screens").glob("[0-9]*_*.py"))
    names = [file.stem.partition("_")[2] for file in files]
    made = [
        st.Page(
            file, title=name.capitalize(), url_path=name if index else "first", default=not index
        )
        for index, (file, name) in enumerate(zip(files, names, strict=True))
    ]

    def first() -> None:
        """The page that opens has the bare address; its name leads there too."""
        st.switch_page(made[0], query_params=st.query_params.to_dict())

    return [*made, st.Page(first, url_path=names[0], visibility="hidden")]


st.html(HERE / "viewer" / "assets" / "app.css")
every = pages()
page = st.navigation(every, position="top")
try:
    come_in()
    lead_back({one.url_path: one for one in every}, page)
    page.run()
except NotNow as error:
    st.warning(f"Not now: {error.why}.")
    st.button("Try again")
except (StoreError, BadRubric) as error:
    st.error(str(error))
