"""A printed tree is read as the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from spanglass.filters import parse, unparse
from tests.filters.trees import queries
from tests.filters.words import refused


@given(queries)
@settings(max_examples=300, deadline=None)
def test_what_is_printed_is_read_as_the_same_tree(tree):
    assert parse(unparse(tree)) == tree


@given(queries)
@settings(max_examples=200, deadline=None)
def test_any_tree_resolves_or_is_politely_refused(tree):
    error = refused(unparse(tree))
    assert error is None or 0 < len(str(error)) <= 300


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a=1 and b==2", "a = 1 AND b = 2"),
        ("a <> 1", "a != 1"),
        ("a !~ 'y'", "a NOT RLIKE 'y'"),
        ("(a = 1 OR b = 2) c = 3", "(a = 1 OR b = 2) AND c = 3"),
        ("((a = 1))", "a = 1"),
        ("NOT (a = 1 AND b = 2)", "NOT (a = 1 AND b = 2)"),
        ("a - (b - c) * -(-d) > 0", "a - (b - c) * -(-d) > 0"),
        ('"name" = "it\'s"', "`name` = 'it''s'"),
        ("tag.\"a.b\" = 'x'", "tag.`a.b` = 'x'"),
        ("{}!>>{type='A'} ! then {}", "{} !>> { type = 'A' } ! THEN {}"),
        ("a in (1, 2,)", "a IN (1, 2)"),
        ("a in :list", "a IN :list"),
        ("AND a = 1 AND AND b = 2 AND", "a = 1 AND b = 2"),
        ("order by cost asc nulls last, name desc limit 5;", "ORDER BY cost, name DESC LIMIT 5"),
        ("", ""),
    ],
)
def test_one_way_to_write_things(text, printed):
    assert unparse(parse(text)) == printed
