"""Attribute dialects: what each reads, which wins, and what goes to the trace."""

from __future__ import annotations

import json
import timeit
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.entities import Span, SpanEvent
from spanglass.entities.content import CONTENT_ATTRIBUTES, repeats_content
from spanglass.formats import Hoisted, Hoists, normalise
from tests.formats.reading import document, one_span, otlp_span, read
from tests.formats.test_values import json_values


def span(attributes: dict[str, Any], **fields: Any) -> Span:
    return Span("t", "s", fields.pop("name", "work"), attributes=attributes, **fields)


def normalised(attributes: dict[str, Any], **fields: Any) -> Span:
    made = span(attributes, **fields)
    normalise(made)
    return made


class TestOwn:
    def test_type_inputs_and_outputs(self) -> None:
        made = normalised({"spanglass.span_type": "TOOL", "spanglass.inputs": '{"n": "12"}', "spanglass.outputs": "3"})
        assert (made.span_type, made.inputs, made.outputs, made.dialect) == ("TOOL", {"n": "12"}, 3, "spanglass/1")

    def test_model_and_tokens_may_be_said_in_the_common_names(self) -> None:
        made = normalised({"spanglass.inputs": "1", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 5})
        assert (made.inputs, made.model, made.input_tokens) == (1, "m", 5)

    def test_reading_costs_microseconds(self) -> None:
        attributes = {"spanglass.span_type": "TOOL", "spanglass.inputs": '{"name": "Tom"}', "spanglass.outputs": '"Hi"'}
        per_span = min(timeit.repeat(lambda: normalised(attributes), number=200, repeat=20)) / 200
        assert per_span < 100e-6  # ten times of what it takes on an idle machine


class TestOpenInference:
    def test_an_error_has_its_model_from_the_parameters(self) -> None:
        made = normalised(
            {"openinference.span.kind": "LLM", "llm.invocation_parameters": '{"model": "gpt-5"}', "input.value": "{}"}
        )
        assert (made.span_type, made.model) == ("LLM", "gpt-5")

    def test_plain_text_stays_text_json_is_decoded(self) -> None:
        made = normalised(
            {
                "openinference.span.kind": "TOOL",
                "input.value": '{"a": 1}',
                "output.value": "[1]",
                "output.mime_type": "text/plain",
            }
        )
        assert (made.inputs, made.outputs) == ({"a": 1}, "[1]")

    def test_documents_of_a_retriever_are_its_outputs(self) -> None:
        made = normalised(
            {
                "openinference.span.kind": "RETRIEVER",
                "output.value": '{"documents": "…"}',
                "retrieval.documents.0.document.id": "d1",
                "retrieval.documents.0.document.score": 0.5,
                "retrieval.documents.0.document.metadata": '{"page": 3}',
                "retrieval.documents.1.document.content": "text",
            }
        )
        assert made.outputs == [{"id": "d1", "score": 0.5, "metadata": {"page": 3}}, {"content": "text"}]

    def test_a_span_without_a_kind_is_unknown(self) -> None:
        assert normalised({"session.id": "s", "input.value": "x"}).span_type == "UNKNOWN"
        assert normalised({"openinference.span.kind": "UNKNOWN"}).span_type == "UNKNOWN"

    def test_cost(self) -> None:
        assert normalised({"openinference.span.kind": "LLM", "llm.cost.total": "0.25"}).cost == 0.25


CONTENT = {"messages": [{"role": "user", "content": "Hi"}]}
ANSWER = {"messages": [{"role": "assistant", "content": "Ho"}]}
INPUT = '[{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]'
OUTPUT = '[{"role": "assistant", "parts": [{"type": "text", "content": "Ho"}], "finish_reason": "stop"}]'
DETAILS = {"gen_ai.input.messages": json.loads(INPUT), "gen_ai.output.messages": json.loads(OUTPUT)}
PLACES: dict[str, tuple[dict[str, Any], list[SpanEvent]]] = {
    "json text": ({"gen_ai.input.messages": INPUT, "gen_ai.output.messages": OUTPUT}, []),
    "structured": (DETAILS, []),
    "flattened": (
        {
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "Hi",
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.content": "Ho",
        },
        [],
    ),
    "details event": ({}, [SpanEvent("gen_ai.client.inference.operation.details", 1, DETAILS)]),
    "message events": (
        {},
        [
            SpanEvent("gen_ai.user.message", 1, {"content": "Hi"}),
            SpanEvent("gen_ai.choice", 2, {"message": '{"content": "Ho"}'}),
        ],
    ),
    "message bodies": (
        {},
        [
            SpanEvent("gen_ai.user.message", 1, {"body": {"content": "Hi"}}),
            SpanEvent("gen_ai.choice", 2, {"body": {"message": {"role": "assistant", "content": "Ho"}}}),
        ],
    ),
    "content events": (
        {},
        [
            SpanEvent("gen_ai.content.prompt", 1, {"gen_ai.prompt": '[{"role": "user", "content": "Hi"}]'}),
            SpanEvent(
                "gen_ai.content.completion", 2, {"gen_ai.completion": '[{"role": "assistant", "content": "Ho"}]'}
            ),
        ],
    ),
}


