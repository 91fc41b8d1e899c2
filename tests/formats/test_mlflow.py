"""MLflow's JSON and DataFrames of both generations."""

from __future__ import annotations

import copy
import json
from typing import Any

import pandas as pd
import pytest

from spanglass.formats import ingest, mlflow
from spanglass.formats.values import parse_json
from spanglass.store import Store
from tests.formats.reading import DATA, document, dump, read

LINES = [parse_json(line) for line in (DATA / "mlflow-v3.traces.jsonl").read_bytes().splitlines()]
AGENT = "tr-b96c3fc31834eda2b7733f60d66cde6d"


def test_a_trace_of_generation_3_keeps_what_mlflow_knew(store: Store) -> None:
    ingest(DATA / "mlflow-v3.agent.json", store=store, progress=False)
    [info] = store.trace_infos([AGENT])
    assert (info.experiment_id, info.name, info.status) == ("1", "agent", "OK")
    assert (info.timestamp_ms, info.execution_time_ms) == (1795363303405, 57)
    assert info.tags["person"] == "Ada"
    assert info.metadata["mlflow.trace_schema.version"] == "3"
    assert (info.session_id, info.user_id, info.input_tokens, info.output_tokens) == ("s-1", "ada", 12, 18)
    assert info.request == {"q": "Weather in Paris?", "opts": {"k": [1, 2, {"deep": True}]}}
    assert info.response["tool_calls"][0]["function"]["name"] == "get_weather"
    assert info.request_preview is not None

    root, retriever, call = store.spans(AGENT)
    assert [span.span_type for span in (root, retriever, call)] == ["AGENT", "RETRIEVER", "CHAT_MODEL"]
    assert (root.span_id, retriever.parent_id) == (call.parent_id, root.span_id)
    assert (len(root.span_id), call.model, call.tokens) == (16, "gpt-5-mini-2026-05-01", 30)
    assert call.inputs["messages"] == [{"role": "user", "content": "Weather in Paris?"}]
    assert retriever.outputs[0]["metadata"]["doc_uri"] == "a.md"
    assert (call.attributes["mlflow.spanType"], root.attributes["mlflow.spanLogLevel"]) == ("CHAT_MODEL", 20)

    correctness, expected = sorted(info.assessments, key=lambda assessment: assessment.name)
    assert (correctness.name, correctness.value, correctness.kind) == ("correctness", 0.8, "feedback")
    assert (correctness.source.source_type, correctness.rationale) == ("LLM_JUDGE", "good")
    assert (expected.value, expected.kind, expected.source.source_id) == ({"a": "b"}, "expectation", "bob")


def test_an_error_with_its_exception(store: Store) -> None:
    ingest(DATA / "mlflow-v3.traces.jsonl", store=store, progress=False)
    [info] = store.trace_infos(["tr-f48cc2a0898ce57aef8bf72f66cf691c"])
    [span] = store.spans(info.trace_id)
    [event] = span.events
    assert (info.status, span.status, span.model) == ("ERROR", "ERROR", "gpt-rate-limit")
    assert (event.name, event.attributes["exception.type"]) == ("exception", "RateLimitError")
    assert event.timestamp_ns == 1795363303765139456


def test_generation_2_its_trace_and_its_artifact_are_one(store: Store) -> None:
    trace_id = "1ca8e439645348cfa8b48de6b33ca0a3"
    first = ingest(DATA / "mlflow-v2.agent.artifact.traces.json", store=store, progress=False)
    assert first.new_spans == 3
    second = ingest(DATA / "mlflow-v2.agent.json", store=store, progress=False)
    assert (second.new_traces, second.new_spans, second.changed_spans) == (0, 0, 0)
    [info] = store.trace_infos([trace_id])
    assert (info.name, info.timestamp_ms, info.execution_time_ms) == ("agent", 1795363723114, 68)
    assert (info.tags["person"], info.metadata["mlflow.trace_schema.version"]) == ("Ada", "2")
    root, _, call = store.spans(trace_id)
    assert (root.start_time_ns, call.model, call.tokens) == (1795363723142407276, "gpt-5-mini-2026-05-01", 30)


def test_events_of_generation_2_are_timed_in_microseconds() -> None:
    trace = document("mlflow-v2.agent.json")
    trace["data"]["spans"][0]["events"] = [{"name": "e", "timestamp": 1795363723142500, "attributes": {}}]
    batch, _ = read(mlflow.read, trace)
    assert batch.spans[0].events[0].timestamp_ns == 1795363723142500000


def everything(store: Store) -> list[str]:
    """What the store holds, without the order in which it came."""
    return sorted(line for line in dump(store) if "kv" not in line and "posting" not in line)


