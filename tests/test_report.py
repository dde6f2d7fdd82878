"""The report: one page that needs nothing else, says what is known, and lets no text run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rubrics import Rubric
from store import Store
from store.adding import add
from tests.conftest import command as traitbook
from tests.conftest import said_json
from tests.payloads import PAYLOADS
from tests.releasing import put, two
from transcripts import Message, Said, Score, Transcript


class Elements(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def made(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The examples' report as HTML and as Markdown."""
    folder = tmp_path_factory.mktemp("report")
    config = folder / "gate.yaml"
    config.write_text("traits:\n  engagement_pull: {margin: 0.3}\n  praise_fit: {over: 0.1}\n")
    texts = []
    for name in ("r.html", "r.md"):
        done = traitbook(
            "report", "fennel-2", "--against", "fennel-1", "--rater", "author", "--config", str(config),
            "-o", str(folder / name), "--json", "--db", str(examples),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert said_json(done)["verdict"] == "fail"
        texts.append((folder / name).read_text("utf-8"))
    return texts[0], texts[1]


def test_it_needs_nothing_else(made: tuple[str, str]) -> None:
    assert len(made[0].encode()) < 6_000_000
    for tag, attributes in Elements(made[0]).found:
        assert tag not in ("script", "link", "img", "iframe", "object", "form"), tag
        assert not {"src", "href", "onclick", "onload"} & set(attributes), (tag, attributes)
    assert "default-src 'none'" in made[0] and "@media print" in made[0]
    assert not re.search(r"url\(|@import", made[0])


@pytest.mark.parametrize("side", [0, 1], ids=["html", "markdown"])
def test_it_says_all_that_a_review_asks(made: tuple[str, str], side: int) -> None:
    text = made[side]
    for told in (
        "fennel-2 against fennel-1", "What changed", "What could not be judged", "How it was measured",
        "The words that show it", "Pushback, both ways", "To make it again",
        "traitbook compare fennel-1 fennel-2", "traitbook gate", "traitbook report",
    ):  # fmt: skip
        assert told.replace("-", "") in text.replace("\\", "").replace("-", ""), told
    assert "fail" in text and "Prolonging the chat" in text
    assert "not recorded" in text


def test_every_number_of_the_table_is_the_comparison_s(
    made: tuple[str, str], examples: Path
) -> None:
    done = traitbook(
        "compare", "fennel-1", "fennel-2", "--rater", "author", "--json", "--db", str(examples)
    )
    rows = said_json(done)["traits"]
    lines = [line for line in made[1].splitlines() if line.count("|") == 9]
    shown = {(c[1].strip(), c[2].strip()): c for c in (line.split("|") for line in lines)}
    checked = 0
    for row in rows:
        if row["difference"] is None or row["measure"] not in ("under", "over"):
            continue
        cells = next(c for (_, m), c in shown.items() if m == row["measure"] and c[5].strip() == (
            f"{round_half(row['difference'])} points ({round_half(row['low'])} to "
            f"{round_half(row['high'])})"))  # fmt: skip
        assert int(cells[7]) >= 1
        checked += 1
    assert checked > 15


def round_half(share: float) -> str:
    told = f"{share * 100:+.0f}".replace("-", "\u2212")
    return told[1:] if told in ("+0", "\u22120") else told


def test_hostile_text_never_runs(tmp_path: Path, rubrics: dict[str, Rubric]) -> None:
    store = Store(tmp_path / "h.db")
    for release in ("<b>r1", "r2|`x`"):
        add(store, [
            Transcript(
                (Message.plain("user", payload), Message.plain("assistant", f"{payload} {release}")),
                release, f"s{k} {payload}"[:60],
                scores=(Score("praise_fit", "judge:m#1", 2.0 if release != "<b>r1" else 0.0,
                              kind="judge", message=2, reason=payload, quotes=(Said(2, payload[:40]),)),))
            for k, payload in enumerate(PAYLOADS)], rubrics)  # fmt: skip
    for name in ("h.html", "h.md"):
        path = tmp_path / name
        done = traitbook(
            "report", "r2|`x`", "--against", "<b>r1", "-o", str(path), "--db", str(store.path)
        )
        assert done.returncode == 0, done.stderr
    tags = {tag for tag, _ in Elements((tmp_path / "h.html").read_text("utf-8")).found}
    assert not tags & {"script", "img", "iframe", "form", "b>r1", "a", "base", "object", "embed"}
    text = (tmp_path / "h.md").read_text("utf-8")
    fenced = re.sub(r"```.*?```", "", text, flags=re.S)
    assert not re.search(r"(?<!\\)<[a-zA-Z/!]", fenced)


def test_labels_are_shown_beside_the_judge(
    store: Store, rubrics: dict[str, Rubric], tmp_path: Path
) -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, (2, 60)).astype(float)
    put(store, rubrics, two({"r1": truth[0].tolist(), "r2": truth[1].tolist()}))
    for release, values in zip(("r1", "r2"), truth, strict=True):
        put(store, rubrics, two({release: values[:20].tolist()}, rater="person:ann"))
    path = tmp_path / "r.html"
    done = traitbook(
        "report", "r2", "--rater", "judge:m-1#aaaa", "-o", str(path), "--db", str(store.path)
    )
    assert done.returncode == 0, done.stderr
    text = path.read_text("utf-8")
    assert "Corrected by people" in text and "PPI++" in text and "20 + 20" in text
    assert "40 labels by person:ann; alpha with the rater 1.00" in text


def test_the_release_before_is_taken_and_the_first_has_none(examples: Path, tmp_path: Path) -> None:
    out = ("-o", str(tmp_path / "r.md"), "--rater", "author", "--db", str(examples))
    done = traitbook("report", "fennel-3", *out)
    assert "fennel-3 against fennel-2" in done.stdout
    done = traitbook("report", "fennel-1", *out)
    assert done.returncode == 2 and "name one with --against" in done.stderr
    done = traitbook("report", "fennel-3", "-o", str(tmp_path / "r.pdf"), *out[2:])
    assert done.returncode == 2 and ".html or .md" in done.stderr
