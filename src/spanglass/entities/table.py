"""Many traces at once, column by column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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

    __slots__ = ("_columns", "_load", "_packed", "_packed_fields")

    def __init__(
        self,
        columns: Mapping[str, list[Any]],
        packed: list[str] | None = None,
        *,
        load: Callable[[str], TraceData] | None = None,
    ) -> None:
        """``columns`` are fields of TraceInfo by name. Of those that are not among them each trace has a JSON array in
        ``packed``, in their order: few ever look at them. ``load`` gives the spans of a trace."""
        self._columns = dict(columns)
        self._packed = packed or []
        self._packed_fields = [name for name in INFO_FIELDS if name not in columns]
        self._load = load

    @classmethod
    def of(cls, traces: Iterable[Trace]) -> TraceTable:
        """The infos of these traces."""
        infos = [trace.info for trace in traces]
        return cls({name: list(map(attrgetter(name), infos)) for name in INFO_FIELDS})

    def __len__(self) -> int:
        return len(self._columns["trace_id"])

    def column(self, name: str) -> list[Any]:
        """The values of a field of TraceInfo, one for each trace."""
        if name in self._columns:
            return self._columns[name]
        place = self._packed_fields.index(name)
        return [json.loads(values)[place] for values in self._packed]

    def extend(self, other: TraceTable) -> None:
        """Add the traces of another table of the same columns behind."""
        for name, more in other._columns.items():
            self._columns[name] += more
        self._packed += other._packed

    def take(self, rows: Sequence[int]) -> TraceTable:
        """The traces in these rows, again and again where a row is named so."""
        columns = {name: [column[row] for row in rows] for name, column in self._columns.items()}
        packed = [self._packed[row] for row in rows] if self._packed else None
        return TraceTable(columns, packed, load=self._load)

    def infos(self) -> list[TraceInfo]:
        """The infos of all traces."""
        return list(map(self._info, range(len(self))))

    def traces(self, *, spans: bool = True) -> list[Trace]:
        """The traces, their spans read when touched; without ``spans`` they have none."""
        load = self._load if spans else None
        return [Trace(partial(self._info, row), load=load) for row in range(len(self))]

    def _info(self, row: int) -> TraceInfo:
        values = {name: column[row] for name, column in self._columns.items()}
        if self._packed:
            values |= zip(self._packed_fields, json.loads(self._packed[row]), strict=True)
        return TraceInfo(**values)
