"""Recomputing everything that is derived, to find what does not agree."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from spanglass.entities import Json
from spanglass.store import assessments, words
from spanglass.store.json_text import decode
from spanglass.store.numbering import number
from spanglass.store.reading import chunks, payloads
from spanglass.store.rollups import TracePayloadRow, TraceRow, roll_up
from spanglass.store.rows import PayloadRow, Symbols, load_rows
from spanglass.store.tally import NO_TRACE, Tally, trace_contribution
from spanglass.store.writer import stored_contribution

_INDEXED_AT_ONCE = 200  # traces whose words are looked up together: most have the same ones
_TRACE = "SELECT rid, trace_id, facts, tags, metadata FROM trace JOIN trace_payload USING (rid) ORDER BY rid"
_ORPHANS = {
    "a span without its trace": "SELECT count(*) FROM span WHERE rid NOT IN (SELECT rid FROM trace)",
    "a span without its payload": "SELECT count(*) FROM span WHERE sid NOT IN (SELECT sid FROM payload)",
    "a payload without its span": "SELECT count(*) FROM payload WHERE sid NOT IN (SELECT sid FROM span)",
    "a trace without its payload": "SELECT count(*) FROM trace WHERE rid NOT IN (SELECT rid FROM trace_payload)",
    "a trace's payload without it": "SELECT count(*) FROM trace_payload WHERE rid NOT IN (SELECT rid FROM trace)",
    "a trace in an unknown experiment": "SELECT count(*) FROM trace WHERE experiment_id NOT IN"
    " (SELECT experiment_id FROM experiment)",
    "an assessment of an unknown trace": "SELECT count(*) FROM assessment"
    " WHERE rid IS NOT NULL AND rid NOT IN (SELECT rid FROM trace)",
    "an assessment that is valid though overridden": "SELECT count(*) FROM assessment WHERE valid AND"
    " assessment_id IN (SELECT overrides FROM assessment)",
    "an indexed document of an unknown trace": "SELECT count(*) FROM word_document"
    " WHERE rid NOT IN (SELECT rid FROM trace)",
    "a linked run of an unknown trace": "SELECT count(*) FROM trace_run WHERE rid NOT IN (SELECT rid FROM trace)",
}


def verify(connection: sqlite3.Connection) -> list[str]:
    """One sentence for each thing that is wrong, the first hundred of a kind at most."""
    wrong = [f"SQLite: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    for what, statement in _ORPHANS.items():
        count = connection.execute(statement).fetchone()[0]
        if count:
            wrong.append(f"{what}: {count}")
    tally, symbols = Tally(), Symbols(connection)
    for rid, trace_id, facts, tags, metadata in connection.execute(_TRACE).fetchall():
        said = decode(facts)
        wrong += _check_trace(connection, rid, trace_id, said, symbols, tally)
        tally.add(rid, trace_contribution(decode(tags), decode(metadata), said))
    for row in connection.execute("SELECT rid FROM assessment GROUP BY rid").fetchall():
        for judged in assessments.rows_of(connection, row[0]):
            tally.add(row[0] or NO_TRACE, assessments.contribution(judged))
    return wrong + _check_values(connection, tally) + _check_keys(connection, tally) + _check_words(connection)


def _check_trace(
    connection: sqlite3.Connection, rid: int, trace_id: str, said: dict[str, Json], symbols: Symbols, tally: Tally
) -> list[str]:
    wrong = []
    rows = load_rows(connection, rid)
    numbers = number(rows)
    for index, row in enumerate(rows):
        right = (numbers.no[index], numbers.last[index], numbers.parent_no[index], numbers.depth[index])
        if row[1:5] != right:
            wrong.append(f"trace {trace_id}, span {row.span_id}: numbered {row[1:5]}, should be {right}")
    for part in chunks(rows):
        wide = payloads(connection, [row.sid for row in part])
        for row in part:
            if row.sid in wide:
                tally.add(rid, stored_contribution(row, wide[row.sid], symbols), time_ms=row.start_ns // 1_000_000)

    def payload_of(sid: int) -> PayloadRow:
        return payloads(connection, [sid]).get(sid, PayloadRow(*[None] * len(PayloadRow._fields)))

    for table, right_row in zip(
        ("trace", "trace_payload"), roll_up(rows, numbers, said, symbols, payload_of), strict=True
    ):
        names = TraceRow._fields if table == "trace" else TracePayloadRow._fields
        stored = connection.execute(f"SELECT {', '.join(names)} FROM {table} WHERE rid = ?", (rid,)).fetchone()
        for name, have, want in zip(names, stored, right_row, strict=True):
            if have != want:
                wrong.append(f"trace {trace_id}: {name} is {have!r}, should be {want!r}")
    return wrong[:100]


def _check_values(connection: sqlite3.Connection, tally: Tally) -> list[str]:
    right = {(*posted, rid): n for rid, counts in tally.value_counts().items() for posted, n in counts.items()}
    stored = {
        row[:5]: row[5]
        for row in connection.execute("SELECT scope, key, kind, value, rid, n FROM kv JOIN posting ON kv_id = id")
    }
    wrong = _differences("posting", stored, right)
    traces: dict[tuple[object, ...], int] = defaultdict(int)
    for entry in right:
        traces[entry[:4]] += 1
    counts = {row[:4]: row[4] for row in connection.execute("SELECT scope, key, kind, value, n_traces FROM kv")}
    return wrong + _differences("value", counts, traces)


def _check_keys(connection: sqlite3.Connection, tally: Tally) -> list[str]:
    by_trace, by_type = tally.key_counts()
    right = {(*key, rid): n for rid, counts in by_trace.items() for key, n in counts.items()}
    keys = {str(row[0]): row[1:] for row in connection.execute("SELECT id, scope, key FROM vocabulary")}
    stored = {
        (*keys.get(id, ("", id)), rid): n
        for rid, counts in connection.execute("SELECT rid, counts FROM seen")
        for id, n in decode(counts).items()
    }
    wrong = _differences("seen", stored, right)
    traces: dict[tuple[object, ...], int] = defaultdict(int)
    for entry in right:
        traces[entry[:2]] += 1
    rows = connection.execute("SELECT scope, key, n_traces, types FROM vocabulary").fetchall()
    wrong += _differences("vocabulary", {row[:2]: row[2] for row in rows}, traces)
    return wrong + _differences("type of", {row[:2]: decode(row[3]) for row in rows}, by_type)


def _check_words(connection: sqlite3.Connection) -> list[str]:
    """The index may say too much of a trace, never too little."""
    wrong, unlisted = [], set()
    listed = {term for row in connection.execute("SELECT plain || other FROM word_list") for term in row[0].split("\n")}
    for part in chunks(words.indexed_traces(connection), _INDEXED_AT_ONCE):
        having: dict[str, set[int]] = {}
        for rid, trace_id in part:
            missing = False
            for term in words.terms_of(connection, rid):
                if term not in having:
                    having[term] = words.having(connection, term, part[0][0], part[-1][0])
                missing = missing or rid not in having[term]
                if term not in listed:
                    unlisted.add(term)
            if missing:
                wrong.append(f"trace {trace_id}: not all of its words are in the index")
    return wrong[:100] + [f"the word {term!r} is in no list" for term in sorted(unlisted)[:100]]


def _differences(what: str, stored: dict, right: dict) -> list[str]:  # type: ignore[type-arg]
    keys = [key for key in stored.keys() | right.keys() if stored.get(key) != right.get(key)]
    return [f"{what} {key}: {stored.get(key)}, should be {right.get(key)}" for key in sorted(keys)[:100]]
