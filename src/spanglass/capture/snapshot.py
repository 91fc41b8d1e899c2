"""Any Python value → what JSON can hold, at once, bounded, whatever the value does.

A traced function's arguments belong to the caller: they may be changed later, be huge, refer to themselves, or
raise from any of their methods. So a copy is taken at call time, with an explicit stack, a budget of items and
characters, and every touch of foreign code guarded.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import itertools
import math
import pathlib
import sys
import uuid
from collections import deque
from collections.abc import Mapping
from typing import Any

import orjson

from spanglass.entities import Json
from spanglass.limits import (
    SNAPSHOT_AS_IT_IS,
    SNAPSHOT_CHARS,
    SNAPSHOT_DEPTH,
    SNAPSHOT_ITEMS,
    SNAPSHOT_ROWS,
    SNAPSHOT_TEXT_CHARS,
)

_Path = tuple[Any, Any]  # (container, path of what it stands in): held, so that no id is used twice


def snapshot(value: Any) -> str:
    """``value`` as JSON text. Never raises, except for a KeyboardInterrupt that happens meanwhile.

    >>> snapshot({"name": "Tom", "sizes": (1, 2)})
    '{"name":"Tom","sizes":[1,2]}'
    """
    try:
        if _is_plain(value):
            return orjson.dumps(value).decode()
    except (TypeError, ValueError, RuntimeError):  # no UTF-8, an odd key, too big a number, changed by another thread
        pass
    return dump(plain(value))


def _is_plain(value: Any) -> bool:
    """Is ``value``, as most are, small and made of nothing but JSON's own types? Then it is written as it is: copying
    it first takes ten times as long as writing it."""
    if type(value) is str:
        return len(value) <= SNAPSHOT_CHARS
    items, chars = SNAPSHOT_AS_IT_IS, SNAPSHOT_CHARS
    level: list[Any] = [value]
    for _ in range(SNAPSHOT_DEPTH):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str:
                chars -= len(item)
            elif kind is dict or kind is list or kind is tuple:
                items -= len(item)
                if items < 0:
                    return False
                below.extend(item)
                if kind is dict:
                    below.extend(item.values())
            elif kind is float:
                if not math.isfinite(item):
                    return False
            elif kind is not int and kind is not bool and item is not None:
                return False
        if chars < 0:
            return False
        if not below:
            return True
        level = below
    return False


def dump(value: Json) -> str:
    """JSON text of a value that came from ``plain``."""
    return orjson.dumps(value).decode()


def plain(value: Any) -> Json:
    """``value`` as None, bool, int, float, str, list and dict, copied.

    What JSON has no word for becomes text: dates in ISO form, numbers that are not finite by name, other
    objects by their ``str()``. Dataclasses, pydantic models, arrays and tables become objects and lists.

    >>> plain({1: float("nan"), "when": datetime.date(2024, 5, 1)})
    {'1': 'NaN', 'when': '2024-05-01'}
    """
    return _Walk().copy(value)


def text(value: Any) -> str:
    """``value`` as bounded text that encodes as UTF-8: its own if it is one, else its ``str()``."""
    if type(value) is str and len(value) <= SNAPSHOT_CHARS and value.isascii():
        return value
    return _Walk().text(value if isinstance(value, str) else _described(value))


def _described(value: Any) -> str:
    """``str(value)``, cut; what it is if that fails."""
    try:
        if isinstance(value, (bytes, bytearray, memoryview)):
            value = bytes(value[:SNAPSHOT_TEXT_CHARS])
        said = str(value)
        if len(said) > SNAPSHOT_TEXT_CHARS:
            said = f"{said[:SNAPSHOT_TEXT_CHARS]}… ({len(said) - SNAPSHOT_TEXT_CHARS} more characters)"
        return said
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a __str__ may raise anything, SystemExit too
        return f"<{_kind_name(type(value))}: its text failed with {_kind_name(type(error))}>"


_kind_name = type.__dict__["__name__"].__get__  # a class's name, whatever its metaclass makes of the question


class _Walk:
    """One copy under way, with what is left of its budget."""

    __slots__ = ("chars", "items")

    def __init__(self) -> None:
        self.items = SNAPSHOT_ITEMS
        self.chars = SNAPSHOT_CHARS

    def copy(self, value: Any) -> Json:
        top: list[Json] = [None]
        # (where to put it, under which index or key, what, the containers around it, how deep)
        pending: list[tuple[Any, Any, Any, _Path | None, int]] = [(top, 0, value, None, 0)]
        while pending:
            target, key, value, path, depth = pending.pop()
            kind = type(value)
            if kind is str:
                target[key] = value if self._fits(value) else self.text(value)
            elif value is None or kind is bool:
                target[key] = value
            elif kind is int:
                target[key] = value if -(2**63) <= value < 2**64 else _described(value)
            elif kind is float:
                target[key] = value if math.isfinite(value) else _not_finite(value)
            elif depth > SNAPSHOT_DEPTH:
                target[key] = f"<{_kind_name(kind)}: nested deeper than {SNAPSHOT_DEPTH}>"
            elif _is_in(value, path):
                target[key] = f"<{_kind_name(kind)}: contains itself>"
            else:
                try:
                    content = value.copy() if kind is dict or kind is list else _opened(value)
                except KeyboardInterrupt:
                    raise
                except BaseException:  # whatever a foreign object raises while it is looked at
                    content = _described(value)
                path = (value, path)
                if type(content) is dict:
                    new: dict[str, Json] = {}
                    target[key] = new
                    self._push_mapping(content, new, pending, path, depth + 1)
                elif type(content) is list:
                    target[key] = items = [None] * min(len(content), self.items)
                    self._push_list(content, items, pending, path, depth + 1)
                else:
                    pending.append((target, key, content, path, depth + 1))
        return top[0]

    def _push_list(self, content: list[Any], new: list[Json], pending: list[Any], path: _Path, depth: int) -> None:
        size = len(new)
        self.items -= size
        for index in range(size - 1, -1, -1):  # last first, so that the first is taken from the stack first
            pending.append((new, index, content[index], path, depth))
        if size < len(content):
            new.append(f"… ({len(content) - size} more items)")

    def _push_mapping(
        self, content: dict[Any, Any], new: dict[str, Json], pending: list[Any], path: _Path, depth: int
    ) -> None:
        size = min(len(content), self.items)
        self.items -= size
        entries = []
        for name, value in itertools.islice(content.items(), size):
            if type(name) is not str or not self._fits(name):
                name = self.text(name if isinstance(name, str) else _key_text(name))
            new[name] = None  # keeps the order, whatever is filled in when
            entries.append((new, name, value, path, depth))
        pending.extend(reversed(entries))
        if size < len(content):
            new["…"] = f"{len(content) - size} more keys"

    def _fits(self, value: str) -> bool:
        """Is this text fine as it is? Takes it from the budget if so."""
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return False
        if len(value) > self.chars:
            return False
        self.chars -= len(value)
        return True

    def text(self, value: str) -> str:
        """``value`` without lone surrogates, cut to what is left of the budget."""
        value = str.__str__(value)  # a plain str also of a subclass
        rest = len(value) - self.chars
        if rest > 0:
            value = f"{value[: self.chars]}… ({rest} more characters)"
        self.chars = max(0, self.chars - len(value))
        return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _is_in(value: Any, path: _Path | None) -> bool:
    while path is not None:
        if path[0] is value:
            return True
        path = path[1]
    return False


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _key_text(key: Any) -> str:
    """A key that is no text, in JSON's spelling of it."""
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    if isinstance(key, enum.Enum):
        return _key_text(key.value) if not isinstance(key.value, str) else key.value
    return _described(key)


