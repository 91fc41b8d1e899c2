"""Texts that nobody means: very deep, very long, and with characters that look like others or like nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from spanglass.engines import Engine
from spanglass.engines.base import Refused
from spanglass.filters import FilterError, check, complete, parse, resolve, resolve_column
from spanglass.filters.fields import FIELDS, PREFIXES
from spanglass.filters.operands import FUNCTIONS
from spanglass.filters.tokens import KEYWORDS
from spanglass.limits import MAX_ERROR_CHARS, MAX_FILTER_BYTES
from tests.golden.corpus import GOLDEN, NOW_MS, Golden
from tests.golden.internals import internals_in

MANY = 5_000

# What is repeated, what stands in the middle, what is repeated behind it, and what ends it.
DEEP = {
    "parentheses": ("(", "status = 'OK'", ")", ""),
    "blocks": ("{", "status = 'OK'", "}", ""),
    "relations": ("parent {", "", "}", ""),
    "NOT": ("NOT ", "status = 'OK'", "", ""),
    "ANY": ("ANY ", "{}", "", ""),
    "EXISTS": ("EXISTS ", "tag.a", "", ""),
    "minus": ("- ", "cost", "", " > 1"),
    "sums": ("(1 + ", "cost", ")", " > 1"),
    "lower": ("lower(", "name", ")", " = 'x'"),
    "coalesce": ("coalesce(name, ", "name", ")", " = 'x'"),
    "count": ("count({", "", "})", " > 1"),
    "all": ("all({}, ", "status = 'OK'", ")", ""),
    "blocks' fields": ("{", "", "}.name = 'x'", ""),
    "keys": ("inputs.", "a", ".a", " = 1"),
    "indexes": ("", "inputs", "[0]", " = 1"),
    "chains": ("", "{}", " >> {}", ""),
    "additions": ("", "cost", " + 1", " > 1"),
    "ANDs": ("", "status = 'OK'", " AND status = 'OK'", ""),
    "ORs": ("", "status = 'OK'", " OR status = 'OK'", ""),
    "lists": ("", "cost IN (1", ", 1", ")"),
    "comparisons": ("", "cost", " = cost", ""),
    "BETWEENs": ("cost BETWEEN ", "1", " AND 1", ""),
    "order keys": ("", "ORDER BY name", ", name", ""),
    "openings": ("([{", "", "", ""),
    "closings": ("", "", ")]}", ""),
    "quotes": ("'\"`", "", "", ""),
    "comments": ("/*", "", "*/", ""),
    "signs": ("", "{}", " !~!", ""),
    "dots": ("", "inputs", ".", ""),
}
LEVELS = (90, 101, 1_500, MANY)


def error_of(ask: Callable[[str], object], text: str) -> FilterError | None:
    try:
        ask(text)
    except FilterError as error:
        return error
    return None


def politely(text: str) -> FilterError | None:
    """What every way to read a text does with it: takes it, or refuses it in a few words."""
    refused, *others = (error_of(ask, text) for ask in (resolve, parse, resolve_column))
    for error in filter(None, [refused, *others]):
        shown = str(error)
        assert 0 < len(shown) <= MAX_ERROR_CHARS
        assert "^" in shown
        assert 0 <= error.diagnostic.start <= len(text)
        assert internals_in(error.diagnostic.message, text) == set()
        shown.encode()  # it can be printed, whatever stood in the text
    errors = [found for found in check(text) if found.severity == "error"]
    assert errors == ([] if refused is None else [refused.diagnostic])
    complete(text, len(text))
    return refused


@pytest.mark.parametrize("kind", DEEP)
def test_nesting(kind: str, engine: Engine) -> None:
    before, middle, behind, end = DEEP[kind]
    for levels in LEVELS:
        for text in (
            before * levels + middle + behind * levels + end,
            before * levels + middle + end,
            middle + behind * levels + end,
        ):
            if politely(text) is None:
                with suppress(Refused):  # by name: SQLite has bounds of its own
                    engine.search(resolve(text), limit=5)


@pytest.mark.parametrize(
    "kind", [kind for kind, parts in DEEP.items() if parts[0] and kind not in ("openings", "dots")]
)
def test_5000_levels_are_too_many(kind: str) -> None:
    before, middle, behind, end = DEEP[kind]
    assert politely(before * MANY + middle + behind * MANY + end) is not None


LONG = [
    golden for golden in [*GOLDEN[::18], *(golden for golden in GOLDEN if golden.text.startswith("NOT '"))]
    if not any(sign in golden.text for sign in ("ORDER", "LIMIT", "--", ";", "<", ">", "~", "THEN", "*"))
]  # fmt: skip


@pytest.mark.parametrize("golden", LONG, ids=[golden.text for golden in LONG])
def test_20_kilobytes(golden: Golden, engine: Engine) -> None:
    """As often as it goes in: it finds the same; twice as often: it is too long."""
    condition = f"({golden.text})"
    joint = " OR "
    times = MAX_FILTER_BYTES // len((condition + joint).encode())
    long = joint.join([condition] * times)
    assert MAX_FILTER_BYTES - 300 < len(long.encode()) <= MAX_FILTER_BYTES
    query = resolve(long, params=golden.params, now_ms=NOW_MS, zone="UTC")
    assert [row[0] for row in engine.search(query).ids] == golden.finds
    error = politely(joint.join([condition] * (2 * times)))
    assert error is not None
    assert error.diagnostic.code == "limit"


ODD = {
    "NUL": "\0",
    "a lone high surrogate": "\ud83d",
    "a lone low surrogate": "\udc00",
    "an emoji": "🙂",
    "an emoji of several": "👩‍👩‍👧‍👦",
    "a Cyrillic а": "а",
    "a Greek omicron": "ο",
    "a full-width quote": "＇",
    "curly quotes": "’",
    "a full-width =": "＝",
    "a division slash": "∕",
    "a minus": "−",
    "a no-break space": "\u00a0",
    "a zero-width space": "\u200b",
    "a byte order mark": "\ufeff",
    "text from right to left": "\u202e",
    "an accent alone": "\u0301",
    "a line separator": "\u2028",
    "an escape sequence": "\x1b[31m",
    "a bell": "\x07",
    "a carriage return": "\r",
    "an Arabic digit": "٣",
    "a superscript": "²",
    "a ligature": "ﬁ",
    "a dotted İ": "İ",
    "a long s": "ſ",
    "beyond the first plane": "𝒳",
    "not a character": "\uffff",
}
PLACES = [
    "{}", "status = {}", "status {} 'OK'", "{}status = 'OK'", "stat{}us = 'OK'", "status = 'O{}K'", 'name = "{}"',
    "tag.{} = 'x'", "tag.`{}` = 'x'", "inputs.a{}b = 1", "inputs['{}'] = 1", "`{}`.name = 'x'", "duration > 1{}s",
    "duration > {}", "name RLIKE '{}'", "name LIKE '{}%' ESCAPE '{}'", "ORDER BY {}", "LIMIT {}", "'{}'",
    "feedback.{} = 1", "span.attributes.{} = 1", "name = :{}", "status = 'OK' -- {}", "/* {} */", "status{}= 'OK'",
]  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_odd_characters(kind: str, engine: Engine) -> None:
    for place in PLACES:
        text = place.replace("{}", ODD[kind])
        if politely(text) is None:
            engine.search(resolve(text))


@pytest.mark.parametrize("kind", ["NUL", "a lone high surrogate", "a lone low surrogate"])
def test_what_no_store_keeps_is_refused_at_its_place(kind: str) -> None:
    error = politely(f"name = 'a{ODD[kind]}'")
    assert error is not None
    assert (error.diagnostic.start, error.diagnostic.end) == (9, 10)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("status ＝ 'OK'", "status = 'OK'"),
        ("status = ＇OK＇", "status = 'OK'"),
        ("status = ‘OK’", "status = 'OK'"),
        ("status = “OK”", 'status = "OK"'),
        ("duration > −5", "duration > -5"),
        ("stаtus = 'OK'", "status = 'OK'"),  # with a Cyrillic а
        ("status\u200b = 'OK'", "status = 'OK'"),
        ("duratiοn > 5", "duration > 5"),  # with a Greek omicron
    ],
)
def test_look_alikes_are_seen_through(text: str, meant: str) -> None:
    error = politely(text)
    assert error is not None
    assert meant in [fix.text for fix in error.diagnostic.fixes]


WORDS = sorted(
    {
        *KEYWORDS,
        *map(str.lower, KEYWORDS),
        *PREFIXES,
        *FUNCTIONS,
        *(word for table in FIELDS.values() for word in table),
    }
)
KEYED = [
    "tag.{} = 'x'", "tags.a.{} = 'x'", "metadata.{} IN ('x')", "inputs.{} = 'x'", "outputs.{}[0].{} = 'x'",
    "feedback.{} = 'x'", "expectation.{} IS NULL", "assessment.{} = 1", "{ attributes.{} = 'x' }",
    "span.attributes.a.{} = 'x'", "root.attributes.{} = 'x'", "EXISTS tag.{}", "ORDER BY tag.{}",
    "search.inputs.{} = 1", "`{}`.name = 'x'", "inputs['{}'] = 1", "tag.`{}` = 'x'", "tag.'{}' = 'x'",
    "event { attributes.{} = 'x' }",
]  # fmt: skip


@pytest.mark.parametrize("form", KEYED)
def test_every_word_of_the_language_can_be_a_key(form: str) -> None:
    for word in WORDS:
        query = resolve(form.replace("{}", word))
        assert f"{word}'" in repr((query.where, query.order))
