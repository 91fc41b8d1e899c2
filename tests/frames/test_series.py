"""Columns keep what is missing missing, and what is whole whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.frames.series import TEXT, cells, inferred, objects

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, None, 3], "Int64"),
        ([1.5, None], "float64"),
        ([1, 2.5], "float64"),
        ([True, None], "boolean"),
        (["a", None], TEXT),
        ([1, "a"], "object"),
        ([True, 1], "object"),
        ([2**63, 1], "object"),
        ([[1], [2]], "object"),
        ([{"a": 1}, None], "object"),
        ([None, None], "object"),
        ([], "object"),
    ],
)
def test_the_dtype_is_the_one_the_values_have_in_common(values: list[Any], dtype: str) -> None:
    assert str(inferred(values).dtype) == dtype


def test_a_missing_value_leaves_whole_numbers_whole_and_exact() -> None:
    series = inferred([2**53 + 1, None])
    assert series[0] == 2**53 + 1
    assert series[1] is pd.NA


def test_lists_of_equal_length_stay_lists() -> None:
    assert objects([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]


@given(st.lists(SCALARS))
def test_values_come_back_as_they_went_in(values: list[Any]) -> None:
    back = cells(inferred(values))
    numbers = {type(value) for value in values} <= {int, float, type(None)} and any(
        isinstance(value, float) for value in values
    )
    expected = [None if value is None else float(value) for value in values] if numbers else values
    assert back == expected
    if not numbers:
        assert [type(value) for value in back] == [type(value) for value in values]


@pytest.mark.parametrize("missing", [None, pd.NA, np.nan, pd.NaT])
def test_every_kind_of_missing_is_none(missing: Any) -> None:
    assert cells(pd.Series([missing, "a"], dtype="object")) == [None, "a"]
