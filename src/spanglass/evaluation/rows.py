"""The rows of an evaluation: from the data's columns, and back into a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from spanglass.entities import Trace
from spanglass.frames import to_eval
from spanglass.frames.evals import TARGET_COLUMN
from spanglass.frames.schema import ID_COLUMNS, trace_ids
from spanglass.frames.series import cells
from spanglass.store import Store

INPUT_COLUMNS = ("inputs", "request")
OUTPUT_COLUMNS = ("outputs", "response")
EXPECTATION_COLUMNS = ("expectations", TARGET_COLUMN)


@dataclass(slots=True)
class Row:
    """One row on its way: what goes in, what came out, and the traces that it came from and out of."""

    number: int  # counted from 0
    inputs: Any
    expectations: Any = None
    source_trace_id: str | None = None
    outputs: Any = None
    trace_id: str | None = None  # the trace that produced the outputs
    error: Exception | None = None

    @property
    def error_text(self) -> str | None:
        """What went wrong in the model, as one text."""
        return None if self.error is None else f"{type(self.error).__name__}: {self.error}"


def as_frame(data: Any, store: Store | str | Path | None) -> pd.DataFrame:
    """The data as a DataFrame: one already, a list of dicts, or a list of traces."""
    if isinstance(data, pd.DataFrame):
        frame = data
    elif isinstance(data, Sequence) and data and all(isinstance(item, Trace) for item in data):
        frame = to_eval(data, store=store)
    elif isinstance(data, Sequence) and all(isinstance(item, Mapping) for item in data):
        frame = pd.DataFrame(list(data))
    else:
        raise TypeError(f"data must be a DataFrame, a list of dicts or a list of traces, not {type(data).__name__}.")
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ValueError(f"data has two columns named {twice[0]!r}: rename one.")
    return frame


def column_of(frame: pd.DataFrame, argument: str, name: str | None, usual: Sequence[str]) -> str | None:
    """The column that an argument names, or the first usual one that is there.

    Raises
    ------
    ValueError
        There is no column of that name.
    """
    if name is None:
        return next((column for column in usual if column in frame.columns), None)
    if name not in frame.columns:
        raise ValueError(f"{argument}={name!r} is no column of the data: it has {', '.join(map(str, frame.columns))}.")
    return name


def read_rows(frame: pd.DataFrame, targets: str | None, predictions: str | None) -> list[Row]:
    """A row for each of the frame's; with ``predictions``, the outputs are there and so is their trace."""
    input_column = column_of(frame, "inputs", None, INPUT_COLUMNS)
    if input_column is not None:
        inputs = cells(frame[input_column])
    else:
        features = [name for name in frame.columns if name not in (targets, predictions, *ID_COLUMNS)]
        values = {name: cells(frame[name]) for name in features}
        inputs = [{str(name): values[name][number] for name in features} for number in range(len(frame))]
    nothing = [None] * len(frame)
    expected = nothing if targets is None else cells(frame[targets])
    sources = trace_ids(frame) or nothing
    rows = [Row(*given) for given in zip(range(len(frame)), inputs, expected, sources, strict=True)]
    if predictions is not None:
        for row, output in zip(rows, cells(frame[predictions]), strict=True):
            row.outputs, row.trace_id = output, row.source_trace_id
    return rows
