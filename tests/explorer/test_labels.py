"""Labels: declared in Python, given from the browser, and at once where every other feedback is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import spanglass
from spanglass import limits
from spanglass.entities import Assessment, AssessmentSource, Batch, Span
from spanglass.explorer import Explorer
from spanglass.explorer.labels import checked_labels
from spanglass.store import Store

from .conftest import Browser

LABELS = {"correct": [True, False], "tone": ["kind", "neutral", "rude"], "score": (1, 5)}
TRACES = [f"t{n}" for n in range(8)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Eight traces of three spans, the newest last."""
    spans = [
        Span(t, f"s{k}", "call" if k else "agent", parent_id="s0" if k else None, start_time_ns=10**9 * n + k)
        for n, t in enumerate(TRACES)
        for k in range(3)
    ]
    with Store(tmp_path / "labels.db") as opened:
        opened.write(Batch(spans))
        yield opened


@pytest.fixture
def anna(opened: Callable[..., Explorer], store: Store) -> Browser:
    """Anna, who labels."""
    return Browser(opened(store, labels=LABELS, rater="anna"))


def one(trace_id: str, span_id: str | None = None) -> dict[str, Any]:
    return {"trace_id": trace_id, "span_id": span_id}


def give(browser: Browser, target: dict[str, Any], name: str, value: object, note: str | None = None) -> Any:
    return browser.call("label", target=target, name=name, value=value, note=note)


def said(store: Store, trace_id: str) -> list[tuple[Any, ...]]:
    """What stands in the store: span, name, value, who, why, and whether it counts."""
    return [
        (each.span_id, each.name, each.value, each.source.source_id, each.rationale, each.valid)
        for each in store.assessments(trace_id)
    ]


def ids(browser: Browser, filter: str) -> list[str]:
    return browser.call("page", filter=filter, rows="traces", columns=[])["rows"]["trace_id"]


# ---------------------------------------------------------------- the schema


