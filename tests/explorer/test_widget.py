"""The explorer as Python sees it: filter, columns, selection, frames; and as the browser writes to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanglass import limits
from spanglass.explorer import Explorer, assets, explore
from spanglass.filters import FilterError
from spanglass.frames import search_traces
from spanglass.store import Store

from .conftest import PATIENCE, SLOW, Browser

LLM = "{ type = 'LLM' }"


def some_ids(explorer: Explorer, count: int) -> list[str]:
    return list(explorer.df().index[:count])


# ---------------------------------------------------------------- filter


def test_a_good_filter_is_set_and_told_to_the_browser(explorer: Explorer) -> None:
    explorer.filter = LLM
    assert explorer.filter == LLM
    assert {"filter": LLM} in explorer.comm.updates


def test_a_bad_filter_raises_and_leaves_the_last_good_one(explorer: Explorer) -> None:
    explorer.filter = LLM
    with pytest.raises(FilterError, match="latncy"):
        explorer.filter = "latncy > 2"
    with pytest.raises(TypeError, match="must be a text"):
        explorer.filter = 7
    with pytest.raises(FilterError), explorer.hold_trait_notifications():
        explorer.filter = "status ="
    assert explorer.filter == LLM


BY_SPAN = LLM + " ORDER BY span.duration DESC"


def test_rows_that_are_spans_are_ordered_by_what_only_a_span_has(explorer: Explorer, browser: Browser) -> None:
    with pytest.raises(FilterError, match="which one"):
        explorer.filter = BY_SPAN
    explorer.screen = {"rows": "spans"}
    explorer.filter = BY_SPAN
    durations = explorer.df()["duration"]
    assert len(durations) > 1
    assert list(durations) == sorted(durations, reverse=True)
    asked = {"filter": BY_SPAN, "rows": "spans"}
    assert browser.call("check", **asked)["diagnostics"] == []
    assert browser.call("histogram", filter=BY_SPAN, bars=10)["count"]


def test_a_view_of_ordered_spans_is_opened_again(explorer: Explorer) -> None:
    store = explorer._source.store
    again = explore(store, filter=BY_SPAN, rows="spans")
    assert (again.filter, again.rows) == (BY_SPAN, "spans")
    assert explore(store, view=again.view).view == again.view


@pytest.mark.parametrize("trait", ["filter", "columns", "selection", "active", "screen", "height"])
def test_none_is_refused_like_any_other_value_of_a_wrong_kind(explorer: Explorer, trait: str) -> None:
    before = getattr(explorer, trait)
    with pytest.raises((TypeError, ValueError), match=trait):
        setattr(explorer, trait, None)
    assert getattr(explorer, trait) == before


def test_a_committed_filter_is_set_before_its_query_is_answered(explorer: Explorer, browser: Browser) -> None:
    """A cell that is run right after Enter must see it."""
    browser.start("page", filter=LLM, rows="traces", columns=[], commit=True)
    assert explorer.filter == LLM
    content, body = browser.reply()
    assert content["ok"]
    assert body["filter"] == LLM


def test_a_page_that_is_not_committed_leaves_the_filter(explorer: Explorer, browser: Browser) -> None:
    browser.call("page", filter=LLM, rows="traces", columns=[])
    assert explorer.filter == ""


def test_a_committed_bad_filter_is_an_error_and_leaves_the_filter(explorer: Explorer, browser: Browser) -> None:
    error = browser.error("page", filter="status =", rows="traces", columns=[], commit=True)
    assert (error["kind"], explorer.filter) == ("filter", "")
    assert error["diagnostics"]


def test_observers_see_a_filter_that_the_browser_committed(explorer: Explorer, browser: Browser) -> None:
    seen: list[str] = []
    explorer.observe(lambda change: seen.append(change["new"]), "filter")
    browser.call("page", filter=LLM, rows="traces", columns=[], commit=True)
    assert seen == [LLM]


def test_a_bad_filter_for_explore_raises(opened: Callable[..., Explorer]) -> None:
    with pytest.raises(FilterError):
        opened(filter="latncy > 2")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"columns": "tokens"}, "columns is a list of fields, not 'tokens'"),
        ({"columns": 5}, "columns is a list of fields, not 5"),
        ({"view": 5}, "view is a dict as ex.view gives it, not 5"),
        ({"view": {"sort": "name"}}, "a view has no 'sort'; it has filter, columns, rows"),
        ({"key": 5}, "key is a text, not 5"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_named(full_store: Store, given: dict[str, Any], said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        explore(full_store, **given)


# ---------------------------------------------------------------- selection


def test_selected_rows_are_the_ones_that_the_browser_ticked(explorer: Explorer, browser: Browser) -> None:
    ids = some_ids(explorer, 3)
    browser.write(selection={"ids": [ids[2], ids[0]]})
    assert explorer.selected == [ids[2], ids[0]]
    assert list(explorer.df("selected").index) == [ids[2], ids[0]]
    assert [trace.trace_id for trace in explorer.traces()] == [ids[2], ids[0]]


def test_all_filtered_rows_but_some(explorer: Explorer, browser: Browser) -> None:
    explorer.filter = LLM
    found = some_ids(explorer, 100)
    everything = {"all": True, "filter": LLM, "rows": "traces", "except": [found[1]]}
    browser.write(selection=everything)
    assert explorer.selected == [found[0], *found[2:]]
    explorer.filter = ""
    assert explorer.selected == [found[0], *found[2:]]


def test_python_selects_rows_too(explorer: Explorer, browser: Browser) -> None:
    first = explorer.df().index[0]
    explorer.selected = [first]
    assert explorer.selection == {"ids": [first]}
    assert list(explorer.df("selected").index) == [first]


def test_traces_that_are_selected_stay_so_when_rows_become_spans(opened: Callable[..., Explorer]) -> None:
    explorer = opened(rows="spans", filter=LLM)
    trace_id, span_id = explorer.df().index[0]
    explorer.selected = [trace_id]
    assert [trace.trace_id for trace in explorer.traces()] == [trace_id]
    with pytest.raises(ValueError, match="traces are selected while the rows are spans"):
        explorer.df("selected")
    explorer.selected = [(trace_id, span_id)]
    assert list(explorer.df("selected").index) == [(trace_id, span_id)]


def test_spans_can_be_selected(opened: Callable[..., Explorer]) -> None:
    explorer = opened(rows="spans", filter=LLM)
    browser = Browser(explorer)
    frame = explorer.df()
    first, second = list(frame.index[:2])
    browser.write(selection={"ids": [list(second), list(first)]})
    assert explorer.selected == [second, first]
    assert list(explorer.df("selected").index) == [second, first]
    everything = {"all": True, "filter": LLM, "rows": "spans", "except": [list(first)]}
    browser.write(selection=everything)
    assert explorer.selected == list(frame.index[1:])


@pytest.mark.parametrize("ask", [lambda ex: ex.df("selected"), lambda ex: ex.traces()])
def test_nothing_selected_is_said_clearly(explorer: Explorer, ask: Callable[[Explorer], Any]) -> None:
    assert explorer.selected == []
    with pytest.raises(ValueError, match="nothing is selected"):
        ask(explorer)


def test_an_unknown_choice_of_rows_is_named(explorer: Explorer) -> None:
    with pytest.raises(ValueError, match="'ticked'"):
        explorer.df("ticked")  # type: ignore[arg-type]


def test_selected_traces_that_are_gone_are_left_out(explorer: Explorer, browser: Browser) -> None:
    (there,) = some_ids(explorer, 1)
    browser.write(selection={"ids": ["never there", there]})
    assert list(explorer.df("selected").index) == [there]


# ---------------------------------------------------------------- frames


def test_the_frame_has_the_lists_columns(explorer: Explorer) -> None:
    explorer.filter = "name = 'writer-loop'"
    explorer.columns = ["span_count", {"path": "ChatOpenAI.model", "pick": "all", "name": "models"}]
    frame = explorer.df()
    assert frame.index.name == "trace_id"
    assert list(frame.columns) == [
        "timestamp_ms", "name", "duration", "tokens", "status", "span_count", "models"
    ]  # fmt: skip
    assert list(frame.dtypes.astype(str)[["timestamp_ms", "duration", "tokens"]]) == ["Int64", "float64", "Int64"]
    row = frame.iloc[0]
    assert (row["name"], row["status"], row["span_count"]) == ("writer-loop", "OK", 13)
    assert len(row["models"]) == 3


def test_the_frame_agrees_with_search_traces(explorer: Explorer, full_store: Store) -> None:
    fields = ["root.name", "root.duration", "error_count"]
    explorer.columns = fields
    found = search_traces(experiment_ids="all", extract_fields=fields, store=full_store).set_index("request_id")
    frame = explorer.df()
    assert list(frame.index) == list(found.index)
    for name in (*fields, "timestamp_ms", "status"):
        assert frame[name].tolist() == found[name].tolist()


def test_a_frame_of_spans_has_a_row_per_span(opened: Callable[..., Explorer]) -> None:
    explorer = opened(rows="spans", filter=LLM, columns=["span.model", "trace.name"])
    frame = explorer.df()
    assert frame.index.names == ["trace_id", "span_id"]
    assert list(frame.columns) == ["start_time", "name", "duration", "tokens", "status", "span.model", "trace.name"]
    assert frame["duration"].dtype == "float64"
    assert len(frame) > frame.index.get_level_values(0).nunique()


def test_an_empty_frame_keeps_its_columns(explorer: Explorer) -> None:
    explorer.filter = "name = 'no such name'"
    explorer.columns = ["tag.env"]
    filled = [str(dtype) for dtype in explorer.df().dtypes][:5]
    assert len(explorer.df()) == 0
    assert list(explorer.df().columns)[-1] == "tag.env"
    explorer.filter = ""
    assert [str(dtype) for dtype in explorer.df().dtypes][:5] == filled


def test_columns_of_one_name_are_told_apart(explorer: Explorer) -> None:
    explorer.columns = ["status", "ChatOpenAI.model", {"path": "ChatOpenAI.model", "pick": "last"}]
    assert list(explorer.df().columns)[4:] == ["status", "ChatOpenAI.model", "ChatOpenAI.model (last)"]


def test_a_bad_column_raises_and_changes_nothing(explorer: Explorer) -> None:
    explorer.columns = ["tag.env"]
    with pytest.raises(FilterError):
        explorer.columns = ["tag.env", "no..such"]
    with pytest.raises(TypeError, match="list of fields"):
        explorer.columns = "tag.env"
    with pytest.raises(TypeError, match="a column is"):
        explorer.columns = [3]
    assert explorer.columns == ["tag.env"]


def test_evaluation_data_of_the_selected_or_else_of_all(explorer: Explorer, browser: Browser) -> None:
    assert len(explorer.to_eval(inputs="root.inputs")) == 21
    ids = some_ids(explorer, 2)
    browser.write(selection={"ids": ids})
    data = explorer.to_eval(inputs="root.inputs", outputs="root.outputs")
    assert list(data["trace_id"]) == ids
    assert {"inputs", "outputs"} <= set(data.columns)


# ---------------------------------------------------------------- what the browser writes


def test_the_browser_writes_columns_and_what_is_open(explorer: Explorer, browser: Browser) -> None:
    browser.write(columns=["tag.env"], active=["t", None], screen={"rows": "spans", "panes": [50, 25, 25]}, height=600)
    assert (explorer.columns, explorer.active, explorer.rows, explorer.height) == (
        ["tag.env"],
        ("t", None),
        "spans",
        600,
    )


def test_what_the_browser_wrote_is_not_sent_back_to_it(explorer: Explorer, browser: Browser) -> None:
    browser.write(selection={"ids": ["t"]}, columns=["tag.env"], active=["t", "s"])
    assert explorer.comm.updates == []


@pytest.mark.parametrize(
    "state",
    [
        {"filter": LLM},
        {"boot": {"error": "mine"}},
        {"_esm": "alert(1)"},
        {"_css": "* {}"},
        {"columns": ["no..such"]},
        {"columns": "tag.env"},
        {"columns": ["a"] * 1000},
        {"selection": {"ids": "t"}},
        {"selection": {"ids": ["t"] * 1001}},
        {"selection": {"ids": [["t"]]}},
        {"selection": {"all": True}},
        {"selection": None},
        {"active": "t"},
        {"screen": {"rows": "sessions"}},
        {"screen": {"panes": [1, 2]}},
        {"screen": {"widths": {"name": "wide"}}},
        {"height": -5},
        {"height": 1.5},
    ],
)
def test_what_the_browser_may_not_write_is_ignored(explorer: Explorer, browser: Browser, state: Any) -> None:
    (name,) = state
    before = getattr(explorer, name)
    browser.write(**state, active=["t", "s"]) if name != "active" else browser.write(**state)
    assert getattr(explorer, name) == before
    assert name == "active" or explorer.active == ("t", "s")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["ids", "all", "traces"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["ids", "all", "filter", "rows", "except", "panes", "x"]), inner, max_size=4
            )
        ),
        max_leaves=10,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_browser_writes_what_python_reads_is_sound(
    explorer: Explorer, browser: Browser, value: Any
) -> None:
    browser.write(selection=value, columns=value, screen=value, active=value, height=value)
    assert isinstance(explorer.selected, list)
    assert explorer.rows in ("traces", "spans")
    assert len(explorer.active) == 2
    assert isinstance(explorer.df(), pd.DataFrame)


# ---------------------------------------------------------------- messages


@pytest.mark.parametrize(
    "content", [None, 7, "page", [], {}, {"v": "view"}, {"v": "view", "id": 1, "method": "__class__", "params": {}}]
)
def test_a_malformed_message_gets_an_error_reply(explorer: Explorer, browser: Browser, content: Any) -> None:
    browser.send(content)
    reply, body = browser.reply()
    assert reply["error"]["kind"] == "method"
    assert body is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["v", "id", "method", "params"]) | st.text(max_size=3), inner, max_size=4)
        ),
        max_leaves=10,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_there_is_an_error_reply(explorer: Explorer, content: Any) -> None:
    sent: list[Any] = []
    explorer.comm.listeners[:] = [lambda data, buffers: sent.append(data["content"])]
    explorer.comm.deliver({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
    assert [reply["error"]["kind"] for reply in sent] == ["method"]


def test_a_reply_goes_to_the_view_that_asked(explorer: Explorer, browser: Browser) -> None:
    other = Browser(explorer, "other view")
    browser.start("count", filter="", rows="traces")
    other.start("count", filter=LLM, rows="traces")
    assert browser.reply()[1]["filter"] == ""
    assert other.reply()[1]["filter"] == LLM
    assert browser.replies.empty()
    assert other.replies.empty()


def test_an_error_nobody_foresaw_is_a_reply_too(explorer: Explorer, browser: Browser, tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    shut = Browser(explore_on(explorer, store))
    store.close()
    error = shut.error("count", filter="", rows="traces")
    assert error["kind"] == "internal"
    assert "closed" in error["message"]


def explore_on(explorer: Explorer, store: Store) -> Explorer:
    made = explore(store)
    made.comm = type(explorer.comm)()
    return made


# ---------------------------------------------------------------- slow queries


def test_a_running_query_is_cancelled(slow: Explorer) -> None:
    browser = Browser(slow)
    number = browser.start("page", filter=SLOW, rows="traces", columns=[])
    browser.send({"v": browser.view, "cancel": number})
    content, _ = browser.reply()
    assert (content["re"], content["error"]["kind"]) == (number, "cancelled")
    assert browser.call("count", filter="", rows="traces")["total"] == 2


def test_only_the_views_own_request_is_cancelled(slow: Explorer) -> None:
    browser, other = Browser(slow), Browser(slow, "other")
    number = browser.start("page", filter=SLOW, rows="traces", columns=[])
    other.send({"v": other.view, "cancel": number})
    assert other.call("count", filter="", rows="traces")["total"] == 2
    assert browser.replies.empty()
    browser.send({"v": browser.view, "cancel": number})
    assert browser.reply()[0]["error"]["kind"] == "cancelled"


def test_selection_filter_and_details_work_while_queries_run(slow: Explorer) -> None:
    browser = Browser(slow)
    numbers = [
        browser.start("page", filter=SLOW, rows="traces", columns=[], commit=True)
        for _ in range(limits.EXPLORER_WORKERS + 2)
    ]
    browser.write(selection={"ids": ["u", "t"]})
    assert slow.selected == ["u", "t"]
    assert slow.filter == SLOW
    assert list(slow.df("selected").index) == ["u", "t"]
    assert browser.call("trace", trace_id="u", filter="")["name"] == "other"
    for number in reversed(numbers):
        browser.send({"v": browser.view, "cancel": number})
    cancelled = {browser.reply()[0]["re"] for _ in numbers}
    assert cancelled == set(numbers)


def test_cancelling_what_nobody_asked_for_changes_nothing(browser: Browser) -> None:
    browser.send({"v": browser.view, "cancel": 999})
    assert browser.call("count", filter="", rows="traces")["total"] == 21


def test_closing_an_explorer_stops_its_queries(opened: Callable[..., Explorer], slow: Explorer) -> None:
    browser = Browser(slow)
    for _ in range(limits.EXPLORER_WORKERS + 2):
        browser.start("page", filter=SLOW, rows="traces", columns=[])
    slow.close()
    other = Browser(opened(slow._source.store))  # type: ignore[union-attr]
    assert other.call("count", filter="", rows="traces")["total"] == 2


def test_a_first_page_that_takes_long_is_left_to_the_browser(
    opened: Callable[..., Explorer], slow: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOOT_DEADLINE_S", 0.05)
    explorer = opened(slow._source.store, filter=SLOW)  # type: ignore[union-attr]
    assert (explorer.boot["page"], explorer.boot["count"], explorer.boot["error"]) == (None, None, None)


def test_cells_and_browsers_may_write_at_once(explorer: Explorer, browser: Browser) -> None:
    """With subshells the browser's messages come on a thread of their own."""
    failures: list[BaseException] = []

    def write_as_browser() -> None:
        try:
            for n in range(200):
                browser.write(selection={"ids": [f"t{n}"]}, active=[f"t{n}", None])
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=write_as_browser)
    thread.start()
    for n in range(200):
        explorer.filter = f"duration > {n}"
        with pytest.raises(FilterError):
            explorer.filter = "duration >"
    thread.join(PATIENCE)
    assert failures == []
    assert (explorer.filter, explorer.selected) == ("duration > 199", ["t199"])


# ---------------------------------------------------------------- the opening state


def test_the_first_page_and_the_count_travel_with_the_widget(opened: Callable[..., Explorer]) -> None:
    explorer = opened(filter=LLM, columns=["tag.env"])
    boot = explorer.boot
    assert (boot["wire"], boot["error"], boot["source"]) == (1, None, "traces.db")
    assert boot["page"]["filter"] == boot["count"]["filter"] == LLM
    assert len(boot["page"]["rows"]["cells"]) == 1
    assert boot["count"]["total"] == len(boot["page"]["rows"]["trace_id"])
    assert {"AND", "LIKE", "BETWEEN"} <= set(boot["keywords"])


def test_the_front_end_must_be_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, full_store: Store) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path / "nothing here")
    with pytest.raises(assets.NotBuilt, match="make build"):
        explore(full_store)
