"""One workload, four instrumentors, one table.

The same calls of OpenAI's client were recorded by OpenInference, by OpenLLMetry and by two versions of OpenTelemetry's
own instrumentation. What they all recorded must read the same; what one of them left out is named here.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanglass.entities import Span
from spanglass.formats import ingest
from spanglass.store import Store
from tests.formats.reading import DATA

GOLDEN = json.loads((DATA / "openai.golden.json").read_text())
IMAGE = "What is in this image?"
RESPONSES = "Hello there"  # the one call of the Responses API

# files, and what their instrumentor left out
RECORDED = {
    "openinference": (["openai-openinference.otlp.json"], set()),
    "openllmetry": (["openai-openllmetry.otlp.json"], {"the image's prompt"}),
    "otel, content on spans": (["openai-otel-v2-latest.otlp.json"], {"the image's prompt", "responses"}),
    "otel, content on spans and in logs": (
        ["openai-otel-v2-latest.otlp.json", "openai-otel-v2-latest.logs.otlp.json"],
        {"the image's prompt", "responses"},
    ),
    "otel, no content": (["openai-otel-v2.otlp.json"], {"content", "responses"}),
}


def messages(value: Any) -> Any:
    return value.get("messages") if isinstance(value, dict) else None


def row(span: Span) -> dict[str, Any]:
    is_call = span.span_type == "LLM"
    return {
        "type": span.span_type,
        "model": span.model,
        "input_tokens": span.input_tokens,
        "output_tokens": span.output_tokens,
        "asked": messages(span.inputs) if is_call else None,
        "answered": messages(span.outputs) if is_call else None,
        "status": "ERROR" if span.status == "ERROR" else "OK",
    }


def sorted_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def expected(left_out: set[str]) -> list[dict[str, Any]]:
    rows = []
    for golden in GOLDEN:
        said = json.dumps(golden["asked"])
        if RESPONSES in said and "responses" in left_out:
            continue
        row = dict(golden)
        if IMAGE in said and "the image's prompt" in left_out:
            row["asked"] = None
        if "content" in left_out:
            row["asked"] = row["answered"] = None
        rows.append(row)
    return sorted_rows(rows)


@pytest.mark.parametrize("recorder", RECORDED)
def test_one_workload_reads_the_same_whoever_recorded_it(recorder: str, store: Store) -> None:
    files, left_out = RECORDED[recorder]
    ingest([DATA / file for file in files], store=store, progress=False)
    ids = [row[0] for row in store.connection.execute("SELECT trace_id FROM trace")]
    rows = [row(span) for spans in store.spans_of(ids).values() for span in spans]
    for found in rows:
        if found["input_tokens"] == 62 and "the image's prompt" in left_out:
            # what is left of the prompt is an empty message, or nothing
            assert found["asked"] in (None, [{"role": "user", "content": None}])
            found["asked"] = None
    assert sorted_rows(rows) == expected(left_out)


def test_the_rollups_of_one_workload_are_the_same(store: Store) -> None:
    ingest(DATA / "openai-openinference.otlp.json", store=store, progress=False)
    ingest(DATA / "openai-openllmetry.otlp.json", store=store, progress=False)
    per_file = store.connection.execute(
        "SELECT status, input_tokens, output_tokens, model, count(*) FROM trace GROUP BY 1, 2, 3, 4"
    ).fetchall()
    assert len(per_file) >= 8
    assert all(row[-1] % 2 == 0 for row in per_file)
