"""Random little stores: traces whose fields, keys and values come from pools small enough to meet each other."""

from __future__ import annotations

from hypothesis import strategies as st

from spanglass.entities import Assessment, AssessmentSource, Batch, Link, Span, SpanEvent, TraceFacts, TraceInfo
from tests.oracle.evaluate import OracleTrace

NAMES = ["search", "plan", "Plan", "llm call", "my.span", "it's", "embed"]
TYPES = ["LLM", "TOOL", "AGENT", "RETRIEVER", "UNKNOWN"]
WORDS = [
    "refund policy",
    "Straße",
    "STRASSE",
    "a%b_c",
    "12",
    "12abc",
    "0.9",
    "true",
    "",
    "x",
    "ſ",
    "日本",
    'say "hi"',
    "*?[",
    "\\",
]
KEYS = ["q", "a.b", "sp ace", 'quo"te', "n", "flag", "docs", "back\\slash", "name", "text"]
TAGS = ["env", "n", "name", "a.b", "we ird`key"]
PROMPTS = ['[{"name":"greet","version":"1"}]', '[{"name":"greet","version":"2"},{"name":"part","version":"1"}]']
T0 = 1_790_000_000_000_000_000
MS = 1_000_000

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, 5, 10, -3, 2**60, 0.5, 0.9, 1e22, 12.0]),
    st.sampled_from(WORDS),
)
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)),
    max_leaves=6,
)
json_objects = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=3)


@st.composite
def spans(draw: st.DrawFn, trace_id: str) -> list[Span]:
    """A tree of up to seven spans, some unfinished, some of them several roots, in random order."""
    made: list[Span] = []
    for number in range(draw(st.integers(0, 6))):
        parent = draw(st.sampled_from([None, *[span.span_id for span in made]])) if made else None
        start = T0 + draw(st.integers(0, 8)) * 100 * MS
        length = draw(st.sampled_from([None, 0, MS // 2, 100 * MS, 100 * MS, 300 * MS, 1500 * MS]))
        tokens = draw(st.sampled_from([None, 0, 7, 4000]))
        made.append(
            Span(
                trace_id,
                f"{number:016x}",
                draw(st.sampled_from(NAMES)),
                parent_id=parent,
                span_type=draw(st.sampled_from(TYPES)),
                status=draw(st.sampled_from(["UNSET", "OK", "OK", "ERROR"])),
                status_message=draw(st.sampled_from(["", "boom", "refund policy"])),
                start_time_ns=start,
                end_time_ns=None if length is None else start + length,
                inputs=draw(json_values),
                outputs=draw(json_values),
                attributes={key: value for key, value in draw(json_objects).items() if value is not None},
                events=draw(st.lists(events(start), max_size=2)),
                links=draw(st.lists(links, max_size=1)),
                model=draw(st.sampled_from([None, None, "gpt-x", "gpt-y"])),
                input_tokens=tokens,
                output_tokens=draw(st.sampled_from([None, 5])),
                cost=draw(st.sampled_from([None, 0.25, 0.5])),  # their sums are exact in any order
            )
        )
    return draw(st.permutations(made))


def events(start: int) -> st.SearchStrategy[SpanEvent]:
    return st.builds(
        SpanEvent,
        st.sampled_from(["exception", "retry"]),
        st.sampled_from([start, start + 50 * MS]),
        st.dictionaries(st.sampled_from(["exception.type", "n"]), scalars.filter(lambda x: x is not None), max_size=2),
    )


links = st.builds(Link, st.sampled_from(["t0", "t9"]), st.just(f"{0:016x}"), st.just({"why": "retry"}))


@st.composite
def assessments(draw: st.DrawFn, trace: TraceInfo, made: list[Span]) -> list[Assessment]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        found.append(
            Assessment(
                draw(st.sampled_from(["correct", "score", "has space"])),
                draw(json_values),
                kind=draw(st.sampled_from(["feedback", "feedback", "expectation"])),
                trace_id=trace.trace_id,
                span_id=draw(st.sampled_from([None, *[span.span_id for span in made]])),
                assessment_id=f"a-{trace.trace_id}-{number}",
                source=AssessmentSource(draw(st.sampled_from(["HUMAN", "CODE", "LLM_JUDGE"])), "me"),
                rationale=draw(st.sampled_from([None, "because"])),
                error=draw(st.sampled_from([None, None, "no answer"])),
                run_id=draw(st.sampled_from([None, "run-1"])),
                create_time_ms=1000 + number,
                last_update_time_ms=1000 + number,
                valid=draw(st.sampled_from([True, True, False])),
            )
        )
    if draw(st.integers(0, 3)) == 0:
        found.append(Assessment("iss-1", kind="issue", trace_id=trace.trace_id, assessment_id=f"i-{trace.trace_id}"))
    return found


@st.composite
def batches(draw: st.DrawFn, letter: str = "t") -> Batch:
    """Four to six traces as a source would hand them over, and perhaps what was said of a session."""
    batch = Batch()
    for number in range(draw(st.integers(4, 6))):
        trace_id = f"{letter}{number}"
        made = draw(spans(trace_id))
        facts = TraceFacts(
            trace_id,
            experiment_id=draw(st.sampled_from(["0", "0", "1"])),
            tags=draw(st.dictionaries(st.sampled_from(TAGS), st.sampled_from(WORDS), max_size=3)),
            metadata=draw(st.dictionaries(st.sampled_from(["user_id", "a.b"]), st.sampled_from(WORDS), max_size=2)),
        )
        if draw(st.integers(0, 3)) == 0:
            facts.tags["mlflow.linkedPrompts"] = draw(st.sampled_from(PROMPTS))
        facts.session_id = draw(st.sampled_from([None, "s1", "s2"]))
        facts.user_id = draw(st.sampled_from([None, "ann"]))
        facts.run_id = draw(st.sampled_from([None, "run-1"]))
        facts.client_request_id = draw(st.sampled_from([None, "req-1"]))
        if not made:
            facts.name = draw(st.sampled_from(NAMES))
            facts.status = draw(st.sampled_from(["OK", "ERROR", "IN_PROGRESS"]))
            facts.start_time_ns = T0
            facts.end_time_ns = draw(st.sampled_from([None, T0 + 100 * MS]))
            facts.request = draw(json_values)
        batch.spans += made
        batch.traces.append(facts)
        batch.assessments += draw(assessments(TraceInfo(trace_id), made))
    if draw(st.integers(0, 2)) == 0:
        batch.assessments.append(
            Assessment("score", draw(scalars), session_id="s1", assessment_id=f"{letter}-s1", create_time_ms=2000)
        )
    return batch


def oracle_traces(batch: Batch, infos: list[TraceInfo]) -> list[OracleTrace]:
    """The same traces for the oracle: spans as they were handed over, infos as the store rolled them up."""
    traces = []
    for info in infos:
        made = [span for span in batch.spans if span.trace_id == info.trace_id]
        info.assessments = [x for x in batch.assessments if x.trace_id == info.trace_id]
        of_session = [x for x in batch.assessments if x.session_id is not None and x.session_id == info.session_id]
        traces.append(OracleTrace(info, made, session_assessments=of_session))
    return traces
