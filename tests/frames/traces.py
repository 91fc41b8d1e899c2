"""A small store to search: greetings that went well, one that failed, one that is still running."""

from __future__ import annotations

from spanglass.entities import Assessment, AssessmentKind, Batch, Experiment, Run, Span, TraceFacts

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def greeting(number: int, name: str | None, *, score: float | None = 0.5, words: int | None = 3) -> list[Span]:
    """The spans of one greeting: an agent that looks up twice and then writes."""
    trace_id, begin = f"t{number}", START + number * SECOND
    failed = name is None
    return [
        Span(
            trace_id,
            f"{number}-root",
            "greet",
            span_type="AGENT",
            status="ERROR" if failed else "OK",
            start_time_ns=begin,
            end_time_ns=begin + SECOND // 2,
            inputs={"name": name},
            outputs=None if failed else f"Good morning {name}.",
        ),
        Span(
            trace_id,
            f"{number}-first",
            "look up",
            parent_id=f"{number}-root",
            span_type="RETRIEVER",
            start_time_ns=begin + 1,
            end_time_ns=begin + 2,
            inputs={"query": name},
            outputs=[{"text": "likes tea", "score": score}],
        ),
        Span(
            trace_id,
            f"{number}-second",
            "look up",
            parent_id=f"{number}-root",
            span_type="RETRIEVER",
            start_time_ns=begin + 3,
            end_time_ns=begin + 4,
            inputs={"query": None if failed else f"{name} again"},
            outputs={"words": words, "polite": None if failed else True, "key.with.dots": "literal"},
        ),
    ]


def running(number: int) -> list[Span]:
    """The one span of a trace that has not ended."""
    return [
        Span(f"t{number}", f"{number}-root", "greet", start_time_ns=START + number * SECOND, inputs={"name": "Eve"})
    ]


def batch() -> Batch:
    """Traces t1 (Tom), t2 (Mary), t3 (failed), t4 (running) of experiment 1, t5 of experiment 2."""
    return Batch(
        spans=[
            *greeting(1, "Tom"),
            *greeting(2, "Mary", score=None, words=None),
            *greeting(3, None, score=1.0, words=2**53 + 1),
            *running(4),
            *greeting(5, "Ada"),
        ],
        traces=[
            *(TraceFacts(f"t{number}", experiment_id="1") for number in (1, 2, 3, 4)),
            TraceFacts("t5", experiment_id="2"),
            TraceFacts("t1", run_id="r1", tags={"person": "Tom"}, metadata={"origin": "test"}, client_request_id="c1"),
        ],
        assessments=[
            Assessment("answer", "Good morning Tom.", AssessmentKind.EXPECTATION, trace_id="t1"),
            Assessment("correct", True, trace_id="t1"),
        ],
        experiments=[Experiment("1", "greetings"), Experiment("2", "others")],
        runs=[Run("r1", experiment_id="1", name="first")],
    )
