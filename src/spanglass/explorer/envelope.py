"""Messages from the browser, taken apart and checked; answers to it, put together.

A message is whatever the other side sent: nothing about it is trusted, and a bad one becomes an error reply
rather than an exception.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import orjson

from spanglass import limits
from spanglass.explorer import wire

T = TypeVar("T")


class WireFault(Exception):
    """A request that gets an error reply of this kind."""

    def __init__(self, kind: str, message: str, diagnostics: Sequence[wire.Diagnostic] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.diagnostics = diagnostics

    def to_dict(self) -> dict[str, Any]:
        """The ``WireError`` of a reply."""
        error: dict[str, Any] = {"kind": self.kind, "message": self.message[: limits.MAX_ERROR_CHARS]}
        if self.diagnostics is not None:
            error["diagnostics"] = list(self.diagnostics)
        return error


class BadMessage(WireFault):
    """A message, or a part of one, that is not what the wire's contract says."""

    def __init__(self, message: str) -> None:
        super().__init__("method", message)


@dataclass(frozen=True, slots=True)
class Request:
    """A call of ``method`` by view ``v``; its reply will name ``id``."""

    v: str
    id: int
    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """View ``v`` does not want the answer to its request ``id`` any more."""

    v: str
    id: int


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reply goes; the parts are None where the message did not say them in a readable way."""

    v: str | None
    id: int | None


def address(content: object) -> Address:
    """The address to answer a message at, as far as it can be read."""
    if not isinstance(content, dict):
        return Address(None, None)
    v, number = content.get("v"), content.get("id")
    good_v = isinstance(v, str) and len(v) <= limits.MAX_VIEW_ID_CHARS and is_unicode(v)
    return Address(v if good_v else None, number if is_counter(number) else None)


def open_message(content: object) -> Request | CancelRequest:
    """Take a message apart.

    Raises:
        BadMessage: it is not a request or a cancellation as the contract has them.
    """
    if not isinstance(content, dict):
        raise BadMessage("a message must be an object")
    if address(content).v is None:
        raise BadMessage("'v' must be a short text")
    if "cancel" in content:
        if not is_counter(content["cancel"]):
            raise BadMessage("'cancel' must be a request's number")
        return CancelRequest(content["v"], content["cancel"])
    if not is_counter(content.get("id")):
        raise BadMessage("'id' must be a whole number")
    method = content.get("method")
    if not isinstance(method, str) or method not in READERS:
        raise BadMessage(f"there is no method {method!r:.60}")
    return Request(content["v"], content["id"], method, READERS[method](Reader(content.get("params"))))


def is_counter(value: object) -> bool:
    """Whether this is a request's number: whole, not negative, exact in JavaScript."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limits.MAX_SAFE_INTEGER


