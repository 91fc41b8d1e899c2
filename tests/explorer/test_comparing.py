"""Two traces and more beside each other, as the browser and Python get them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spanglass as sg
from spanglass import limits
from spanglass.entities import Batch, Span
from spanglass.explorer import Explorer
from spanglass.explorer.difference import difference
from spanglass.store import Store

from .conftest import Browser

MS = 1_000_000


def run(trace_id: str, *spans: tuple[str, str, int, Any, Any], begins: int = 0) -> list[Span]:
    """An agent's run: its calls in a row, each (kind, name, milliseconds, inputs, outputs)."""
    begins *= 10_000 * MS
    root = Span(trace_id, f"{trace_id}-0", "agent", span_type="AGENT", start_time_ns=begins, inputs={"question": "?"})
    made, at = [root], begins
    for n, (kind, name, ms, inputs, outputs) in enumerate(spans, 1):
        made.append(
            Span(
                trace_id,
                f"{trace_id}-{n}",
                name,
                root.span_id,
                span_type=kind,
                status="ERROR" if name == "pay" else "OK",
                start_time_ns=at,
                end_time_ns=at + ms * MS,
                inputs=inputs,
                outputs=outputs,
                input_tokens=ms if kind == "LLM" else None,
                cost=ms / 1000 if kind == "LLM" else None,
                model="large" if trace_id == "b" else "small",
            )
        )
        at += ms * MS
    root.end_time_ns = at
    return made


A = run(
    "a",
    ("LLM", "chat small", 40, {"messages": [{"role": "user", "content": "What does tea cost here?"}]}, "look it up"),
    ("TOOL", "search", 10, {"query": "tea"}, {"hits": [1, 2]}),
    ("TOOL", "pay", 5, {}, None),
)
B = run(
    "b",
    ("LLM", "chat large", 90, {"messages": [{"role": "user", "content": "What does coffee cost here?"}]}, "look it up"),
    ("TOOL", "search", 10, {"query": "tea"}, {"hits": [1, 2]}),
    ("LLM", "chat large", 20, {"messages": []}, "done"),
    begins=1,
)
C = run("c", ("TOOL", "search", 30, {}, {}), ("TOOL", "search", 50, {}, {}), begins=2)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("compared") / "runs.db") as store:
        store.write(Batch([*A, *B, *C]))
        yield store


@pytest.fixture
def explorer(opened: Callable[..., Explorer], runs: Store) -> Explorer:
    return opened(runs)


def compare(browser: Browser, *ids: Any) -> Any:
    return browser.call("compare", selection={"ids": list(ids)})


def test_of_two_traces_each_span_stands_beside_the_one_that_it_is(browser: Browser) -> None:
    reply = compare(browser, "a", "b")
    assert [trace["trace_id"] for trace in reply["traces"]] == ["a", "b"]
    assert (reply["names"], reply["more"]) == (None, False)
    pairs = reply["pairs"]
    assert pairs["a"]["id"] == ["a-0", "a-1", "a-2", "a-3", None]
    assert pairs["b"]["id"] == ["b-0", "b-1", "b-2", None, "b-3"]
    assert pairs["depth"] == [0, 1, 1, 1, 1]
    # Bits: 1 inputs, 2 outputs, 4 name or kind, 8 status.
    assert pairs["change"] == [0, 1 + 4, 0, 0, 0]
    assert [pairs["names"][n] for n in pairs["b"]["name"]][:3] == ["agent", "chat large", "search"]
    assert [pairs["types"][n] for n in pairs["a"]["type"]][:4] == ["AGENT", "LLM", "TOOL", "TOOL"]
    assert pairs["a"]["status"][3] == 2
    assert (pairs["a"]["duration"], pairs["b"]["duration"][4]) == ([55, 40, 10, 5, None], 20)
    assert (pairs["a"]["tokens"][1], pairs["b"]["cost"][1]) == (40, 0.09)


def test_the_words_that_changed_are_marked(browser: Browser) -> None:
    reply = browser.call("difference", a={"trace_id": "a", "span_id": "a-1"}, b={"trace_id": "b", "span_id": "b-1"})
    assert ["model", "small", "large"] in reply["facts"]
    changed = [(sign, [text for text, new in parts if new]) for sign, parts in reply["inputs"]["lines"] if sign in "+-"]
    assert changed == [("-", ["tea"]), ("+", ["coffee"])]
    assert reply["outputs"]["same"] is True
    assert reply["outputs"]["lines"] == [[" ", [["look it up", False]]]]


def test_a_span_without_another_is_new_as_a_whole(browser: Browser) -> None:
    reply = browser.call("difference", a=None, b={"trace_id": "b", "span_id": "b-3"})
    assert {sign for sign, _ in reply["outputs"]["lines"]} == {"+"}
    assert browser.error("difference", a=None, b={"trace_id": "b", "span_id": "gone"})["kind"] == "gone"
    assert browser.error("difference", a={"trace_id": "a"}, b=None)["kind"] == "method"


def test_of_more_traces_there_is_a_table_of_names(browser: Browser) -> None:
    reply = compare(browser, "a", "b", ["c", "c-1"])
    assert reply["pairs"] is None
    names = reply["names"]
    assert names["name"] == ["agent", "chat small", "search", "pay", "chat large"]
    assert names["calls"][names["name"].index("search")] == [1, 1, 2]
    assert names["duration"][names["name"].index("search")] == [10, 10, 80]
    assert names["errors"][names["name"].index("pay")] == [1, 0, 0]
    assert names["tokens"][names["name"].index("chat large")] == [None, 110, None]


