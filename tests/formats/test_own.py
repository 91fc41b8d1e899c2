"""Traces of this package's own: what Trace.to_json() wrote comes back whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spanglass.entities import Trace
from spanglass.formats import ingest
from spanglass.formats.detect import detect
from spanglass.samples import sample_files
from spanglass.store import Store


@pytest.fixture
def traces(tmp_path: Path) -> list[Trace]:
    """The sample traces, with assessments, events and sessions."""
    with Store(tmp_path / "samples.db") as store:
        ingest(sample_files(), store=store)
        return [Trace.from_dict(trace.to_dict()) for trace in store.traces(all_ids(store))]


def all_ids(store: Store) -> list[str]:
    return [id for (id,) in store.connection.execute("SELECT trace_id FROM trace ORDER BY trace_id")]


def test_a_file_of_them_comes_back_whole_and_changes_nothing_again(traces: list[Trace], tmp_path: Path) -> None:
    file = tmp_path / "traces.jsonl"
    file.write_text("\n".join(trace.to_json() for trace in traces), encoding="utf-8")
    with Store(tmp_path / "copy.db") as store:
        report = ingest(file, store=store)
        assert (report.files[0].format, report.traces, report.skipped) == ("spanglass", len(traces), 0)
        assert report.spans == sum(len(trace.data.spans) for trace in traces)
        for trace, copy in zip(traces, store.traces(all_ids(store)), strict=True):
            assert copy.data == trace.data
            assert copy.info.assessments == trace.info.assessments
        again = ingest(file, store=store)
        assert str(again).endswith("0 new traces, 0 new spans, 0 changed spans")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("version",), 99, "format version 99"),
        (("info",), {}, "incomplete or damaged"),
        (("info", "trace_id"), 5, "an id or a name in it is no text"),
        (("info", "tags"), 5, "its tags or metadata are not texts by key"),
        (("data", "spans", 0, "start_time_ns"), "soon", "a time in it is no whole number"),
    ],
)
def test_a_damaged_one_is_left_out_and_named(
    traces: list[Trace], tmp_path: Path, place: tuple[Any, ...], value: Any, said: str
) -> None:
    good, document = traces[0].to_dict(), json.loads(traces[1].to_json())
    inner: Any = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with Store(tmp_path / "copy.db") as store:
        report = ingest([document, good], store=store)
        assert (report.traces, report.skipped) == (1, 1)
        assert said in str(report)
        assert all_ids(store) == [traces[0].trace_id]


def test_only_its_mark_makes_a_document_ours(traces: list[Trace]) -> None:
    document = traces[0].to_dict()
    names = []
    for mark in ("spanglass", "another"):
        document["format"] = mark
        found = detect(document)
        assert found is not None
        names.append(found.name)
    assert names == ["spanglass", "mlflow"]
