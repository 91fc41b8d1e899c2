"""extract_fields: fields of traces as columns."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from spanglass.filters import FilterError
from spanglass.frames import search_traces
from spanglass.frames.series import TEXT
from spanglass.store import Store


def column(store: Store, field: Any, **arguments: Any) -> pd.Series:
    """The one column that ``field`` makes, of t1 (Tom), t2 (Mary) and t3 (failed), in this order."""
    frame = search_traces(
        experiment_ids=["1"],
        filter_string="status != 'IN_PROGRESS'",
        order_by=["timestamp_ms ASC"],
        extract_fields=[field],
        store=store,
        **arguments,
    )
    assert list(frame["request_id"]) == ["t1", "t2", "t3"]
    return frame.iloc[:, -1]


def values(series: pd.Series) -> list[Any]:
    return [None if not isinstance(value, (list, dict)) and pd.isna(value) else value for value in series.tolist()]


@pytest.mark.parametrize(
    ("field", "expected", "dtype"),
    [
        ("greet.inputs.name", ["Tom", "Mary", None], TEXT),
        ("greet.outputs", ["Good morning Tom.", "Good morning Mary.", None], TEXT),
        ("greet.inputs", [{"name": "Tom"}, {"name": "Mary"}, {"name": None}], "object"),
        ("`look up`.outputs[0].score", [0.5, None, 1.0], "float64"),
        ("`look up`.outputs[*].score", [0.5, None, 1.0], "float64"),
        ("`look up`.outputs.words", [3, None, 2**53 + 1], "Int64"),
        ("`look up`.outputs.polite", [True, True, None], "boolean"),
        ("`look up`.outputs.key.with.dots", ["literal"] * 3, TEXT),
        ("`look up`.status", ["UNSET"] * 3, TEXT),
        ("{type='RETRIEVER'}.inputs.query", ["Tom", "Mary", None], TEXT),
        ("root.outputs", ["Good morning Tom.", "Good morning Mary.", None], TEXT),
        ("tag.person", ["Tom", None, None], TEXT),
        ("metadata.origin", ["test", None, None], TEXT),
        ("expectation.answer", ["Good morning Tom.", None, None], TEXT),
        ("feedback.correct", [True, None, None], "boolean"),
        ("span_count", [3, 3, 3], "Int64"),
        ("duration", [500, 500, 500], "Int64"),
        ("nobody.inputs.name", [None, None, None], "object"),
    ],
)
def test_a_field_becomes_a_column_of_its_own_dtype(store: Store, field: str, expected: list[Any], dtype: str) -> None:
    series = column(store, field)
    assert values(series) == expected
    assert str(series.dtype) == dtype


def test_a_column_is_named_as_written_without_backticks(store: Store) -> None:
    assert column(store, "`look up`.inputs.query").name == "look up.inputs.query"


@pytest.mark.parametrize(
    ("pick", "expected"),
    [
        ("first", ["Tom", "Mary", None]),
        ("last", ["Tom again", "Mary again", None]),
        ("all", [["Tom", "Tom again"], ["Mary", "Mary again"], None]),
    ],
)
def test_pick_chooses_among_several_matches(store: Store, pick: str, expected: list[Any]) -> None:
    assert values(column(store, "`look up`.inputs.query", pick=pick)) == expected
    assert values(column(store, {"path": "`look up`.inputs.query", "pick": pick, "name": "q"})) == expected


def test_pick_error_takes_the_value_of_the_span_that_failed(store: Store) -> None:
    assert values(column(store, "{name LIKE '%'}.name", pick="error")) == [None, None, "greet"]


def test_a_dict_names_the_columns_and_orders_them(store: Store) -> None:
    frame = search_traces(
        experiment_ids=["1"],
        extract_fields={"who": "greet.inputs.name", "said": {"path": "greet.outputs", "pick": "last"}},
        store=store,
    )
    assert list(frame.columns)[-2:] == ["who", "said"]


def test_a_column_of_the_schemas_name_takes_its_place(store: Store) -> None:
    frame = search_traces(experiment_ids=["2"], extract_fields={"request": "greet.inputs.name"}, store=store)
    assert list(frame["request"]) == ["Ada"]
    assert list(frame.columns)[5] == "request"


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ("greet.inputs", TypeError, "must be a list of fields"),
        (["greet.inputs", "greet.inputs"], ValueError, "two columns named 'greet.inputs'"),
        ([5], TypeError, "a field is a path or"),
        ([{"name": "x"}], TypeError, "with path in it"),
        ([{"path": "name", "pick": "best"}], ValueError, "pick must be"),
        ([{"path": "name", "colour": "red"}], TypeError, "a field is a path or"),
        (["greet.inptus.name"], FilterError, r"\^"),
        (["greet.inputs["], FilterError, r"\^"),
    ],
)
def test_what_cannot_be_a_column_is_refused_by_name(
    store: Store, fields: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        search_traces(extract_fields=fields, store=store)
