"""Log records of the GenAI conventions: content and judgements that belong to a span but travel apart from it.

With content captured as events, a model call's messages exist only in log records, which arrive before or after
their span, in another file or another request. So a record becomes a *fragment*: a span that has nothing but the
record, as an event. ``join`` puts fragments and spans together, those of one batch and those in the store; a
fragment whose span never comes stays, as a span of its own. What has been joined carries the mark ``+log`` in its
``dialect``, so that a span that arrives again does not lose what its records said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from spanglass.entities import Assessment, AssessmentSource, Batch, Json, Span, SpanEvent
from spanglass.formats.dialects import normalise
from spanglass.formats.dialects.genai import DETAILS
from spanglass.formats.notes import Notes
from spanglass.formats.values import identifier, nanoseconds, number, text_of
from spanglass.store import Store, reading

JOINED = "+log"
_FRAGMENT = "log/1"
EVALUATION = "gen_ai.evaluation.result"

SpanKey = tuple[str, str]
"""A trace's id and a span's id."""


def read_record(
    raw: Mapping[str, Any],
    attributes: dict[str, Json],
    body: Json,
    resource: dict[str, Json],
    batch: Batch,
    place: str,
    notes: Notes,
) -> None:
    """Put one log record into ``batch``: an assessment, or a fragment of its span.

    Records that are not of the GenAI conventions, or that belong to no span, are counted in ``notes``.
    """
    name = raw.get("eventName") or raw.get("event_name") or attributes.get("event.name")
    if not isinstance(name, str) or not name.startswith("gen_ai."):
        notes.skip(place, "a log record that says nothing of a model's call")
        return
    trace_id = identifier(raw.get("traceId", raw.get("trace_id")), 16)
    span_id = identifier(raw.get("spanId", raw.get("span_id")), 8)
    if not trace_id:
        notes.skip(place, f"{name} without a traceId belongs to no span")
        return
    time_ns = _time(raw)
    if name == EVALUATION:
        _read_evaluation(attributes, trace_id, span_id, time_ns, batch, place, notes)
        return
    if not span_id:
        notes.skip(place, f"{name} without a spanId belongs to no span")
        return
    if body is not None and body != "":
        attributes = {**attributes, "body": body}
    operation = attributes.get("gen_ai.operation.name")
    fragment = Span(
        trace_id,
        span_id,
        text_of(operation) if operation else name,
        start_time_ns=time_ns,
        end_time_ns=time_ns,
        attributes=dict(attributes) if name == DETAILS else {},
        events=[SpanEvent(name, time_ns, attributes)],
        resource=resource,
        dialect=_FRAGMENT + JOINED,
    )
    normalise(fragment)
    batch.spans.append(fragment)


def _time(raw: Mapping[str, Any]) -> int:
    for key in ("timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "observed_time_unix_nano"):
        time_ns = nanoseconds(raw.get(key))
        if time_ns:
            return time_ns
    return 0


def _read_evaluation(
    attributes: dict[str, Json],
    trace_id: str,
    span_id: str,
    time_ns: int,
    batch: Batch,
    place: str,
    notes: Notes,
) -> None:
    name = attributes.get("gen_ai.evaluation.name")
    if not isinstance(name, str) or not name:
        notes.skip(place, f"{EVALUATION} without gen_ai.evaluation.name")
        return
    score = number(attributes.get("gen_ai.evaluation.score.value"))
    label = attributes.get("gen_ai.evaluation.score.label")
    explanation = attributes.get("gen_ai.evaluation.explanation")
    identity = "\0".join((trace_id, span_id, name, str(time_ns), text_of(score), text_of(label)))
    error = attributes.get("error.type")
    batch.assessments.append(
        Assessment(
            name,
            value=label if score is None else score,
            trace_id=trace_id,
            span_id=span_id or None,
            assessment_id="log-" + hashlib.sha256(identity.encode()).hexdigest()[:32],
            source=AssessmentSource(source_id="opentelemetry"),
            rationale=text_of(explanation) if explanation is not None else None,
            error=text_of(error) if error is not None else None,
            create_time_ms=time_ns // 1_000_000,
            last_update_time_ms=time_ns // 1_000_000,
            metadata={} if score is None or label is None else {"label": label},
        )
    )


def is_fragment(span: Span) -> bool:
    """Whether ``span`` is nothing but log records whose span has not come."""
    return span.dialect == _FRAGMENT + JOINED


def join(batch: Batch, store: Store) -> Batch:
    """``batch`` with the fragments in it, and those in the store, put together with their spans."""
    known = _stored(store, batch.spans) if batch.spans else {}
    if not known and not any(map(is_fragment, batch.spans)):
        return batch
    joined: dict[SpanKey, Span] = {}
    for span in batch.spans:
        key = (span.trace_id, span.span_id)
        held = joined.get(key) or known.get(key)
        joined[key] = span if held is None else _together(held, span)
    for span in joined.values():
        normalise(span)
    return Batch(list(joined.values()), batch.traces, batch.assessments, batch.experiments, batch.runs)


def _stored(store: Store, spans: list[Span]) -> dict[SpanKey, Span]:
    """Those of the store's spans that these are to be joined with: of a fragment its span, of a span its records."""
    wanted = orjson.dumps([(span.trace_id, span.span_id, is_fragment(span)) for span in spans]).decode()
    rows = store.connection.execute(
        """
        SELECT trace.trace_id, span.span_id FROM json_each(?) wanted
        JOIN trace ON trace.trace_id = json_extract(wanted.value, '$[0]')
        JOIN span ON span.rid = trace.rid AND span.span_id = json_extract(wanted.value, '$[1]')
        JOIN payload USING (sid)
        WHERE json_extract(wanted.value, '$[2]') OR payload.dialect LIKE '%' || ?
        """,
        (wanted, JOINED),
    ).fetchall()
    found = ((key, reading.span(store.connection, *key)) for key in dict.fromkeys(rows))
    return {key: span for key, span in found if span is not None}


def _together(held: Span, new: Span) -> Span:
    """The newer span, or the held one where the newer is a fragment, with the log events of both."""
    whole, other = (held, new) if is_fragment(new) else (new, held)
    events = list(whole.events)
    events.extend(event for event in other.events if event.name.startswith("gen_ai.") and event not in whole.events)
    if is_fragment(whole) or len(events) > len(whole.events):
        events.sort(key=lambda event: event.timestamp_ns)
    whole.events = events
    if not whole.dialect.endswith(JOINED):
        whole.dialect += JOINED
    return whole
