"""Reading back: frames, fields, single traces and overviews, each beside sqlite3 and pandas by hand doing the same.

``python -m benchmarks.reading STORE`` runs it alone. Overviews stand beside DuckDB as well, on the same rows in its
own tables, where ``duckdb`` is installed.
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd

from benchmarks.timing import spread
from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Batch, Span
from spanglass.filters import resolve_column
from spanglass.filters.algebra import ALL_TRACES
from spanglass.frames import search_traces
from spanglass.store import Store

SLACK_MS, TIMES = 0.5, 1.5
FIELDS = ("root.inputs.question", "root.outputs.confidence")
FACETS = ("status", "name", "model", "tag.env", "span.type")
SKELETON_SPANS = 10_000
FRAMES = 3  # rounds of what takes seconds

INFOS = (
    "SELECT trace_id, start_ms, status, duration_ms, request, response, metadata, tags"
    " FROM trace JOIN trace_payload USING (rid) ORDER BY start_ms DESC, trace_id"
)
EXTRACTED = (
    "SELECT json_extract(p.inputs, '$.question'), json_extract(p.outputs, '$.confidence')"
    " FROM trace t LEFT JOIN payload p ON p.sid = t.root_sid ORDER BY t.start_ms DESC, t.trace_id"
)
SPANS = (
    "SELECT span_id, n.text, y.text, status, start_ns, end_ns, p.inputs, p.outputs, p.attributes, p.events"
    " FROM span JOIN payload p USING (sid) JOIN symbol n ON n.id = name_id JOIN symbol y ON y.id = type_id"
    " WHERE rid = (SELECT rid FROM trace WHERE trace_id = ?) ORDER BY no"
)
SHAPE = (
    "SELECT span_id, start_ns, end_ns, depth, no, last, parent_no, n.text, y.text, status, input_tokens"
    " FROM span JOIN symbol n ON n.id = name_id JOIN symbol y ON y.id = type_id"
    " WHERE rid = (SELECT rid FROM trace WHERE trace_id = ?) ORDER BY no"
)
OF_TRACES = {
    "trace": "SELECT t.rid, t.name, t.status, t.model, t.start_ms, t.duration_ms,"
    " json_extract(p.tags, '$.env') AS env FROM trace t JOIN trace_payload p USING (rid)",
    "kind": "SELECT DISTINCT s.rid, y.text AS type FROM span s JOIN symbol y ON y.id = s.type_id",
}


def decoded(text: str | None) -> Any:
    """The value of a JSON text."""
    return None if text is None else orjson.loads(text)


def infos_by_hand(connection: sqlite3.Connection) -> pd.DataFrame:
    """The columns of a frame of traces but those that are objects of ours."""
    ids, start, status, took, *texts = zip(*connection.execute(INFOS).fetchall(), strict=True)
    columns: dict[str, Any] = {"request_id": ids, "timestamp_ms": start, "status": status}
    columns["execution_time_ms"] = pd.array(took, dtype="Int64")
    for name, column in zip(("request", "response", "request_metadata", "tags"), texts, strict=True):
        columns[name] = np.fromiter(map(decoded, column), dtype=object, count=len(column))
    return pd.DataFrame(columns)


def extracted_by_hand(connection: sqlite3.Connection) -> pd.DataFrame:
    """The same with two fields."""
    frame = infos_by_hand(connection)
    frame[FIELDS[0]], frame[FIELDS[1]] = zip(*connection.execute(EXTRACTED).fetchall(), strict=True)
    return frame


def spans_by_hand(connection: sqlite3.Connection, trace_id: str) -> list[dict[str, Any]]:
    """A trace's spans as dicts."""
    return [
        dict(zip("abcdefghij", (*row[:6], *map(decoded, row[6:])), strict=True))
        for row in connection.execute(SPANS, (trace_id,))
    ]


def big_trace() -> Batch:
    """One trace of many spans, each below one of its first hundred."""
    return Batch(
        [
            Span("big", f"s{n}", f"step {n % 9}", f"s{n % 100}" if n >= 100 else None, "TOOL", "OK", "", n, n + 7)
            for n in range(SKELETON_SPANS)
        ]
    )


def row(case: str, rounds: int, ours: Callable[[], Any], hand: Callable[[], Any], *more: Callable[[], Any]) -> dict:  # type: ignore[type-arg]
    """One row of the table; what takes seconds has been done before, to compare the answers."""
    if rounds > FRAMES:
        ours(), hand(), [call() for call in more]
    return {"case": case, "ms": spread(rounds, ours, hand, *more)}


def measure(store: Store) -> list[dict[str, Any]]:
    """All rows. Raises AssertionError where ours and the floor differ."""
    engine, connection = SqliteEngine(store), sqlite3.connect(store.path)

    def frame(**options: Any) -> pd.DataFrame:
        return search_traces("all", store=store, **options)

    rows = [*overviews(engine, connection), after_a_write(store, engine)]
    (twenty,) = connection.execute("SELECT trace_id FROM trace WHERE span_count = 20 LIMIT 1").fetchone()
    rows.append(row("a trace of 20 spans", 51, lambda: store.spans(twenty), lambda: spans_by_hand(connection, twenty)))
    with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as one:
        one.write(big_trace())
        plain = sqlite3.connect(one.path)

        def shape() -> list[list[Any]]:
            return [list(column) for column in zip(*plain.execute(SHAPE, ("big",)).fetchall(), strict=True)]

        assert one.skeleton("big").span_id == shape()[0]
        rows.append(row("the skeleton of 10,000 spans", 21, lambda: one.skeleton("big"), shape))
        plain.close()
    two = list(FIELDS)
    ours, hand = frame(extract_fields=two), extracted_by_hand(connection)
    for name in hand.columns:
        assert ours[name].dropna().tolist() == hand[name].dropna().tolist(), name
    del ours, hand
    rows += [
        row("all infos to a frame", FRAMES, lambda: frame(include_spans=False), lambda: infos_by_hand(connection)),
        row("the same with spans, read when touched", FRAMES, frame, lambda: infos_by_hand(connection)),
        row("two fields of all", FRAMES, lambda: frame(extract_fields=two), lambda: extracted_by_hand(connection)),
    ]
    connection.close()
    return rows


