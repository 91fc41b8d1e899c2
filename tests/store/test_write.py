"""Writing batches: identity, order, repetition, unfinished spans, facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanglass.entities import Assessment, Batch, Link, Span, SpanEvent, TraceFacts
from spanglass.store import Store, WriteReport
from tests.store.building import SECOND, content, span

FULL = Span(
    "t1",
    "s1",
    "ask",
    None,
    "LLM",
    "ERROR",
    "it broke",
    1_000,
    2_000,
    {"q": ["é", 1, 2.5, None, True]},
    "text",
    {"a.b": 1, "c": {"d": []}},
    [SpanEvent("exception", 1_500, {"exception.type": "ValueError"})],
    [Link("t0", "s0", {"why": "batch"})],
    "gpt",
    3,
    4,
    0.25,
    "scope",
    {"service.name": "x"},
    "openinference/1",
)


def test_a_span_comes_back_as_it_was(store: Store) -> None:
    store.write(Batch([FULL]))
    assert store.spans("t1") == [FULL]


def test_the_report_counts_what_is_new_and_what_changed(store: Store) -> None:
    batch = Batch(
        [span("t1", "a"), span("t1", "b", "a"), span("t2", "a")], assessments=[Assessment("good", trace_id="t1")]
    )
    assert store.write(batch) == WriteReport(traces=2, spans=3, assessments=1, new_traces=2, new_spans=3)
    changed = Batch([span("t1", "b", "a", name="other"), span("t2", "a")])
    assert store.write(changed) == WriteReport(traces=1, spans=1)
    assert store.write(Batch()) == WriteReport()


def test_the_same_batch_again_changes_nothing(store: Store) -> None:
    batch = Batch(
        [FULL],
        [TraceFacts("t1", tags={"env": "prod"}, request={"q": 1}, session_id="s")],
        [Assessment("good", 0.5, trace_id="t1"), Assessment("nice", True, session_id="s")],
    )
    store.write(batch)
    before = content(store)
    assert store.write(batch) == WriteReport()
    assert content(store) == before


def test_children_may_come_before_their_parents_and_late_spans_find_their_place(store: Store) -> None:
    store.write(Batch([span("t1", "c", "b", start=2)]))
    assert store.trace_infos(["t1"])[0].name == "c"
    store.write(Batch([span("t1", "b", "a", start=1)]))
    store.write(Batch([span("t1", "a", start=0), span("t1", "d", "a", start=3)]))
    assert [one.span_id for one in store.spans("t1")] == ["a", "b", "c", "d"]
    assert store.skeleton("t1").depth == [0, 1, 2, 1]
    assert store.trace_infos(["t1"])[0].name == "a"


def test_an_unfinished_span_never_replaces_a_finished_one(store: Store) -> None:
    finished = span("t1", "a", outputs="done")
    begun = replace(finished, end_time_ns=None, outputs=None)
    store.write(Batch([begun]))
    assert store.trace_infos(["t1"])[0].status == "IN_PROGRESS"
    store.write(Batch([finished]))
    assert store.write(Batch([begun])) == WriteReport()
    assert store.write(Batch([finished, begun])) == WriteReport()
    assert store.spans("t1") == [finished]


def test_a_changed_span_takes_its_old_postings_with_it(store: Store) -> None:
    store.write(Batch([span("t1", "a", attributes={"k": "old"}), span("t1", "b", attributes={"k": "old"})]))
    store.write(Batch([span("t1", "a", attributes={"k": "new"})]))
    values = "SELECT value, n_traces, n FROM kv JOIN posting ON id = kv_id WHERE key = 'k' ORDER BY value"
    assert store.connection.execute(values).fetchall() == [("new", 1, 1), ("old", 1, 1)]


def test_facts_win_over_what_the_spans_say_and_stay(store: Store) -> None:
    facts = TraceFacts(
        "t1",
        name="named",
        status="OK",
        start_time_ns=5 * SECOND,
        end_time_ns=7 * SECOND,
        request=[1],
        response=None,
        request_preview="p",
        client_request_id="c",
        session_id="s",
        user_id="u",
        run_id="r",
        model="m",
        input_tokens=1,
        output_tokens=None,
        cost=2.0,
        dialect="d",
    )
    store.write(Batch(traces=[facts]))
    store.write(Batch([replace(FULL, trace_id="t1")]))
    info = store.trace_infos(["t1"])[0]
    assert (info.name, info.status, info.timestamp_ms, info.execution_time_ms) == ("named", "OK", 5000, 2000)
    assert (info.request, info.response, info.request_preview) == ([1], None, "p")
    assert (info.client_request_id, info.session_id, info.user_id, info.run_id) == ("c", "s", "u", "r")
    assert (info.model, info.input_tokens, info.output_tokens, info.tokens, info.cost) == ("m", 1, None, 1, 2.0)
    assert (info.dialect, info.span_count, info.error_count) == ("d", 1, 1)


def test_what_facts_leave_unset_is_rolled_up(store: Store) -> None:
    store.write(Batch([FULL], [TraceFacts("t1", user_id="u")]))
    info = store.trace_infos(["t1"])[0]
    assert (info.name, info.status, info.user_id, info.tokens, info.cost) == ("ask", "ERROR", "u", 7, 0.25)
    assert (info.request, info.response, info.dialect) == (FULL.inputs, "text", "openinference/1")


def test_tags_and_metadata_are_merged_key_by_key_and_none_removes(store: Store) -> None:
    store.write(Batch(traces=[TraceFacts("t1", tags={"a": "1", "b": "2"}, metadata={"m": "1"})]))
    store.write(Batch(traces=[TraceFacts("t1", tags={"b": None, "c": "3"}, metadata={"m": "2"})]))
    info = store.trace_infos(["t1"])[0]
    assert (info.tags, info.metadata) == ({"a": "1", "c": "3"}, {"m": "2"})


def test_a_trace_without_spans_has_no_status_of_its_own(store: Store) -> None:
    store.write(Batch(traces=[TraceFacts("t1", name="only facts")]))
    info = store.trace_infos(["t1"])[0]
    assert (info.status, info.span_count, info.execution_time_ms) == ("STATE_UNSPECIFIED", 0, None)


def test_an_assessment_may_come_before_its_trace(store: Store) -> None:
    store.write(Batch(assessments=[Assessment("good", True, trace_id="t1")]))
    store.write(Batch([span("t1", "a")]))
    assert [one.name for one in store.trace_infos(["t1"])[0].assessments] == ["good"]


@pytest.mark.parametrize(
    "strange",
    [
        span("t\x00'\"; DROP TABLE span", "<b>", name="\ud800 %s {} \u202e", status_message="\ud800"),
        span("t1", "a", start=-(2**70), end=2**70, input_tokens=2**70, cost=float("nan")),
        span("t1", "a", attributes={"": {"": [[], {}, [[None]]]}, "x" * 10_000: "y" * 10_000, "n": float("nan")}),
        span("t1", "a", inputs=[[[{"k": [1] * 1000}]]], outputs={str(at): at for at in range(2000)}),
        span("t1", "a", "", attributes={"v": [0.1] * 5000, "d": [{"k": at} for at in range(200)]}),
    ],
)
def test_strange_content_is_stored_and_in_order(store: Store, strange: Span) -> None:
    batch = Batch([strange], [TraceFacts(strange.trace_id, tags={strange.name: "x" * 1000})])
    store.write(batch)
    assert store.write(batch) == WriteReport()
    assert store.verify() == []
    (trace_id,) = store.connection.execute("SELECT trace_id FROM trace").fetchone()
    assert store.delete_traces([trace_id]) == 1


def test_a_failing_write_leaves_nothing_behind(store: Store) -> None:
    before = content(store)
    with pytest.raises(AttributeError):
        store.write(Batch([span("t1", "a"), "no span"]))  # type: ignore[list-item]
    assert content(store) == before
    assert store.write(Batch([span("t1", "a")])).new_spans == 1


@pytest.mark.parametrize("unit", [1_000, 1_000_000])
def test_of_two_sources_the_one_with_the_finer_times_stays_in_any_order(store: Store, unit: int) -> None:
    start, end = 1_795_363_303_405_126_784, 1_795_363_303_462_235_186
    fine = span("t1", "a", start=start, end=end, attributes={"said by": "the finer one"})
    coarse = span("t1", "a", start=start // unit * unit, end=end // unit * unit, attributes={"said by": "the other"})
    rounded = span("t1", "a", start=round(start / unit) * unit, end=-(-end // unit) * unit)
    store.write(Batch([coarse]))
    assert store.write(Batch([fine])).spans == 1
    for other in (coarse, fine, rounded, coarse):
        assert store.write(Batch([other])).spans == 0
    assert store.spans("t1") == [fine]
    later = replace(fine, end_time_ns=end // unit * unit + 5 * unit)
    assert store.write(Batch([later])).spans == 1  # not the same moment: an update
