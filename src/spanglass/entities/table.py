"""Many traces at once, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from functools import partial
from operator import attrgetter
from typing import Any

from spanglass.entities.trace import Trace, TraceData, TraceInfo

INFO_FIELDS = tuple(field.name for field in fields(TraceInfo))


class TraceTable:
    """Traces with a column for each field of their infos. An info is made of its row when it is touched.

    >>> table = TraceTable.of([Trace(TraceInfo("t1", name="greet")), Trace(TraceInfo("t2", name="ask"))])
    >>> table.column("name"), table.traces()[1].info.name
    (['greet', 'ask'], 'ask')
    """

    __slots__ = ("_columns", "_load")

    def __init__(
        self, columns: Sequence[list[Any]] | None = None, load: Callable[[str], TraceData] | None = None
    ) -> None:
        """``columns`` stand in the order of the fields of TraceInfo; ``load`` gives the spans of a trace."""
        self._columns = [[] for _ in INFO_FIELDS] if columns is None else list(columns)
        self._load = load

    @classmethod
    def of(cls, traces: Iterable[Trace]) -> TraceTable:
        """The infos of these traces."""
        infos = [trace.info for trace in traces]
        return cls([list(map(attrgetter(name), infos)) for name in INFO_FIELDS])

    def __len__(self) -> int:
        return len(self._columns[0])

    def column(self, name: str) -> list[Any]:
        """The values of a field of TraceInfo, one for each trace."""
        return self._columns[INFO_FIELDS.index(name)]

    def extend(self, other: TraceTable) -> None:
        """Add the traces of another table behind."""
        for column, more in zip(self._columns, other._columns, strict=True):
            column += more

    def take(self, rows: Sequence[int]) -> TraceTable:
        """The traces in these rows, again and again where a row is named so."""
        return TraceTable([[column[row] for row in rows] for column in self._columns], self._load)

    def infos(self) -> list[TraceInfo]:
        """The infos of all traces."""
        return list(map(TraceInfo, *self._columns))

    def traces(self, *, spans: bool = True) -> list[Trace]:
        """The traces, their spans read when touched; without ``spans`` they have none."""
        load = self._load if spans else None
        return [Trace(partial(self._info, row), load=load) for row in range(len(self))]

    def _info(self, row: int) -> TraceInfo:
        return TraceInfo(*[column[row] for column in self._columns])
