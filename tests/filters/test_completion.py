"""While a filter is typed, what can stand at the cursor is proposed; what is taken can still become a filter."""

from __future__ import annotations

import random
import re
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.filters import Completion, FilterError, check, complete, parse
from spanglass.filters.fields import FIELDS
from spanglass.filters.operands import AGGREGATES, FUNCTIONS
from tests.filters.corpus import GOLDEN, mlflow_cases


class Assistant:
    """What a small store has seen, with names and values that need quotes."""

    KEYS: ClassVar = {
        "tag": {"env": 5, "my key": 2, "http.route": 9, "": 1, "a[*]": 1, "\ud800": 1},
        "metadata": {"user_id": 3},
        "feedback": {"correct": 4, "score": 2},
        "expectation": {"ideal": 1},
        "attribute": {"gen_ai.request.model": 7, "http.my-x": 1, "a[*].b": 1, "a b[*].c": 1},
        "resource": {"service.name": 8, "my key": 1},
        "inputs": {"question": 8, "messages": 4, "messages[*].role": 3, "my key.sub[*]": 1, "[*].text": 1},
        "outputs": {"docs[*].score": 2},
        "span.name": {"search": 5, "my step": 3, "root": 1},
        "span.type": {"TOOL": 5, "LLM": 6, "MY_TYPE": 1},
        "model": {"gpt-4o": 2},
    }
    VALUES: ClassVar = {
        ("tag", "env"): {"dev": 1, "prod": 5, "it's": 2},
        ("tag", "retries"): {"2": 1},
        ("feedback", "correct"): {"true": 4, "false": 2},
        ("attribute", "top_k"): {"2": 3, "many": 1},
        ("trace", "name"): {"ask": 3},
    }

    def keys(self, scope: str) -> dict[str, int]:
        return self.KEYS.get(scope, {})

    def values(self, scope: str, key: str) -> dict[str, int]:
        return self.VALUES.get((scope, key), {})


def at(text: str, **options) -> Completion:
    """The proposals where ``|`` stands."""
    cursor = text.index("|")
    return complete(text.replace("|", "", 1), cursor, **{"vocabulary": Assistant(), **options})


def proposed(text: str, **options) -> list[str]:
    return [item.insert for item in at(text, **options).items]


def counted(text: str, **options) -> dict[str, int | None]:
    return {item.insert: item.count for item in at(text, **options).items}


def taken(text: str, number: int = 0) -> str:
    """The text once a proposal is taken."""
    found, plain = at(text), text.replace("|", "", 1)
    return plain[: found.start] + found.items[number].insert + plain[found.end :]


# ---------------------------------------------------------------- fields


def test_a_condition_begins_with_a_field_a_prefix_or_a_block():
    items = proposed("|")
    assert items[:2] == ["name", "status"]
    for wanted in ("tag.", "metadata.", "feedback.", "expectation.", "span.", "root.", "{ ", "NOT", "count({ "):
        assert wanted in items
    assert "parent { " not in items


def test_inside_of_a_block_names_are_those_of_a_span():
    items = proposed("{ |")
    assert {"type", "is_root", "depth", "attributes", "parent { ", "descendant { ", "trace.", "parent."} <= set(items)
    assert "experiment_id" not in items


