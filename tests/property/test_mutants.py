"""The comparison with the plain reading can tell a wrong engine: each of these small mistakes in it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from spanglass.engines.sqlite import (
    SqliteEngine,
    calculations,
    cells,
    comparisons,
    emitter,
    listings,
    orders,
    relations,
    text,
    values,
)
from spanglass.filters.algebra import Query, Wild
from tests.oracle.evaluate import ordered
from tests.property.chance import seeded
from tests.property.running import Difference, Rows, Tally, compare, queries, random_filters, stored
from tests.property.stores import Source

STORES = 100
CHOSEN = 3

Patch = pytest.MonkeyPatch
Asked = tuple[SqliteEngine, Query, Rows]
MISTAKES: list[Callable[[Patch], None]] = []


def mistake(patch: Callable[[Patch], None]) -> Callable[[Patch], None]:
    MISTAKES.append(patch)
    return patch


def around(patch: Patch, module: Any, name: str, changed: Callable[..., Any]) -> None:
    """Put ``changed(original, …)`` in the place of a function."""
    original = getattr(module, name)
    patch.setattr(module, name, lambda *args, **named: changed(original, *args, **named))


# ---------------------------------------------------------------- comparisons


@mistake
def greater_or_equal_for_greater(patch: Patch) -> None:
    around(patch, comparisons, "compare", lambda f, e, op, *rest: f(e, ">=" if op == ">" else op, *rest))


@mistake
def a_range_without_its_upper_end(patch: Patch) -> None:
    around(
        patch,
        comparisons,
        "between",
        lambda f, *args, include_high, negated: f(*args, include_high=False, negated=negated),
    )


@mistake
def missing_is_in_no_list(patch: Patch) -> None:
    def changed(f: Callable[..., str], *args: Any, negated: bool) -> str:
        return f"({f(*args, negated=False)}) IS NOT TRUE" if negated else f(*args, negated=False)

    around(patch, comparisons, "is_in", changed)


@mistake
def milliseconds_as_microseconds(patch: Patch) -> None:
    around(patch, comparisons, "in_nanoseconds", lambda f, value: f(value) // 1000)


@mistake
def a_boolean_is_a_number(patch: Patch) -> None:
    original = cells.number
    patch.setattr(cells, "number", lambda cell: cell.sql if cell.kind == "json" else original(cell))


@mistake
def a_text_of_json_is_only_a_text(patch: Patch) -> None:
    patch.setattr(comparisons, "_may_be_container", lambda cell: False)


# ---------------------------------------------------------------- truth


@mistake
def null_below_not(patch: Patch) -> None:
    around(
        patch, emitter.Emitter, "_leaf", lambda f, e, value, c, test, strict, raw=None: f(e, value, c, test, False, raw)
    )


@mistake
def operators_without_their_parentheses(patch: Patch) -> None:
    patch.setattr(emitter, "_joined", lambda operator, parts: f" {operator} ".join(parts))


# ---------------------------------------------------------------- structure


@mistake
def ancestors_for_descendants(patch: Patch) -> None:
    patch.setitem(relations.RELATIVES, "descendant", relations.RELATIVES["ancestor"])


@mistake
def a_subtree_without_its_end(patch: Patch) -> None:
    patch.setitem(relations.RELATIVES, "descendant", ("{y}.no > {x}.no",))


@mistake
def a_grandchild_is_a_child(patch: Patch) -> None:
    patch.setitem(relations.RELATIVES, "child", relations.RELATIVES["descendant"])


@mistake
def a_span_among_its_siblings(patch: Patch) -> None:
    patch.setitem(relations.RELATIVES, "sibling", ("{y}.parent_no = {x}.parent_no",))


@mistake
def what_ends_when_this_starts_is_not_before_it(patch: Patch) -> None:
    patch.setitem(relations.RELATIVES, "preceding", ("{y}.end_ns < {x}.start_ns", "{y}.no <> {x}.no"))


@mistake
def a_span_without_length_precedes_itself(patch: Patch) -> None:
    patch.setitem(relations.RELATIVES, "preceding", ("{y}.end_ns <= {x}.start_ns",))


# ---------------------------------------------------------------- texts


@mistake
def like_without_its_escape(patch: Patch) -> None:
    around(patch, text, "glob", lambda f, pattern, escape=None: f(pattern, None))


@mistake
def only_letters_of_ascii_fold(patch: Patch) -> None:
    patch.setattr(text, "fold", lambda value: "".join(c.lower() if c.isascii() else c for c in value))


@mistake
def a_needle_is_looked_for_in_raw_json(patch: Patch) -> None:
    patch.setattr(text, "like_pattern", lambda wanted: f"%{wanted}%")


# ---------------------------------------------------------------- values


@mistake
def the_first_for_any_element(patch: Patch) -> None:
    around(
        patch, values, "_segments", lambda f, steps: f(tuple(0 if isinstance(step, Wild) else step for step in steps))
    )


@mistake
def the_nested_path_before_the_flat_key(patch: Patch) -> None:
    around(patch, values, "_place", lambda f, e, start, steps, flat=None: f(e, start, steps))


@mistake
def overridden_assessments_count(patch: Patch) -> None:
    def changed(f: Callable[..., Any], *args: Any) -> Any:
        found = f(*args)
        return replace(found, on=tuple(test for test in found.on if not test.endswith("valid = 1")))

    around(patch, values, "_assessed", changed)


@mistake
def assessments_of_a_session_reach_no_trace(patch: Patch) -> None:
    patch.setattr(values, "of_trace", lambda alias, context: f"{alias}.rid = {context.rid}")


@mistake
def the_median_as_the_maximum(patch: Patch) -> None:
    def changed(f: Callable[..., Any], e: Any, node: Any, context: Any) -> Any:
        return f(e, replace(node, fold="max") if node.fold == "p50" else node, context)

    around(patch, calculations, "aggregate", changed)


@mistake
def division_of_whole_numbers_is_whole(patch: Patch) -> None:
    def changed(f: Callable[..., Any], *args: Any) -> Any:
        found = f(*args)
        return replace(found, cell=replace(found.cell, sql=found.cell.sql.replace("1.0 * ", "")))

    around(patch, calculations, "arithmetic", changed)


# ---------------------------------------------------------------- order, and ways of asking


@mistake
def booleans_before_texts(patch: Patch) -> None:
    around(patch, orders, "sort_key", lambda f, cell: f(cell).replace("x'00'", "0").replace("x'01'", "1"))


@mistake
def the_missing_first_when_descending(patch: Patch) -> None:
    around(patch, orders, "_sort_key", lambda f, e, order, c: f(e, replace(order, nulls_first=order.descending), c))


@mistake
def a_posting_answers_for_every_span(patch: Patch) -> None:
    around(
        patch,
        emitter.Emitter,
        "_leaf",
        lambda f, e, value, c, test, strict, raw=None: (
            "1" if listings.attribute_key(value) and not strict else f(e, value, c, test, strict, raw)
        ),
    )


@pytest.fixture(scope="module")
def asked() -> Iterator[list[Asked]]:
    """Queries of random filters, each with the engine to ask and the rows to be found."""
    with ExitStack() as open_stores:
        found = []
        tally = Tally()
        for number in range(STORES):
            batch = Source(seeded(CHOSEN, "store", number)).batch()
            engine, traces = open_stores.enter_context(stored(batch))
            for one in random_filters(CHOSEN, number, traces, tally):
                found += [(engine, query, ordered(query, traces)) for query in queries(one)]
        yield found


def compare_all(asked: list[Asked]) -> None:
    for engine, query, expected in asked:
        compare(engine, query, expected)


def test_without_a_mistake_nothing_differs(asked: list[Asked]) -> None:
    compare_all(asked)


def test_there_are_at_least_ten_mistakes() -> None:
    """Each is looked for below; one that is not found fails there."""
    assert len({mistake.__name__ for mistake in MISTAKES}) == len(MISTAKES) >= 10


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_found(mistake: Callable[[Patch], None], asked: list[Asked], monkeypatch: Patch) -> None:
    mistake(monkeypatch)
    with pytest.raises(Difference):
        compare_all(asked)
