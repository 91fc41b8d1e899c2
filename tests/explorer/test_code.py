"""``ex.code()`` reproduces the screen: its lines are executed, and what they make is what there was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from spanglass.explorer import Explorer, explore
from spanglass.filters import FilterError
from spanglass.frames import search_traces
from spanglass.store import Store

from .conftest import FILES, Browser

Opened = Callable[..., Explorer]

COLUMNS = [
    "session_id",
    {"path": "ChatOpenAI.type", "pick": "last", "name": 'it\'s "last"'},
    {"path": "ChatOpenAI.duration", "pick": "max"},
]
SCREENS: list[dict[str, Any]] = [
    {},
    {"filter": "status = 'OK' ORDER BY duration DESC", "columns": COLUMNS},
    {"filter": "{ type = 'LLM' } ORDER BY span.duration DESC", "columns": COLUMNS, "rows": "spans"},
    {"columns": COLUMNS, "view": {"order": ["name", "x", "duration", "y", "time"], "pinned": ["name"]}},
    {"rows": "spans", "columns": COLUMNS[:1], "view": {"order": ["x", "status"], "widths": {"x": 90}}, "height": 321},
    {"filter": "name LIKE '%\\\\%' OR name <> 'a''b' -- \"so\"", "where": "tests.explorer.checks.has_spans"},
]


def executed(code: str, **names: Any) -> Explorer:
    """What the last line of the code gives, after the lines before it."""
    head, last = code.rsplit("\n", 1)
    exec(head, names)
    return eval(last, names)


def check_same(again: Explorer, first: Explorer) -> None:
    for trait in ("filter", "columns", "screen", "height", "predicates"):
        assert getattr(again, trait) == getattr(first, trait)
    assert again.view == first.view
    assert len(first.df()) > 0
    pd.testing.assert_frame_equal(again.df(), first.df())


@pytest.mark.parametrize("screen", SCREENS)
def test_of_a_store(opened: Opened, full_store: Store, screen: dict[str, Any]) -> None:
    first = opened(full_store.path, **screen)
    check_same(executed(first.code()), first)


@pytest.mark.parametrize(
    ("screen", "named"),
    [
        ({"filter": "timestamp >= '1970-01-01'"}, "tz='Asia/Tokyo'"),
        ({"filter": "NOT timestamp = 'today' ORDER BY name"}, "tz='Asia/Tokyo'"),
        ({"filter": "{ start_time > '1970-01-01 12:00' }", "rows": "spans", "tz": "+05:30"}, "tz='+05:30'"),
        ({"filter": "status = 'OK'", "tz": "Europe/Berlin"}, "tz='Europe/Berlin'"),
        ({"filter": "timestamp > '1970-01-01T00:00Z' AND timestamp > 5"}, None),
    ],
)
def test_a_zone_is_named_where_dates_need_one(
    opened: Opened, full_store: Store, monkeypatch: pytest.MonkeyPatch, screen: dict[str, Any], named: str | None
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    first = opened(full_store.path, **screen)
    code, meant = first.code(), first._opened().meaning(first.filter, first.rows)
    assert (named in code) if named else ("tz=" not in code)
    monkeypatch.setenv("TZ", "America/New_York")  # the code is run elsewhere
    again = executed(code)
    now = again._opened().meaning(again.filter, again.rows)
    assert "today" in again.filter or now.where == meant.where
    assert now.zone == meant.zone or named is None


def test_what_is_brushed_is_written_in_the_zone_of_the_filter(opened: Opened, full_store: Store) -> None:
    explorer = opened(full_store.path, tz="Asia/Tokyo")
    brushed = {"filter": "", "from_ms": 0, "to_ms": 3_600_000, "step_ms": 60_000}
    text = Browser(explorer).call("brush", **brushed)["filter"]
    assert text == "timestamp BETWEEN '1970-01-01 09:00' AND '1970-01-01 10:00'"
    histogram = Browser(explorer).call("histogram", filter=text, bars=4)
    assert (histogram["from_ms"], histogram["to_ms"]) == (0, 3_600_000)


def test_an_unknown_zone_is_refused(full_store: Store) -> None:
    with pytest.raises(FilterError, match="no such time zone"):
        explore(full_store, tz="Middle/Earth")


def test_after_it_was_used(opened: Opened, full_store: Store) -> None:
    first = opened(full_store.path)
    browser = Browser(first)
    columns = [*COLUMNS]
    browser.write(columns=columns, screen={"rows": "spans", "panes": [50, 30, 20], "order": ["duration", "a", "name"]})
    text = "{ type = 'LLM' } ORDER BY span.start_time"
    browser.call("page", filter=text, rows="spans", columns=columns, commit=True)
    assert first.filter == text
    check_same(executed(first.code()), first)


def test_of_a_file_by_its_path(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FILES)
    first = opened("openai-openinference.otlp.json", columns=COLUMNS)
    assert "sg.explore('openai-openinference.otlp.json', " in first.code()
    check_same(executed(first.code()), first)


@pytest.mark.parametrize("kind", ["frame", "list"])
def test_of_traces_in_memory_by_a_name(opened: Opened, full_store: Store, kind: str) -> None:
    frame = search_traces(store=full_store, experiment_ids="all")
    traces = frame if kind == "frame" else explore(full_store).traces("all")
    first = opened(traces, filter="status = 'OK'", columns=COLUMNS)
    assert "sg.explore(traces, " in first.code()
    again = executed(first.code(), traces=traces)
    check_same(again, first)
    pd.testing.assert_frame_equal(first.df(), opened(full_store, filter="status = 'OK'", columns=COLUMNS).df())
    again.close()


def test_a_function_without_an_importable_name_is_refused(opened: Opened, full_store: Store) -> None:
    explorer = opened(full_store, where=lambda trace: True)
    with pytest.raises(ValueError, match="import"):
        explorer.code()
    explorer.where(None)
    check_same(executed(opened(full_store.path).code()), explorer)


def test_traces_given_where_the_folder_is_another(opened: Opened, full_store: Store, tmp_path: Path) -> None:
    """A path outside of the working directory is written whole."""
    first = opened(full_store.path)
    assert repr(str(full_store.path)) in first.code()
