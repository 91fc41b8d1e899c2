"""Texts that would be SQL, a path or a pattern, as every key and every value there is: they are only texts.

What a filter finds with them is what the plain reading finds, and none of them stands in the SQL, except a key
where the one quoting function has put it.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

import pytest

from spanglass.entities import Assessment, AssessmentSource, Batch, Link, Span, SpanEvent, TraceFacts
from spanglass.filters import FilterError, resolve, resolve_column
from spanglass.filters.algebra import Type
from spanglass.filters.fields import FIELDS
from tests.oracle.evaluate import ordered
from tests.property.filters import Filter, quoted
from tests.property.running import compare, resolved, stored

LONG = "x" * 9_000
HOSTILE = [
    "'); DROP TABLE trace;--", "' OR '1'='1", "''", "'", '"', '")', "`", "``", "]]--", "/* */", "--", ";", "\\", "\\'",
    "\\\"", "$", "$.", "$.a", '$."a"', "a.b", ".", "[0]", "[*]", "[", "]", "[#-1]", "#-1", "?1", "?", ":x", "@x", "{x}",
    "{}", "%", "_", "%_", "*", "a*", "(a+)+$", "a\nb", "\t", "\x01", "\x7f", "日本", "ſ", "İ", "𝒳", "👩\u200d🔬",
    "\u202e", "<script>", "NULL", "true", "1", "1e3", "NOT", "name", "text", LONG, "' || hex(1) || '", "%' OR 1=1 --",
]  # fmt: skip
MARK = "s3nt1nel"  # is in no SQL of ours

TRACE_KEYS = [
    "tag.{key}", "metadata.{key}", "tags[{text}]", "inputs.{key}", "inputs[{text}]", "outputs.list[*].{key}",
    "feedback.{key}", "expectation.{key}", "assessment.{key}", "root.attributes.{key}", "{key}.attributes.{key}",
    "{{ name = {text} }}.inputs.{key}", "{{ type = {text} }}.outputs.list[0].{key}",
]  # fmt: skip
SPAN_KEYS = [
    "attributes.{key}",
    "attributes.deep.{key}",
    "attributes[{text}]",
    "resource.{key}",
    "inputs.{key}",
    "parent.attributes.{key}",
]
PART_KEYS = {
    "event": ["attributes.{key}"],
    "link": ["attributes.{key}"],
    "assessment": ["metadata.{key}", "value.{key}"],
}
BLOCKS = {"trace": "{}", "span": "{{ {} }}", "event": "event {{ {} }}", "link": "link {{ {} }}"}
BLOCKS["assessment"] = "assessment {{ {} }}"

TESTS = [
    "{field} = {text}", "{field} = :v", "{text} = {field}", "{field} != {text}", "NOT {field} = :v",
    "{field} IN ({text}, 'x')", "{field} NOT IN :list", "{field} LIKE {text}", "{field} ILIKE :v",
    "{field} CONTAINS {text}", "{field} ICONTAINS :v",
    "{field} STARTS WITH {text}", "{field} ENDS WITH :v", "{field} MATCH {text}", "{field} > {text}", "{field} <= :v",
    "{field} BETWEEN {text} AND :v", "{field} IS DISTINCT FROM {text}", "lower({field}) = lower({text})",
    "coalesce({field}, {text}) = :v", "EXISTS {field}",
]  # fmt: skip


def holding(text: str) -> Batch:
    """A trace with the text as every key and every value, and two that have something else there."""
    batch = Batch()
    for trace_id, key, value in (("t0", text, text), ("t1", text, "other"), ("t2", "other", text + "x")):
        spans = [
            Span(
                trace_id, span_id, value, parent, value, "ERROR", value, 0, 1, {key: value, "deep": {key: value}},
                {"list": [{key: value}, {key: "other"}]}, {key: value, "deep": {key: value}},
                [SpanEvent(value, 0, {key: value})], [Link(value, value, {key: value})], value,
                resource={key: value},
            )
            for span_id, parent in (("a", None), ("b", "a"))
        ]  # fmt: skip
        facts = TraceFacts(trace_id, tags={key: value}, metadata={key: value})
        facts.session_id = facts.user_id = facts.run_id = facts.client_request_id = value
        batch.traces.append(facts)
        batch.spans += spans
        batch.assessments += [
            Assessment(
                key, given, kind, trace_id, "a", None, f"{trace_id}-{number}", AssessmentSource("HUMAN", value),
                value, value, value, 1000 + number, 1000, True, None, {key: value},
            )
            for number, (kind, given) in enumerate(
                [("feedback", value), ("expectation", value), ("feedback", {key: value})]
            )
        ]  # fmt: skip
    return batch


def fields(text: str) -> Iterator[tuple[str, str]]:
    """Every field that can hold a text, and every place that can have it as a key, with what each is a field of."""
    key, literal = quoted(text, "`"), quoted(text)
    for subject, known in FIELDS.items():
        for name in sorted({field.name for field in known.values() if field.type in (Type.TEXT, Type.JSON)}):
            yield subject, "issue.id" if name == "issue_id" else name
    for subject, templates in {"trace": TRACE_KEYS, "span": SPAN_KEYS, **PART_KEYS}.items():
        for template in templates:
            yield subject, template.format(key=key, text=literal)


def filters(text: str, first: int) -> Iterator[Filter]:
    """Each field in one test, beginning with the first, and each place once more as an order."""
    tests = itertools.cycle(TESTS[first % len(TESTS) :] + TESTS[: first % len(TESTS)])
    for subject, field in fields(text):
        test = next(tests)
        params = {"v": text} if ":v" in test else {"list": [text, "x"]} if ":list" in test else {}
        filter = Filter(BLOCKS[subject].format(test.format(field=field, text=quoted(text))), params)
        yield Filter(f"{filter.text} ORDER BY {field} DESC", params) if subject == "trace" else filter
    yield Filter(quoted(text))


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_text_is_only_a_text(number: int) -> None:
    asked = 0
    with stored(holding(HOSTILE[number])) as (engine, traces):
        for one in filters(HOSTILE[number], first=number):
            query = resolved(one)
            if query is not None:
                compare(engine, query, ordered(query, traces))
                asked += 1
        columns = [resolve_column(field) for subject, field in fields(HOSTILE[number]) if subject == "trace"]
        values = list(engine.columns([("t0",), ("t2",)], columns))
    assert asked >= 50
    assert sum(value[0] == HOSTILE[number] for value in values) > 15


class Recording(sqlite3.Connection):
    """Remembers the SQL it is given."""

    statements: ClassVar[list[str]] = []

    def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
        self.statements.append(sql)
        return super().execute(sql, *given)


def unquoted(sql: str, key: str) -> str:
    """The SQL without the literals that are paths with this key in them, quoted as paths and literals must be."""
    step = "." + f'"{key}"'

    def kept(literal: re.Match[str]) -> str:
        return "''" if step in literal.group()[1:-1].replace("''", "'") else literal.group()

    return re.sub(r"'(?:[^']|'')*'", kept, sql)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_text_but_a_quoted_key_stands_in_the_sql(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Recording))
    text = MARK + HOSTILE[number] + MARK
    with stored(holding(text)) as (engine, _):
        Recording.statements.clear()
        for one in filters(text, first=number):
            query = resolved(one)
            if query is not None:
                engine.search(query, limit=1)
                engine.count(query)
        columns = [resolve_column(field) for subject, field in fields(text) if subject == "trace"]
        list(engine.columns([("t0",), ("t1",)], columns))
        engine.facets(resolve(""), columns)
    assert len(Recording.statements) > 150
    assert [sql for sql in Recording.statements if MARK in unquoted(sql, text)] == []


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\udfff\ud800"])
def test_what_no_text_can_hold_is_refused(text: str) -> None:
    for filter in (
        Filter(f"name = {quoted(text)}"),
        Filter(f"tag.{quoted(text, '`')} = 'x'"),
        Filter("name = :v", {"v": text}),
    ):
        with pytest.raises(FilterError, match=r"cannot stand in|is not a character"):
            resolve(filter.text, params=filter.params)
