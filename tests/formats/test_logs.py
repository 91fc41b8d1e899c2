"""Log records find their spans, whichever comes first."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from spanglass.formats import ingest
from spanglass.formats.values import parse_json
from spanglass.store import Store
from tests.formats.reading import DATA, document, dump, otlp_span

TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"


def attributes(**values: Any) -> list[dict[str, Any]]:
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue"}
    return [{"key": key, "value": {kinds[type(value)]: value}} for key, value in values.items()]


def record(event: str, attrs: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    entry = {
        "traceId": TRACE,
        "spanId": SPAN,
        "timeUnixNano": "2000",
        "eventName": event,
        "attributes": attrs,
        **fields,
    }
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [entry]}]}]}


SPANS = otlp_span(attributes=attributes(**{"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}))
DETAILS = record(
    "gen_ai.client.inference.operation.details",
    attributes(
        **{
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]',
            "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "text", "content": "Ho"}]}]',
        }
    ),
)
ASKED = record(
    "gen_ai.user.message", [], body={"kvlistValue": {"values": attributes(content="Hi")}}, timeUnixNano="1100"
)
ANSWER = {"kvlistValue": {"values": attributes(role="assistant", content="Ho")}}
ANSWERED = record("gen_ai.choice", [], body={"kvlistValue": {"values": [{"key": "message", "value": ANSWER}]}})


def spans(store: Store) -> list[Any]:
    return [
        (span.name, span.span_type, span.model, span.duration_ns, span.inputs, span.outputs, len(span.events))
        for span in store.spans(TRACE)
    ]


WHOLE = (
    "search",
    "LLM",
    "m",
    2000,
    {"messages": [{"role": "user", "content": "Hi"}]},
    {"messages": [{"role": "assistant", "content": "Ho"}]},
)


@pytest.mark.parametrize("order", sorted(set(itertools.permutations(["spans", "logs", "spans"]))))
@pytest.mark.parametrize("parts", [[DETAILS], [ASKED, ANSWERED]], ids=["one record", "a record per message"])
def test_content_in_logs_joins_its_span_in_any_order(store: Store, order: tuple[str, ...], parts: list[Any]) -> None:
    for step in order:
        for part in [SPANS] if step == "spans" else parts:
            ingest(part, store=store, progress=False)
    assert spans(store) == [(*WHOLE, len(parts))]
    before = dump(store)
    for part in [SPANS, *parts, SPANS]:
        again = ingest(part, store=store, progress=False)
        assert (again.new_spans, again.changed_spans) == (0, 0)
    assert dump(store) == before
    assert store.verify() == []


def test_in_one_document_and_in_one_file_of_lines(store: Store) -> None:
    ingest([DETAILS, SPANS], store=store, progress=False)
    assert spans(store) == [(*WHOLE, 1)]
    ingest({**SPANS, **DETAILS}, store=store, progress=False)
    assert spans(store) == [(*WHOLE, 1)]


def test_a_record_whose_span_never_comes_is_shown_by_itself(store: Store) -> None:
    report = ingest(DETAILS, store=store, progress=False)
    assert (report.traces, report.spans, report.logs) == (1, 0, 1)
    [(name, span_type, _, _, inputs, outputs, _)] = spans(store)
    assert (name, span_type, inputs, outputs) == ("chat", "LLM", WHOLE[4], WHOLE[5])


def test_real_content_comes_from_the_logs_alone(store: Store) -> None:
    request = document("openai-otel-v2-latest.otlp.json")
    for group in request["resourceSpans"]:
        for scope in group["scopeSpans"]:
            for span in scope["spans"]:
                kept = [item for item in span.get("attributes", ()) if not item["key"].endswith(".messages")]
                span["attributes"] = kept
    ingest(request, store=store, progress=False)
    counting = "SELECT count(*) FROM spans WHERE type = 'LLM' AND inputs IS NOT NULL"
    assert store.connection.execute(counting).fetchone() == (0,)
    ingest(DATA / "openai-otel-v2-latest.logs.otlp.json", store=store, progress=False)
    assert store.connection.execute(counting).fetchone() == (13,)
    assert store.connection.execute("SELECT count(*) FROM spans").fetchone() == (20,)


EVALUATION = record(
    "gen_ai.evaluation.result",
    attributes(
        **{
            "gen_ai.evaluation.name": "relevance",
            "gen_ai.evaluation.score.value": 0.75,
            "gen_ai.evaluation.score.label": "good",
            "gen_ai.evaluation.explanation": "on topic",
        }
    ),
)


@pytest.mark.parametrize("order", [[SPANS, EVALUATION], [EVALUATION, SPANS], [EVALUATION, SPANS, EVALUATION]])
def test_an_evaluation_is_feedback_on_its_span(store: Store, order: list[Any]) -> None:
    for part in order:
        ingest(part, store=store, progress=False)
    [feedback] = store.assessments(TRACE)
    assert (feedback.name, feedback.value, feedback.kind, feedback.span_id) == ("relevance", 0.75, "feedback", SPAN)
    assert (feedback.rationale, feedback.metadata) == ("on topic", {"label": "good"})
    assert len(store.spans(TRACE)) == 1


@pytest.mark.parametrize(
    ("stray", "reason"),
    [
        (record("app.started", []), "a log record that says nothing of a model's call"),
        (record("gen_ai.choice", [], spanId=""), "gen_ai.choice without a spanId belongs to no span"),
        (record("gen_ai.choice", [], traceId=None), "gen_ai.choice without a traceId belongs to no span"),
        (record("gen_ai.evaluation.result", []), "gen_ai.evaluation.result without gen_ai.evaluation.name"),
        (parse_json((DATA / "otlp-examples/events.json").read_bytes()), "says nothing of a model's call"),
    ],
)
def test_records_that_belong_nowhere_are_counted(store: Store, stray: Any, reason: str) -> None:
    report = ingest(stray, store=store, progress=False)
    assert (report.traces, report.logs, report.skipped) == (0, 0, 1)
    assert reason in report.warnings[0]
