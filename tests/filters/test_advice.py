"""Warnings: the filter runs, but perhaps something else was meant."""

from __future__ import annotations

import time

import pytest

from spanglass.filters import check
from spanglass.filters.diagnostics import Diagnostic
from tests.filters.corpus import GOLDEN, params_of
from tests.filters.words import query


class Seen:
    """A store that has seen a few keys and values."""

    def keys(self, scope: str) -> dict[str, int]:
        return {
            "tag": {"env": 120, "importance": 7},
            "attribute": {"gen_ai.request.model": 40, "llm.usage.total": 9},
            "feedback": {"correct": 12},
            "span.name": {"retriever": 90, "my step": 4},
            "span.type": {"TOOL": 90, "RERANK": 3},
            "outputs": {"[*].tags": 3},
            "resource": {"service.name": 8, "host": 1},
            "inputs": {"question": 70, "messages": 30, "messages[*].role": 30},
        }.get(scope, {})

    def values(self, scope: str, key: str) -> dict[str, int]:
        return {
            ("tag", "env"): {"prod": 100, "staging": 20},
            ("resource", "service.name"): {"shop": 7, "pay": 1},
            ("trace", "status"): {"OK": 9, "IN_PROGRESS": 3},
            ("trace", "name"): {"predict": 5},
            ("linked", "r1"): {"r1": 2},
        }.get((scope, key), {})


def advice(text: str) -> Diagnostic:
    found = check(text, vocabulary=Seen())
    assert len(found) == 1, found
    assert found[0].severity == "warning"
    for fix in found[0].fixes:
        assert query(fix.text)
    return found[0]


@pytest.mark.parametrize(
    ("text", "label", "fixed"),
    [
        ("status = 'ok'", "did you mean 'OK'?", "status = 'OK'"),
        ("status IN ('OK', 'error')", "did you mean 'ERROR'?", "status IN ('OK', 'ERROR')"),
        ("{ type = 'llm' }", "did you mean 'LLM'?", "{ type = 'LLM' }"),
        ("span.status = 'Error'", "did you mean 'ERROR'?", "span.status = 'ERROR'"),
        ("assessment { source = 'human' }", "did you mean 'HUMAN'?", "assessment { source = 'HUMAN' }"),
        ("status = 'ERRROR'", "did you mean 'ERROR'?", "status = 'ERROR'"),
        ("tag.evn = 'prod'", "did you mean env (120)?", "tag.env = 'prod'"),
        ("tag.env = 'prd'", "did you mean 'prod' (100)?", "tag.env = 'prod'"),
        (
            "{ attributes.gen_ai.request.mdel = 'x' }",
            "did you mean gen_ai.request.model (40)?",
            "{ attributes.gen_ai.request.model = 'x' }",
        ),
        ("feedback.corect = TRUE", "did you mean correct (12)?", "feedback.correct = TRUE"),
        ("retreiver.outputs = 'x'", "did you mean retriever (90)?", "retriever.outputs = 'x'"),
        ("mystep.outputs = 'x'", "did you mean my step (4)?", "`my step`.outputs = 'x'"),
        ("{ name = 'retreiver' }", "did you mean retriever (90)?", "{ name = 'retriever' }"),
        ("span.name != 'retriever'", "no span is so?", "NOT { name = 'retriever' }"),
        ("name RLIKE 'predict'", "CONTAINS?", "name CONTAINS 'predict'"),
        ("name !~ 'predict'", "CONTAINS?", "name NOT CONTAINS 'predict'"),
        ("name RLIKE '.*predict.*'", "CONTAINS?", "name CONTAINS 'predict'"),
        ("name LIKE 'pre*'", "did you mean 'pre%'?", "name LIKE 'pre%'"),
        ("name LIKE 'dict'", "did you mean '%dict%'?", "name LIKE '%dict%'"),
        ("name = 'pre%'", "LIKE?", "name LIKE 'pre%'"),
        ("name = 'pred'", "beginning with it (5)?", "name STARTS WITH 'pred'"),
        ("status = 'failed'", "did you mean 'ERROR'?", "status = 'ERROR'"),
        ("timestamp > '2026'", "the year?", "timestamp > '2026-01-01'"),
        (
            "service.name LIKE 'a%'",
            "did you mean resource.service.name (8)?",
            "resource.service.name LIKE 'a%'",
        ),
        ("user.id = 'x'", "did you mean user_id?", "user_id = 'x'"),
        ("name = 'Predict'", "did you mean 'predict' (5)?", "name = 'predict'"),
        ("inputs.questoin = 'x'", "did you mean question (70)?", "inputs.question = 'x'"),
        (
            "`my step`.inputs.messages[0].rol = 'x'",
            "did you mean messages[*].role (30)?",
            "`my step`.inputs.messages[0].role = 'x'",
        ),
        (
            "{ type = 'TOOL' }.outputs[*].tgs[0] = 'x'",
            "did you mean [*].tags (3)?",
            "{ type = 'TOOL' }.outputs[*].tags[0] = 'x'",
        ),
        ("outputs[2].tags.x = 'x'", "did you mean [*].tags (3)?", "outputs[2].tags = 'x'"),
        ("resource.servce.name = 'x'", "did you mean service.name (8)?", "resource.service.name = 'x'"),
        ("resource.service.name = 'sop'", "did you mean 'shop' (7)?", "resource.service.name = 'shop'"),
        ("resource.service.name != 'shop'", "no span is so?", "NOT { resource.service.name = 'shop' }"),
        ("end_time > 0", "finished ones only?", "(end_time > 0 AND status != 'IN_PROGRESS')"),
        (
            "end_time BETWEEN 1 AND 2",
            "finished ones only?",
            "(end_time BETWEEN 1 AND 2 AND status != 'IN_PROGRESS')",
        ),
        ("name = NULL", "IS NULL?", "name IS NULL"),
        ("name != NULL", "IS NOT NULL?", "name IS NOT NULL"),
        ("tag.env = TRUE", "as text?", "tag.env = 'true'"),
        ("ALL { status = 'OK' }", "and there is one?", "(ALL { status = 'OK' } AND {})"),
        (
            "all({ type = 'LLM' }, tokens < 5)",
            "and there is one?",
            "(all({ type = 'LLM' }, tokens < 5) AND { type = 'LLM' })",
        ),
    ],
)
def test_what_may_have_been_meant(text, label, fixed):
    found = advice(text)
    assert [(fix.label, fix.text) for fix in found.fixes] == [(label, fixed)]