def test_a_range_is_its_whole_numbers() -> None:
    assert checked_labels(LABELS)["score"] == [1, 2, 3, 4, 5]
    assert checked_labels({"side": ("left", "right")}) == {"side": ["left", "right"]}
    assert checked_labels({"both": [1, True]}) == {"both": [1, True]}


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (["correct"], "labels is a dict"),
        ({"": [True]}, "the name of a label"),
        ({1: [True]}, "the name of a label"),
        ({"x" * 61: [True]}, "the name of a label"),
        ({"tone": "kind"}, "labels['tone'] is a list"),
        ({"tone": []}, "labels['tone'] has no values"),
        ({"score": (1, 10)}, "labels['score'] has more than 9 values"),
        ({"score": list(range(10))}, "labels['score'] has more than 9 values"),
        ({"tone": ["kind", None]}, "labels['tone'] has the value None"),
        ({"tone": ["kind", ""]}, "labels['tone'] has the value ''"),
        ({"score": [float("nan")]}, "labels['score'] has the value nan"),
        ({"tone": ["kind", "kind"]}, "labels['tone'] has a value twice"),
        ({f"n{n}": [True] for n in range(21)}, "at most 20 labels"),
    ],
)
def test_a_bad_schema_is_an_error_that_names_the_place(labels: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        checked_labels(labels)
    assert says in str(caught.value)


def test_the_schema_is_part_of_the_view_and_of_the_code(opened: Callable[..., Explorer], store: Store) -> None:
    explorer = opened(store, labels=LABELS, rater="anna")
    assert explorer.view["labels"] == {**LABELS, "score": [1, 2, 3, 4, 5]}
    assert opened(store, view=explorer.view).labels == explorer.labels
    assert "labels={'correct': [True, False]" in explorer.code()
    assert "anna" not in explorer.code()
    assert "labels" not in opened(store).view


def test_schema_and_rater_can_be_changed_but_not_by_the_browser(anna: Browser, store: Store) -> None:
    anna.write(labels=[], rater="eve")
    assert (anna.explorer.rater, list(anna.explorer.labels)) == ("anna", ["correct", "tone", "score"])
    anna.explorer.labels = {"done": [True]}
    anna.explorer.rater = "bert"
    give(anna, one("t1"), "done", True)
    assert said(store, "t1") == [(None, "done", True, "bert", None, True)]
    with pytest.raises(ValueError, match="rater is a name"):
        anna.explorer.rater = ""
    assert anna.explorer.get_state("labels")["labels"] == [{"name": "done", "values": [True]}]


# ---------------------------------------------------------------- giving labels


def test_a_label_is_human_feedback_of_a_trace_or_a_span(anna: Browser, store: Store) -> None:
    reply = give(anna, one("t3"), "correct", True, "as in the book")
    assert reply["changed"] == 1
    assert reply["labels"]["given"][0] == {
        "name": "correct",
        "values": [{"value": True, "count": 1}],
        "note": "as in the book",
    }
    give(anna, one("t3", "s1"), "tone", "rude")
    assert said(store, "t3") == [
        (None, "correct", True, "anna", "as in the book", True),
        ("s1", "tone", "rude", "anna", None, True),
    ]
    assert {each.source.source_type for each in store.assessments("t3")} == {"HUMAN"}
    assert anna.told == 2
    # Of the span only what was said of the span.
    of_span = anna.call("labels", target=one("t3", "s1"))
    assert [each["values"] for each in of_span["given"]] == [[], [{"value": "rude", "count": 1}], []]


def test_a_second_opinion_takes_the_place_of_ones_own_first(anna: Browser, store: Store) -> None:
    give(anna, one("t3"), "correct", True)
    give(anna, one("t3"), "correct", False)
    assert [(value, valid) for _, _, value, _, _, valid in said(store, "t3")] == [(True, False), (False, True)]
    again = give(anna, one("t3"), "correct", False)
    assert again["changed"] == 0
    assert len(said(store, "t3")) == 2
    assert give(anna, one("t3"), "correct", False, "why")["changed"] == 1
    # Nobody else's opinion is touched.
    store.log_assessment(Assessment("correct", True, trace_id="t3", source=AssessmentSource("HUMAN", "bert")))
    give(anna, one("t3"), "correct", True)
    assert [(value, who) for _, _, value, who, _, valid in said(store, "t3") if valid] == [
        (True, "bert"),
        (True, "anna"),
    ]


def test_it_is_feedback_everywhere_at_once(anna: Browser) -> None:
    give(anna, one("t3"), "correct", True)
    give(anna, one("t5", "s2"), "correct", False)
    assert ids(anna, "feedback.correct = true") == ["t3"]
    assert ids(anna, "feedback.correct IS NOT NULL") == ["t5", "t3"]
    page = anna.call("page", filter="", rows="traces", columns=["feedback.correct"])
    assert dict(zip(page["rows"]["trace_id"], page["rows"]["cells"][0], strict=True))["t3"] is True
    facets = anna.call("facets", filter="", rows="traces", fields=[])["facets"]
    (facet,) = [each for each in facets if each["field"] == "feedback.correct"]
    assert sorted((each["value"], each["count"]) for each in facet["values"]) == [(False, 1), (True, 1)]
    proposals = anna.call("complete", filter="feedback.c", cursor=10)["items"]
    assert [each["label"] for each in proposals] == ["correct"]
    anna.explorer.columns = ["feedback.correct"]
    assert anna.explorer.df()["feedback.correct"].dropna().to_dict() == {"t5": False, "t3": True}
    trace = anna.call("trace", trace_id="t3", filter="")
    assert [(each["name"], each["source_id"]) for each in trace["assessments"]] == [("correct", "anna")]


def test_a_trace_shows_what_counts_and_not_what_was_overridden(anna: Browser) -> None:
    give(anna, one("t3"), "correct", True)
    give(anna, one("t3"), "correct", False)
    shown = anna.call("trace", trace_id="t3", filter="")["assessments"]
    assert [each["value"] for each in shown] == [False]


def test_all_that_is_selected_is_labelled_at_one_go(anna: Browser, store: Store) -> None:
    reply = give(anna, {"selection": {"ids": ["t1", "t2", ["t4", "s1"]]}}, "tone", "kind")
    assert (reply["changed"], reply["labels"]["of"]) == (3, 3)
    assert said(store, "t4") == [("s1", "tone", "kind", "anna", None, True)]
    everything = {"all": True, "filter": "trace_id IN ('t0', 't1', 't2')", "rows": "traces", "except": ["t2"]}
    reply = give(anna, {"selection": everything}, "tone", "rude")
    assert (reply["changed"], reply["labels"]["of"]) == (2, 2)
    assert [said(store, t)[-1][2] for t in ("t0", "t1", "t2")] == ["rude", "rude", "kind"]
    counted = anna.call("labels", target={"selection": {"ids": ["t0", "t1", "t2", "t3"]}})
    assert counted["given"][1]["values"] == [{"value": "rude", "count": 2}, {"value": "kind", "count": 1}]
    assert counted["of"] == 4


def test_traces_that_are_gone_are_passed_over_in_a_selection(anna: Browser, store: Store) -> None:
    store.delete_traces(["t1"])
    assert give(anna, {"selection": {"ids": ["t1", "t2"]}}, "tone", "kind")["changed"] == 1


def test_undo_takes_the_last_labelling_back_as_a_whole(anna: Browser, store: Store) -> None:
    give(anna, one("t1"), "tone", "kind")
    give(anna, {"selection": {"ids": ["t1", "t2"]}}, "tone", "rude")
    undone = anna.call("unlabel")
    assert (undone["name"], undone["value"], undone["changed"], undone["trace_id"]) == ("tone", "rude", 2, None)
    assert [said(store, t) for t in ("t1", "t2")] == [[(None, "tone", "kind", "anna", None, True)], []]
    assert anna.call("unlabel")["trace_id"] == "t1"
    assert said(store, "t1") == []
    assert ids(anna, "feedback.tone IS NOT NULL") == []
    assert "no label to be taken back" in anna.error("unlabel")["message"]


@pytest.mark.parametrize(
    ("params", "kind", "says"),
    [
        ({"name": "size", "value": 1}, "label", "no label 'size'; declared are 'correct', 'tone', 'score'"),
        ({"name": "correct", "value": 1}, "label", "correct is one of True, False, not 1"),
        ({"name": "score", "value": 6}, "label", "score is one of 1, 2, 3, 4, 5, not 6"),
        ({"name": "tone", "value": None}, "method", "params.value must be"),
        ({"target": {"trace_id": "nowhere", "span_id": None}}, "gone", "nowhere"),
        ({"target": {"trace_id": "t1", "span_id": "nowhere"}}, "gone", "the span nowhere"),
        ({"target": {"selection": {"ids": []}}}, "label", "nothing is selected"),
        ({"target": {"selection": {"ids": 7}}}, "method", "at most 1,000 ids"),
        ({"target": {"selection": "all"}}, "method", "a selection is"),
        ({"target": {}}, "method", "params.target.trace_id must be a text"),
        ({"target": {"selection": {"all": True, "filter": "latncy > 1", "rows": "traces"}}}, "filter", "latncy"),
    ],
)
def test_what_cannot_be_labelled_is_an_error(
    anna: Browser, store: Store, params: dict[str, Any], kind: str, says: str
) -> None:
    good = {"target": one("t1"), "name": "correct", "value": True, "note": None}
    error = anna.error("label", **{**good, **params})
    assert error["kind"] == kind
    assert says in error["message"]
    assert [each for t in TRACES for each in said(store, t)] == []
    assert anna.told == 0


def test_without_a_schema_the_error_says_how_to_declare_one(opened: Callable[..., Explorer], store: Store) -> None:
    error = Browser(opened(store)).error("label", target=one("t1"), name="correct", value=True)
    assert "explore(labels={'correct': [True, False]})" in error["message"]


def test_more_than_anybody_judges_is_refused(anna: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LABELLED", 3)
    everything = {"selection": {"all": True, "filter": "", "rows": "traces", "except": []}}
    assert "at most 3 can be labelled" in anna.error("label", target=everything, name="tone", value="kind")["message"]


def test_a_store_that_is_only_read_says_so(opened: Callable[..., Explorer], store: Store) -> None:
    with Store(store.path, read_only=True) as read:
        browser = Browser(opened(read, labels=LABELS, rater="anna"))
        error = browser.error("label", target=one("t1"), name="correct", value=True)
        assert "read_only" in error["message"]


# ---------------------------------------------------------------- going through


def test_a_review_walks_what_the_rater_has_not_labelled_yet(opened: Callable[..., Explorer], anna: Browser) -> None:
    give(anna, one("t6"), "correct", True)
    review = anna.explorer.review(
        "trace_id != 't0' AND feedback.correct IS NULL OR trace_id = 't6'", {"correct": [True, False]}
    )
    browser = connected(review)
    assert (review.active, review.rater, review.reviewing) == (("t7", None), "anna", True)
    before = ids(browser, review.filter)
    assert before == ["t7", "t5", "t4", "t3", "t2", "t1"]
    assert browser.call("count", filter="", rows="traces") == {"filter": "", "total": 6, "of": 8}
    seen = ["t7"]
    while True:
        reply = give(browser, one(seen[-1]), "correct", len(seen) % 2 == 0)
        assert reply["labels"]["progress"] == {"labelled": 1 + len(seen), "total": 7}
        assert ids(browser, review.filter) == before  # nothing moves under the cursor
        if reply["labels"]["next"] is None:
            break
        seen.append(reply["labels"]["next"])
    assert seen == before
    review.close()


def connected(explorer: Explorer) -> Browser:
    from .conftest import Line

    explorer.comm = Line()
    return Browser(explorer)


def test_a_review_goes_on_where_it_stopped_and_undo_goes_back(anna: Browser) -> None:
    asked = {"correct": [True, False], "tone": ["kind", "rude"]}
    first = connected(anna.explorer.review("ORDER BY timestamp_ms ASC", asked))
    assert first.explorer.filter == "ORDER BY timestamp_ms ASC"
    reply = give(first, one("t0"), "correct", True)
    assert (reply["labels"]["next"], reply["labels"]["progress"]) == (
        "t1",
        {"labelled": 0, "total": 8},
    )  # tone is missing
    assert give(first, one("t0"), "tone", "kind")["labels"]["progress"]["labelled"] == 1
    give(first, {"selection": {"ids": ["t1", "t2"]}}, "correct", True)
    assert give(first, {"selection": {"ids": ["t1", "t2"]}}, "tone", "kind")["labels"]["next"] == "t3"
    second = connected(anna.explorer.review("ORDER BY timestamp_ms ASC", asked))
    assert second.explorer.active == ("t3", None)
    assert second.call("labels", target=one("t3"))["progress"] == {"labelled": 3, "total": 8}
    assert first.call("unlabel")["changed"] == 2
    assert first.call("labels", target=one("t1"))["progress"] == {"labelled": 1, "total": 8}
    # Somebody else has everything before them.
    bert = anna.explorer.review("", asked, rater="bert")
    assert bert.active == ("t7", None)
    for explorer in (first.explorer, second.explorer, bert):
        explorer.close()


def test_the_code_of_a_review_begins_it_again(anna: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    review = anna.explorer.review("name = 'agent' AND trace_id != 't7'")
    give(connected(review), one("t6"), "correct", True)
    lines = review.code()
    assert lines.endswith(".review()")
    again = eval(lines.split("\n\n")[1], {"sg": spanglass})
    assert again.active == ("t6", None)
    assert again.labels == review.labels
    again.close()
    review.close()


def test_a_review_ordered_by_what_is_labelled_stands_still(anna: Browser) -> None:
    review = anna.explorer.review("status = 'UNSET' OR name = 'agent' ORDER BY feedback.correct DESC, name")
    assert review.filter == ""
    review.close()


def test_a_review_without_labels_or_with_a_bad_filter_is_an_error(
    opened: Callable[..., Explorer], store: Store
) -> None:
    with pytest.raises(ValueError, match="a review asks for labels"):
        opened(store).review("status = 'OK'")
    with pytest.raises(ValueError, match="latncy"):
        opened(store, labels=LABELS).review("latncy > 1")


def test_a_review_of_nothing_is_over_at_once(anna: Browser) -> None:
    review = connected(anna.explorer.review("name = 'nobody'"))
    assert review.explorer.active == (None, None)
    assert ids(review, "") == []
    review.explorer.close()


# ---------------------------------------------------------------- side by side


def test_two_peoples_labels_side_by_side_with_agreement(
    opened: Callable[..., Explorer], anna: Browser, store: Store
) -> None:
    bert = Browser(opened(store, labels=LABELS, rater="bert"))
    for n, trace_id in enumerate(TRACES):
        give(anna, one(trace_id), "correct", n < 4)
        give(anna, one(trace_id), "score", 1 + n % 5)
    for n, trace_id in enumerate(TRACES[:6]):
        give(bert, one(trace_id), "correct", n < 3)
        give(bert, one(trace_id), "score", 1 + (n + (n == 5)) % 5)
    give(bert, one("t0"), "tone", "rude")
    (correct, score) = sorted(anna.call("raters", filter="")["labels"], key=lambda each: each["name"])
    assert (correct["name"], correct["raters"]) == ("correct", ["HUMAN:anna", "HUMAN:bert"])
    assert (correct["things"], correct["differ"]) == (6, 1)
    assert correct["rated"][0] == {
        "trace_id": "t3",
        "span_id": None,
        "trace": "agent",
        "said": [True, False],
        "differ": True,
    }
    (pair,) = correct["pairs"]
    assert (pair["things"], round(pair["agree"], 3), round(pair["kappa"], 3)) == (6, 0.833, 0.667)
    agreement = anna.explorer.agreement("correct")
    assert agreement.alpha == correct["alpha"] == pytest.approx(0.686, abs=0.001)
    assert agreement.ratings.set_index("trace_id")["HUMAN:bert"].dropna().to_dict()["t3"] is False
    # Of numbers one off is less than four off: their order counts.
    assert score["alpha"] == anna.explorer.agreement("score").alpha
    assert score["alpha"] > 0.9
    # Only what the filter finds.
    (narrow,) = [
        each for each in anna.call("raters", filter="trace_id IN ('t0', 't1')")["labels"] if each["name"] == "correct"
    ]
    assert (narrow["things"], narrow["differ"]) == (2, 0)


def test_of_one_trace_the_others_are_shown_beside_ones_own(
    opened: Callable[..., Explorer], anna: Browser, store: Store
) -> None:
    bert = Browser(opened(store, labels=LABELS, rater="bert"))
    give(bert, one("t1"), "correct", True)
    give(bert, one("t1"), "correct", False, "no source")
    give(bert, one("t1", "s1"), "correct", True)
    give(anna, one("t1"), "correct", True)
    assert anna.call("labels", target=one("t1"))["others"] == [
        {"name": "correct", "rater": "HUMAN:bert", "value": False, "note": "no source"}
    ]


def test_the_store_restates_and_retracts_several_at_once(store: Store) -> None:
    def label(trace_id: str, value: object) -> Assessment:
        return Assessment("x", value, trace_id=trace_id, source=AssessmentSource("HUMAN", "anna"))  # type: ignore[arg-type]

    made = store.restate_assessments([label("t1", 1), label("nowhere", 1), label("t2", 1)])
    assert [each.trace_id for each in made] == ["t1", "t2"]
    assert store.restate_assessments([label("t1", 1)]) == []
    again = store.restate_assessments([label("t1", 2)])
    assert again[0].overrides == made[0].assessment_id
    store.retract_assessments([again[0].assessment_id, "nowhere"])
    assert [(each.value, each.valid) for each in store.assessments("t1")] == [(1, True)]
    assert [each.value for each in store.feedback_of(AssessmentSource("HUMAN", "anna"), TRACES)] == [1, 1]
