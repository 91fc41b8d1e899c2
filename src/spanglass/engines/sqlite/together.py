"""Many needles that are looked for in the same texts: they are looked for together, and the texts read once.

One by one each needle is a subquery with tables of its own. SQLite's time for opening a table grows with the number
of those that are open, so that of a thousand needles takes a million steps for each trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from spanglass.engines.folding import fold
from spanglass.engines.sqlite import values
from spanglass.engines.sqlite.context import Context
from spanglass.filters.algebra import Const, Match, Not, Predicate, Value
from spanglass.store.json_text import clean

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter

_MANY = 16
"""Fewer are asked one by one: the index or a look at the raw JSON may answer them without reading any text."""


@dataclass(slots=True)
class Needles:
    """What is looked for in one value; ``negated`` says that each is to be in none of its texts."""

    value: Value
    folded: bool
    negated: bool
    nodes: list[Match] = field(default_factory=list)

    @property
    def wanted(self) -> list[str]:
        """The needles themselves."""
        return [str(node.pattern.value) for node in self.nodes if isinstance(node.pattern, Const)]


def found(emitter: Emitter, needles: Needles, context: Context, every: bool) -> str:
    """Whether every one of the needles is in some text of a value, or some one is."""
    texts = values.texts(emitter, needles.value, context)
    wanted = [clean(fold(one) if needles.folded else one) for one in needles.wanted]
    listed = emitter.bind(orjson.dumps(wanted).decode())
    test = f"{'sg_every' if every else 'sg_some'}({texts.cell.sql}, {listed}, {int(needles.folded)})"
    if texts.tables:
        return f"EXISTS (SELECT 1 FROM {', '.join(texts.tables)} WHERE {' AND '.join([*texts.on, test])})"
    return test


def gathered(items: Sequence[Predicate]) -> tuple[list[Needles], Sequence[Predicate]]:
    """The conditions of an AND or OR that look for many needles in the same texts, and the other ones."""
    if len(items) < _MANY:
        return [], items
    groups: dict[tuple[Value, str, bool], Needles] = {}
    others: list[Predicate] = []
    for item in items:
        node = item.item if isinstance(item, Not) else item
        if (
            isinstance(node, Match)
            and node.op in ("contains", "icontains")
            and node.value in (values.TRACE_TEXT, values.SPAN_TEXT)
            and not node.negated
            and isinstance(node.pattern, Const)
            and isinstance(node.pattern.value, str)
        ):
            key = node.value, node.op, node is not item
            groups.setdefault(key, Needles(node.value, node.op == "icontains", node is not item)).nodes.append(node)
        else:
            others.append(item)
    many = [group for group in groups.values() if len(group.nodes) >= _MANY]
    if not many:
        return [], items
    for group in groups.values():
        if group not in many:
            others += [Not(node) if group.negated else node for node in group.nodes]
    return many, others
