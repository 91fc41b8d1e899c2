"""The literal decides how things are compared; units fold and have to fit."""

from __future__ import annotations

import pytest

from spanglass.filters.algebra import Always, Const, IsMissing, Key, Not, Or
from tests.filters.words import (
    BOOL,
    EITHER,
    NUMBER,
    TEXT,
    In,
    Match,
    Path,
    Range,
    is_,
    marked,
    meaning,
    query,
    refusal,
    span,
    trace,
    ways_out,
)

RETRIES = Key("tag", "retries")


def test_a_number_compares_numbers_and_a_text_texts():
    assert meaning("tag.retries > 3") == is_(RETRIES, 3, NUMBER, ">")
    assert meaning("tag.retries > '3'") == is_(RETRIES, "3", TEXT, ">")
    assert meaning("feedback.ok = TRUE").mode is BOOL
    assert meaning("feedback.ok = 'true'").mode is TEXT
    assert meaning("experiment_id = 1") == is_(trace("experiment_id"), 1, NUMBER)


def test_without_a_literal_numbers_if_both_are():
    assert meaning("tag.a = tag.b").mode is EITHER
    assert meaning("name = model").mode is EITHER
    assert meaning("tokens > input_tokens").mode is NUMBER
    assert meaning("end_time > timestamp").mode is NUMBER


def test_the_literal_may_stand_left():
    assert meaning("3 < tag.retries") == meaning("tag.retries > 3")
    assert meaning("'x' != name") == meaning("name != 'x'")
    assert meaning("1000 <= timestamp") == meaning("timestamp >= 1000")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("duration > 1.5s", 1500),
        ("duration > 250", 250),
        ("duration > 2m", 120_000),
        ("duration > 1h30m", 5_400_000),
        ("duration > 1500us", 1.5),
        ("duration > 0.3us", 0.0003),
        ("duration > 2.3s", 2300),
        ("duration > 1w", 604_800_000),
        ("duration > '1.5s'", 1500),
        ("duration > '300'", 300),
        ("tokens > 10k", 10_000),
        ("tokens > 2 * 10k", 20_000),
        ("tokens > 1.5M", 1_500_000),
        ("tokens > '5'", 5),
        ("tokens > -5", -5),
        ("tokens > 1e3", 1000.0),
        ("length(inputs) > 4KiB", 4096),
        ("length(inputs) > 5kB", 5000),
        ("outputs.share > 95%", 0.95),
        ("outputs.took > 2s", 2000),
        ("tokens > 99999999999999999999", 1e20),
        ("tokens > 7 / 2", 3.5),
    ],
)
def test_units_are_folded(written, value):
    found = meaning(written)
    assert found.right == Const(value)
    assert type(found.right.value) is type(value)
    assert found.mode is NUMBER


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("duration > 10k", "10k"),
        ("duration > 5%", "5%"),
        ("tokens > 5s", "5s"),
        ("tokens > 5kB", "5kB"),
        ("timestamp > 5k", "5k"),
        ("name > 5s", "5s"),
        ("duration > 5parsecs", "5parsecs"),
        ("duration > 1S", "1S"),
        ("tokens > 1e999", "1e999"),
        ("tokens > 1_000", "1_000"),
        ("duration > 'soon'", "'soon'"),
        ("tokens > TRUE", "TRUE"),
        ("span.is_root = 1", "1"),
        ("duration > timestamp", "duration > timestamp"),
        ("timestamp > 5s", "5s"),
        ("duration > now()", "now()"),
        ("tokens + duration > 5", "tokens + duration"),
        ("timestamp + timestamp > 5", "timestamp + timestamp"),
        ("name + 1 > 5", "name"),
        ("'a' + 1 > 5", "'a'"),
        ("tokens > 1e308 * 10", "1e308 * 10"),
    ],
)
def test_what_does_not_fit_is_refused(text, under):
    assert marked(refusal(text)) == under


def test_minutes_are_not_millions():
    error = refusal("tokens > 10m")
    assert "tokens > 10M" in ways_out(error).values()


def test_a_length_of_time_is_not_a_point_in_time():
    error = refusal("timestamp > 5h")
    assert list(ways_out(error).values()) == ["timestamp > now() - 5h"]


def test_true_is_not_1():
    error = refusal("{ is_root = 1 }")
    assert list(ways_out(error).values()) == ["{ is_root = TRUE }"]