def is_unicode(text: str) -> bool:
    """Whether a text has no half of a surrogate pair, which neither SQLite nor UTF-8 can hold."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


class Reader:
    """Reads the fields of a params object, each with the check that its kind needs."""

    __slots__ = ("_fields", "_where")

    def __init__(self, fields: object, where: str = "params") -> None:
        if not isinstance(fields, dict):
            raise BadMessage(f"{where} must be an object")
        self._fields = fields
        self._where = where

    def _need(self, name: str, value: Any, good: bool, what: str) -> Any:
        if not good:
            raise BadMessage(f"{self._where}.{name} must be {what}")
        return value

    def value(self, name: str) -> Any:
        """Any JSON value; a missing one is None."""
        return self._fields.get(name)

    def text(self, name: str) -> str:
        value = self._fields.get(name)
        return self._need(name, value, isinstance(value, str) and is_unicode(value), "a text")

    def maybe_text(self, name: str) -> str | None:
        return None if self._fields.get(name) is None else self.text(name)

    def flag(self, name: str) -> bool:
        value = self._fields.get(name, False)
        return self._need(name, value, isinstance(value, bool), "true or false")

    def number(self, name: str, default: int | None = None) -> int:
        value = self._fields.get(name, default)
        return self._need(name, value, is_counter(value), "a whole number")

    def maybe_number(self, name: str) -> int | None:
        return None if self._fields.get(name) is None else self.number(name)

    def choice(self, name: str, choices: Sequence[T], default: T | None = None) -> T:
        value = self._fields.get(name, default)
        good = isinstance(value, (str, type(None))) and value in choices
        return self._need(name, value, good, f"one of {', '.join(map(repr, choices))}")

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        value = self._fields.get(name, [])
        good = isinstance(value, list) and len(value) <= most
        good = good and all(isinstance(text, str) and is_unicode(text) for text in value)
        return tuple(self._need(name, value, good, f"a list of at most {most} texts"))

    def scalar(self, name: str) -> wire.Scalar:
        value = self._fields.get(name)
        good = isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value))
        good = good or (isinstance(value, str) and is_unicode(value))
        return self._need(name, value, good, "a text, a number, true or false")

    def real(self, name: str) -> float:
        """A number of the size that JavaScript has exactly."""
        value = self.value(name)
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        return self._need(name, value, good and abs(value) <= limits.MAX_SAFE_INTEGER, "a number")

    def maybe_real(self, name: str) -> float | None:
        return None if self._fields.get(name) is None else self.real(name)

    def path(self, name: str) -> tuple[wire.JsonStep, ...]:
        value = self._fields.get(name)
        good = isinstance(value, list) and 0 < len(value) <= limits.MAX_PATH_STEPS and all(map(is_step, value))
        return tuple(self._need(name, value, good, "a list of keys and indices"))

    def columns(self, name: str) -> tuple[wire.ColumnSpec, ...]:
        value = self._fields.get(name)
        good = isinstance(value, list) and len(value) <= limits.MAX_COLUMNS and all(map(is_column, value))
        what = f"a list of at most {limits.MAX_COLUMNS} columns"
        return tuple(self._need(name, value, good, what))

    def maybe_span(self, name: str) -> wire.SpanParams | None:
        if self._fields.get(name) is None:
            return None
        inner = Reader(self._fields[name], f"{self._where}.{name}")
        return wire.SpanParams(inner.text("trace_id"), inner.text("span_id"))

    def labelled(self, name: str) -> wire.LabelTarget:
        inner = Reader(self._fields.get(name), f"{self._where}.{name}")
        selection = inner.value("selection")
        if selection is None:
            return wire.LabelTarget(inner.text("trace_id"), inner.maybe_text("span_id"), None)
        return wire.LabelTarget(None, None, selection)

    def target(self, name: str) -> wire.Target:
        inner = Reader(self._fields.get(name), f"{self._where}.{name}")
        span = inner.value("span")
        named = None if span is None else Reader(span, f"{self._where}.{name}.span")
        return wire.Target(
            trace_id=inner.maybe_text("trace_id"),
            span_id=None if named is None else named.text("span_id"),
            span_name=None if named is None else named.text("name"),
            path=inner.path("path"),
            value=inner.value("value"),
        )


def is_step(value: object) -> bool:
    """Whether this leads one step into a JSON value."""
    return is_counter(value) or (isinstance(value, str) and is_unicode(value))


def is_column(value: object) -> bool:
    """Whether this is a ``ColumnSpec``: a path, or an object of texts with a path among them."""
    if isinstance(value, str):
        return is_unicode(value)
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        return False
    return all(k in ("path", "pick", "name") and isinstance(v, str) and is_unicode(v) for k, v in value.items())


READERS: dict[str, Callable[[Reader], Any]] = {
    "page": lambda read: wire.PageParams(
        filter=read.text("filter"),
        rows=read.choice("rows", get_args(wire.RowMode)),
        columns=read.columns("columns"),
        at=read.maybe_number("at"),
        after=read.maybe_text("after"),
        limit=min(max(read.number("limit", limits.EXPLORER_PAGE), 1), limits.MAX_WIRE_PAGE),
        commit=read.flag("commit"),
    ),
    "count": lambda read: wire.CountParams(read.text("filter"), read.choice("rows", get_args(wire.RowMode))),
    "trace": lambda read: wire.TraceParams(read.text("trace_id"), read.text("filter")),
    "span": lambda read: wire.SpanParams(read.text("trace_id"), read.text("span_id")),
    "slice": lambda read: wire.SliceParams(
        read.text("trace_id"), read.text("span_id"), read.path("path"), read.number("from"), read.number("to")
    ),
    "markdown": lambda read: wire.ValueParams(read.text("trace_id"), read.text("span_id"), read.path("path")),
    "image": lambda read: wire.ValueParams(read.text("trace_id"), read.text("span_id"), read.path("path")),
    "check": lambda read: wire.CheckParams(read.text("filter"), read.choice("rows", get_args(wire.RowMode), "traces")),
    "complete": lambda read: wire.CompleteParams(read.text("filter"), read.number("cursor")),
    "refine": lambda read: wire.CompleteParams(read.text("filter"), read.number("cursor")),
    "edit": lambda read: wire.EditParams(
        read.text("filter"), read.choice("op", get_args(wire.EditOp)), read.target("target")
    ),
    "sort": lambda read: wire.SortParams(
        read.text("filter"),
        read.choice("rows", get_args(wire.RowMode), "traces"),
        read.text("column"),
        read.choice("direction", (*get_args(wire.Direction), None)),
    ),
    "facets": lambda read: wire.FacetsParams(
        read.text("filter"), read.choice("rows", get_args(wire.RowMode)), read.texts("fields", limits.MAX_FACETS)
    ),
    "histogram": lambda read: wire.HistogramParams(
        read.text("filter"), min(max(read.number("bars"), 1), limits.HISTOGRAM_BARS)
    ),
    "choose": lambda read: wire.ChooseParams(
        filter=read.text("filter"),
        rows=read.choice("rows", get_args(wire.RowMode)),
        field=read.text("field"),
        value=read.scalar("value"),
        want=read.choice("want", (*get_args(wire.Want), None)),
    ),
    "brush": lambda read: wire.BrushParams(
        read.text("filter"), read.maybe_real("from_ms"), read.maybe_real("to_ms"), read.real("step_ms")
    ),
    "column": lambda read: wire.ColumnParams(read.target("target")),
    "find": lambda read: wire.FindParams(read.text("trace_id"), read.text("text")),
    "group": lambda read: wire.GroupParams(
        read.text("filter"), read.choice("rows", get_args(wire.RowMode)), read.text("by")
    ),
    "member": lambda read: wire.MemberParams(
        filter=read.text("filter"),
        rows=read.choice("rows", get_args(wire.RowMode)),
        by=read.text("by"),
        value=None if read.value("value") is None else read.scalar("value"),
    ),
    "session": lambda read: wire.SessionParams(read.text("session_id")),
    "compare": lambda read: wire.CompareParams(read.value("selection")),
    "difference": lambda read: wire.DifferenceParams(read.maybe_span("a"), read.maybe_span("b")),
    "label": lambda read: wire.LabelParams(
        read.labelled("target"), read.text("name"), read.scalar("value"), read.maybe_text("note")
    ),
    "unlabel": lambda read: wire.UnlabelParams(),
    "labels": lambda read: wire.LabelsParams(read.labelled("target")),
    "raters": lambda read: wire.RatersParams(read.text("filter")),
    "more": lambda read: wire.MoreParams(),
}


# ---------------------------------------------------------------- answers


def success(to: Address) -> dict[str, Any]:
    """The head of a good reply; its result travels beside it as one buffer."""
    return {"v": to.v, "re": to.id, "ok": True}


def failure(to: Address, fault: WireFault) -> dict[str, Any]:
    """A whole error reply."""
    return {"v": to.v, "re": to.id, "error": fault.to_dict()}


def encode(result: object) -> bytes:
    """A result as UTF-8 JSON. Halves of surrogate pairs and numbers that JSON lacks cannot break it.

    >>> encode({"n": float("nan")})
    b'{"n":null}'
    """
    try:
        return orjson.dumps(result)
    except TypeError:  # a text that UTF-8 cannot hold: escaped, it travels, and JavaScript can hold it
        return json.dumps(without_nan(result), ensure_ascii=True, separators=(",", ":")).encode()


def without_nan(value: Any) -> Any:
    """The value with null for the numbers that JSON lacks. Only for results, whose depth is bounded."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return value


def utf16_offset(text: str, offset: int) -> int:
    """An offset in characters as JavaScript counts: in UTF-16 code units.

    >>> utf16_offset("'🦊' = x", 6)
    7
    """
    return offset + sum(character > "\uffff" for character in text[:offset])


def utf16_place(text: str, offset: int) -> int:
    """What JavaScript counts as an offset in characters: the opposite of ``utf16_offset``.

    >>> utf16_place("'🦊' = x", 7)
    6
    """
    return len(utf16_slice(text, 0, offset))


def utf16_length(text: str) -> int:
    """The length of a text as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, start: int, end: int) -> str:
    """What JavaScript's ``text.slice(start, end)`` gives; a pair of surrogates may be cut in two.

    >>> utf16_slice("a🦊b", 3, 4)
    'b'
    """
    if text.isascii():
        return text[start:end]
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
