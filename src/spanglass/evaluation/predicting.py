"""Running a model over the rows, each call recorded as a trace of its own."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any, TypeVar

import pandas as pd

from spanglass.capture import start_span, update_current_trace
from spanglass.capture.snapshot import snapshot
from spanglass.engines import open_engine
from spanglass.entities import TraceStatus
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
from spanglass.filters import resolve
from spanglass.store import Store

SOURCE_TRACE = "source_trace_id"
"""The metadata key under which a model's new trace names the trace whose inputs it was given."""

ROW, INPUTS = "evaluation_row", "evaluation_inputs"
"""The metadata keys under which it says which row it answers, counted from 0, and what went in, as a digest."""

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
    """Give every row that has none its outputs or its error, and the trace that they come from.

    ``features`` are the rows as a DataFrame, for a model that wants them all at once.
    """
    function, name = as_function(model), model_name(model)
    left = [row for row in rows if row.trace_id is None]
    for _ in range(len(rows) - len(left)):
        advance()
    if not left:
        return
    features = features.iloc[[row.number for row in left]]
    if batch or (batch is None and takes_frame(model)):
        _record_outputs(name, left, call_with_frame(function, features))
        return

    def run(row: Row) -> None:
        with _recorded(name, row) as span:
            try:
                row.outputs = call(function, row.inputs)
                span.set_outputs(row.outputs)
            except Exception as problem:
                row.error = problem
                span.record_exception(problem)

    in_parallel(run, left, workers, lambda *_: advance())
    if batch is None and all(isinstance(row.error, WRONG_ARGUMENT) for row in left):
        _try_with_frame(function, name, left, features, store)


def recall(store: Store, run_id: str, model: Any, rows: Sequence[Row]) -> None:
    """Give the rows that this model answered in this run before the outputs that were recorded then."""
    engine, name = open_engine(store), model_name(model)
    ids = [row[0] for row in engine.search(resolve("", run_id=run_id)).ids]
    answered = {
        (info.metadata.get(ROW), info.metadata.get(INPUTS)): info
        for info in reversed(engine.infos(ids))  # the newest last: it stays
        if info.name == name and info.status == TraceStatus.OK
    }
    for row in rows:
        info = answered.get((str(row.number), digest(row.inputs)))
        if info is not None:
            row.outputs, row.trace_id = info.response, info.trace_id


def in_parallel(
    function: Callable[[_Item], _Result],
    items: Sequence[_Item],
    workers: int,
    done: Callable[[_Item, _Result], object],
) -> list[_Result]:
    """``function`` of each item, so many at once, the results in the items' order.

    ``done(item, result)`` is called as soon as each is there, from the caller's thread.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="spanglass-evaluate") as pool:
        futures = [pool.submit(function, item) for item in items]
        places = dict(zip(futures, items, strict=True))
        try:
            for future in as_completed(futures):
                done(places[future], future.result())
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
        source = {} if row.source_trace_id is None else {SOURCE_TRACE: row.source_trace_id}
        update_current_trace(metadata={**source, ROW: str(row.number), INPUTS: digest(row.inputs)})
        yield span


def digest(inputs: Any) -> str:
    """A short text that is the same for the same inputs, as they are recorded."""
    return hashlib.blake2b(snapshot(inputs).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
