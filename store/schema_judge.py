"""The tables of the judge as SQL: every call, so that a verdict can be traced, priced, resumed."""

JUDGE = """
ALTER TABLE runs ADD COLUMN rater INTEGER REFERENCES raters(key);
ALTER TABLE runs ADD COLUMN planned INTEGER;      -- judgements: transcript x rubric x repeat
ALTER TABLE runs ADD COLUMN progress TEXT NOT NULL DEFAULT '{}';  -- JSON, with each commit
ALTER TABLE runs ADD COLUMN beat TEXT;            -- when its process was last seen alive
ALTER TABLE runs ADD COLUMN cancel TEXT;          -- when somebody asked it to stop

CREATE TABLE calls (
    key INTEGER PRIMARY KEY,
    run INTEGER REFERENCES runs(key),
    transcript INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    other INTEGER REFERENCES transcripts(key) ON DELETE CASCADE,
    rubric INTEGER NOT NULL REFERENCES rubrics(key),
    rater INTEGER NOT NULL REFERENCES raters(key),
    repeat INTEGER NOT NULL,
    step TEXT NOT NULL,               -- warrant, rate, repair
    status TEXT NOT NULL,             -- ok, or why its judgement is unscored
    reply TEXT NOT NULL DEFAULT '',   -- the model's own words, as they came
    usage TEXT NOT NULL DEFAULT '{}', -- JSON as the server told it
    cost REAL,                        -- dollars; NULL: the price is unknown
    seconds REAL NOT NULL DEFAULT 0,
    model TEXT,                       -- as the server named it
    request_id TEXT,
    error TEXT,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX calls_of_transcript ON calls(transcript, rater, rubric, repeat);
CREATE INDEX calls_of_run ON calls(run, status);
CREATE INDEX calls_of_other ON calls(other) WHERE other IS NOT NULL;

CREATE TABLE warrants (
    key INTEGER PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    message INTEGER NOT NULL,         -- the assistant's turn
    rubric INTEGER NOT NULL REFERENCES rubrics(key),
    rater INTEGER NOT NULL REFERENCES raters(key),
    repeat INTEGER NOT NULL,
    warranted TEXT NOT NULL CHECK (warranted IN ('yes', 'no', 'contested')),
    source TEXT NOT NULL CHECK (source IN ('metadata', 'judge')),
    reason TEXT,
    at TEXT NOT NULL,
    UNIQUE (transcript, message, rubric, rater, repeat)
) STRICT;

CREATE TABLE flags (                  -- what in a transcript looks like an attack on its judge
    key INTEGER PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcripts(key) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    message INTEGER NOT NULL,
    part INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    settled TEXT,                     -- when a person looked at it; NULL: waits for one
    UNIQUE (transcript, kind, message, part, start)
) STRICT;

CREATE TABLE servers (                -- what a server was seen to do, so that it is asked once
    base_url TEXT NOT NULL,
    model TEXT NOT NULL,
    abilities TEXT NOT NULL DEFAULT '{}',
    at TEXT NOT NULL,
    PRIMARY KEY (base_url, model)
) STRICT;

CREATE TABLE batches (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(key),
    state TEXT NOT NULL,              -- gathering, intended, sent, ended, lost
    id TEXT,                          -- the server's; NULL: only intended so far
    base_url TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT
) STRICT;
CREATE INDEX batches_of_run ON batches(run);

CREATE TABLE batch_items (
    batch INTEGER NOT NULL REFERENCES batches(key) ON DELETE CASCADE,
    custom_id TEXT NOT NULL,
    transcript TEXT NOT NULL,         -- id, so that taking a transcript out leaves the book whole
    trait TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    earlier TEXT NOT NULL DEFAULT '[]',  -- JSON: the calls of this judgement so far
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch, custom_id)
) STRICT;
"""
