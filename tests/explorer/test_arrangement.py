"""How the list's columns stand, and that a frame has them like that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spanglass.explorer import Explorer, explore
from spanglass.frames import search_traces
from spanglass.store import Store


def test_a_frame_has_the_columns_as_the_list_shows_them(explorer: Explorer) -> None:
    ids = list(explorer.df().index)
    explorer.columns = ["tag.env", {"path": "duration", "name": "name"}]
    explorer.screen = {"order": ["name", "tag.env", "tokens"], "pinned": ["name"]}
    frame = explorer.df()
    assert list(frame.columns) == ["name", "tag.env", "tokens", "name (first)"]
    assert list(frame.index) == ids


def test_extra_columns_keep_the_order_that_columns_says(explorer: Explorer) -> None:
    explorer.screen = {"order": ["name", "tag.env", "tokens"]}
    explorer.columns = ["cost", "tag.env"]
    assert list(explorer.df().columns) == ["name", "cost", "tokens", "tag.env"]
    explorer.screen = {"order": []}
    assert list(explorer.df().columns) == ["cost", "tag.env"]


def test_a_frame_without_columns_has_its_rows(explorer: Explorer) -> None:
    ids = list(explorer.df().index)
    explorer.screen = {"order": []}
    assert list(explorer.df().columns) == []
    assert list(explorer.df().index) == ids


def test_an_arrangement_goes_with_the_view(explorer: Explorer) -> None:
    explorer.screen = {"order": ["name", "duration"], "pinned": ["name"]}
    assert explorer.view["order"] == ["name", "duration"]
    again = explore(explorer._source.store, view=explorer.view)
    assert again.screen == explorer.screen
    assert "'pinned': ['name']" in explorer.code()


@pytest.mark.parametrize("screen", [{"order": "name"}, {"pinned": [1]}, {"order": {"name": 1}}])
def test_an_arrangement_is_lists_of_names(explorer: Explorer, screen: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="columns' names"):
        explorer.screen = screen


def test_a_frame_has_a_row_for_each_span_where_it_is_exploded(explorer: Explorer, full_store: Store) -> None:
    explorer.columns = ["span.name", "tag.env"]
    plain, frame = explorer.df(), explorer.df(explode="span")
    spans = {trace.trace_id: [span.name for span in trace.data.spans] for trace in explorer.traces("all")}
    assert list(frame["span.name"]) == [name for trace_id in plain.index for name in spans[trace_id]]
    assert list(frame.index.get_level_values("trace_id")) == [id for id in plain.index for _ in spans[id]]
    asked = search_traces("all", extract_fields=["span.name"], explode="span", store=full_store)
    assert sorted(asked["span.name"]) == sorted(frame["span.name"])


def test_what_is_a_row_for_each_already_is_not_exploded(opened: Callable[..., Explorer]) -> None:
    with pytest.raises(ValueError, match="give one of the two"):
        opened().df(group="name", explode="span")
    with pytest.raises(ValueError, match="each row is a span already"):
        opened(rows="spans").df(explode="span")
