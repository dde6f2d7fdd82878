"""What we ask, and what an answer is."""

from rubrics.rating import KINDS, UNSCORED, Preference, Quote, Rater, Rating
from rubrics.rubric import SCALES, BadRubric, Rubric, Scale, load, load_all

__all__ = [
    "KINDS",
    "SCALES",
    "UNSCORED",
    "BadRubric",
    "Preference",
    "Quote",
    "Rater",
    "Rating",
    "Rubric",
    "Scale",
    "load",
    "load_all",
]
