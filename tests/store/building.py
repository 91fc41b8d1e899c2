"""Spans to write, and the whole content of a store to compare, without the numbers that arrival gives."""

from __future__ import annotations

from typing import Any

import orjson

from spanglass.entities import Span
from spanglass.store import Store

SECOND = 1_000_000_000


def span(trace_id: str, span_id: str, parent_id: str | None = None, **more: Any) -> Span:
    """A finished span of one second, unless said otherwise."""
    start = more.pop("start", 0)
    end = more.pop("end", start + SECOND)
    name = more.pop("name", span_id)
    return Span(trace_id, span_id, name, parent_id, start_time_ns=start, end_time_ns=end, **more)


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every table, rows sorted, arrival numbers replaced by ids, JSON decoded.

    Left out is ``vocabulary.last_seen_ms``, which remembers also what has been overwritten since.
    """
    store.refresh()
    queries = {
        "trace": "SELECT t.trace_id, t.experiment_id, t.name, t.status, start_ms, duration_ms, t.start_ns, t.end_ns,"
        " t.input_tokens, t.output_tokens, t.tokens, t.cost, t.span_count, t.error_count, t.session_id, t.user_id,"
        " t.run_id, t.model, t.client_request_id, s.span_id, t.numbered, request, response, request_preview,"
        " response_preview, json(p.tags), json(metadata), json(facts), p.dialect"
        " FROM trace t JOIN trace_payload p USING (rid) LEFT JOIN span s ON s.sid = root_sid",
        "span": "SELECT t.trace_id, s.span_id, s.parent_id, no, last, parent_no, depth, n.text, y.text, s.status,"
        " s.start_ns, s.end_ns, s.duration_ns, s.input_tokens, s.output_tokens, s.cost, m.text, status_message,"
        " inputs, outputs, attributes, events, links, scope, resource, dialect"
        " FROM span s JOIN trace t USING (rid) JOIN symbol n ON n.id = name_id JOIN symbol y ON y.id = type_id"
        " LEFT JOIN symbol m ON m.id = model_id LEFT JOIN payload USING (sid)",
        "kv": "SELECT scope, key, kind, value, num, n_traces FROM kv",
        "posting": "SELECT scope, key, kind, value, trace_id, n FROM posting JOIN kv ON id = kv_id"
        " JOIN trace USING (rid)",
        "vocabulary": "SELECT scope, key, type, n_traces, types FROM vocabulary",
        "seen": "SELECT scope, v.key, coalesce(trace_id, ''), value"
        " FROM seen JOIN json_each(counts) c JOIN vocabulary v ON v.id = c.key LEFT JOIN trace USING (rid)",
        "assessment": "SELECT assessment_id, trace_id, a.span_id, a.session_id, a.name, kind, value, valid, overrides"
        " FROM assessment a LEFT JOIN trace USING (rid)",
        "experiment": "SELECT experiment_id, name, tags FROM experiment",
        "run": "SELECT * FROM run",
        "unsettled": "SELECT * FROM unsettled",
    }
    return {
        table: sorted(store.connection.execute(query).fetchall(), key=lambda row: orjson.dumps(row))
        for table, query in queries.items()
    }
