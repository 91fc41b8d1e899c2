"""``to_eval``: traces to the frames that evaluations take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, Literal

import pandas as pd

from spanglass.engines import open_engine
from spanglass.entities import Trace
from spanglass.filters import resolve_column
from spanglass.filters.algebra import Field, Of, Path, Value
from spanglass.frames.arguments import checked_choice
from spanglass.frames.notices import notice
from spanglass.frames.schema import trace_ids
from spanglass.frames.series import TEXT, cells, inferred, objects, typed
from spanglass.limits import FRAME_CHUNK
from spanglass.store import Store, current_store

Source = str | Mapping[str, str]
"""Where values come from: a column of the frame, a field, or a dict of either by name."""

TARGET_COLUMN = "ground_truth"
EXPECTED = "expected_response"
"""The name under which MLflow's own scorers look for the one right answer."""


def to_eval(
    data: pd.DataFrame | Sequence[Trace] | Sequence[str],
    inputs: Source | None = None,
    outputs: Source | None = None,
    expectations: Source | None = None,
    *,
    shape: Literal["flat", "genai"] = "flat",
    pick: Literal["first", "last", "error", "max", "min"] = "first",
    store: Store | str | FilePath | None = None,
) -> pd.DataFrame:
    """A frame with a row per trace, ready to be evaluated, that remembers which trace each row comes from.

    Parameters
    ----------
    data:
        A frame with a column or index ``trace_id`` or ``request_id`` (``search_traces`` makes it), traces, or ids.
    inputs, outputs, expectations:
        Each a column of the frame, else a field (``"greet.inputs.name"``, ``"expectation.answer"``), or a dict of
        either by name, which makes dicts. By default inputs and outputs are the columns of that name, else what
        went into the trace and came out of it; without expectations there is no column of them, unless the
        frame has ``expectations`` or ``ground_truth``.
    shape:
        ``"flat"`` has plain columns trace_id, inputs, outputs and ground_truth: for ``evaluate`` and
        ``mlflow.evaluate``. ``"genai"`` has trace_id, inputs and expectations as dicts and outputs: for
        ``evaluate`` and ``mlflow.genai.evaluate``. There an input that is no dict stands under the last name of
        its field (``name`` for ``greet.inputs.name``), an expectation under ``expected_response``.
    pick:
        Which of several values a field takes: ``"first"``, ``"last"``, ``"error"`` (the one of the first span with
        an error), ``"max"`` or ``"min"``.
    store:
        The store that the traces are in, a path or an opened one; by default the current one.

    Raises
    ------
    FilterError
        A text that is neither a column of the frame nor a field.
    ValueError
        A field is asked for and the frame does not say of which traces.

    >>> frame = pd.DataFrame({"request_id": ["t1"], "question": ["2 + 2?"], "answer": ["4"]})
    >>> to_eval(frame, "question", outputs="answer", expectations="answer", shape="genai").iloc[0].to_dict()
    {'trace_id': 't1', 'inputs': {'question': '2 + 2?'}, 'outputs': '4', 'expectations': {'expected_response': '4'}}
    """
    checked_choice("shape", shape, ("flat", "genai"))
    checked_choice("pick", pick, ("first", "last", "error", "max", "min"))
    rows = _Rows(data, pick, store)
    columns: dict[str, pd.Series] = {}
    if rows.ids is not None:
        columns["trace_id"] = typed(rows.ids, TEXT)
    took = rows.read(inputs if inputs is not None else rows.first_of("inputs") or "trace.inputs")
    gave = rows.read(outputs if outputs is not None else rows.first_of("outputs") or "trace.outputs")
    wanted = expectations if expectations is not None else rows.first_of("expectations", TARGET_COLUMN)
    expected = None if wanted is None else rows.read(wanted)
    if shape == "flat":
        columns["inputs"], columns["outputs"] = inferred(took.values), inferred(gave.values)
        if expected is not None:
            columns[TARGET_COLUMN] = inferred(expected.values)
    else:
        columns["inputs"] = objects([_as_dict(value, took.name) for value in took.values])
        columns["outputs"] = objects(gave.values)
        if expected is not None:
            columns["expectations"] = objects(
                [None if value is None else _as_dict(value, EXPECTED) for value in expected.values]
            )
    return pd.DataFrame(columns)


class _Read:
    """Values, one a row, and the name that they have on their own."""

    __slots__ = ("name", "values")

    def __init__(self, values: list[Any], name: str) -> None:
        self.values = values
        self.name = name


class _Rows:
    """The rows at hand: a frame's columns, and the fields of the traces that they stand for."""

    def __init__(self, data: Any, pick: str, store: Any) -> None:
        self._pick = pick
        self._store = store
        if isinstance(data, pd.DataFrame):
            self._frame = data
            self.ids = trace_ids(data)
        else:
            if isinstance(data, str) or not isinstance(data, Sequence):
                raise TypeError(
                    f"to_eval takes a DataFrame, traces or trace ids, not {data!r:.60}. A single one goes in a list."
                )
            self._frame = pd.DataFrame()
            ids = list(map(_trace_id, data))
            _notice_unknown(current_store(store), ids)
            self.ids = list(ids)

    def first_of(self, *names: str) -> str | None:
        """The first of these names that is a column."""
        return next((name for name in names if name in self._frame.columns), None)

    def read(self, source: Source) -> _Read:
        """The values of a column, of a field, or of a dict of them."""
        if isinstance(source, Mapping):
            parts = {str(name): self.read(part).values for name, part in source.items()}
            count = len(self._frame) if self.ids is None else len(self.ids)
            return _Read([{name: values[row] for name, values in parts.items()} for row in range(count)], EXPECTED)
        if source in self._frame.columns:
            return _Read(cells(self._frame[source]), source.rsplit(".", 1)[-1])
        column = resolve_column(source, pick=self._pick)
        if self.ids is None:
            raise ValueError(
                f"the frame has no column {source!r}, and without a column trace_id or request_id it does not say"
                " whose field that is."
            )
        engine = open_engine(current_store(self._store))
        values: list[Any] = []
        for start in range(0, len(self.ids), FRAME_CHUNK):
            ids = [(trace_id or "",) for trace_id in self.ids[start : start + FRAME_CHUNK]]
            (more,) = engine.columns(ids, [column])
            values += more
        return _Read(values, _last_name(column.value) or source)


def _notice_unknown(store: Store, ids: Sequence[str]) -> None:
    known = {info.trace_id for info in store.trace_infos(ids)}
    unknown = [id for id in ids if id not in known]
    if unknown:
        more = f", nor with {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        notice(f"there is no trace with the id {unknown[0]!r}{more} in {store.path.name}")


def _trace_id(item: Any) -> str:
    if isinstance(item, Trace):
        return item.trace_id
    if isinstance(item, str):
        return item
    raise TypeError(f"to_eval takes a DataFrame, traces or trace ids, not a list with {item!r:.60} in it.")


def _as_dict(value: Any, name: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else {name: value}


def _last_name(value: Value) -> str | None:
    if isinstance(value, Of):
        return _last_name(value.value)
    if isinstance(value, Path):
        names = [step for step in value.steps if isinstance(step, str)]
        return names[-1] if names else _last_name(value.base)
    return value.name if isinstance(value, Field) else None
