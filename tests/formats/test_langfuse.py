"""Langfuse's own JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanglass.formats import ingest, langfuse
from spanglass.formats.values import parse_json
from spanglass.store import Store
from tests.formats.reading import SAMPLES, read


def sample(name: str) -> Any:
    [file] = (file for key, file in SAMPLES.items() if key.startswith(name))
    return parse_json(file.read_bytes())


def observation(**fields: Any) -> dict[str, Any]:
    return {
        "id": "eee19b7ec3c1b174",
        "type": "SPAN",
        "name": "work",
        "startTime": "2025-01-01T00:00:00.000Z",
        "endTime": "2025-01-01T00:00:00.250Z",
        **fields,
    }


def trace(*observations: Any, **fields: Any) -> dict[str, Any]:
    return {
        "trace": {"id": "5B8EFFF798038103D269B633813FC60C", "name": "main", **fields},
        "observations": list(observations),
    }


def one(**fields: Any) -> Any:
    batch, notes = read(langfuse.read, trace(observation(**fields)))
    assert notes.warnings == []
    return batch.spans[0]


def test_a_trace_and_its_facts() -> None:
    batch, _ = read(langfuse.read, sample("autogen"))
    [facts] = batch.traces
    assert (facts.name, facts.session_id, facts.user_id) == ("autogen-chat-trace", "session_abc", "user_123")
    assert (facts.request, facts.response) == ("Say 'Hello World!'", "Hello World!")
    assert facts.tags == {"autogen": "true", "dev": "true"}
    assert facts.metadata == {
        "email": "user@langfuse.com",
        "langfuse.environment": "default",
        "langfuse.version": "1.0.0",
    }


def test_original_attributes_are_the_spans_own_and_are_read() -> None:
    batch, _ = read(langfuse.read, sample("agno"))
    agent = next(span for span in batch.spans if span.name == "Agent.run")
    tool = next(span for span in batch.spans if span.name == "duckduckgo_search")
    call = next(span for span in batch.spans if span.name == "OpenAIChat.invoke")
    assert (agent.span_type, tool.span_type, call.span_type) == ("AGENT", "TOOL", "LLM")
    assert tool.attributes["tool.name"] == "duckduckgo_search"
    assert tool.inputs == {"query": "currently trending on Twitter"}
    # Langfuse holds Python's repr of the messages; the original attributes have the messages
    assert [message["role"] for message in call.inputs["messages"]][:2] == ["system", "user"]
    assert (call.model, call.input_tokens, call.output_tokens, call.cost) == ("gpt-4o-mini", 1568, 423, 0.000489)
    assert agent.scope
    assert agent.resource


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ("text", "text"),
        (None, None),
        ([], []),
    ],
)
def test_inputs_outputs_and_metadata_however_often_encoded(value: Any, meaning: Any) -> None:
    span = one(input=value, output=value)
    assert (span.inputs, span.outputs) == (meaning, meaning)
    assert one(metadata=json.dumps(json.dumps({"k": 1}))).attributes["langfuse.observation.metadata.k"] == 1


def test_times_status_and_parent() -> None:
    span = one(level="ERROR", statusMessage="nope", parentObservationId="EEE19B7EC3C1B173")
    assert (span.start_time_ns, span.duration_ns) == (1735689600000000000, 250_000_000)
    assert (span.status, span.status_message, span.parent_id) == ("ERROR", "nope", "eee19b7ec3c1b173")
    assert one(type="EVENT", endTime=None).duration_ns == 0
    assert one(endTime=None).end_time_ns is None


def test_scores_are_feedback_corrections_are_expectations() -> None:
    scored = trace(
        observation(),
        scores=[
            {"id": "1", "name": "n", "value": 0.5, "dataType": "NUMERIC", "source": "EVAL", "comment": "why"},
            {"id": "2", "name": "b", "value": 1, "dataType": "BOOLEAN", "source": "ANNOTATION"},
            {"id": "3", "name": "c", "stringValue": "good", "dataType": "CATEGORICAL", "source": "API"},
            {
                "id": "4",
                "name": "s",
                "value": 1,
                "observationId": "EEE19B7EC3C1B174",
                "timestamp": "1970-01-01T00:00:01Z",
            },
            "no score",
        ],
        corrections=[{"id": "5", "name": "output", "value": 0, "dataType": "CORRECTION", "longStringValue": "better"}],
    )
    batch, notes = read(langfuse.read, scored)
    said = [(one.name, one.value, one.kind, one.source.source_type) for one in batch.assessments]
    assert said == [
        ("n", 0.5, "feedback", "LLM_JUDGE"),
        ("b", True, "feedback", "HUMAN"),
        ("c", "good", "feedback", "CODE"),
        ("s", 1, "feedback", "CODE"),
        ("output", "better", "expectation", "CODE"),
    ]
    assert batch.assessments[0].rationale == "why"
    assert (batch.assessments[3].span_id, batch.assessments[3].create_time_ms) == ("eee19b7ec3c1b174", 1000)
    assert notes.warnings == ["trace.scores[4]: not a score: 'no score'"]


def test_a_trace_as_the_api_gives_it_with_its_observations_inside(store: Store) -> None:
    whole = sample("claude-agent")
    inside = {**whole["trace"], "observations": whole["observations"]}
    assert ingest(inside, store=store, progress=False).spans == 7
    again = ingest(whole, store=store, progress=False)
    assert (again.new_spans, again.changed_spans, again.changed_assessments) == (0, 0, 0)


def test_a_trace_without_observations_has_its_own_times() -> None:
    batch, _ = read(langfuse.read, trace(timestamp="1970-01-01T00:00:01Z", latency=0.25))
    assert (batch.traces[0].start_time_ns, batch.traces[0].end_time_ns) == (1_000_000_000, 1_250_000_000)


def test_bad_observations_are_named_and_left_out() -> None:
    bad = trace(observation(), observation(id=None), observation(startTime="?"), 7)
    batch, notes = read(langfuse.read, bad, trace() | {"trace": {"id": ""}})
    assert (len(batch.spans), notes.skipped) == (1, 4)
    assert notes.warnings[0].startswith("observations[1]: its id is None")


def test_tokens_of_a_wrapper_do_not_count_twice(store: Store) -> None:
    ingest(sample("vercel"), store=store, progress=False)
    [(tokens,)] = store.connection.execute("SELECT tokens FROM trace").fetchall()
    assert tokens == 147  # of the model call, not of ai.generateText around it
