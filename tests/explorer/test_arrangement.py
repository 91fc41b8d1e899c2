"""How the list's columns stand, and that a frame has them like that."""

from __future__ import annotations

from typing import Any

import pytest

from spanglass.explorer import Explorer, explore


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