@pytest.mark.parametrize("text", ["event { |", "{ event { |"])
def test_an_event_has_its_own_fields(text):
    assert proposed(text)[:3] == ["name", "time", "attributes"]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("sta|", ["status", "state", "start_time", "start_time_ms"]),
        ("STA|", ["status", "state", "start_time", "start_time_ms"]),
        ("status = 'OK' AND exec|", ["execution_time", "execution_time_ms", "execution_duration"]),
        ("{ par|", ["parent_id", "parent.", "parent { "]),
        ("status = 'OK' OR sea|", ["search."]),
        ("my|", ["`my step`."]),
        ("`ro|", ["`root`."]),
        ("span.ty|", ["type"]),
        ("search.ou|", ["outputs", "output_tokens"]),
        ("{ type = 'TOOL' }.ou|", ["outputs", "output_tokens"]),
        ("root.du|", ["duration", "duration_ms"]),
        ("trace.dur|", ["duration", "duration_ms"]),
        ("issue.|", ["id"]),
    ],
)
def test_what_is_typed_narrows_the_fields(text, items):
    assert sorted(proposed(text)) == sorted(items)


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("tag.|", {"http.route": 9, "env": 5, "`my key`": 2, "``": 1, "`a[*]`": 1}),
        ("tag.e|", {"env": 5}),
        ("tag.http.r|", {"http.route": 9}),
        ("tag.`m|", {"`my key`": 2}),
        ("metadata.|", {"user_id": 3}),
        ("feedback.|", {"correct": 4, "score": 2}),
        ("assessment.|", {"correct": 4, "score": 2, "ideal": 1}),
        ("{ attributes.|", {"gen_ai.request.model": 7, "`http.my-x`": 1, "a[*].b": 1, "`a b`[*].c": 1}),
        ("span.attributes.gen|", {"gen_ai.request.model": 7}),
        ("resource.|", {"service.name": 8, "`my key`": 1}),
        ("{ resource.s|", {"service.name": 8}),
        ("span.resource.ser|", {"service.name": 8}),
        ("root.resource.|", {"service.name": 8, "`my key`": 1}),
        ("inputs.|", {"question": 8, "messages": 4, "messages[*].role": 3, "`my key`.sub[*]": 1}),
        ("inputs.messages[0].|", {"messages[0].role": 3}),
        ("inputs[|", {"[*].text": 1}),
        ("{ outputs.|", {"docs[*].score": 2}),
        ("search.inputs.q|", {"question": 8}),
    ],
)
def test_keys_that_were_seen_are_proposed_with_their_counts(text, keys):
    assert counted(text) == keys
    assert list(counted(text)) == list(keys)


def test_without_a_vocabulary_no_keys_are_known():
    assert proposed("tag.|", vocabulary=None) == []


# ---------------------------------------------------------------- operators and words


def test_a_text_takes_text_operators():
    items = proposed("status |")
    assert items[0] == "="
    assert {"!=", "IN (", "LIKE", "CONTAINS", "STARTS WITH", "RLIKE", "IS NULL"} <= set(items)
    assert "BETWEEN" not in items


@pytest.mark.parametrize("text", ["duration |", "timestamp |", "tokens |", "count({}) |", "cost / tokens |"])
def test_a_number_is_compared_by_size(text):
    items = proposed(text)
    assert items[0] == ">"
    assert "BETWEEN" in items
    assert not {"LIKE", "CONTAINS", "AND"} & set(items)


def test_a_boolean_is_a_condition_by_itself():
    assert {"=", "IS TRUE", "AND", "OR", "}"} <= set(proposed("{ is_root |"))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("status = 'OK' |", ["AND", "OR", "ORDER BY", "LIMIT"]),
        ("status = 'OK'|", [" AND", " OR", " ORDER BY", " LIMIT"]),
        ("status = 'OK' o|", ["OR", "ORDER BY"]),
        ("(status = 'OK' |", ["AND", "OR", ")"]),
        ("{ name = 'a' |", ["AND", "OR", "}"]),
        ("cost BETWEEN 1 |", ["AND"]),
        ("cost NOT |", ["IN", "BETWEEN"]),
        ("cost IS |", ["NOT", "NULL", "TRUE", "FALSE", "DISTINCT"]),
        ("name STARTS |", ["WITH"]),
        ("name LIKE 'a' |", ["AND", "OR", "ESCAPE", "ORDER BY", "LIMIT"]),
        ("tag.env IN ('a' |", [",", ")"]),
        ("sum(tokens |", [","]),
        ("sum(tokens, |", ["{ "]),
        ("count({} |", [")"]),
        ("NONE |", ["{ "]),
        ("{} >> |", ["{ "]),
        ("{} !|", ["!>>", "!>", "!<<", "!<", "!~"]),
        ("timestamp > ago(|", ["1h", "24h", "7d", "30m"]),
        ("LIMIT |", ["10", "20", "50", "100", "1000"]),
        ("ORDER |", ["BY"]),
        ("ORDER BY cost |", ["DESC", "ASC", "NULLS FIRST", "NULLS LAST", ",", "LIMIT"]),
        ("ORDER BY cost DESC |", ["NULLS FIRST", "NULLS LAST", ",", "LIMIT"]),
    ],
)
def test_the_words_that_can_follow(text, items):
    assert proposed(text) == items


