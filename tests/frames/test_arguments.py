"""What the search functions refuse, and what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spanglass.frames.arguments import (
    checked_choice,
    checked_experiment_ids,
    checked_max_results,
    checked_run_id,
    checked_texts,
)


@pytest.mark.parametrize("value", [0, -1, 2.5, "5", True])
def test_max_results_is_a_whole_number_of_at_least_one(value: Any) -> None:
    with pytest.raises(ValueError, match="max_results must be a whole number of at least 1"):
        checked_max_results(value)


def test_max_results_takes_whole_numbers_and_none() -> None:
    assert [checked_max_results(value) for value in (None, 1, np.int64(7), 10**9)] == [None, 1, 7, 10**9]


def test_experiment_ids_are_a_list() -> None:
    assert checked_experiment_ids(["1", 2]) == ["1", "2"]
    assert checked_experiment_ids("all") == "all"
    assert checked_experiment_ids(None) is None
    assert checked_experiment_ids([]) is None


def test_one_experiment_id_without_a_list_is_refused_with_the_way_out() -> None:
    with pytest.raises(TypeError, match=r"For one: \['12'\]"):
        checked_experiment_ids("12")


def test_locations_is_another_name_for_experiment_ids() -> None:
    assert checked_experiment_ids(None, locations=["1"]) == ["1"]
    with pytest.raises(ValueError, match="two names for one argument"):
        checked_experiment_ids(["1"], locations=["1"])
    with pytest.raises(TypeError, match="locations must be a list"):
        checked_experiment_ids(None, locations="1")


@pytest.mark.parametrize("value", ["name", [1], {"name": 1}.values()])
def test_order_by_is_a_list_of_texts(value: Any) -> None:
    with pytest.raises(TypeError, match="order_by"):
        checked_texts("order_by", value)


def test_a_run_id_is_a_text() -> None:
    with pytest.raises(TypeError, match="run_id must be a text"):
        checked_run_id(5)


def test_a_choice_names_the_choices() -> None:
    with pytest.raises(ValueError, match="return_type must be 'pandas' or 'list', not 'csv'"):
        checked_choice("return_type", "csv", ("pandas", "list"))
