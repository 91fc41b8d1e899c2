"""Random filters as texts, over the whole grammar, with names and values that the random stores have.

A ``Writer`` writes one filter, deciding by type what may stand where, so that few of its texts are refused. What it
chose is kept beside the text, for a count of what was ever said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from spanglass.filters.algebra import Subject, Type
from spanglass.filters.fields import FIELDS
from tests.property.chance import Below, Chance, drawn
from tests.property.stores import KEYS, MS, NAMES, T0, TAGS, TYPES, WORDS

START_MS = T0 // MS
NOW_MS = START_MS + 500

COMPARE = ["=", "==", "!=", "<>", "<", "<=", ">", ">="]
RELOPS = [">>", ">", "<<", "<", "~", "THEN"]
RELATIVES = ["parent", "child", "ancestor", "descendant", "sibling"]
ATTACHED = ["event", "link", "assessment"]
FOLDS = ["count", "sum", "avg", "min", "max", "p50", "p95"]
TEXT_OPERATORS = ["LIKE", "ILIKE", "RLIKE", "CONTAINS", "ICONTAINS", "STARTS WITH", "ENDS WITH", "MATCH"]
FORMS = [
    "AND", "juxtaposition", "stray AND", "OR", "NOT", "parentheses", "bare text", "EXISTS", "bare field", "ANY", "ALL",
    "NONE", "empty block", "chain of three", "all(…)", "IN", "NOT IN", "IN :list", "trailing comma", "NULL in a list",
    "BETWEEN", "NOT BETWEEN", "IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE",
    "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "ESCAPE", "=~", "!~", "two fields", "literal first", "+", "-", "*", "/",
    "minus", "lower", "length", "coalesce", "now()", "ago()", "block.field", "NAME.field", "`NAME`.field", "span.field",
    "trace.field", "root.field", "parent.field", "tag", "metadata", "feedback", "expectation", "assessment", "flat key",
    "quoted key", "[n]", "[*]", "['key']", "parameter", "datetime parameter", "timedelta parameter", "double quotes",
    "day", "moment", "relative time", "comment", "small letters", "ORDER BY", "ASC", "DESC", "NULLS FIRST",
    "NULLS LAST", "two keys", "LIMIT", ";", "quoted name", "JSON text", "over a relation", "over a chain",
]  # fmt: skip
UNITS = {
    "ns": "500000ns", "us": "500us", "ms": "100ms", "s": "0.3s", "m": "0.005m", "h": "1h", "d": "1d", "w": "1w",
    "compound": "1s500ms", "kB": "0.02kB", "MB": "1MB", "GB": "1GB", "KiB": "0.01KiB", "MiB": "1MiB", "GiB": "1GiB",
    "k": "4k", "M": "0.004M", "%": "25%",
}  # fmt: skip
SAID = frozenset(
    [
        *FORMS,
        *(f"cmp {op}" for op in COMPARE),
        *(f"{negated}{op} block" for op in RELOPS for negated in ("", "!")),
        *(f"{name} {{}}" for name in [*RELATIVES, "root", *ATTACHED]),
        *(f"{fold}()" for fold in FOLDS),
        *(f"{negated}{op}" for op in TEXT_OPERATORS for negated in ("", "NOT ")),
        *(f"unit {unit}" for unit in UNITS),
        *(f"{name.subject}.{name.name}" for table in FIELDS.values() for name in table.values()),
    ]
)
"""Everything that a filter can say: each form, operator, relation, function, unit and field by a short name."""

POOLS: dict[str, Sequence[Any]] = {
    "name": NAMES,
    "type": TYPES,
    "status": ["OK", "ERROR", "IN_PROGRESS", "UNSET"],
    "status_message": ["boom", "refund policy"],
    "trace_id": ["t0", "t1", "t2", "t3"],
    "client_request_id": ["req-1"],
    "experiment_id": ["0", "1"],
    "run_id": ["run-1", "run-2"],
    "session_id": ["s1", "s2"],
    "user_id": ["ann"],
    "model": ["gpt-x", "gpt-y"],
    "prompt": ["greet/1", "greet/2"],
    "issue_id": ["iss-1"],
    "id": [f"{n:016x}" for n in range(4)],
    "span_id": [f"{n:016x}" for n in range(4)],
    "parent_id": [f"{n:016x}" for n in range(3)],
    "kind": ["feedback", "expectation"],
    "source": ["HUMAN", "CODE", "LLM_JUDGE"],
    "source_id": ["me"],
    "rationale": ["because"],
    "error": ["no answer"],
    "depth": [0, 1, 2],
    "span_count": [0, 1, 3, 5],
    "error_count": [0, 1, 2],
    "tokens": [0, 5, 7, 12, 4000],
    "input_tokens": [0, 7, 4000],
    "output_tokens": [0, 5],
    "cost": [0.25, 0.5, 1],
    "duration": [0, 0.5, 100, 300, 1500],
    "events": ["[]"],
}
EVENT_POOLS = {"name": ["exception", "retry"]}
LINK_POOLS = {"trace_id": ["t0", "t9"], "span_id": [f"{0:016x}"]}
ASSESSMENT_POOLS = {"name": ["correct", "score", "has space"]}
ASSESSED = ["correct", "score", "has space"]
SCALARS: list[Any] = [0, 1, 5, 10, -3, 0.5, 0.9, 12, True, False, *WORDS]
PIECES = ["refund", "PLAN", "pol", 'SAY "H', "K\\S", 'o"t', "aße"]
JSON_TEXTS = ["{ }", "{ }", '{"q": 5.0}', '{"n": null}']
PATTERNS = {
    "LIKE": ["pl%", "%a%", "_earch", "%", "x", "%[%", "%.%", "refund _olicy", "1%", "t_", "%R%", "a%b_c"],
    "RLIKE": ["^p", "an$", "[0-9]+", "(?i)stra(ss|ß)e", "x|r", "l+m?", r"\.", "^$", "(?i)E", r"^\w+$", "O.*K|ERR"],
    "MATCH": ["refund", "policy refund", "Policy", "x", "plan", "12", "", "search"],
}
INSTANTS = [START_MS, START_MS + 100, START_MS + 300, START_MS + 500, START_MS + 800]


@dataclass
class Filter:
    """A text, the values of its parameters, and what it says by the names in ``SAID``."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Place:
    """What bare names are fields of, and whether a span is at hand."""

    subject: Subject
    span: bool = False


