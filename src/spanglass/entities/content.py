"""Which attributes say again what a span's inputs and outputs say.

Instrumentation puts messages, arguments and results into attributes. They are read into ``Span.inputs`` and
``Span.outputs`` and stay where they were, so a search over a span's text would meet the same words twice, and a
search for "mlflow" every span of MLflow's. What is listed here is left out of such a search.
"""

from __future__ import annotations

CONTENT_ATTRIBUTES: tuple[str, ...] = (
    "ai.prompt",
    "ai.response.object",
    "ai.response.text",
    "ai.response.toolCalls",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "all_messages_events",
    "embedding.embeddings.",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.retrieval.documents",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "input.mime_type",
    "input.value",
    "langfuse.observation.input",
    "langfuse.observation.output",
    "langfuse.trace.input",
    "langfuse.trace.output",
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.prompts.",
    "logfire.json_schema",
    "mlflow.",
    "output.mime_type",
    "output.value",
    "retrieval.documents.",
    "spanglass.",
    "traceloop.entity.input",
    "traceloop.entity.output",
    *(f"gen_ai.{side}.{digit}" for side in ("prompt", "completion") for digit in range(10)),
)
"""Beginnings of attribute keys whose values repeat inputs and outputs, or are bookkeeping."""


def repeats_content(key: str) -> bool:
    """Whether the attribute named ``key`` repeats what inputs and outputs say, or is bookkeeping.

    >>> repeats_content("mlflow.spanInputs"), repeats_content("llm.model_name")
    (True, False)
    """
    return key.startswith(CONTENT_ATTRIBUTES)
