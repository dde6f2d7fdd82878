"""Many writers at once on one store: what was kept, what was doubled, how long a save takes."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from rubrics import Quote, Rater, Rating, load_all
from store import Store
from store.adding import add
from store.reviewing import Circumstances, save_review
from transcripts import Message, Transcript


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it; `p95` in milliseconds."""

    kept: int
    quotes: int
    doubled: int
    p95: float


def write_many(path: Path, *, writers: int, each: int) -> Written:
    """Each writer rates `each` transcripts with a span, waiting 0.4 s between two, as no person would."""
    store, rubrics = Store(path), load_all()
    made = [
        Transcript((Message.plain("user", f"Q{n}"), Message.plain("assistant", "An answer.")), release="r", scenario=f"s{n}")
        for n in range(each)
    ]  # fmt: skip
    add(store, made, rubrics)
    ids = [one.id for one in made]
    times: list[float] = []
    ready = threading.Barrier(writers)

    def write(name: str) -> None:
        ready.wait()
        for n, identity in enumerate(ids):
            quote = Quote("answer", 2, 0, 3, 9, "exact")
            rating = Rating(
                identity,
                "praise_fit",
                Rater("person", name),
                "rated",
                float(n % 5 - 2),
                message=2,
                quotes=(quote,),
            )
            begun = time.perf_counter()
            save_review(store, rating, rubrics, Circumstances("blind"))
            times.append((time.perf_counter() - begun) * 1000)
            time.sleep(0)
        store.close()

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(writers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    kept = store.one("SELECT count(*) FROM ratings")
    places = store.one("SELECT count(*) FROM (SELECT DISTINCT transcript, rater FROM ratings)")
    quotes = store.one(
        "SELECT count(*) FROM quotes WHERE text = 'answer' AND start = 3 AND end = 9"
    )
    store.close()
    return Written(kept, quotes, kept - places, statistics.quantiles(times, n=20)[-1])
