"""What a query asks, as an English sentence: made from the meaning, so that it says what will be done."""

from __future__ import annotations

from datetime import timedelta, timezone, tzinfo

from spanglass.filters.algebra import (
    Always,
    And,
    Compare,
    Const,
    Exists,
    Field,
    In,
    IsMissing,
    Match,
    Not,
    Or,
    Order,
    Predicate,
    Query,
    Range,
    Related,
    Subject,
    Type,
    Value,
)
from spanglass.filters.logic import FALSE, TRUE, conjunction
from spanglass.filters.times import find_zone
from spanglass.filters.wording import THINGS, Wording, is_certain, is_plural, is_several, type_of

# Verbs, and their opposites.
_IS = ("is", "is not")
_COMPARED = {
    "=": _IS,
    "!=": ("is not", "is"),
    "<": ("is less than", "is not less than"),
    "<=": ("is at most", "is not at most"),
    ">": ("is more than", "is not more than"),
    ">=": ("is at least", "is not at least"),
}
_WHEN = {
    "=": ("is at", "is not at"),
    "!=": ("is not at", "is at"),
    "<": ("is before", "is not before"),
    "<=": ("is at or before", "is not at or before"),
    ">": ("is after", "is not after"),
    ">=": ("is at or after", "is not at or after"),
}
_MATCHED = {
    "like": ("is like", "is not like"),
    "ilike": ("is like", "is not like"),
    "rlike": ("matches", "does not match"),
    "contains": ("contains", "does not contain"),
    "icontains": ("contains", "does not contain"),
    "starts": ("starts with", "does not start with"),
    "ends": ("ends with", "does not end with"),
    "match": ("has all the words", "does not have all the words"),
}
_PLURALS = {
    "is": "are", "does": "do", "has": "have", "contains": "contain", "matches": "match", "starts": "start",
    "ends": "end", "equals": "equal", "differs": "differ",
}  # fmt: skip
_TRUTHS = {"is_root": "a root", "valid": "valid"}
_MAX_LISTED = 5


def gloss(query: Query) -> str:
    """What a query asks, as an English sentence.

    >>> from spanglass.filters import resolve
    >>> gloss(resolve("{ type = 'TOOL' AND duration > 2s } LIMIT 5"))
    "Traces with a span where type is 'TOOL' and duration is more than 2 s, newest first, at most 5."
    """
    writer = _Writer(find_zone(query.zone) or timezone.utc)
    here: Subject = "span" if query.rows == "spans" else "trace"
    try:
        rows = writer.rows(query)
        keys = [writer.key(key, here) for key in query.order]
    except RecursionError:
        return "This filter is too deep to be said in words."
    if query.where == FALSE:
        return f"No {query.rows}: none can fulfil this filter."
    order = f"ordered by {', then by '.join(keys)}" if keys else "newest first"
    limit = "" if query.limit is None else f", at most {query.limit:,}"
    return f"{rows}, {order}{limit}."