def test_null_equals_nothing():
    assert meaning("name = NULL") == Always(False)
    assert meaning("name != NULL") == Always(False)
    assert meaning("NOT name = NULL") == Always(True)
    assert meaning("name IS DISTINCT FROM NULL") == Not(IsMissing(trace("name")))
    assert meaning("name IS NOT DISTINCT FROM NULL") == IsMissing(trace("name"))


def test_constants_are_compared_at_once():
    assert meaning("1 < 2") == Always(True)
    assert meaning("'a' = 'b'") == Always(False)
    assert meaning("'name' = 'predict'") == Always(False)
    assert meaning("'10' = 10") == Always(True)
    assert meaning("'true' = TRUE") == Always(False)
    assert meaning("2 BETWEEN 1 AND 3") == Always(True)
    assert meaning("2 IN (1, 2)") == Always(True)
    assert meaning("2 NOT IN (1, 2)") == Always(False)
    assert meaning("1 / 0 = 1") == Always(False)
    assert meaning("now() > ago(1h)") == Always(True)


def test_lists():
    name = trace("name")
    assert meaning("name IN ('a', 'b',)") == In(name, (Const("a"), Const("b")))
    assert meaning("tag.n IN (1, 'b', TRUE)") == In(Key("tag", "n"), (Const(1), Const("b"), Const(True)))
    assert meaning("name NOT IN ('a', NULL)") == In(name, (Const("a"),), negated=True)
    assert meaning("name IN (NULL)") == Always(False)
    assert meaning("name NOT IN (NULL)") == Not(IsMissing(name))
    assert meaning("name IN ('O''K')") == In(name, (Const("O'K"),))
    assert meaning("duration IN (1s, 2s)").items == (Const(1000), Const(2000))


def test_a_list_holds_constants():
    error = refusal("name IN (model, 'x')")
    assert marked(error) == "model"
    assert list(ways_out(error).values()) == ["(name = model OR name = 'x')"]


def test_ranges():
    assert meaning("tokens BETWEEN 1 AND 2k") == Range(trace("tokens"), Const(1), Const(2000), NUMBER)
    assert meaning("name NOT BETWEEN 'a' AND 'b'") == Range(trace("name"), Const("a"), Const("b"), TEXT, negated=True)
    assert meaning("5 BETWEEN input_tokens AND tokens").mode is NUMBER
    assert meaning("tag.a BETWEEN tag.b AND tag.c").mode is EITHER
    assert meaning("name BETWEEN NULL AND 'b'") == Always(False)
    assert marked(refusal("tag.a BETWEEN 1 AND 'b'")) == "tag.a BETWEEN 1 AND 'b'"


def test_being_something():
    flag = Path(trace("outputs"), ("flag",))
    assert meaning("outputs.flag IS TRUE") == is_(flag, True, BOOL)
    assert meaning("outputs.flag IS NOT TRUE") == Not(is_(flag, True, BOOL))
    assert meaning("outputs.flag IS FALSE") == is_(flag, False, BOOL)
    assert meaning("outputs.flag") == is_(flag, True, BOOL)
    assert meaning("NOT outputs.flag") == Not(is_(flag, True, BOOL))
    assert meaning("EXISTS outputs.flag") == Not(IsMissing(flag))
    assert meaning("{ is_root }").things.where == is_(span("is_root"), True, BOOL)


@pytest.mark.parametrize("text", ["status", "tag.key", "duration", "timestamp AND status = 'OK'"])
def test_a_bare_field_is_a_condition_only_if_it_can_be_true(text):
    (way_out,) = ways_out(refusal(text)).values()
    assert query(way_out).where


def test_distinct_counts_a_missing_value_as_a_value():
    env = Key("tag", "env")
    assert meaning("tag.env IS DISTINCT FROM 'prod'") == Not(is_(env, "prod"))
    assert meaning("tag.env IS NOT DISTINCT FROM 'prod'") == is_(env, "prod")
    same = meaning("name IS NOT DISTINCT FROM model")
    assert isinstance(same, Or)
    assert same.items[1].items == (IsMissing(trace("name")), IsMissing(trace("model")))


