"""A query in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from spanglass.filters import gloss, unparse
from tests.filters.corpus import GOLDEN, params_of
from tests.filters.trees import queries
from tests.filters.words import query, refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "All traces, newest first."),
        ("status = 'ERROR'", "Traces where status is 'ERROR', newest first."),
        (
            "(status='ERROR' OR feedback.correct = false) AND tag.env = 'prod'",
            "Traces where (status is 'ERROR' or feedback correct is false) and tag env is 'prod', newest first.",
        ),
        (
            "{ type = 'TOOL' } AND NOT { status = 'ERROR' }",
            "Traces where (there is a span where type is 'TOOL') and there is no span where status is 'ERROR', "
            "newest first.",
        ),
        (
            "span.type = 'TOOL' AND span.status = 'ERROR'",
            "Traces with a span where type is 'TOOL' and status is 'ERROR', newest first.",
        ),
        ("ALL { status = 'OK' }", "Traces where for every span, status is 'OK', newest first."),
        (
            "{ type='AGENT' } >> { type='TOOL' }",
            "Traces with a span where type is 'TOOL' and there is an ancestor where type is 'AGENT', newest first.",
        ),
        ("timestamp = '2026-11-01'", "Traces where start is on 2026-11-01, newest first."),
        ("timestamp > '2026-11-01T10:30'", "Traces where start is after 2026-11-01 10:30, newest first."),
        ("duration BETWEEN 1.5s AND 2m", "Traces where duration is between 1.5 s and 2 min, newest first."),
        ("tag.a IS NULL AND EXISTS tag.b", "Traces where tag a is missing and tag b is present, newest first."),
        ("name NOT LIKE 'a%'", "Traces where name is not like 'a%', newest first."),
        ("NOT name = 'a'", "Traces where name is not 'a', newest first."),
        (
            "count({ type = 'TOOL' }) > 3",
            "Traces where the number of spans (where type is 'TOOL') is more than 3, newest first.",
        ),
        (
            "ORDER BY max(duration, {type='LLM'}) DESC, name LIMIT 20",
            "All traces, ordered by the largest duration of spans (where type is 'LLM'), descending, then by name, "
            "at most 20.",
        ),
        ("status IN ('a','b','c','d','e','f','g')", "Traces where status is one of 'a', 'b', 'c', 'd', 'e' and 2 more, "
         "newest first."),
    ],
)  # fmt: skip
def test_a_query_in_words(text, words):
    assert gloss(query(text)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{ type = 'TOOL' }", "Spans where type is 'TOOL', newest first."),
        ("", "All spans, newest first."),
        ("status = 'OK'", "Spans of traces where status is 'OK', newest first."),
        (
            "status = 'OK' AND { type = 'TOOL' } ORDER BY span.duration",
            "Spans of traces where status is 'OK' and there is a span where type is 'TOOL', each where type is 'TOOL', "
            "ordered by duration.",
        ),
    ],
)
def test_rows_that_are_spans(text, words):
    assert gloss(query(text, rows="spans")) == words


@pytest.mark.parametrize("text", GOLDEN)
def test_every_golden_filter_has_words(text):
    words = gloss(query(text, params=params_of(text)))
    assert words.endswith(".")


@given(queries)
@settings(max_examples=100, deadline=None)
def test_whatever_resolves_has_words(tree):
    text = unparse(tree)
    if refused(text) is None:
        assert gloss(query(text)).endswith(".")
