"""Building predicates: two-valued logic folds without a remainder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from spanglass.filters.algebra import (
    Aggregate,
    Always,
    And,
    Arith,
    Assessed,
    Call,
    Const,
    Exists,
    Field,
    IsMissing,
    Key,
    Not,
    Of,
    Or,
    Path,
    Predicate,
    Related,
    Value,
)

TRUE, FALSE = Always(True), Always(False)


def conjunction(items: Iterable[Predicate]) -> Predicate:
    """All of them, nested ANDs taken apart.

    >>> conjunction([TRUE, FALSE])
    Always(value=False)
    """
    flat: list[Predicate] = []
    for item in items:
        if isinstance(item, Always):
            if not item.value:
                return FALSE
        elif isinstance(item, And):
            flat.extend(item.items)
        else:
            flat.append(item)
    return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else TRUE


def disjunction(items: Iterable[Predicate]) -> Predicate:
    """At least one of them, nested ORs taken apart."""
    flat: list[Predicate] = []
    for item in items:
        if isinstance(item, Always):
            if item.value:
                return TRUE
        elif isinstance(item, Or):
            flat.extend(item.items)
        else:
            flat.append(item)
    return Or(tuple(flat)) if len(flat) > 1 else flat[0] if flat else FALSE


def negation(item: Predicate) -> Predicate:
    """The opposite."""
    if isinstance(item, Always):
        return Always(not item.value)
    return item.item if isinstance(item, Not) else Not(item)


def exists(things: Related) -> Predicate:
    """There is such a thing."""
    where = things.where
    return FALSE if isinstance(where, Always) and not where.value else Exists(things)


def missing(value: Value) -> Predicate:
    """There is no value."""
    if isinstance(value, Const):
        return Always(value.value is None)
    if isinstance(value, Of):
        return negation(holds(value, (), lambda inner: negation(missing(inner))))
    return IsMissing(value)


def holds(value: Value, others: Sequence[Value], build: Callable[[Value], Predicate]) -> Predicate:
    """The predicate that ``build`` makes of a value, said of the things that the value belongs to.

    "Some value of such a span is so" is "there is such a span whose value is so": the second form needs no
    several-valued comparison and can use an index. It is the same only if the ``others`` that ``build``
    brings in do not depend on the place where they stand.
    """
    of = _only_of(value)
    if of is None or not all(map(_anywhere, others)) or (value is not of and not _anywhere(_with(value, of, _NONE))):
        return build(value)
    inner = build(_with(value, of, of.value))
    return exists(Related(of.things.relation, conjunction((of.things.where, inner))))


_NONE = Const(None)


def _only_of(value: Value) -> Of | None:
    """The one Of in a value, if there is exactly one and without its elements there is no value."""
    if isinstance(value, Of):
        return value
    if isinstance(value, Arith):
        parts: tuple[Value, ...] = (value.left, value.right)
    elif isinstance(value, Call) and value.name != "coalesce":
        parts = value.args
    else:
        return None
    found = [of for of in map(_only_of, parts) if of is not None]
    return found[0] if len(found) == 1 else None


def _with(value: Value, of: Of, new: Value) -> Value:
    if value is of:
        return new
    if isinstance(value, Arith):
        return Arith(value.op, _with(value.left, of, new), _with(value.right, of, new))
    if isinstance(value, Call):
        return Call(value.name, tuple([_with(arg, of, new) for arg in value.args]))
    return value


def _anywhere(value: Value) -> bool:
    """Whether a value means the same from a trace, from its spans and from what belongs to them."""
    if isinstance(value, (Const, Key, Assessed)):
        return True
    if isinstance(value, Field):
        return value.subject == "trace"
    if isinstance(value, Path):
        return value.base.subject == "trace"
    if isinstance(value, (Of, Aggregate)):
        return value.things.relation in ("spans", "root")
    parts = (value.left, value.right) if isinstance(value, Arith) else value.args
    return all(map(_anywhere, parts))
