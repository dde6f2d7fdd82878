"""Numbers only: plain functions of plain arrays; nothing here knows a transcript or a release.

    intervals     a rate or a mean and its interval, clustered by scenario
    bootstrap     clusters drawn again with replacement, for anything that is made of sums
    samples       repeats and samples averaged to one value a scenario; scenarios paired
    paired        two releases on the same scenarios; exact McNemar
    rare          the same where few changed, or nothing did: exact
    bounds        what the mean would be had the unscored been lowest, or highest
    multiplicity  p values of many traits (Benjamini-Hochberg)
    power         how many scenarios are needed, and what so many could have shown
    agreement     Krippendorff, Gwet, Fleiss, Cohen; two raters at once (`agree`)
    correlation   Spearman, Pearson, bias, leniency
    corrected     a judge's numbers corrected by people's labels
    pushback      hold and yield; flips under pressure
    ranking       Bradley-Terry; swapped pairs
    trend         many releases in a row (EWMA)
    ordinal       cumulative link model, a line of sensitivity (loads statsmodels: slow)

docs/statistics.md says which is for what, and when to trust it.
"""

from stats.bootstrap import Resampling
from stats.estimate import Estimate

__all__ = ["Estimate", "Resampling"]