class TestGenAi:
    @pytest.mark.parametrize(
        ("operation", "span_type"),
        [
            ("chat", "LLM"),
            ("generate_content", "LLM"),
            ("text_completion", "LLM"),
            ("embeddings", "EMBEDDING"),
            ("execute_tool", "TOOL"),
            ("invoke_agent", "AGENT"),
            ("create_agent", "AGENT"),
            ("invoke_workflow", "CHAIN"),
            ("retrieval", "RETRIEVER"),
            ("plan", "UNKNOWN"),
        ],
    )
    def test_type_from_the_operation(self, operation: str, span_type: str) -> None:
        assert normalised({"gen_ai.operation.name": operation}).span_type == span_type

    @pytest.mark.parametrize(("attributes", "events"), PLACES.values(), ids=PLACES)
    def test_content_in_all_the_places_where_it_has_been(
        self, attributes: dict[str, Any], events: list[SpanEvent]
    ) -> None:
        made = normalised({"gen_ai.operation.name": "chat", **attributes}, events=events)
        assert (made.inputs, made.outputs) == (CONTENT, ANSWER)

    def test_instructions_come_first(self) -> None:
        made = normalised(
            {
                "gen_ai.input.messages": INPUT,
                "gen_ai.system_instructions": '[{"type": "text", "content": "Be brief"}]',
            }
        )
        assert made.inputs["messages"] == [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Hi"}]

    def test_a_tool_and_a_retrieval(self) -> None:
        made = normalised(
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.call.arguments": '{"city": "Paris"}',
                "gen_ai.tool.call.result": "rain",
            }
        )
        assert (made.inputs, made.outputs) == ({"city": "Paris"}, "rain")
        assert normalised({"gen_ai.retrieval.documents": '[{"id": "d"}]'}).outputs == [{"id": "d"}]

    def test_older_names_of_tokens(self) -> None:
        made = normalised({"gen_ai.usage.prompt_tokens": 3, "gen_ai.usage.completion_tokens": "4"})
        assert (made.input_tokens, made.output_tokens, made.tokens) == (3, 4, 7)


class TestLangfuse:
    def test_a_generation(self) -> None:
        made = span(
            {
                "langfuse.observation.type": "generation",
                "langfuse.observation.input": '[{"role": "user", "content": "Hi"}]',
                "langfuse.observation.output": '{"role": "assistant", "content": "Ho"}',
                "langfuse.observation.model.name": "gpt-5",
                "langfuse.observation.usage_details": '{"prompt_tokens": 3, "completion_tokens": 4}',
                "langfuse.observation.cost_details": '{"input": 0.25, "output": 0.5}',
                "langfuse.observation.level": "ERROR",
                "langfuse.observation.status_message": "nope",
                "langfuse.trace.name": "main",
                "langfuse.trace.tags": ["beta"],
                "langfuse.trace.metadata.tier": '"gold"',
                "langfuse.release": "v1",
                "session.id": "s-1",
                "user.id": "ada",
            }
        )
        hoisted = normalise(made)
        assert (made.span_type, made.model, made.tokens, made.cost) == ("LLM", "gpt-5", 7, 0.75)
        assert (made.status, made.status_message) == ("ERROR", "nope")
        assert made.inputs == {"messages": [{"role": "user", "content": "Hi"}]}
        assert made.outputs == {"messages": [{"role": "assistant", "content": "Ho"}]}
        assert (hoisted.trace_name, hoisted.session_id, hoisted.user_id) == ("main", "s-1", "ada")
        assert hoisted.tags == {"beta": "true"}
        assert hoisted.metadata == {"tier": "gold", "langfuse.release": "v1"}


class TestTraceloop:
    def test_a_decorated_function(self) -> None:
        made = span(
            {
                "traceloop.span.kind": "tool",
                "traceloop.entity.input": '{"args": ["Paris"], "kwargs": {}}',
                "traceloop.entity.output": '"rain"',
                "traceloop.workflow.name": "trip",
                "traceloop.association.properties.session_id": "s-1",
                "traceloop.association.properties.user_id": "ada",
                "traceloop.association.properties.chat_id": "c9",
            }
        )
        hoisted = normalise(made)
        assert (made.span_type, made.inputs, made.outputs) == ("TOOL", {"args": ["Paris"], "kwargs": {}}, "rain")
        assert hoisted == Hoisted(trace_name="trip", session_id="s-1", user_id="ada", metadata={"chat_id": "c9"})


