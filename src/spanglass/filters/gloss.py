"""What a query asks, as an English sentence: made from the meaning, so that it says what will be done."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

from spanglass.filters.algebra import (
    Aggregate,
    Always,
    And,
    Arith,
    Assessed,
    Call,
    Compare,
    Const,
    Exists,
    Field,
    In,
    IsMissing,
    Key,
    Match,
    Not,
    Of,
    Or,
    Path,
    Predicate,
    Query,
    Range,
    Related,
    Relation,
    Type,
    Value,
    Wild,
)
from spanglass.filters.diagnostics import shorten
from spanglass.filters.times import find_zone

_COMPARED = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_WHEN = {**_COMPARED, "<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}
_MATCHED = {
    "like": ("is like", "is not like"),
    "ilike": ("is, in any case, like", "is not, in any case, like"),
    "rlike": ("matches", "does not match"),
    "contains": ("contains", "does not contain"),
    "icontains": ("contains, in any case,", "does not contain, in any case,"),
    "starts": ("starts with", "does not start with"),
    "ends": ("ends with", "does not end with"),
    "match": ("has the words", "does not have the words"),
}
# One of them, and several.
_THINGS: dict[Relation, tuple[str, str]] = {
    "spans": ("a span", "spans"),
    "root": ("a root span", "root span"),
    "parent": ("a parent", "parent"),
    "child": ("a child", "children"),
    "ancestor": ("an ancestor", "ancestors"),
    "descendant": ("a descendant", "descendants"),
    "sibling": ("a sibling", "siblings"),
    "preceding": ("a span that ended before", "spans that ended before"),
    "following": ("a span that began after", "spans that began after"),
    "events": ("an event", "events"),
    "links": ("a link", "links"),
    "assessments": ("an assessment", "assessments"),
}
_FOLDS = {
    "sum": "sum",
    "avg": "average",
    "min": "smallest",
    "max": "largest",
    "p50": "median",
    "p95": "95th percentile",
}
_NAMES = {
    "timestamp_ms": "start",
    "end_time_ms": "end",
    "start_time": "start",
    "end_time": "end",
    "is_root": "being a root",
    "trace_id": "id",
}
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def gloss(query: Query) -> str:
    """What a query asks, as an English sentence.

    >>> from spanglass.filters import resolve
    >>> gloss(resolve("{ type = 'TOOL' AND duration > 2s } LIMIT 5"))
    "Traces where there is a span where type is 'TOOL' and duration is more than 2 s, newest first, at most 5."
    """
    writer = _Writer(find_zone(query.zone) or timezone.utc)
    rows = "spans of traces" if query.rows == "spans" else "traces"
    try:
        where = "" if query.where == Always(True) else f" where {writer.predicate(query.where, 'trace')}"
        own = "" if query.spans == Always(True) else f", each where {writer.predicate(query.spans, 'span')}"
        keys = [writer.value(key.value, "trace") + ", descending" * key.descending for key in query.order]
    except RecursionError:
        return "This filter is too deep to be said in words."
    order = f"ordered by {', then by '.join(keys)}" if keys else "newest first"
    limit = "" if query.limit is None else f", at most {query.limit:,}"
    subject = rows.capitalize() if where else f"All {rows}"
    return f"{subject}{where}{own}, {order}{limit}."


class _Writer:
    """Writes clauses; ``here`` is the kind of thing that bare names are fields of."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def predicate(self, node: Predicate, here: str) -> str:
        """A clause that can stand behind "where"."""
        if isinstance(node, And):
            return " and ".join([self._closed(item, here) for item in node.items])
        if isinstance(node, Or):
            return " or ".join([self._closed(item, here) for item in node.items])
        if isinstance(node, Not):
            return self._opposite(node.item, here)
        if isinstance(node, Exists):
            return "there is " + self._one(node.things)
        if isinstance(node, IsMissing):
            return f"there is no {self.value(node.value, here)}"
        if isinstance(node, Always):
            return "anything is so" if node.value else "nothing is so"
        return self._comparison(node, here)

    def _closed(self, node: Predicate, here: str) -> str:
        """The same among others: in parentheses if its end could not be seen."""
        plain = isinstance(node, (Compare, Range, In, Match, IsMissing, Always))
        text = self.predicate(node, here)
        return text if plain or (isinstance(node, Not) and isinstance(node.item, IsMissing)) else f"({text})"

    def _opposite(self, node: Predicate, here: str) -> str:
        if isinstance(node, IsMissing):
            return f"there is {self.value(node.value, here)}"
        if isinstance(node, Exists):
            things = node.things
            if isinstance(things.where, Not) and things.relation == "spans":
                return f"for every span {self.predicate(things.where.item, 'span')}"
            return "there is no " + self._one(things).partition(" ")[2]
        text = self.predicate(node, here)
        return f"it is not so that {f'({text})' if isinstance(node, (And, Or)) else text}"

    def _comparison(self, node: Compare | Range | In | Match, here: str) -> str:
        if isinstance(node, Compare):
            words = _WHEN if _type(node.left) is Type.TIME else _COMPARED
            return f"{self.value(node.left, here)} {words[node.op]} {self._against(node.right, node.left, here)}"
        value = self.value(node.value, here)
        if isinstance(node, Match):
            return f"{value} {_MATCHED[node.op][node.negated]} {self.value(node.pattern, here)}"
        if isinstance(node, In):
            listed = ", ".join([self._against(item, node.value, here) for item in node.items[:5]])
            more = f" and {len(node.items) - 5:,} more" if len(node.items) > 5 else ""
            return f"{value} is {'none' if node.negated else 'one'} of {listed}{more}"
        low, high = (self._against(end, node.value, here) for end in (node.low, node.high))
        within = f"between {low} and {high}" if node.include_high else f"from {low} to before {high}"
        return f"{value} is {'not ' * node.negated}{within}"

    def _one(self, things: Related) -> str:
        where = self._where(things)
        return _THINGS[things.relation][0] + (f" where {where}" if where else "")

    def _several(self, things: Related) -> str:
        where = self._where(things)
        return _THINGS[things.relation][1] + (f" (where {where})" if where else "")

    def _where(self, things: Related) -> str:
        inside = {"events": "event", "links": "link", "assessments": "assessment"}.get(things.relation, "span")
        return "" if things.where == Always(True) else self.predicate(things.where, inside)

    def value(self, node: Value, here: str) -> str:
        """A noun."""
        if isinstance(node, Const):
            return self._constant(node)
        if isinstance(node, Field):
            name = _NAMES.get(node.name, node.name.replace("_", " "))
            return name if node.subject == here else f"the {node.subject}'s {name}"
        if isinstance(node, Key):
            return f"{node.map} {shorten(node.key)}"
        if isinstance(node, Assessed):
            return f"{node.kind or 'assessment'} {shorten(node.name)}{_steps(node.steps)}"
        if isinstance(node, Path):
            return self.value(node.base, here) + _steps(node.steps)
        if isinstance(node, Of):
            return f"{self.value(node.value, 'span')} of {self._several(node.things)}"
        if isinstance(node, Arith):
            return f"({self.value(node.left, here)} {node.op} {self.value(node.right, here)})"
        if isinstance(node, Call):
            return f"{node.name}({', '.join([self.value(arg, here) for arg in node.args])})"
        return self._aggregate(node)

    def _aggregate(self, node: Aggregate) -> str:
        over = self._several(node.things)
        if node.value is None:
            return f"the number of {over}"
        return f"the {_FOLDS[node.fold]} {self.value(node.value, 'span')} of {over}"

    def _against(self, node: Value, other: Value, here: str) -> str:
        """A value as it is said beside another: milliseconds as times and lengths of time."""
        number = node.value if isinstance(node, Const) else None
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            if _type(other) is Type.TIME:
                return self._moment(number)
            if _type(other) is Type.DURATION:
                return _length(number)
        return self.value(node, here)

    def _constant(self, node: Const) -> str:
        value = node.value
        if isinstance(value, str):
            return f"'{shorten(value, 60)}'"
        return str(value).lower() if isinstance(value, bool) else "nothing" if value is None else f"{value:,}"

    def _moment(self, ms: int | float) -> str:
        try:
            moment = (_EPOCH + timedelta(milliseconds=ms)).astimezone(self._zone)
        except (ValueError, OverflowError):
            return f"{ms:,} ms after 1970"
        if moment.hour == moment.minute == moment.second == moment.microsecond == 0:
            return moment.strftime("%Y-%m-%d")
        return moment.strftime("%Y-%m-%d %H:%M:%S")


def _type(node: Value) -> Type | None:
    """The type of a value, as far as it is told by how to write what it is compared with."""
    if isinstance(node, Field):
        return node.type
    if isinstance(node, Of):
        return _type(node.value)
    if isinstance(node, Aggregate):
        return None if node.value is None else _type(node.value)
    return None


def _length(ms: int | float) -> str:
    for size, unit in _UNITS:
        if ms >= size:
            return f"{ms / size:g} {unit}"
    return f"{ms:g} ms"


def _steps(steps: tuple[str | int | Wild, ...]) -> str:
    text = ""
    for step in steps:
        text += "[*]" if isinstance(step, Wild) else f"[{step}]" if isinstance(step, int) else f".{shorten(step)}"
    return text