def test_after_a_block_comes_how_another_span_stands_to_it():
    assert {">>", ">", "<<", "<", "~", "THEN", "!>>", "AND", "OR", "ORDER BY"} <= set(proposed("{ type = 'TOOL' } |"))
    assert ">>" not in proposed("ALL { type = 'TOOL' } |")


def test_exists_takes_a_field_and_a_calculation_takes_numbers():
    assert "inputs" in proposed("EXISTS |")
    assert "count({ " not in proposed("EXISTS |")
    assert proposed("cost / in|") == ["input_tokens", "inputs"]
    assert proposed("cost / n|") == []


def test_an_order_key_is_a_field_or_an_aggregate_but_no_bare_span():
    items = proposed("ORDER BY |")
    assert {"duration", "tag.", "max("} <= set(items)
    assert not {"span.", "NOT", "{ "} & set(items)


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("status = |", ["'OK'", "'ERROR'", "'IN_PROGRESS'", "'STATE_UNSPECIFIED'", ":status"]),
        ("status = 'E|", ["'ERROR'"]),
        ('status = "e|', ["'ERROR'"]),
        ("status =|", [" 'OK'", " 'ERROR'", " 'IN_PROGRESS'", " 'STATE_UNSPECIFIED'", " :status"]),
        ("tag.env = |", ["'prod'", "'it''s'", "'dev'", ":env"]),
        ("tag.env IN ('dev', |", ["'prod'", "'it''s'", "'dev'", ":env"]),
        ("tag.env CONTAINS 'p|", ["'prod'"]),
        ("tag.retries = |", ["'2'", ":retries"]),
        ("name = |", ["'ask'", ":name"]),
        ("{ name = |", ["'search'", "'my step'", "'root'", ":name"]),
        ("span.name = 's|", ["'search'"]),
        ("{ model = |", ["'gpt-4o'", ":model"]),
        ("feedback.correct = |", ["TRUE", "FALSE", ":correct"]),
        ("{ attributes.top_k = |", ["2", "'many'", "TRUE", "FALSE", ":top_k"]),
        ("{ is_root = |", ["TRUE", "FALSE", ":is_root"]),
        ("name RLIKE |", [":name"]),
        ("duration > 5|", ["5ms", "5s", "5m", "5h", "5d", "500ms"]),
        ("max(duration, {}) > 1m|", ["1m"]),
        ("user_id = :u AND run_id IN |", ["(", ":u", ":values"]),
        ("user_id = :u AND session_id = :|", [":u", ":session_id"]),
        ("tokens > output|", ["output_tokens", "outputs"]),
    ],
)
def test_the_values_of_the_field_are_proposed_as_they_are_written(text, values):
    assert proposed(text) == values


def test_span_types_that_were_seen_come_before_those_known_by_name():
    assert proposed("{ type = |")[:4] == ["'LLM'", "'TOOL'", "'MY_TYPE'", "'CHAIN'"]


@pytest.mark.parametrize("literal", ["now() - 24h", "'yesterday'", "'1h ago'"])
def test_a_time_is_proposed_as_seen_from_now(literal):
    assert literal in proposed("timestamp >= |")


def test_the_field_that_is_asked_for_is_named_so_that_its_values_can_be_given():
    assert at("status = 'OK' AND tag.env = |").asked == "tag.env"
    found = at("tag.env = |", values={"staging": 7}).items
    assert (found[0].insert, found[0].detail, found[0].count) == ("'staging'", "~", 7)


