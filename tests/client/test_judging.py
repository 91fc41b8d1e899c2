"""Tags, deletion and assessments, through the client and through the functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import spanglass as sg
from spanglass import client as functions
from spanglass.client import Client
from spanglass.entities import Assessment, AssessmentSource, Batch, Expectation, Feedback, Span, TraceFacts
from spanglass.store import Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three traces, t0 to t2, a second apart, in a session each."""
    with Store(tmp_path / "s.db") as store:
        store.write(
            Batch(
                [Span(f"t{n}", "s", "work", start_time_ns=n * 10**9, end_time_ns=n * 10**9) for n in range(3)],
                traces=[TraceFacts(f"t{n}", session_id=f"session {n}") for n in range(3)],
            )
        )
        yield store


@pytest.fixture
def client(store: Store) -> Client:
    return Client(store)


def matching(client: Client, text: str) -> list[str]:
    return sorted(trace.trace_id for trace in client.search_traces("all", text))


class TestTags:
    def test_set_change_and_delete(self, client: Client, store: Store) -> None:
        client.set_trace_tag("t1", "env", "prod")
        assert matching(client, "tag.env = 'prod'") == ["t1"]
        sg.set_trace_tag("t1", "env", 5, store=store)
        assert matching(client, "tag.env = '5'") == ["t1"]
        client.delete_trace_tag("t1", "env")
        assert matching(client, "tag.env IS NOT NULL") == []

    def test_what_there_is_not(self, client: Client) -> None:
        with pytest.raises(StoreError, match="no trace with the id 'zz'"):
            client.set_trace_tag("zz", "a", "b")
        with pytest.raises(StoreError, match="has no tag 'a'"):
            client.delete_trace_tag("t1", "a")
        for key in (5, ""):
            with pytest.raises(TypeError, match=f"key is a text, not {key!r}"):
                client.set_trace_tag("t1", key, "b")  # type: ignore[arg-type]

    def test_of_a_trace_recorded_just_now(self, client: Client, store: Store) -> None:
        sg.set_store(store)
        try:
            with sg.start_span("s") as span:
                pass
            client.set_trace_tag(span.trace_id, "a", "b")
            with sg.start_span("s") as span:
                sg.log_feedback(span.trace_id, name="live", value=1)
        finally:
            sg.set_store(None)
        assert len(matching(client, "tag.a = 'b'")) == 1
        assert matching(client, "feedback.live = 1") == [span.trace_id]


class TestDeletion:
    def test_by_id(self, client: Client) -> None:
        assert client.delete_traces(trace_ids=["t0", "zz"]) == 1
        assert client.delete_traces(experiment_id="0", trace_ids=["t1"]) == 1
        assert matching(client, "") == ["t2"]

    def test_by_age(self, client: Client, store: Store) -> None:
        assert client.delete_traces(experiment_id="0", max_timestamp_millis=1000, max_traces=1) == 1
        assert matching(client, "") == ["t1", "t2"]
        assert sg.delete_traces("0", 1000, store=store) == 1
        assert matching(client, "") == ["t2"]
        assert client.delete_traces(experiment_id="5", max_timestamp_millis=10_000) == 0

    @pytest.mark.parametrize("moment", ["1", "2026-11-01", True, float("nan"), datetime(2026, 11, 1)])
    def test_a_moment_that_is_no_number_deletes_nothing(self, client: Client, moment: Any) -> None:
        with pytest.raises(TypeError, match="max_timestamp_millis must be a number of Unix milliseconds"):
            client.delete_traces(max_timestamp_millis=moment)
        assert matching(client, "") == ["t0", "t1", "t2"]

    def test_how_many_at_most_is_named_as_it_was_given(self, client: Client) -> None:
        with pytest.raises(ValueError, match="max_traces must be a whole number of at least 1, not 0"):
            client.delete_traces(max_timestamp_millis=5_000, max_traces=0)

    def test_neither_or_both(self, client: Client) -> None:
        with pytest.raises(ValueError, match="one of the two"):
            client.delete_traces()
        with pytest.raises(ValueError, match="one of the two"):
            client.delete_traces(trace_ids=["t0"], max_timestamp_millis=1)
        with pytest.raises(TypeError, match="trace_ids must be a list"):
            client.delete_traces(trace_ids="t0")


