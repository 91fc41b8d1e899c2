"""``extract_fields``: fields of traces as columns of a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pandas as pd

from spanglass.filters import resolve_column
from spanglass.filters.algebra import Column, Pick
from spanglass.frames.arguments import checked_choice
from spanglass.frames.series import inferred, objects

PICKS: tuple[Pick, ...] = get_args(Pick)
_SPEC_KEYS = {"path", "pick", "name"}

ExtractFields = Sequence[str | Mapping[str, str]] | Mapping[str, str | Mapping[str, str]]
"""Paths, or specs ``{"path": …, "pick": …, "name": …}``; as a dict by the columns' names."""


def as_columns(extract_fields: Any, pick: str = "first") -> list[Column]:
    """The columns that ``extract_fields`` asks for, in the order asked.

    Parameters
    ----------
    extract_fields:
        A list of paths (``"root.inputs.question"``) or specs (``{"path": …, "pick": "last", "name": …}``), or a
        dict of them by column name. None is no columns.
    pick:
        Which value where there are several, unless a spec says otherwise: ``"first"``, ``"last"``, ``"all"`` (a
        list), ``"error"`` (the one of the first span with an error), ``"max"`` or ``"min"``.

    Raises
    ------
    FilterError
        A path that is no field, with a caret at the place.
    TypeError, ValueError
        Anything else that cannot be a column, named.
    """
    checked_choice("pick", pick, PICKS)
    if extract_fields is None:
        return []
    columns = [_column(spec, name, pick) for name, spec in _named(extract_fields)]
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise ValueError(
                f"extract_fields has two columns named {column.name!r}: name one with {{'path': …, 'name': …}}."
            )
        seen.add(column.name)
    return columns


def paths_of(extract_fields: ExtractFields | None) -> list[str]:
    """The paths that ``extract_fields`` asks for, once it has been read by ``as_columns``."""
    specs = [] if extract_fields is None else [spec for _, spec in _named(extract_fields)]
    return [spec if isinstance(spec, str) else spec["path"] for spec in specs]


def series_of(column: Column, values: Sequence[Any]) -> pd.Series:
    """A column's values as a series of the dtype that fits them; lists of all matches as objects."""
    return objects(values) if column.pick == "all" else inferred(values)


def _named(extract_fields: Any) -> list[tuple[str | None, Any]]:
    if isinstance(extract_fields, Mapping):
        return [(str(name), spec) for name, spec in extract_fields.items()]
    if isinstance(extract_fields, str) or not isinstance(extract_fields, Sequence):
        raise TypeError(
            f"extract_fields must be a list of fields or a dict of them by column name, not {extract_fields!r}."
        )
    return [(None, spec) for spec in extract_fields]


def _column(spec: Any, name: str | None, pick: str) -> Column:
    if isinstance(spec, str):
        return resolve_column(spec, pick=pick, name=name)
    if not isinstance(spec, Mapping) or "path" not in spec or not set(spec) <= _SPEC_KEYS:
        raise TypeError(f"a field is a path or {{'path': …, 'pick': …, 'name': …}} with path in it, not {spec!r}.")
    pick = checked_choice("pick", spec.get("pick", pick), PICKS)
    return resolve_column(spec["path"], pick=pick, name=spec.get("name", name))