@pytest.mark.parametrize("text", ["tokens > |", "{ is_root = |", "duration > |", "name = |", "timestamp > |"])
def test_given_values_that_do_not_fit_the_field_are_left_out(text):
    values = {"abc": 1, 12: 1, True: 1, float("inf"): 1, "\0": 1}
    begin = text.replace("|", "")
    for item in at(text, values=values).items:
        if item.detail == "~":
            assert not [one for one in check(begin + item.insert + closers(begin)) if one.severity == "error"]


def test_a_long_value_is_shown_cut_and_found_by_what_is_typed_of_it():
    long = "x" * 60
    (item,) = at(f"tag.env = '{long[:50]}|", values={long + "y": 1}).items
    assert item.insert == f"'{long}y'"
    assert len(item.label) == 40


def test_of_durations_that_are_given_the_percentiles_are_written_with_a_unit():
    found = at("duration > |", values={1234: 3, 250.4: 1, 7_200_000: 2}).items[:3]
    assert [(item.insert, item.detail) for item in found[:2]] == [("1.23s", "~ p50"), ("2h", "~ p95")]
    assert not found[2].detail.startswith("~")


# ---------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("sta|tus = 'OK'", "status = 'OK'"),
        ("status = 'E|RR' AND cost > 1", "status = 'ERROR' AND cost > 1"),
        ("tag.e|nv = 'dev'", "tag.env = 'dev'"),
        ("status = 'E|", "status = 'ERROR'"),
        ("{ type = 'TOOL' AND stat|us_mess }", "{ type = 'TOOL' AND status }"),
        ("(status = 'O| OR cost > 1", "(status = 'OK' OR cost > 1"),
    ],
)
def test_the_word_at_the_cursor_is_replaced_as_a_whole(text, after):
    assert taken(text) == after


@pytest.mark.parametrize("text", ["status = 'OK' -- no|", "status /* in| */ = 'OK'", "cost > 1.|", "LIMIT 5; |"])
def test_where_nothing_can_be_said_nothing_is(text):
    assert proposed(text) == []


@pytest.mark.parametrize("text", ["= = AND sta|", "status = )( OR sta|", "latncy ! AND sta|", "?? AND sta|"])
def test_what_is_broken_before_is_passed_over(text):
    assert "status" in proposed(text)


def test_there_are_at_most_fifty_proposals():
    class Many(Assistant):
        def keys(self, scope: str) -> dict[str, int]:
            return {f"k{number}": number for number in range(1000)}

    items = proposed("tag.|", vocabulary=Many())
    assert len(items) == 50
    assert items[:2] == ["k999", "k998"]


# ---------------------------------------------------------------- laws

CONTINUATIONS = (
    "", " 'x'", " = 1", " > 1s", "x = 1", "1", " (1)", " { }", "{ }", " FROM 1", " WITH 'x'", " BY cost", " FIRST",
    "name", ") > 1", " 1 AND 2", " status = 'OK'", " AND 2", " { }) > 1", " LIKE 'x'", " NULL", " (1 AND 2)", " > { }",
    "id", " 5", " { name = 'x' }", " '!'", " {}, status = 'OK')", " cost",
)  # fmt: skip
ENDS = ("", " = 1", " > 1", "= 1")


def closers(text: str, compared: str = "") -> str:
    """The brackets that are still open in a text, closed; what a call still needs is put in before."""
    waiting: list[list[str]] = []
    for match in re.finditer(r"'[^']*'|\"[^\"]*\"|`[^`]*`|(\w*)\(|[{\[)}\],]", text):
        token = match.group()
        if token[-1] in "({[":
            word = (match.group(1) or "").lower()
            more = ", {}" if word in AGGREGATES[1:] else ", status = 'OK'" if word == "all" else ""
            value = word in FUNCTIONS and word != "all"
            waiting.append([more, {"(": ")", "{": "}", "[": "]"}[token[-1]], compared if value else ""])
        elif token == "," and waiting:
            waiting[-1][0] = ""
        elif token in ")}]" and waiting:
            waiting.pop()
    return "".join(["".join(entry) for entry in reversed(waiting)])


