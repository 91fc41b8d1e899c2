"""The tree of a filter's text, as written: nothing is looked up, bound or folded yet.

Two trees are equal if they say the same in the same words, wherever the words stand: positions, spaces,
comments and the kind of quotes around a text do not count.
"""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, Literal

from spanglass.filters.algebra import Wild
from spanglass.filters.frozen import dataclass

Role = Literal["value", "condition", "either", "set"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of the tree, with the characters ``start`` to ``end`` it was read from.

    ``role`` says where it can stand: in arithmetic and comparisons, as a condition, as either, or as a set of
    spans, which is also a condition: that there is one.
    """

    role: ClassVar[Role] = "value"
    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text in quotes; as a condition it is searched for."""

    role: ClassVar[Role] = "either"
    value: str
    double: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number with or without units, as written: ``10k``, ``1h30m``."""

    text: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null(Node):
    """NULL."""


@dataclass(frozen=True, slots=True)
class Param(Node):
    """``:name``, bound when the filter is resolved."""

    name: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """One name of a field, ``quoted`` if it stood in backticks or quotes."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``[0]``, ``['key']`` or ``[*]``."""

    value: int | str | Wild


@dataclass(frozen=True, slots=True)
class Field(Node):
    """Names and indexes; after a block, of the spans that it matches. The first part is a name."""

    role: ClassVar[Role] = "either"
    parts: tuple[Name | Index, ...]
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of values or, for aggregates, of a set."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arith(Node):
    """Two values and ``+``, ``-``, ``*`` or ``/``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """A value with a minus before it."""

    value: Node


# ---------------------------------------------------------------- conditions


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two conditions or more."""

    role: ClassVar[Role] = "condition"
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Two conditions or more."""

    role: ClassVar[Role] = "condition"
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite of a condition."""

    role: ClassVar[Role] = "condition"
    item: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``op`` is one of ``= != < <= > >=``; other spellings are read as these."""

    role: ClassVar[Role] = "condition"
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value BETWEEN low AND high``."""

    role: ClassVar[Role] = "condition"
    value: Node
    low: Node
    high: Node
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value IN (…)``, or ``IN :list``: then ``items`` is that parameter alone and ``listed`` is False."""

    role: ClassVar[Role] = "condition"
    value: Node
    items: tuple[Node, ...]
    negated: bool = False
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Matches(Node):
    """A text operator by its name in the algebra: ``like``, ``rlike``, ``contains``, ``starts``, …."""

    role: ClassVar[Role] = "condition"
    op: str
    value: Node
    pattern: Node
    escape: Text | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Is(Node):
    """``value IS [NOT] NULL | TRUE | FALSE``; ``what`` is None, True or False."""

    role: ClassVar[Role] = "condition"
    value: Node
    what: bool | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Distinct(Node):
    """``left IS [NOT] DISTINCT FROM right``."""

    role: ClassVar[Role] = "condition"
    left: Node
    right: Node
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Present(Node):
    """``EXISTS field``."""

    role: ClassVar[Role] = "condition"
    field: Field


# ---------------------------------------------------------------- spans


@dataclass(frozen=True, slots=True)
class Block(Node):
    """``{ … }``: the spans for which the condition holds; every span if there is none."""

    role: ClassVar[Role] = "set"
    where: Node | None = None


@dataclass(frozen=True, slots=True)
class Link(Node):
    """The next block of a chain and how it stands to what came before: ``>> > << < ~ THEN``, maybe negated."""

    op: str
    block: Block
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """``{A} >> {B} > {C}``: the spans of the last block that stand so."""

    role: ClassVar[Role] = "set"
    first: Block
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``ANY``, ``ALL`` or ``NONE`` before a block or a chain."""

    role: ClassVar[Role] = "condition"
    quantifier: Literal["ANY", "ALL", "NONE"]
    spans: Block | Chain


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """``parent { … }``, ``event { … }``, …."""

    role: ClassVar[Role] = "set"
    name: str
    block: Block


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """``all({ … }, condition)``: the condition holds for every span of the block."""

    role: ClassVar[Role] = "condition"
    block: Block
    condition: Node


# ---------------------------------------------------------------- the whole


@dataclass(frozen=True, slots=True)
class Key(Node):
    """One entry of ORDER BY."""

    value: Node
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class Query(Node):
    """A whole filter, with the places that edits need.

    The condition with all its parentheses stands from ``where_start`` to ``where_end``, with stray ANDs to
    ``where_stop``. ORDER BY stands from ``order_start`` to ``order_end``, or would have its place there.
    """

    where: Node | None = None
    order: tuple[Key, ...] = ()
    limit: int | None = None
    where_start: int = field(default=0, compare=False, repr=False)
    where_end: int = field(default=0, compare=False, repr=False)
    where_stop: int = field(default=0, compare=False, repr=False)
    order_start: int = field(default=0, compare=False, repr=False)
    order_end: int = field(default=0, compare=False, repr=False)


def children(node: Node) -> list[Node]:
    """The nodes right below this one, in the order of the text."""
    kind = type(node)
    if kind in (Comparison, Arith, Distinct):
        return [node.left, node.right]  # type: ignore[attr-defined]
    if kind in (And, Or):
        return list(node.items)  # type: ignore[attr-defined]
    if kind in (Text, Number):
        return []
    found: list[Node] = []
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend([item for item in value if isinstance(item, Node)])
    return found


def conjuncts(node: Node) -> list[Node]:
    """The conditions that must all hold, nested ANDs taken apart, in the order of the text."""
    flat: list[Node] = []
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, And):
            waiting.extend(reversed(item.items))
        else:
            flat.append(item)
    return flat
