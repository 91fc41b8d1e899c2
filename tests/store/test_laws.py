"""Laws: the end does not depend on the way, and everything derived is right at every step."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.entities import Assessment, Batch, Experiment, Span, TraceFacts
from spanglass.store import Store, StoreError, writer
from tests.store.building import content

TRACES = ["t1", "t2", "t3"]
KEYS = st.sampled_from(["a", "b", "a.b"])
SCALARS = st.sampled_from([1, 2.5, True, "x", "5", "long" * 100, None])
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2), max_leaves=4
)
OBJECTS = st.dictionaries(KEYS, JSON, max_size=3)


@contextmanager
def new_store(renumber_at_once: int) -> Iterator[Store]:
    """A store that puts off the numbering of traces bigger than this."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(writer, "RENUMBER_AT_ONCE", renumber_at_once),
        Store(Path(folder) / "s.db") as store,
    ):
        yield store


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Some spans of up to three traces: trees, orphans, circles; no two of a trace start at once."""
    size = draw(st.integers(1, 10))
    starts = draw(st.permutations(range(size)))
    usage = st.none() | st.integers(0, 5)
    return [
        Span(
            draw(st.sampled_from(TRACES)),
            str(at),
            draw(st.sampled_from(["plan", "search"])),
            draw(st.none() | st.integers(0, size).map(str)),
            draw(st.sampled_from(["LLM", "TOOL"])),
            draw(st.sampled_from(["UNSET", "OK", "ERROR"])),
            start_time_ns=starts[at] * 1_500_000,
            end_time_ns=draw(st.none() | st.just(starts[at] * 1_500_000 + 2_000_000)),
            inputs=draw(JSON),
            outputs=draw(JSON),
            attributes=draw(OBJECTS),
            model=draw(st.sampled_from([None, "m1", "m2"])),
            input_tokens=draw(usage),
            output_tokens=draw(usage),
            cost=draw(st.none() | st.sampled_from([0.1, 0.2, 0.3])),
        )
        for at in range(size)
    ]


@st.composite
def batches(draw: st.DrawFn) -> tuple[Batch, list[Batch]]:
    """A batch with all there is, and the same in pieces: mixed up, doubled, with early words of what has ended."""
    whole = Batch(
        draw(spans()),
        [
            TraceFacts("t1", session_id="s", request=draw(JSON), tags={"env": "prod", "long": "x" * 300}),
            TraceFacts("t1", user_id="u", metadata={"m": "1"}, experiment_id="7"),
            TraceFacts("t2", tags={"env": "test"}, start_time_ns=5),
        ],
        [
            Assessment("good", draw(JSON), trace_id="t1", assessment_id="a-1", create_time_ms=1),
            Assessment("good", False, trace_id="t1", assessment_id="a-2", create_time_ms=2, overrides="a-1"),
            Assessment("nice", 1, session_id="s", assessment_id="a-3", create_time_ms=3),
        ],
        [Experiment("7", "seven", 1)],
    )
    pieces: list[Any] = [*whole.spans, *whole.traces, *whole.assessments]
    early = [
        replace(span, end_time_ns=None, outputs=draw(JSON), attributes=draw(OBJECTS))
        for span in whole.spans
        if span.end_time_ns is not None and draw(st.booleans())
    ]
    again = draw(st.lists(st.sampled_from(pieces), max_size=5))
    mixed = draw(st.permutations([*pieces, *early, *again]))
    parts = [Batch(experiments=whole.experiments) for _ in range(draw(st.integers(1, 5)))]
    for piece in mixed:
        part = draw(st.sampled_from(parts))
        kind = (
            part.spans
            if isinstance(piece, Span)
            else part.traces
            if isinstance(piece, TraceFacts)
            else part.assessments
        )
        kind.append(piece)
    return whole, parts


@settings(max_examples=60, deadline=None)
@given(batches(), st.sampled_from([0, 2, 1000]))
def test_any_order_any_split_and_any_repetition_lead_to_the_same_end(
    given_batches: tuple[Batch, list[Batch]], renumber_at_once: int
) -> None:
    whole, parts = given_batches
    with new_store(1000) as at_once, new_store(renumber_at_once) as bit_by_bit:
        at_once.write(whole)
        for part in parts:
            bit_by_bit.write(part)
        assert content(bit_by_bit) == content(at_once)
        assert at_once.verify() == []


def act(store: Store, action: tuple[Any, ...]) -> None:
    """Do one thing to a store; what it refuses is refused as a whole."""
    kind, trace_id, key, value = action
    known = [row[0] for row in store.connection.execute("SELECT assessment_id FROM assessment ORDER BY 1")]
    try:
        if kind == "write":
            store.write(Batch(value))
        elif kind == "tag":
            store.set_trace_tag(trace_id, key, str(value))
        elif kind == "untag":
            store.delete_trace_tag(trace_id, key)
        elif kind == "delete":
            store.delete_traces([trace_id])
        elif kind == "judge":
            store.log_assessment(Assessment(key, value, trace_id=trace_id))
        elif kind == "judge session":
            store.log_assessment(Assessment(key, value, "expectation", session_id="s"))
        elif kind == "override" and known:
            store.override_assessment(known[len(known) // 2], Assessment(key, value))
        elif kind == "unjudge" and known:
            store.delete_assessment(known[len(known) // 2])
    except StoreError:
        pass


ACTIONS = st.one_of(
    st.tuples(st.just("write"), st.none(), st.none(), spans()),
    st.tuples(
        st.sampled_from(["tag", "untag", "delete", "judge", "judge session", "override", "unjudge"]),
        st.sampled_from(TRACES),
        KEYS,
        JSON,
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=8), st.sampled_from([0, 2, 1000]))
def test_everything_derived_is_right_after_whatever_is_done(
    actions: list[tuple[Any, ...]], renumber_at_once: int
) -> None:
    with new_store(renumber_at_once) as store:
        for action in actions:
            act(store, action)
            assert store.verify() == []


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTIONS, max_size=6))
def test_what_is_deleted_leaves_nothing_behind(actions: list[tuple[Any, ...]]) -> None:
    with new_store(2) as store:
        before = content(store)
        for action in actions:
            if action[0] != "judge session":
                act(store, action)
        store.delete_traces(TRACES)
        assert content(store) == before
