"""OpenInference (Phoenix and its instrumentors): flat keys for messages, documents and token counts."""

from __future__ import annotations

from collections.abc import Mapping

from spanglass.entities import Json, Span, SpanType
from spanglass.formats.dialects.messages import flat_messages, unflattened
from spanglass.formats.dialects.reading import Dialect, Reading, first_text, tags_of, texts
from spanglass.formats.values import count, decoded, number

_MODELS = ("llm.response.model_name", "llm.model_name", "llm.request.model_name")
_OTHER_MODELS = ("embedding.model_name", "reranker.model_name")


def read(span: Span) -> Reading | None:
    """What an instrumentor wrote; of a span without a kind, whatever is there."""
    attributes = span.attributes
    kind = attributes.get("openinference.span.kind")
    kind = kind.upper() if isinstance(kind, str) and kind else None
    span_type = None if kind == "UNKNOWN" else kind
    model = first_text(attributes, *_MODELS, *_OTHER_MODELS)
    if model is None and kind in (SpanType.LLM, SpanType.EMBEDDING):
        # a request that failed has no answer that would name its model
        parameters = decoded(
            attributes.get("llm.invocation_parameters") or attributes.get("embedding.invocation_parameters")
        )
        if isinstance(parameters, Mapping):
            model = first_text(parameters, "model", "model_name")
    inputs = outputs = None
    if kind == SpanType.LLM:
        inputs = flat_messages(attributes, "llm.input_messages.")
        outputs = flat_messages(attributes, "llm.output_messages.")
    elif kind == SpanType.RETRIEVER:
        outputs = _documents(attributes)
    metadata = texts(attributes.get("metadata"))
    return Reading(
        span_type=span_type,
        inputs=inputs or _value(attributes, "input"),
        outputs=outputs or _value(attributes, "output"),
        model=model,
        input_tokens=count(attributes.get("llm.token_count.prompt")),
        output_tokens=count(attributes.get("llm.token_count.completion")),
        cost=number(attributes.get("llm.cost.total")),
        session_id=first_text(attributes, "session.id") or metadata.get("session_id"),
        user_id=first_text(attributes, "user.id") or metadata.get("user_id"),
        tags=tags_of(attributes.get("tag.tags")),
        metadata=metadata,
    )


def _value(attributes: Mapping[str, Json], side: str) -> Json:
    value = attributes.get(f"{side}.value")
    if attributes.get(f"{side}.mime_type") == "text/plain":
        return value
    return decoded(value)


def _documents(attributes: Mapping[str, Json]) -> Json:
    """The documents a retriever found: ``[{"id", "content", "score", "metadata"}, …]``, what is known of each."""
    found = unflattened(attributes, "retrieval.documents.")
    if not isinstance(found, list):
        return None
    documents = []
    for item in found:
        document = item.get("document", item) if isinstance(item, Mapping) else item
        if isinstance(document, Mapping):
            document = {key: decoded(value) if key == "metadata" else value for key, value in document.items()}
        documents.append(document)
    return documents


DIALECT = Dialect(
    "openinference",
    frozenset({"openinference", "input", "output", "llm", "embedding", "retrieval", "reranker", "tag", "metadata"}),
    read,
)
