"""Taking traces out: everything that they brought goes with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from spanglass.store import assessments, words
from spanglass.store.json_text import decode
from spanglass.store.reading import chunks, payloads
from spanglass.store.rows import Symbols, json_list, load_rows
from spanglass.store.tally import Tally, trace_contribution
from spanglass.store.writer import stored_contribution

_OWN_TABLES = ("trace_payload", "trace_run", "span", "assessment", "unsettled", "word_document", "word_stale", "trace")


def find(
    connection: sqlite3.Connection,
    max_timestamp_ms: int,
    experiment_id: str | None,
    max_traces: int | None,
) -> list[str]:
    """The ids of the traces that began up to a moment, oldest first."""
    return [
        trace_id
        for (trace_id,) in connection.execute(
            "SELECT trace_id FROM trace WHERE start_ms <= ?1 AND (?2 IS NULL OR experiment_id = ?2)"
            " ORDER BY start_ms, trace_id LIMIT ?3",
            (max_timestamp_ms, experiment_id, -1 if max_traces is None else max_traces),
        )
    ]


def beyond(connection: sqlite3.Connection, count: int, experiment_id: str | None) -> list[str]:
    """The ids of all traces but the newest ones."""
    return [
        trace_id
        for (trace_id,) in connection.execute(
            "SELECT trace_id FROM trace WHERE ?1 IS NULL OR experiment_id = ?1"
            " ORDER BY start_ms DESC, trace_id LIMIT -1 OFFSET ?2",
            (experiment_id, max(0, count)),
        )
    ]


def delete(connection: sqlite3.Connection, trace_ids: Sequence[str]) -> int:
    """Delete these traces within the transaction that is open; how many there were."""
    tally, symbols = Tally(), Symbols(connection)
    rows = connection.execute(
        "SELECT rid, facts, tags, metadata FROM trace JOIN trace_payload USING (rid)"
        " WHERE trace_id IN (SELECT value FROM json_each(?))",
        (json_list(trace_ids),),
    ).fetchall()
    for rid, facts, tags, metadata in rows:
        tally.remove(rid, trace_contribution(decode(tags), decode(metadata), decode(facts)))
        for judged in assessments.rows_of(connection, rid):
            tally.remove(rid, assessments.contribution(judged))
        spans = {row.sid: row for row in load_rows(connection, rid)}
        for part in chunks(list(spans)):
            for sid, payload in payloads(connection, part).items():
                tally.remove(rid, stored_contribution(spans[sid], payload, symbols))
            connection.executemany("DELETE FROM payload WHERE sid = ?", [(sid,) for sid in part])
        for table in _OWN_TABLES:
            connection.execute(f"DELETE FROM {table} WHERE rid = ?", (rid,))
    tally.write(connection, ())
    words.after_deletion(connection)
    return len(rows)
