"""Comparisons of two transcripts that failed, as SQL: unscored, and nobody's winner.

They stand apart from `preferences`, whose every row has a winner.
"""

from __future__ import annotations

UNCOMPARED = """
CREATE TABLE uncompared (
    key INTEGER PRIMARY KEY,
    first INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    second INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    rubric INTEGER NOT NULL REFERENCES rubrics(key),
    rater INTEGER NOT NULL REFERENCES raters(key),
    why TEXT NOT NULL,
    reason TEXT,
    at TEXT NOT NULL,
    run INTEGER REFERENCES runs(key)
) STRICT;
CREATE INDEX uncompared_of_first ON uncompared(first);
CREATE INDEX uncompared_of_second ON uncompared(second);
CREATE INDEX uncompared_of_run ON uncompared(run);
"""