class TestFeedback:
    def test_it_is_stored_whole_and_filters_at_once(self, client: Client) -> None:
        judged = client.log_feedback(
            trace_id="t1",
            name="quality",
            value=0.5,
            source=AssessmentSource("LLM_JUDGE", "judge-1"),
            rationale="half of it",
            span_id="s",
            metadata={"k": [1]},
        )
        assert judged.assessment_id
        assert judged.create_time_ms > 0
        assert client.get_assessment("t1", judged.assessment_id) == judged
        trace = client.get_trace("t1")
        assert trace is not None
        assert trace.info.assessments == [judged]
        assert matching(client, "feedback.quality < 0.6") == ["t1"]
        assert matching(client, "assessment { name = 'quality' AND source = 'LLM_JUDGE' }") == ["t1"]

    def test_the_source_is_code_unless_said(self, client: Client) -> None:
        assert client.log_feedback("t1", name="n", value=1).source == AssessmentSource("CODE", "default")

    def test_an_error_in_place_of_a_value(self, client: Client) -> None:
        judged = client.log_feedback("t1", name="n", error=ValueError("no answer"))
        assert (judged.value, judged.error) == (None, "ValueError: no answer")
        with pytest.raises(ValueError, match="needs a value, or an error"):
            client.log_feedback("t1", name="n")

    def test_of_a_session(self, client: Client) -> None:
        client.log_feedback(session_id="session 2", name="polite", value=True)
        assert matching(client, "feedback.polite = TRUE") == ["t2"]

    def test_of_nothing(self, client: Client) -> None:
        with pytest.raises(ValueError, match="needs a trace_id or a session_id"):
            client.log_feedback(name="n", value=1)
        with pytest.raises(StoreError, match="no trace with the id 'zz'"):
            client.log_feedback("zz", name="n", value=1)
        with pytest.raises(ValueError, match="name is a text"):
            client.log_feedback("t1", name="", value=1)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"trace_id": 5}, "trace_id is a text, not 5"),
            ({"source": "me"}, r"source is an AssessmentSource\('HUMAN', 'who'\), not 'me'"),
            ({"metadata": 5}, "metadata is a dict, not 5"),
            ({"value": object()}, "value is a JSON value .* not <object"),
        ],
    )
    def test_an_argument_of_another_kind_is_named(self, client: Client, given: dict[str, Any], said: str) -> None:
        with pytest.raises(TypeError, match=said):
            client.log_feedback(**{"trace_id": "t1", "name": "n", "value": 1, **given})
        assert matching(client, "feedback.n IS NOT NULL") == []

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"source": AssessmentSource("DOG")}, "source_type is one of HUMAN, CODE, LLM_JUDGE, not 'DOG'"),
            ({"value": float("nan")}, "value is nan, a number that JSON lacks"),
        ],
    )
    def test_what_no_assessment_can_be_is_refused(self, client: Client, given: dict[str, Any], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            client.log_feedback(**{"trace_id": "t1", "name": "n", "value": 1, **given})
        assert matching(client, "feedback.n IS NOT NULL") == []

    def test_a_sources_type_is_taken_in_any_case(self, client: Client) -> None:
        assert (
            client.log_feedback("t1", name="n", value=1, source=AssessmentSource("human")).source.source_type == "HUMAN"
        )

    def test_a_span_that_there_is_not_is_named_and_the_feedback_kept(self, client: Client) -> None:
        with pytest.warns(UserWarning, match="the trace 't1' has no span with the id 'zz'"):
            client.log_feedback("t1", name="n", value=1, span_id="zz")
        assert matching(client, "feedback.n = 1") == ["t1"]

    def test_as_mlflow_has_its_objects(self, client: Client) -> None:
        client.log_assessment("t1", Feedback(name="faithful", value=0.9, rationale="checked"))
        client.log_assessment("t1", Expectation(name="answer", value="42"))
        assert matching(client, "feedback.faithful > 0.8 AND expectation.answer = '42'") == ["t1"]
        with pytest.raises(TypeError, match="a Feedback or an Expectation, not 'good'"):
            client.log_assessment("t1", "good")  # type: ignore[arg-type]


class TestExpectation:
    def test_it_is_stored_and_filters_at_once(self, client: Client) -> None:
        client.log_expectation("t1", name="answer", value={"text": "42"})
        trace = client.get_trace("t1")
        assert trace is not None
        (expected,) = trace.info.assessments
        assert (expected.kind, expected.value) == ("expectation", {"text": "42"})
        assert expected.source.source_type == "HUMAN"
        assert matching(client, "expectation.answer IS NOT NULL") == ["t1"]
        with pytest.raises(ValueError, match="needs a value"):
            client.log_expectation("t1", name="answer")


class TestCorrections:
    def test_overriding_keeps_the_old_one_as_invalid(self, client: Client) -> None:
        first = client.log_feedback("t1", name="quality", value="bad")
        second = client.override_feedback(
            trace_id="t1", assessment_id=first.assessment_id, value="good", rationale="looked twice"
        )
        assert (second.name, second.overrides, second.trace_id) == ("quality", first.assessment_id, "t1")
        assert not client.get_assessment("t1", first.assessment_id).valid
        assert matching(client, "feedback.quality = 'bad'") == []
        assert matching(client, "feedback.quality = 'good'") == ["t1"]

    def test_deleting_it_brings_the_old_one_back(self, client: Client) -> None:
        first = client.log_feedback("t1", name="quality", value="bad")
        second = client.override_feedback(assessment_id=first.assessment_id, value="good")
        client.delete_assessment("t1", second.assessment_id)
        assert matching(client, "feedback.quality = 'bad'") == ["t1"]

    def test_updating_in_place(self, client: Client) -> None:
        first = client.log_feedback("t1", name="quality", value="bad", metadata={"a": 1})
        changed = client.update_assessment("t1", first.assessment_id, Assessment("quality", "good", metadata={"b": 2}))
        assert (changed.assessment_id, changed.value, changed.metadata) == (
            first.assessment_id,
            "good",
            {"a": 1, "b": 2},
        )
        assert client.get_assessment(None, first.assessment_id) == changed
        assert changed.create_time_ms == first.create_time_ms
        assert matching(client, "feedback.quality = 'good'") == ["t1"]

    def test_an_override_needs_a_value(self, client: Client) -> None:
        judged = client.log_feedback("t1", name="quality", value="bad")
        with pytest.raises(ValueError, match="the feedback 'quality' needs a value"):
            client.override_feedback(assessment_id=judged.assessment_id, value=None)
        assert matching(client, "feedback.quality = 'bad'") == ["t1"]

    def test_of_another_trace(self, client: Client) -> None:
        judged = client.log_feedback("t1", name="quality", value="bad")
        for refused in (
            lambda: client.get_assessment("t2", judged.assessment_id),
            lambda: client.delete_assessment("t2", judged.assessment_id),
            lambda: client.override_feedback(trace_id="t2", assessment_id=judged.assessment_id, value=1),
            lambda: client.update_assessment("t2", judged.assessment_id, judged),
        ):
            with pytest.raises(ValueError, match="is of the trace 't1', not 't2'"):
                refused()

    def test_what_there_is_not(self, client: Client) -> None:
        with pytest.raises(StoreError, match="no assessment with the id 'zz'"):
            client.delete_assessment("t1", "zz")


def test_the_functions_do_the_same(store: Store) -> None:
    judged = functions.log_feedback("t1", name="a", value=1, store=store)
    functions.log_expectation("t1", name="b", value=2, store=store)
    functions.log_assessment("t1", Assessment("c", 3), store=store)
    second = functions.override_feedback(assessment_id=judged.assessment_id, value=4, store=store)
    functions.update_assessment("t1", second.assessment_id, Assessment("a", 5), store=store)
    assert functions.get_assessment("t1", second.assessment_id, store=store).value == 5
    trace = functions.get_trace("t1", store=store)
    assert trace is not None
    assert [(one.name, one.value, one.valid) for one in trace.info.assessments] == [
        ("a", 1, False),
        ("b", 2, True),
        ("c", 3, True),
        ("a", 5, True),
    ]
    functions.delete_assessment("t1", second.assessment_id, store=store)
    functions.set_trace_tag("t1", "k", "v", store=store)
    functions.delete_trace_tag("t1", "k", store=store)
    assert functions.delete_traces(trace_ids=["t1"], store=store) == 1
