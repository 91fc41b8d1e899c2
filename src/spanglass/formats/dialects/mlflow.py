"""MLflow: every attribute is JSON text, also texts themselves."""

from __future__ import annotations

from collections.abc import Mapping

from spanglass.entities import Json, Span, SpanType
from spanglass.formats.dialects.reading import Dialect, Reading, first_text
from spanglass.formats.values import count, encoded_once, number

_MODEL_CALLS = (SpanType.CHAT_MODEL, SpanType.LLM, SpanType.EMBEDDING)
_ALWAYS_TEXT = ("mlflow.traceRequestId", "mlflow.spanType")


def decode_attributes(attributes: Mapping[str, Json]) -> dict[str, Json]:
    """The attributes of a span of MLflow's with their JSON decoded, once."""
    return {key: encoded_once(value) for key, value in attributes.items()}


def _are_encoded(attributes: Mapping[str, Json]) -> bool:
    return any(isinstance(value := attributes.get(key), str) and value.startswith('"') for key in _ALWAYS_TEXT)


def read(span: Span) -> Reading | None:
    """Inputs and outputs exactly as MLflow has them, so that its paths into them stay right."""
    if _are_encoded(span.attributes):  # as they come over OTLP
        span.attributes = decode_attributes(span.attributes)
    attributes = span.attributes
    usage = encoded_once(attributes.get("mlflow.chat.tokenUsage"))
    cost = encoded_once(attributes.get("mlflow.llm.cost"))
    span_type = first_text(attributes, "mlflow.spanType")
    outputs = attributes.get("mlflow.spanOutputs")
    model = first_text(attributes, "mlflow.llm.model")
    if span_type in _MODEL_CALLS and isinstance(outputs, Mapping):  # MLflow 2 noted neither model nor usage
        model = model or first_text(outputs, "model")
        usage = usage or outputs.get("usage")
    if not isinstance(usage, Mapping):
        usage = {}
    return Reading(
        span_type=span_type,
        inputs=attributes.get("mlflow.spanInputs"),
        outputs=outputs,
        model=model,
        input_tokens=count(usage.get("input_tokens", usage.get("prompt_tokens"))),
        output_tokens=count(usage.get("output_tokens", usage.get("completion_tokens"))),
        cost=number(cost.get("total_cost")) if isinstance(cost, Mapping) else None,
        session_id=first_text(attributes, "mlflow.trace.session"),
        user_id=first_text(attributes, "mlflow.trace.user"),
    )


DIALECT = Dialect("mlflow", frozenset({"mlflow"}), read)