@pytest.mark.parametrize(("unit", "label"), [(1, "seconds?"), (10**6, "microseconds?"), (10**9, "nanoseconds?")])
def test_a_number_as_a_time_may_be_of_another_unit(unit, label):
    now = int(time.time())
    (fix,) = advice(f"timestamp > {now * unit}").fixes
    assert (fix.label, fix.text) == (label, f"timestamp > {now * 1000}")
    assert check(f"timestamp > {now * 1000} AND timestamp > 0 AND duration > 1790000000", vocabulary=Seen()) == []


@pytest.mark.parametrize("text", ["'name' = 'predict'", "1 = 1", "5 IN (1, 2)", "ALL {}", "status = 'BOGUS'"])
def test_what_is_always_or_never_true(text):
    assert advice(text).code in ("constant", "always", "never")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("run_id = 'r1'", "linked"),
        ("run_id IN ('r0', 'r1')", "linked"),
        ("outputs = '[1, 2]'", "array"),
        ("expectation.answer IN ('[1]', 'x')", "array"),
    ],
)
def test_what_surprises_without_a_way_out(text, code):
    assert advice(text).code == code


NEVER = [
    "duration > 5s AND duration < 2s",
    "duration BETWEEN 5s AND 2s",
    "status = 'OK' AND status = 'ERROR'",
    "status IN ('OK', 'ERROR') AND name = 'x' AND status = 'IN_PROGRESS'",
    "tag.env = 'prod' AND tag.env = 'staging'",
    "{ duration = 5 AND duration > 5 }",
    "span.duration < 5 AND span.duration >= 5",
    "{ type = 'TOOL' AND (name = 'retriever' AND type = 'RERANK') }",
    "(cost > 1 AND cost < 0) OR (cost = 1 AND cost = 2)",
    "timestamp > '2026-11-02' AND timestamp <= '2026-11-01'",
]


@pytest.mark.parametrize("text", NEVER)
def test_what_nothing_can_fulfil(text):
    assert "never" in {one.code for one in check(text, vocabulary=Seen())}


@pytest.mark.parametrize(
    "text",
    [
        "duration >= 5 AND duration <= 5",
        "{ type = 'TOOL' } AND { type = 'RERANK' }",
        "inputs.x = 'a' AND inputs.x = 'b'",
        "feedback.correct = TRUE AND feedback.correct = FALSE",
        "run_id = 'a' AND run_id = 'b'",
        "tag.env = 'prod' AND tag.env = 5",
        "NOT (status = 'OK' AND status = 'ERROR')",
        "(cost > 1 AND cost < 0) OR cost = 1",
        "timestamp >= '2026-11-02' AND timestamp <= '2026-11-02'",
    ],
)
def test_what_something_can_fulfil(text):
    assert "never" not in {one.code for one in check(text)}


@pytest.mark.parametrize(
    "text",
    [
        "status = 'OK'",
        "run_id = 'r9'",
        "inputs.messages[3].role = 'user'",
        "inputs.a.b.c.d = 'deeper than what is known'",
        "tag.env = 'prod'",
        "name RLIKE '^predict'",
        "{ type = 'RERANK' }",
        "attributes.name = 'predict'",
        "{ type = 'TOOL' }.outputs[*].tags[*] = 'x'",  # the elements of what was seen
        "outputs[0] = 'x'",
        "resource.host.name = 'x'",  # what is inside of it is not known
        "{ attributes.llm.usage.total > 5 }",
        "{ attributes.llm CONTAINS 'x' }",
        "{ name != 'retriever' }",
        "root.name != 'x'",
        "metadata.never_seen = 'x'",
    ],
)
def test_nothing_is_said_where_nothing_is_odd(text):
    assert [found for found in check(text, vocabulary=Seen()) if found.code != "unseen-key"] == []


@pytest.mark.parametrize("text", GOLDEN)
def test_advice_never_keeps_a_filter_from_running(text):
    found = check(text, params=params_of(text), vocabulary=Seen())
    assert all(one.severity == "warning" for one in found)


def test_an_error_is_the_only_thing_said():
    (found,) = check("status = 'ok' AND nope = 1")
    assert found.severity == "error"
    assert found.code == "unknown-field"
