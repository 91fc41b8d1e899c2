"""What the browser can ask, answered from a store with real traces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spanglass import limits
from spanglass.entities import Batch, Span, SpanEvent
from spanglass.explorer import Explorer
from spanglass.store import Store

from .conftest import SLOW, Browser


def page(browser: Browser, filter: str = "", **params: Any) -> Any:
    return browser.call("page", **{"filter": filter, "rows": "traces", "columns": [], **params})


def test_a_page_has_rows_in_order_and_says_what_it_answers(browser: Browser) -> None:
    first = page(browser, "name = 'writer-loop'", columns=["span_count", "`writer-loop`.inputs"])
    rows = first["rows"]
    assert (first["filter"], first["at"], first["diagnostics"]) == ("name = 'writer-loop'", 0, [])
    assert set(rows["name"]) == {"writer-loop"}
    assert rows["time_ms"] == sorted(rows["time_ms"], reverse=True)
    assert all(isinstance(count, int) for count in rows["cells"][0])
    assert all(isinstance(inputs, str) for inputs in rows["cells"][1])


def test_pages_by_token_and_by_number_are_the_same_rows(browser: Browser) -> None:
    everything = page(browser)["rows"]["trace_id"]
    after, ids = None, []
    while True:
        part = page(browser, limit=4, **({} if after is None else {"after": after}))
        assert part["at"] == (0 if after is None else -1)
        ids += part["rows"]["trace_id"]
        after = part["next"]
        if after is None:
            break
    assert ids == everything
    assert page(browser, limit=3, at=7)["rows"]["trace_id"] == everything[7:10]
    assert page(browser, limit=3, at=7)["at"] == 7


def test_rows_are_spans_where_asked(browser: Browser) -> None:
    rows = page(browser, "{ type = 'LLM' }", rows="spans", columns=["span.model"])["rows"]
    assert len(rows["span_id"]) == len(rows["trace_id"]) > 0
    assert set(rows["type"]) == {"LLM"}
    assert any(model for model in rows["cells"][0])


def test_a_bad_filter_is_an_error_with_its_place_as_javascript_counts(browser: Browser) -> None:
    error = browser.error("page", filter="name = '🦊🦊' AND latncy > 2", rows="traces", columns=[])
    assert error["kind"] == "filter"
    (diagnostic,) = error["diagnostics"]
    text = "name = '🦊🦊' AND latncy > 2".encode("utf-16-le")
    assert text[2 * diagnostic["start"] : 2 * diagnostic["end"]].decode("utf-16-le") == "latncy"
    assert diagnostic["fixes"][0]["text"] == "name = '🦊🦊' AND latency > 2"


def test_a_bad_column_is_an_error(browser: Browser) -> None:
    assert browser.error("page", filter="", rows="traces", columns=["a..b"])["kind"] == "filter"


def test_a_token_of_another_query_is_an_error(browser: Browser) -> None:
    token = page(browser, limit=3)["next"]
    error = browser.error("page", filter="status = 'OK'", rows="traces", columns=[], after=token)
    assert error["kind"] == "internal"
    assert "token" in error["message"]


def test_an_empty_answer_says_what_each_part_finds_alone(browser: Browser) -> None:
    answer = page(browser, "name = 'writer-loop' AND tag.env = 'prod'")
    (empty,) = [each for each in answer["diagnostics"] if each["code"] == "empty"]
    assert answer["rows"]["trace_id"] == []
    assert "name = 'writer-loop' 1 · tag.env = 'prod' 0" in empty["message"]
    assert (empty["start"], empty["end"]) == (25, 41)


def test_a_narrowed_explorer_says_what_the_narrowing_leaves(opened: Callable[..., Explorer]) -> None:
    browser = Browser(opened(experiment_ids=["7"]))
    (empty,) = page(browser, "name = 'writer-loop'")["diagnostics"]
    assert "name = 'writer-loop' 1 · these experiments 0 (21 in other experiments)" in empty["message"]
    assert (empty["start"], empty["end"]) == (0, 20)


def test_saying_why_nothing_was_found_has_a_deadline_of_its_own(
    slow: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WHY_DEADLINE_S", 0.05)
    *_, empty = page(Browser(slow), f"name = 'no such name' AND {SLOW}")["diagnostics"]
    assert (empty["code"], empty["message"]) == ("empty", "nothing was found")


def test_a_value_never_seen_is_noticed_where_nothing_was_found(browser: Browser) -> None:
    kind = "span.attributes.openinference.span.kind"
    codes = [each["code"] for each in page(browser, f"{kind} = 'LMM'")["diagnostics"]]
    assert codes == ["unseen-value", "empty"]


def test_an_empty_store_says_so(opened: Callable[..., Explorer], tmp_path: Path) -> None:
    with Store(tmp_path / "empty.db") as store:
        (empty,) = page(Browser(opened(store)))["diagnostics"]
    assert (empty["code"], empty["start"], empty["end"]) == ("empty", 0, 0)


def test_a_warning_travels_with_the_rows(browser: Browser) -> None:
    codes = [each["code"] for each in page(browser, "status = 'ok'")["diagnostics"]]
    assert codes == ["case", "empty"]


def test_a_count_says_how_many_there_are_at_all(browser: Browser) -> None:
    assert browser.call("count", filter="", rows="traces") == {"filter": "", "total": 21, "of": 21}
    few = browser.call("count", filter="name = 'writer-loop'", rows="traces")
    assert (few["total"], few["of"]) == (1, 21)
    spans = browser.call("count", filter="{ type = 'LLM' }", rows="spans")
    assert 0 < spans["total"] < spans["of"] == 107


def test_only_the_explorers_experiments_are_looked_at(opened: Callable[..., Explorer]) -> None:
    browser = Browser(opened(experiment_ids=["7"]))
    assert page(browser)["rows"]["trace_id"] == []
    assert browser.call("count", filter="", rows="traces")["of"] == 0


def test_a_trace_is_columns_in_preorder(browser: Browser) -> None:
    trace_id = page(browser, "name = 'writer-loop'")["rows"]["trace_id"][0]
    trace = browser.call("trace", trace_id=trace_id, filter="status = 'OK' AND { type = 'LLM' }")
    spans = trace["spans"]
    assert len({len(column) for column in spans.values()}) == 1
    assert spans["depth"][0] == 0
    assert spans["size"][0] == len(spans["id"]) == 13
    assert spans["start"][0] == 0
    assert all(start >= 0 for start in spans["start"])
    kinds = [trace["types"][number] for number in spans["type"]]
    assert trace["matches"] == [number for number, kind in enumerate(kinds) if kind == "LLM"] != []
    assert trace["names"][spans["name"][0]] == "writer-loop"


@pytest.mark.parametrize("filter", ["", "status = 'OK'", "half typed ="])
def test_a_filter_without_a_block_matches_no_span(browser: Browser, filter: str) -> None:
    trace_id = page(browser, "name = 'writer-loop'")["rows"]["trace_id"][0]
    assert browser.call("trace", trace_id=trace_id, filter=filter)["matches"] == []


def test_what_is_gone_is_called_gone(browser: Browser) -> None:
    trace_id = page(browser)["rows"]["trace_id"][0]
    assert browser.error("trace", trace_id="none", filter="")["kind"] == "gone"
    assert browser.error("span", trace_id=trace_id, span_id="none")["kind"] == "gone"
    assert browser.error("find", trace_id="none", text="x")["kind"] == "gone"
    span = {"trace_id": trace_id, "span_id": browser.call("trace", trace_id=trace_id, filter="")["spans"]["id"][0]}
    error = browser.error("slice", **span, path=["inputs", "no such key"], **{"from": 0, "to": 9})
    assert error["kind"] == "gone"


def test_every_span_of_every_real_trace_has_details(browser: Browser) -> None:
    for trace_id in page(browser)["rows"]["trace_id"]:
        trace = browser.call("trace", trace_id=trace_id, filter="")
        for number, span_id in enumerate(trace["spans"]["id"]):
            span = browser.call("span", trace_id=trace_id, span_id=span_id)
            assert span["name"] == trace["names"][trace["spans"]["name"][number]]
            assert span["type"] == trace["types"][trace["spans"]["type"][number]]


@pytest.fixture
def small(opened: Callable[..., Explorer], tmp_path: Path) -> Browser:
    """An explorer on a few made spans: one agent, three searches, one with a huge value."""
    spans = [
        Span("t", "root", "agent", start_time_ns=0, end_time_ns=10**9, span_type="AGENT", status="ERROR"),
        *(
            Span(
                "t",
                f"s{n}",
                "embed.text",
                "root",
                start_time_ns=n * 1000,
                end_time_ns=n * 1000 + 500,
                inputs={"q": f"needle {n}" if n == 1 else "hay", "a b": [1.5, {"c": None}]},
                outputs=10**17 + n,
                attributes={"gen_ai.request.model": "m", "n": n},
            )
            for n in range(3)
        ),
        Span(
            "t",
            "big",
            "read",
            "root",
            start_time_ns=9000,
            inputs="🦊" + "x" * 100_000,
            outputs=[{"row": n} for n in range(1000)],
            events=[SpanEvent("exception", 5, {"exception.type": "ValueError", "exception.message": "it's"})],
        ),
    ]
    store = Store(tmp_path / "small.db")
    store.write(Batch(spans))
    return Browser(opened(store))


def test_long_values_are_cut_and_come_in_slices(small: Browser) -> None:
    span = {"trace_id": "t", "span_id": "big"}
    detail = small.call("span", **span)
    cuts = {tuple(cut["path"]): (cut["kind"], cut["length"]) for cut in detail["cuts"]}
    assert cuts == {("inputs",): ("text", 100_002), ("outputs",): ("items", 1000)}
    assert len(detail["outputs"]) == limits.CUT_ITEMS
    text = detail["inputs"]
    while len(text.encode("utf-16-le")) // 2 < 100_002:
        start = len(text.encode("utf-16-le")) // 2
        text += small.call("slice", **span, path=["inputs"], **{"from": start, "to": 100_002})["value"]
    assert text == "🦊" + "x" * 100_000
    rest = small.call("slice", **span, path=["outputs"], **{"from": 990, "to": 2000})
    assert rest == {"value": [{"row": n} for n in range(990, 1000)], "length": 1000, "cuts": []}


def test_numbers_that_javascript_cannot_hold_travel_as_text(small: Browser) -> None:
    detail = small.call("span", trace_id="t", span_id="s1")
    assert detail["outputs"] == "100000000000000001"
    assert detail["cuts"] == [{"path": ["outputs"], "kind": "number", "length": 18}]


def test_find_looks_in_names_and_contents_in_any_case(small: Browser) -> None:
    assert small.call("find", trace_id="t", text="NEEDLE") == {"matches": [2]}
    assert small.call("find", trace_id="t", text="Embed") == {"matches": [1, 2, 3]}
    assert small.call("find", trace_id="t", text="valueerror") == {"matches": [4]}
    assert small.call("find", trace_id="t", text="' OR 1=1 --") == {"matches": []}
    assert small.call("find", trace_id="t", text="") == {"matches": []}


S1 = {"span_id": "s1", "name": "embed.text"}


@pytest.mark.parametrize(
    ("filter", "op", "target", "expected"),
    [
        ("", "=", {"path": ["status"], "value": "ERROR"}, "status = 'ERROR'"),
        ("name = 'a' OR cost > 1", "!=", {"path": ["tag", "env"], "value": "it's"},
         "(name = 'a' OR cost > 1) AND tag.env != 'it''s'"),
        ("", ">=", {"path": ["duration"], "value": 1.5}, "duration >= 1.5"),
        ("", "=", {"path": ["session_id"], "value": None}, "session_id IS NULL"),
        ("", "contains", {"path": ["column", "root.inputs"], "value": "x"}, "root.inputs CONTAINS 'x'"),
        ("", "=", {"path": ["inputs", "q"], "value": "needle 1", "span": S1},
         "{ name = 'embed.text' AND inputs.q = 'needle 1' }"),
        ("{ name = 'embed.text' } ORDER BY name", "not contains",
         {"path": ["inputs", "a b", 0], "value": "1", "span": S1},
         "{ name = 'embed.text' AND inputs.`a b`[0] NOT CONTAINS '1' } ORDER BY name"),
        ("", "=", {"path": ["inputs", "a b", 1], "value": {"c": None}, "span": S1},
         "{ name = 'embed.text' AND inputs.`a b`[1] = '{\"c\":null}' }"),
        ("", "=", {"path": ["attributes", "gen_ai.request.model"], "value": "m", "span": S1},
         "{ name = 'embed.text' AND attributes.gen_ai.request.model = 'm' }"),
        ("", "=", {"path": ["event", "exception", "exception.type"], "value": "ValueError",
                   "span": {"span_id": "big", "name": "read"}},
         "{ name = 'read' AND event { name = 'exception' AND attributes.exception.type = 'ValueError' } }"),
        ("", ">=", {"path": ["timestamp_ms"], "value": 0.001, "span": S1},
         "{ name = 'embed.text' AND start_time >= 0.001 }"),
    ],
)  # fmt: skip
def test_a_click_edits_the_filter(small: Browser, filter: str, op: str, target: Any, expected: str) -> None:
    edited = small.call("edit", filter=filter, op=op, target={"trace_id": "t", **target})
    assert edited == {"filter": expected}


@pytest.mark.parametrize(
    "target",
    [
        {"path": ["inputs", "q"], "value": "needle 1", "span": S1},
        {"path": ["inputs", "a b", 1], "value": {"c": None}, "span": S1},
        {"path": ["inputs", "a b", 1, "c"], "value": None, "span": S1},
        {"path": ["outputs"], "value": "100000000000000001", "span": S1},
        {"path": ["attributes", "n"], "value": 1, "span": S1},
        {"path": ["type"], "value": "UNKNOWN", "span": S1},
        {"path": ["duration"], "value": 0.0005, "span": S1},
        {"path": ["status"], "value": "ERROR"},
        {"path": ["column", "agent.name"], "value": "agent"},
        {"path": ["event", "exception", "exception.message"], "value": "it's",
         "span": {"span_id": "big", "name": "read"}},
    ],
)  # fmt: skip
def test_what_was_clicked_is_found_by_the_filter(small: Browser, target: Any) -> None:
    text = small.call("edit", filter="", op="=", target={"trace_id": "t", **target})["filter"]
    assert page(small, text)["rows"]["trace_id"] == ["t"]


def test_a_value_that_is_too_long_to_be_compared_with_is_refused(small: Browser) -> None:
    cut = small.call("span", trace_id="t", span_id="big")["inputs"]
    target = {"trace_id": "t", "span": {"span_id": "big", "name": "read"}, "path": ["inputs"], "value": cut}
    assert "too long" in small.error("edit", filter="", op="=", target=target)["message"]
    part = small.call("edit", filter="", op="contains", target={**target, "value": "🦊x"})["filter"]
    assert page(small, part)["rows"]["trace_id"] == ["t"]


def test_a_list_is_refused_as_a_whole(small: Browser) -> None:
    target = {"trace_id": "t", "span": S1, "path": ["inputs", "a b"], "value": [1.5, {"c": None}]}
    assert "entries" in small.error("edit", filter="", op="=", target=target)["message"]


def test_a_cell_that_shows_the_beginning_of_a_value_means_the_whole(opened: Any, tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    store.write(Batch([Span("t", "s", "a", inputs={"q": "word " * 100})]))
    browser = Browser(opened(store))
    cell = page(browser, columns=["a.inputs.q"])["rows"]["cells"][0][0]
    assert len(cell) == limits.PREVIEW_CHARS
    target = {"trace_id": "t", "path": ["column", "a.inputs.q"], "value": cell}
    text = browser.call("edit", filter="", op="=", target=target)["filter"]
    assert page(browser, text)["rows"]["trace_id"] == ["t"]


@pytest.mark.parametrize(("span_id", "preselect"), [("s0", "embed.text.inputs.q"), ("s2", "last"), ("s1", "all")])
def test_a_column_of_namesakes_contains_what_was_clicked(small: Browser, span_id: str, preselect: str) -> None:
    span = {"span_id": span_id, "name": "embed.text"}
    target = {"trace_id": "t", "span": span, "path": ["inputs", "q"], "value": "hay"}
    answer = small.call("column", target=target)
    labels = [option["label"] for option in answer["options"]]
    assert labels == ["first of 3", "last of 3", "all 3, as a list"]
    chosen = answer["options"][answer["preselect"]]["column"]
    path = "`embed.text`.inputs.q"
    assert chosen == (path if span_id == "s0" else {"path": path, "pick": preselect})


def test_a_number_of_namesakes_can_be_the_largest(small: Browser) -> None:
    target = {"trace_id": "t", "span": S1, "path": ["attributes", "n"], "value": 1}
    last = small.call("column", target=target)["options"][-1]
    assert last == {"label": "largest of 3", "column": {"path": "`embed.text`.attributes.n", "pick": "max"}}


@pytest.mark.parametrize(
    ("target", "column"),
    [
        ({"trace_id": "t", "path": ["tag", "a.b c"], "value": "x"}, "tag.`a.b c`"),
        ({"trace_id": None, "path": ["column", "root.inputs"], "value": 1}, "root.inputs"),
        ({"trace_id": "t", "span": {"span_id": "root", "name": "agent"}, "path": ["status"], "value": "ERROR"},
         "agent.status"),
        ({"trace_id": "t", "span": {"span_id": "big", "name": "read"}, "path": ["outputs", 3, "row"], "value": 3},
         "read.outputs[3].row"),
    ],
)  # fmt: skip
def test_a_value_of_its_own_name_is_one_column(small: Browser, target: Any, column: str) -> None:
    assert small.call("column", target=target) == {"options": [{"label": column, "column": column}], "preselect": 0}
    assert page(small, columns=[column])["rows"]["trace_id"] == ["t"]


def test_an_events_attribute_is_a_column(small: Browser) -> None:
    span = {"span_id": "big", "name": "read"}
    target = {"trace_id": "t", "span": span, "path": ["event", "exception", "exception.type"], "value": "ValueError"}
    column = small.call("column", target=target)["options"][0]["column"]
    assert "ValueError" in page(small, columns=[column])["rows"]["cells"][0][0]


@pytest.mark.parametrize(
    ("rows", "column", "key"),
    [
        ("traces", "time", "timestamp_ms"),
        ("traces", "status", "error_count"),
        ("traces", "root.inputs.q", "root.inputs.q"),
        ("spans", "duration", "span.duration"),
        ("spans", "time", "span.start_time"),
    ],
)
def test_a_header_click_writes_the_order(small: Browser, rows: str, column: str, key: str) -> None:
    text = small.call("sort", filter="name = 'agent'", rows=rows, column=column, direction="desc")["filter"]
    assert text == f"name = 'agent' ORDER BY {key} DESC"
    assert page(small, text, rows=rows)["rows"]["trace_id"]
    assert small.call("sort", filter=text, rows=rows, column=column, direction=None)["filter"] == "name = 'agent'"


def test_check_says_what_is_wrong_or_what_is_asked(small: Browser) -> None:
    good = small.call("check", filter="status = 'ERROR'")
    assert good["diagnostics"] == []
    assert "ERROR" in good["gloss"]
    bad = small.call("check", filter="status = ")
    assert ([each["severity"] for each in bad["diagnostics"]], bad["gloss"]) == (["error"], "")


def test_a_trace_of_any_depth_is_opened_and_searched(opened: Callable[..., Explorer], tmp_path: Path) -> None:
    depth = 20_000
    store = Store(tmp_path / "deep.db")
    chain = [Span("t", f"s{n}", "x" * 10_000 if n == 7 else "level", f"s{n - 1}" if n else None) for n in range(depth)]
    store.write(Batch(chain))
    browser = Browser(opened(store))
    trace = browser.call("trace", trace_id="t", filter="{ depth > 19989 }")
    assert trace["spans"]["depth"] == list(range(depth))
    assert trace["spans"]["size"] == list(range(depth, 0, -1))
    assert trace["matches"] == list(range(19_990, depth))
    assert max(map(len, trace["names"])) == limits.CUT_NAME_CHARS
    assert browser.call("find", trace_id="t", text="xxx") == {"matches": [7]}


def test_proposals_come_at_once_and_then_under_the_rest_of_the_filter(browser: Browser) -> None:
    text = "session_id = 'sess-42' AND name = '🦊 "
    asked = {"filter": text, "cursor": len(text.encode("utf-16-le")) // 2 - 3}
    at_once, refined = browser.call("complete", **asked), browser.call("refine", **asked)
    for answer in (at_once, refined):
        assert text.encode("utf-16-le")[2 * answer["from"] : 2 * answer["to"]].decode("utf-16-le").startswith("'")
        assert answer["refinable"]
    known = {item["insert"]: item for item in at_once["items"]}
    better = [item for item in refined["items"] if item["detail"] == "~"]
    assert better
    assert len(better) < len(known)
    assert all(item["count"] <= known[item["insert"]]["count"] for item in better)


def test_proposals_are_made_for_any_text(browser: Browser) -> None:
    for text in ("", "🦊🦊", "status = 'a", "{{{{", ")", "tag."):
        for cursor in (0, 3, 99):
            assert browser.call("complete", filter=text, cursor=cursor)["from"] <= 99
            assert not browser.call("refine", filter=text, cursor=cursor)["refinable"] or text.startswith("status")
