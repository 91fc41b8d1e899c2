"""An error shows the line, the place and the way out, and never more than fits."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.filters import FilterError, check, parse, resolve, resolve_column, unparse
from spanglass.limits import MAX_FILTER_BYTES, MAX_FILTER_DEPTH
from tests.filters.words import meaning, query, refusal, refused


def shown(text: str) -> str:
    return str(refusal(text)).lstrip("\n")


def test_errors_look_like_this():
    assert shown("latncy > 2s") == "latncy > 2s\n^^^^^^ no field 'latncy'\ndid you mean latency?"
    assert shown("status = OK") == "status = OK\n         ^^ text needs quotes\nfix: status = 'OK'"
    assert shown("NOT span.name = 'x'") == (
        "NOT span.name = 'x'\n^^^ two readings\n[no span named x] [a span not named x]"
    )
    assert shown("status = ") == "status =\n         ^ a value is missing here"
    assert shown("(status = 'OK'") == "(status = 'OK'\n^ a closing ) is missing"


def test_only_the_line_of_the_mistake_is_shown():
    text = "status = 'OK'\n  AND nope = 1\n  AND cost > 1"
    assert shown(text).splitlines()[:2] == ["  AND nope = 1", "      ^^^^ no field 'nope'"]


@pytest.mark.parametrize("at", [0, 1, 50, 200])
def test_the_caret_stands_under_the_mistake_in_a_long_line(at):
    before, after = "cost > 1 AND " * at, " AND cost > 1" * 50
    line, caret, *_ = shown(f"{before}nopenopenope > 1{after}").splitlines()
    column = caret.index("^")
    assert line[column:].startswith("nopenopenope")
    assert caret.count("^") == 12


def test_a_long_name_does_not_blow_up_the_message():
    assert len(shown("tag" + "x" * 10_000 + " = 1")) <= 300
    assert len(shown("'" + "x" * 10_000)) <= 300
    assert len(shown("timestamp = '" + "x" * 10_000 + "'")) <= 300


def test_what_cannot_be_printed_is_replaced():
    for text in ("a\tb = 1", "a\u202eb", "a\x1b[31m = 1", "\ud800", "x\0"):
        assert all(line.isprintable() for line in shown(text).splitlines())


def test_an_error_can_be_sent_to_another_process():
    error = refusal("latncy > 2s")
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, FilterError)
    assert (str(again), again.diagnostic, again.text) == (str(error), error.diagnostic, error.text)
    assert isinstance(error, ValueError)


def test_an_error_hides_how_it_was_found():
    error = refusal("status = OK")
    assert error.__cause__ is None
    assert error.__suppress_context__


# ---------------------------------------------------------------- bounds


@pytest.mark.parametrize(
    "text",
    [
        "'" + "x" * MAX_FILTER_BYTES + "'",
        "'" + "é" * (MAX_FILTER_BYTES // 2) + "'",
        "cost > 1 AND " * 2_000 + "cost > 1",
    ],
)
def test_a_text_may_be_so_long(text):
    assert refusal(text).diagnostic.code == "limit"


def test_a_long_text_is_understood():
    text = " OR ".join(f"tag.k{number} = '{number}'" for number in range(900))
    assert len(text) < MAX_FILTER_BYTES
    assert len(meaning(text).items) == 900


DEEP = {
    "parentheses": ("(", "cost > 1", ")"),
    "blocks": ("{ ", "cost > 1", " }"),
    "relations": ("{ parent ", "{}", " }"),
    "nots": ("NOT ", "cost > 1", ""),
    "calls": ("lower(", "name", ")"),
    "sums": ("(1 + ", "cost", ")"),
}


@pytest.mark.parametrize("kind", DEEP)
def test_nesting_has_an_end(kind):
    opening, inside, closing = DEEP[kind]
    tail = " > 'x'" if kind == "calls" else " > 1" if kind == "sums" else ""

    def nested(levels: int) -> str:
        return opening * levels + inside + closing * levels + tail

    assert refused(nested(MAX_FILTER_DEPTH - 2)) is None
    assert refusal(nested(MAX_FILTER_DEPTH + 1)).diagnostic.code == "limit"
    assert refusal(nested(1_500)).diagnostic.code == "limit"


@pytest.mark.parametrize(
    "text",
    [
        "cost > " + " + ".join(["1"] * 500),
        "cost > " + "- " * 500 + "1",
        " > ".join(["{}"] * 500),
        "{} ! " + " !>> ".join(["{}"] * 500),
    ],
)
def test_chains_have_an_end(text):
    assert refusal(text).diagnostic.code in ("limit", "syntax")


def test_near_the_end_of_the_stack_it_is_still_a_filter_error():
    text = "(" * 90 + "cost > 1" + ")" * 90

    def at_depth(levels: int) -> FilterError | None:
        return at_depth(levels - 1) if levels else refused(text)

    frame, used = sys._getframe(), 0
    while frame is not None:
        frame, used = frame.f_back, used + 1
    error = at_depth(sys.getrecursionlimit() - used - 120)
    assert error is not None
    assert "stack" in str(error)


# ---------------------------------------------------------------- anything at all


SIGNS = "{ } ( ) [ ] . , ; : = != < > >> ~ ! =~ - + * / % ' \" ` \\ \0 \n -- /* */"
WORDS = (
    "AND OR NOT IN IS NULL LIKE BETWEEN ORDER BY LIMIT EXISTS ALL ANY THEN ESCAPE span trace tag name inputs "
    "attributes root parent event count( max( now() 1 1.5s 5% 'x' \"y\" `z` :p"
)
ODD = "ñ 日本 🙂 \u202e \ud800 \u0301 İ ſ ﬁ ² ٣"
PIECES = st.sampled_from([piece for line in (SIGNS, WORDS, ODD) for piece in line.split(" ")])


def error_of(ask: Callable[[str], object], text: str) -> FilterError | None:
    try:
        ask(text)
    except FilterError as error:
        return error
    return None


@given(st.lists(PIECES, max_size=14), st.sampled_from(["", " "]))
@settings(max_examples=500, deadline=None)
def test_any_pieces_are_understood_or_politely_refused(pieces, between):
    text = between.join(pieces)
    error = refused(text, params={"p": "x"} if ":p" in text else None)
    assert error is None or 0 < len(str(error)) <= 300
    assert all(found.message for found in check(text))


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_understood_or_politely_refused(text):
    for ask in (resolve, resolve_column, parse):
        error = error_of(ask, text)
        assert error is None or 0 < len(str(error)) <= 300
        assert error is None or 0 <= error.diagnostic.start <= len(text)


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_what_is_read_can_be_printed(text):
    if refused(text) is None:
        assert query(unparse(parse(text))).where == query(text).where


@pytest.mark.parametrize("text", [5, b"x", ["x"], 1.5])
def test_a_filter_is_a_text(text):
    with pytest.raises(FilterError, match="a filter is a text"):
        resolve(text)
