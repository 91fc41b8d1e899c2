"""Rows by a value that they share: how many there are of each, and what they add up to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from spanglass import limits
from spanglass.engines.base import Cancel, Engine, RowId
from spanglass.engines.ranks import nearest_rank
from spanglass.filters import resolve_column
from spanglass.filters.algebra import Column, Subject
from spanglass.filters.fields import FIELDS
from spanglass.frames.series import TEXT, inferred, typed

ROLL_UPS = {
    "errors": "Int64",
    "error_rate": "float64",
    "p50": "float64",
    "p95": "float64",
    "tokens": "Int64",
    "cost": "float64",
    "first": "float64",
    "last": "float64",
}
"""What is told of each group beside how many rows it has, with its dtype."""

_SUBJECT: dict[str, tuple[Subject, str]] = {"traces": ("trace", "timestamp_ms"), "spans": ("span", "start_time")}


def group_frame(
    engine: Engine, ids: Sequence[RowId], rows: str, by: str, *, cancel: Cancel | None = None
) -> pd.DataFrame:
    """A row per value of ``by`` among these traces or spans, the one with the most rows first.

    A row that has several values (the models that a trace called) stands in each of their groups; rows without a value
    make the group None. A value that is an object is written as JSON.

    Args:
        engine: where the rows are.
        ids: the rows.
        rows: ``"traces"`` or ``"spans"``.
        by: the path of a field, as a column has it: ``session_id``, ``tag.env``, ``agent.inputs.customer``.
        cancel: ends it early.

    Returns:
        Indexed by the value. ``traces`` (or ``spans``) is how many rows there are, ``errors`` how many failed,
        ``error_rate`` their share; ``p50`` and ``p95`` are durations in milliseconds, each the smallest that so many
        percent of the rows do not exceed; ``tokens`` and ``cost`` (US dollars) are sums, missing where no row has
        any; ``first`` and ``last`` are the times of the earliest and the latest row, in Unix milliseconds.

    Raises:
        FilterError: ``by`` is no field.
    """
    scope, time = _SUBJECT[rows]
    fields = FIELDS[scope]
    facts = [Column(name, fields[name]) for name in (time, "status", "duration", "tokens", "cost")]
    columns = [resolve_column(by, pick="all"), *facts]
    members: dict[Any, list[tuple[Any, ...]]] = {}
    for start in range(0, len(ids), limits.FRAME_CHUNK):
        chunk = ids[start : start + limits.FRAME_CHUNK]
        held, *told = engine.columns(chunk, columns, cancel=cancel)
        for values, *row in zip(held, *told, strict=True):
            if row[0] is None:  # not there any more
                continue
            for value in distinct(values):
                members.setdefault(value, []).append(tuple(row))
    ordered = sorted(members, key=lambda value: (-len(members[value]), value is None, str(value)))
    groups = [rolled_up(members[value]) for value in ordered]
    made: dict[str, pd.Series] = {rows: typed([len(members[value]) for value in ordered], "Int64")}
    for place, (name, dtype) in enumerate(ROLL_UPS.items()):
        made[name] = typed([group[place] for group in groups], dtype)
    frame = pd.DataFrame(made)
    index = inferred([plain(value) for value in ordered]) if ordered else typed([], TEXT)
    frame.index = pd.Index(index, name=by)
    return frame


def distinct(values: Any) -> list[Any]:
    """The different values of a row, each as something that can be told apart; one None where there are none.

    A value that is a list stands for its elements, as in a filter.

    >>> distinct(["a", "b", "a"]), distinct([]), distinct([True, 1]), distinct([["a", "c"], "a"])
    (['a', 'b'], [None], [(True,), 1], ['a', 'c'])
    """
    listed = values if isinstance(values, list) else [values]
    each = [inner for value in listed for inner in (value if isinstance(value, list) else [value])]
    found = dict.fromkeys(told_apart(value) for value in each if value is not None)
    return list(found) or [None]


def told_apart(value: Any) -> Any:
    """A key of a dict that is equal to another's only if the values are: true is not 1."""
    if isinstance(value, bool):
        return (value,)
    if isinstance(value, (str, int, float)):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def plain(key: Any) -> Any:
    """The value that a key stands for."""
    return key[0] if isinstance(key, tuple) else key


def rolled_up(members: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """What the rows of a group add up to, in the order of ``ROLL_UPS``."""
    times, statuses, durations, tokens, costs = zip(*members, strict=True)
    errors = sum(status == "ERROR" for status in statuses)
    known = sorted(duration for duration in durations if duration is not None)
    return (
        errors,
        errors / len(members),
        nearest_rank(known, 50),
        nearest_rank(known, 95),
        total(tokens),
        total(costs),
        float(min(times)),
        float(max(times)),
    )


def total(values: Sequence[Any]) -> Any:
    """The sum of what is known, None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
