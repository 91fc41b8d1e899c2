"""Clicks on facets and on the histogram as filter text: they say what was clicked, and leave the rest as it was."""

from __future__ import annotations

import math
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.filters import parse, resolve, syntax
from spanglass.filters.choices import choices, choose, unchosen
from spanglass.filters.parts import parts, without
from spanglass.filters.timespan import moment_text, set_times, times

from .corpus import GOLDEN

FIELDS = ["status", "name", "span.type", "model", "tag.env", "tag.`my key`", "feedback.correct"]
TEXTS = ["a", "it's", "{", ""]
OTHERS = [3, 0.5, True, False]
READABLE = [text for text in GOLDEN if ":" not in text]


def said(text: str) -> list[syntax.Node]:
    where = parse(text).where
    return [] if where is None else syntax.conjuncts(where)


def tail(text: str) -> tuple[object, ...]:
    query = parse(text)
    return query.order, query.limit


@pytest.mark.parametrize("text", GOLDEN)
def test_parts_are_the_conditions_and_each_can_be_left_out(text: str) -> None:
    found = parts(text)
    assert [part.node for part in found] == said(text)
    for part in found:
        assert text[part.start : part.end] == part.text
        assert said(part.text) == [part.node]
        rest = without(text, [part])
        assert said(rest) == [other.node for other in found if other is not part]
        assert tail(rest) == tail(text)
    assert said(without(text, found)) == []


def test_what_is_left_stays_as_it_was_written() -> None:
    text = "status  =  'OK' /* why */ AND (cost > 1) and name='x' ORDER BY cost"
    status, cost, name = parts(text)
    assert without(text, [status]) == "(cost > 1) and name='x' ORDER BY cost"
    assert without(text, [cost]) == "status  =  'OK' and name='x' ORDER BY cost"
    assert without(text, [name]) == "status  =  'OK' /* why */ AND (cost > 1) ORDER BY cost"


def test_parentheses_do_not_stay_empty() -> None:
    text = "(status = 'OK' AND cost > 1) AND name = 'x' LIMIT 3"
    assert without(text, parts(text)[:2]) == "name = 'x' LIMIT 3"
    assert without("((status = 'OK'))", parts("((status = 'OK'))")) == ""


@given(
    text=st.sampled_from(["", *READABLE]),
    rows=st.sampled_from(["traces", "spans"]),
    field=st.sampled_from(FIELDS),
    want=st.sampled_from(["in", "out"]),
    data=st.data(),
)
@settings(deadline=None, max_examples=200)
def test_choosing_is_read_back_and_taken_back(text: str, rows: str, field: str, want: str, data: st.DataObject) -> None:
    possible = TEXTS + OTHERS if field.startswith("feedback.") else TEXTS
    values = data.draw(st.lists(st.sampled_from(possible), min_size=1, max_size=3, unique_by=repr))
    base = unchosen(text, field, rows)
    assert choices(base, field, rows) == []
    now = base
    for n, value in enumerate(values, 1):
        now = choose(now, field, value, want, rows)
        (choice,) = choices(now, field, rows)
        assert (choice.want, list(choice.values)) == (want, values[:n])
        assert tail(now) == tail(text)
        resolve(now, rows=rows)
        assert choose(now, field, value, want, rows) == now
    for value in values:
        now = choose(now, field, value, None, rows)
    assert choices(now, field, rows) == []
    assert [each for each in said(now) if each != syntax.Block()] == [
        each for each in said(base) if each != syntax.Block()
    ]


def test_the_other_side_lets_go_of_a_value() -> None:
    text = choose(choose("", "status", "OK", "in"), "status", "ERROR", "in")
    assert text == "status IN ('OK', 'ERROR')"
    assert choose(text, "status", "OK", "out") == "status = 'ERROR' AND NOT status = 'OK'"


def test_a_spans_field_chooses_traces_by_a_block_and_spans_inside_of_theirs() -> None:
    text = "cost > 1 AND { name = 'ask' } ORDER BY cost"
    assert choose(text, "span.type", "LLM", "in") == "cost > 1 AND { name = 'ask' } AND { type = 'LLM' } ORDER BY cost"
    inside = "cost > 1 AND { name = 'ask' AND type = 'LLM' } ORDER BY cost"
    assert choose(text, "span.type", "LLM", "in", "spans") == inside
    chain = "{ name = 'a' } >> {status = 'OK'}"
    assert (
        choose(chain, "span.type", "LLM", "out", "spans") == "{ name = 'a' } >> { status = 'OK' AND NOT type = 'LLM' }"
    )
    assert choose("span.name = 'a'", "span.type", "LLM", "in", "spans") == "span.name = 'a' AND span.type = 'LLM'"
    assert choose("{ type = 'LLM' }", "span.type", "LLM", None, "spans") == ""


@pytest.mark.parametrize(
    "text",
    ["status = 'OK' OR cost > 1", "status LIKE 'O%'", "lower(status) = 'ok'", "span.type = 'a' AND span.name = 'b'"],
)
def test_what_is_no_choice_among_values_is_none(text: str) -> None:
    assert choices(text, "status") == choices(text, "span.type") == []


def test_differs_is_read_as_excluded_and_kept_as_it_is_written() -> None:
    text = choose("status != 'OK'", "status", "ERROR", "out")
    assert text == "status NOT IN ('OK', 'ERROR')"
    assert [(choice.want, choice.values) for choice in choices(text, "status")] == [("out", ("OK", "ERROR"))]


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"]),
    start=st.integers(0, 4_000_000_000_000),
    length=st.integers(0, 10_000_000_000),
    step=st.sampled_from([1, 900, 1_000, 30_000, 60_000, 3_600_000, 100_000_000]),
)
@settings(deadline=None)
def test_times_are_read_back_at_most_a_step_wider(zone: str, start: int, length: int, step: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        text = set_times("cost > 1 AND timestamp > 5 ORDER BY cost", start, start + length, step)
        found = times(text)
        assert found.start_ms is not None
        assert found.end_ms is not None
        assert start - step < found.start_ms <= start
        assert start + length <= found.end_ms < start + length + step
        assert len(found.parts) == 1
        assert set_times(text, None, None) == "cost > 1 ORDER BY cost"


def test_an_hour_that_comes_twice_is_written_as_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    second = int(datetime(2026, 10, 25, 1, 30, tzinfo=timezone.utc).timestamp() * 1000)
    assert moment_text(second, up=False) == str(second)
    assert moment_text(second - 3_600_000, up=False) == "'2026-10-25 02:30'"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("", (None, None)),
        ("timestamp >= 1000", (1000, None)),
        ("timestamp > 1000 AND timestamp < 2000", (1001, 1999)),
        ("timestamp = 1000", (1000, 1000)),
        ("start_time <= 1000 AND cost > 1", (None, 1000)),
        ("NOT timestamp > 1000", (None, None)),
        ("timestamp != 1000 OR cost > 1", (None, None)),
        ("timestamp BETWEEN '1970-01-01 00:00:01Z' AND '1970-01-01 00:00:02Z'", (1000, 2000)),
        ("timestamp = '1970-01-02'", (86_400_000, 2 * 86_400_000 - 1)),
    ],
)
def test_times_are_understood_however_they_are_written(
    text: str, span: tuple[float | None, float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    found = times(text)
    assert (found.start_ms, found.end_ms) == span
    assert not math.isnan(found.start_ms or 0)
