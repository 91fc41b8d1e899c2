"""``search_traces``: traces that a filter matches, as a DataFrame or a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from spanglass.engines import open_engine
from spanglass.engines.base import Engine
from spanglass.entities import Trace
from spanglass.filters.algebra import Query
from spanglass.frames.arguments import (
    checked_choice,
    checked_experiment_ids,
    checked_max_results,
    checked_run_id,
    checked_texts,
)
from spanglass.frames.explode import as_explosion, exploded
from spanglass.frames.extract import ExtractFields, as_columns, paths_of, series_of
from spanglass.frames.query import check_columns, read_query, say_why_empty
from spanglass.frames.schema import SCHEMAS, SchemaName, trace_frame
from spanglass.frames.series import TEXT, typed
from spanglass.limits import FRAME_CHUNK, IDS_CHUNK, PROGRESS_AFTER_S
from spanglass.store import Store, current_store
from spanglass.store.collector import without_collection

if TYPE_CHECKING:
    import pandas as pd


@overload
def search_traces(
    experiment_ids: Sequence[str] | Literal["all"] | None = None,
    filter_string: str | None = None,
    max_results: int | None = None,
    order_by: Sequence[str] | None = None,
    extract_fields: ExtractFields | None = None,
    run_id: str | None = None,
    return_type: Literal["pandas"] = "pandas",
    include_spans: bool = True,
    *,
    schema: SchemaName = "mlflow2",
    pick: str = "first",
    explode: str | None = None,
    params: Mapping[str, Any] | None = None,
    tz: str | None = None,
    locations: Sequence[str] | None = None,
    store: Store | str | Path | None = None,
) -> pd.DataFrame: ...
@overload
def search_traces(
    experiment_ids: Sequence[str] | Literal["all"] | None = None,
    filter_string: str | None = None,
    max_results: int | None = None,
    order_by: Sequence[str] | None = None,
    extract_fields: ExtractFields | None = None,
    run_id: str | None = None,
    *,
    return_type: Literal["list"],
    include_spans: bool = True,
    schema: SchemaName = "mlflow2",
    pick: str = "first",
    explode: str | None = None,
    params: Mapping[str, Any] | None = None,
    tz: str | None = None,
    locations: Sequence[str] | None = None,
    store: Store | str | Path | None = None,
) -> list[Trace]: ...
def search_traces(
    experiment_ids: Sequence[str] | Literal["all"] | None = None,
    filter_string: str | None = None,
    max_results: int | None = None,
    order_by: Sequence[str] | None = None,
    extract_fields: ExtractFields | None = None,
    run_id: str | None = None,
    return_type: Literal["pandas", "list"] = "pandas",
    include_spans: bool = True,
    *,
    schema: SchemaName = "mlflow2",
    pick: str = "first",
    explode: str | None = None,
    params: Mapping[str, Any] | None = None,
    tz: str | None = None,
    locations: Sequence[str] | None = None,
    store: Store | str | Path | None = None,
) -> pd.DataFrame | list[Trace]:
    """The traces that a filter matches, newest first.

    Parameters
    ----------
    experiment_ids:
        Where to look; None is the active experiment (the run's, if ``run_id`` is given), ``"all"`` every one. An
        unknown id is named in a warning.
    filter_string:
        A text of the filter language, ``"status = 'ERROR' AND duration > 2s"`` for instance. It may end with its
        own ``ORDER BY`` and ``LIMIT``.
    max_results:
        At most so many; None is all of them, with a progress bar once it takes longer than a second.
    order_by:
        Keys to sort by, ``["duration DESC", "name"]``.
    extract_fields:
        Further columns: a list of fields (``"greet.inputs.name"``, ``"{type='RETRIEVER'}.outputs[0].score"``) or
        of specs (``{"path": …, "pick": …, "name": …}``), or a dict of either by column name. They stand after the
        schema's columns in the order asked, or in the place of the one that has the same name. Where a trace has
        no such value it is missing, and whole numbers stay whole (dtype Int64).
    run_id:
        Only traces of this run, those linked to it included. An unknown one is named in a warning.
    return_type:
        ``"pandas"`` for a DataFrame, ``"list"`` for a list of ``Trace``.
    include_spans:
        False leaves the traces without spans. They cost nothing until they are touched either way.
    schema:
        ``"mlflow2"``: request_id, trace (a ``Trace``), timestamp_ms (Unix milliseconds), status,
        execution_time_ms (milliseconds, missing while running), request, response, request_metadata, spans, tags,
        assessments. ``"mlflow3"``: trace_id, trace (JSON text), client_request_id, state, request_time,
        execution_duration, request, response, trace_metadata, tags, spans, assessments.
    pick:
        Which of several values an extracted field takes, unless its spec says otherwise: ``"first"``, ``"last"``,
        ``"all"`` (a list), ``"error"`` (the one of the first span with an error), ``"max"`` or ``"min"``.
    explode:
        A row for each span instead of for each trace: ``"span"``, ``"greet"`` by name, ``"{type='RETRIEVER'}"``; or for
        each item of a list in such a span, a document or message: ``"{type='RETRIEVER'}.outputs[*]"``. Extracted fields
        that begin with the same are those of the row's own span or item, and ``span_id`` says which span it is. A trace
        without any has no row.
    params:
        Values for the parameters of the filter, ``{"sid": "s-1"}`` for ``:sid``.
    tz:
        The time zone of dates in the filter that name none; the machine's own by default. The frame names it in
        ``attrs["tz"]``.
    locations:
        MLflow 3's other name for ``experiment_ids``.
    store:
        A path or an opened store; by default the current one.

    Raises
    ------
    FilterError
        A filter, a sort key or a field that cannot be understood, with a caret at the place.
    TypeError, ValueError
        An argument that is not what it should be, named.

    >>> import tempfile, os
    >>> from spanglass.entities import Batch, Span
    >>> with tempfile.TemporaryDirectory() as folder, Store(os.path.join(folder, "s.db")) as store:
    ...     report = store.write(Batch([Span("t1", "s1", "greet", end_time_ns=1, inputs={"name": "Tom"})]))
    ...     frame = search_traces(filter_string="name = 'greet'", extract_fields=["greet.inputs.name"], store=store)
    >>> list(frame["greet.inputs.name"])
    ['Tom']
    """
    checked_choice("return_type", return_type, ("pandas", "list"))
    checked_choice("schema", schema, tuple(SCHEMAS))
    most = checked_max_results(max_results)
    scope = checked_experiment_ids(experiment_ids, locations)
    keys = checked_texts("order_by", order_by)
    if return_type == "list" and extract_fields is not None:
        raise ValueError("extract_fields makes columns: it needs return_type='pandas'.")
    if return_type == "list" and explode is not None:
        raise ValueError("explode makes rows: it needs return_type='pandas'.")
    columns = as_columns(extract_fields, pick)
    explosion = as_explosion(explode)

    opened = current_store(store)
    engine = open_engine(opened)
    query = read_query(
        opened,
        engine,
        filter_string,
        params=params,
        order_by=keys,
        experiment_ids=scope,
        run_id=checked_run_id(run_id),
        tz=tz,
    )
    numbers = _all_numbers(engine, query, most)
    if numbers:
        check_columns(engine, paths_of(extract_fields))
    else:
        say_why_empty(engine, query, params)

    table = engine.table(())
    span_ids: list[str] = []
    values: list[list[Any]] = [[] for _ in columns]
    with without_collection():
        for chunk in _chunks(numbers):
            found = engine.table(chunk)
            rows = [(id,) for id in found.column("trace_id")]  # one may have been deleted since it was found
            cells: Iterable[list[Any]] = ()
            if explosion is not None:
                owners, spans, cells = exploded(engine, rows, explosion, columns)
                found = found.take(owners)
                span_ids += spans
            elif columns:
                cells = engine.columns(rows if len(rows) < len(chunk) else [(number,) for number in chunk], columns)
            table.extend(found)
            for into, more in zip(values, cells, strict=bool(columns)):
                into += more
        if return_type == "list":
            return table.traces(spans=include_spans)
        frame = trace_frame(table, schema, spans=include_spans)
        frame.attrs["tz"] = query.zone
        if explosion is not None:
            frame["span_id"] = typed(span_ids, TEXT)
        for column, read in zip(columns, values, strict=True):
            frame[column.name] = series_of(column, read)
        return frame


def _all_numbers(engine: Engine, query: Query, most: int | None) -> list[int]:
    numbers: list[int] = []
    token: str | None = None
    while most is None or len(numbers) < most:
        limit = IDS_CHUNK if most is None else min(IDS_CHUNK, most - len(numbers))
        page = engine.search(query, limit=limit, token=token)
        numbers += page.numbers
        token = page.token
        if token is None:
            break
    return numbers


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """The numbers in pieces, with a bar that shows how far it is once that takes a while."""
    from tqdm.auto import tqdm  # slow to import, and only long reads need it

    with tqdm(total=len(numbers), unit="trace", delay=PROGRESS_AFTER_S, leave=False) as bar:
        for start in range(0, len(numbers), FRAME_CHUNK):
            chunk = numbers[start : start + FRAME_CHUNK]
            yield chunk
            bar.update(len(chunk))
