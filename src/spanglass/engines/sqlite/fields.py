"""Where the fields of traces, spans, events, links and assessments are in the tables."""

from __future__ import annotations

from dataclasses import dataclass

from spanglass.engines.sqlite.cells import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One field: an SQL expression over the alias ``{x}`` of its table, and what it holds.

    ``payload`` says that it stands in the wide table beside the narrow one, ``symbol`` that it is the id of a
    text in ``symbol``, ``ns`` that it is in nanoseconds where the language speaks of milliseconds. ``empty`` is
    the JSON text of which nothing is stored.
    """

    sql: str
    kind: Kind
    payload: bool = False
    symbol: bool = False
    ns: bool = False
    empty: str = ""


SPAN_STATUS = "CASE {x}.status WHEN 0 THEN 'UNSET' WHEN 1 THEN 'OK' WHEN 2 THEN 'ERROR' END"

TRACE: dict[str, Column] = {
    "name": Column("{x}.name", "text"),
    "status": Column("{x}.status", "text"),
    "timestamp_ms": Column("{x}.start_ms", "number"),
    # The end of a trace that is still running is its start, as in MLflow.
    "end_time_ms": Column("({x}.start_ms + coalesce({x}.duration_ms, 0))", "number"),
    "duration": Column("{x}.duration_ms", "number"),
    "trace_id": Column("{x}.trace_id", "text"),
    "client_request_id": Column("{x}.client_request_id", "text"),
    "experiment_id": Column("{x}.experiment_id", "text"),
    "session_id": Column("{x}.session_id", "text"),
    "user_id": Column("{x}.user_id", "text"),
    "span_count": Column("{x}.span_count", "number"),
    "error_count": Column("{x}.error_count", "number"),
    "tokens": Column("{x}.tokens", "number"),
    "input_tokens": Column("{x}.input_tokens", "number"),
    "output_tokens": Column("{x}.output_tokens", "number"),
    "cost": Column("{x}.cost", "number"),
    "model": Column("{x}.model", "text"),
    "inputs": Column("{x}.request", "json", payload=True),
    "outputs": Column("{x}.response", "json", payload=True),
    "tags": Column("{x}.tags", "json", payload=True),
    "metadata": Column("{x}.metadata", "json", payload=True),
}

SPAN: dict[str, Column] = {
    "name": Column("{x}.name_id", "text", symbol=True),
    "type": Column("{x}.type_id", "text", symbol=True),
    "model": Column("{x}.model_id", "text", symbol=True),
    "status": Column(SPAN_STATUS, "text"),
    "status_message": Column("{x}.status_message", "text"),
    "duration": Column("{x}.duration_ns", "number", ns=True),
    "start_time": Column("{x}.start_ns", "number", ns=True),
    "end_time": Column("{x}.end_ns", "number", ns=True),
    "id": Column("{x}.span_id", "text"),
    "parent_id": Column("{x}.parent_id", "text"),
    "depth": Column("{x}.depth", "number"),
    "is_root": Column("({x}.parent_no < 0)", "bool"),
    "tokens": Column(
        "CASE WHEN {x}.input_tokens IS NOT NULL OR {x}.output_tokens IS NOT NULL "
        "THEN coalesce({x}.input_tokens, 0) + coalesce({x}.output_tokens, 0) END",
        "number",
    ),
    "input_tokens": Column("{x}.input_tokens", "number"),
    "output_tokens": Column("{x}.output_tokens", "number"),
    "cost": Column("{x}.cost", "number"),
    "inputs": Column("{x}.inputs", "json", payload=True),
    "outputs": Column("{x}.outputs", "json", payload=True),
    "attributes": Column("{x}.attributes", "json", payload=True, empty="{}"),
    "resource": Column("{x}.resource", "json", payload=True, empty="{}"),
    "events": Column("{x}.events", "json", payload=True),
}

# Events and links are elements of a JSON array, met as rows of json_each.
EVENT: dict[str, Column] = {
    "name": Column("json_extract({x}.value, '$.name')", "text"),
    "time": Column("json_extract({x}.value, '$.timestamp_ns')", "number", ns=True),
    "attributes": Column("json_extract({x}.value, '$.attributes')", "json"),
}

LINK: dict[str, Column] = {
    "trace_id": Column("json_extract({x}.value, '$.trace_id')", "text"),
    "span_id": Column("json_extract({x}.value, '$.span_id')", "text"),
    "attributes": Column("json_extract({x}.value, '$.attributes')", "json"),
}

ASSESSMENT: dict[str, Column] = {
    "name": Column("{x}.name", "text"),
    "kind": Column("{x}.kind", "text"),
    "value": Column("{x}.value", "json"),
    "rationale": Column("{x}.rationale", "text"),
    "source": Column("{x}.source_type", "text"),
    "source_id": Column("{x}.source_id", "text"),
    "span_id": Column("{x}.span_id", "text"),
    "run_id": Column("{x}.run_id", "text"),
    "valid": Column("{x}.valid", "bool"),
    "error": Column("{x}.error", "text"),
    "time": Column("{x}.created_ms", "number"),
    "metadata": Column("{x}.metadata", "json"),
}

SUBJECTS: dict[str, dict[str, Column]] = {
    "trace": TRACE,
    "span": SPAN,
    "event": EVENT,
    "link": LINK,
    "assessment": ASSESSMENT,
}
