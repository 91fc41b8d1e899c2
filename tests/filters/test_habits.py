"""Who writes another language's way is told this one's, and the fix that is offered can be read."""

from __future__ import annotations

import pytest

from spanglass.filters import FilterError, resolve
from tests.filters.words import refusal

SAID_OTHERWISE = {
    "!name = 'x'": "NOT name = 'x'",
    "!(name = 'x')": "NOT (name = 'x')",
    "name !== 'x'": "name != 'x'",
    "tag.x is not None": "tag.x IS NOT NULL",
    "tag.x == None": "tag.x IS NULL",
    "status is 'ERROR'": "status = 'ERROR'",
    "status is not 'OK'": "status != 'OK'",
    "tag.env IS NOT EMPTY": "tag.env != ''",
    "status in ['OK', 'ERROR']": "status IN ('OK', 'ERROR')",
    "'x' in name": "name CONTAINS 'x'",
    "'x' not in inputs.q": "inputs.q NOT CONTAINS 'x'",
    "name.startswith('x')": "name STARTS WITH 'x'",
    "name.lower() = 'x'": "lower(name) = 'x'",
    "name REGEXP '^x'": "name RLIKE '^x'",
    "name ~ '^x'": "name RLIKE '^x'",
    "duration > 1 s": "duration > 1s",
    "duration > 250 milliseconds": "duration > 250ms",
    "duration > 250msec": "duration > 250ms",
    "duration > 5min": "duration > 5m",
    "duration > 1.5 hours": "duration > 1.5h",
    "duration > 1,500": "duration > 1500",
    "tokens > 10K": "tokens > 10k",
    "cost > $1": "cost > 1",
    "timestamp > now - 1h": "timestamp > now() - 1h",
    "timestamp > 1 hour ago": "timestamp > ago(1h)",
    "timestamp > 2026-11-20": "timestamp > '2026-11-20'",
    "tag.day = 2026-1-9": "tag.day = '2026-1-9'",
    "count(*) > 3": "count({}) > 3",
    "{ name = 'x' } | count() > 3": "count({ name = 'x' }) > 3",
    "{ name = 'x' } | avg(duration) > 3s": "avg(duration, { name = 'x' }) > 3s",
    "{ name = 'x' } -> { name = 'y' }": "{ name = 'x' } > { name = 'y' }",
    "{ .http.status = 200 }": "{ span.attributes.http.status = 200 }",
    "{ span.http.status = 200 }": "{ span.attributes.http.status = 200 }",
    "http.status_code = 200": "span.attributes.http.status_code = 200",
    "{ span:status = 'ERROR' }": "{ span.status = 'ERROR' }",
    "span_kind == 'LLM'": "span.type == 'LLM'",
    "input.value = 'x'": "inputs = 'x'",
    "llm.token_count.total > 5": "tokens > 5",
    "evals['relevance'].label == 'good'": "feedback.`relevance` == 'good'",
    "SELECT * FROM traces WHERE name = 'x'": "name = 'x'",
    "span.tags.x = '1'": "tag.x = '1'",
    "trace.attributes.x = 'y'": "span.attributes.x = 'y'",
    "tag.model-name = 'x'": "tag.`model-name` = 'x'",
}


@pytest.mark.parametrize("text", SAID_OTHERWISE)
def test_the_way_out_of_a_habit_can_be_read(text: str) -> None:
    diagnostic = refusal(text).diagnostic
    assert [fix.text for fix in diagnostic.fixes] == [SAID_OTHERWISE[text]]
    resolve(SAID_OTHERWISE[text])


def test_what_stands_in_quotes_is_nobodys_habit() -> None:
    for text in ("name = 'x is None' AND nope", "name = '1 hour ago' AND nope", '"!x" = 1'):
        with pytest.raises(FilterError) as refused:
            resolve(text)
        assert "no field" in refused.value.diagnostic.message


def test_a_subtraction_is_no_date() -> None:
    for text in ("tokens > 2026 - 11 - 20", "tokens > 202-11-20", "tokens > span_count-11-20"):
        resolve(text)


def test_a_long_text_of_what_could_be_one_is_refused_at_once() -> None:
    for part in ("a.", "{ ", "now", "1 ", "''", "x["):
        assert len(str(refusal(part * 4_000 + "$"))) <= 300
