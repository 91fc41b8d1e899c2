"""Logging, overriding and deleting assessments."""

from __future__ import annotations

import re

import pytest

from spanglass.entities import Assessment, AssessmentSource, Batch, TraceFacts
from spanglass.store import Store, StoreError
from tests.store.building import span


@pytest.fixture
def traced(store: Store) -> Store:
    """A store with two traces of one session and one of none."""
    facts = [TraceFacts("t1", session_id="s"), TraceFacts("t2", session_id="s")]
    store.write(Batch([span("t1", "a"), span("t2", "a"), span("t3", "a")], facts))
    return store


def test_id_and_times_are_filled_in(traced: Store) -> None:
    logged = traced.log_assessment(Assessment("good", {"score": [0.5, None]}, trace_id="t1", span_id="a"))
    assert re.fullmatch(r"a-[0-9a-f]{32}", logged.assessment_id)
    assert logged.create_time_ms == logged.last_update_time_ms > 0
    assert traced.assessments("t1") == [logged]
    assert traced.assessment(logged.assessment_id) == logged
    assert traced.trace_infos(["t1"])[0].assessments == [logged]


def test_everything_said_comes_back(traced: Store) -> None:
    full = Assessment(
        "good",
        "yes",
        "expectation",
        "t1",
        "a",
        None,
        "a-1",
        AssessmentSource("HUMAN", "ann"),
        "because",
        "an error",
        "r1",
        5,
        6,
        True,
        None,
        {"k": 1},
    )
    traced.log_assessment(full)
    assert traced.assessments("t1") == [full]


def test_an_unknown_trace_is_named(traced: Store) -> None:
    with pytest.raises(StoreError, match="'t9'"):
        traced.log_assessment(Assessment("good", trace_id="t9"))
    with pytest.raises(StoreError, match="'good'"):
        traced.log_assessment(Assessment("good"))
    with pytest.raises(StoreError, match="'t9'"):
        traced.assessments("t9")


def test_a_sessions_assessment_reaches_every_trace_of_it(traced: Store) -> None:
    logged = traced.log_assessment(Assessment("nice", True, session_id="s"))
    assert traced.assessments("t1") == traced.assessments("t2") == [logged]
    assert traced.assessments("t3") == []


def test_assessments_come_oldest_first(traced: Store) -> None:
    for time in (3, 1, 2):
        traced.log_assessment(Assessment("good", time, trace_id="t1", create_time_ms=time))
    assert [one.value for one in traced.assessments("t1")] == [1, 2, 3]


def test_an_override_makes_the_old_one_invalid_and_its_deletion_valid_again(traced: Store) -> None:
    old = traced.log_assessment(Assessment("good", False, trace_id="t1", span_id="a"))
    new = traced.override_assessment(old.assessment_id, Assessment("good", True))
    assert (new.trace_id, new.span_id, new.overrides) == ("t1", "a", old.assessment_id)
    assert [(one.value, one.valid) for one in traced.assessments("t1")] == [(False, False), (True, True)]
    traced.delete_assessment(new.assessment_id)
    assert traced.assessments("t1") == [old]


def test_a_chain_of_overrides_comes_undone_from_its_end(traced: Store) -> None:
    first = traced.log_assessment(Assessment("good", 1, trace_id="t1", create_time_ms=1))
    second = traced.override_assessment(first.assessment_id, Assessment("good", 2, create_time_ms=2))
    third = traced.override_assessment(second.assessment_id, Assessment("good", 3, create_time_ms=3))
    assert [one.valid for one in traced.assessments("t1")] == [False, False, True]
    traced.delete_assessment(third.assessment_id)
    assert [one.valid for one in traced.assessments("t1")] == [False, True]


def test_an_imported_override_counts_in_whatever_order(traced: Store) -> None:
    new = Assessment("good", 2, trace_id="t1", assessment_id="a-2", create_time_ms=2, overrides="a-1")
    old = Assessment("good", 1, trace_id="t1", assessment_id="a-1", create_time_ms=1)
    traced.write(Batch(assessments=[new]))
    traced.write(Batch(assessments=[old]))
    assert [one.valid for one in traced.assessments("t1")] == [False, True]


def test_what_is_unknown_cannot_be_overridden_or_deleted(traced: Store) -> None:
    for refused in (
        lambda: traced.override_assessment("a-9", Assessment("good")),
        lambda: traced.delete_assessment("a-9"),
        lambda: traced.assessment("a-9"),
    ):
        with pytest.raises(StoreError, match="'a-9'"):
            refused()


def test_an_imported_assessment_without_an_id_is_recognised(traced: Store) -> None:
    batch = Batch(assessments=[Assessment("good", 1, trace_id="t1"), Assessment("good", 1, trace_id="t2")])
    assert traced.write(batch).assessments == 2
    assert traced.write(batch).assessments == 0
    batch.assessments[0].value = 2
    assert traced.write(batch).assessments == 1
    assert [one.value for one in traced.assessments("t1")] == [2]


def test_an_assessment_goes_with_its_trace(traced: Store) -> None:
    logged = traced.log_assessment(Assessment("good", True, trace_id="t1"))
    traced.delete_traces(["t1"])
    with pytest.raises(StoreError, match="no assessment"):
        traced.assessment(logged.assessment_id)
