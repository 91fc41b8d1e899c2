"""LangSmith's runs, one JSON object each; a run may carry its ``child_runs``.

A run's ``session_name`` is a project. What is a session elsewhere is in ``extra.metadata``: session_id, thread_id or
conversation_id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanglass.entities import Batch, Json, Span, SpanEvent, SpanStatus, SpanType
from spanglass.formats.dialects import Hoisted, in_batches
from spanglass.formats.dialects.messages import conversation
from spanglass.formats.dialects.reading import tags_of, text
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import count, nanoseconds, number, text_of

DIALECT = "langsmith/1"
_TYPES = {"llm": SpanType.LLM, "chain": SpanType.CHAIN, "tool": SpanType.TOOL, "retriever": SpanType.RETRIEVER}
_TYPES |= {"embedding": SpanType.EMBEDDING, "parser": SpanType.PARSER}
_SESSIONS = ("session_id", "thread_id", "conversation_id")


def looks_like(document: Json) -> bool:
    """Whether ``document`` is a run."""
    return isinstance(document, Mapping) and "run_type" in document and "id" in document


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """The runs, and at the end what they say of their traces."""
    return in_batches(_spans(documents, notes))


def _spans(documents: Iterable[Json], notes: Notes) -> Iterator[tuple[Span, Hoisted]]:
    for document in documents:
        runs: list[Json] = [document]
        while runs:
            raw = runs.pop()
            if not isinstance(raw, Mapping) or not looks_like(raw):
                notes.skip("run", f"expected an object with run_type, found {shown(raw)}")
                continue
            children = raw.get("child_runs")
            runs.extend(children if isinstance(children, list) else ())
            span = _read_run(raw, notes)
            if span is not None:
                yield span, _hoisted(raw)


def _read_run(raw: Mapping[str, Any], notes: Notes) -> Span | None:
    run_id = text(raw.get("id"))
    start = nanoseconds(raw.get("start_time"))
    if run_id is None or start is None:
        notes.skip("run", f"its id is {shown(raw.get('id'))}, its start_time {shown(raw.get('start_time'))}")
        return None
    kind = text_of(raw["run_type"] or "").lower()
    error = raw.get("error")
    metadata, parameters = _extra(raw, "metadata"), _extra(raw, "invocation_params")
    attributes: dict[str, Json] = {f"langsmith.metadata.{key}": value for key, value in metadata.items()}
    if parameters:
        attributes["langsmith.invocation_params"] = dict(parameters)
    span = Span(
        text(raw.get("trace_id")) or run_id,
        run_id,
        text_of(raw.get("name") or kind),
        parent_id=text(raw.get("parent_run_id")),
        span_type=_TYPES.get(kind, kind.upper() or SpanType.UNKNOWN),
        status=SpanStatus.ERROR if error else SpanStatus.OK,
        status_message=text_of(error) if error else "",
        start_time_ns=start,
        end_time_ns=nanoseconds(raw.get("end_time")),
        inputs=raw.get("inputs"),
        outputs=raw.get("outputs"),
        attributes=attributes,
        events=_events(raw.get("events")),
        dialect=DIALECT,
    )
    if span.end_time_ns is None and not error:
        span.status = SpanStatus.UNSET
    if span.span_type == SpanType.LLM:
        _read_call(span, raw, metadata, parameters)
    return span


def _read_call(span: Span, raw: Mapping[str, Any], metadata: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    answers = _answers(span.outputs)
    asked = conversation(span.inputs)
    if asked is None and isinstance(span.inputs, Mapping) and isinstance(span.inputs.get("prompts"), list):
        asked = {"messages": [{"role": "user", "content": text_of(prompt)} for prompt in span.inputs["prompts"]]}
    span.inputs = asked or span.inputs
    span.outputs = conversation(answers) or span.outputs
    span.input_tokens, span.output_tokens = count(raw.get("prompt_tokens")), count(raw.get("completion_tokens"))
    for answer in answers:
        usage, response = answer.get("usage_metadata"), answer.get("response_metadata")
        if isinstance(usage, Mapping) and span.input_tokens is None:
            span.input_tokens, span.output_tokens = count(usage.get("input_tokens")), count(usage.get("output_tokens"))
        if isinstance(response, Mapping) and span.model is None:
            span.model = text(response.get("model_name"))
    span.model = span.model or text(metadata.get("ls_model_name")) or text(parameters.get("model"))
    span.cost = number(raw.get("total_cost"))


def _answers(outputs: Json) -> list[dict[str, Json]]:
    """The messages of LangChain's generations, each as an object with role and content."""
    generations = outputs.get("generations") if isinstance(outputs, Mapping) else None
    found = []
    for batch in generations if isinstance(generations, list) else ():
        for generation in batch if isinstance(batch, list) else [batch]:
            message = generation.get("message") if isinstance(generation, Mapping) else None
            said = message.get("kwargs", message) if isinstance(message, Mapping) else None
            if isinstance(said, Mapping) and (said.get("content") or said.get("tool_calls")):
                found.append({"type": "ai", **said})
    return found


def _extra(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    extra = raw.get("extra")
    value = extra.get(key) if isinstance(extra, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _events(raw: Json) -> list[SpanEvent]:
    """Events other than the start and the end, which the run's own times say."""
    return [
        SpanEvent(
            text_of(item.get("name") or ""),
            nanoseconds(item.get("time")) or 0,
            {key: value for key, value in item.items() if key not in ("name", "time")},
        )
        for item in (raw if isinstance(raw, list) else ())
        if isinstance(item, Mapping) and item.get("name") not in ("start", "end")
    ]


def _hoisted(raw: Mapping[str, Any]) -> Hoisted:
    metadata = _extra(raw, "metadata")
    project = text(raw.get("session_name"))
    return Hoisted(
        session_id=next((found for key in _SESSIONS if (found := text(metadata.get(key))) is not None), None),
        user_id=text(metadata.get("user_id")),
        tags={} if raw.get("parent_run_id") else tags_of(raw.get("tags")),
        metadata={} if project is None else {"langsmith.project": project},
    )
