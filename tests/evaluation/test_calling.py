"""Calling a model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from spanglass.evaluation.calling import as_function, call, call_with_frame, model_name, takes_frame

FRAME = pd.DataFrame({"inputs": ["Tom", "Mary"]})


def greet(name: str, *, loud: bool = False) -> str:
    return f"Hi {name}{'!' if loud else ''}"


def test_one_argument_is_the_rows_inputs() -> None:
    assert call(greet, "Tom") == "Hi Tom"
    assert call(lambda row: row["who"], {"who": "Tom"}) == "Tom"


def test_a_dict_of_the_functions_parameters_is_passed_by_keyword() -> None:
    assert call(greet, {"name": "Tom", "loud": True}) == "Hi Tom!"
    assert call(greet, {"name": "Tom"}) == "Hi Tom"


def test_a_dict_of_anything_else_is_one_argument() -> None:
    assert call(greet, {"who": "Tom"}) == "Hi {'who': 'Tom'}"
    assert call(greet, {1: "Tom"}) == "Hi {1: 'Tom'}"


def test_a_coroutine_is_run_to_its_end() -> None:
    async def slow(name: str) -> str:
        return f"Hi {name}"

    assert call(slow, "Tom") == "Hi Tom"


@pytest.mark.parametrize(
    "answer",
    [["a", "b"], ("a", "b"), np.array(["a", "b"]), pd.Series(["a", "b"]), pd.DataFrame({"x": ["a", "b"]})],
    ids=lambda answer: type(answer).__name__,
)
def test_a_model_called_with_all_rows_gives_an_output_for_each(answer: Any) -> None:
    assert call_with_frame(lambda frame: answer, FRAME) == ["a", "b"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("ab", "must return a list of outputs, not str"),
        ({"a": 1, "b": 2}, "must return a list of outputs, not dict"),
        (None, "must return a list of outputs, not NoneType"),
        (["a"], "returned 1 outputs for 2 rows"),
    ],
)
def test_anything_but_an_output_for_each_row_is_refused(answer: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call_with_frame(lambda frame: answer, FRAME)


class Predictor:
    def predict(self, frame: pd.DataFrame) -> list[str]:
        return [f"Hi {name}" for name in frame["inputs"]]


def for_frames(df: pd.DataFrame) -> list[str]:
    return []


def test_a_model_can_say_that_it_takes_a_frame() -> None:
    assert takes_frame(Predictor())
    assert takes_frame(for_frames)
    assert not takes_frame(greet)
    assert not takes_frame(lambda x: x)
    assert as_function(Predictor())(FRAME) == ["Hi Tom", "Hi Mary"]


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="model must be a function, or an object with a predict method"):
        as_function("gpt-5")


def test_a_model_is_known_by_its_name() -> None:
    assert [model_name(model) for model in (greet, Predictor(), lambda x: x)] == ["greet", "Predictor", "model"]
