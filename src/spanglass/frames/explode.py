"""``explode``: a row for each span that a trace has, or for each document, message or other item within one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanglass.engines.base import Engine, RowId
from spanglass.filters import FilterError, resolve_column
from spanglass.filters.algebra import Always, Column, Field, Of, Path, Related, Step, Value, Wild

_ANY_SPAN = Related("spans", Always(True))


@dataclass(frozen=True, slots=True)
class Explosion:
    """What gets a row each: the spans that are ``things``, or the items at ``items`` within each of them."""

    things: Related
    items: Path | None = None


def as_explosion(explode: str | None) -> Explosion | None:
    """What ``explode`` asks for.

    Raises
    ------
    FilterError
        It is neither spans nor a field.
    ValueError
        It is a field, and no path to the items of a list in a span.

    >>> as_explosion("{type='RETRIEVER'}.outputs[*]").items.steps
    (<Wild.ANY: '*'>,)
    """
    if explode is None:
        return None
    if not isinstance(explode, str):
        raise TypeError(f"explode must be a text, not {explode!r:.60}.")
    try:
        spans = _of_spans(resolve_column(f"{explode}.id").value)
    except FilterError:
        spans = None
    if spans is not None and isinstance(spans.value, Field) and spans.value.name == "id":
        return Explosion(spans.things)
    items = _of_spans(resolve_column(explode).value)
    if items is not None and isinstance(items.value, Path) and items.value.steps[-1:] == (Wild.ANY,):
        return Explosion(items.things, items.value)
    raise ValueError(
        f'explode={explode!r:.60} is neither spans ("span", a span\'s name, "{{type=\'TOOL\'}}") nor a path to the'
        " items of a list in a span (\"{type='RETRIEVER'}.outputs[*]\")."
    )


def exploded(
    engine: Engine, ids: Sequence[RowId], explosion: Explosion, columns: Sequence[Column]
) -> tuple[list[int], list[str], list[list[Any]]]:
    """The rows that these traces make: whose each is, by its place in ``ids``, its span, and each column's values.

    A column that begins with what is exploded is read from the row's own span or item, any other one as usual.
    """
    id_column = Column("", Of(explosion.things, resolve_column("span.id").value), "all")
    (spans,) = engine.columns(ids, [id_column])
    owners = [place for place, found in enumerate(spans) for _ in found or ()]
    span_ids = [span for found in spans for span in found or ()]
    rows: list[RowId] = [(*ids[owner], span) for owner, span in zip(owners, span_ids, strict=True)]
    own = [_within(column, explosion.things) for column in columns]
    if explosion.items is None:
        return owners, span_ids, list(engine.columns(rows, own)) if columns else []

    rests = [_rest(column.value, explosion.items) for column in own]
    usual = [column for column, rest in zip(own, rests, strict=True) if rest is None]
    items, *others = engine.columns(rows, [Column("", explosion.items, "all"), *usual])
    places = [place for place, found in enumerate(items) for _ in found or ()]
    flat = [item for found in items for item in found or ()]
    left = iter(others)
    values: list[list[Any]] = []
    for column, rest in zip(own, rests, strict=True):
        if rest is None:
            given = next(left)
            values.append([given[place] for place in places])
        else:
            values.append([_picked(_walk(item, rest), column.pick) for item in flat])
    return [owners[place] for place in places], [span_ids[place] for place in places], values


def _of_spans(value: Value) -> Of | None:
    """A value of spans, the bare ``span.…`` being that of any."""
    if isinstance(value, Of):
        return value if value.things.relation == "spans" else None
    subject = value.base.subject if isinstance(value, Path) else value.subject if isinstance(value, Field) else None
    return Of(_ANY_SPAN, value) if subject == "span" else None


def _within(column: Column, things: Related) -> Column:
    """A column of these spans as one of the row's own span."""
    value = column.value
    return replace(column, value=value.value) if isinstance(value, Of) and value.things == things else column


def _rest(value: Value, items: Path) -> tuple[Step, ...] | None:
    """The steps that lead on from an item, if the value is in one."""
    size = len(items.steps)
    if isinstance(value, Path) and value.base == items.base and value.steps[:size] == items.steps:
        return value.steps[size:]
    return None


def _walk(item: Any, steps: Sequence[Step]) -> list[Any]:
    """What stands at these steps in a value: several where a step is any element, none where nothing does."""
    found = [item]
    for step in steps:
        if isinstance(step, Wild):
            found = [inner for value in found if isinstance(value, list) for inner in value]
        elif isinstance(step, str):
            found = [value[step] for value in found if isinstance(value, dict) and step in value]
        else:
            found = [value[step] for value in found if isinstance(value, list) and -len(value) <= step < len(value)]
    return [value for value in found if value is not None]


def _picked(found: list[Any], pick: str) -> Any:
    if pick == "all":
        return found
    if not found:
        return None
    if pick in ("max", "min"):
        return (max if pick == "max" else min)(found, key=lambda value: (isinstance(value, str), value))
    return found[-1 if pick == "last" else 0]
