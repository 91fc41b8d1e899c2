"""JSON text that every reader can read, made of any value."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.limits import MAX_JSON_DEPTH
from spanglass.store import decode, encode

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_json_can_say_comes_back_as_it_was(value: Any) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (float("nan"), "NaN"),
        ([float("inf"), None], ["Infinity", None]),
        ({"a": -float("inf"), "b": None}, {"a": "-Infinity", "b": None}),
        (2**64, "18446744073709551616"),
        ({"n": -(10**30)}, {"n": "-" + "1" + "0" * 30}),
        ("a\ud800b", "a\ufffdb"),
        ("a\0b", "a\ufffdb"),
        (["\\u0000", {"\0": "\\\0"}], ["\\u0000", {"\ufffd": "\\\ufffd"}]),
        ({"\udc00": "\ud83d\ude00"}, {"\ufffd": "😀"}),
        ({2: "a", None: "b", True: "c"}, {"2": "a", "null": "b", "true": "c"}),
        ((1, (2,)), [1, [2]]),
        ({"when": datetime(2026, 1, 2, tzinfo=timezone.utc)}, {"when": "2026-01-02T00:00:00+00:00"}),
        ({3}, "{3}"),
    ],
)  # fmt: skip
def test_what_json_cannot_say_is_kept_as_text(value: Any, stored: Any) -> None:
    assert decode(encode(value)) == stored


def test_an_object_that_cannot_even_be_printed_is_named_by_its_type() -> None:
    class Rude:
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert decode(encode([Rude()])) == ["<Rude>"]


@pytest.mark.parametrize("depth", [MAX_JSON_DEPTH, MAX_JSON_DEPTH + 1, 254, 255, 20_000])
@pytest.mark.parametrize("object", [False, True])
def test_what_is_too_deep_is_kept_as_its_own_text(depth: int, object: bool) -> None:
    value: Any = "end"
    for _ in range(depth):
        value = {"k": value} if object else [value]
    text = encode(value)
    assert sqlite3.connect(":memory:").execute("SELECT json_valid(?)", (text,)).fetchone() == (1,)
    stored = decode(text)
    for _ in range(min(depth, MAX_JSON_DEPTH)):
        stored = stored["k"] if object else stored[0]
    levels = depth - MAX_JSON_DEPTH
    opening, closing = ('{"k":', "}") if object else ("[", "]")
    assert stored == ("end" if levels <= 0 else opening * levels + '"end"' + closing * levels)


def test_a_value_that_contains_itself_ends() -> None:
    value: dict[str, Any] = {"a": 1}
    value["self"] = value
    assert json.loads(encode(value))["a"] == 1
