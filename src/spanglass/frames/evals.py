"""``to_eval``: traces to the frames that evaluations take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, Literal

import pandas as pd

from spanglass.engines import open_engine
from spanglass.entities import Trace
from spanglass.filters import resolve_column
from spanglass.filters.algebra import Column, Field, Of, Path, Value
from spanglass.frames.arguments import checked_choice, checked_max_results
from spanglass.frames.notices import notice
from spanglass.frames.sampling import drawn, first_of_each
from spanglass.frames.schema import trace_ids
from spanglass.frames.series import TEXT, cells, inferred, objects, typed
from spanglass.limits import FRAME_CHUNK
from spanglass.store import Store, current_store
from spanglass.store.json_text import encode

Source = str | Mapping[str, str]
"""Where values come from: a column of the frame, a field, or a dict of either by name."""

RETRIEVED = "{type='RETRIEVER'}.outputs"
CONTENT_KEYS = ("page_content", "content", "text")
"""Where the text of a retrieved document stands."""

TARGET_COLUMN = "ground_truth"
EXPECTED = "expected_response"
"""The name under which MLflow's own scorers look for the one right answer."""


def to_eval(
    data: pd.DataFrame | Sequence[Trace] | Sequence[str],
    inputs: Source | None = None,
    outputs: Source | None = None,
    expectations: Source | None = None,
    *,
    contexts: Source | None = None,
    shape: Literal["flat", "genai", "ragas"] = "flat",
    deduplicate: bool = False,
    sample: int | None = None,
    stratify: Source | None = None,
    seed: int = 0,
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
        its field (``name`` for ``greet.inputs.name``), an expectation under ``expected_response``. ``"ragas"`` has
        trace_id and, as texts, user_input, response and reference, with retrieved_contexts, a list of texts: the names
        that ragas gives them. Each is also what ``Dataset.from_pandas`` of Hugging Face's ``datasets`` takes.
    contexts:
        Of ``"ragas"`` alone: where the retrieved documents are, by default in the outputs of all spans of type
        RETRIEVER. A document is its ``page_content``, ``content`` or ``text``, if it has one.
    deduplicate:
        Only the first of the rows with the same inputs.
    sample:
        At most so many rows, drawn by chance, in their order.
    stratify:
        A column or a field, as for inputs: of each of its values as many rows are drawn as is its share.
    seed:
        The same seed draws the same rows.
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
    checked_choice("shape", shape, ("flat", "genai", "ragas"))
    checked_max_results(sample, "sample")
    if contexts is not None and shape != "ragas":
        raise ValueError("contexts are of shape='ragas' alone; the other shapes have no place for them.")
    if stratify is not None and sample is None:
        raise ValueError("stratify says how to draw a sample: say how many with sample.")
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
    elif shape == "genai":
        columns["inputs"] = objects([_as_dict(value, took.name) for value in took.values])
        columns["outputs"] = objects(gave.values)
        if expected is not None:
            columns["expectations"] = objects(
                [None if value is None else _as_dict(value, EXPECTED) for value in expected.values]
            )
    else:
        columns["user_input"], columns["response"] = _texts(took.values), _texts(gave.values)
        found = rows.read(contexts) if contexts is not None else rows.retrieved()
        columns["retrieved_contexts"] = objects([list(map(_document, _flat(value))) for value in found.values])
        if expected is not None:
            columns["reference"] = _texts(expected.values)
    frame = pd.DataFrame(columns)
    kept = first_of_each(took.values) if deduplicate else list(range(len(frame)))
    if sample is not None:
        strata = [None] * len(frame) if stratify is None else rows.read(stratify).values
        kept = [kept[position] for position in drawn(sample, [strata[position] for position in kept], seed)]
    return frame.iloc[kept].reset_index(drop=True) if len(kept) < len(frame) else frame


def split_eval(
    frame: pd.DataFrame,
    test: float = 0.2,
    *,
    stratify: Source | None = None,
    seed: int = 0,
    store: Store | str | FilePath | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Evaluation data in two parts, drawn by chance: one to improve with, and one to test with at the end.

    Parameters
    ----------
    frame:
        What ``to_eval`` made, or any frame.
    test:
        The share of the second part, between 0 and 1.
    stratify:
        A column of the frame, or a field of the traces it names: each of its values has its share in both parts.
    seed:
        The same seed makes the same parts.
    store:
        The store that the traces are in; by default the current one.

    Returns
    -------
    The rows to improve with and those to test with, both in the order in which they stood.

    >>> frame = pd.DataFrame({"inputs": ["a", "b", "c", "d"], "kind": ["x", "x", "y", "y"]})
    >>> [list(part["kind"]) for part in split_eval(frame, 0.5, stratify="kind")]
    [['x', 'y'], ['x', 'y']]
    """
    if isinstance(test, bool) or not isinstance(test, (int, float)) or not 0 < test < 1:
        raise ValueError(f"test is a share between 0 and 1, such as 0.2, not {test!r:.60}.")
    strata = [None] * len(frame) if stratify is None else _Rows(frame, "first", store).read(stratify).values
    tested = set(drawn(round(test * len(frame)), strata, seed))
    chosen = [position in tested for position in range(len(frame))]
    parts = ([not each for each in chosen], chosen)
    return tuple(frame.loc[part].reset_index(drop=True) for part in parts)


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

    def retrieved(self) -> _Read:
        """The outputs of all spans of type RETRIEVER, a list for each row."""
        if self.ids is None:
            return _Read([None] * len(self._frame), RETRIEVED)
        return self._read_column(resolve_column(RETRIEVED, pick="all"))

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
        return self._read_column(column)

    def _read_column(self, column: Column) -> _Read:
        engine = open_engine(current_store(self._store))
        values: list[Any] = []
        ids = self.ids or []
        for start in range(0, len(ids), FRAME_CHUNK):
            (more,) = engine.columns([(id or "",) for id in ids[start : start + FRAME_CHUNK]], [column])
            values += more
        return _Read(values, _last_name(column.value) or column.name)


def _texts(values: Sequence[Any]) -> pd.Series:
    """Texts as they are, anything else as JSON, None missing."""
    return typed([value if value is None or isinstance(value, str) else encode(value) for value in values], TEXT)


def _flat(value: Any) -> list[Any]:
    """The documents in what retrievers gave: one, a list of them, or a list of such lists; dicts that hold a list."""
    found: list[Any] = []
    left = [value]
    while left:
        each = inner = left.pop()
        if isinstance(each, dict) and not any(key in each for key in CONTENT_KEYS):
            inner = next((part for part in each.values() if isinstance(part, list)), each)
        if isinstance(inner, list):
            left += reversed(inner)
        elif each is not None:
            found.append(each)
    return found


def _document(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in CONTENT_KEYS if isinstance(value.get(key), str)), value)
    return value if isinstance(value, str) else encode(value)


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
