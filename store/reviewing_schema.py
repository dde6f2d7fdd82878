"""What people's reviews need, as SQL: queues, claims, how a rating was made, splits, looks."""

from __future__ import annotations

from store import schema

REVIEWING = """
CREATE TABLE queues (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    made TEXT NOT NULL,
    made_by TEXT NOT NULL,
    ordering TEXT NOT NULL,           -- random, stratified, disagreement, unscored, change
    traits TEXT NOT NULL,             -- JSON list
    options TEXT NOT NULL DEFAULT '{}',
    minutes REAL NOT NULL,            -- how long a claim lasts
    closed TEXT
) STRICT;

CREATE TABLE queue_items (
    key INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL REFERENCES queues(key) ON DELETE CASCADE,
    place INTEGER NOT NULL,           -- from 1
    transcript INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    other INTEGER REFERENCES transcripts(key) ON DELETE CASCADE,
    message INTEGER,                  -- the turn that turn-level traits are asked of
    readings INTEGER NOT NULL,        -- how many people are to read it
    stratum TEXT,
    weight REAL NOT NULL DEFAULT 1,   -- how many one item of its stratum stands for
    why TEXT NOT NULL,
    UNIQUE (queue, place)
) STRICT;
CREATE INDEX queue_items_of_transcript ON queue_items(transcript);
CREATE INDEX queue_items_of_other ON queue_items(other) WHERE other IS NOT NULL;

CREATE TABLE claims (
    key INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES queue_items(key) ON DELETE CASCADE,
    slot INTEGER NOT NULL,            -- 1 .. readings; beyond: a reading nobody had asked for
    rater INTEGER NOT NULL REFERENCES raters(key),
    swapped INTEGER NOT NULL,         -- a pair is shown with its second transcript first
    taken REAL NOT NULL,              -- seconds since 1970
    until REAL NOT NULL,              -- when the slot falls free, unless done
    done REAL,
    UNIQUE (item, slot),
    UNIQUE (item, rater)
) STRICT;
CREATE INDEX claims_of_rater ON claims(rater, item);

CREATE TABLE reviewed (               -- how a person came to a rating; none for imported ones
    rating INTEGER PRIMARY KEY REFERENCES ratings(key) ON DELETE CASCADE,
    manner TEXT NOT NULL CHECK (manner IN ('blind', 'after_reveal', 'open')),
    identity TEXT NOT NULL,           -- how the name is known: oidc, header, typed (unverified)
    unsure INTEGER NOT NULL DEFAULT 0,
    item INTEGER REFERENCES queue_items(key) ON DELETE SET NULL
) STRICT;
CREATE INDEX reviewed_of_item ON reviewed(item) WHERE item IS NOT NULL;

ALTER TABLE preferences ADD COLUMN manner TEXT;
ALTER TABLE preferences ADD COLUMN identity TEXT;
ALTER TABLE preferences ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE preferences
    ADD COLUMN item INTEGER REFERENCES queue_items(key) ON DELETE SET NULL;
ALTER TABLE preferences
    ADD COLUMN supersedes INTEGER REFERENCES preferences(key) ON DELETE SET NULL;

ALTER TABLE comments ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE comments ADD COLUMN quote TEXT NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN resolved_by TEXT;
CREATE INDEX comments_of_comment ON comments(answers) WHERE answers IS NOT NULL;

CREATE TABLE label_splits (
    scenario INTEGER PRIMARY KEY REFERENCES scenarios(key) ON DELETE CASCADE,
    split TEXT NOT NULL CHECK (split IN ('dev', 'test'))
) STRICT;

CREATE TABLE looks (                  -- each look at the test part
    key INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;
"""

_MEANS = schema.VIEWS[schema.VIEWS.index("CREATE VIEW release_traits") :]

WITHDRAWN = f"""
CREATE INDEX ratings_withdrawn ON ratings(key) WHERE why = 'withdrawn';

DROP VIEW release_traits;
{_MEANS.replace("AND other IS NULL", "AND other IS NULL AND coalesce(why, '') <> 'withdrawn'")}
"""
