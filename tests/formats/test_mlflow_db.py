"""A tracking database that real MLflow wrote, read without MLflow."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from spanglass.entities import TraceInfo
from spanglass.formats import IngestError, ingest
from spanglass.store import Store
from tests.formats.reading import dump


def by_name(store: Store) -> dict[str, TraceInfo]:
    ids = [row[0] for row in store.connection.execute("SELECT trace_id FROM trace")]
    return {info.name: info for info in store.trace_infos(ids)}


def test_all_that_mlflow_knew_is_there(mlflow_folder: Path, store: Store) -> None:
    report = ingest(mlflow_folder / "mlflow.db", store=store, progress=False)
    assert (report.files[0].format, report.traces, report.spans, report.skipped) == ("mlflow database", 3, 5, 0)

    assert {"weather", "errors"} <= {experiment.name for experiment in store.experiments()}
    infos = by_name(store)
    agent, greet, fails = infos["agent"], infos["greet"], infos["fails"]
    weather = store.experiment_by_name("weather")
    errors = store.experiment_by_name("errors")
    assert weather is not None
    assert errors is not None
    assert agent.experiment_id == greet.experiment_id == weather.experiment_id
    assert fails.experiment_id == errors.experiment_id
    assert agent.tags["person"] == "Tom"
    assert (agent.session_id, agent.user_id) == ("s-1", "ada")
    assert (agent.request, agent.response) == ({"question": "Tom"}, "Good morning Tom.")
    assert (fails.status, greet.status) == ("ERROR", "OK")

    assert (agent.input_tokens, agent.output_tokens) == (3, 4)

    root, call, tool = store.spans(agent.trace_id)
    assert (call.model, call.tokens) == ("gpt-5-mini", 7)
    assert (root.span_type, tool.span_type, tool.parent_id) == ("AGENT", "TOOL", root.span_id)
    assert (tool.inputs, tool.outputs, tool.attributes["time"]) == ({"name": "Tom"}, "Good morning Tom.", "morning")
    [exception] = store.spans(fails.trace_id)[0].events
    assert (exception.attributes["exception.type"], exception.attributes["exception.message"]) == ("ValueError", "nope")


def test_runs_inside_and_linked(mlflow_folder: Path, store: Store) -> None:
    ingest(mlflow_folder / "mlflow.db", store=store, progress=False)
    infos = by_name(store)
    run_id = infos["agent"].run_id
    assert run_id is not None
    run = store.run(run_id)
    assert run is not None
    assert (run.name, run.status, run.params, run.metrics) == ("first", "FINISHED", {"depth": "3"}, {"accuracy": 0.5})
    linked = store.connection.execute(
        "SELECT trace_id FROM trace_run JOIN trace USING (rid) WHERE trace_run.run_id = ?", (run_id,)
    ).fetchall()
    assert (infos["greet"].trace_id,) in linked


def test_assessments_overridden_expected_and_failed(mlflow_folder: Path, store: Store) -> None:
    ingest(mlflow_folder / "mlflow.db", store=store, progress=False)
    infos = by_name(store)
    first, second = (one for one in infos["agent"].assessments if one.name == "good")
    assert (first.value, first.valid, first.rationale, first.metadata) == (True, False, "fine", {"k": "v"})
    assert (second.value, second.valid, second.overrides) == (False, True, first.assessment_id)
    assert (first.source.source_type, first.source.source_id) == ("HUMAN", "bob")
    [answer] = (one for one in infos["agent"].assessments if one.name == "answer")
    assert (answer.kind, answer.value) == ("expectation", {"city": ["Paris"]})
    [judged] = infos["greet"].assessments
    assert (judged.value, judged.error) == (None, "ValueError: bad")


def test_reading_again_changes_nothing_and_the_database_is_untouched(mlflow_folder: Path, store: Store) -> None:
    path = mlflow_folder / "mlflow.db"
    ingest(path, store=store, progress=False)
    before, digest = dump(store), hashlib.sha256(path.read_bytes()).hexdigest()
    again = ingest(path, store=store, progress=False)
    assert (again.new_traces, again.new_spans, again.changed_spans, again.changed_assessments) == (0, 0, 0, 0)
    assert dump(store) == before
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert store.verify() == []


def test_the_dataframe_of_its_search_says_the_same(mlflow_folder: Path, store: Store) -> None:
    ingest(mlflow_folder / "mlflow.db", store=store, progress=False)
    before = by_name(store)
    report = ingest(pd.read_pickle(mlflow_folder / "traces.pickle"), store=store, progress=False)
    assert (report.traces, report.spans, report.skipped) == (3, 5, 0)
    assert (report.new_traces, report.new_spans, report.changed_spans) == (0, 0, 0)
    assert by_name(store) == before


def test_an_experiment_keeps_its_name_where_its_id_is_taken(mlflow_folder: Path, store: Store) -> None:
    mine = store.create_experiment("mine")
    assert mine.experiment_id == "1"
    ingest(mlflow_folder / "mlflow.db", store=store, progress=False)
    infos = by_name(store)
    weather = store.experiment_by_name("weather")
    assert weather is not None
    assert weather.experiment_id != "1"
    assert infos["agent"].experiment_id == weather.experiment_id
    assert store.run(infos["agent"].run_id or "").experiment_id == weather.experiment_id  # type: ignore[union-attr]


@pytest.fixture
def copy(mlflow_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(mlflow_folder / "mlflow.db", tmp_path / "copy.db"))


def change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_damaged_span_is_left_out_and_named(copy: Path, store: Store) -> None:
    change(copy, "UPDATE spans SET content = '{' WHERE name = 'fails'")
    report = ingest(copy, store=store, progress=False)
    assert (report.traces, report.spans, report.skipped) == (3, 4, 1)
    assert report.warnings[0].startswith("copy.db: spans tr-")


def test_what_was_deleted_there_is_left_out(copy: Path, store: Store) -> None:
    change(copy, "UPDATE experiments SET lifecycle_stage = 'deleted' WHERE name = 'errors'")
    report = ingest(copy, store=store, progress=False)
    assert (report.traces, report.warnings) == (2, ["copy.db: 1 traces of deleted experiments were left out"])
    assert store.experiment_by_name("errors") is None


def test_a_missing_column_is_named(copy: Path, store: Store) -> None:
    change(copy, "ALTER TABLE trace_info RENAME COLUMN status TO condition")
    with pytest.raises(IngestError, match="table trace_info lacks status"):
        ingest(copy, store=store, progress=False)


def test_the_database_of_mlflow_2_has_no_spans_and_says_so(copy: Path, store: Store) -> None:
    change(copy, "DROP TABLE spans", "DROP TABLE assessments", "DROP TABLE entity_associations")
    report = ingest(copy, store=store, progress=False)
    assert (report.traces, report.spans) == (3, 0)
    assert "artifact files" in report.warnings[0]


def test_another_sqlite_file_is_refused_by_name(tmp_path: Path, store: Store) -> None:
    change(tmp_path / "other.db", "CREATE TABLE t(x)")
    with pytest.raises(IngestError, match="without MLflow's tables"):
        ingest(tmp_path / "other.db", store=store, progress=False)
    with pytest.raises(IngestError, match="give its path"):
        ingest((tmp_path / "other.db").read_bytes(), store=store, progress=False)
