"""From tree to text, such that the text is read as the same tree again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spanglass.filters import syntax
from spanglass.filters.algebra import Wild

_TEXT_OPERATORS = {
    "like": "LIKE",
    "ilike": "ILIKE",
    "rlike": "RLIKE",
    "contains": "CONTAINS",
    "icontains": "ICONTAINS",
    "starts": "STARTS WITH",
    "ends": "ENDS WITH",
    "match": "MATCH",
}
_OR, _AND, _NOT, _SUM, _PRODUCT, _ATOM = range(1, 7)


def unparse(node: syntax.Node) -> str:
    """The text of a tree or of a part of it; ``parse`` reads the same tree from it.

    >>> from spanglass.filters import parse
    >>> unparse(parse("status='OK'  name like 'a%'   limit 3"))
    "status = 'OK' AND name LIKE 'a%' LIMIT 3"
    """
    return _text(node, 0)


def quoted(value: str) -> str:
    """A text in single quotes.

    >>> print(quoted("it's"))
    'it''s'
    """
    return "'" + value.replace("'", "''") + "'"


def backticked(name: str) -> str:
    """A name in backticks."""
    return "`" + name.replace("`", "``") + "`"


def _text(node: syntax.Node, floor: int) -> str:
    """The text of a node, in parentheses if it binds more loosely than its place (``floor``) wants."""
    text, power = _WRITERS[type(node)](node)
    return f"({text})" if power < floor else text


def _query(node: syntax.Query) -> tuple[str, int]:
    parts = [] if node.where is None else [_text(node.where, 0)]
    if node.order:
        parts.append("ORDER BY " + ", ".join([_text(key, 0) for key in node.order]))
    if node.limit is not None:
        parts.append(f"LIMIT {node.limit}")
    return " ".join(parts), _ATOM


def _key(node: syntax.Key) -> tuple[str, int]:
    text = _text(node.value, _SUM)
    return text + " DESC" * node.descending + " NULLS FIRST" * node.nulls_first, _ATOM


def _or(node: syntax.Or) -> tuple[str, int]:
    return " OR ".join([_text(item, _AND) for item in node.items]), _OR


def _and(node: syntax.And) -> tuple[str, int]:
    return " AND ".join([_text(item, _NOT) for item in node.items]), _AND


def _not(node: syntax.Not) -> tuple[str, int]:
    return "NOT " + _text(node.item, _NOT), _NOT


def _comparison(node: syntax.Comparison) -> tuple[str, int]:
    return f"{_text(node.left, _SUM)} {node.op} {_text(node.right, _SUM)}", _NOT


def _between(node: syntax.Between) -> tuple[str, int]:
    value, low, high = _text(node.value, _SUM), _text(node.low, _SUM), _text(node.high, _SUM)
    return f"{value} {'NOT ' * node.negated}BETWEEN {low} AND {high}", _NOT


def _in(node: syntax.In) -> tuple[str, int]:
    items = ", ".join([_text(item, _SUM) for item in node.items])
    return f"{_text(node.value, _SUM)} {'NOT ' * node.negated}IN {f'({items})' if node.listed else items}", _NOT


def _matches(node: syntax.Matches) -> tuple[str, int]:
    value, pattern = _text(node.value, _SUM), _text(node.pattern, _SUM)
    escape = "" if node.escape is None else f" ESCAPE {_text(node.escape, _ATOM)}"
    return f"{value} {'NOT ' * node.negated}{_TEXT_OPERATORS[node.op]} {pattern}{escape}", _NOT


def _is(node: syntax.Is) -> tuple[str, int]:
    what = "NULL" if node.what is None else str(node.what).upper()
    return f"{_text(node.value, _SUM)} IS {'NOT ' * node.negated}{what}", _NOT


def _distinct(node: syntax.Distinct) -> tuple[str, int]:
    left, right = _text(node.left, _SUM), _text(node.right, _SUM)
    return f"{left} IS {'NOT ' * node.negated}DISTINCT FROM {right}", _NOT


def _present(node: syntax.Present) -> tuple[str, int]:
    return "EXISTS " + _text(node.field, _ATOM), _NOT


def _block(node: syntax.Block) -> tuple[str, int]:
    return "{}" if node.where is None else f"{{ {_text(node.where, 0)} }}", _ATOM


def _chain(node: syntax.Chain) -> tuple[str, int]:
    return _text(node.first, _ATOM) + "".join([_text(link, 0) for link in node.links]), _ATOM


def _link(node: syntax.Link) -> tuple[str, int]:
    mark = "" if not node.negated else "! " if node.op == "THEN" else "!"
    return f" {mark}{node.op} {_text(node.block, _ATOM)}", _ATOM


def _quantified(node: syntax.Quantified) -> tuple[str, int]:
    return f"{node.quantifier} {_text(node.spans, _ATOM)}", _ATOM


def _relation(node: syntax.Relation) -> tuple[str, int]:
    return f"{node.name} {_text(node.block, _ATOM)}", _ATOM


def _all_of(node: syntax.AllOf) -> tuple[str, int]:
    return f"all({_text(node.block, _ATOM)}, {_text(node.condition, 0)})", _ATOM


def _literal_text(node: syntax.Text) -> tuple[str, int]:
    return quoted(node.value), _ATOM


def _number(node: syntax.Number) -> tuple[str, int]:
    return node.text, _ATOM


def _boolean(node: syntax.Boolean) -> tuple[str, int]:
    return str(node.value).upper(), _ATOM


def _null(node: syntax.Null) -> tuple[str, int]:
    return "NULL", _ATOM


def _param(node: syntax.Param) -> tuple[str, int]:
    return ":" + node.name, _ATOM


def _field(node: syntax.Field) -> tuple[str, int]:
    text = "" if node.block is None else _text(node.block, _ATOM)
    for part in node.parts:
        if isinstance(part, syntax.Index):
            text += f"[{_step(part.value)}]"
        else:
            dot = "." if text else ""
            text += dot + (backticked(part.text) if part.quoted else part.text)
    return text, _ATOM


def _step(value: int | str | Wild) -> str:
    return "*" if isinstance(value, Wild) else str(value) if isinstance(value, int) else quoted(value)


def _call(node: syntax.Call) -> tuple[str, int]:
    return f"{node.name}({', '.join([_text(arg, 0) for arg in node.args])})", _ATOM


def _arith(node: syntax.Arith) -> tuple[str, int]:
    power = _SUM if node.op in "+-" else _PRODUCT
    return f"{_text(node.left, power)} {node.op} {_text(node.right, power + 1)}", power


def _negate(node: syntax.Negate) -> tuple[str, int]:
    inner = _text(node.value, _ATOM)
    return f"-({inner})" if inner.startswith("-") else f"-{inner}", _ATOM


_WRITERS: dict[type[syntax.Node], Callable[[Any], tuple[str, int]]] = {
    syntax.Query: _query,
    syntax.Key: _key,
    syntax.Or: _or,
    syntax.And: _and,
    syntax.Not: _not,
    syntax.Comparison: _comparison,
    syntax.Between: _between,
    syntax.In: _in,
    syntax.Matches: _matches,
    syntax.Is: _is,
    syntax.Distinct: _distinct,
    syntax.Present: _present,
    syntax.Block: _block,
    syntax.Chain: _chain,
    syntax.Link: _link,
    syntax.Quantified: _quantified,
    syntax.Relation: _relation,
    syntax.AllOf: _all_of,
    syntax.Text: _literal_text,
    syntax.Number: _number,
    syntax.Boolean: _boolean,
    syntax.Null: _null,
    syntax.Param: _param,
    syntax.Field: _field,
    syntax.Call: _call,
    syntax.Arith: _arith,
    syntax.Negate: _negate,
}
