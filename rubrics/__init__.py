"""What we ask, and what an answer is."""

from rubrics.judged import Call, Flag, Judged, Task, Warrant
from rubrics.rating import KINDS, UNSCORED, Preference, Quote, Rater, Rating
from rubrics.rubric import SCALES, BadRubric, Rubric, Scale, load, load_all

__all__ = [
    "KINDS",
    "SCALES",
    "UNSCORED",
    "BadRubric",
    "Call",
    "Flag",
    "Judged",
    "Preference",
    "Quote",
    "Rater",
    "Rating",
    "Rubric",
    "Scale",
    "Task",
    "Warrant",
    "load",
    "load_all",
]
