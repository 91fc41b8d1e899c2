"""Lists of values to pandas columns, with dtypes that keep what is missing missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

_INT64 = range(-(2**63), 2**63)

TEXT = "str" if int(pd.__version__.split(".")[0]) >= 3 else "object"
"""The dtype of text columns: pandas 3 has one of its own, which pandas 2 spells object."""


def objects(values: Sequence[Any], index: pd.Index | None = None) -> pd.Series:
    """A column of dtype object that holds the values themselves, lists and other sequences included."""
    cells = np.fromiter(values, dtype=object, count=len(values))
    return pd.Series(cells, index=index, dtype="object")


def typed(values: Sequence[Any], dtype: str, index: pd.Index | None = None) -> pd.Series:
    """A column of this dtype; None is missing where the dtype knows missing."""
    if dtype == "object":
        return objects(values, index)
    return pd.Series(list(values), index=index, dtype=dtype)


def inferred(values: Sequence[Any], index: pd.Index | None = None) -> pd.Series:
    """A column of the dtype that the values have in common, None being missing.

    Whole numbers give Int64 and booleans boolean, where a missing one is ``pd.NA`` and the others stay as they
    are; numbers with a fraction among them float64; texts the text dtype; anything else, a mixture, whole
    numbers beyond 64 bits and a column without any value object.

    >>> inferred([1, None, 3]).dtype, inferred([1, 2.5]).dtype, inferred([True, None]).dtype
    (Int64Dtype(), dtype('float64'), BooleanDtype)
    """
    return typed(values, _common(values), index)


def _common(values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {str}:
        return TEXT
    if kinds == {bool}:
        return "boolean"
    if kinds == {int} and all(value in _INT64 for value in values if value is not None):
        return "Int64"
    if kinds in ({float}, {int, float}):
        return "float64"
    return "object"


def is_missing(value: Any) -> bool:
    """Is this None, ``pd.NA``, NaN or NaT?"""
    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))


def cells(series: pd.Series) -> list[Any]:
    """A column's values as Python's own, None where one is missing."""
    return [None if is_missing(value) else value for value in series.tolist()]