class _Writer:
    """Writes clauses; ``here`` is the kind of thing that bare names are fields of."""

    def __init__(self, zone: tzinfo) -> None:
        self._words = Wording(zone, self._where)

    def rows(self, query: Query) -> str:
        """What is found: "Traces where …"."""
        where, spans = query.where, query.spans
        if query.rows == "traces":
            return f"Traces{self._that(where)}" if where != TRUE else "All traces"
        if where == Exists(Related("spans", spans)):  # it is said of the trace only because it is asked of its spans
            return f"Spans where {self.predicate(spans, 'span')}" if spans != TRUE else "All spans"
        own = "" if spans == TRUE else f", each where {self.predicate(spans, 'span')}"
        return f"Spans of traces{self._that(where)}{own}" if where != TRUE else "All spans"

    def _that(self, where: Predicate) -> str:
        if isinstance(where, Exists):
            return f" with {self._one(where.things)}"
        if isinstance(where, Not) and isinstance(where.item, Exists) and _each(where.item.things) is None:
            return f" without {self._one(where.item.things)}"
        return f" where {self.predicate(where, 'trace')}"

    def key(self, key: Order, here: str) -> str:
        """A key of the order."""
        missing = ", the missing first" if key.nulls_first else ""
        return self._words.value(key.value, here) + ", descending" * key.descending + missing

    # ------------------------------------------------------------ clauses

    def predicate(self, node: Predicate, here: str) -> str:
        """A clause that can stand behind "where"."""
        if isinstance(node, (And, Or)):
            word = " and " if isinstance(node, And) else " or "
            *first, last = node.items
            # What is said last needs no parentheses: it ends where all of it does.
            closing = self.predicate(last, here) if _is_set(last) else self._closed(last, here)
            return word.join([*(self._closed(item, here) for item in first), closing])
        if isinstance(node, Not):
            return self._opposite(node.item, here)
        if isinstance(node, Exists):
            has = "the trace has" if node.things.relation == "spans" and here != "trace" else "there is"
            return f"{has} {self._one(node.things)}"
        if isinstance(node, IsMissing):
            return self._present(node.value, here, False)
        if isinstance(node, Always):
            return "anything is so" if node.value else "nothing is so"
        return self._said(node, here)

    def _closed(self, node: Predicate, here: str) -> str:
        """The same among others: in parentheses if its end could not be seen."""
        text = self.predicate(node, here)
        if isinstance(node, Not):
            item = node.item
            plain = isinstance(item, (IsMissing, Always)) or (_is_leaf(item) and not text.endswith(" missing"))
        else:
            plain = isinstance(node, (IsMissing, Always)) or _is_leaf(node)
        return text if plain else f"({text})"

    def _opposite(self, node: Predicate, here: str) -> str:
        if isinstance(node, IsMissing):
            return self._present(node.value, here, True)
        if isinstance(node, Exists):
            each = _each(node.things)
            if each is None:
                has = "the trace has" if node.things.relation == "spans" and here != "trace" else "there is"
                return f"{has} no {self._one(node.things).partition(' ')[2]}"
            among, so = each
            return f"for every {self._one(Related('spans', among)).removeprefix('a ')}, {self.predicate(so, 'span')}"
        if isinstance(node, (Compare, Range, In, Match)) and not _is_negative(node):
            return self._said(node, here, False)
        text = self.predicate(node, here)
        return f"it is not so that {f'({text})' if isinstance(node, (And, Or)) else text}"

    def _present(self, value: Value, here: str, there: bool) -> str:
        noun = self._words.value(value, here)
        return f"{noun} {'are' if is_plural(value) else 'is'} {'present' if there else 'missing'}"

    def _said(self, node: Compare | Range | In | Match, here: str, holds: bool = True) -> str:
        """A comparison, or its opposite: that of a missing value holds, too."""
        value = node.left if isinstance(node, Compare) else node.value
        truth = _TRUTHS.get(value.name) if isinstance(value, Field) else None
        if truth and isinstance(node, Compare) and node.op == "=" and node.right in (Const(True), Const(False)):
            return f"it is {'' if (node.right == Const(True)) == holds else 'not '}{truth}"
        verb, opposite, rest = self._verb(node, here)
        noun = self._words.value(value, here)
        if not holds and is_several(value):
            return f"no {noun.removeprefix('the ')} {_agreeing(verb, value)} {rest}"
        if not holds:
            return f"{noun} {_agreeing(opposite, value)} {rest}{_unless(node, ' or {} missing')}"
        if _is_negative(node) and is_several(value):
            return f"some {noun.removeprefix('the ')} {_agreeing(verb, value)} {rest}"
        present = _unless(node, " (but {} present)") if _is_negative(node) else ""
        if present and verb in ("is not", "is none of") and not isinstance(node, Range):
            return f"{noun} {_agreeing('has', value)} a value other than {rest}"
        return f"{noun} {_agreeing(verb, value)} {rest}{present}"

    def _verb(self, node: Compare | Range | In | Match, here: str) -> tuple[str, str, str]:
        """The verb of a comparison, its opposite, and what stands behind either."""
        words = self._words
        if isinstance(node, Compare):
            against = words.beside(node.right, node.left, here)
            if not isinstance(node.right, Const):
                if node.op in ("=", "!="):
                    equal = ("equals", "does not equal")
                    return (*(equal if node.op == "=" else equal[::-1]), against)
            elif type_of(node.left) is Type.TIME:
                return self._time(node, against)
            return (*_COMPARED[node.op], against)
        if isinstance(node, Match):
            pattern = words.value(node.pattern, here)
            escape = "" if node.escape is None else f" with escape '{node.escape}'"
            case = " (ignoring case)" if node.op in ("ilike", "icontains") else ""
            verbs = _MATCHED[node.op]
            if node.op == "match" and len(pattern.split()) == 1:
                verbs = ("has the word", "does not have the word")
            return (*(verbs[::-1] if node.negated else verbs), f"{pattern}{escape}{case}")
        if isinstance(node, In):
            listed = [words.beside(item, node.value, here) for item in node.items[:_MAX_LISTED]]
            more = len(node.items) - len(listed)
            rest = ", ".join(listed) + (f" and {more:,} more" if more else "")
            verbs = _IS if len(node.items) == 1 else ("is one of", "is none of")
            return (*(verbs[::-1] if node.negated else verbs), rest)
        return (*(_IS[::-1] if node.negated else _IS), self._within(node, here))

    def _time(self, node: Compare, moment: str) -> tuple[str, str, str]:
        """At midnight a day begins, and "on or after" it or "before" it says enough."""
        assert isinstance(node.right, Const)
        day = self._words.day(node.right.value)
        if day is None or node.op not in ("<", ">="):
            return (*_WHEN[node.op], moment)
        verbs = ("is before", "is not before") if node.op == "<" else ("is on or after", "is not on or after")
        return (*verbs, f"{day:%Y-%m-%d}")

    def _within(self, node: Range, here: str) -> str:
        words = self._words
        if type_of(node.value) is Type.TIME and not node.include_high:
            first, after = (words.day(end.value) if isinstance(end, Const) else None for end in (node.low, node.high))
            if first is not None and after is not None:
                last = (after - timedelta(hours=1)).date()  # days have 23 hours and more
                return (
                    f"on {first:%Y-%m-%d}"
                    if first.date() == last
                    else f"between {first:%Y-%m-%d} and the end of {last}"
                )
        low, high = (words.beside(end, node.value, here) for end in (node.low, node.high))
        return f"between {low} and {high}" if node.include_high else f"from {low} to before {high}"

    # ------------------------------------------------------------ sets

    def _one(self, things: Related) -> str:
        thing = THINGS[things.relation][0]
        if things.relation == "assessments":
            valid, where = _valid(things.where)
            if valid:
                things, thing = Related(things.relation, where), "a valid assessment"
        where_said = self._where(things)
        return f"{thing} where {where_said}" if where_said else thing.removesuffix(",")

    def _where(self, things: Related) -> str:
        inside = {"events": "event", "links": "link", "assessments": "assessment"}.get(things.relation, "span")
        return "" if things.where == TRUE else self.predicate(things.where, inside)


