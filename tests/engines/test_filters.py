"""What filters find in the store that can be read at a glance: each node of the algebra, and how values behave."""

from __future__ import annotations

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Assessment
from spanglass.filters import resolve
from spanglass.store import Store
from tests.engines.conftest import found

ALL = "bare strange failing right"

ANSWERS = {
    # fields of the trace
    "": ALL,
    "name = 'ask'": "failing right",
    "status = 'ERROR'": "failing",
    "status != 'ERROR'": "bare strange right",
    "status IN ('OK', 'IN_PROGRESS')": "bare strange right",
    "timestamp_ms BETWEEN 1000 AND 2000": "failing right",
    "duration > 100": "failing",
    "end_time_ms = 4000": "bare",
    "session_id = 's1'": "failing right",
    "session_id IS NULL": "bare strange",
    "run_id = 'r2'": "failing",
    "run_id IN ('r1', 'r2')": "failing right",
    "run_id LIKE 'r%'": "failing right",
    "NOT run_id = 'r1'": "bare strange failing",
    "tokens = 15": "right",
    "cost / span_count < 0.01": "right",
    "span_count = 0": "bare",
    "error_count / 0 = 1 OR name = 'bare'": "bare",
    "model = 'gpt-4o'": "right",
    "inputs.question ICONTAINS 'REFUND'": "right",
    "outputs = '30 days'": "right",
    "outputs IN ('{ \"days\": 30 }', '30 days')": "right",
    "feedback.score IN ('[1.0, 5]', 0.2)": "right",
    "expectation.ideal IN ('{ \"days\": 30.0 }')": "right",
    # two-valued logic
    "tag.env != 'prod'": "failing",
    "NOT tag.env = 'prod'": "bare strange failing",
    "tag.env IS DISTINCT FROM 'prod'": "bare strange failing",
    "tag.env NOT IN ('prod')": "failing",
    "tag.env NOT LIKE 'p%'": "failing",
    "NOT tag.env LIKE 'p%'": "bare strange failing",
    "duration NOT BETWEEN 0 AND 100": "failing",
    "NOT (tag.env = 'prod' OR tag.env = 'dev')": "bare strange",
    # maps: the key is exact, and may be anything
    "tag.`a.b` = 'x'": "right",
    "tag.`k\"q` = 'hostile'": "strange",
    "tag.`` = 'empty'": "strange",
    "tag.Env = 'prod'": "",
    "metadata.note = ''": "failing",
    # the literal decides the type
    "tag.retries = 2": "right",
    "tag.retries > 1": "right",
    "tag.retries = '2'": "right",
    "tag.retries > '1'": "failing right",
    "{ attributes.text = 12 }": "right",
    "{ attributes.temperature = '0.7' }": "right",
    "{ attributes.temperature > 0.5 }": "right",
    "{ attributes.deep.er.key = true }": "right",
    "{ attributes.deep.er.key = 'true' }": "right",
    "{ attributes.deep.er.key = 1 }": "",
    # paths
    "{ attributes.gen_ai.request.model = 'gpt-4o' }": "right",
    "{ attributes.deep.er.key IS NULL }": "strange failing right",
    '{ inputs.`k"q` = 1 }': "strange",
    "{ inputs.`b\\s` = 2 }": "strange",
    "{ inputs[''] = 3 }": "strange",
    "{ outputs.docs[0].id = 'd1' }": "right",
    "{ outputs.docs[1].score > 0.5 }": "",
    "{ outputs.docs[*].score > 0.5 }": "right",
    "{ outputs.docs[*].score < 0.5 AND outputs.docs[*].score > 0.8 }": "right",
    "{ outputs.docs.score > 0 }": "",
    # several values
    "{ attributes.list = 'two' }": "right",
    "{ attributes.list != 'two' }": "right",
    "{ NOT attributes.list = 'two' }": "strange failing right",
    "{ name = 'answer' AND inputs = 'policy' }": "right",
    "feedback.score = 0.2": "right",
    "feedback.score > 0.5": "right",
    "feedback.score = 'high'": "",
    "feedback.helpful = 'very'": "failing right",
    "expectation.ideal = '{\"days\": 30}'": "right",
    "expectation.ideal = '{\"days\": 31}'": "",
    # text
    "name LIKE 'a_k'": "failing right",
    "name LIKE 'A_K'": "",
    "name ILIKE 'A_K'": "failing right",
    "name STARTS WITH 'b' OR name ENDS WITH 'e'": "bare",
    "{ name CONTAINS '\"odd\"' }": "strange",
    "{ name LIKE 'it''s%' }": "strange",
    "{ name RLIKE '^(ask|answer)$' }": "failing right",
    "'refund policy'": "right",
    "'WHY'": "failing",
    "'timed OUT'": "failing",
    "'exception.type'": "failing",
    "'timeouterror'": "failing",
    "'STRAßE'": "strange",
    "'refund'": "bare right",
    "'k\"q'": "strange",
    "text MATCH 'POLICY refund'": "right",
    "text MATCH 'refun'": "",
    "text LIKE '%30 days%'": "right",
    "text RLIKE 'refund p|Timed'": "failing right",
    "{ text NOT LIKE '%refund%' }": "strange failing",
    # calculated
    "lower(name) = 'ask'": "failing right",
    "length(name) = 4": "bare",
    "coalesce(tag.env, name) = 'bare'": "bare",
    "coalesce(session_id, 'none') = 'none'": "bare strange",
    "count({}) = 3": "failing right",
    "sum(tokens, {}) = 0": "bare strange failing",
    "max(duration, {type = 'LLM'}) > 10ms": "right",
    "avg(duration, {name = 'nothing'}) IS NULL": ALL,
    "p50(duration, {}) = 70ms": "right",
    "p95(duration, {}) = 500ms": "failing",
    # spans
    "{ type = 'TOOL' AND status = 'ERROR' }": "failing",
    "{ type = 'TOOL' } AND { status = 'ERROR' }": "failing",
    "{ type = 'AGENT' AND status = 'ERROR' } AND { type = 'LLM' AND status = 'OK' }": "failing",
    "span.type = 'LLM' AND span.status = 'ERROR'": "",
    "{ duration = 1.5ms }": "failing",
    "{ duration IS NULL }": "strange",
    "{ start_time = 1010 AND is_root = false }": "right",
    "{ depth = 2 }": "failing",
    "{ is_root = true AND parent_id = 'gone' }": "strange",
    "NONE { type = 'LLM' }": "bare strange",
    "ALL { status = 'OK' }": "bare right",
    "root.status = 'ERROR'": "failing",
    "{ status_message IS NOT NULL }": "failing",
    "{ cost > 0.01 }": "right",
    # structure
    "{ type = 'AGENT' } >> { type = 'LLM' }": "failing right",
    "{ type = 'AGENT' } > { type = 'LLM' }": "right",
    "{ type = 'TOOL' } > { type = 'LLM' }": "failing",
    "{ type = 'LLM' } << { type = 'AGENT' }": "failing right",
    "{ type = 'TOOL' } ~ { type = 'LLM' }": "right",
    "{ name = 'search' } THEN { name = 'answer' }": "right",
    "{ type = 'AGENT' } !>> { type = 'LLM' }": "",
    "{ type = 'LLM' AND parent { name = 'search' } }": "failing",
    "{ status = 'ERROR' AND NOT descendant { status = 'ERROR' } }": "failing",
    "{ type = 'LLM' AND NOT sibling { type = 'TOOL' } }": "failing",
    "{ count(child {}) = 2 }": "right",
    "{ name = 'search' AND root.name = 'ask' AND trace.status = 'OK' }": "right",
    # events, links, assessments
    "{ event { name = 'exception' AND attributes.exception.type RLIKE 'Time' } }": "failing",
    "event { NOT attributes.exception.type = 'KeyError' }": "failing",
    "event { time = 2400 }": "failing",
    "{ link { trace_id = 'failing' AND attributes.reason = 'retry' } }": "right",
    "assessment { name = 'correct' AND value = false AND source = 'LLM_JUDGE' }": "failing",
    "assessment { name = 'score' AND value = 'high' AND valid = false }": "right",
    "assessment { name = 'score' AND span_id = 'c' }": "right",
    "{ type = 'LLM' AND assessment { name = 'score' } }": "right",
    "assessment { rationale CONTAINS 'written' }": "right",
    "assessment { name = 'correct' AND NOT metadata.by = 'me' }": "failing right",
}


