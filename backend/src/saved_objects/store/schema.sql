-- Every change of a saved object is a row, and nothing is overwritten: an object is its newest revision.
CREATE TABLE IF NOT EXISTS revisions (
    type     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    version  INTEGER NOT NULL,            -- from 1, by one with each change
    change   TEXT    NOT NULL,            -- created, imported, edited, restored, deleted
    saved_ms INTEGER NOT NULL,            -- epoch ms
    title    TEXT    NOT NULL,
    body     TEXT,                        -- JSON: {"attributes", "references", "original"?}; null: deleted
    PRIMARY KEY (type, id, version)
) STRICT, WITHOUT ROWID;

-- Every index pattern that an import named, and the stream that somebody said it means.
CREATE TABLE IF NOT EXISTS patterns (
    pattern TEXT NOT NULL PRIMARY KEY,    -- its title, or its id where only that was met
    stream  TEXT                          -- null: what its name says
) STRICT, WITHOUT ROWID;