class TestVercel:
    def test_a_model_call(self) -> None:
        made = normalised(
            {
                "ai.operationId": "ai.generateText.doGenerate",
                "ai.prompt.messages": '[{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]',
                "ai.response.text": "Ho",
                "ai.response.toolCalls": '[{"toolCallId": "c1", "toolName": "f", "input": "{\\"a\\": 1}"}]',
                "ai.model.id": "gpt-5",
                "ai.response.model": "gpt-5-2025-08-07",
                "ai.usage.promptTokens": 3,
                "ai.usage.completionTokens": 4,
            }
        )
        assert (made.span_type, made.model, made.tokens) == ("LLM", "gpt-5-2025-08-07", 7)
        assert made.inputs == {"messages": [{"role": "user", "content": "Hi"}]}
        [answer] = made.outputs["messages"]
        assert (answer["content"], answer["tool_calls"][0]["function"]) == ("Ho", {"name": "f", "arguments": {"a": 1}})

    @pytest.mark.parametrize(
        ("operation", "span_type"),
        [
            ("ai.generateText", "CHAIN"),
            ("ai.streamText.doStream", "LLM"),
            ("ai.toolCall", "TOOL"),
            ("ai.embed.doEmbed", "EMBEDDING"),
            ("ai.embedMany", "CHAIN"),
        ],
    )
    def test_types(self, operation: str, span_type: str) -> None:
        assert normalised({"ai.operationId": operation}).span_type == span_type

    def test_a_tool_call_and_who_it_was_for(self) -> None:
        made = span(
            {
                "ai.operationId": "ai.toolCall",
                "ai.toolCall.args": '{"a": 1}',
                "ai.toolCall.result": '"ok"',
                "ai.telemetry.metadata.sessionId": "s",
                "ai.telemetry.metadata.userId": "u",
                "ai.telemetry.metadata.tags": ["x"],
                "ai.telemetry.metadata.plan": "free",
            }
        )
        hoisted = normalise(made)
        assert (made.inputs, made.outputs) == ({"a": 1}, "ok")
        assert hoisted == Hoisted(session_id="s", user_id="u", tags={"x": "true"}, metadata={"plan": "free"})


class TestMlflow:
    def test_attributes_that_came_over_otlp_are_decoded(self) -> None:
        made = normalised(
            {
                "mlflow.spanType": '"AGENT"',
                "mlflow.spanInputs": '{"q": "1"}',
                "mlflow.spanOutputs": '"7"',
                "mlflow.llm.model": '"gpt-5"',
                "mlflow.chat.tokenUsage": '{"input_tokens": 3, "output_tokens": 4}',
                "mlflow.llm.cost": '{"total_cost": 0.5}',
                "note": '"text"',
            }
        )
        assert (made.span_type, made.inputs, made.outputs, made.model) == ("AGENT", {"q": "1"}, "7", "gpt-5")
        assert (made.tokens, made.cost, made.attributes["note"]) == (7, 0.5, "text")

    def test_inputs_stay_exactly_as_mlflow_has_them(self) -> None:
        asked = {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}
        assert normalised({"mlflow.spanType": "CHAT_MODEL", "mlflow.spanInputs": asked}).inputs == asked


class TestLogfire:
    def test_the_message_is_the_name_and_the_template_stays(self) -> None:
        made = normalised({"logfire.msg": "answer 42", "logfire.msg_template": "answer {n}"}, name="answer {n}")
        assert (made.name, made.attributes["logfire.msg_template"]) == ("answer 42", "answer {n}")

    def test_an_error_level_is_an_error(self) -> None:
        assert normalised({"logfire.level_num": 17}).status == "ERROR"
        assert normalised({"logfire.level_num": 13}).status == "UNSET"

    def test_the_messages_of_pydantic_ai(self) -> None:
        events = [{"role": "user", "content": "Hi"}, {"index": 0, "message": {"role": "assistant", "content": "Ho"}}]
        made = normalised({"logfire.json_schema": "{}", "events": json.dumps(events)})
        assert made.inputs == {"messages": [{"role": "user", "content": "Hi"}]}
        assert made.outputs == {"messages": [{"role": "assistant", "content": "Ho"}]}

    def test_a_pending_span_is_dropped(self) -> None:
        from spanglass.formats import otlp

        pending = otlp_span(attributes=[{"key": "logfire.span_type", "value": {"stringValue": "pending_span"}}])
        assert read(otlp.read, pending)[0].spans == []


