"""MLflow's assessments as JSON, those of generation 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spanglass.entities import Assessment, AssessmentKind, AssessmentSource, Json
from spanglass.formats.values import encoded_once, identifier, nanoseconds, text_of

_MS = 1_000_000


def read_assessment(raw: Mapping[str, Any], trace_id: str) -> Assessment | None:
    """One assessment of a trace; None where it has no name, or is neither feedback nor expectation."""
    name = raw.get("assessment_name") or raw.get("name")
    feedback, expectation = raw.get("feedback"), raw.get("expectation")
    if not isinstance(name, str) or not name:
        return None
    error: str | None = None
    if isinstance(expectation, Mapping):
        kind, value = AssessmentKind.EXPECTATION, _value(expectation)
    elif isinstance(feedback, Mapping):
        kind, value = AssessmentKind.FEEDBACK, _value(feedback)
        error = error_text(feedback.get("error") or raw.get("error"))
    else:
        return None
    source = raw.get("source")
    source = source if isinstance(source, Mapping) else {}
    created = nanoseconds(raw.get("create_time") or raw.get("create_time_ms"), _MS) or 0
    updated = nanoseconds(raw.get("last_update_time") or raw.get("last_update_time_ms"), _MS) or created
    rationale = raw.get("rationale")
    metadata = raw.get("metadata")
    span_id = identifier(raw.get("span_id"), 8)
    return Assessment(
        name,
        value=value,
        kind=kind,
        trace_id=trace_id,
        span_id=span_id or None,
        assessment_id=text_of(raw.get("assessment_id") or ""),
        source=AssessmentSource(
            text_of(source.get("source_type") or "CODE"), text_of(source.get("source_id") or "default")
        ),
        rationale=None if rationale is None else text_of(rationale),
        error=error,
        run_id=_text_or_none(raw.get("run_id")),
        create_time_ms=created // _MS,
        last_update_time_ms=updated // _MS,
        valid=raw.get("valid") is not False,
        overrides=_text_or_none(raw.get("overrides")),
        metadata=dict(metadata) if isinstance(metadata, Mapping) else {},
    )


def _value(container: Mapping[str, Any]) -> Json:
    serialized = container.get("serialized_value")
    if isinstance(serialized, Mapping):
        return encoded_once(serialized.get("value"))
    return container.get("value")


def error_text(raw: Json) -> str | None:
    """An error's code and message in one text."""
    if isinstance(raw, Mapping):
        said = [text_of(raw[key]) for key in ("error_code", "error_message") if raw.get(key)]
        return ": ".join(said) or None
    return _text_or_none(raw)


def _text_or_none(value: Json) -> str | None:
    return None if value is None or value == "" else text_of(value)
