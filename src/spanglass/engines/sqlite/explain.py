"""SQLite's plan for a statement, said so that it can be read without knowing the store's tables or SQLite's terms."""

from __future__ import annotations

import re
import sqlite3

from spanglass.engines.base import Explanation
from spanglass.engines.sqlite.context import Statement

# What a row of a table is, as it is said of many.
_ROWS = {
    "trace": "traces",
    "trace_payload": "traces' contents",
    "trace_run": "linked runs",
    "span": "spans",
    "payload": "spans' contents",
    "symbol": "names, types and models",
    "assessment": "assessments",
    "kv": "known values",
    "posting": "traces with a known value",
    "experiment": "experiments",
    "json_each": "elements of a list",
    "found": "that is found",
}
# What SQLite leaves to functions of this package.
_IN_PYTHON = {
    "sg_regex": "regular expressions",
    "sg_like": "patterns",
    "sg_words": "words",
    "sg_fold": "upper and lower case",
    "sg_span_text": "the text of spans",
    "sg_json_text": "the text of traces",
    "sg_every": "many texts at once",
    "sg_some": "many texts at once",
    "sg_same_json": "the comparison of JSON",
    "sg_number": "numbers in texts",
    "sg_number_text": "numbers as texts",
}
_ALIASED = re.compile(r"(?:FROM|JOIN|,) (?:(json_each)\([^()]*(?:\([^()]*\))*[^()]*\)|([a-z_]+)) ([a-z]+[0-9]*)\b")
_ACCESS = re.compile(r"(SCAN|SEARCH) (\w+)(?: USING (AUTOMATIC |)(?:PARTIAL )?(?:COVERING )?(.+?)(?: \((.+)\))?)?$")
_COLUMNS = {"rid": "trace", "sid": "span", "no": "place", "<expr>": "a calculated value"}
_PHRASES = (
    (re.compile(r"LIST SUBQUERY \d+|USING LIST SUBQUERY"), "IN this list, made once:"),
    (re.compile(r"CORRELATED (?:SCALAR|LIST) SUBQUERY \d+"), "EXISTS, or a value, looked up for each of them:"),
    (re.compile(r"(?:SCALAR )?SUBQUERY \d+"), "a value, taken once:"),
    (re.compile(r"REUSE LIST SUBQUERY \d+"), "the same list once more"),
    (re.compile(r"MATERIALIZE .+"), "all that is found, before it is sorted:"),
    (re.compile(r"CO-ROUTINE .+"), "one after another:"),
    (re.compile(r"USE TEMP B-TREE FOR (?:.* )?ORDER BY"), "sorted when all of them are known"),
    (re.compile(r"USE TEMP B-TREE FOR DISTINCT|USE TEMP B-TREE FOR GROUP BY"), "each one once"),
    (re.compile(r"MULTI-INDEX OR|COMPOUND QUERY"), "all of these together:"),
    (re.compile(r"INDEX \d+|LEFT-MOST SUBQUERY"), "first or further:"),
    (re.compile(r"UNION .+"), "and these:"),
    (re.compile(r"SCAN \(subquery-\d+\)"), "each of those"),
    (re.compile(r"SCAN (?:\d+ )?CONSTANT ROWS?"), "values that are known"),
)
_CLAUSES = re.compile(r"'(?:[^']|'')*'|[()]| (?=(?:FROM|WHERE|GROUP BY|ORDER BY|LIMIT|UNION ALL|SELECT) )")


def explanation(connection: sqlite3.Connection, statement: Statement) -> Explanation:
    """The statement, its values apart from it, and the plan: where it looks, by which index, and what is left over."""
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", statement.params).fetchall()
    tables = {alias: given or table for given, table, alias in _ALIASED.findall(statement.sql)}
    depths = {0: 0}
    plan = list(statement.notes)
    for number, parent, _, detail in rows:
        depths[number] = depths.get(parent, 0) + 1
        plan.append("  " * depths.get(parent, 0) + step(detail, tables))
    done = dict.fromkeys(words for name, words in _IN_PYTHON.items() if f"{name}(" in statement.sql)
    plan.append(f"finished in Python: {', '.join(done)}; the rest in SQLite" if done else "finished in SQLite")
    return Explanation(in_lines(statement.sql), list(statement.params), plan, meanings=statement.meanings)


def step(detail: str, tables: dict[str, str]) -> str:
    """One step of SQLite's plan in words; ``tables`` has the table of each alias.

    >>> step("SEARCH s2 USING COVERING INDEX span_type (type_id=?)", {"s2": "span"})
    'spans by index span_type (type)'
    >>> step("SCAN t USING INDEX trace_newest", {"t": "trace"})
    'all traces in the order of index trace_newest'
    """
    for pattern, words in _PHRASES:
        if pattern.fullmatch(detail):
            return words
    if " VIRTUAL TABLE " in detail:
        return "each element of a list"
    match = _ACCESS.match(detail)
    if match is None:
        return detail
    how, alias, automatic, index, columns = match.groups()
    table = tables.get(alias, alias)
    things = _ROWS.get(table, f"rows of {table}")
    if index is None:
        return f"all {things}, one after another"
    if index in ("INTEGER PRIMARY KEY", "PRIMARY KEY"):
        return f"{things} by number"
    name = "an index made for this once" if automatic else index.replace("INDEX ", "index ")
    name = re.sub(r"index sqlite_autoindex_\w+", "their own index", name)
    if how == "SCAN":
        return f"all {things} in the order of {name}"
    return f"{things} by {name}" + (f" ({_columns(columns)})" if columns else "")


def _columns(conditions: str) -> str:
    found = dict.fromkeys(re.findall(r"(<expr>|\w+)[=<>]", conditions))
    return ", ".join(_COLUMNS.get(name, name.removesuffix("_id")) for name in found)


def in_lines(sql: str) -> str:
    """The same statement with each clause on a line of its own, set in as deep as it is nested.

    >>> print(in_lines("SELECT a FROM b WHERE c IN (SELECT 'x FROM y' FROM d)"))
    SELECT a
    FROM b
    WHERE c IN (SELECT 'x FROM y'
      FROM d)
    """
    depth = 0

    def broken(match: re.Match[str]) -> str:
        nonlocal depth
        sign = match.group()
        if sign == " ":
            return "\n" + "  " * depth
        depth += (sign == "(") - (sign == ")")
        return sign

    return _CLAUSES.sub(broken, sql)
