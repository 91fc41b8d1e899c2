"""Lookups by value: which traces have a tag, a metadata entry or an attribute of one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spanglass.engines.sqlite.comparisons import constant_number, constant_text
from spanglass.engines.sqlite.context import Context
from spanglass.engines.sqlite.functions import json_container
from spanglass.filters.algebra import And, Compare, Const, Field, In, Key, Mode, Path, Predicate
from spanglass.limits import SHORT_VALUE_CHARS

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter


def equality(node: Predicate) -> tuple[Key | Path, list[Const]] | None:
    """The key and the values wanted, if a predicate asks a tag, an entry or an attribute to equal one of them."""
    if isinstance(node, Compare) and node.op == "=" and isinstance(node.right, Const):
        if isinstance(node.left, (Key, Path)) and node.mode in (Mode.TEXT, Mode.NUMBER, Mode.BOOL):
            return node.left, [node.right]
    elif isinstance(node, In) and not node.negated and isinstance(node.value, (Key, Path)):
        return node.value, [item for item in node.items if item.value is not None]
    return None


def lookup(emitter: Emitter, node: Predicate, context: Context) -> str | None:
    """A tag or metadata entry that equals short texts, answered by postings alone: they hold every short text."""
    found = equality(node)
    if found is None:
        return None
    key, wanted = found
    if not isinstance(key, Key):
        return None
    texts = [item.value for item in wanted]
    if not texts or not all(isinstance(text, str) and len(text) <= SHORT_VALUE_CHARS for text in texts):
        return None
    if isinstance(node, Compare) and node.mode is not Mode.TEXT:
        return None
    ids = (
        f"SELECT id FROM kv WHERE scope = {emitter.bind(key.map)} AND key = {emitter.bind(key.key)} AND kind = 's' "
        f"AND value IN ({', '.join(emitter.bind(text) for text in texts)})"
    )
    return _posted(emitter, ids, context, few=emitter.choice.few_posted(key.map, key.key, wanted))


def drivers(emitter: Emitter, where: Predicate, context: Context) -> list[str]:
    """Conditions on the trace that follow from a condition on one of its spans, and are cheaper to ask.

    A posting is per trace, so the condition itself is still to be asked of the spans.
    """
    return [
        _posted(emitter, ids, context, few=context.leading or few)
        for ids, few in (_attribute_ids(emitter, item) for item in conjuncts(where))
        if ids
    ]


def conjuncts(where: Predicate) -> list[Predicate]:
    """The parts that must all hold."""
    if isinstance(where, And):
        return [part for item in where.items for part in conjuncts(item)]
    return [where]


def attribute_key(value: Key | Path) -> str | None:
    """The key under which a span attribute's values are posted."""
    if isinstance(value, Path) and isinstance(value.base, Field):
        base = value.base
        if (base.subject, base.name) == ("span", "attributes") and all(isinstance(s, str) for s in value.steps):
            return value.flat or ".".join(str(step) for step in value.steps)
    return None


def _attribute_ids(emitter: Emitter, node: Predicate) -> tuple[str, bool]:
    found = equality(node)
    key = None if found is None else attribute_key(found[0])
    if found is None or key is None or not found[1]:
        return "", False
    tests = ["kind = '+'"]  # values that were too long or too many to be posted
    for item in found[1]:
        if json_container(item.value) is not None:
            return "", False
        number = constant_number(item.value)
        text = constant_text(item.value)
        if number is not None:
            tests.append(f"num = {emitter.bind(number)}")
        if text is not None:
            tests.append(f"kind IN ('s', 'n', 'b', 'S', 'N', 'B') AND value = {emitter.bind(text)}")
    # One SELECT a test, each with its own index.
    ids = " UNION ALL ".join(
        f"SELECT id FROM kv WHERE scope = 'attribute' AND key = {emitter.bind(key)} AND {test}" for test in tests
    )
    return ids, emitter.choice.few_posted("attribute", key, found[1])


def _posted(emitter: Emitter, ids: str, context: Context, *, few: bool) -> str:
    posting = emitter.alias("k")
    found = f"FROM posting {posting} WHERE {posting}.kv_id IN ({ids})"
    if few:
        return f"{context.rid} IN (SELECT {posting}.rid {found})"
    return f"EXISTS (SELECT 1 {found} AND {posting}.rid = {context.rid})"
