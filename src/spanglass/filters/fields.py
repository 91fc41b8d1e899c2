"""The one vocabulary: which fields there are, what they are called and what they hold.

Filters, order keys and columns all name fields by these words. Words are looked up as written, then in lower
case.
"""

from __future__ import annotations

from typing import Literal

from spanglass.filters.algebra import Field, Relation, Subject, Type

# One line a type: the canonical name, then its other names.
_TRACE = {
    Type.TEXT: """name; status state; trace_id request_id; client_request_id; experiment_id; run_id;
        session_id session; user_id user; model; text; prompt; issue_id""",
    Type.TIME: "timestamp_ms timestamp request_time start_time start_time_ms; end_time_ms end_time",
    Type.DURATION: "duration execution_time execution_time_ms execution_duration latency duration_ms",
    Type.NUMBER: "span_count; error_count; tokens; input_tokens; output_tokens; cost",
    Type.JSON: "inputs request; outputs response; tags; metadata request_metadata trace_metadata",
}
_SPAN = {
    Type.TEXT: "name; type span_type kind; status; status_message; id span_id; parent_id; model; text content",
    Type.TIME: "start_time; end_time",
    Type.DURATION: "duration duration_ms",
    Type.NUMBER: "depth; tokens; input_tokens; output_tokens; cost",
    Type.BOOL: "is_root",
    Type.JSON: "inputs; outputs; attributes; resource; events",
}
_EVENT = {Type.TEXT: "name", Type.TIME: "time timestamp", Type.JSON: "attributes"}
_LINK = {Type.TEXT: "trace_id request_id; span_id", Type.JSON: "attributes"}
_ASSESSMENT = {
    Type.TEXT: "name; kind; rationale; source source_type; source_id; span_id; run_id; error",
    Type.TIME: "time timestamp",
    Type.BOOL: "valid",
    Type.JSON: "value; metadata",
}


def _table(subject: Subject, lines: dict[Type, str]) -> dict[str, Field]:
    table: dict[str, Field] = {}
    for type_, line in lines.items():
        for group in line.split(";"):
            names = group.split()
            field = Field(subject, names[0], type_)
            table.update(dict.fromkeys(names, field))
    return table


FIELDS: dict[Subject, dict[str, Field]] = {
    "trace": _table("trace", _TRACE),
    "span": _table("span", _SPAN),
    "event": _table("event", _EVENT),
    "link": _table("link", _LINK),
    "assessment": _table("assessment", _ASSESSMENT),
}

TRACE_PREFIXES = frozenset({"trace", "attribute", "attributes"})
MAP_PREFIXES: dict[str, Literal["tag", "metadata"]] = {
    "tag": "tag",
    "tags": "tag",
    "metadata": "metadata",
    "request_metadata": "metadata",
    "trace_metadata": "metadata",
}
ASSESSED_PREFIXES: dict[str, Literal["feedback", "expectation"] | None] = {
    "feedback": "feedback",
    "expectation": "expectation",
    "assessment": None,
}
RELATED: dict[str, tuple[Relation, Subject]] = {
    "parent": ("parent", "span"),
    "child": ("child", "span"),
    "ancestor": ("ancestor", "span"),
    "descendant": ("descendant", "span"),
    "sibling": ("sibling", "span"),
    "root": ("root", "span"),
    "event": ("events", "event"),
    "link": ("links", "link"),
    "assessment": ("assessments", "assessment"),
}
SPAN_PREFIXES = frozenset({"span", "resource"})  # of a bare term that speaks of a span; resource is a field of it
PREFIXES = frozenset({"issue", *SPAN_PREFIXES, *TRACE_PREFIXES, *MAP_PREFIXES, *ASSESSED_PREFIXES, *RELATED})

# Values that a field takes from a closed list; span types are only the ones known by name.
TRACE_STATUSES = ("OK", "ERROR", "IN_PROGRESS", "STATE_UNSPECIFIED")
SPAN_STATUSES = ("OK", "ERROR", "UNSET")
SPAN_TYPES = (
    "LLM", "CHAIN", "AGENT", "TOOL", "CHAT_MODEL", "RETRIEVER", "PARSER", "EMBEDDING", "RERANKER", "MEMORY",
    "WORKFLOW", "TASK", "GUARDRAIL", "EVALUATOR", "UNKNOWN",
)  # fmt: skip
CLOSED_LISTS: dict[tuple[Subject, str], tuple[str, ...]] = {
    ("trace", "status"): TRACE_STATUSES,
    ("span", "status"): SPAN_STATUSES,
    ("assessment", "kind"): ("feedback", "expectation"),
}
KNOWN_VALUES: dict[tuple[Subject, str], tuple[str, ...]] = {
    **CLOSED_LISTS,
    ("span", "type"): SPAN_TYPES,
    ("assessment", "source"): ("HUMAN", "CODE", "LLM_JUDGE"),
}


def lookup(subject: Subject, name: str) -> Field | None:
    """The field that this word means for this kind of thing: the exact word first, then in any case.

    >>> lookup("trace", "latency").name
    'duration'
    """
    table = FIELDS[subject]
    return table.get(name) or table.get(name.lower())


def prefix(name: str) -> str | None:
    """The built-in prefix that this word is: ``span``, ``tag``, ``root``, …; None if it is none.

    >>> prefix("Tags"), prefix("retriever")
    ('tags', None)
    """
    if name in PREFIXES:
        return name
    name = name.lower()
    return name if name in PREFIXES else None
