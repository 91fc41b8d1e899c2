"""The questions that the benchmark asks, each beside the best SQL that we could write by hand for the same page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A filter, and hand-written SQL for its first hundred trace ids, newest first."""

    name: str
    filter: str
    sql: str


NEWEST = "ORDER BY t.start_ms DESC, t.trace_id LIMIT 100"
NAME = "(SELECT id FROM symbol WHERE text = '{}')"


def page(where: str) -> str:
    return f"SELECT t.trace_id FROM trace t WHERE {where} {NEWEST}"


def posted(scope: str, key: str, value: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM kv JOIN posting p ON p.kv_id = kv.id WHERE kv.scope = "
        f"'{scope}' AND kv.key = '{key}' AND kv.kind = 's' AND kv.value = '{value}' AND p.rid = t.rid)"
    )


def some_span(where: str) -> str:
    return f"EXISTS (SELECT 1 FROM span s WHERE s.rid = t.rid AND {where})"


CASES = [
    Case("newest 100", "", page("1")),
    Case("status =", "status = 'ERROR'", page("t.status = 'ERROR'")),
    Case("tag =", "tag.env = 'staging'", page(posted("tag", "env", "staging"))),
    Case(
        "span attribute =, common",
        "span.attributes.model = 'gpt-4o'",
        page(
            posted("attribute", "model", "gpt-4o")
            + " AND EXISTS (SELECT 1 FROM span s JOIN payload p USING (sid) WHERE s.rid = t.rid"
            " AND json_extract(p.attributes, '$.\"model\"') = 'gpt-4o')"
        ),
    ),
    Case(
        "span type and duration",
        "span.type = 'LLM' AND span.duration > 2s",
        page(some_span(f"s.type_id = {NAME.format('LLM')} AND s.duration_ns > 2000000000")),
    ),
    Case(
        "{A} >> {B}",
        "{ name = 'agent_step' } >> { type = 'TOOL' }",
        page(
            "EXISTS (SELECT 1 FROM span b JOIN span a ON a.rid = b.rid AND a.no < b.no AND a.last >= b.no "
            f"WHERE b.rid = t.rid AND b.type_id = {NAME.format('TOOL')} AND a.name_id = {NAME.format('agent_step')})"
        ),
    ),
    Case(
        "NOT {A}",
        "NOT { type = 'RETRIEVER' }",
        page("NOT " + some_span(f"s.type_id = {NAME.format('RETRIEVER')}")),
    ),
    Case(
        "count({A}) >= 3",
        "count({ type = 'TOOL' }) >= 3",
        page(f"(SELECT count(*) FROM span s WHERE s.rid = t.rid AND s.type_id = {NAME.format('TOOL')}) >= 3"),
    ),
    Case(
        "JSON path",
        "{ inputs.top_k = 5 AND inputs.filters.collection = 'kb' }",
        page(
            "EXISTS (SELECT 1 FROM span s JOIN payload p USING (sid) WHERE s.rid = t.rid"
            " AND json_extract(p.inputs, '$.\"top_k\"') = 5"
            " AND json_extract(p.inputs, '$.\"filters\".\"collection\"') = 'kb')"
        ),
    ),
]
