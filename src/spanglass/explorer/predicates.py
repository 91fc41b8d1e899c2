"""Python functions that narrow what a filter finds, for what the filter language cannot say."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from spanglass import limits
from spanglass.engines.base import Cancel, Cancelled, DeadlineExceeded, Engine
from spanglass.entities import Trace
from spanglass.filters.algebra import And, Const, Field, In, Query, Type
from spanglass.store import Store

Predicate = Callable[[Trace], object]

_TRACE_ID = Field("trace", "trace_id", Type.TEXT)


class PredicateError(RuntimeError):
    """A function given to ``where`` raised; the text says which, what, and on which trace. Its error is the cause."""


class Predicates:
    """The functions that all must hold for a trace to be found, by the names under which the screen shows them.

    What a function said of a trace is remembered until the store changes.
    """

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine
        self._guard = threading.Lock()
        self._functions: dict[str, Predicate] = {}
        self._verdicts: dict[str, bool] = {}
        self._stamp: object = None

    @property
    def names(self) -> list[str]:
        """The names of the functions, in the order in which they were given."""
        return list(self._functions)

    @property
    def functions(self) -> list[Predicate]:
        """The functions themselves."""
        return list(self._functions.values())

    def add(self, function: Predicate) -> None:
        """One more function; one that is there already is not added again."""
        if not callable(function):
            raise TypeError(f"where takes a function of a trace, not {function!r:.60}")
        if function in self._functions.values():
            return
        plain = getattr(function, "__name__", type(function).__name__).strip("<>")
        names = [plain, *(f"{plain} {n}" for n in range(2, len(self._functions) + 2))]
        name = next(name for name in names if name not in self._functions)
        self._become({**self._functions, name: function})

    def keep(self, names: Iterable[str]) -> None:
        """Only the functions of these names stay."""
        kept = set(names)
        if kept != set(self._functions):
            self._become({name: one for name, one in self._functions.items() if name in kept})

    def _become(self, functions: dict[str, Predicate]) -> None:
        with self._guard:
            self._functions = functions
            self._verdicts = {}

    def narrow(self, query: Query, cancel: Cancel | None = None, deadline_s: float | None = None) -> Query:
        """The query that finds only what the functions hold for.

        Raises
        ------
        PredicateError
            A function raised.
        Cancelled, DeadlineExceeded
        """
        if not self._functions:
            return query
        end = None if deadline_s is None else time.monotonic() + deadline_s
        ids = self._holding(query, cancel, end)
        where = In(_TRACE_ID, tuple([Const(trace_id) for trace_id in ids]))
        return replace(query, where=And((query.where, where)))

    def _holding(self, query: Query, cancel: Cancel | None, end: float | None) -> list[str]:
        """The traces of the query, however many it is limited to, for which all functions hold."""
        with self._guard:
            functions, verdicts = self._functions, self._verdicts
            stamp = self._store.stamp()
            if stamp != self._stamp:
                verdicts = self._verdicts = {}
                self._stamp = stamp
        base = replace(query, rows="traces", order=(), limit=None)
        token, holding = None, []
        while True:
            left = None if end is None else end - time.monotonic()
            page = self._engine.search(base, limit=limits.IDS_CHUNK, token=token, cancel=cancel, deadline_s=left)
            ids = [row[0] for row in page.ids]
            unknown = [trace_id for trace_id in ids if trace_id not in verdicts]
            for start in range(0, len(unknown), limits.READ_CHUNK):
                for trace in self._engine.traces(unknown[start : start + limits.READ_CHUNK]):
                    if cancel is not None and cancel.cancelled:
                        raise Cancelled("the query was cancelled")
                    if end is not None and time.monotonic() > end:
                        # What was found out is kept: asked again, it goes on from here.
                        raise DeadlineExceeded(f"where({', '.join(functions)}) took too long; narrow the filter first")
                    verdicts[trace.info.trace_id] = all(holds(name, one, trace) for name, one in functions.items())
            holding += [trace_id for trace_id in ids if verdicts.get(trace_id)]
            token = page.token
            if token is None:
                return holding


def holds(name: str, function: Predicate, trace: Trace) -> bool:
    """Whether a function holds for a trace; what it raises becomes a PredicateError."""
    try:
        return bool(function(trace))
    except Exception as error:
        said = f"where({name}) raised {type(error).__name__}: {error} on trace {trace.info.trace_id}"
        raise PredicateError(said) from error


def importable_name(function: Predicate) -> str:
    """The name under which any process can import a function, such as ``checks.is_slow``.

    Raises
    ------
    ValueError
        It has none: it stands in a notebook or inside of another function.

    >>> importable_name(importable_name)
    'spanglass.explorer.predicates.importable_name'
    """
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if module and name and module != "__main__":
        try:
            if imported(f"{module}.{name}") is function:
                return f"{module}.{name}"
        except ValueError:
            pass
    shown = getattr(function, "__name__", repr(function))
    raise ValueError(f"where({shown:.60}) has no importable name: a view can hold a function of a module only")


def imported(name: str) -> Any:
    """The function of this importable name.

    Raises
    ------
    ValueError
        There is none.
    """
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        if callable(found):
            return found
    raise ValueError(f"where={name!r:.80} names no function that can be imported")


def given(where: Predicate | str | Sequence[Predicate | str] | None) -> list[Predicate]:
    """The functions that ``explore(where=…)`` was given, by themselves or by importable names."""
    if where is None:
        return []
    several = where if isinstance(where, Sequence) and not isinstance(where, str) else [where]
    return [imported(one) if isinstance(one, str) else one for one in several]