def frame_3() -> pd.DataFrame:
    return pd.DataFrame(document("mlflow-v3.search_traces_df.json"))


def frame_2() -> pd.DataFrame:
    """What MLflow 2's search_traces returned: a trace object in the column ``trace``."""

    class Trace:
        def __init__(self, said: Any) -> None:
            self.info, self.data, self._said = said["info"], said["data"], said

        def to_json(self) -> str:
            return json.dumps(self._said)

    trace = document("mlflow-v2.agent.json")
    info = trace["info"]
    row = {
        "request_id": info["request_id"],
        "trace": Trace(trace),
        "timestamp_ms": info["timestamp_ms"],
        "status": info["status"],
        "execution_time_ms": info["execution_time_ms"],
        "request": json.loads(trace["data"]["request"]),
        "response": json.loads(trace["data"]["response"]),
        "request_metadata": info["request_metadata"],
        "spans": trace["data"]["spans"],
        "tags": info["tags"],
        "assessments": [],
    }
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("frame", "file"), [(frame_3, "mlflow-v3.search_traces_df.json"), (frame_2, "mlflow-v2.agent.json")]
)
def test_a_dataframe_is_read_like_the_file(store: Store, tmp_path: Any, frame: Any, file: str) -> None:
    report = ingest(frame(), store=store, progress=False)
    assert (report.files[0].format, report.skipped) == ("mlflow", 0)
    before = dump(store)
    again = ingest(DATA / file, store=store, progress=False)
    assert (again.new_traces, again.changed_spans, again.changed_assessments) == (0, 0, 0)
    assert dump(store) == before


@pytest.mark.parametrize("frame", [frame_3, frame_2])
def test_a_dataframe_without_its_trace_column_too(store: Store, frame: Any) -> None:
    whole = frame()
    report = ingest(whole.drop(columns="trace"), store=store, progress=False)
    again = ingest(whole, store=store, progress=False)
    assert report.traces == again.traces == len(whole)
    assert report.spans == again.spans
    assert (again.new_spans, again.changed_spans, again.changed_assessments) == (0, 0, 0)


def test_the_json_of_a_dataframe_by_columns(store: Store) -> None:
    report = ingest(frame_3().to_json().encode(), store=store, progress=False)
    assert (report.traces, report.spans, report.assessments) == (7, 9, 2)


def test_objects_of_mlflow_itself(store: Store) -> None:
    from mlflow.entities import Trace

    traces = [Trace.from_dict(copy.deepcopy(line)) for line in LINES]
    report = ingest(traces, store=store, progress=False)
    assert (report.traces, report.spans, report.assessments, report.skipped) == (7, 9, 2, 0)
    again = ingest(traces[0], store=store, progress=False)
    assert (again.traces, again.new_spans, again.changed_spans) == (1, 0, 0)
    again = ingest(DATA / "mlflow-v3.traces.jsonl", store=store, progress=False)
    assert (again.new_traces, again.changed_spans, again.changed_assessments) == (0, 0, 0)


def test_a_trace_without_spans_has_what_its_metadata_kept(store: Store) -> None:
    trace = document("mlflow-v3.agent.json")
    trace["data"] = {"spans": []}
    ingest(trace, store=store, progress=False)
    [info] = store.trace_infos([AGENT])
    assert (info.request["q"], info.span_count, info.execution_time_ms) == ("Weather in Paris?", 0, 57)


def test_bad_items_are_named_and_left_out() -> None:
    trace = document("mlflow-v3.agent.json")
    trace["data"]["spans"][1]["start_time_unix_nano"] = "never"
    trace["data"]["spans"].append("nothing")
    trace["info"]["assessments"].append({"assessment_name": "x"})
    batch, notes = read(mlflow.read, trace, {"info": {"trace_id": ""}})
    assert (len(batch.spans), len(batch.assessments), notes.skipped) == (2, 2, 4)
    assert "data.spans[1]: its start time is 'never'" in notes.warnings
    assert "data.spans[3]: expected an object, found 'nothing'" in notes.warnings
    assert any(warning.startswith("info.assessments[2]: not an assessment") for warning in notes.warnings)
    assert "info: its trace_id is ''" in notes.warnings


def test_a_duration_as_protobuf_writes_it() -> None:
    trace = document("mlflow-v3.agent.json")
    del trace["info"]["execution_duration_ms"]
    trace["info"]["execution_duration"] = "0.057s"
    batch, _ = read(mlflow.read, trace)
    assert batch.traces[0].end_time_ns == 1795363303462000000
