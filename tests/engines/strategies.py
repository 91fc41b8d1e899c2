"""Random stores and random predicates, small, but made of what is awkward."""

from __future__ import annotations

from hypothesis import strategies as st

from spanglass.entities import Assessment, AssessmentSource, Batch, Link, Span, SpanEvent, TraceFacts
from spanglass.filters import algebra as a

TEXTS = [
    "", "a", "A", "ab", "aB c", "12", "-1.5e2", "1.0", "1", "0.9", "true", "null", "12abc", " 1", "ſ", "K", "k",
    "İ", "ß", "ẞ", "é", "É", "日本", "a%b", "_", "*", "?", "[a]", "a*", 'say "hi"', "back\\slash", "line\nbreak",
    '{"a":1}', "[1]", "{", "it's", "'; DROP TABLE trace; --", "Σ", "ς",
]  # fmt: skip
KEYS = ["a", "b", "a.b", 'k"q', "b\\s", "", "0", "é", "x y", "it's", "$", "[0]", "?1", "a.b.c", "c", "mlflow.spanType"]
NAMES = ["agent", "search", "LLM call", "it's", 'na"me', "é%", "12"]
TYPES = ["AGENT", "TOOL", "LLM"]
TAGS = ["env", "a.b", 'k"q', "", "name", "b\\s"]
JUDGED = ["correct", "a.b", 'k"q']
TIMES = [0, 1, 1_000_000, 1_500_000, 2_000_000, 2_000_001, 10_000_000]  # ns

texts = st.sampled_from(TEXTS)
keys = st.sampled_from(KEYS)
numbers = st.sampled_from([0, 1, -1, 3, 12, 0.9, 1.0, 1.5, -150, 10**15, 0.1, 1e22])
scalars = st.one_of(texts, numbers, st.booleans(), st.none())
jsons = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)
objects = st.dictionaries(keys, jsons, max_size=4)


events = st.builds(SpanEvent, st.sampled_from(NAMES), st.sampled_from(TIMES), objects)
links = st.builds(Link, st.sampled_from(["t0", "t1"]), st.just("s0"), objects)


@st.composite
def spans(draw: st.DrawFn, trace_id: str) -> list[Span]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        start = draw(st.sampled_from(TIMES))
        took = draw(st.one_of(st.none(), st.sampled_from(TIMES)))
        parents = [None, "gone", *(span.span_id for span in made)]
        made.append(
            Span(
                trace_id,
                f"s{number}",
                draw(st.sampled_from(NAMES)),
                draw(st.sampled_from(parents)),
                draw(st.sampled_from(TYPES)),
                draw(st.sampled_from(["UNSET", "OK", "ERROR"])),
                draw(st.sampled_from(["", "boom", "K"])),
                start,
                None if took is None else start + took,
                draw(jsons),
                draw(jsons),
                draw(objects),
                draw(
                    st.lists(st.builds(SpanEvent, st.sampled_from(NAMES), st.sampled_from(TIMES), objects), max_size=2)
                ),
                draw(st.lists(st.builds(Link, st.sampled_from(["t0", "t1"]), st.just("s0"), objects), max_size=1)),
                draw(st.sampled_from([None, "gpt", "GPT"])),
                draw(st.sampled_from([None, 0, 12])),
                draw(st.sampled_from([None, 3])),
                draw(st.sampled_from([None, 0.1, 1.0])),
            )
        )
    return made


assessments = st.builds(
    Assessment,
    st.sampled_from(JUDGED),
    jsons,
    st.sampled_from(["feedback", "expectation"]),
    span_id=st.sampled_from([None, None, "s0"]),
    source=st.builds(AssessmentSource, st.sampled_from(["HUMAN", "LLM_JUDGE"])),
    rationale=st.sampled_from([None, "because K"]),
    create_time_ms=st.sampled_from([1, 2, 3]),
    valid=st.booleans(),
)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    batch = Batch()
    for number in range(draw(st.integers(1, 4))):
        trace_id = f"t{number}"
        batch.spans += draw(spans(trace_id))
        batch.traces.append(
            TraceFacts(
                trace_id,
                start_time_ns=draw(st.sampled_from(TIMES)),
                session_id=draw(st.sampled_from([None, "S"])),
                run_id=draw(st.sampled_from([None, "r1"])),
                tags=draw(st.dictionaries(st.sampled_from(TAGS), texts, max_size=3)),
                metadata=draw(st.dictionaries(st.sampled_from(TAGS), texts, max_size=2)),
            )
        )
        for _ in range(draw(st.integers(0, 2))):
            assessment = draw(assessments)
            assessment.trace_id = trace_id
            batch.assessments.append(assessment)
    for _ in range(draw(st.integers(0, 1))):
        assessment = draw(assessments)
        assessment.session_id, assessment.span_id = "S", None
        batch.assessments.append(assessment)
    for number, assessment in enumerate(batch.assessments):
        assessment.assessment_id = f"a{number}"
    return batch


