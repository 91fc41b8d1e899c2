"""Values of a query as English nouns: fields, lengths of time, moments, what is folded over spans."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo

from spanglass.filters.algebra import (
    Aggregate,
    Arith,
    Assessed,
    Call,
    Const,
    Field,
    Key,
    Of,
    Path,
    Related,
    Relation,
    Type,
    Value,
    Wild,
)
from spanglass.filters.diagnostics import shorten

# One of them, and several.
THINGS: dict[Relation, tuple[str, str]] = {
    "spans": ("a span", "spans"),
    "root": ("a root span", "root spans"),
    "parent": ("a parent", "parents"),
    "child": ("a child", "children"),
    "ancestor": ("an ancestor", "ancestors"),
    "descendant": ("a descendant", "descendants"),
    "sibling": ("a sibling", "siblings"),
    "preceding": ("a span that ended before it,", "spans that ended before it"),
    "following": ("a span that began after it,", "spans that began after it"),
    "events": ("an event", "events"),
    "links": ("a link", "links"),
    "assessments": ("an assessment", "assessments"),
}
_FOLDS = {
    "sum": "total",
    "avg": "average",
    "min": "smallest",
    "max": "largest",
    "p50": "median",
    "p95": "95th-percentile",
}
_NAMES = {
    "timestamp_ms": "start", "end_time_ms": "end", "start_time": "start", "end_time": "end", "trace_id": "trace id",
}  # fmt: skip
_PLURAL = {"tokens", "input_tokens", "output_tokens", "inputs", "outputs", "attributes", "tags", "events"}
# What every thing of its kind has.
_CERTAIN = {
    "trace": {
        "name",
        "status",
        "timestamp_ms",
        "end_time_ms",
        "trace_id",
        "experiment_id",
        "span_count",
        "error_count",
    },
    "span": {"name", "type", "status", "start_time", "id", "depth", "is_root", "text"},
    "event": {"name", "time"},
    "link": {"trace_id", "span_id"},
    "assessment": {"name", "kind", "source", "source_id", "valid", "time"},
}
_SEVERAL = {"run_id", "text", "prompt", "issue_id"}  # of a trace
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_PLAIN_KEY = re.compile(r"[\w.-]+\Z")


class Wording:
    """Writes values; ``where`` gives the words of a set's condition, ``""`` where it has none."""

    def __init__(self, zone: tzinfo, where: Callable[[Related], str]) -> None:
        self.zone = zone
        self._where = where

    def several(self, things: Related) -> str:
        """A set, as its plural: ``spans (where type is 'TOOL')``."""
        where = self._where(things)
        return THINGS[things.relation][1] + (f" (where {where})" if where else "")

    def value(self, node: Value, here: str) -> str:
        """A noun; ``here`` is the kind of thing that bare names are fields of."""
        if isinstance(node, Const):
            return _constant(node)
        if isinstance(node, Field):
            name = _NAMES.get(node.name, node.name.replace("_", " "))
            return name if node.subject == here else f"the {node.subject}'s {name}"
        if isinstance(node, Key):
            return f"{node.map} {_key(node.key)}"
        if isinstance(node, Assessed):
            return f"{node.kind or 'assessment'} {_key(node.name)}{_steps(node.steps)}"
        if isinstance(node, Path):
            return self.value(node.base, here) + _steps(node.steps)
        if isinstance(node, Of):
            if node.things.relation == "root" and not self._where(node.things):
                return f"the root span's {self.value(node.value, 'span')}"
            return f"{self.value(node.value, _subject(node.things))} of {self.several(node.things)}"
        if isinstance(node, Arith):
            if node.op == "-" and node.left == Const(0):
                return f"-{self.value(node.right, here)}"
            scaled = node.op in "+-"
            left = self.beside(node.left, node.right, here) if scaled else self.value(node.left, here)
            right = self.beside(node.right, node.left, here) if scaled else self.value(node.right, here)
            return f"({left} {node.op} {right})"
        if isinstance(node, Call):
            return f"{node.name}({', '.join([self.value(arg, here) for arg in node.args])})"
        over = self.several(node.things)
        if node.value is None:
            return f"the number of {over}"
        return f"the {_FOLDS[node.fold]} {self.value(node.value, _subject(node.things))} of {over}"

    def beside(self, node: Value, other: Value, here: str) -> str:
        """A value as it is said beside another: a number of milliseconds as a time, or as a length of time."""
        number = node.value if isinstance(node, Const) else None
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            if type_of(other) is Type.TIME:
                return self.moment(number)
            if type_of(other) is Type.DURATION:
                return _length(number)
        return self.value(node, here)

    def day(self, ms: object) -> datetime | None:
        """The midnight that a number of milliseconds is, if it is one."""
        moment = self._moment(ms)
        return moment if moment is not None and moment.time() == moment.min.time() else None

    def moment(self, ms: int | float) -> str:
        """A time, as exactly as it needs to be said."""
        moment = self._moment(ms)
        if moment is None:
            return f"{ms:,} ms after 1970"
        if moment.microsecond:
            return moment.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0")
        return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")

    def _moment(self, ms: object) -> datetime | None:
        if not isinstance(ms, (int, float)):
            return None
        try:
            return (_EPOCH + timedelta(milliseconds=ms)).astimezone(self.zone)
        except (ValueError, OverflowError):
            return None


