BEGIN TRANSACTION;
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
INSERT INTO "assessment" VALUES('a1',1,NULL,NULL,'correct','feedback','true',NULL,NULL,'CODE','default',NULL,1795381963920,1795381963920,1,NULL,'{}');
CREATE TABLE experiment(
    experiment_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT '{}'
);
INSERT INTO "experiment" VALUES('0','Default',1795394082867,'{}');
INSERT INTO "experiment" VALUES('7','seven',1795381963915,'{}');
CREATE TABLE kv(                         -- short scalars by scope and key: 'tag', 'metadata', 'attribute'
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,                   -- nested attributes under their dotted path
    kind TEXT NOT NULL,                  -- 's', 'n', 'b', these in upper case, or '+'
    value TEXT NOT NULL,                 -- its text form
    num NUMERIC,                         -- the number, where the text looks like one; integers stay exact
    n_traces INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "kv" VALUES(1,'tag','note','+','',NULL,1);
INSERT INTO "kv" VALUES(2,'attribute','long','+','',NULL,1);
INSERT INTO "kv" VALUES(3,'attribute','app.version','s','2.0',2,1);
INSERT INTO "kv" VALUES(4,'attribute','flags','b','false',NULL,1);
INSERT INTO "kv" VALUES(5,'attribute','tool.call.name.of','S','z',NULL,1);
INSERT INTO "kv" VALUES(6,'tag','env','s','dev',NULL,1);
INSERT INTO "kv" VALUES(7,'tag','env','s','prod',NULL,1);
INSERT INTO "kv" VALUES(8,'attribute','docs.id','S','y',NULL,1);
INSERT INTO "kv" VALUES(9,'attribute','gen_ai.request.model','S','m',NULL,1);
INSERT INTO "kv" VALUES(10,'attribute','gen_ai.request.model','s','n',NULL,1);
INSERT INTO "kv" VALUES(11,'attribute','n','n','5',5,1);
INSERT INTO "kv" VALUES(12,'metadata','k','s','v',NULL,1);
INSERT INTO "kv" VALUES(13,'attribute','docs.id','S','x',NULL,1);
INSERT INTO "kv" VALUES(14,'attribute','n','n','7',7,1);
INSERT INTO "kv" VALUES(15,'attribute','app.version','s','2.1',2.1,1);
INSERT INTO "kv" VALUES(16,'attribute','flags','b','true',NULL,1);
INSERT INTO "kv" VALUES(17,'attribute','flags2','n','2',2,1);
INSERT INTO "kv" VALUES(18,'attribute','flags2','N','1',1,1);
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
INSERT INTO "payload" VALUES(1,'{"question":"why?"}','{"answer":"so"}','{"app.version":"2.0","flags":[true,false],"flags2":[[1],2]}',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "payload" VALUES(2,NULL,NULL,'{"gen_ai":{"request":{"model":"m"}},"gen_ai.request.model":"n","docs":[{"id":"x"},{"id":"y"}]}',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "payload" VALUES(3,NULL,NULL,'{"tool.call":{"name.of":"z"},"n":5,"long":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "payload" VALUES(4,NULL,NULL,'{"n":7,"app.version":"2.1"}',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "payload" VALUES(5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE posting(                    -- which traces have it, on themselves or on some span
    kv_id INTEGER NOT NULL,
    rid INTEGER NOT NULL,
    n INTEGER NOT NULL,                  -- how many of its spans have it, so that one can change without the others
    PRIMARY KEY (kv_id, rid)
) WITHOUT ROWID;
INSERT INTO "posting" VALUES(1,1,1);
INSERT INTO "posting" VALUES(2,1,1);
INSERT INTO "posting" VALUES(3,1,1);
INSERT INTO "posting" VALUES(4,1,1);
INSERT INTO "posting" VALUES(5,1,1);
INSERT INTO "posting" VALUES(6,3,1);
INSERT INTO "posting" VALUES(7,1,1);
INSERT INTO "posting" VALUES(8,1,1);
INSERT INTO "posting" VALUES(9,1,1);
INSERT INTO "posting" VALUES(10,1,1);
INSERT INTO "posting" VALUES(11,1,1);
INSERT INTO "posting" VALUES(12,1,1);
INSERT INTO "posting" VALUES(13,1,1);
INSERT INTO "posting" VALUES(14,2,1);
INSERT INTO "posting" VALUES(15,2,1);
INSERT INTO "posting" VALUES(16,1,1);
INSERT INTO "posting" VALUES(17,1,1);
INSERT INTO "posting" VALUES(18,1,1);
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
CREATE TABLE seen(                       -- which keys a trace has; rid 0 stands for what is of no one trace
    rid INTEGER PRIMARY KEY,
    counts TEXT NOT NULL                 -- JSON: by id of the vocabulary, how often
);
INSERT INTO "seen" VALUES(1,'{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"10":1,"11":1,"12":1,"13":1,"14":1,"15":1,"16":1,"17":1,"18":1,"19":1,"20":1,"21":1,"22":1,"23":1,"24":1,"25":1}');
INSERT INTO "seen" VALUES(2,'{"1":1,"2":1,"20":1,"5":1,"26":1,"27":1}');
INSERT INTO "seen" VALUES(3,'{"23":1}');
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
INSERT INTO "span" VALUES(1,1,0,2,-1,0,'a',NULL,1,2,0,0,1000000000,1000000000,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "span" VALUES(2,1,1,2,0,1,'b','a',3,4,0,10,1000000010,1000000000,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "span" VALUES(3,1,2,2,1,2,'c','b',5,6,0,20,1000000020,1000000000,3,4,0.5,7,NULL);
INSERT INTO "span" VALUES(4,2,0,0,-1,0,'a',NULL,1,2,0,30,1000000030,1000000000,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "span" VALUES(5,2,1,1,-1,0,'b','gone',8,9,2,40,1000000040,1000000000,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE symbol(                     -- names, types and models of spans: few texts, used by many rows
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);
INSERT INTO "symbol" VALUES(1,'agent');
INSERT INTO "symbol" VALUES(2,'AGENT');
INSERT INTO "symbol" VALUES(3,'search');
INSERT INTO "symbol" VALUES(4,'TOOL');
INSERT INTO "symbol" VALUES(5,'llm');
INSERT INTO "symbol" VALUES(6,'LLM');
INSERT INTO "symbol" VALUES(7,'m');
INSERT INTO "symbol" VALUES(8,'orphan');
INSERT INTO "symbol" VALUES(9,'UNKNOWN');
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
INSERT INTO "trace" VALUES(1,'t1','0','agent','OK',0,1000,0,1000000020,3,4,7,0.5,3,0,'s1','u',NULL,'m',NULL,1,3);
INSERT INTO "trace" VALUES(2,'t2','0','agent','OK',0,1000,30,1000000040,NULL,NULL,NULL,NULL,2,1,NULL,NULL,NULL,NULL,NULL,4,2);
INSERT INTO "trace" VALUES(3,'t3','0','facts only','STATE_UNSPECIFIED',0,NULL,0,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,0);
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
INSERT INTO "trace_payload" VALUES(1,'{"question":"why?"}','{"answer":"so"}',NULL,NULL,'{"env":"prod","note":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"}','{"k":"v"}','{"session_id":"s1","user_id":"u"}','');
INSERT INTO "trace_payload" VALUES(2,NULL,NULL,NULL,NULL,'{}','{}','{}','');
INSERT INTO "trace_payload" VALUES(3,NULL,NULL,NULL,NULL,'{"env":"dev"}','{}','{"name":"facts only"}','');
CREATE TABLE trace_run(                  -- further runs linked to a trace
    run_id TEXT NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (run_id, rid)
) WITHOUT ROWID;
CREATE TABLE unsettled(                  -- traces that grow: numbered and rolled up when next read
    rid INTEGER PRIMARY KEY
);
CREATE TABLE view_state(                 -- what explore(key=…) keeps across a rerun
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) WITHOUT ROWID;
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
INSERT INTO "vocabulary" VALUES(1,'span.name','agent','text',2,0,'{"text":2}');
INSERT INTO "vocabulary" VALUES(2,'span.type','AGENT','text',2,0,'{"text":2}');
INSERT INTO "vocabulary" VALUES(3,'attribute','flags','array',1,0,'{"array":1}');
INSERT INTO "vocabulary" VALUES(4,'attribute','flags2','array',1,0,'{"array":1}');
INSERT INTO "vocabulary" VALUES(5,'attribute','app.version','text',2,0,'{"text":2}');
INSERT INTO "vocabulary" VALUES(6,'inputs','question','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(7,'outputs','answer','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(8,'span.type','TOOL','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(9,'span.name','search','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(10,'attribute','docs','array',1,0,'{"array":1}');
INSERT INTO "vocabulary" VALUES(11,'attribute','gen_ai.request','object',1,0,'{"object":1}');
INSERT INTO "vocabulary" VALUES(12,'attribute','gen_ai','object',1,0,'{"object":1}');
INSERT INTO "vocabulary" VALUES(13,'attribute','docs[*].id','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(14,'attribute','gen_ai.request.model','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(15,'model','m','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(16,'span.type','LLM','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(17,'span.name','llm','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(18,'attribute','tool.call','object',1,0,'{"object":1}');
INSERT INTO "vocabulary" VALUES(19,'attribute','tool.call.name.of','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(20,'attribute','n','number',2,0,'{"number":2}');
INSERT INTO "vocabulary" VALUES(21,'attribute','long','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(22,'tag','note','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(23,'tag','env','text',2,0,'{"text":2}');
INSERT INTO "vocabulary" VALUES(24,'metadata','k','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(25,'feedback','correct','bool',1,1795381963920,'{"bool":1}');
INSERT INTO "vocabulary" VALUES(26,'span.type','UNKNOWN','text',1,0,'{"text":1}');
INSERT INTO "vocabulary" VALUES(27,'span.name','orphan','text',1,0,'{"text":1}');
CREATE INDEX assessment_name ON assessment(name, kind, rid);
CREATE INDEX assessment_overrides ON assessment(overrides) WHERE overrides IS NOT NULL;
CREATE INDEX assessment_session ON assessment(session_id) WHERE session_id IS NOT NULL;
CREATE INDEX assessment_trace ON assessment(rid, name);
CREATE INDEX kv_num ON kv(scope, key, num) WHERE num IS NOT NULL;
CREATE UNIQUE INDEX kv_value ON kv(scope, key, kind, value);
CREATE INDEX span_error ON span(type_id, name_id, rid) WHERE status = 2;
CREATE UNIQUE INDEX span_identity ON span(rid, span_id);
CREATE INDEX span_name ON span(name_id, duration_ns, rid);
CREATE INDEX span_skeleton ON span(rid, no, last, parent_no, type_id, name_id, status, duration_ns);
CREATE INDEX span_type ON span(type_id, duration_ns, rid);
CREATE INDEX trace_duration ON trace(duration_ms);
CREATE INDEX trace_experiment ON trace(experiment_id, start_ms DESC, trace_id);
CREATE INDEX trace_name ON trace(name, start_ms DESC);
CREATE INDEX trace_newest ON trace(start_ms DESC, trace_id, experiment_id);
CREATE INDEX trace_run_id ON trace(run_id) WHERE run_id IS NOT NULL;
CREATE INDEX trace_run_rid ON trace_run(rid);
CREATE INDEX trace_session ON trace(session_id) WHERE session_id IS NOT NULL;
CREATE INDEX trace_unfine ON trace(status, start_ms DESC, trace_id) WHERE status <> 'OK';
CREATE INDEX trace_user ON trace(user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX vocabulary_key ON vocabulary(scope, key);
CREATE VIEW spans AS                     -- for Datasette and plain SQL
SELECT t.trace_id, s.span_id, s.parent_id, n.text AS name, y.text AS type,
       CASE s.status WHEN 1 THEN 'OK' WHEN 2 THEN 'ERROR' ELSE 'UNSET' END AS status, s.status_message,
       s.start_ns, s.end_ns, s.duration_ns / 1e6 AS duration_ms, m.text AS model,
       s.input_tokens, s.output_tokens, s.cost, p.inputs, p.outputs, p.attributes, p.events, p.links
FROM span s JOIN trace t USING (rid) JOIN symbol n ON n.id = s.name_id JOIN symbol y ON y.id = s.type_id
LEFT JOIN symbol m ON m.id = s.model_id LEFT JOIN payload p USING (sid);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('span',5);
INSERT INTO "sqlite_sequence" VALUES('trace',3);
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
INSERT INTO word(rowid, terms) VALUES (1, 'facts only');
INSERT INTO word_document VALUES (1, 3);
INSERT INTO word(rowid, terms) VALUES (2, '0 2 agent ai answer app call docs flags flags2 gen id llm long m model n name of question request search so tool version why x xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y z');
INSERT INTO word_document VALUES (2, 1);
INSERT INTO word(rowid, terms) VALUES (3, '1 2 agent app n orphan version');
INSERT INTO word_document VALUES (3, 2);
INSERT INTO word_list VALUES (4049569601321181867, 5, 217, '
0
1
2
agent
ai
answer
app
call
docs
facts
flags
flags2
gen
id
llm
long
m
model
n
name
of
only
orphan
question
request
search
so
tool
version
why
x
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
y
z
', '');
COMMIT;
PRAGMA user_version=4;
PRAGMA application_id=1399867244;