def overviews(engine: SqliteEngine, connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Facets and the histogram, warm, beside pandas with the columns in memory and DuckDB."""
    traces, kinds = (pd.read_sql_query(sql, connection) for sql in OF_TRACES.values())
    columns = [traces[name].astype("category") for name in ("status", "name", "model", "env")]
    columns.append(kinds["type"].astype("category"))
    fields = [resolve_column(path) for path in FACETS]

    def counts() -> list[list[tuple[Any, int]]]:
        return [list(column.value_counts().head(10).items()) for column in columns]

    def bars() -> pd.DataFrame:
        start = traces["start_ms"]
        at = (start - start.min()) // ((start.max() - start.min()) // 60 + 1)
        failed = (traces["status"] == "ERROR").groupby(at).sum()
        took = traces["duration_ms"].groupby(at).quantile([0.5, 0.95], interpolation="higher").unstack()
        return took.assign(count=start.groupby(at).size(), errors=failed)

    begun = time.thread_time()
    found = engine.facets(ALL_TRACES, fields)
    engine.histogram(ALL_TRACES)
    cold = (time.thread_time() - begun) * 1e3
    assert [dict(one) for one in found] == [{v: n for v, n in one if n} for one in counts()]
    assert [b.count for b in engine.histogram(ALL_TRACES) if b.count] == bars()["count"].tolist()
    facets, histogram = duck(traces, kinds)
    more = [[call] if call else [] for call in (facets, histogram)]
    first = {"case": "facets and histogram, read for the first time", "ms": [(cold, cold)]}
    return [
        row("five facets", 21, lambda: engine.facets(ALL_TRACES, fields), counts, *more[0]),
        row("histogram with p50 and p95", 21, lambda: engine.histogram(ALL_TRACES), bars, *more[1]),
        first,
    ]


def after_a_write(store: Store, engine: SqliteEngine) -> dict[str, Any]:
    """The same overviews when one trace has changed since."""
    ((trace_id,),) = engine.search(ALL_TRACES, limit=1).ids
    fields, taken = [resolve_column(path) for path in FACETS], []
    for number in range(22):
        store.set_trace_tag(trace_id, "benchmark", str(number))
        begun = time.thread_time()
        engine.facets(ALL_TRACES, fields)
        engine.histogram(ALL_TRACES)
        taken.append((time.thread_time() - begun) * 1e3)
    store.delete_trace_tag(trace_id, "benchmark")
    return {"case": "facets and histogram after a write", "ms": [(statistics.median(taken), min(taken))]}


def duck(traces: pd.DataFrame, kinds: pd.DataFrame) -> tuple[Callable[[], Any] | None, Callable[[], Any] | None]:
    """The same two asked of DuckDB, on one thread so that its CPU time is seen."""
    if importlib.util.find_spec("duckdb") is None:
        return None, None
    import duckdb

    asked = duckdb.connect(config={"threads": 1})
    for name, frame in (("trace", traces), ("kind", kinds)):
        asked.register("frame", frame)
        asked.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
    most = "SELECT {0}, count(*) FROM {1} WHERE {0} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
    sqls = [most.format(name, "trace") for name in ("status", "name", "model", "env")] + [most.format("type", "kind")]
    bars = (
        "SELECT (start_ms - lo) // ((hi - lo) // 60 + 1), count(*), count(*) FILTER (status = 'ERROR'),"
        " quantile_disc(duration_ms, [0.5, 0.95]) FROM trace, (SELECT min(start_ms) lo, max(start_ms) hi FROM trace)"
        " GROUP BY 1 ORDER BY 1"
    )
    return lambda: [asked.execute(sql).fetchall() for sql in sqls], lambda: asked.execute(bars).fetchall()


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown, in milliseconds of CPU time: median (least)."""
    lines = ["| reading | ours | by hand | ratio | ×1.5 + 0.5 | DuckDB |", "|---|---:|---:|---:|---|---:|"]
    for each in rows:
        ours, hand, duck_ms = [*each["ms"], None, None][:3]
        shown = [f"{one[0]:,.2f} ({one[1]:,.2f})" if one else "–" for one in (ours, hand, duck_ms)]
        ratio = f"{ours[0] / hand[0]:.2f}" if hand else "–"
        kept = "–" if not hand else "yes" if ours[0] <= TIMES * hand[0] + SLACK_MS else "no"
        lines.append(f"| {each['case']} | {shown[0]} | {shown[1]} | {ratio} | {kept} | {shown[2]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    with Store(Path(sys.argv[1])) as opened:
        print(table(measure(opened)), f"load average {os.getloadavg()[0]:.1f}", sep="\n\n")