# ---------------------------------------------------------------- predicates

FIELDS = {
    "trace": {
        a.Type.TEXT: "name status trace_id experiment_id run_id session_id user_id model text",
        a.Type.NUMBER: "span_count error_count tokens cost timestamp_ms end_time_ms duration",
        a.Type.JSON: "inputs outputs tags metadata",
    },
    "span": {
        a.Type.TEXT: "name type status status_message id parent_id model text",
        a.Type.NUMBER: "depth tokens input_tokens cost duration start_time end_time",
        a.Type.BOOL: "is_root",
        a.Type.JSON: "inputs outputs attributes",
    },
    "event": {a.Type.TEXT: "name", a.Type.NUMBER: "time", a.Type.JSON: "attributes"},
    "link": {a.Type.TEXT: "trace_id span_id", a.Type.JSON: "attributes"},
    "assessment": {
        a.Type.TEXT: "name kind rationale source source_id span_id error",
        a.Type.NUMBER: "time",
        a.Type.BOOL: "valid",
        a.Type.JSON: "value",
    },
}
SPAN_RELATIONS = ["spans", "root", "parent", "child", "ancestor", "descendant", "sibling", "preceding", "following"]

literals = st.one_of(
    texts,
    numbers,
    st.booleans(),
    st.none(),
    st.sampled_from(NAMES + TYPES + ["OK", "ERROR", "t1", "s0", "S", "r1", "gpt"]),
)
steps = st.lists(st.one_of(keys, keys, st.sampled_from([0, 1, -1, a.Wild.ANY])), max_size=3).map(tuple)


def fields(subjects: tuple[str, ...]) -> st.SearchStrategy[a.Field]:
    known = [
        a.Field(subject, name, type_)  # type: ignore[arg-type]
        for subject in subjects
        for type_, names in FIELDS[subject].items()
        for name in names.split()
    ]
    return st.sampled_from(known)


@st.composite
def paths(draw: st.DrawFn, subjects: tuple[str, ...]) -> a.Path:
    base = draw(fields(subjects).filter(lambda field: field.type is a.Type.JSON))
    taken = draw(steps)
    if taken and all(isinstance(step, str) for step in taken) and draw(st.booleans()):
        return a.Path(base, taken, ".".join(map(str, taken)))
    return a.Path(base, taken)


def related(subjects: tuple[str, ...], depth: int) -> st.SearchStrategy[tuple[a.Related, tuple[str, ...]]]:
    """A set seen from a context, and the subjects of one of its things' context."""
    in_span = "span" in subjects
    relations = SPAN_RELATIONS if in_span else SPAN_RELATIONS[:2]

    @st.composite
    def build(draw: st.DrawFn) -> tuple[a.Related, tuple[str, ...]]:
        relation = draw(st.sampled_from([*relations, *relations, "events", "links", "assessments"]))
        if relation in ("events", "links"):
            inner: tuple[str, ...] = ("trace", "span", relation[:-1])
        elif relation == "assessments":
            inner = (*(s for s in subjects if s in ("trace", "span")), "assessment")
        else:
            inner = ("trace", "span")
        where = draw(predicates(inner, depth - 1)) if depth > 0 else a.Always(True)
        return a.Related(relation, where), inner

    return build()


@st.composite
def of(draw: st.DrawFn, subjects: tuple[str, ...], depth: int) -> a.Value:
    things, inner = draw(related(subjects, depth))
    return a.Of(things, draw(values(inner, depth - 1)))