TRACE, SPAN = Place("trace"), Place("span", True)

Operand = tuple[str, Type, Sequence[Any]]
"""A value's text, its type, and what it may be equal to."""


def quoted(text: str, mark: str = "'") -> str:
    return mark + text.replace(mark, mark * 2) + mark


class Writer(Chance):
    """Writes one filter."""

    def __init__(self, below: Below) -> None:
        super().__init__(below)
        self.said: set[str] = set()
        self.params: dict[str, Any] = {}

    def say(self, name: str, text: str = "") -> str:
        self.said.add(name)
        return text or name

    # ------------------------------------------------------------ the whole

    def query(self) -> Filter:
        text = self.condition(TRACE, self.one([0, 0, 1, 1, 2, 3]), positive=True)
        if self.odds(15):
            text = self.say("stray AND", f"AND {text} AND")
        if self.odds(15):
            text = self.say("comment", f"{text} /* why: */ -- 'not'\n")
        if self.odds(4):
            text += f" {self.order()}"
        if self.odds(20):
            text = self.say("LIMIT", f"{text} LIMIT {self.one([1, 2, 100])}")
        if self.odds(20):
            text = self.say(";", f"{text};")
        if self.odds(15):
            self.say("small letters")
            for word in (" AND ", " OR ", " NOT ", "NOT ", " IN (", " IS ", " LIKE ", " ORDER BY "):
                text = text.replace(word, word.lower()) if word in text and "'" not in word else text
        return Filter(text, self.params, self.said)

    def order(self) -> str:
        keys = [self.order_key() for _ in range(self.one([1, 1, 2]))]
        if len(keys) > 1:
            self.say("two keys")
        return self.say("ORDER BY", f"ORDER BY {', '.join(keys)}")

    def order_key(self) -> str:
        text = self.operand(TRACE, 1)[0]
        direction = self.one(["", "ASC", "DESC"])
        nulls = self.one(["", "NULLS FIRST", "NULLS LAST"])
        for said in (direction, nulls):
            if said:
                self.say(said)
        return " ".join(filter(None, [text, direction, nulls]))

    # ------------------------------------------------------------ conditions

    def condition(self, place: Place, depth: int, positive: bool = False) -> str:
        """A condition that may stand in a conjunction. ``positive``: below no NOT and no OR."""
        if depth <= 0:
            return self.leaf(place, positive)
        kind = self.one(["and", "and", "or", "or", "not", "sets", "sets", "sets", "sets", "leaf", "("])
        if kind == "and":
            parts = [self.condition(place, depth - 1, positive) for _ in range(self.one([2, 2, 3]))]
            joint = self.say("juxtaposition", " ") if self.odds(6) else f" {self.say('AND')} "
            if joint == " ":
                parts = [f"({part})" for part in parts]
            return self.say("parentheses", f"({joint.join(parts)})")
        if kind == "or":
            parts = [self.condition(place, depth - 1) for _ in range(2)]
            return self.say("OR", f"({' OR '.join(parts)})")
        if kind == "not":
            return self.say("NOT", f"NOT ({self.condition(place, depth - 1)})")
        if kind == "(":
            return self.say("parentheses", f"({self.condition(place, depth - 1, positive)})")
        if kind == "leaf" or place.subject in ("event", "link", "assessment"):
            return self.leaf(place, positive)
        return self.sets(place, depth)

    def leaf(self, place: Place, positive: bool) -> str:
        kind = self.below(18)
        if kind == 0 and place.subject in ("trace", "span"):
            return self.say("bare text", quoted(self.one([*WORDS, *PIECES])))
        if kind == 1:
            return self.say("EXISTS", f"EXISTS {self.reference(place)[0]}")
        if kind in (2, 3, 4) and place == TRACE and positive:
            name = self.one(sorted(FIELDS["span"]))
            return self.compare(self.say("span.field", f"span.{name}"), *self.known("span", name), place=place)
        if kind == 5 and place.subject == "trace":
            return self.sets(place, 1)
        if kind in (8, 10) and place.subject in ("trace", "span"):
            return self.measured(place)
        if kind == 9 and place.subject in ("trace", "span"):
            return self.attached(place, 1)
        if kind in (6, 7) and place.subject in ("trace", "span"):
            return self.compare(*self.operand(place, 1), place=place)
        return self.compare(*self.reference(place), place=place)

    def sets(self, place: Place, depth: int) -> str:
        """Something about spans, or what belongs to them."""
        kind = self.one(
            ["block", "block", "chain", "chain", "quantifier", "all", "attached", "attached", "relative", "count"]
        )
        if kind == "relative":
            return self.relation(place, depth) if place.span else self.relation_inside(depth)
        if kind == "attached":
            return self.attached(place, depth)
        if kind == "count":
            text, type_, pool = self.aggregate(place, depth)
            return self.compare(text, type_, pool, place=place)
        if kind == "all":
            inner = self.condition(SPAN, depth - 1)
            return self.say("all(…)", f"all({self.block(depth - 1)}, {inner})")
        if kind == "quantifier":
            word = self.one(["ANY", "ALL", "NONE"])
            spans = self.block(depth - 1) if word == "ALL" or self.odds(2) else self.chain(depth - 1)
            return f"{self.say(word)} {spans}"
        return self.block(depth - 1) if kind == "block" else self.chain(depth - 1)

    def block(self, depth: int, *, empty_in: int = 8) -> str:
        if self.odds(empty_in):
            return self.say("empty block", "{}")
        return f"{{ {self.condition(SPAN, depth)} }}"

    def chain(self, depth: int) -> str:
        text = self.block(depth, empty_in=4)
        links = self.one([1, 1, 1, 2])
        if links > 1:
            self.say("chain of three")
        for _ in range(links):
            op = ("!" if self.odds(2) else "") + self.one(RELOPS)
            self.say(f"{op} block")
            text += f" {op} {self.block(depth, empty_in=4)}"
        return text

    def relation(self, place: Place, depth: int) -> str:
        name = self.one(RELATIVES)
        return self.say(f"{name} {{}}", f"{name} {self.block(depth - 1)}")

    def relation_inside(self, depth: int) -> str:
        if self.odds(4):
            return self.say("root {}", f"root {self.block(depth - 1)}")
        return f"{{ {self.relation(SPAN, depth)} AND {self.condition(SPAN, 0)} }}"

    def attached(self, place: Place, depth: int) -> str:
        name = self.one([*ATTACHED, "assessment"])
        self.say(f"{name} {{}}")
        if self.odds(6):
            return f"{name} {{}}"
        return f"{name} {{ {self.condition(Place(name, place.span), min(depth, 2) - 1)} }}"  # type: ignore[arg-type]

    # ------------------------------------------------------------ comparisons

    def compare(self, text: str, type_: Type, pool: Sequence[Any], *, place: Place) -> str:
        """A comparison of this value."""
        if type_ is Type.BOOL:
            return self.compare_boolean(text)
        kind = self.below(20)
        if kind in (0, 1):
            return f"{text} {self.say(self.one(['IS NULL', 'IS NOT NULL']))}"
        if kind == 2:
            distinct = self.say(self.one(["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]))
            return f"{text} {distinct} {self.literal(type_, pool)}"
        if kind in (3, 4):
            return self.membership(text, type_, pool)
        if kind in (5, 6):
            return self.between(text, type_, pool)
        if kind == 7:
            other, other_type, _ = self.operand(place, 0)
            numeric = (Type.NUMBER, Type.DURATION)
            if type_ is other_type or (type_ in numeric and other_type in numeric):
                return self.say("two fields", f"{text} {self.cmp()} {other}")
        if kind in (8, 9, 10, 11, 14) and type_ in (Type.TEXT, Type.JSON):
            return self.match(text, pool)
        if kind in (12, 15, 16) and type_ is Type.JSON:
            return self.compare_boolean(text)
        if kind == 13:
            return self.say("literal first", f"{self.literal(type_, pool)} {self.cmp()} {text}")
        if kind == 18 and place.subject in ("trace", "span"):
            whole = self.one(["inputs", "outputs"])
            self.known(place.subject, whole)
            return self.say("JSON text", f"{whole} {self.one(['=', '!='])} {quoted(self.one(JSON_TEXTS))}")
        if text.isidentifier() and self.odds(8):
            text = self.say("quoted name", quoted(text, '"'))
        return f"{text} {self.cmp()} {self.literal(type_, pool)}"

    def cmp(self) -> str:
        op = self.one(COMPARE)
        return self.say(f"cmp {op}", op)

    def compare_boolean(self, text: str) -> str:
        kind = self.one(["bare", "=", "IS"])
        if kind == "bare" and not text.startswith(("tag", "metadata", "(", "lower", "coalesce")):
            return self.say("bare field", text)
        if kind == "=":
            return f"{text} {self.one(['=', '!='])} {self.one(['true', 'FALSE'])}"
        return f"{text} {self.say(self.one(['IS TRUE', 'IS NOT TRUE', 'IS FALSE', 'IS NOT FALSE']))}"

    def membership(self, text: str, type_: Type, pool: Sequence[Any]) -> str:
        word = self.say(self.one(["IN", "NOT IN"]))
        if self.odds(5) and type_ is not Type.TIME:
            return f"{text} {word} {self.say('IN :list', self.parameter([self.one(pool), self.one(pool)]))}"
        items = [self.literal(type_, pool) for _ in range(self.one([1, 2, 3]))]
        if self.odds(5):
            items.append(self.say("NULL in a list", "NULL"))
        if self.odds(8):
            items[-1] += self.say("trailing comma", ",")
        return f"{text} {word} ({', '.join(items)})"

    def between(self, text: str, type_: Type, pool: Sequence[Any]) -> str:
        word = self.say(self.one(["BETWEEN", "NOT BETWEEN"]))
        if type_ is Type.JSON:
            pool = [x for x in pool if isinstance(x, str) == self.odds(2) and not isinstance(x, bool)] or [0, 5, 12]
            pool = pool if len({isinstance(x, str) for x in pool}) == 1 else [0, 5, 12]
            type_ = Type.TEXT if isinstance(pool[0], str) else Type.NUMBER
        return f"{text} {word} {self.literal(type_, pool)} AND {self.literal(type_, pool)}"

    def match(self, text: str, pool: Sequence[Any]) -> str:
        op = self.one([*TEXT_OPERATORS, "RLIKE"])
        texts = [x for x in pool if isinstance(x, str)] or WORDS
        negated = self.one(["", "NOT "])
        if self.odds(8):
            return f"{text} {self.say('!~' if negated else '=~')} {quoted(self.one(PATTERNS['RLIKE']))}"
        self.say(f"{negated}{op}")
        if op in ("LIKE", "ILIKE"):
            if self.odds(4):
                return f"{text} {negated}{op} {self.say('ESCAPE', self.escaped(self.one(texts)))}"
            pattern = self.one(PATTERNS["LIKE"])
        elif op in PATTERNS:
            pattern = self.one(PATTERNS[op])
        else:
            word = self.one(texts)
            size = self.one([1, 2, 3, 99])
            pattern = word[-size:] if op == "ENDS WITH" else word[:size]
        if op.startswith("I") and self.odds(2):
            pattern = pattern.upper()
        return f"{text} {negated}{op} {quoted(pattern)}"

    def escaped(self, word: str) -> str:
        word = "".join(f"!{character}" for character in word)
        return f"{quoted(self.one(['', '%', '_']) + word + self.one(['', '%']))} ESCAPE '!'"

    # ------------------------------------------------------------ literals

    def literal(self, type_: Type, pool: Sequence[Any]) -> str:
        if type_ is Type.TIME:
            return self.time()
        value = self.one(pool)
        if type_ is Type.DURATION and self.odds(2):
            return self.unit(self.one(["ns", "us", "ms", "s", "m", "h", "d", "w", "compound"]))
        if self.odds(12) or (type_ is Type.DURATION and self.odds(4)):
            if type_ is Type.DURATION:
                return self.say("timedelta parameter", self.parameter(timedelta(milliseconds=value)))
            return self.parameter(value)
        if isinstance(value, str):
            return self.say("double quotes", quoted(value, '"')) if self.odds(8) else quoted(value)
        if isinstance(value, bool):
            return "TRUE" if value else "false"
        if type_ in (Type.NUMBER, Type.JSON) and self.odds(6):
            return self.unit(self.one(["k", "M", "%"]))
        return str(value) if value >= 0 or not self.odds(2) else f"-({-value})"

    def measured(self, place: Place) -> str:
        """Something that has a unit."""
        unit = self.one(list(UNITS))
        if unit in ("k", "M", "%"):
            name = self.one(["tokens", "input_tokens", "cost"])
            self.known(place.subject, name)
        elif unit.endswith("B"):
            name = f"length({self.json_path(place)[0]})"
        else:
            name = "duration"
            self.known(place.subject, name)
        return f"{name} {self.cmp()} {self.unit(unit)}"

    def unit(self, name: str) -> str:
        return self.say(f"unit {name}", UNITS[name])

    def parameter(self, value: Any) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return self.say("parameter", f":{name}")

    def time(self) -> str:
        at = self.one(INSTANTS)
        kind = self.one(["number", "now", "ago", "moment", "datetime", "day", "relative"])
        moment = datetime.fromtimestamp(at / 1000, timezone.utc)
        if kind == "now":
            return self.say("now()", f"now() - {NOW_MS - at}ms")
        if kind == "ago":
            return self.say("ago()", f"ago({self.one([0, 200, 400])}ms)")
        if kind == "moment":
            return self.say("moment", quoted(moment.isoformat(timespec="milliseconds")))
        if kind == "datetime":
            return self.say("datetime parameter", self.parameter(moment))
        if kind == "day":
            return self.say("day", quoted(self.one([moment.date().isoformat(), "today", "yesterday"])))
        if kind == "relative":
            return self.say("relative time", quoted(self.one(["2h ago", "-1h", "1d ago"])))
        return str(at)

    # ------------------------------------------------------------ values

    def operand(self, place: Place, depth: int) -> Operand:
        """A value, maybe a calculated one."""
        kind = self.below(12)
        if kind == 0 and place.subject in ("trace", "span"):
            return self.aggregate(place, max(depth, 1))
        if kind in (1, 2):
            return self.calculated(place)
        if kind in (3, 4):
            return self.called(place)
        return self.reference(place)

    def aggregate(self, place: Place, depth: int) -> Operand:
        fold = self.one(FOLDS)
        self.say(f"{fold}()")
        inner = SPAN
        if place.span and self.odds(2):
            over = self.say("over a relation", self.relation(place, depth))
        elif self.odds(6):
            over = self.say("over a chain", self.chain(depth - 1))
        else:
            over = self.block(depth - 1, empty_in=8 if fold == "count" else 2)
        if fold == "count":
            return f"count({over})", Type.NUMBER, [0, 1, 2, 3]
        exact = fold in ("sum", "avg")  # the sum of fractions depends on their order
        kind = self.one(["field", "field", "length", "field" if exact else "path"])
        if kind == "length":
            value = f"length({self.json_path(inner)[0]})"
            type_, pool = Type.NUMBER, [0, 1, 5, 10]
        elif kind == "path":
            value, type_, pool = self.json_path(inner)
            type_, pool = Type.NUMBER, [0, 1, 5, 12]
        else:
            value = self.one(["tokens", "input_tokens", "output_tokens", "cost", "duration", "depth"])
            type_, pool = self.known("span", value)
        return f"{fold}({value}, {over})", type_, pool

    def calculated(self, place: Place) -> Operand:
        op = self.say(self.one(["+", "-", "*", "/"]))
        numbers = [name for name, known in FIELDS[place.subject].items() if known.type is Type.NUMBER]
        if not numbers or self.odds(4):
            left = self.json_path(place)[0] if place.subject in ("trace", "span") else "length('abc')"
        else:
            left = self.one(numbers)
            self.known(place.subject, left)
        right = self.one(["2", "2", "3", "0", "1.5", left])
        text = f"({left} {op} {right})"
        if self.odds(4):
            return self.say("minus", f"-{text}"), Type.NUMBER, [-8000, -10, -1, 0]
        return text, Type.NUMBER, [0.5, 1, 1.5, 2.5, 3.5, 2000] if op == "/" else [0, 1, 2, 3.5, 7, 10, 14, 8000]

    def called(self, place: Place) -> Operand:
        text, _, pool = self.reference(place)
        name = self.one(["lower", "length", "coalesce"])
        self.say(name)
        if name == "lower":
            return f"lower({text})", Type.TEXT, [str(x).lower() for x in pool] or WORDS
        if name == "length":
            if self.odds(2):
                units = ["kB", "MB", "GB", "KiB", "MiB", "GiB"]
                return f"(length({text}) - {self.unit(self.one(units))})", Type.NUMBER, [-20, -10, 0]
            return f"length({text})", Type.NUMBER, [0, 1, 2, 4, 5, 16]
        other, _, _ = self.reference(place)
        return f"coalesce({text}, {other})", Type.JSON, list(pool) or SCALARS

    def reference(self, place: Place) -> Operand:
        """A field, by one of the ways to name one."""
        subject = place.subject
        if subject in ("event", "link", "assessment") and not self.odds(8):
            name = self.one(sorted({known.name for known in FIELDS[subject].values()}))
            name, type_, pool = self.written(subject, name, "")
            if type_ is Type.JSON and self.odds(2):
                return self.inside(name, subject)
            return name, type_, pool
        kind = self.below(20)
        if kind < 8:
            name = self.one(sorted({known.name for known in FIELDS[subject].values()}))
            return self.written(subject, name, "")
        if kind < 11:
            return self.json_path(place)
        if kind == 11:
            name = self.one(sorted({known.name for known in FIELDS["trace"].values()}))
            self.say("trace.field")
            return self.written("trace", name, "trace.")
        if kind == 12:
            self.say("root.field")
            return self.written("span", self.one(sorted(FIELDS["span"])), "root.")
        if kind == 13 and place.span:
            relation = self.one([*RELATIVES, "parent", "parent"])
            if relation == "parent":
                self.say("parent.field")
            return self.written("span", self.one(sorted(FIELDS["span"])), f"{relation}.")
        if kind in (14, 15):
            return self.mapped()
        if kind in (16, 17):
            return self.assessed()
        return self.of_spans()

    def written(self, subject: Subject, word: str, prefix: str) -> Operand:
        """A field by one of its names."""
        canonical = FIELDS[subject].get(word)
        if canonical is None or (subject, word) in (("trace", "issue_id"),):
            return prefix.removesuffix("trace.") + self.issue(), Type.TEXT, POOLS["issue_id"]
        names = sorted(name for name, known in FIELDS[subject].items() if known == canonical)
        name = self.one(names)
        return prefix + name, *self.known(subject, name)

    def issue(self) -> str:
        self.say("trace.issue_id")
        return "issue.id"

    def known(self, subject: Subject, name: str) -> tuple[Type, Sequence[Any]]:
        """A field's type and the values that it may have."""
        known = FIELDS[subject][name]
        self.say(f"{subject}.{known.name}")
        own = {"event": EVENT_POOLS, "link": LINK_POOLS, "assessment": ASSESSMENT_POOLS}.get(subject, {})
        default: Sequence[Any] = SCALARS if known.type is Type.JSON else WORDS
        return known.type, own.get(known.name) or POOLS.get(known.name) or default

    def json_path(self, place: Place) -> Operand:
        if place.subject == "trace":
            name = self.one(["inputs", "outputs", "request", "response"])
        elif place.subject == "span":
            name = self.one(["inputs", "outputs", "attributes", "attributes", "resource"])
        else:
            name = "metadata" if place.subject == "assessment" else "attributes"
        self.known(place.subject, name)
        return self.inside(name, place.subject)

    def inside(self, name: str, subject: Subject = "span") -> Operand:
        """A place inside a JSON value."""
        if subject == "event":
            return f"{name}.{self.one(['exception.type', 'n'])}", Type.JSON, SCALARS
        if subject == "link":
            return f"{name}.why", Type.JSON, ["retry"]
        if subject == "trace" and name in ("tags", "metadata", "request_metadata", "trace_metadata"):
            return f"{name}.{self.key(self.one(TAGS))}", Type.JSON, WORDS
        text = name
        steps = self.one([1, 1, 1, 2]) if name in ("attributes", "resource", "value") or self.odds(2) else 0
        for _ in range(steps):
            text += self.step()
        if name not in ("attributes", "resource") and self.odds(3):
            text += self.say("[*]") if self.odds(2) else self.say("[n]", f"[{self.one([0, 1, 2])}]")
            if self.odds(3):
                text += self.step()
        if text == name:
            text += self.say("[*]") if name not in ("attributes", "resource") and self.odds(2) else self.step()
        return text, Type.JSON, SCALARS

    def step(self) -> str:
        key = self.one(KEYS)
        if self.odds(4):
            return self.say("['key']", f"[{quoted(key)}]")
        return f".{self.key(key)}"

    def key(self, key: str) -> str:
        if key.isidentifier() and not self.odds(6):
            return key
        if key == "a.b" and self.odds(2):
            return self.say("flat key", key)
        return self.say("quoted key", quoted(key, self.one("`\"'")))

    def mapped(self) -> Operand:
        if self.odds(3):
            self.say("metadata")
            word = self.one(["metadata", "request_metadata", "trace_metadata"])
            return f"{word}.{self.key(self.one(['user_id', 'a.b']))}", Type.JSON, WORDS
        self.say("tag")
        return f"{self.one(['tag', 'tags'])}.{self.key(self.one(TAGS))}", Type.JSON, WORDS

    def assessed(self) -> Operand:
        kind = self.say(self.one(["feedback", "feedback", "expectation", "assessment"]))
        text = f"{kind}.{self.key(self.one(ASSESSED))}"
        if self.odds(4):
            text += self.one([self.say("[*]"), self.say("[n]", "[0]")])
        return text, Type.JSON, SCALARS

    def of_spans(self) -> Operand:
        """A field of the spans of a name, or of a block."""
        word = self.one(sorted(FIELDS["span"]))
        if self.odds(2):
            prefix = self.say("block.field", f"{{ type = '{self.one(TYPES)}' }}.")
            text, type_, pool = self.written("span", word, prefix)
        else:
            name = self.one(NAMES)
            if name.isidentifier():
                prefix = self.say("NAME.field", f"{name}.")
            else:
                prefix = self.say("`NAME`.field", f"{quoted(name, '`')}.")
            text, type_, pool = self.written("span", word, prefix)
        if type_ is Type.JSON and not text.endswith("events"):
            return self.inside(text)
        return text, type_, pool


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """One filter over the whole grammar."""
    return Writer(drawn(draw)).query()


@st.composite
def conditions(draw: st.DrawFn) -> Filter:
    """One filter without a tail."""
    writer = Writer(drawn(draw))
    return Filter(writer.condition(TRACE, writer.one([0, 1, 2])), writer.params, writer.said)


@st.composite
def order_keys(draw: st.DrawFn) -> Filter:
    """One key of ORDER BY."""
    writer = Writer(drawn(draw))
    text = writer.order_key()
    return Filter(text, writer.params, writer.said)
