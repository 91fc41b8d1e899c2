"""The tables of a store file, version 5.

A narrow skeleton to filter on (``trace``, ``span``), wide payloads apart, postings for what people look up by
equality. Anything that can be computed from spans and facts (numbers, rollups, postings, vocabulary) is written
by one function of ``rollups``/``numbering``/``postings``, so that late data leads to the same end.
"""

from __future__ import annotations

VERSION = 5

# Marks the file as ours in SQLite's header ("SpGl"), so that another program's database is never taken for a store.
APPLICATION_ID = 0x5370476C

# Span status codes as stored, those of OpenTelemetry.
STATUS_CODES = {"UNSET": 0, "OK": 1, "ERROR": 2}

# What a kv row's value was in JSON. In upper case where an attribute's key does not hold the value itself but leads
# to something that does: a dotted path may then find it or not.
KIND_TEXT, KIND_NUMBER, KIND_BOOL = "s", "n", "b"
# A posting of this kind says: this trace has values under this key that were too long or too many to post.
KIND_MORE = "+"

WORDS = """
CREATE VIRTUAL TABLE word USING fts5(    -- the word index (words.py): terms by document, nothing else kept
    terms, content='', detail=none, tokenize='ascii'
);

CREATE TABLE word_document(              -- spans of one trace that were indexed together
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- its row in word
    rid INTEGER NOT NULL
);
CREATE INDEX word_document_rid ON word_document(rid);

CREATE TABLE word_list(                  -- each term of the index in at least one of a few lists, never changed
    id INTEGER PRIMARY KEY,              -- drawn at random
    sid INTEGER NOT NULL,                -- spans up to here are in the index
    size INTEGER NOT NULL,               -- characters of its texts
    plain TEXT NOT NULL,                 -- the ASCII terms, sorted, a line break before, between and after them
    other TEXT NOT NULL                  -- the other ones
);

CREATE TABLE word_stale(                 -- spans up to there that were written anew and are to be indexed again
    rid INTEGER NOT NULL,
    sid INTEGER NOT NULL,                -- 0 for the text of a trace without spans
    PRIMARY KEY (rid, sid)
) WITHOUT ROWID;
"""

SEEN = """
CREATE TABLE seen(                       -- which keys a trace has; rid 0 stands for what is of no one trace
    rid INTEGER PRIMARY KEY,
    counts TEXT NOT NULL                 -- JSON: by id of the vocabulary, how often
);
"""

CHANGED = """
CREATE TABLE changed(                    -- traces that changed after they were first written, or went: the latest
    n INTEGER PRIMARY KEY,               -- one more for each
    rid INTEGER NOT NULL
);
CREATE TRIGGER trace_changed AFTER UPDATE ON trace BEGIN
    INSERT INTO changed(rid) VALUES (old.rid);
END;
CREATE TRIGGER trace_gone AFTER DELETE ON trace BEGIN
    INSERT INTO changed(rid) VALUES (old.rid);
END;
CREATE TRIGGER assessment_new AFTER INSERT ON assessment BEGIN
    INSERT INTO changed(rid) SELECT new.rid WHERE new.rid IS NOT NULL
    UNION SELECT rid FROM trace WHERE new.rid IS NULL AND session_id = new.session_id;
END;
CREATE TRIGGER assessment_changed AFTER UPDATE ON assessment BEGIN
    INSERT INTO changed(rid) SELECT old.rid WHERE old.rid IS NOT NULL UNION SELECT new.rid WHERE new.rid IS NOT NULL
    UNION SELECT rid FROM trace WHERE old.rid IS NULL AND session_id = old.session_id
    UNION SELECT rid FROM trace WHERE new.rid IS NULL AND session_id = new.session_id;
END;
CREATE TRIGGER assessment_gone AFTER DELETE ON assessment BEGIN
    INSERT INTO changed(rid) SELECT old.rid WHERE old.rid IS NOT NULL
    UNION SELECT rid FROM trace WHERE old.rid IS NULL AND session_id = old.session_id;
END;
CREATE TRIGGER run_linked AFTER INSERT ON trace_run BEGIN
    INSERT INTO changed(rid) VALUES (new.rid);
END;
CREATE TRIGGER run_unlinked AFTER DELETE ON trace_run BEGIN
    INSERT INTO changed(rid) VALUES (old.rid);
END;
CREATE TRIGGER changed_enough AFTER INSERT ON changed WHEN new.n % 1000 = 0 BEGIN
    DELETE FROM changed WHERE n <= new.n - 50000; -- who has not looked for so long reads all anew
END;
"""

