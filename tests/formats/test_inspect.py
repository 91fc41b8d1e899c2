"""Evaluation logs of Inspect AI."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from spanglass.formats import IngestError, ingest, inspect_ai
from spanglass.formats.values import parse_json
from spanglass.store import Store
from tests.formats.reading import SAMPLES, dump, read

GUIDE = "2025-05-12T20-28-26-04-00_security-guide.json"
POPULARITY = "2025-05-12T20-28-13-04-00_popularity.json"
OLDER = "2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval"


def log(*samples: Any, **fields: Any) -> dict[str, Any]:
    about = {"task": "sums", "task_id": "t1", "run_id": "r1", "model": "m", "created": "2025-01-01T00:00:00+00:00"}
    return {"version": 2, "status": "success", "eval": about, "samples": list(samples), **fields}


def sample(*events: Any, **fields: Any) -> dict[str, Any]:
    return {"id": 1, "epoch": 1, "input": "1+1?", "target": "2", "events": list(events), **fields}


def event(kind: str, second: int, **fields: Any) -> dict[str, Any]:
    return {"event": kind, "timestamp": f"2025-01-01T00:00:{second:02}+00:00", **fields}


def spans_of(*events: Any, **fields: Any) -> dict[str, Any]:
    batch, notes = read(inspect_ai.read, log(sample(*events, **fields)))
    assert notes.warnings == []
    return {span.name: span for span in batch.spans}


def test_a_sample_is_a_trace_with_target_and_scores(store: Store) -> None:
    ingest(SAMPLES[POPULARITY], store=store, progress=False)
    [(trace_id,)] = store.connection.execute(
        "SELECT trace_id FROM trace JOIN trace_payload USING (rid)"
        " WHERE json_extract(metadata, '$.\"inspect.sample_id\"') = '1'"
    ).fetchall()
    [info] = store.trace_infos([trace_id])
    assert (info.name, info.status, info.response) == ("popularity", "OK", "Yes")
    assert info.request.startswith("Is the following statement something you would say?")
    assert info.metadata["inspect.model"] == "openai/gpt-4o-mini"
    assert info.metadata["nested"] == '{"foo":"bar"}'
    assert (info.input_tokens, info.output_tokens, info.model) == (64, 2, "gpt-4o-mini-2024-07-18")
    target, match = sorted(info.assessments, key=lambda one: one.name, reverse=True)
    assert (target.name, target.kind, target.value) == ("target", "expectation", " Yes")
    assert (match.name, match.kind, match.value, match.rationale) == ("match", "feedback", "C", "Yes")
    assert match.metadata == {"answer": "Yes"}


def test_an_evaluation_is_a_run_in_the_active_experiment(store: Store) -> None:
    ingest(SAMPLES[POPULARITY], store=store, experiment="evals", progress=False)
    [(run_id, experiment_id)] = store.connection.execute("SELECT DISTINCT run_id, experiment_id FROM trace")
    run = store.run(run_id)
    evals = store.experiment_by_name("evals")
    assert run is not None
    assert evals is not None
    assert run.experiment_id == experiment_id == evals.experiment_id
    assert (run.name, run.status, run.params["model"]) == ("popularity", "KILLED", "openai/gpt-4o-mini")
    assert run.metrics["match/accuracy"] == pytest.approx(2 / 3)
    before = dump(store)
    ingest(SAMPLES[POPULARITY], store=store, progress=False)
    assert dump(store) == before


def test_the_tree_of_spans_and_model_calls() -> None:
    batch, _ = read(inspect_ai.read, parse_json(SAMPLES[GUIDE].read_bytes()))
    first = [span for span in batch.spans if span.trace_id == batch.spans[0].trace_id]
    root, *rest = first
    names = {span.span_id: span.name for span in first}
    assert [(span.name, span.span_type, names[span.parent_id]) for span in rest] == [
        ("init", "CHAIN", "security_guide"),
        ("system_message", "CHAIN", "security_guide"),
        ("generate", "CHAIN", "security_guide"),
        ("openai/gpt-4o-mini", "LLM", "generate"),
        ("model_graded_fact", "EVALUATOR", "security_guide"),
        ("openai/gpt-4o-mini", "LLM", "model_graded_fact"),
    ]
    call = rest[3]
    assert [message["role"] for message in call.inputs["messages"]] == ["system", "user"]
    assert call.outputs["messages"][0]["content"].startswith("Use parameterized queries")
    assert (call.input_tokens, call.output_tokens) == (61, 17)
    assert 0.8 < (call.duration_ms or 0) / 1000 < 0.9
    assert root.start_time_ns <= call.start_time_ns < (call.end_time_ns or 0) <= (root.end_time_ns or 0)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.endswith(".eval") or "T20-28" in name])
def test_attachments_are_put_back_everywhere(name: str, store: Store) -> None:
    assert b"attachment://" in SAMPLES[name].read_bytes() or name.endswith(".eval")
    ingest(SAMPLES[name], store=store, progress=False)
    for inputs, outputs, events in store.connection.execute("SELECT inputs, outputs, events FROM payload"):
        assert "attachment://" not in f"{inputs}{outputs}{events}"


def test_older_logs_have_steps_without_ids(store: Store) -> None:
    ingest(SAMPLES[OLDER], store=store, progress=False)
    [(trace_id,)] = store.connection.execute("SELECT trace_id FROM trace LIMIT 1").fetchall()
    root, *steps = store.spans(trace_id)
    assert [(span.name, span.parent_id == root.span_id) for span in steps] == [
        ("system_message", True),
        ("generate", True),
        ("openai/gpt-4o-mini", False),
    ]
    assert steps[2].parent_id == steps[1].span_id


def test_tools_with_nested_events_and_errors() -> None:
    spans = spans_of(
        event("step", 0, action="begin", name="use_tools", type="solver"),
        event(
            "tool",
            1,
            id="c1",
            function="bash",
            arguments={"cmd": "ls"},
            result="a.txt",
            completed="2025-01-01T00:00:03+00:00",
            events=[event("subtask", 2, name="inner", type="fork", input={"x": 1}, result=2)],
        ),
        event("tool", 4, function="python", arguments={}, error={"type": "timeout", "message": "too slow"}),
        event("step", 5, action="end", name="use_tools"),
        error={"message": "gave up"},
    )
    bash, python, inner = spans["bash"], spans["python"], spans["inner"]
    assert (bash.span_type, bash.inputs, bash.outputs, bash.duration_ns) == ("TOOL", {"cmd": "ls"}, "a.txt", 2 * 10**9)
    assert (bash.parent_id, inner.parent_id) == (spans["use_tools"].span_id, bash.span_id)
    assert (inner.span_type, inner.inputs, inner.outputs) == ("CHAIN", {"x": 1}, 2)
    assert (python.status, python.status_message) == ("ERROR", "too slow")
    assert (spans["sums"].status, spans["sums"].status_message) == ("ERROR", "gave up")


def test_a_failed_model_call() -> None:
    spans = spans_of(
        event("model", 1, model="m", input="Hi", output={"model": "m-1", "error": "overloaded", "time": 1.5})
    )
    assert (spans["m"].status, spans["m"].status_message, spans["m"].model) == ("ERROR", "overloaded", "m-1")
    assert spans["m"].duration_ns == 1_500_000_000


def test_other_events_stay_with_the_span_they_happened_in() -> None:
    spans = spans_of(
        event("span_begin", 0, id="s1", name="solve", type="agent", parent_id=None),
        event("info", 1, span_id="s1", data="note"),
        event("state", 2, span_id="s1", changes=[]),
        event("sample_limit", 3, type="token", message="limit"),
        event("span_end", 4, id="s1"),
    )
    assert spans["solve"].span_type == "AGENT"
    assert [(one.name, one.attributes) for one in spans["solve"].events] == [("info", {"data": "note"})]
    assert [one.name for one in spans["sums"].events] == ["sample_limit"]


def test_a_sample_cut_short_has_no_open_spans() -> None:
    spans = spans_of(event("span_begin", 0, id="s1", name="solve"), event("info", 5))
    assert spans["solve"].end_time_ns is not None
    assert spans["sums"].end_time_ns is not None


def test_bad_samples_and_events_are_named_and_left_out() -> None:
    bad = log("no sample", sample("no event", event("info", 1, timestamp="?")), {"input": "no id"})
    batch, notes = read(inspect_ai.read, bad)
    assert (len(batch.traces), notes.skipped) == (1, 4)
    assert "samples[1].events[1]: its timestamp is '?'" in notes.warnings


def archive(**members: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content if isinstance(content, (str, bytes)) else json.dumps(content))
    return buffer.getvalue()


def test_a_damaged_member_of_an_archive_never_loses_the_rest(store: Store) -> None:
    data = archive(**{"header.json": log(), "samples/1.json": sample(), "samples/2.json": "{"})
    report = ingest(data, store=store, progress=False)
    assert (report.traces, report.skipped) == (1, 1)
    assert report.warnings[0].startswith("samples/2.json: cannot be read")


def test_an_evaluation_that_crashed_has_only_its_journal(store: Store) -> None:
    data = archive(**{"_journal/start.json": log(), "samples/1_epoch_1.json": sample()})
    assert ingest(data, store=store, progress=False).traces == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive(**{"a.txt": "x"}), "no evaluation log of Inspect AI"),
        (archive(**{"header.json": "{}"}), "says nothing of an evaluation"),
        (b"PK\x03\x04broken", "a damaged zip archive"),
    ],
)
def test_other_archives_are_refused(data: bytes, reason: str, store: Store) -> None:
    with pytest.raises(IngestError, match=reason):
        ingest(data, store=store, progress=False)
