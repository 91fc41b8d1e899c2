"""The newest traces of a store beside MLflow 3 with the same ones in its own SQLite database, after one ANALYZE of it.

``python -m benchmarks.mlflow3 STORE`` runs it alone. Its tables are filled by hand, as its own writer fills them:
through its API that would take longer than all the rest.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spanglass.entities import Span, Trace
from spanglass.frames import search_traces
from spanglass.store import Store

TRACES = 2_000  # of the newest: a page of MLflow's takes about a millisecond a trace
ROUNDS = 3


def _bytes(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()


def request_id(trace_id: str) -> str:
    """What MLflow calls a trace here: its ids have a form of their own."""
    return f"tr-{_bytes(trace_id, 16).hex()}"


def _content(span: Span) -> str:
    """A span as MLflow keeps it: JSON, each attribute's value JSON once more."""
    attributes = {
        "mlflow.traceRequestId": request_id(span.trace_id),
        "mlflow.spanType": span.span_type,
        "mlflow.spanInputs": span.inputs,
        "mlflow.spanOutputs": span.outputs,
        **span.attributes,
    }
    return json.dumps(
        {
            "trace_id": base64.b64encode(_bytes(span.trace_id, 16)).decode(),
            "span_id": base64.b64encode(_bytes(span.span_id, 8)).decode(),
            "parent_span_id": span.parent_id and base64.b64encode(_bytes(span.parent_id, 8)).decode(),
            "name": span.name,
            "start_time_unix_nano": span.start_time_ns,
            "end_time_unix_nano": span.end_time_ns,
            "events": [],
            "status": {"code": f"STATUS_CODE_{span.status}", "message": span.status_message},
            "attributes": {key: json.dumps(value) for key, value in attributes.items()},
            "links": [],
        }
    )


def fill(path: Path, experiment: int, traces: list[Trace]) -> None:
    """Put the traces into MLflow's tables."""
    infos, tags, metadata, spans = [], [], [], []
    for trace in traces:
        info, id = trace.info, request_id(trace.trace_id)
        texts = [json.dumps(value)[:1000] for value in (info.request, info.response)]
        took = info.execution_time_ms
        infos.append((id, experiment, info.timestamp_ms, took, info.status, *texts, 1, info.name, info.session_id))
        own = {"mlflow.traceName": info.name, "mlflow.trace.spansLocation": "TRACKING_STORE", **info.tags}
        tags += [(key, value, id) for key, value in own.items()]
        metadata += [(key, value, id) for key, value in {"mlflow.trace_schema.version": "3", **info.metadata}.items()]
        spans += [
            (
                id,
                experiment,
                _bytes(span.span_id, 8).hex(),
                span.parent_id and _bytes(span.parent_id, 8).hex(),
                span.name,
                span.span_type,
                span.status,
                span.start_time_ns,
                span.end_time_ns,
                _content(span),
            )
            for span in trace.data.spans
        ]
    columns = {
        "trace_info": "request_id, experiment_id, timestamp_ms, execution_time_ms, status, request_preview,"
        " response_preview, db_payload_generation, trace_name, session_id",
        "trace_tags": "key, value, request_id",
        "trace_request_metadata": "key, value, request_id",
        "spans": "trace_id, experiment_id, span_id, parent_span_id, name, type, status, start_time_unix_nano,"
        " end_time_unix_nano, content",
    }
    with sqlite3.connect(path) as connection:
        for (table, names), rows in zip(columns.items(), (infos, tags, metadata, spans), strict=True):
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table}({names}) VALUES ({marks})", rows)
        connection.execute("ANALYZE")
    connection.close()


def _quickest(*calls: Callable[[], Any]) -> list[float]:
    """The least CPU time of the process for each call, made in turns, in milliseconds."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, times in zip(calls, taken, strict=True):
            begun = time.process_time()
            call()
            times.append((time.process_time() - begun) * 1e3)
    return [min(times) for times in taken]


def measure(store: Store) -> list[dict[str, Any]]:
    """The rows; none where MLflow is not installed."""
    if importlib.util.find_spec("mlflow") is None:
        return []
    import mlflow

    def ours(**options: Any) -> Any:
        return search_traces("all", max_results=TRACES, store=store, **options)

    def theirs(**options: Any) -> Any:
        return mlflow.search_traces(locations=[experiment], max_results=TRACES, return_type="list", **options)

    with tempfile.TemporaryDirectory() as folder:
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        experiment = mlflow.create_experiment("benchmark", artifact_location=folder)
        traces = search_traces("all", max_results=TRACES, return_type="list", store=store)
        fill(Path(folder) / "mlflow.db", int(experiment), traces)
        same = [request_id(trace.trace_id) for trace in traces]
        assert sorted(trace.info.trace_id for trace in theirs(include_spans=False)) == sorted(same)
        largest = max(traces, key=lambda trace: len(trace.data.spans))
        found = mlflow.get_trace(request_id(largest.trace_id))
        assert len(found.data.spans) == len(largest.data.spans)
        cases: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
            (
                f"infos of the newest {TRACES:,}",
                lambda: ours(include_spans=False, return_type="list"),
                lambda: theirs(include_spans=False),
            ),
            (
                f"the newest {TRACES:,} with all their spans",
                lambda: [trace.data.spans for trace in ours(return_type="list")],
                theirs,
            ),
            (
                f"a trace of {len(largest.data.spans)} spans",
                lambda: store.spans(largest.trace_id),
                lambda: mlflow.get_trace(request_id(largest.trace_id)),
            ),
        ]
        return [{"case": case, "ms": _quickest(one, other)} for case, one, other in cases]


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown, in milliseconds of CPU time."""
    lines = ["| beside MLflow 3 | ours | MLflow | ours to MLflow's |", "|---|---:|---:|---:|"]
    for each in rows:
        ours, theirs = each["ms"]
        lines.append(f"| {each['case']} | {ours:,.1f} | {theirs:,.1f} | {ours / theirs:.3f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    with Store(Path(sys.argv[1])) as opened:
        print(table(measure(opened)), f"load average {os.getloadavg()[0]:.1f}", sep="\n\n")
