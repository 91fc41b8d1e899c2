"""Postings, and the vocabulary of keys and names."""

from __future__ import annotations

from typing import Any

import pytest

from spanglass.entities import Assessment, Batch, TraceFacts
from spanglass.limits import MAX_VALUES_PER_KEY, MAX_VOCABULARY_KEYS, SHORT_VALUE_CHARS
from spanglass.store import Store, numeric, scalar_text
from spanglass.store.postings import attribute_postings
from spanglass.store.vocabulary import key_paths
from tests.store.building import span


def posted(attributes: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(key, kind, value) for _, key, kind, value in attribute_postings(attributes)}


def test_scalars_are_posted_under_their_attribute_s_key() -> None:
    assert posted({"gen_ai.model": "gpt", "n": 5, "list": [1, 2.5, True]}) == {
        ("gen_ai.model", "s", "gpt"),
        ("n", "n", "5"),
        ("list", "n", "1"),
        ("list", "n", "2.5"),
        ("list", "b", "true"),
    }


def test_what_lies_deeper_is_posted_in_upper_case_under_the_path_that_leads_to_it() -> None:
    assert posted({"n": {"deep": {"flag": True}}, "list": [["x"], {"in": None}], "docs": [{"id": 1}, {"id": 2}]}) == {
        ("n.deep.flag", "B", "true"),
        ("list", "S", "x"),
        ("docs.id", "N", "1"),
        ("docs.id", "N", "2"),
    }


def test_a_key_and_a_path_of_the_same_name_are_told_apart() -> None:
    assert posted({"a.b": 1, "a": {"b": 1}}) == {("a.b", "n", "1"), ("a.b", "N", "1")}


def test_a_long_value_is_said_to_be_there() -> None:
    short, long = "x" * SHORT_VALUE_CHARS, "x" * (SHORT_VALUE_CHARS + 1)
    assert posted({"k": short}) == {("k", "s", short)}
    assert posted({"k": long}) == {("k", "+", "")}


def test_of_too_many_values_under_a_key_the_rest_is_said_to_be_there() -> None:
    found = posted({"docs": [{"id": at} for at in range(1000)]})
    assert len(found) == MAX_VALUES_PER_KEY + 1
    assert ("docs.id", "+", "") in found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", 2.0**63),
        ("12abc", None),
        (" 5", None),
        ("+5", None),
        (".5", None),
        ("٥", None),
        ("1e999", None),
        ("", None),
    ],
)
def test_a_text_that_looks_like_a_number_is_one(text: str, number: float | None) -> None:
    assert numeric(text) == number


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (0.1, "0.1"), (5.0, "5.0"), (False, "false"), ("é", "é")])
def test_the_text_of_a_scalar(value: Any, text: str) -> None:
    assert scalar_text(value) == text


def test_whole_numbers_are_found_exactly(store: Store) -> None:
    store.write(Batch([span("t1", "a", attributes={"id": 9007199254740993})]))
    query = "SELECT count(*) FROM kv WHERE key = 'id' AND num = ?"
    assert store.connection.execute(query, (9007199254740993,)).fetchone() == (1,)
    assert store.connection.execute(query, (9007199254740992,)).fetchone() == (0,)


def test_key_paths_are_three_keys_deep_and_step_through_arrays() -> None:
    value = {"a": {"b": {"c": {"d": 1}}}, "list": [{"k": "x"}, {"k": 1}], "gone": None}
    assert key_paths("inputs", value) == {
        ("inputs", "a", "object"),
        ("inputs", "a.b", "object"),
        ("inputs", "a.b.c", "object"),
        ("inputs", "list", "array"),
        ("inputs", "list[*].k", "text"),
        ("inputs", "list[*].k", "number"),
    }
    assert key_paths("outputs", [{"score": 1}]) == {("outputs", "[*].score", "number")}
    assert key_paths("outputs", "just text") == set()


def test_an_object_with_ids_for_keys_does_not_fill_the_vocabulary() -> None:
    value = {str(at): {"x": {"y": 1}} for at in range(10 * MAX_VOCABULARY_KEYS)}
    assert len(key_paths("inputs", {"a": [value], "b": value})) == MAX_VOCABULARY_KEYS


def vocabulary(store: Store) -> dict[tuple[str, str], tuple[str, int]]:
    rows = store.connection.execute("SELECT scope, key, type, n_traces FROM vocabulary")
    return {(scope, key): (word, count) for scope, key, word, count in rows}


def test_the_vocabulary_counts_traces(store: Store) -> None:
    store.write(
        Batch(
            [
                span("t1", "a", name="plan", span_type="AGENT", inputs={"q": "x"}, attributes={"k": 1}),
                span(
                    "t1", "b", "a", name="ask", span_type="LLM", model="gpt", outputs={"text": "x"}, attributes={"k": 2}
                ),
                span("t2", "a", name="plan", span_type="AGENT", inputs={"q": 1}),
            ],
            [TraceFacts("t1", tags={"env": "prod"}, metadata={"m": "1"})],
            [
                Assessment("good", True, trace_id="t1"),
                Assessment("good", False, trace_id="t2"),
                Assessment("answer", "42", "expectation", trace_id="t2"),
                Assessment("nice", True, session_id="s"),
            ],
        )
    )
    assert vocabulary(store) == {
        ("span.name", "plan"): ("text", 2),
        ("span.name", "ask"): ("text", 1),
        ("span.type", "AGENT"): ("text", 2),
        ("span.type", "LLM"): ("text", 1),
        ("model", "gpt"): ("text", 1),
        ("inputs", "q"): ("mixed", 2),
        ("outputs", "text"): ("text", 1),
        ("attribute", "k"): ("number", 1),
        ("tag", "env"): ("text", 1),
        ("metadata", "m"): ("text", 1),
        ("feedback", "good"): ("bool", 2),
        ("feedback", "nice"): ("bool", 1),
        ("expectation", "answer"): ("text", 1),
    }
    store.delete_traces(["t2"])
    assert vocabulary(store)["inputs", "q"] == ("text", 1)
    assert vocabulary(store)["span.name", "plan"] == ("text", 1)
    assert ("expectation", "answer") not in vocabulary(store)


def test_the_vocabulary_knows_when_a_key_was_last_seen(store: Store) -> None:
    day = 86_400_000_000_000
    store.write(Batch([span("t1", "a", start=day), span("t2", "b", start=2 * day), span("t3", "c", start=0)]))
    query = "SELECT last_seen_ms FROM vocabulary WHERE scope = 'span.type'"
    assert store.connection.execute(query).fetchone() == (2 * 86_400_000,)
