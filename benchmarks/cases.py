"""The questions that the benchmark asks, each beside the best SQL that we could write by hand for the same answer.

The statements, and SQLite's plans for them, stand in ``hand/``: for each question its first hundred trace ids, newest
first, and its number of traces. They know what the engine has to find out: how common a match is, and that the
attributes of these traces are plain.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HAND = Path(__file__).parent / "hand"

Mode = Literal["page", "count"]
MODES: tuple[Mode, ...] = ("page", "count")


@dataclass(frozen=True)
class Case:
    """A filter, and the name of the files with its SQL."""

    name: str
    filter: str
    file: str

    def sql(self, mode: Mode) -> str:
        """The statement by hand."""
        return (HAND / f"{self.file}.{mode}.sql").read_text()

    def plan(self, mode: Mode) -> str:
        """SQLite's plan for it, as it was committed."""
        return (HAND / f"{self.file}.{mode}.plan").read_text()


def plan_of(connection: sqlite3.Connection, sql: str) -> str:
    """SQLite's plan for a statement, a step a line."""
    return "".join(f"{row[3]}\n" for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}"))


CASES = [
    Case("newest 100", "", "newest"),
    Case("status =", "status = 'ERROR'", "status"),
    Case("tag =", "tag.env = 'staging'", "tag"),
    Case("tag LIKE", "tag.model_version LIKE 'v5%'", "tag_like"),
    Case("span attribute =, common", "span.attributes.model = 'gpt-4o'", "attribute_common"),
    Case("span attribute =, selective", "span.attributes.step.index = 15", "attribute_selective"),
    Case("span attribute >, selective", "span.attributes.output_tokens > 695", "attribute_range"),
    Case("span type and duration, common", "span.type = 'LLM' AND span.duration > 2s", "duration_common"),
    Case("span type and duration, selective", "span.type = 'LLM' AND span.duration > 6s", "duration_selective"),
    Case("{A} >> {B}, common", "{ name = 'agent_step' } >> { type = 'TOOL' }", "below_common"),
    Case("{A} >> {B}, rare", "{ name = 'agent_step' } >> { type = 'TOOL' AND status = 'ERROR' }", "below_rare"),
    Case("NOT {A}", "NOT { type = 'RETRIEVER' }", "none"),
    Case("count({A}) >= 3", "count({ type = 'TOOL' }) >= 3", "number"),
    Case("JSON path", "{ inputs.top_k = 5 AND inputs.filters.collection = 'kb' }", "json_path"),
]
