"""Random little stores: traces whose fields, keys and values come from pools small enough to meet each other."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from spanglass.entities import Assessment, AssessmentSource, Batch, Link, Span, SpanEvent, TraceFacts, TraceInfo
from tests.oracle.evaluate import OracleTrace
from tests.property.chance import Chance, drawn

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

NUMBERS: list[float] = [0, 1, 5, 10, -3, 2**60, 0.5, 0.9, 1e22, 12.0]


class Source(Chance):
    """Makes the traces of one store."""

    def scalar(self) -> Any:
        return self.one([None, self.odds(2), self.one(NUMBERS), self.one(WORDS)])

    def json(self, depth: int = 3) -> Any:
        kind = self.below(4) if depth else 0
        if kind == 2:
            return [self.json(depth - 1) for _ in range(self.below(4))]
        return self.object(depth - 1) if kind == 3 else self.scalar()

    def object(self, depth: int = 2) -> dict[str, Any]:
        return {self.one(KEYS): self.json(depth) for _ in range(self.below(4))}

    def texts(self, keys: list[str], most: int) -> dict[str, str]:
        return {self.one(keys): self.one(WORDS) for _ in range(self.below(most + 1))}

    def spans(self, trace_id: str) -> list[Span]:
        """A tree of up to six spans, some unfinished, some of them several roots, in random order."""
        made: list[Span] = []
        for number in range(self.below(7)):
            start = T0 + self.below(9) * 100 * MS
            length = self.one([None, 0, 0, MS // 2, 100 * MS, 100 * MS, 300 * MS, 1500 * MS])
            made.append(
                Span(
                    trace_id,
                    f"{number:016x}",
                    self.one(NAMES),
                    parent_id=self.one([None, *[span.span_id for span in made]]),
                    span_type=self.one(TYPES),
                    status=self.one(["UNSET", "OK", "OK", "ERROR"]),
                    status_message=self.one(["", "boom", "refund policy"]),
                    start_time_ns=start,
                    end_time_ns=None if length is None else start + length,
                    inputs=self.json(),
                    outputs=self.json(),
                    attributes={key: value for key, value in self.object().items() if value is not None},
                    events=[self.event(start) for _ in range(self.below(3))],
                    links=[self.link() for _ in range(self.below(2))],
                    resource=self.one(
                        [{}, {"a.b": self.one(WORDS), "n": self.one(NUMBERS)}, {"a": {"b": "x"}, "q": "x"}]
                    ),
                    model=self.one([None, None, "gpt-x", "gpt-y"]),
                    input_tokens=self.one([None, 0, 7, 4000]),
                    output_tokens=self.one([None, 5]),
                    cost=self.one([None, 0.25, 0.5]),  # their sums are exact in any order
                )
            )
        return self.shuffled(made)

    def event(self, start: int) -> SpanEvent:
        given = {self.one(["exception.type", "n"]): self.scalar() for _ in range(self.below(3))}
        attributes = {key: value for key, value in given.items() if value is not None}
        return SpanEvent(self.one(["exception", "retry"]), self.one([start, start + 50 * MS]), attributes)

    def link(self) -> Link:
        return Link(self.one(["t0", "t9"]), f"{0:016x}", {"why": "retry"})

    def assessments(self, trace_id: str, spans: list[Span]) -> list[Assessment]:
        """Up to three, and perhaps an issue that was found."""
        made = [
            Assessment(
                self.one(["correct", "score", "has space"]),
                self.json(),
                kind=self.one(["feedback", "feedback", "expectation"]),
                trace_id=trace_id,
                span_id=self.one([None, *[span.span_id for span in spans]]),
                assessment_id=f"a-{trace_id}-{number}",
                source=AssessmentSource(self.one(["HUMAN", "CODE", "LLM_JUDGE"]), "me"),
                rationale=self.one([None, "because"]),
                error=self.one([None, None, "no answer"]),
                run_id=self.one([None, "run-1"]),
                create_time_ms=T0 // MS + 100 * number,
                valid=not self.odds(3),
                metadata={"why": self.one(WORDS)} if self.odds(2) else {},
            )
            for number in range(self.below(4))
        ]
        if self.odds(4):
            issue = f"i-{trace_id}"
            made.append(Assessment("iss-1", kind="issue", trace_id=trace_id, assessment_id=issue, create_time_ms=1000))
        return made

    def facts(self, trace_id: str, spans: list[Span]) -> TraceFacts:
        """What a source says of a trace; without spans that is all there is."""
        facts = TraceFacts(
            trace_id,
            experiment_id=self.one(["0", "0", "1"]),
            tags=self.texts(TAGS, 3),
            metadata=self.texts(["user_id", "a.b"], 2),
        )
        if self.odds(4):
            facts.tags["mlflow.linkedPrompts"] = self.one(PROMPTS)
        facts.session_id = self.one([None, "s1", "s2"])
        facts.user_id = self.one([None, "ann"])
        facts.run_id = self.one([None, "run-1"])
        facts.client_request_id = self.one([None, "req-1"])
        if not spans:
            facts.name = self.one(NAMES)
            facts.status = self.one(["OK", "ERROR", "IN_PROGRESS"])
            facts.start_time_ns = T0
            facts.end_time_ns = self.one([None, T0 + 100 * MS])
            facts.request = self.json()
        return facts

    def batch(self, letter: str = "t") -> Batch:
        """Four to six traces as a source would hand them over, and perhaps what was said of a session."""
        batch = Batch()
        for number in range(4 + self.below(3)):
            trace_id = f"{letter}{number}"
            spans = self.spans(trace_id)
            batch.spans += spans
            batch.traces.append(self.facts(trace_id, spans))
            batch.assessments += self.assessments(trace_id, spans)
        if self.odds(2):
            given = Assessment("score", self.scalar(), session_id="s1", assessment_id=f"{letter}-s1")
            given.create_time_ms = 2000
            batch.assessments.append(given)
        return batch


@st.composite
def batches(draw: st.DrawFn, letter: str = "t") -> Batch:
    """What one random store holds."""
    return Source(drawn(draw)).batch(letter)


def oracle_traces(batch: Batch, infos: list[TraceInfo]) -> list[OracleTrace]:
    """The same traces for the oracle: spans as they were handed over, infos as the store rolled them up."""
    traces = []
    for info in infos:
        made = [span for span in batch.spans if span.trace_id == info.trace_id]
        info.assessments = [x for x in batch.assessments if x.trace_id == info.trace_id]
        of_session = [x for x in batch.assessments if x.session_id is not None and x.session_id == info.session_id]
        traces.append(OracleTrace(info, made, session_assessments=of_session))
    return traces