def _agreeing(verb: str, value: Value) -> str:
    if not is_plural(value):
        return verb
    first, space, rest = verb.partition(" ")
    return _PLURALS[first] + space + rest


def _is_leaf(node: Predicate) -> bool:
    return isinstance(node, (Compare, Range, In, Match))


def _is_set(node: Predicate) -> bool:
    return isinstance(node, Exists) or (isinstance(node, Not) and isinstance(node.item, Exists))


def _is_negative(node: Compare | Range | In | Match) -> bool:
    return node.op == "!=" if isinstance(node, Compare) else node.negated


def _unless(node: Compare | Range | In | Match, words: str) -> str:
    """What is said of the missing, with its verb, where something may be missing."""
    if isinstance(node, Compare):
        value, others = node.left, [node.right]
    elif isinstance(node, Match):
        value, others = node.value, [node.pattern]
    else:
        value, others = node.value, [node.low, node.high] if isinstance(node, Range) else []
    if not all(map(is_certain, others)):
        return words.format("one is" if "missing" in words else "both are" if len(others) == 1 else "all are")
    return "" if is_certain(value) else words.format(_agreeing("is", value))


def _each(things: Related) -> tuple[Predicate, Predicate] | None:
    """Of "no span is A and not B": A and B, since then every A is B."""
    items = things.where.items if isinstance(things.where, And) else (things.where,)
    *among, last = items
    if things.relation != "spans" or not isinstance(last, Not) or isinstance(last.item, (Exists, IsMissing)):
        return None
    return conjunction(among), last.item


def _valid(where: Predicate) -> tuple[bool, Predicate]:
    """Whether only valid assessments are meant, and what else is asked of them."""
    items = where.items if isinstance(where, And) else (where,)
    first = items[0]
    if isinstance(first, Compare) and isinstance(first.left, Field) and first.left.name == "valid":
        return first.right == Const(True), conjunction(items[1:]) if first.right == Const(True) else where
    return False, where
