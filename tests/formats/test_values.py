"""Single values: JSON in text, ids, times."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.formats.values import clean, decoded, encoded_once, identifier, nanoseconds, parse_json, text_of

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class TestJson:
    def test_what_python_writes_beyond_json_is_read(self) -> None:
        assert parse_json('{"a": NaN, "b": -Infinity}') == {"a": "NaN", "b": "-Infinity"}

    def test_a_text_cut_in_the_middle_of_a_character_is_read(self) -> None:
        assert parse_json('["\\ud83c"]') == ["�"]

    @pytest.mark.parametrize("text", ["", "{", "nope", "[1,]", "[" * 100_000, b"\xff\xfe"])
    def test_anything_else_is_a_value_error(self, text: Any) -> None:
        with pytest.raises(ValueError, match="not JSON"):
            parse_json(text)

    @pytest.mark.parametrize(
        ("value", "meaning"),
        [
            ('{"a": 1}', {"a": 1}),
            ('"{\\"a\\": 1}"', {"a": 1}),
            ('"\\"\\\\\\"deep\\\\\\"\\""', "deep"),
            ("true", True),
            ("null", None),
            ("Paris", "Paris"),
            ("007", "007"),
            ("12", "12"),
            ("{not json", "{not json"),
            ("", ""),
            (5, 5),
        ],
    )
    def test_json_in_text_is_decoded_but_numbers_in_text_stay(self, value: Any, meaning: Any) -> None:
        assert decoded(value) == meaning

    def test_encoded_once_decodes_numbers_too(self) -> None:
        assert (encoded_once("20"), encoded_once('"20"'), encoded_once("plain")) == (20, "20", "plain")

    @given(json_values | st.binary() | st.datetimes() | st.sets(st.integers()))
    def test_what_is_clean_can_be_written_and_is_clean_already(self, value: Any) -> None:
        cleaned = clean(value)
        assert orjson.loads(orjson.dumps(cleaned)) == cleaned
        assert clean(cleaned) == cleaned

    def test_what_is_nested_without_end_is_cut_without_recursion(self) -> None:
        deep: list[Any] = []
        for _ in range(50_000):
            deep = [deep]
        orjson.dumps(clean(deep))

    def test_an_object_whose_text_fails_is_named_by_its_type(self) -> None:
        class Rude:
            def __str__(self) -> str:
                raise RuntimeError

        assert clean({"a": Rude()}) == {"a": "<Rude>"}

    def test_keys_keep_their_order(self) -> None:
        assert list(clean({"b": [{}], "a": 1, "c": {"x": 1}})) == ["b", "a", "c"]

    def test_text_of_any_value(self) -> None:
        assert [text_of(value) for value in ("a", 1, None, {"a": [1]})] == ["a", "1", "null", '{"a":[1]}']


class TestIdentifier:
    HEX = "5b8efff798038103d269b633813fc60c"

    @pytest.mark.parametrize(
        "written", [HEX, HEX.upper(), "0x" + HEX, f" {HEX} ", "W47/95gDgQPSabYzgT/GDA==", bytes.fromhex(HEX)]
    )
    def test_sixteen_bytes_are_lower_case_hex_however_written(self, written: Any) -> None:
        assert identifier(written, 16) == self.HEX

    @pytest.mark.parametrize("written", ["eee19b7ec3c1b174", "EEE19B7EC3C1B174", "7uGbfsPBsXQ=", "0xeee19b7ec3c1b174"])
    def test_eight_bytes_too(self, written: str) -> None:
        assert identifier(written, 8) == "eee19b7ec3c1b174"

    @pytest.mark.parametrize(
        "written",
        ["tr-C0FFEE", "trace_e8af6c5afd864400bf748203894f6f53", "S01", "01a20408-06e2-73b6-8acd-dac336348193"],
    )
    def test_other_ids_stay_as_they_are(self, written: str) -> None:
        assert identifier(written, 16) == written

    @pytest.mark.parametrize("nothing", [None, "", "0" * 32, "AAAAAAAAAAAAAAAAAAAAAA==", {}, [], True, 1.5])
    def test_no_id_is_empty(self, nothing: Any) -> None:
        assert identifier(nothing, 16) == ""

    @given(st.text() | st.binary(min_size=16, max_size=16))
    def test_an_id_is_its_own_id(self, written: Any) -> None:
        assert identifier(identifier(written, 16), 16) == identifier(written, 16)


class TestNanoseconds:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1970-01-01T00:00:01Z", 1_000_000_000),
            ("1970-01-01T00:00:00.000000001Z", 1),
            ("1970-01-01 00:00:00.5", 500_000_000),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1970-01-01T00:00:00.123456-0030", 1_800_123_456_000),
            ("1970-01-01T00:01", 60_000_000_000),
            ("12", 12),
        ],
    )
    def test_iso_texts(self, text: str, expected: int) -> None:
        assert nanoseconds(text) == expected

    def test_numbers_of_a_unit(self) -> None:
        assert nanoseconds(1_795_363_303_856, 1_000_000) == 1_795_363_303_856_000_000
        assert nanoseconds("7", 1_000) == 7_000

    def test_a_datetime(self) -> None:
        assert nanoseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=timezone.utc)) == 1_000_000_000

    @pytest.mark.parametrize(
        "bad", ["", "soon", "2026-13-01T00:00:00Z", -1, 2**63, float("nan"), None, {}, True, "9" * 40]
    )
    def test_what_is_no_time_is_none(self, bad: Any) -> None:
        assert nanoseconds(bad) is None

    @given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)))
    def test_every_moment_is_exact_to_the_microsecond(self, moment: datetime) -> None:
        exact = (moment - datetime(1970, 1, 1)) // (moment.resolution)
        assert nanoseconds(moment.isoformat()) == exact * 1000
