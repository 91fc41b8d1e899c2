"""The generated store that the benchmarks ask: realistic traces, the same for the same seed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.generate import iter_traces
from spanglass.entities import Batch, Experiment, Span, SpanEvent, TraceFacts
from spanglass.store import Store

BATCH_TRACES = 200


def to_batch(traces: list[dict[str, Any]]) -> Batch:
    """Generated traces as what a source hands to the store."""
    batch = Batch()
    for trace in traces:
        batch.traces.append(
            TraceFacts(
                trace["trace_id"],
                experiment_id=trace["experiment_id"],
                session_id=trace["session_id"],
                user_id=trace["user_id"],
                tags=dict(trace["tags"]),
            )
        )
        for span in trace["spans"]:
            attributes = span["attributes"]
            tokens = span["type"] in ("LLM", "EMBEDDING")
            cost = attributes.get("input_cost")
            batch.spans.append(
                Span(
                    trace["trace_id"],
                    span["span_id"],
                    span["name"],
                    parent_id=span["parent_id"],
                    span_type=span["type"],
                    status=span["status"],
                    status_message=span["status_message"],
                    start_time_ns=span["start_time_ns"],
                    end_time_ns=span["end_time_ns"],
                    inputs=span["inputs"],
                    outputs=span["outputs"],
                    attributes=attributes,
                    events=[SpanEvent(e["name"], e["time_ns"], e["attributes"]) for e in span["events"]],
                    model=attributes.get("model"),
                    input_tokens=attributes.get("input_tokens") if tokens else None,
                    output_tokens=attributes.get("output_tokens") if tokens else None,
                    cost=None if cost is None else cost + attributes["output_cost"],
                )
            )
    return batch


def batches(n: int, seed: int) -> Iterator[Batch]:
    """All of them, some traces at a time."""
    traces = iter_traces(n, seed)
    while chunk := list(islice(traces, BATCH_TRACES)):
        yield to_batch(chunk)


def build(path: Path, n: int, seed: int = 7) -> dict[str, float]:
    """Write `n` traces into a new store at `path` and index their words: spans, bytes, CPU seconds of each."""
    spans, cpu = 0, 0.0
    with Store(path) as store:
        store.write(Batch(experiments=[Experiment(number, f"experiment {number}") for number in "123"]))
        for batch in batches(n, seed):
            begun = time.process_time()
            store.write(batch)
            cpu += time.process_time() - begun
            spans += len(batch.spans)
        written = _size(store)
        begun = time.process_time()
        store.index_words()
        words_cpu = time.process_time() - begun
        indexed = _size(store)
    return {
        "traces": n,
        "spans": spans,
        "cpu_s": cpu,
        "spans_per_cpu_s": spans / cpu,
        "bytes": written,
        "words_cpu_s": words_cpu,
        "words_spans_per_cpu_s": spans / words_cpu,
        "words_bytes": indexed - written,
    }


def _size(store: Store) -> int:
    """Bytes of the file, what is still in its log included."""
    (pages,), (size,) = (store.connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return int(pages * size)
