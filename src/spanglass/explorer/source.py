"""What an explorer looks at: a store, its engine, and which of its experiments and runs are meant."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from spanglass import limits
from spanglass.engines import check, open_engine
from spanglass.engines.base import Cancel, Engine, RowId
from spanglass.explorer.envelope import is_column
from spanglass.explorer.kept import KeptSpan
from spanglass.explorer.labelling import Labelling
from spanglass.explorer.predicates import Predicates
from spanglass.explorer.selection import keys_of
from spanglass.explorer.wire import ColumnSpec, RowKey, RowMode
from spanglass.filters import Diagnostic, resolve, resolve_column
from spanglass.filters.algebra import And, Column, Const, Field, In, Query, Type
from spanglass.formats import ingest
from spanglass.store import APPLICATION_ID, Changes, Store, current_store

_TRACE_ID = Field("trace", "trace_id", Type.TEXT)
_SPAN_ID = Field("span", "id", Type.TEXT)

_SQLITE = b"SQLite format 3\0"
_APPLICATION_ID = slice(68, 72)  # where an SQLite file's header says whose it is


@dataclass(frozen=True, slots=True)
class Scope:
    """Which traces of a store are meant: those of these experiments (None: all) and of this run; and in which zone
    the times of filters are (None: this machine's)."""

    experiment_ids: list[str] | None = None
    run_id: str | None = None
    tz: str | None = None


class Source:
    """A store as one explorer sees it.

    ``name`` is what the screen shows of it, never a path. ``path`` is the one that was given, of a store or of a file
    of traces; None where the store is the current one or the traces were in memory.
    """

    def __init__(self, store: Store, name: str, scope: Scope, *, path: Path | None = None) -> None:
        self.store = store
        self.engine: Engine = open_engine(store)
        self.predicates = Predicates(store, self.engine)
        self.labelling = Labelling()
        self.name = name
        self.scope = scope
        self.path = path
        self.kept: KeptSpan | None = None
        self.given: tempfile.TemporaryDirectory[str] | None = None

    def meaning(self, text: str, rows: RowMode = "traces") -> Query:
        """What a filter's text alone asks of what this explorer looks at. The store is not touched.

        Raises
        ------
        FilterError
            The text is no filter.
        """
        scope = self.scope
        return resolve(text, rows=rows, experiment_ids=scope.experiment_ids, run_id=scope.run_id, zone=scope.tz)

    def query(
        self,
        text: str,
        rows: RowMode = "traces",
        cancel: Cancel | None = None,
        deadline_s: float | None = None,
        among: Changes | None = None,
    ) -> Query:
        """A filter's text as a query, narrowed by the predicates and to what is under review; of the rows that changed
        only, where these are given.

        Raises
        ------
        FilterError
            The text is no filter.
        PredicateError
            A predicate raised.
        """
        query = self.meaning(text, rows)
        if among is not None:
            query = replace(query, where=And((query.where, among_ids(_TRACE_ID, among))))
            if rows == "spans":
                spans = [span_id for ids in among.values() for span_id in ids]
                query = replace(query, spans=And((query.spans, among_ids(_SPAN_ID, spans))))
        review = self.labelling.review
        return self.predicates.narrow(query if review is None else review.narrow(query), cancel, deadline_s)

    @property
    def narrowed(self) -> bool:
        """Whether something else than the filter's text leaves traces out."""
        return bool(self.predicates.names) or self.labelling.review is not None

    def check(self, text: str, rows: RowMode = "traces", *, values: bool = True) -> list[Diagnostic]:
        """What there is to say about a filter's text, also of keys and (if ``values``) values never seen."""
        return check(self.engine, text, values=values, rows=rows, zone=self.scope.tz)

    def all_ids(
        self, text: str, rows: RowMode, cancel: Cancel | None = None, *, most: int | None = None
    ) -> list[RowId]:
        """The ids of all rows that a filter finds, or of the first ``most`` of them, in its order."""
        query, ids, token = self.query(text, rows, cancel), [], None
        while True:
            page = self.engine.search(query, limit=most or limits.IDS_CHUNK, token=token, cancel=cancel)
            ids += page.ids
            token = page.token
            if token is None or most is not None:
                return ids

    def selected(self, selection: dict[str, Any], cancel: Cancel | None = None) -> list[RowKey]:
        """The keys of the rows that a selection means now."""
        if "ids" in selection:
            return keys_of(selection["ids"])
        excepted = set(keys_of(selection["except"]))
        found = self.all_ids(selection["filter"], selection["rows"], cancel)
        keys: list[RowKey] = [row[0] if len(row) == 1 else (row[0], row[1]) for row in found]
        return [key for key in keys if key not in excepted]

    def twin(self) -> Source:
        """The same traces for another explorer; it leaves a store that was made for this one alone."""
        twin = Source(self.store, self.name, self.scope, path=self.path)
        for function in self.predicates.functions:
            twin.predicates.add(function)
        return twin

    def close(self) -> None:
        """Remove the store that was made for this explorer alone; any other stays open."""
        if self.given is not None:
            self.store.close()
            self.given.cleanup()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A source that could not be opened: the explorer shows why."""

    name: str
    error: Exception
    scope: Scope = field(default_factory=Scope)
    path: Path | None = None


def open_source(source: Any, scope: Scope, store: Store | str | Path | None) -> Source | Unreadable:
    """Open whatever ``explore`` was given.

    A store or the file of one is used as it is. Anything else that holds traces is read into a store of its own,
    a temporary file that goes with the explorer.

    Raises
    ------
    FileNotFoundError
        A path leads nowhere.
    IngestError
        What was given holds no traces.
    """
    if source is not None and store is not None:
        raise ValueError("source and store are two ways to say where the traces are: give one of them")
    meant = store if source is None else source
    if meant is None or isinstance(meant, Store):
        return opened(meant, scope)
    if isinstance(meant, (str, Path)) and is_store_file(Path(meant).expanduser(), wanted=source is None):
        return opened(Path(meant).expanduser(), scope)
    return read_into_own_store(meant, scope)


def opened(store: Store | Path | None, scope: Scope) -> Source | Unreadable:
    """The store that is meant, or why it cannot be read."""
    path = store.path if isinstance(store, Store) else store
    try:
        found = current_store(store)
        return Source(found, found.path.name, scope, path=path)
    except Exception as error:  # whatever is wrong with the file, the cell shows it in the widget
        return Unreadable("spanglass.db" if path is None else path.name, error, scope, path)


def is_store_file(path: Path, *, wanted: bool) -> bool:
    """Whether a path is the file of a store, judged by its first bytes; an empty file can become one.

    ``wanted`` says that it was given as a store: then it is one, whatever it holds, and may be created.
    """
    if wanted:
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(100)
    ours = head[_APPLICATION_ID] == APPLICATION_ID.to_bytes(4, "big")
    return not head or (head.startswith(_SQLITE) and ours)


def read_into_own_store(given: Any, scope: Scope) -> Source:
    """Traces, a DataFrame of them or a file, in a store that only this explorer uses."""
    folder = tempfile.TemporaryDirectory(prefix="spanglass-", ignore_cleanup_errors=True)
    store = Store(Path(folder.name) / "given.db")
    ingest(given, store=store, progress=False)
    path = Path(given).expanduser() if isinstance(given, (str, Path)) else None
    source = Source(store, type(given).__name__ if path is None else path.name, scope, path=path)
    source.given = folder
    return source


def among_ids(field: Field, ids: Iterable[str]) -> In:
    """That a field is one of these ids."""
    return In(field, tuple([Const(each) for each in ids]))


def column_of(spec: ColumnSpec) -> Column:
    """An extra column of the list, resolved.

    Raises
    ------
    FilterError
        The path is no field.
    """
    if isinstance(spec, str):
        return resolve_column(spec)
    return resolve_column(spec["path"], pick=spec.get("pick", "first"), name=spec.get("name"))


def checked_columns(value: Any) -> list[ColumnSpec]:
    """Extra columns as the wire has them, each one a field.

    Raises
    ------
    FilterError
        A path is no field.
    TypeError, ValueError
        Something is no column at all.
    """
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"columns is a list of fields, not {value!r:.60}")
    if len(value) > limits.MAX_COLUMNS:
        raise ValueError(f"at most {limits.MAX_COLUMNS} columns can be shown, not {len(value)}")
    for spec in value:
        if not is_column(spec):
            raise TypeError(f"a column is a field or {{'path': …, 'pick': …, 'name': …}}, not {spec!r:.60}")
        column_of(spec)
    return list(value)