def can_become_a_filter(text: str) -> bool:
    for more in CONTINUATIONS:
        for end in ENDS:
            for compared in ("", " > 1"):
                inner = closers(text + more, compared)
                for whole in {text + more + end + inner, text + more + inner + end}:
                    try:
                        parse(whole)
                    except FilterError:
                        continue
                    return True
    return False


@pytest.mark.parametrize("text", sorted({*GOLDEN, *[case.text for case in mlflow_cases() if case.accepted][::6]}))
def test_what_is_taken_leaves_a_text_that_can_become_a_filter(text):
    text = text.partition(" --")[0]
    chosen = random.Random(text)
    for cursor in range(len(text) + 1):
        before = text[:cursor]
        found = complete(before, cursor, vocabulary=Assistant())
        kinds = {item.kind: item for item in found.items}
        for item in {*kinds.values(), *chosen.sample(found.items, min(2, len(found.items)))}:
            after = before[: found.start] + item.insert
            assert can_become_a_filter(after), after


@pytest.mark.parametrize("begin", ["", "{ ", "ORDER BY ", "event { ", "link { ", "assessment { ", "{ event { ", "sum("])
def test_every_field_that_is_proposed_exists(begin):
    for item in complete(begin, len(begin)).items:
        if item.kind == "field":
            field = item.insert
            rest = ", {}) > 1" if begin == "sum(" else "" if begin.startswith("ORDER") else " IS NOT NULL"
            whole = begin + field + rest
            errors = [one for one in check(whole + closers(whole)) if one.severity == "error"]
            assert not errors, whole


@pytest.mark.parametrize(("begin", "subject"), [("", "trace"), ("{ ", "span"), ("{ event { ", "event")])
def test_every_operator_that_is_proposed_fits_the_field(begin, subject):
    for name in dict.fromkeys(field.name for field in FIELDS[subject].values()):
        text = f"{begin}{name} "
        for item in complete(text, len(text)).items:
            if item.kind == "operator":
                literal = complete(text + item.insert + " ", len(text + item.insert) + 1).items
                values = [one.insert for one in literal if one.kind == "value"] or ["'a'", "1"]
                ends = [f" {value}{more}" for value in values for more in ("", f" AND {value}", ")")] + [""]
                found = [check(text + item.insert + end + closers(text)) for end in ends]
                assert any(all(one.severity == "warning" for one in each) for each in found), text + item.insert


@given(st.text(max_size=60), st.integers(-5, 80))
def test_nothing_is_raised_for_any_text(text, cursor):
    found = complete(text, cursor, vocabulary=Assistant())
    assert 0 <= found.start <= found.end <= len(text)


WORDS = """
    status tag . `k` { } ( ) [ ] , ; = != ! > >> < ~ - * / 'x' "y 'z : :p 1 1.5s AND OR NOT IN LIKE BETWEEN IS NULL
    DISTINCT FROM ORDER BY LIMIT DESC NULLS all( count( sum( now() ALL ANY EXISTS parent root. event STARTS WITH
    ESCAPE -- /* inputs [*] TRUE
"""


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(["", " ", "\n"])), max_size=14),
    st.integers(0, 60),
)
def test_nothing_is_raised_for_any_row_of_words(words, cursor):
    text = "".join([word + space for word, space in words])
    for where in {cursor, len(text)}:
        found = complete(text, where, vocabulary=Assistant(), values={"a": 1, 2.5: 1, True: 1, "\0": 1})
        assert 0 <= found.start <= found.end <= len(text)
        assert len(found.items) <= 50


@pytest.mark.parametrize(
    "text", ["(" * 5000, "{ " * 5000, "'" * 9999, "tag." * 4000, "NOT " * 4000, "x" * 30_000, "\0", "😀"]
)
def test_long_and_strange_texts_are_taken_calmly(text):
    assert len(complete(text, len(text), vocabulary=Assistant()).items) <= 50


def test_every_prefix_of_the_corpus_is_taken_calmly():
    for text in [*GOLDEN, *[case.text for case in mlflow_cases()]]:
        for cursor in range(len(text) + 1):
            for whole in (text, text[:cursor]):
                found = complete(whole, cursor)
                assert found.start <= cursor <= found.end
