"""Nothing of the language is left out of the golden filters."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from typing import Any, get_args

from spanglass.filters import algebra, parse, resolve, syntax
from spanglass.filters.fields import FIELDS, PREFIXES, RELATED
from spanglass.filters.numbers import UNITS
from spanglass.filters.operands import FUNCTIONS
from spanglass.filters.tokens import KEYWORDS, tokenize
from tests.golden.corpus import GOLDEN, NOW_MS
from tests.golden.traces import PARAMETERS

SIGNS = [
    "=",
    "==",
    "!=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "=~",
    "!~",
    "+",
    "-",
    "*",
    "/",
    ">>",
    "<<",
    "~",
    "!",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ".",
    ";",
]
RELOPS = (">>", ">", "<<", "<", "~", "THEN")


def nodes_of(root: Any) -> Iterator[Any]:
    """Every dataclass in a value of dataclasses."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += node
        elif dataclasses.is_dataclass(node):
            yield node
            waiting += [getattr(node, field.name) for field in dataclasses.fields(node)]


TOKENS = [tokenize(golden.text) for golden in GOLDEN]
TREES = [node for golden in GOLDEN for node in nodes_of(parse(golden.text))]
MEANINGS = [
    node
    for golden in GOLDEN
    for query in [resolve(golden.text, params=golden.params, now_ms=NOW_MS, zone="UTC")]
    for node in nodes_of((query.where, query.order))
]


def classes(module: Any) -> set[type]:
    return {kind for _, kind in inspect.getmembers(module, inspect.isclass) if dataclasses.is_dataclass(kind)}


def test_every_word_and_every_sign() -> None:
    kinds = {kind for tokens in TOKENS for kind in tokens.kinds}
    assert {*KEYWORDS, *SIGNS, "name", "quoted", "string", "text", "number", "param"} - kinds == set()


def test_every_kind_of_node_in_the_tree() -> None:
    assert classes(syntax) - {syntax.Node} - {type(node) for node in TREES} == set()


def test_every_kind_of_node_in_the_meaning() -> None:
    unsaid = {algebra.Query, algebra.Column, algebra.Conjunct}
    assert classes(algebra) - unsaid - {type(node) for node in MEANINGS} == set()


def test_every_way_that_spans_stand_to_each_other() -> None:
    used = {f"{'!' * node.negated}{node.op}" for node in TREES if isinstance(node, syntax.Link)}
    assert used == {f"{negated}{op}" for op in RELOPS for negated in ("", "!")}


def test_every_relation_as_a_block_and_as_a_prefix() -> None:
    assert {node.name for node in TREES if isinstance(node, syntax.Relation)} == set(RELATED)
    related = {node.relation for node in MEANINGS if isinstance(node, algebra.Related)}
    assert set(get_args(algebra.Relation)) - related == {"following"}, "which THEN does not need"


def test_every_function_and_every_aggregate() -> None:
    called = {name.lower() for golden in GOLDEN for name in re.findall(r"(\w+)\(", golden.text)}
    assert set(FUNCTIONS) - called == set()
    assert {node.fold for node in MEANINGS if isinstance(node, algebra.Aggregate)} == set(get_args(algebra.Fold))


def test_every_text_operator_and_its_opposite() -> None:
    used = {(node.op, node.negated) for node in TREES if isinstance(node, syntax.Matches)}
    assert used == {(op, negated) for op in get_args(algebra.TextOp) for negated in (False, True)}


def test_every_other_comparison_and_its_opposite() -> None:
    for kind in (syntax.In, syntax.Between, syntax.Is, syntax.Distinct):
        assert {node.negated for node in TREES if isinstance(node, kind)} == {False, True}
    assert {(node.what, node.negated) for node in TREES if isinstance(node, syntax.Is)} == {
        (what, negated) for what in (None, True, False) for negated in (False, True)
    }
    assert {node.op for node in MEANINGS if isinstance(node, algebra.Compare)} == {"=", "!=", "<", "<=", ">", ">="}
    assert {node.mode for node in MEANINGS if isinstance(node, algebra.Compare)} == set(algebra.Mode)
    assert {node.op for node in MEANINGS if isinstance(node, algebra.Arith)} == set("+-*/")


def test_every_unit() -> None:
    pairs = [pair for tokens in TOKENS for pair in zip(tokens.kinds, tokens.values, strict=True)]
    numbers = {value for kind, value in pairs if kind == "number"}
    used = {unit for number in numbers for unit in re.findall(r"[0-9]([^\W\d]+|%)", number)}
    assert set(UNITS) - used == set()


def test_every_field_by_every_of_its_names() -> None:
    used = {node for node in MEANINGS if isinstance(node, algebra.Field)}
    assert {field for table in FIELDS.values() for field in table.values()} - used == set()
    words = {tokens.values[at] for tokens in TOKENS for at, kind in enumerate(tokens.kinds) if kind == "name"}
    assert {word for table in FIELDS.values() for word in table} - words == set()
    assert PREFIXES - words == set()


def test_every_parameter() -> None:
    assert {node.name for node in TREES if isinstance(node, syntax.Param)} == set(PARAMETERS)