KEYS = [
    "spanglass.inputs",
    "langfuse.observation.type",
    "langfuse.observation.usage_details",
    "langfuse.trace.tags",
    "openinference.span.kind",
    "input.value",
    "llm.input_messages.0.message.role",
    "llm.token_count.prompt",
    "metadata",
    "tag.tags",
    "mlflow.spanType",
    "mlflow.chat.tokenUsage",
    "traceloop.span.kind",
    "traceloop.entity.input",
    "ai.operationId",
    "ai.prompt.messages",
    "ai.response.toolCalls",
    "gen_ai.operation.name",
    "gen_ai.input.messages",
    "gen_ai.system_instructions",
    "gen_ai.prompt.0",
    "logfire.level_num",
    "logfire.tags",
    "events",
    "session.id",
]


class TestTogether:
    def test_for_each_field_the_first_dialect_that_says_something_wins(self) -> None:
        made = normalised(
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.request.model": "second",
                "gen_ai.usage.output_tokens": 9,
                "llm.model_name": "first",
                "openinference.span.kind": "LLM",
                "llm.token_count.prompt": 1,
            }
        )
        assert (made.span_type, made.model, made.input_tokens, made.output_tokens) == ("LLM", "first", 1, 9)
        assert made.dialect == "openinference/1"

    def test_what_a_span_has_already_stays(self) -> None:
        made = normalised(
            {"gen_ai.operation.name": "chat", "gen_ai.request.model": "new"}, span_type="AGENT", model="old", inputs=0
        )
        assert (made.span_type, made.model, made.inputs) == ("AGENT", "old", 0)

    def test_attributes_stay_whole(self) -> None:
        for name in ("openai-openinference.otlp.json", "openai-openllmetry.otlp.json", "logfire.otlp.json"):
            for scope in document(name)["resourceSpans"][0]["scopeSpans"]:
                for raw in scope["spans"]:
                    keys = {item["key"] for item in raw.get("attributes", ())}
                    assert keys <= one_span({"resourceSpans": [{"scopeSpans": [{"spans": [raw]}]}]}).attributes.keys()

    def test_a_span_that_nobody_knows_stays_as_it_is(self) -> None:
        made = span({"http.method": "GET"})
        assert repr(normalise(made)) == "Hoisted()"
        assert made == span({"http.method": "GET"})

    @given(st.dictionaries(st.sampled_from(KEYS), json_values | json_values.map(json.dumps), max_size=6))
    def test_whatever_attributes_hold_nothing_is_raised_and_reading_again_changes_nothing(
        self, attributes: Any
    ) -> None:
        made = normalised(attributes)
        assert isinstance(made.span_type, str)
        once = repr(made)
        normalise(made)
        assert repr(made) == once


class TestHoisting:
    def facts(self, *words: tuple[Span, Hoisted]) -> Any:
        hoists = Hoists()
        for made, hoisted in words:
            hoists.add(made, hoisted)
        [facts] = hoists.facts()
        return facts

    def test_the_root_wins_else_the_earliest(self) -> None:
        early = (Span("t", "b", "", parent_id="a", start_time_ns=1), Hoisted(session_id="early", user_id="eve"))
        late = (Span("t", "c", "", parent_id="a", start_time_ns=2), Hoisted(session_id="late", user_id="leo"))
        root = (Span("t", "a", "", start_time_ns=9), Hoisted(session_id="root"))
        for order in ([early, late, root], [root, late, early], [late, root, early]):
            facts = self.facts(*order)
            assert (facts.session_id, facts.user_id) == ("root", "eve")

    def test_sessions_on_any_span_reach_their_traces(self) -> None:
        from spanglass.formats import otlp

        batch, _ = read(otlp.read, document("openai-openinference.otlp.json"))
        assert {facts.session_id for facts in batch.traces} == {"sess-42"}
        assert len(batch.traces) == 11
        assert all(facts.tags == {"prod": "true", "eu": "true"} for facts in batch.traces)


def test_attributes_that_repeat_content_are_named() -> None:
    repeated = ["input.value", "mlflow.spanInputs", "gen_ai.input.messages", "llm.input_messages.0.message.content"]
    assert all(map(repeats_content, repeated))
    own = ["gen_ai.request.model", "llm.model_name", "gen_ai.prompt.name", "http.method", "ai.response.model"]
    assert not any(map(repeats_content, own))
    assert len(set(CONTENT_ATTRIBUTES)) == len(CONTENT_ATTRIBUTES)
