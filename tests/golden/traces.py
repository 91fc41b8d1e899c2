"""The store that the golden filters are asked of: thirteen traces of a small assistant, newest first.

A span is written as its name, its type, its first and last millisecond in the trace, and what is below it; it is
``OK`` unless it says otherwise. A span's id is its name, with a number where the name comes twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from spanglass.entities import Assessment, AssessmentSource, Batch, Link, Span, SpanEvent, TraceFacts

NOW = datetime(2026, 11, 16, 12, tzinfo=timezone.utc)  # a Monday, at noon
MS = 1_000_000


class Kind(Enum):
    TOOL = "TOOL"


PARAMETERS: dict[str, Any] = {
    "sid": "s1",
    "runs": ["r2", "r9"],
    "none": [],
    "limit": 1500,
    "share": 0.95,
    "yes": True,
    "nothing": None,
    "since": datetime(2026, 11, 15, tzinfo=timezone.utc),
    "slow": timedelta(seconds=20),
    "kind": Kind.TOOL,
}
"""What stands for ``:sid`` and the others, wherever a filter names them."""

HUMAN = AssessmentSource("HUMAN", "eve")
JUDGE = AssessmentSource("LLM_JUDGE", "gpt-4o")


def assistant() -> Batch:
    """All traces."""
    batch = Batch()
    for facts, assessments, *roots in TRACES:
        batch.traces.append(facts)
        for span in [span for root in roots for span in root.listed(None)]:
            batch.spans.append(span.of(facts))
        for number, assessment in enumerate(assessments):
            assessment.trace_id = facts.trace_id
            assessment.create_time_ms = milliseconds(facts) + 60_000 + number * 1000  # the last one is the latest
            batch.assessments.append(assessment)
    # Said of a session: it reaches t-refund and t-timeout.
    batch.assessments.append(Assessment("helpful", "yes", session_id="s1", source=HUMAN, create_time_ms=1))
    return batch


LINKED_RUNS = {"t-timeout": "r9"}
"""A run that a trace was linked to, beside the one that it was recorded in."""


def at(time: str) -> int:
    """Unix nanoseconds of a time of November (or October) 2026, UTC."""
    moment = datetime.fromisoformat(f"2026-{time}").replace(tzinfo=timezone.utc)
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1) * 1000


def milliseconds(facts: TraceFacts) -> int:
    assert isinstance(facts.start_time_ns, int)
    return facts.start_time_ns // MS


class span:
    """A span as it is written below, and the spans below it."""

    def __init__(self, name: str, kind: str, start: int, end: int | None, *below: span, id: str = "", **more: Any):
        self.name, self.kind, self.start, self.end, self.below = name, kind, start, end, below
        self.id, self.more = id or name, more
        self.parent: str | None = None

    def listed(self, parent: str | None) -> list[span]:
        self.parent = parent
        return [self, *(span for child in self.below for span in child.listed(self.id))]

    def of(self, facts: TraceFacts) -> Span:
        began = milliseconds(facts)

        def moment(ms: int) -> int:
            return (began + ms) * MS

        more = {"status": "OK", **self.more}
        if "tokens" in more:
            more["input_tokens"], more["output_tokens"] = more.pop("tokens")
        more["events"] = [SpanEvent(name, moment(ms), attributes) for name, ms, attributes in more.pop("events", [])]
        end = None if self.end is None else moment(self.end)
        return Span(
            facts.trace_id, self.id, self.name, self.parent, self.kind, start_time_ns=moment(self.start),
            end_time_ns=end, **more,
        )  # fmt: skip


def trace(trace_id: str, time: str, **more: Any) -> TraceFacts:
    return TraceFacts(trace_id, start_time_ns=at(time), **more)


TRACES: list[Any] = [
    (
        trace(
            "t-refund", "11-16 11:00", session_id="s1", user_id="ann", run_id="r1", client_request_id="req-1",
            tags={"env": "prod", "retries": "2", "owner": "", "model name": "gpt-4o"},
            metadata={"user_id": "User-7", "build": "5"},
        ),
        [
            Assessment("correct", True, source=JUDGE, rationale="as the policy says"),
            Assessment("relevance", 0.8, source=JUDGE),
        ],
        span(
            "ask", "AGENT", 0, 2000,
            span(
                "plan", "LLM", 0, 400, model="gpt-4o", tokens=(100, 20), cost=0.01,
                attributes={"gen_ai.request.temperature": 0.2},
            ),
            span(
                "search", "TOOL", 400, 900, inputs={"q": "refund policy"},
                outputs={"docs": [{"id": "d1", "score": 0.95}, {"id": "d2", "score": 0.4}]},
            ),
            span(
                "finalize", "LLM", 1000, 1900, model="gpt-4o", tokens=(200, 80), cost=0.02,
                attributes={"gen_ai.request.temperature": 0.9},
            ),
            inputs={"question": "Where is my Refund?"}, outputs={"answer": "30 days", "total": 35},
            attributes={"http.route": "/shop/ask"},
        ),
    ),
    (
        trace(
            "t-timeout", "11-16 09:00", session_id="s1", user_id="ann", run_id="r1",
            tags={"env": "prod", "retries": "5", "canary": "yes"},
        ),
        [
            Assessment("correct", False, source=HUMAN),
            Assessment("iss-7", kind="issue"),
        ],
        span(
            "ask", "AGENT", 0, 30_000,
            span(
                "search", "TOOL", 100, 20_100,
                span("fetch", "TOOL", 200, 20_000, status="ERROR", events=[("retry", 5_000, {"attempt": 2})]),
                status="ERROR", status_message="Timed out", inputs={"q": "refund"},
                events=[
                    ("exception", 20_100, {"exception.type": "TimeoutError", "exception.message": "20 s are over"})
                ],
            ),
            span("apologise", "LLM", 20_200, 29_000, model="gpt-4o-mini", tokens=(50, 10), cost=0.001),
            status="ERROR", status_message="gave up", inputs={"question": "refund status?"},
        ),
    ),
    (
        trace(
            "t-fanout", "11-15 20:00", session_id="s2", user_id="bob", run_id="r2",
            tags={"env": "staging", "retries": "10", "owner": "bo"},
        ),
        [],
        span(
            "work", "AGENT", 0, 5000,
            span("crawl", "TOOL", 100, 600, id="crawl-1"),
            span("crawl", "TOOL", 200, 700, id="crawl-2"),
            span("crawl", "TOOL", 300, 800, id="crawl-3"),
            span("crawl", "TOOL", 400, 900, id="crawl-4"),
            span("crawl", "TOOL", 500, 1000, id="crawl-5"),
            span("crawl", "TOOL", 600, 1100, id="crawl-6", status="ERROR", status_message="404"),
            span("summarise", "LLM", 1500, 4500, model="claude-3", tokens=(9000, 1000), cost=0.05),
            inputs={"jobs": [1, 2, 3]}, outputs={"ok": True},
        ),
    ),
    (
        trace(
            "t-admin", "11-15 08:00", session_id="s2", user_id="eve", tags={"env": "dev"},
            metadata={"user_id": "username"},
        ),
        [],
        span(
            "GET /admin", "CHAIN", 0, 800,
            span(
                "lookup", "TOOL", 100, 700, inputs={"query": "ssn of bob"},
                outputs={"ssn": "123-45-6789", "found": True}, attributes={"db.rows": 12},
                resource={"service.name": "db", "host": {"name": "h1"}},
            ),
            span("guardrail", "GUARDRAIL", 700, 790, resource={"service.name": "web"}),
            inputs={"path": "/admin/users"}, attributes={"http.route": "/admin/users", "http.status_code": 200},
            resource={"service.name": "web", "host.cpus": 8},
        ),
    ),
    (
        trace("t-rag", "11-14 12:00", run_id="r2", tags={"env": "test"}),
        [],
        span(
            "rag", "CHAIN", 0, 3000,
            span(
                "retrieve", "RETRIEVER", 0, 900,
                span("embed", "EMBEDDING", 10, 200, tokens=(12, None)),
                outputs=[{"score": 0.97}, {"score": 0.2}],
            ),
            span("rerank", "RETRIEVER", 900, 1000, outputs=[{"score": 0.5}]),
            span(
                "answer", "LLM", 1000, 2900, model="gpt-4o", tokens=(3000, 500), cost=0.04,
                attributes={"gen_ai.request.temperature": 0.7}, links=[Link("t-refund", "plan", {"reason": "cached"})],
            ),
            inputs={"question": "What is RAG?"},
            outputs={"docs": [{"id": "d7", "score": 0.97}, {"id": "d8", "score": 0.2}],
                     "choices": [{"finish_reason": "stop"}]},
            resource={"service.name": "web"},
        ),
    ),
    (
        trace(
            "t-predict", "11-13 00:00", tags={"env": "prod", "importance": "high", "model name": "gpt-4o-mini"}
        ),  # at midnight
        [],
        span("predict", "CHAIN", 0, 1500, inputs={"x": 1, "flags": [True, False]}, outputs=0.75),
    ),
    (
        trace("t-cut", "11-12 15:00", client_request_id="req-2", tags={"env": "prod"}),
        [Assessment("relevance", None, source=JUDGE, error="the judge was cut off, too")],
        span(
            "complete", "LLM", 0, 90_000, model="gpt-4o", tokens=(20_000, 5_000), cost=0.5,
            inputs={"messages": [{"role": "system", "content": "Be brief."},
                                 {"role": "user", "content": "Write a novel"}]},
            outputs={"choices": [{"finish_reason": "length", "text": "Once upon"}]},
            attributes={"gen_ai.request.temperature": 1.0, "gen_ai.request.model": "gpt-4o"},
        ),
    ),
    (
        trace("t-nested", "11-11 10:00"),
        [],
        span(
            "outer", "AGENT", 0, 1000,
            span(
                "inner", "AGENT", 100, 900,
                span("think", "LLM", 200, 500, model="claude-3", tokens=(10, 5)),
                span("act", "TOOL", 500, 800, status="ERROR", status_message="disk full"),
            ),
            span("report", "LLM", 900, 1000, model="claude-3", tokens=(20, 5)),
        ),
    ),
    (
        trace("t-running", "11-10 10:00", session_id="s3"),
        [],
        span("watch", "AGENT", 0, None, span("step", "TOOL", 100, 200), status="UNSET", inputs="start"),
    ),
    (
        trace(
            "t-odd", "11-09 23:59:59.999",  # the last millisecond of the day
            tags={"env": "Prod", "retries": "12abc", "name": "tagged", "a.b": "dotted", "it's": "quoted", "": "empty"},
        ),
        [],
        span(
            'Straße "x"', "CUSTOM", 0, 0, id="odd", status="UNSET",
            inputs={"n": "12", "m": "12abc", "f": False, "t": "true", "nil": None, "a": {"b": "nested"},
                    'k"q': 1, "list": ["red", 2, None]},
            outputs="STRASSE",
            attributes={"a.b": "flat", "a": {"b": "nested", "c": "only nested"}, "deep": {"er": {"key": True}},
                        "note": "50% off_", "share": 0.95},
        ),
    ),
    (
        trace("t-two-roots", "11-08 10:00", experiment_id="1"),
        [],
        span("first", "CHAIN", 0, 100),
        span("second", "CHAIN", 200, 300, span("late", "TOOL", 250, 300)),
    ),
    (
        trace(
            "t-judged", "11-07 12:00", session_id="s4",
            tags={"mlflow.linkedPrompts": '[{"name": "greet", "version": "2"}]'},
        ),
        [
            Assessment("correct", True, source=HUMAN, rationale="checked"),
            Assessment("correct", False, source=JUDGE, rationale="the judge knows better"),
            Assessment("relevance", 0.3, source=JUDGE, span_id="reply", rationale="off topic", run_id="r5"),
            Assessment("relevance", 0.9, source=HUMAN, valid=False),
            Assessment("labels", ["short", "right"], source=HUMAN, metadata={"batch": 7}),
            Assessment("answer", {"text": "No."}, kind="expectation", source=HUMAN),
        ],
        span(
            "chat", "AGENT", 0, 1200,
            span("reply", "LLM", 100, 1100, model="gpt-4o-mini", tokens=(30, 2), cost=0.002),
            inputs={"question": "Is the earth flat?"}, outputs="No.",
        ),
    ),
    (
        trace(
            "t-bare", "10-31 10:00", experiment_id="1", name="imported", status="ERROR",  # and no spans
            end_time_ns=at("10-31 10:00:02.500"), request={"ping": "Refund policy?"},
        ),
        [],
    ),
]  # fmt: skip
