"""What left the store as a DataFrame of MLflow's columns comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanglass.formats import ingest
from spanglass.frames import search_traces
from spanglass.samples import sample_files
from spanglass.store import Store
from tests.formats.reading import DATA
from tests.store.building import content

FILES = [
    DATA / "langsmith-runs.jsonl",
    DATA / "phoenix-rest-spans.json",
    DATA / "openai-agents-native.jsonl",
    DATA / "langgraph-openinference.otlp.json",
    DATA / "logfire.otlp.json",
    DATA / "mlflow-v3.agent.json",
    *sorted((DATA / "jaeger").glob("*.json"))[:1],
    *sample_files(),
]


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def filled(request: pytest.FixtureRequest, store: Store) -> Store:
    ingest(request.param, store=store, progress=False)
    return store


def test_a_frame_read_into_the_store_that_it_came_from_changes_nothing(filled: Store) -> None:
    frame = search_traces("all", schema="mlflow3", store=filled)
    before = content(filled)
    assert str(ingest(frame, store=filled, progress=False)).endswith("0 new traces, 0 new spans, 0 changed spans")
    after = content(filled)
    assert {table: after[table] for table in ("span", "posting", "seen")} == {
        table: before[table] for table in ("span", "posting", "seen")
    }


def test_a_frame_read_into_another_store_has_the_same_spans_and_rollups(filled: Store, tmp_path: Path) -> None:
    frame = search_traces("all", schema="mlflow3", store=filled)
    with Store(tmp_path / "copy.db") as copy:
        ingest(frame, store=copy, progress=False)
        ids = list(frame["trace_id"])
        assert copy.spans_of(ids) == filled.spans_of(ids)
        rolled = "trace_id, name, status, start_ms, duration_ms, tokens, cost, span_count, session_id, run_id, model"
        query = f"SELECT {rolled} FROM trace ORDER BY trace_id"
        assert copy.connection.execute(query).fetchall() == filled.connection.execute(query).fetchall()
        assert copy.verify() == []
