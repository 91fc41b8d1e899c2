"""The smaller formats: LangSmith, the OpenAI Agents SDK, Phoenix, OpenTelemetry's console exporter, Jaeger."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.entities import Span, Trace, TraceData, TraceInfo
from spanglass.formats import context_spans, ingest, jaeger, langsmith, openai_agents
from spanglass.formats.detect import FORMATS, detect
from spanglass.formats.values import parse_json
from spanglass.store import Store
from tests.formats.reading import DATA, document, read
from tests.formats.test_otlp import places
from tests.formats.test_values import json_values


def lines(name: str) -> list[Any]:
    return [parse_json(line) for line in (DATA / name).read_bytes().splitlines() if line.strip()]


class TestLangsmith:
    def test_runs_with_their_model_tokens_and_messages(self) -> None:
        batch, _ = read(langsmith.read, *lines("langsmith-runs.jsonl"))
        calls = [span for span in batch.spans if span.span_type == "LLM"]
        assert [(call.model, call.tokens, call.status) for call in calls] == [
            ("gpt-5-mini-2026-05-01", 30, "OK"),
            ("gpt-5-mini-2026-05-01", 36, "OK"),
            ("gpt-rate-limit", None, "ERROR"),
        ]
        [answer] = calls[0].outputs["messages"]
        assert answer["tool_calls"][0]["function"] == {"name": "get_weather", "arguments": {"city": "Paris"}}
        assert calls[2].status_message.startswith("OpenAIRateLimitError(")

    def test_the_session_is_in_the_metadata_and_the_project_is_not_it(self) -> None:
        batch, _ = read(langsmith.read, *lines("langsmith-runs.jsonl"))
        graph = next(facts for facts in batch.traces if facts.session_id)
        assert (graph.session_id, graph.tags) == ("s-1", {"exp-a": "true"})
        assert graph.metadata == {"langsmith.project": "default"}

    def test_child_runs_inside_a_run(self) -> None:
        child = {
            "id": "c",
            "trace_id": "t",
            "parent_run_id": "t",
            "run_type": "tool",
            "start_time": "2026-01-01T00:00:00",
        }
        root = {"id": "t", "run_type": "chain", "start_time": "2026-01-01T00:00:00Z", "child_runs": [child]}
        batch, notes = read(langsmith.read, root)
        assert [(span.trace_id, span.span_id, span.parent_id) for span in batch.spans] == [
            ("t", "t", None),
            ("t", "c", "t"),
        ]
        assert notes.warnings == []


class TestOpenaiAgents:
    def test_types_and_usage(self) -> None:
        batch, _ = read(openai_agents.read, *lines("openai-agents-native.jsonl"))
        assert {span.span_type for span in batch.spans} == {"AGENT", "TOOL", "LLM", "CHAIN", "TASK"}
        tool = next(span for span in batch.spans if span.name == "get_weather")
        assert (tool.inputs, tool.outputs) == ({"city": "Paris"}, "Paris: rain, 14C")
        assert {span.tokens for span in batch.spans if span.name == "response"} >= {68, 73, None}

    def test_a_trace_names_workflow_session_and_metadata(self) -> None:
        batch, _ = read(openai_agents.read, *lines("openai-agents-native.jsonl"))
        [facts] = [facts for facts in batch.traces if facts.session_id]
        assert (facts.name, facts.session_id, facts.metadata) == (
            "Support conversation",
            "thread-77",
            {"customer": "acme"},
        )

    def test_errors_say_why(self) -> None:
        batch, _ = read(openai_agents.read, *lines("openai-agents-native.jsonl"))
        failed = [span for span in batch.spans if span.status == "ERROR"]
        assert any("Error code: 429" in span.status_message for span in failed)


class TestContextSpans:
    def test_phoenix(self) -> None:
        batch, _ = read(context_spans.read, document("phoenix-rest-spans.json"))
        assert {span.span_type for span in batch.spans} == {"CHAIN", "LLM", "TOOL", "RETRIEVER", "EMBEDDING"}
        documents = next(span.outputs for span in batch.spans if span.span_type == "RETRIEVER" and span.outputs)
        assert "content" in documents[0]

    def test_opentelemetrys_console_exporter_itself(self) -> None:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        from opentelemetry.trace import SpanKind, StatusCode

        exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        tracer = provider.get_tracer("test")
        with tracer.start_as_current_span("outer", attributes={"gen_ai.operation.name": "invoke_agent"}):
            inner_span = tracer.start_span("inner", kind=SpanKind.CLIENT)
            inner_span.record_exception(ValueError("nope"))
            inner_span.set_status(StatusCode.ERROR, "nope")
            inner_span.end()
        printed = [parse_json(span.to_json()) for span in exporter.get_finished_spans()]
        batch, notes = read(context_spans.read, *printed)
        assert notes.warnings == []
        inner, outer = batch.spans
        assert (inner.parent_id, inner.trace_id, len(inner.trace_id)) == (outer.span_id, outer.trace_id, 32)
        assert (inner.status, inner.attributes["span.kind"], outer.span_type) == ("ERROR", "CLIENT", "AGENT")
        assert inner.events[0].attributes["exception.message"] == "nope"
        assert outer.start_time_ns <= inner.start_time_ns <= (inner.end_time_ns or 0) <= (outer.end_time_ns or 0)


class TestJaeger:
    def test_times_types_parents_and_links(self) -> None:
        batch, _ = read(jaeger.read, document("jaeger/ui_01.json"))
        first, second, third, fourth = batch.spans[1:]
        assert first.trace_id == "00000000000000000000000000000001"
        assert (first.span_id, first.status, first.duration_ns) == ("0000000000000002", "ERROR", 5_000)
        assert first.attributes["javascript_limit"] == 9223372036854775222
        assert first.attributes["temperature"] == 72.5
        assert (second.parent_id, third.parent_id, fourth.parent_id) == (
            "0000000000000002",
            "0000000000000002",
            "0000000000000004",
        )
        assert [(link.trace_id[-2:], link.attributes["opentracing.ref_type"]) for link in third.links] == [
            ("ff", "child_of")
        ]
        assert (first.resource["service.name"], second.resource["service.name"]) == ("service-x", "service-y")

    def test_an_answer_with_several_traces(self, store: Store) -> None:
        one = {"traceID": "a1", "spans": [{"traceID": "a1", "spanID": "b", "startTime": 1, "duration": 2}]}
        two = {"traceID": "a2", "spans": [{"traceID": "a2", "spanID": "b", "startTime": 1, "duration": 2}]}
        report = ingest({"data": [one, two], "total": 2}, store=store, progress=False)
        assert (report.files[0].format, report.traces, report.spans) == ("jaeger", 2, 2)
        assert store.spans("a1".zfill(32))[0].span_id == "b".zfill(16)


EXAMPLES = {
    "spanglass": Trace(TraceInfo("t"), TraceData([Span("t", "s", "work", end_time_ns=1)])).to_dict(),
    "otlp": document("langfuse-sdk.otlp.json"),
    "mlflow": document("mlflow-v3.agent.json"),
    "inspect": {
        "version": 2,
        "eval": {"task": "t"},
        "samples": [{"id": 1, "events": [{"event": "model", "timestamp": 1}]}],
    },
    "openai agents": lines("openai-agents-native.jsonl")[0],
    "langsmith": lines("langsmith-runs.jsonl")[2],
    "context spans": {"data": document("phoenix-rest-spans.json")["data"][-3:]},
    "jaeger": document("jaeger/ui_01.json"),
    "langfuse": {
        "trace": {"id": "t", "scores": [{"name": "s", "value": 1}], "metadata": {"a": 1}},
        "observations": [
            {"id": "o", "type": "GENERATION", "startTime": "2025-01-01T00:00:00Z", "usageDetails": {"input": 1}}
        ],
    },
}


def test_every_format_is_told_from_every_other() -> None:
    assert set(EXAMPLES) == {format.name for format in FORMATS}
    for name, example in EXAMPLES.items():
        found = detect(example)
        assert found is not None
        assert found.name == name


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_whatever_is_put_into_a_valid_document_no_reader_raises(name: str, data: st.DataObject) -> None:
    import copy

    [format] = [format for format in FORMATS if format.name == name]
    changed = copy.deepcopy(EXAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        found = places(changed)
        container, key = found[data.draw(st.integers(0, 10_000)) % len(found)]
        container[key] = data.draw(json_values)
    batch, _ = read(format.read, changed)
    for span in batch.spans:
        assert span.trace_id
        assert span.span_id
    for facts in batch.traces:
        assert facts.trace_id
        assert all(isinstance(value, str) for value in [*facts.tags.values(), *facts.metadata.values()])
    for assessment in batch.assessments:
        assert isinstance(assessment.name, str)