def type_of(node: Value) -> Type | None:
    """The type of a value, as far as it is told by how to write what it is compared with."""
    if isinstance(node, Field):
        return node.type
    if isinstance(node, Of):
        return type_of(node.value)
    if isinstance(node, Aggregate):
        return None if node.value is None else type_of(node.value)
    if isinstance(node, Arith):
        left, right = type_of(node.left), type_of(node.right)
        if Type.TIME in (left, right):
            return Type.DURATION if left is right else Type.TIME
        if Type.DURATION in (left, right):
            return None if node.op == "/" and right is Type.DURATION else Type.DURATION
    return None


def is_plural(node: Value) -> bool:
    """Whether its noun is one of several: tokens are, a cost is."""
    if isinstance(node, Aggregate):
        return node.value is not None and is_plural(node.value)
    return node.name in _PLURAL if isinstance(node, Field) else isinstance(node, Of) and is_plural(node.value)


def is_certain(node: Value) -> bool:
    """Whether there always is such a value."""
    if isinstance(node, Field):
        return node.name in _CERTAIN[node.subject]
    return isinstance(node, Const) or (isinstance(node, Aggregate) and node.fold in ("count", "sum"))


def is_several(node: Value) -> bool:
    """Whether it may stand for several values, of which one is enough."""
    if isinstance(node, Field):
        return node.subject == "trace" and node.name in _SEVERAL
    if isinstance(node, Path):
        return Wild.ANY in node.steps
    if isinstance(node, Arith):
        return is_several(node.left) or is_several(node.right)
    if isinstance(node, Call):
        return any(map(is_several, node.args))
    return isinstance(node, (Of, Assessed))


def _subject(things: Related) -> str:
    return {"events": "event", "links": "link", "assessments": "assessment"}.get(things.relation, "span")


def _constant(node: Const) -> str:
    value = node.value
    if isinstance(value, str):
        return f"'{shorten(value, 60)}'"
    return str(value).lower() if isinstance(value, bool) else "nothing" if value is None else f"{value:,}"


def _length(ms: int | float) -> str:
    for size, unit in _UNITS:
        if abs(ms) >= size and round(ms / size, 3) * size == ms:
            return f"{ms / size:.12g} {unit}"
    return f"{ms:.12g} ms"


def _key(key: str) -> str:
    return shorten(key) if _PLAIN_KEY.match(key) else f"'{shorten(key)}'"


def _steps(steps: tuple[str | int | Wild, ...]) -> str:
    text = ""
    for step in steps:
        text += "[*]" if isinstance(step, Wild) else f"[{step}]" if isinstance(step, int) else f".{_key(step)}"
    return text
