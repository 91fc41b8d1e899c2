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
    "status is error": "status = 'error'",
    "status is not error": "status != 'error'",
    "status not 'OK'": "status != 'OK'",
    "tag.env exists": "EXISTS tag.env",
    "tag.env does not exist AND name = 'x'": "tag.env IS NULL AND name = 'x'",
    "has(tag.env)": "EXISTS tag.env",
    "name IN 'a', 'b'": "name IN ('a', 'b')",
    "'x' in input.value": "inputs CONTAINS 'x'",
    "name ILIKE %chat%": "name ILIKE '%chat%'",
    "model =~ /gpt.*/": "model =~ 'gpt.*'",
    "inputs->>'question' = 'x'": "inputs['question'] = 'x'",
    "inputs.messages[].role = 'x'": "inputs.messages[*].role = 'x'",
    "10 < tokens <= 100": "tokens > 10 AND tokens <= 100",
    "tokens > 10 < 100": "tokens > 10 AND tokens < 100",
    "cost > 0.01 USD": "cost > 0.01",
    "name = 'x' LIMIT 5 ORDER BY duration": "name = 'x' ORDER BY duration LIMIT 5",
    "name = 'x' LIMIT 5 OFFSET 10": "name = 'x' LIMIT 5",
    "name = 'x' GROUP BY session_id": "name = 'x'",
    "SORT BY duration DESC": "ORDER BY duration DESC",
    "top 5": "LIMIT 5",
    "last 24 hours": "start_time >= ago(24h)",
    "timestamp > now() - interval '2 days'": "timestamp > now() - 2d",
    "timestamp > -24h": "timestamp > now() - 24h",
    "name = 'it's'": "name = 'it''s'",
    "has_error = true AND name = 'x'": "status = 'ERROR' AND name = 'x'",
    "created_at > '2026-11-01'": "start_time > '2026-11-01'",
    "errors > 0": "error_count > 0",
    "{ status_code = 'ERROR' }": "{ span.status = 'ERROR' }",
    "{ rootServiceName = 'x' }": "{ root.resource.service.name = 'x' }",
    "{ trace:duration > 1s }": "{ trace.duration > 1s }",
    "tag:env = 'x'": "tag.env = 'x'",
    "attributes['a.b'] = 'x'": "span.attributes['a.b'] = 'x'",
    "env = 'x'": "tag.env = 'x'",
    "name starts_with 'a'": "name STARTS WITH 'a'",
    "name begins with 'a'": "name STARTS WITH 'a'",
    "name endswith 'a'": "name ENDS WITH 'a'",
    "contains(name, 'a')": "name CONTAINS 'a'",
    "events { name = 'x' }": "event { name = 'x' }",
    "span { name = 'x' }": "{ name = 'x' }",
    "exists { name = 'x' }": "{ name = 'x' }",
    "count { name = 'x' } > 3": "count({ name = 'x' }) > 3",
    "median(duration, {}) > 1s": "p50(duration, {}) > 1s",
    "timestamp = today()": "timestamp = 'today'",
    "name = 'x' // why": "name = 'x' -- why",
    "{ latency > 1s }": "{ duration > 1s }",
    "refund policy": "'refund policy'",
    "timestamp > '1 week ago'": "timestamp > now() - 1w",
    "timestamp > '2026-11'": "timestamp > '2026-11-01'",
    "timestamp > '13/11/2026'": "timestamp > '2026-11-13'",
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
