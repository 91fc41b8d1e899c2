"""What the store said before is asked again as soon as it may have changed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.filters import resolve
from spanglass.store import Store

FILTERS = ["tag.env = 'new'", "{ type = 'NEW' }", "span.attributes.k = 'new'", "tag.env LIKE 'ne%'"]


def traces(*names: str) -> Batch:
    return Batch(
        [Span(name, "s", "step", span_type="NEW", attributes={"k": "new"}) for name in names],
        [TraceFacts(name, tags={"env": "new"}) for name in names],
    )


@pytest.mark.parametrize("text", FILTERS)
def test_after_a_write_by_the_same_or_another_store(text: str, tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store, Store(tmp_path / "s.db") as other:
        engine, query = SqliteEngine(store), resolve(text)
        assert engine.search(query).ids == []
        store.write(traces("a"))
        assert engine.search(query).ids == [("a",)]
        other.write(traces("b"))
        assert (engine.search(query).ids, engine.count(query)) == ([("a",), ("b",)], 2)


@pytest.mark.parametrize("text", FILTERS)
def test_after_a_transaction_that_was_undone(text: str, tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        engine, query = SqliteEngine(store), resolve(text)
        store.write(traces("a"))
        _ask_while_all_is_gone(engine, text)
        assert engine.search(query).ids == [("a",)]


def _ask_while_all_is_gone(engine: SqliteEngine, text: str) -> None:
    with suppress(ZeroDivisionError), engine.store.transaction() as connection:
        connection.execute("DELETE FROM kv")
        connection.execute("DELETE FROM symbol")
        assert engine.search(resolve(text)).ids == []
        raise ZeroDivisionError