@pytest.fixture
def engine(read_engine: SqliteEngine) -> SqliteEngine:
    return read_engine


@pytest.mark.parametrize("text", ANSWERS)
def test_a_filter_finds(engine: SqliteEngine, text: str) -> None:
    assert found(engine, text) == ANSWERS[text]


def test_counts_are_those_of_the_answers(engine: SqliteEngine) -> None:
    counts = {text: engine.count(resolve(text, zone="UTC")) for text in ANSWERS}
    assert counts == {text: len(answer.split()) for text, answer in ANSWERS.items()}


def test_a_filter_and_its_negation_share_the_store_out(engine: SqliteEngine) -> None:
    for text in ANSWERS:
        if text and not text.startswith("span."):
            both = f"{found(engine, text)} {found(engine, f'NOT ({text})')}"
            assert sorted(both.split()) == sorted(ALL.split()), text


def test_assessments_can_be_filtered_as_soon_as_they_are_logged(store: Store) -> None:
    engine = SqliteEngine(store)
    first = engine.store.log_assessment(Assessment("late", 1, trace_id="bare"))
    assert found(engine, "feedback.late = 1") == "bare"
    engine.store.override_assessment(first.assessment_id, Assessment("late", 2, trace_id="bare"))
    assert (found(engine, "feedback.late = 1"), found(engine, "feedback.late = 2")) == ("", "bare")
