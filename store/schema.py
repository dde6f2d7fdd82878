"""The tables as SQL. STRICT; foreign keys on; a child goes with its transcript."""

TRANSCRIPTS = """
CREATE TABLE releases (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    model TEXT,
    date TEXT,
    surface TEXT,
    place INTEGER NOT NULL            -- where it stands in the order of releases, from 1
) STRICT;

CREATE TABLE scenarios (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE imports (
    key INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    finished TEXT,                    -- NULL: still going on, or killed on the way
    paths TEXT NOT NULL,              -- JSON list
    new INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE transcripts (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,          -- hash of release, scenario, sample, roles and parts
    release INTEGER NOT NULL REFERENCES releases(key),
    scenario INTEGER NOT NULL REFERENCES scenarios(key),
    sample INTEGER NOT NULL,
    model TEXT,
    content TEXT NOT NULL,            -- hash of roles and parts alone
    messages INTEGER NOT NULL,
    opening TEXT,                     -- the first words of the first user message
    metadata TEXT NOT NULL DEFAULT '{}',
    source TEXT,                      -- file and place it was read from
    import INTEGER REFERENCES imports(key),
    UNIQUE (scenario, release, sample)
) STRICT;
CREATE INDEX transcripts_by_release ON transcripts(release, key);
CREATE INDEX transcripts_by_content ON transcripts(content);
CREATE INDEX transcripts_by_import ON transcripts(import);

CREATE TABLE messages (
    key INTEGER PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    number INTEGER NOT NULL,          -- from 1, the system message included
    role TEXT NOT NULL,
    text TEXT NOT NULL,               -- what was said aloud
    hidden TEXT,                      -- thinking, tool calls and results, as searchable text
    parts TEXT,                       -- JSON of all parts; NULL where `text` is all there is
    UNIQUE (transcript, number)
) STRICT;

CREATE VIRTUAL TABLE messages_fts USING fts5(
    text, hidden, content="messages", content_rowid="key",
    tokenize="unicode61 remove_diacritics 2"
);
-- Rows are put into the index batch by batch by the importer, which is four times cheaper than a
-- trigger a row; whatever is deleted or changed later takes its words along by these.
CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN
    INSERT INTO messages_fts(messages_fts, rowid, text, hidden)
    VALUES ('delete', old.key, old.text, old.hidden);
END;
CREATE TRIGGER messages_changed AFTER UPDATE ON messages BEGIN
    INSERT INTO messages_fts(messages_fts, rowid, text, hidden)
    VALUES ('delete', old.key, old.text, old.hidden);
    INSERT INTO messages_fts(rowid, text, hidden) VALUES (new.key, new.text, new.hidden);
END;
"""

RATINGS = """
CREATE TABLE rubrics (
    key INTEGER PRIMARY KEY,
    trait TEXT NOT NULL,
    version TEXT NOT NULL,            -- hash of its words; 'external' for a trait without a rubric
    level TEXT NOT NULL,
    low REAL,
    high REAL,
    two_sided INTEGER NOT NULL DEFAULT 0,
    words TEXT,                       -- the whole rubric as JSON; NULL for an external trait
    UNIQUE (trait, version)
) STRICT;

CREATE TABLE raters (
    key INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL DEFAULT '',
    details TEXT,                     -- JSON: a judge's prompt and settings
    UNIQUE (kind, name, version)
) STRICT;

CREATE TABLE runs (
    key INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    finished TEXT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,              -- running, done, cancelled, failed
    options TEXT NOT NULL DEFAULT '{}',
    asked INTEGER NOT NULL DEFAULT 0,
    note TEXT
) STRICT;

CREATE TABLE ratings (
    key INTEGER PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    rubric INTEGER NOT NULL REFERENCES rubrics(key),
    rater INTEGER NOT NULL REFERENCES raters(key),
    message INTEGER,                  -- the rated turn; NULL: the transcript as a whole
    repeat INTEGER NOT NULL DEFAULT 1,
    other INTEGER REFERENCES transcripts(key) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('rated', 'not_applicable', 'unscored')),
    value REAL,
    why TEXT,                         -- why unscored
    reason TEXT,
    at TEXT NOT NULL,
    run INTEGER REFERENCES runs(key),
    supersedes INTEGER REFERENCES ratings(key),
    detail TEXT,                      -- JSON: raw reply, usage, request id
    CHECK ((value IS NOT NULL) = (status = 'rated'))
) STRICT;
CREATE INDEX ratings_of_transcript ON ratings(transcript, rater, rubric, message);
CREATE INDEX ratings_of_rater ON ratings(rubric, rater, status, value, transcript, message);
CREATE UNIQUE INDEX ratings_superseded ON ratings(supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX ratings_of_other ON ratings(other) WHERE other IS NOT NULL;
CREATE INDEX ratings_of_run ON ratings(run) WHERE run IS NOT NULL;

CREATE TABLE quotes (
    key INTEGER PRIMARY KEY,
    rating INTEGER NOT NULL REFERENCES ratings(key) ON DELETE CASCADE,
    message INTEGER,                  -- NULL with match 'missing': it is nowhere
    part INTEGER,
    start INTEGER,                    -- code points of the part's own text
    end INTEGER,
    text TEXT NOT NULL,
    match TEXT NOT NULL
) STRICT;
CREATE INDEX quotes_of_rating ON quotes(rating);

CREATE TABLE preferences (
    key INTEGER PRIMARY KEY,
    first INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    second INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    trait TEXT NOT NULL,
    rater INTEGER NOT NULL REFERENCES raters(key),
    winner TEXT NOT NULL CHECK (winner IN ('first', 'second', 'tie')),
    reason TEXT,
    at TEXT NOT NULL,
    run INTEGER REFERENCES runs(key)
) STRICT;
CREATE INDEX preferences_of_first ON preferences(first);
CREATE INDEX preferences_of_second ON preferences(second);

CREATE TABLE comments (
    key INTEGER PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    message INTEGER,
    part INTEGER,
    start INTEGER,
    end INTEGER,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    answers INTEGER REFERENCES comments(key),
    resolved TEXT
) STRICT;
CREATE INDEX comments_of_transcript ON comments(transcript);
"""

VIEWS = """
CREATE VIEW current_ratings AS
SELECT r.key, t.id AS transcript, e.name AS release, s.name AS scenario, t.sample,
       b.trait, b.version AS rubric,
       CASE WHEN a.kind = 'author' AND a.name = 'author' THEN 'author'
            ELSE a.kind || ':' || a.name || CASE a.version WHEN '' THEN '' ELSE '#' || a.version END
       END AS rater,
       r.message, r.repeat, r.status, r.value, r.why, r.reason, r.at
FROM ratings r
JOIN transcripts t ON t.key = r.transcript
JOIN releases e ON e.key = t.release
JOIN scenarios s ON s.key = t.scenario
JOIN rubrics b ON b.key = r.rubric
JOIN raters a ON a.key = r.rater
WHERE r.key NOT IN (SELECT supersedes FROM ratings WHERE supersedes IS NOT NULL);

CREATE VIEW release_traits AS
WITH turns AS (                       -- repeats averaged within a turn; message NULL: the whole
    SELECT transcript, rubric, rater, message,
           avg(value) AS value, avg(value <= -1) AS under, avg(value >= 1) AS over,
           avg(abs(value)) AS size,
           sum(status = 'rated') AS rated, sum(status = 'unscored') AS unscored
    FROM ratings
    WHERE key NOT IN (SELECT supersedes FROM ratings WHERE supersedes IS NOT NULL)
      AND other IS NULL
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
