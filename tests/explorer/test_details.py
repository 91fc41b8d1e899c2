"""What of a span's values travels to the browser, and how the rest is fetched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass import limits
from spanglass.explorer.details import cut, follow, preview, stretch
from spanglass.explorer.envelope import encode, utf16_length

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=6),
    max_leaves=30,
)


def nested(depth: int) -> Any:
    value: Any = "deep"
    for level in range(depth):
        value = [value] if level % 2 else {"in": value}
    return value


@given(st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.text(max_size=40), max_size=20))
def test_what_is_small_travels_as_it_is(value: dict[str, Any]) -> None:
    assert cut(value) == (value, [])


def test_the_order_of_keys_is_kept() -> None:
    value = {"z": 1, "a": {"y": 1, "b": 2}, "m": [3, 1, 2]}
    assert json.dumps(cut(value)[0]) == json.dumps(value)


def test_a_long_text_keeps_its_beginning() -> None:
    kept, cuts = cut({"inputs": {"text": "ab" * 5000}})
    assert kept["inputs"]["text"] == ("ab" * 5000)[: limits.CUT_TEXT_CHARS]
    assert cuts == [{"path": ["inputs", "text"], "kind": "text", "length": 10_000}]


def test_lengths_of_texts_are_javascripts() -> None:
    assert cut("🦊" * 3000)[1] == [{"path": [], "kind": "text", "length": 6000}]


def test_long_arrays_and_objects_keep_their_first_entries() -> None:
    many = limits.CUT_ITEMS + 5
    kept, cuts = cut({"list": list(range(many)), "map": {f"k{n}": n for n in range(many)}})
    assert kept["list"] == list(range(limits.CUT_ITEMS))
    assert list(kept["map"]) == [f"k{n}" for n in range(limits.CUT_ITEMS)]
    assert {(*each["path"], each["kind"], each["length"]) for each in cuts} == {
        ("list", "items", many),
        ("map", "keys", many),
    }


def test_numbers_that_javascript_would_change_travel_as_text() -> None:
    kept, cuts = cut({"id": 2**63, "exact": 2**53 - 1, "flag": True})
    assert kept == {"id": str(2**63), "exact": 2**53 - 1, "flag": True}
    assert cuts == [{"path": ["id"], "kind": "number", "length": 19}]


def test_what_is_nested_too_deeply_is_fetched_when_opened() -> None:
    whole = nested(20_000)
    kept, cuts = cut(whole)
    assert len(cuts) == 1
    assert len(cuts[0]["path"]) == limits.CUT_DEPTH
    encode(kept)
    part, length, deeper = stretch(follow(whole, cuts[0]["path"]), cuts[0]["path"], 0, 1)
    assert length == 1
    assert len(deeper[0]["path"]) == 2 * limits.CUT_DEPTH
    encode(part)


@pytest.mark.parametrize(
    "value",
    [
        {"inputs": ["x" * 2_000] * 2_000},
        {"inputs": {f"key {n}": ["y" * 1_900] * 150 for n in range(150)}},
        {"inputs": [[[[list(range(100))] * 100] * 100] * 100] * 100},
        {"inputs": {"k" * 1_000_000: 1, "l": "m"}},
        {"inputs": "é" * 50_000_000},
        {"inputs": [{"k" * 10_000 + str(n): "v" for n in range(150)}] * 100},
        {"inputs": nested(2_000), "outputs": [nested(100)] * 1_000},
        [2**200] * 100_000,
        {"inputs": ["\x00\ud800" * 900] * 190},
    ],
    ids=["texts", "objects", "numbers", "key", "text", "keys", "depth", "integers", "escapes"],
)
def test_details_are_bounded_whatever_the_value(value: Any) -> None:
    kept, cuts = cut(value)
    assert len(encode([kept, cuts])) <= limits.MAX_DETAIL_BYTES * 1.01


@given(JSON)
def test_cuts_name_their_place(value: Any) -> None:
    kept, cuts = cut(value, max_bytes=400)
    for each in cuts:
        original, copy = follow(value, each["path"]), follow(kept, each["path"])
        if each["kind"] == "text":
            assert each["length"] == utf16_length(original)
            assert original.startswith(copy)
        elif each["kind"] == "number":
            assert copy == str(original)
        else:
            assert each["length"] == len(original) > len(copy)


@given(JSON)
def test_what_was_not_cut_is_the_same(value: Any) -> None:
    kept, cuts = cut(value, max_bytes=400)
    if not cuts:
        assert json.dumps(kept) == json.dumps(value)


@given(st.integers(0, 1000), st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_stretches_of_an_array_join_to_the_whole(size: int, steps: list[int]) -> None:
    whole, got, n = [str(number) for number in range(size)], [], 0
    while len(got) < size:
        part, length, cuts = stretch(whole, ["inputs"], len(got), len(got) + steps[n % len(steps)])
        assert (length, cuts) == (size, [])
        got += part
        n += 1
    assert got == whole


def test_a_stretch_of_an_array_is_cut_in_turn_under_its_true_indices() -> None:
    whole = ["a", "b" * 5_000, "c", "d" * 7_000]
    part, _, cuts = stretch(whole, ["inputs", "docs"], 2, 4)
    assert part == ["c", "d" * limits.CUT_TEXT_CHARS]
    assert cuts == [{"path": ["inputs", "docs", 3], "kind": "text", "length": 7_000}]


def test_a_stretch_of_an_object_is_its_entries_in_order() -> None:
    part, length, _ = stretch({f"k{n}": n for n in range(500)}, [], 200, 203)
    assert (part, length) == ({"k200": 200, "k201": 201, "k202": 202}, 500)


def test_a_text_comes_a_slice_at_a_time() -> None:
    text = "🦊" + "x" * 1_000_000
    part, length, _ = stretch(text, ["inputs"], 0, 10**9)
    assert length == 1_000_002
    assert utf16_length(part) == limits.SLICE_CHARS
    assert stretch(text, ["inputs"], 1_000_000, 10**9)[0] == "xx"


@pytest.mark.parametrize("path", [["b"], ["a", "x"], ["a", 5], ["t", 0], ["a", 0, "z"]])
def test_a_path_that_leads_nowhere_says_so(path: list[str | int]) -> None:
    with pytest.raises(LookupError):
        follow({"a": [1], "t": "text"}, path)


@given(JSON)
def test_a_preview_is_a_scalar_or_a_short_text(value: Any) -> None:
    shown = preview(value)
    assert shown is None or isinstance(shown, (bool, int, float)) or len(shown) <= limits.PREVIEW_CHARS


def test_a_preview_of_a_huge_value_is_its_beginning() -> None:
    assert preview({"docs": ["word " * 10_000] * 1_000}).startswith('{"docs":["word word')
