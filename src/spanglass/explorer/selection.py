"""What is selected: single rows, or everything that a filter finds, minus some.

The widget keeps it as the JSON that the wire's contract calls ``Selection``; Python resolves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from spanglass import limits
from spanglass.explorer.envelope import is_unicode
from spanglass.explorer.wire import RowKey, RowMode

NOTHING: dict[str, Any] = {"ids": []}


def checked_selection(value: Any) -> dict[str, Any]:
    """A selection as the contract has it.

    >>> checked_selection({"ids": ["t1", ["t2", "s7"]]})
    {'ids': ['t1', ['t2', 's7']]}

    Raises:
        ValueError: it is none; the text says what it should be.
    """
    if isinstance(value, dict) and value.get("all") is True:
        text, rows = value.get("filter"), value.get("rows")
        if isinstance(text, str) and is_unicode(text) and rows in get_args(RowMode):
            return {"all": True, "filter": text, "rows": rows, "except": checked_keys(value.get("except", []))}
    elif isinstance(value, dict) and "ids" in value:
        return {"ids": checked_keys(value["ids"])}
    raise ValueError('a selection is {"ids": […]} or {"all": true, "filter": …, "rows": …, "except": […]}')


def checked_keys(keys: Any) -> list[str | list[str]]:
    """Row keys as JSON: a text, or a list of two texts."""
    if not isinstance(keys, (list, tuple)) or len(keys) > limits.MAX_SELECTED_IDS:
        raise ValueError(f"selected rows are a list of at most {limits.MAX_SELECTED_IDS:,} ids")
    checked: list[str | list[str]] = []
    for key in keys:
        parts = [key] if isinstance(key, str) else key
        if not isinstance(parts, (list, tuple)) or not all(isinstance(p, str) and is_unicode(p) for p in parts):
            raise ValueError(f"not the id of a row: {key!r:.60}")
        if not isinstance(key, str) and len(parts) != 2:
            raise ValueError(f"a span is [trace id, span id], not {key!r:.60}")
        checked.append(key if isinstance(key, str) else list(parts))
    return checked


def keys_of(ids: Iterable[str | list[str]]) -> list[RowKey]:
    """JSON row keys as Python has them: a span's is a tuple."""
    return [key if isinstance(key, str) else (key[0], key[1]) for key in ids]


def trace_ids_of(keys: Iterable[str | tuple[str, ...]]) -> list[str]:
    """The traces of the rows, each once, in order.

    >>> trace_ids_of([("t1", "s1"), "t2", ("t1", "s2")])
    ['t1', 't2']
    """
    return list(dict.fromkeys(key if isinstance(key, str) else key[0] for key in keys))
