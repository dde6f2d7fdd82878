"""What an answer about a pair needs to be compared with another's, as SQL.

`swapped` says on which side the chosen one stood, `rubric` which words were asked. Answers from
before have the first where their queue is still here, the second where a judge's call is.
"""

from __future__ import annotations

PAIRS = """
ALTER TABLE preferences ADD COLUMN swapped INTEGER;  -- 1: the second stood left; NULL: not known
ALTER TABLE preferences ADD COLUMN rubric INTEGER REFERENCES rubrics(key);  -- NULL: not known

UPDATE preferences SET swapped = (
    SELECT c.swapped FROM claims c WHERE c.item = preferences.item AND c.rater = preferences.rater
) WHERE item IS NOT NULL;

UPDATE preferences SET rubric = (
    SELECT c.rubric FROM calls c JOIN rubrics b ON b.key = c.rubric
    WHERE c.transcript = preferences.first AND c.other = preferences.second
      AND c.rater = preferences.rater AND c.run = preferences.run AND b.trait = preferences.trait
    ORDER BY c.key DESC LIMIT 1
) WHERE run IS NOT NULL;

CREATE INDEX preferences_of_rater ON preferences(rater, trait, key);
"""