def _opened(value: Any) -> Any:
    """One layer of a value taken off: a plain dict or list of its parts, or a simpler value in its place."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, dict):
        return dict(dict.items(value))
    if isinstance(value, list):
        return list.copy(value)
    if isinstance(value, tuple):
        return list(tuple.__iter__(value))
    if isinstance(value, (set, frozenset, deque)):
        return list(value)
    if _is_missing(value):
        return None
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID, pathlib.PurePath, datetime.timedelta)):
        return str(value)
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, type):
        return _described(value)
    if dataclasses.is_dataclass(value):
        return {part.name: getattr(value, part.name, None) for part in dataclasses.fields(value)}
    for module, opened in _LIBRARIES.items():
        library = sys.modules.get(module)  # a value of a library that nobody imported does not exist
        if library is not None:
            found, content = opened(library, value)
            if found:
                return content
    if isinstance(value, Mapping):
        return dict(itertools.islice(value.items(), SNAPSHOT_ITEMS))
    return _described(value)


def _is_missing(value: Any) -> bool:
    """Is this pandas' word for a missing value?"""
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is getattr(pandas, "NaT", pandas) or value is getattr(pandas, "NA", pandas))


_Opened = tuple[bool, Any]


def _open_numpy(numpy: Any, value: Any) -> _Opened:
    if isinstance(value, numpy.ndarray):
        if value.size > SNAPSHOT_ITEMS:
            return True, f"ndarray of shape {value.shape}, {value.dtype}"
        return True, value.tolist()
    if isinstance(value, numpy.generic):
        return True, value.item()
    return False, None


def _open_pandas(pandas: Any, value: Any) -> _Opened:
    if isinstance(value, pandas.DataFrame):
        return True, _cut(value.head(SNAPSHOT_ROWS).to_dict(orient="records"), len(value))
    if isinstance(value, (pandas.Series, pandas.Index)):
        return True, _cut(value[:SNAPSHOT_ROWS].tolist(), len(value))
    return False, None


def _cut(rows: list[Any], size: int) -> list[Any]:
    return rows if len(rows) == size else [*rows, f"… ({size - len(rows)} more rows)"]


def _open_pydantic(pydantic: Any, value: Any) -> _Opened:
    if not isinstance(value, pydantic.BaseModel):
        return False, None
    dump = getattr(value, "model_dump", None)
    return True, value.dict() if dump is None else dump(warnings=False)


_LIBRARIES = {"numpy": _open_numpy, "pandas": _open_pandas, "pydantic": _open_pydantic}
