"""Calling a model: row by row in parallel threads, or once with all rows."""

from __future__ import annotations

import asyncio
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

Model = Callable[..., Any]

WRONG_ARGUMENT = (TypeError, AttributeError, KeyError)
"""What a function that expects a DataFrame raises when it is given one row's inputs."""


def as_function(model: Any) -> Model:
    """The function that answers: the model itself, or its ``predict``."""
    if callable(model):
        return typing.cast(Model, model)
    predict = getattr(model, "predict", None)
    if callable(predict):
        return typing.cast(Model, predict)
    raise TypeError(f"model must be a function, or an object with a predict method, not {model!r}.")


def model_name(model: Any) -> str:
    """What to call the model in traces and runs."""
    name = getattr(model, "__name__", None) or type(model).__name__
    return "model" if name == "<lambda>" else str(name)


def takes_frame(model: Any) -> bool:
    """Does the model say that it takes a DataFrame: by ``predict``, or by the annotation of its first parameter?"""
    if not callable(model):
        return True
    parameters = _parameters(model)
    if not parameters:
        return False
    annotation = parameters[0].annotation
    return annotation is pd.DataFrame or str(annotation).split(".")[-1] == "DataFrame"


def call(function: Model, inputs: Any) -> Any:
    """The model's answer to one row's inputs.

    A dict whose keys are the function's parameters is passed by keyword, so that a recorded function can be
    called again with its recorded inputs; anything else is the one argument. A coroutine is run to its end.
    """
    if isinstance(inputs, Mapping) and _binds(function, inputs):
        answer = function(**inputs)
    else:
        answer = function(inputs)
    return finished(answer)


def finished(answer: Any) -> Any:
    """What a function returned; if that is a coroutine, what comes of it."""
    return asyncio.run(_awaited(answer)) if inspect.isawaitable(answer) else answer


def call_with_frame(function: Model, frame: pd.DataFrame) -> list[Any]:
    """The model's answers to all rows, given as one DataFrame.

    Raises
    ------
    ValueError
        What came back is not one output a row.
    """
    answer = finished(function(frame))
    if isinstance(answer, pd.DataFrame) and answer.shape[1] == 1:
        answer = answer.iloc[:, 0]
    if isinstance(answer, (pd.Series, np.ndarray)):
        answer = answer.tolist()
    if isinstance(answer, (str, bytes)) or not isinstance(answer, Sequence):
        raise ValueError(f"a model called with a DataFrame must return a list of outputs, not {type(answer).__name__}")
    if len(answer) != len(frame):
        raise ValueError(f"the model returned {len(answer)} outputs for {len(frame)} rows")
    return list(answer)


async def _awaited(answer: Any) -> Any:
    return await answer


def _parameters(function: Model) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # builtins have none to look at
        return []


def _binds(function: Model, inputs: Mapping[Any, Any]) -> bool:
    if not all(isinstance(key, str) for key in inputs):
        return False
    try:
        inspect.signature(function).bind(**inputs)
    except (TypeError, ValueError):
        return False
    return True
