"""Every format's files: what is in them, and that reading them again changes nothing."""

from __future__ import annotations

import pytest

from spanglass.formats import ingest
from spanglass.store import Store
from tests.formats.reading import DATA, SAMPLES, dump

# file: format, traces, spans, log records, assessments
FILES = {
    "openai-openinference.otlp.json": ("otlp", 11, 21, 0, 0),
    "openai-openllmetry.otlp.json": ("otlp", 11, 21, 0, 0),
    "openai-otel-v2.otlp.json": ("otlp", 10, 20, 0, 0),
    "openai-otel-v2-latest.otlp.json": ("otlp", 10, 20, 0, 0),
    "openai-otel-v2-latest.logs.otlp.json": ("otlp", 9, 0, 13, 0),
    "langgraph-openinference.otlp.json": ("otlp", 10, 86, 0, 0),
    "traceloop-sdk.otlp.json": ("otlp", 3, 11, 0, 0),
    "logfire.otlp.json": ("otlp", 4, 8, 0, 0),
    "langfuse-sdk.otlp.json": ("otlp", 2, 5, 0, 0),
    "official-file-exporter.otlp.jsonl": ("otlp", 1, 3, 0, 0),
    "otlp-examples/trace.json": ("otlp", 1, 1, 0, 0),
    "mlflow-v3.traces.jsonl": ("mlflow", 7, 9, 0, 2),
    "mlflow-v3.search_traces_df.json": ("mlflow", 7, 9, 0, 2),
    "mlflow-v3.agent.json": ("mlflow", 1, 3, 0, 2),
    "mlflow-v2.agent.json": ("mlflow", 1, 3, 0, 0),
    "mlflow-v2.agent.artifact.traces.json": ("mlflow", 1, 3, 0, 0),
    "langsmith-runs.jsonl": ("langsmith", 2, 8, 0, 0),
    "openai-agents-native.jsonl": ("openai agents", 5, 33, 0, 0),
    "phoenix-rest-spans.json": ("context spans", 4, 40, 0, 0),
    "jaeger/ui_01.json": ("jaeger", 1, 4, 0, 0),
    "jaeger/example_trace.json": ("otlp", 1, 5, 0, 0),
    "jaeger/link_attributes_trace.json": ("otlp", 1, 1, 0, 0),
    "jaeger/otel_traces_01.json": ("otlp", 2, 4, 0, 0),
    "agno-2025-06-11.trace.json": ("langfuse", 1, 6, 0, 0),
    "autogen-2025-06-06.trace.json": ("langfuse", 1, 2, 0, 0),
    "claude-agent-2025-12-22.trace.json": ("langfuse", 1, 7, 0, 3),
    "crewai-2025-07-11.trace.json": ("langfuse", 1, 6, 0, 2),
    "google-adk-2025-08-28.trace.json": ("langfuse", 1, 5, 0, 2),
    "langgraph-python-2025-08-22.trace.json": ("langfuse", 1, 9, 0, 2),
    "llamaindex-2025-06-05.trace.json": ("langfuse", 1, 2, 0, 0),
    "openai-agents-2025-09-30.trace.json": ("langfuse", 1, 5, 0, 2),
    "pydantic-ai-2025-06-06.trace.json": ("langfuse", 1, 3, 0, 1),
    "vercel-aisdk-2025-11-17.trace.json": ("langfuse", 1, 3, 0, 2),
    "2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval": ("inspect", 10, 40, 0, 10),
    "2025-05-12T20-28-13-04-00_popularity.json": ("inspect", 3, 18, 0, 6),
    "2025-05-12T20-28-26-04-00_security-guide.json": ("inspect", 3, 21, 0, 6),
    "log_read_sample.eval": ("inspect", 1, 8, 0, 2),
    "log_tool_call_error.json": ("inspect", 1, 1, 0, 1),
}


def place(name: str):
    return SAMPLES.get(name, DATA / name)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_whole_and_reading_it_again_changes_nothing(name: str, store: Store) -> None:
    _, traces, spans, logs, _ = FILES[name]

    first = ingest(place(name), store=store, progress=False)
    [file] = first.files
    assert (file.format, file.traces, file.spans, file.logs, file.assessments) == FILES[name]
    assert (first.skipped, first.warnings, first.errors) == (0, [], [])
    assert first.new_traces == store.connection.execute("SELECT count(*) FROM trace").fetchone()[0] == traces
    assert first.new_spans == store.connection.execute("SELECT count(*) FROM span").fetchone()[0] == spans + logs
    assert store.verify() == []

    before = dump(store)
    second = ingest(place(name), store=store, progress=False)
    assert (second.traces, second.spans) == (traces, spans)
    assert (second.new_traces, second.new_spans, second.changed_spans, second.changed_assessments) == (0, 0, 0, 0)
    assert dump(store) == before


def test_all_files_together_change_nothing_the_second_time(store: Store) -> None:
    # Phoenix has a trace of langgraph's again, with times cut to microseconds: each would change the other's.
    everything = [place(name) for name in FILES if name != "phoenix-rest-spans.json"]
    ingest(everything, store=store, progress=False)
    before = dump(store)
    second = ingest(everything, store=store, progress=False)
    assert (second.new_traces, second.new_spans, second.changed_spans, second.changed_assessments) == (0, 0, 0, 0)
    assert dump(store) == before
    assert store.verify() == []


def test_every_sample_that_the_package_ships_is_among_them() -> None:
    assert set(SAMPLES) <= set(FILES)
    assert sum(file.stat().st_size for file in SAMPLES.values()) < 1_000_000