SCHEMA = """
CREATE TABLE symbol(                     -- names, types and models of spans: few texts, used by many rows
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);

CREATE TABLE experiment(
    experiment_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE run(
    run_id TEXT PRIMARY KEY,
    experiment_id TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'RUNNING',
    start_ms INTEGER NOT NULL DEFAULT 0,
    end_ms INTEGER,
    params TEXT NOT NULL DEFAULT '{}',
    metrics TEXT NOT NULL DEFAULT '{}',
    tags TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE trace(
    rid INTEGER PRIMARY KEY AUTOINCREMENT, -- arrival number, never used again
    trace_id TEXT NOT NULL UNIQUE,
    experiment_id TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'STATE_UNSPECIFIED',
    start_ms INTEGER NOT NULL DEFAULT 0, -- Unix ms, floor of start_ns
    duration_ms INTEGER,                 -- whole ms, NULL while running
    start_ns INTEGER NOT NULL DEFAULT 0,
    end_ns INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    tokens INTEGER,
    cost REAL,                           -- US dollars
    span_count INTEGER NOT NULL DEFAULT 0,
    error_count INTEGER NOT NULL DEFAULT 0,
    session_id TEXT,
    user_id TEXT,
    run_id TEXT,
    model TEXT,
    client_request_id TEXT,
    root_sid INTEGER,                    -- the earliest span without a parent; where all parents are missing,
                                         -- the earliest of the spans that became roots
    numbered INTEGER NOT NULL DEFAULT 0  -- span_count when its spans were last numbered
);
CREATE INDEX trace_newest ON trace(start_ms DESC, trace_id, experiment_id);
CREATE INDEX trace_experiment ON trace(experiment_id, start_ms DESC, trace_id);
CREATE INDEX trace_name ON trace(name, start_ms DESC);
CREATE INDEX trace_unfine ON trace(status, start_ms DESC, trace_id) WHERE status <> 'OK';
CREATE INDEX trace_duration ON trace(duration_ms);
CREATE INDEX trace_session ON trace(session_id) WHERE session_id IS NOT NULL;
CREATE INDEX trace_user ON trace(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX trace_run_id ON trace(run_id) WHERE run_id IS NOT NULL;

CREATE TABLE unsettled(                  -- traces that grow: numbered and rolled up when next read
    rid INTEGER PRIMARY KEY
);

CREATE TABLE trace_payload(
    rid INTEGER PRIMARY KEY,
    request TEXT,                        -- JSON
    response TEXT,                       -- JSON
    request_preview TEXT,
    response_preview TEXT,
    tags TEXT NOT NULL DEFAULT '{}',     -- JSON object of texts
    metadata TEXT NOT NULL DEFAULT '{}', -- JSON object of texts
    facts TEXT NOT NULL DEFAULT '{}',    -- what the source said itself (entities.TraceFacts): wins over rollups
    dialect TEXT NOT NULL DEFAULT ''
);

CREATE TABLE trace_run(                  -- further runs linked to a trace
    run_id TEXT NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (run_id, rid)
) WITHOUT ROWID;
CREATE INDEX trace_run_rid ON trace_run(rid);

CREATE TABLE span(
    sid INTEGER PRIMARY KEY AUTOINCREMENT, -- stable arrival number: payloads never move
    rid INTEGER NOT NULL,
    no INTEGER NOT NULL,                 -- preorder number within the trace, 0-based
    last INTEGER NOT NULL,               -- the last number of its subtree: descendants are no < x <= last
    parent_no INTEGER NOT NULL,          -- -1 for a root (orphans and cycles become roots)
    depth INTEGER NOT NULL,              -- 0 for a root
    span_id TEXT NOT NULL,
    parent_id TEXT,                      -- as the source said it, also where no such span came
    name_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    status INTEGER NOT NULL,             -- 0 UNSET, 1 OK, 2 ERROR
    start_ns INTEGER NOT NULL,
    end_ns INTEGER,                      -- NULL while running
    duration_ns INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost REAL,
    model_id INTEGER,
    status_message TEXT                  -- NULL where there is none
);
CREATE UNIQUE INDEX span_identity ON span(rid, span_id);
CREATE INDEX span_skeleton ON span(rid, no, last, parent_no, type_id, name_id, status, duration_ns);
CREATE INDEX span_name ON span(name_id, duration_ns, rid);
CREATE INDEX span_type ON span(type_id, duration_ns, rid);
CREATE INDEX span_error ON span(type_id, name_id, rid) WHERE status = 2;

CREATE TABLE payload(
    sid INTEGER PRIMARY KEY,
    inputs TEXT,                         -- JSON; NULL where there is none
    outputs TEXT,                        -- JSON
    attributes TEXT,                     -- JSON object, all that the source recorded, values decoded
    events TEXT,                         -- JSON array of {name, timestamp_ns, attributes}; NULL where there is none
    links TEXT,                          -- JSON array of {trace_id, span_id, attributes}
    scope TEXT,
    resource TEXT,                       -- JSON object
    dialect TEXT                         -- which reading of the attributes gave the columns above
);

CREATE TABLE kv(                         -- short scalars by scope and key: 'tag', 'metadata', 'attribute'
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,                   -- nested attributes under their dotted path
    kind TEXT NOT NULL,                  -- 's', 'n', 'b', these in upper case, or '+'
    value TEXT NOT NULL,                 -- its text form
    num NUMERIC,                         -- the number, where the text looks like one; integers stay exact
    n_traces INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX kv_value ON kv(scope, key, kind, value);
CREATE INDEX kv_num ON kv(scope, key, num) WHERE num IS NOT NULL;

CREATE TABLE posting(                    -- which traces have it, on themselves or on some span
    kv_id INTEGER NOT NULL,
    rid INTEGER NOT NULL,
    n INTEGER NOT NULL,                  -- how many of its spans have it, so that one can change without the others
    PRIMARY KEY (kv_id, rid)
) WITHOUT ROWID;

CREATE TABLE assessment(
    assessment_id TEXT PRIMARY KEY,
    rid INTEGER,                         -- NULL for one of a whole session
    span_id TEXT,
    session_id TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,                  -- 'feedback' or 'expectation'
    value TEXT,                          -- JSON
    error TEXT,
    rationale TEXT,
    source_type TEXT NOT NULL,
    source_id TEXT NOT NULL,
    run_id TEXT,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    valid INTEGER NOT NULL DEFAULT 1,
    overrides TEXT,
    metadata TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX assessment_trace ON assessment(rid, name);
CREATE INDEX assessment_name ON assessment(name, kind, rid);
CREATE INDEX assessment_overrides ON assessment(overrides) WHERE overrides IS NOT NULL;
CREATE INDEX assessment_session ON assessment(session_id) WHERE session_id IS NOT NULL;

CREATE TABLE vocabulary(                 -- keys seen, for completion and for "did you mean"
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,                 -- tag, metadata, attribute, inputs, outputs, feedback, expectation,
                                         -- span.name, span.type, model
    key TEXT NOT NULL,                   -- dotted path; for span.name, span.type and model the value itself
    type TEXT NOT NULL DEFAULT '',       -- text, number, bool, object, array, mixed
    n_traces INTEGER NOT NULL DEFAULT 0,
    last_seen_ms INTEGER NOT NULL DEFAULT 0, -- the latest start of what had it
    types TEXT NOT NULL DEFAULT '{}'     -- how often each type was seen: what "type" is made from
);
CREATE UNIQUE INDEX vocabulary_key ON vocabulary(scope, key);

CREATE TABLE view_state(                 -- what explore(key=…) keeps across a rerun
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE VIEW spans AS                     -- for Datasette and plain SQL
SELECT t.trace_id, s.span_id, s.parent_id, n.text AS name, y.text AS type,
       CASE s.status WHEN 1 THEN 'OK' WHEN 2 THEN 'ERROR' ELSE 'UNSET' END AS status, s.status_message,
       s.start_ns, s.end_ns, s.duration_ns / 1e6 AS duration_ms, m.text AS model,
       s.input_tokens, s.output_tokens, s.cost, p.inputs, p.outputs, p.attributes, p.events, p.links
FROM span s JOIN trace t USING (rid) JOIN symbol n ON n.id = s.name_id JOIN symbol y ON y.id = s.type_id
LEFT JOIN symbol m ON m.id = s.model_id LEFT JOIN payload p USING (sid);
"""
SCHEMA += SEEN + WORDS + CHANGED