@st.composite
def aggregates(draw: st.DrawFn, subjects: tuple[str, ...], depth: int) -> a.Value:
    things, inner = draw(related(subjects, depth))
    fold = draw(st.sampled_from(["count", "sum", "avg", "min", "max", "p50", "p95"]))
    value = None if fold == "count" else draw(st.one_of(fields(inner), paths(inner)))
    return a.Aggregate(fold, value, things)


def values(subjects: tuple[str, ...], depth: int) -> st.SearchStrategy[a.Value]:
    plain: list[st.SearchStrategy[a.Value]] = [
        fields(subjects),
        paths(subjects),
        st.builds(a.Key, st.sampled_from(["tag", "metadata"]), st.sampled_from(TAGS)),
        st.builds(
            a.Assessed,
            st.sampled_from([None, "feedback", "expectation"]),
            st.sampled_from(JUDGED),
            st.one_of(st.just(()), steps),
        ),
    ]
    if depth <= 0:
        return st.one_of(plain)
    inner = st.deferred(lambda: st.one_of(values(subjects, depth - 1), literals.map(a.Const)))
    return st.one_of(
        *plain,
        of(subjects, depth),
        aggregates(subjects, depth),
        st.builds(a.Arith, st.sampled_from("+-*/"), inner, inner),
        st.builds(a.Call, st.sampled_from(["lower", "length"]), st.tuples(inner)),
        st.builds(a.Call, st.just("coalesce"), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    )


def mode_for(value: object) -> st.SearchStrategy[a.Mode]:
    if isinstance(value, bool):
        return st.just(a.Mode.BOOL)
    return st.sampled_from([a.Mode.NUMBER, a.Mode.TEXT])


@st.composite
def comparisons(draw: st.DrawFn, subjects: tuple[str, ...], depth: int) -> a.Predicate:
    left = draw(values(subjects, depth))
    op = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    if draw(st.integers(0, 3)):
        right: a.Value = a.Const(draw(literals))
        mode = draw(mode_for(right.value))
    else:
        right, mode = draw(values(subjects, depth)), a.Mode.EITHER
    return a.Compare(op, right, left, mode) if draw(st.booleans()) else a.Compare(op, left, right, mode)


@st.composite
def leaves(draw: st.DrawFn, subjects: tuple[str, ...], depth: int) -> a.Predicate:
    kind = draw(st.integers(0, 5))
    value = draw(values(subjects, depth))
    if kind == 0:
        return a.IsMissing(value)
    if kind == 1:
        return a.In(value, tuple(draw(st.lists(literals.map(a.Const), max_size=4))), draw(st.booleans()))
    if kind == 2:
        mode = draw(st.sampled_from([a.Mode.NUMBER, a.Mode.TEXT]))
        bound = (numbers if mode is a.Mode.NUMBER else texts).map(a.Const)
        return a.Range(value, draw(bound), draw(bound), mode, draw(st.booleans()), draw(st.booleans()))
    if kind == 3:
        op = draw(st.sampled_from(["like", "ilike", "contains", "icontains", "starts", "ends", "match"]))
        pattern = draw(st.one_of(texts.map(a.Const), st.just(a.Key("tag", "env"))))
        return a.Match(op, value, pattern, draw(st.sampled_from([None, "\\", "a"])), draw(st.booleans()))
    if kind == 4:
        pattern = draw(st.sampled_from(["^a", "[0-9]+", "(?i)K", "b$", "a|é", "\\\\"]))
        return a.Match("rlike", value, a.Const(pattern), None, draw(st.booleans()))
    return draw(comparisons(subjects, depth))


def predicates(subjects: tuple[str, ...], depth: int) -> st.SearchStrategy[a.Predicate]:
    leaf = leaves(subjects, max(0, depth - 1))
    if depth <= 0:
        return leaf
    inner = st.deferred(lambda: predicates(subjects, depth - 1))
    return st.one_of(
        leaf,
        leaf,
        related(subjects, depth).map(lambda found: a.Exists(found[0])),
        related(subjects, depth).map(lambda found: a.Exists(found[0])),
        st.builds(a.Not, inner),
        st.builds(a.And, st.tuples(inner, inner)),
        st.builds(a.Or, st.tuples(inner, inner)),
    )