def test_all_filtered_can_be_compared_but_for_those_taken_out(browser: Browser) -> None:
    everything = {"all": True, "filter": "", "rows": "traces", "except": ["c"]}
    reply = browser.call("compare", selection=everything)
    assert {trace["trace_id"] for trace in reply["traces"]} == {"a", "b"}
    spans = {"all": True, "filter": "{ name = 'search' }", "rows": "spans", "except": []}
    assert len(browser.call("compare", selection=spans)["traces"]) == 3


def test_of_very_many_the_first_ones_are_compared(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_COMPARED_TRACES", 2)
    reply = compare(browser, "c", "a", "b")
    assert ([trace["trace_id"] for trace in reply["traces"]], reply["more"]) == (["c", "a"], True)
    everything = {"all": True, "filter": "", "rows": "traces", "except": []}
    assert browser.call("compare", selection=everything)["more"] is True


def test_of_very_many_spans_those_that_differ_come(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_COMPARED_ROWS", 4)
    pairs = compare(browser, "a", "b")["pairs"]
    assert pairs["a"]["id"] == ["a-0", "a-1", "a-3", None]
    assert pairs["b"]["id"] == ["b-0", "b-1", None, "b-3"]
    assert pairs["left"] == 1


def test_what_cannot_be_compared_is_an_error(browser: Browser) -> None:
    assert browser.error("compare", selection={"ids": ["a"]})["kind"] == "gone"
    assert browser.error("compare", selection={"ids": ["a", "nobody"]})["kind"] == "gone"
    assert browser.error("compare", selection="a")["kind"] == "method"


def test_the_selected_ones_as_a_frame(explorer: Explorer) -> None:
    explorer.selected = ["a", "b"]
    frame = explorer.compare()
    assert list(frame["change"]) == ["same", "changed", "same", "missing", "added"]
    assert list(frame["duration_change"])[:3] == [65, 50, 0]
    assert frame["tokens_change"].tolist()[1] == 50
    assert frame["cost_change"].tolist()[1] == pytest.approx(0.05)
    assert frame["tokens_change"].isna().tolist() == [True, False, True, True, True]
    assert list(frame["inputs_changed"]) == [False, True, False, False, False]
    assert frame["span_id_b"].isna().tolist() == [False, False, False, True, False]
    explorer.selected = ["a"]
    with pytest.raises(ValueError, match="two traces or more"):
        explorer.compare()


def test_several_traces_as_a_frame(runs: Store) -> None:
    frame = sg.compare_traces("a", "b", "c", store=runs)
    assert frame.loc[("TOOL", "search"), "calls"].tolist() == [1, 1, 2]
    assert frame.loc[("TOOL", "pay"), "duration"].isna().tolist() == [False, True, True]
    assert frame["calls"].dtypes.tolist() == [pd.Int64Dtype()] * 3
    with pytest.raises(ValueError, match="no trace with the id 'nobody'"):
        sg.compare_traces("a", "nobody", store=runs)
    with pytest.raises(TypeError, match="traces or their ids"):
        sg.compare_traces("a", 3, store=runs)


def test_recursion_counts_once_in_a_durations_sum(tmp_path: Path) -> None:
    def calls(trace_id: str) -> list[Span]:
        return [
            Span(trace_id, f"{n}", "solve", f"{n - 1}" if n else None, start_time_ns=n, end_time_ns=10 * MS)
            for n in range(3)
        ]

    with Store(tmp_path / "s.db") as store:
        store.write(Batch([*calls("x"), *calls("y"), *calls("z")]))
        frame = sg.compare_traces("x", "y", "z", store=store)
    assert frame.loc[("UNKNOWN", "solve"), ("calls", "x")] == 3
    assert frame.loc[("UNKNOWN", "solve"), ("duration", "x")] == 10


def text_of(lines: list[Any], *signs: str) -> str:
    return "\n".join("".join(text for text, _ in parts) for sign, parts in lines if sign in signs)


def test_both_sides_can_be_read_from_a_difference() -> None:
    before = {"messages": ["one\ntwo\nthree", {"n": 1}], "model": "true"}
    after = {"messages": ["one\n2\nthree", {"n": 1}, {"n": 2}], "model": True}
    lines = difference(before, after)["lines"]
    assert text_of(lines, " ", "-") == ('messages:\n  -\n    one\n    two\n    three\n  -\n    n: 1\nmodel: "true"')
    assert text_of(lines, " ", "+") == (
        "messages:\n  -\n    one\n    2\n    three\n  -\n    n: 1\n  -\n    n: 2\nmodel: true"
    )


def test_equal_lines_far_from_a_change_are_left_out() -> None:
    text = [f"line {n}" for n in range(100)]
    lines = difference("\n".join(text), "\n".join([*text[:50], "line fifty", *text[51:]]))["lines"]
    assert [sign for sign, _ in lines] == ["…", " ", " ", "-", "+", " ", " ", "…"]
    assert lines[0][1] == [["48 equal lines", False]]
    assert lines[3][1] == [["line ", False], ["50", True]]


def test_large_values_are_compared_up_to_a_bound() -> None:
    long = "".join(f"Sentence {n} is of some length. " for n in range(20_000))
    reply = difference(long, long.replace("some", "no", 1) + "!")
    assert reply["cut"] is True
    assert [sign for sign, _ in reply["lines"]][:5] == ["-", "+", " ", " ", "…"]
    assert len(reply["lines"]) < 15
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert difference(deep, [deep])["same"] is False
    many = difference([f"a{n}" for n in range(9_000)], [f"b{n}" for n in range(9_000)])
    assert len(many["lines"]) == limits.DIFF_LINES
    assert many["left"] == 18_000 - limits.DIFF_LINES
    assert difference(None, None)["same"] is True
