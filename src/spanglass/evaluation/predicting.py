"""Running a model over the rows, each call recorded as a trace of its own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any, TypeVar

import pandas as pd

from spanglass.capture import start_span, update_current_trace
from spanglass.evaluation.calling import (
    WRONG_ARGUMENT,
    Model,
    as_function,
    call,
    call_with_frame,
    model_name,
    takes_frame,
)
from spanglass.evaluation.rows import Row
from spanglass.store import Store

SOURCE_TRACE = "source_trace_id"
"""The metadata key under which a model's new trace names the trace whose inputs it was given."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def predict(
    model: Any,
    rows: Sequence[Row],
    features: pd.DataFrame,
    *,
    batch: bool | None,
    workers: int,
    advance: Callable[[], object],
    store: Store,
) -> None:
    """Give every row its outputs or its error, and the trace that they come from.

    ``features`` are the rows as a DataFrame, for a model that wants them all at once.
    """
    function, name = as_function(model), model_name(model)
    if batch or (batch is None and takes_frame(model)):
        _record_outputs(name, rows, call_with_frame(function, features))
        return

    def run(row: Row) -> None:
        with _recorded(name, row) as span:
            try:
                row.outputs = call(function, row.inputs)
                span.set_outputs(row.outputs)
            except Exception as problem:
                row.error = problem
                span.record_exception(problem)

    in_parallel(run, rows, workers, advance)
    if batch is None and rows and all(isinstance(row.error, WRONG_ARGUMENT) for row in rows):
        _try_with_frame(function, name, rows, features, store)


def in_parallel(
    function: Callable[[_Item], _Result], items: Sequence[_Item], workers: int, advance: Callable[[], object]
) -> list[_Result]:
    """``function`` of each item, so many at once, the results in the items' order; ``advance()`` after each."""
    with ThreadPoolExecutor(workers, thread_name_prefix="spanglass-evaluate") as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            for future in as_completed(futures):
                future.result()
                advance()
        except BaseException:  # an interrupt, above all: what has not begun need not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _try_with_frame(function: Model, name: str, rows: Sequence[Row], features: pd.DataFrame, store: Store) -> None:
    """Offer a function that failed on every row all of them at once, as MLflow would."""
    try:
        outputs = call_with_frame(function, features)
    except Exception:
        return  # it was no model for DataFrames either: the rows keep their own errors
    store.delete_traces([row.trace_id for row in rows if row.trace_id is not None])
    _record_outputs(name, rows, outputs)
    warnings.warn(
        f"{name} failed on each row's inputs and answered when given all rows as one DataFrame: batch=True says so.",
        stacklevel=4,
    )


def _record_outputs(name: str, rows: Sequence[Row], outputs: Sequence[Any]) -> None:
    for row, output in zip(rows, outputs, strict=True):
        row.outputs, row.error = output, None
        with _recorded(name, row) as span:
            span.set_outputs(output)


@contextmanager
def _recorded(name: str, row: Row) -> Iterator[Any]:
    """A new trace for what the model does with a row."""
    with start_span(name) as span:
        row.trace_id = span.trace_id
        span.set_inputs(row.inputs)
        if row.source_trace_id is not None:
            update_current_trace(metadata={SOURCE_TRACE: row.source_trace_id})
        yield span