def test_text_operators():
    name = trace("name")
    assert meaning("name LIKE 'a%'") == Match("like", name, Const("a%"))
    assert meaning("name NOT ILIKE 'a%'") == Match("ilike", name, Const("a%"), negated=True)
    assert meaning("name LIKE 'a!%%' ESCAPE '!'") == Match("like", name, Const("a!%%"), "!")
    assert meaning("name =~ '^a'") == Match("rlike", name, Const("^a"))
    assert meaning("name !~ '^a'") == Match("rlike", name, Const("^a"), negated=True)
    assert meaning("name CONTAINS model") == Match("contains", name, trace("model"))
    assert [meaning(f"name {op} 'a'").op for op in ("STARTS WITH", "ends with", "MATCH", "ICONTAINS")] == [
        "starts",
        "ends",
        "match",
        "icontains",
    ]


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("name LIKE 5", "5"),
        ("timestamp LIKE '1%'", "timestamp"),
        ("tokens CONTAINS '1'", "tokens"),
        ("name RLIKE model", "model"),
        ("name CONTAINS tokens", "tokens"),
        ("name RLIKE 'a(b'", "'"),
        ("name RLIKE '(?<n>a'", "'"),
        ("name RLIKE '*a'", "*"),
        ("name LIKE 'a!' ESCAPE '!'", "'a!'"),
        ("name LIKE 'a' ESCAPE 'ab'", "'ab'"),
        ("name RLIKE 'a' ESCAPE '!'", "ESCAPE"),
    ],
)
def test_patterns_are_checked(text, under):
    assert marked(refusal(text)) == under


def test_a_regular_expression_may_not_be_endless():
    assert "1,000 bytes" in str(refusal(f"name RLIKE '{'a' * 1001}'"))


def test_a_bare_text_is_searched_for():
    assert meaning("'refund policy'") == Match("icontains", trace("text"), Const("refund policy"))
    assert meaning("{ 'refund' }").things.where == Match("icontains", span("text"), Const("refund"))


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("status = OK", "status = 'OK'"),
        ("name LIKE my_agent", "name LIKE 'my_agent'"),
        ("status IN (OK, 'ERROR')", "status IN ('OK', 'ERROR')"),
        ("name = predict-v2", "name = 'predict-v2'"),
        ("{ type = TOOL }", "{ type = 'TOOL' }"),
        ("tag.host = a.example.com", "tag.host = 'a.example.com'"),
        ("'x' AND name = “x”", "'x' AND name = \"x\""),
        ("status = 'OK' && cost > 1", "status = 'OK' AND cost > 1"),
        ("status IN 'OK'", "status IN ('OK')"),
        ("duration > .5s", "duration > 0.5s"),
    ],
)
def test_a_slip_has_a_way_out(text, way_out):
    assert way_out in ways_out(refusal(text)).values()
    assert query(way_out).where


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        (r"name = 'it\'s'", "name = 'it''s'"),
        (r"name = 'say \'hi\''", "name = 'say ''hi'''"),
        (r'name = "say \"hi\" now"', 'name = "say ""hi"" now"'),
    ],
)
def test_a_quote_behind_a_backslash_is_no_escape(text, way_out):
    assert list(ways_out(refusal(text)).values()) == [way_out]
    assert query(way_out).where


def test_backslashes_are_characters():
    assert meaning(r"name = 'C:\'") == is_(trace("name"), "C:\\")
    assert meaning(r"name IN ('C:\', 'D:\')").items == (Const("C:\\"), Const("D:\\"))
    assert meaning(r"name RLIKE '\d+'").pattern == Const(r"\d+")


def test_doubled_quotes_are_one():
    assert meaning("name = 'it''s'") == is_(trace("name"), "it's")
    assert meaning('name = "say ""hi"""') == is_(trace("name"), 'say "hi"')
    assert meaning("name = ''''") == is_(trace("name"), "'")


def test_values_of_several_spans_are_said_of_one_span():
    assert meaning("search.duration * 2 > 5s") == meaning("{ name = 'search' AND duration * 2 > 5s }")
    assert meaning("5s < search.duration") == meaning("{ name = 'search' AND duration > 5s }")
    assert meaning("cost < search.cost") == meaning("{ name = 'search' AND cost > trace.cost }")
    assert meaning("a.duration > b.duration") == meaning("{ name = 'a' AND duration > b.duration }")


def test_functions():
    assert meaning("lower(name) = 'x'").left.name == "lower"
    assert meaning("length(inputs.q) > 5").mode is NUMBER
    assert meaning("coalesce(tag.a, tag.b, 'c') = 'x'").left.args[2] == Const("c")
    assert meaning("coalesce(duration, 0) > 1s").right == Const(1000)
