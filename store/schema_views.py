"""The view of means as SQL, whole: a later step stands by itself and edits no earlier text."""

from __future__ import annotations

MEANS = """
DROP VIEW release_traits;
CREATE VIEW release_traits AS
WITH turns AS (                       -- repeats averaged within a turn; message NULL: the whole
    SELECT transcript, rubric, rater, message,
           avg(value) AS value, avg(value <= -1) AS under, avg(value >= 1) AS over,
           avg(abs(value)) AS size,
           sum(status = 'rated') AS rated, sum(status = 'unscored') AS unscored
    FROM ratings
    WHERE key NOT IN (SELECT supersedes FROM ratings WHERE supersedes IS NOT NULL)
      AND other IS NULL AND coalesce(why, '') <> 'withdrawn'
    GROUP BY rubric, rater, transcript, message
), answers AS (                       -- turns averaged within a transcript
    SELECT u.transcript, u.rubric, u.rater,
           avg(value) AS value, avg(under) AS under, avg(over) AS over, avg(size) AS size,
           CASE WHEN sum(rated + unscored) > 0
                THEN 1.0 * sum(rated) / sum(rated + unscored) END AS coverage
    FROM turns u JOIN rubrics b ON b.key = u.rubric
    -- A rater who rated both turns and the whole is taken at the level the rubric asks for.
    WHERE (u.message IS NOT NULL) = (b.level = 'turn') OR NOT EXISTS (
        SELECT 1 FROM ratings o WHERE o.transcript = u.transcript AND o.rater = u.rater
        AND o.rubric = u.rubric AND (o.message IS NOT NULL) = (b.level = 'turn')
        AND o.other IS NULL AND coalesce(o.why, '') <> 'withdrawn'
        AND NOT EXISTS (SELECT 1 FROM ratings s WHERE s.supersedes = o.key)
    )
    GROUP BY u.rubric, u.rater, u.transcript
)
SELECT e.name AS release, e.place, b.trait, b.version AS rubric, b.two_sided,
       CASE WHEN a.kind = 'author' AND a.name = 'author' THEN 'author'
            ELSE a.kind || ':' || a.name || CASE a.version WHEN '' THEN '' ELSE '#' || a.version END
       END AS rater,
       count(n.value) AS n,
       sum(n.coverage IS NULL) AS not_applicable,
       sum(n.value IS NULL AND n.coverage IS NOT NULL) AS unscored,
       avg(n.coverage) AS coverage,
       avg(n.value) AS mean,
       CASE WHEN b.two_sided THEN avg(n.under) END AS under,
       CASE WHEN b.two_sided THEN avg(n.over) END AS over,
       CASE WHEN b.two_sided THEN avg(n.size) END AS mean_abs
FROM answers n
JOIN transcripts t ON t.key = n.transcript
JOIN releases e ON e.key = t.release
JOIN rubrics b ON b.key = n.rubric
JOIN raters a ON a.key = n.rater
GROUP BY e.key, b.key, a.key
ORDER BY b.trait, a.kind, a.name, e.place;
"""
