"""What is proposed at a place of a filter: at once from what the store has seen, then under the rest of the filter."""

from __future__ import annotations

import pytest

from spanglass.engines import refine
from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve


def refined(engine: SqliteEngine, marked: str) -> list[tuple[str, str, int | None]]:
    """The refined proposals at the ``|`` of a text: what is written, what is said of it, and its count."""
    cursor = marked.index("|")
    found = refine(engine, marked.replace("|", ""), cursor)
    return [(item.insert, item.detail, item.count) for item in found.items if item.detail.startswith("~")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status = 'ERROR' AND name = ", ""),
        ("name = ", " AND status = 'ERROR'"),
        ("{ type = 'LLM' AND name = ", " }"),
        ("span.type = 'LLM' AND span.name = ", ""),
        ("(tag.env = 'dev' OR (span_count > 1 AND name = ", "))"),
        ("tag.env = ", " AND { type = 'TOOL' }"),
        ("tag.retries = ", ""),
        ("root.name = ", ""),
        ("event { name = ", " }"),
        ("feedback.correct = ", " AND name = 'ask'"),
        ("{ attributes.temperature = ", " }"),
    ],
)
def test_a_refined_value_finds_as_many_traces_as_it_counts(engine: SqliteEngine, before: str, after: str) -> None:
    proposals = refined(engine, f"{before}|{after}")
    assert proposals
    for insert, _, count in proposals:
        whole = f"{before}{insert}{after}"
        # In one branch of an OR the other one may find traces, too.
        assert engine.count(resolve(whole)) >= (count or 0) > 0, whole
        if " OR " not in whole:
            assert engine.count(resolve(whole)) == count, whole


def test_what_cannot_be_read_is_passed_over(engine: SqliteEngine) -> None:
    whole = refined(engine, "tag.env = 'prod' AND name = |")
    assert whole == refined(engine, "tag.env = 'prod' AND broken( AND :unbound = 1 AND name = |")
    assert whole != refined(engine, "name = |")


def test_a_number_is_proposed_where_half_and_most_of_them_are(engine: SqliteEngine) -> None:
    (half, _, _), (most, _, _) = refined(engine, "{ duration > | }")
    spans = engine.count(resolve("{ duration IS NOT NULL }", rows="spans"))
    below = [engine.count(resolve(f"{{ duration <= {insert} }}", rows="spans")) for insert in (half, most)]
    assert spans / 2 <= below[0] < below[1] <= spans


@pytest.mark.parametrize("text", ["timestamp > |", "name RLIKE |", "name |", "|", "link { trace_id = 'x' AND |"])
def test_elsewhere_nothing_is_refined(engine: SqliteEngine, text: str) -> None:
    assert refined(engine, text) == []
