"""What can be given to ``ingest``, where the traces go, and what it says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from spanglass.formats import IngestError, ingest
from spanglass.store import Store, set_active_experiment
from tests.formats.reading import DATA, document, dump, otlp_span

NAME = "openai-openinference.otlp.json"
TRACE = "5b8efff798038103d269b633813fc60c"


class TestSources:
    def test_path_text_pattern_folder_and_lists(self, store: Store, tmp_path: Path) -> None:
        for folder, name in (("", "a.json"), ("", "b.json"), ("deep", "c.jsonl"), (".hidden", "d.json")):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text(json.dumps(otlp_span(spanId=name.encode().hex().ljust(16, "0"))))
        (tmp_path / "notes.txt").write_text("not a trace")

        def read(source: Any) -> int:
            return len(ingest(source, store=store, progress=False).files)

        assert read(tmp_path / "a.json") == read(str(tmp_path / "a.json")) == 1
        assert read(str(tmp_path / "*.json")) == 2
        assert read(str(tmp_path / "**" / "*.json*")) == 3
        assert read(tmp_path) == 3
        assert read([tmp_path / "a.json", str(tmp_path / "deep")]) == 2

    @pytest.mark.parametrize(
        "convert",
        [
            lambda raw: raw,
            lambda raw: bytearray(raw),
            lambda raw: raw.decode(),
            lambda raw: b"\xef\xbb\xbf" + raw,
            lambda raw: gzip.compress(raw),
            lambda raw: json.loads(raw),
            lambda raw: [json.loads(raw)],
            lambda raw: b"[" + raw + b"]",
            lambda raw: b"\n\n" + raw.replace(b"\n", b"") + b"\n\n",
        ],
        ids=["bytes", "bytearray", "text", "BOM", "gzip", "dict", "list", "array", "one line"],
    )
    def test_content_in_any_wrapping(self, store: Store, convert: Any) -> None:
        report = ingest(convert((DATA / NAME).read_bytes()), store=store, progress=False)
        assert (report.traces, report.spans, report.skipped) == (11, 21, 0)

    def test_a_compressed_file(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((DATA / "mlflow-v3.traces.jsonl").read_bytes()))
        assert ingest(tmp_path / "a.jsonl.gz", store=store, progress=False).traces == 7

    def test_traces_of_another_store(self, store: Store, tmp_path: Path) -> None:
        ingest(DATA / "mlflow-v3.traces.jsonl", store=store, progress=False)
        ids = [row[0] for row in store.connection.execute("SELECT trace_id FROM trace")]
        with Store(tmp_path / "other.db") as other:
            report = ingest(store.traces(ids), store=other, progress=False)
            assert (report.files[0].format, report.traces, report.spans) == ("spanglass", 7, 9)
            before, after = store.trace_infos(ids), other.trace_infos(ids)
            for info in (*before, *after):
                info.experiment_id = ""
            assert before == after
            assert store.spans_of(ids) == other.spans_of(ids)

    def test_values_that_json_cannot_hold(self, store: Store) -> None:
        value = {"stringValue": "cut \ud83c"}
        request = otlp_span(attributes=[{"key": "a", "value": value}, {"key": "b", "value": {1: {2}}}])
        ingest(request, store=store, progress=False)
        [span] = store.spans(TRACE)
        assert span.attributes == {"a": "cut �", "b": {"1": "{2}"}}

    def test_a_format_that_is_named(self, store: Store) -> None:
        assert ingest(DATA / NAME, store=store, format="otlp", progress=False).spans == 21
        with pytest.raises(IngestError, match=r"there is no format 'otel'; there are 'spanglass', 'otlp', 'mlflow'"):
            ingest(DATA / NAME, store=store, format="otel", progress=False)


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "looks_like"),
        [
            (b"", "an empty file"),
            (b" \n\n ", "an empty file"),
            (b"<html></html>", "an HTML or XML file"),
            (b"a,b,c\n1,2,3\n", "a CSV file"),
            (b"PAR1....", "a Parquet file"),
            (b"\x89PNG\r\n", "a PNG image"),
            (b"hello there", "a text that begins with 'hello there'"),
            (b"\x00\x01\x02\xff\xfe", "a binary file"),
            (b'{"a": 1, "b"', "JSON that is damaged or cut off"),
            (b'{"nbformat": 4, "cells": []}', "a Jupyter notebook"),
            (b'{"resourceMetrics": []}', "an OTLP export of metrics"),
            (b'{"name": "x", "age": 3}', "a JSON object with the keys 'name', 'age'"),
            (b"[]", "nothing"),
            (b"[1, 2]", "the JSON value 1"),
            (b"17", "the JSON value 17"),
            (b"\x1f\x8bbroken", "a damaged gzip file"),
        ],
    )
    def test_a_file_that_holds_no_traces_is_named_with_what_it_looks_like(
        self, store: Store, tmp_path: Path, content: bytes, looks_like: str
    ) -> None:
        (tmp_path / "file.json").write_bytes(content)
        before = dump(store)
        with pytest.raises(IngestError, match=r"file\.json") as caught:
            ingest(tmp_path / "file.json", store=store, progress=False)
        assert looks_like in str(caught.value)
        assert dump(store) == before

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ("nowhere.json", "there is no such file"),
            ("nowhere/*.json", "no file matches"),
            (5, "traces cannot be read from 5, of the type int"),
            (None, "traces cannot be read from None"),
            ([], "no traces, but nothing"),
            ([object()], "no traces, but the JSON value"),
        ],
    )
    def test_sources_that_are_none(self, store: Store, source: Any, reason: str) -> None:
        with pytest.raises(IngestError, match=reason):
            ingest(source, store=store, progress=False)

    def test_of_several_files_the_good_ones_are_read(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "bad.json").write_text("{}")
        (tmp_path / "good.json").write_text(json.dumps(otlp_span()))
        report = ingest(tmp_path, store=store, progress=False)
        assert (report.traces, len(report.errors)) == (1, 1)
        assert "bad.json" in report.errors[0]
        (tmp_path / "good.json").unlink()
        (tmp_path / "worse.json").write_text("[]")
        with pytest.raises(IngestError, match="none of the sources holds traces"):
            ingest(tmp_path, store=store, progress=False)

    def test_a_line_that_is_damaged_never_loses_the_rest(self, store: Store, tmp_path: Path) -> None:
        lines = [json.dumps(otlp_span(spanId=f"{index:016x}")) for index in range(1, 4)]
        for place in range(3):
            broken = list(lines)
            broken[place] = broken[place][:50]
            (tmp_path / "a.jsonl").write_text("\n".join(broken))
            report = ingest(tmp_path / "a.jsonl", store=store, progress=False)
            assert (report.spans, report.skipped) == (2, 1)
            assert report.warnings[0].startswith(f"a.jsonl: line {place + 1}: not JSON")

    def test_documents_of_another_format_are_counted(self, store: Store) -> None:
        report = ingest([otlp_span(), {"name": "x"}, "text"], store=store, progress=False)
        assert (report.spans, report.skipped) == (1, 2)
        assert report.warnings[0].startswith("[1]: document: expected a request with resourceSpans")


class TestExperiments:
    def where(self, store: Store, trace_id: str = TRACE) -> str:
        [info] = store.trace_infos([trace_id])
        experiment = store.experiment(info.experiment_id)
        assert experiment is not None
        return experiment.name

    def test_new_traces_go_into_the_active_one_and_stay(self, store: Store) -> None:
        active = store.create_experiment("mine")
        set_active_experiment(store, active.experiment_id)
        ingest(otlp_span(), store=store, progress=False)
        assert self.where(store) == "mine"
        set_active_experiment(store, "0")
        ingest(otlp_span(), store=store, progress=False)
        assert self.where(store) == "mine"

    def test_or_into_the_one_that_is_named(self, store: Store) -> None:
        ingest(otlp_span(), store=store, progress=False)
        assert self.where(store) == "Default"
        ingest(otlp_span(), store=store, experiment="named", progress=False)
        assert self.where(store) == "named"
        ingest(otlp_span(), store=store, experiment="named", progress=False)
        assert [one.name for one in store.experiments()] == ["Default", "named"]

    def test_traces_of_mlflow_keep_the_id_of_theirs(self, store: Store) -> None:
        trace_id = "tr-b96c3fc31834eda2b7733f60d66cde6d"
        ingest(DATA / "mlflow-v3.agent.json", store=store, experiment="named", progress=False)
        assert store.trace_infos([trace_id])[0].experiment_id == "1"

    def test_but_never_fall_among_strangers(self, store: Store) -> None:
        mine = store.create_experiment("mine")
        assert mine.experiment_id == "1"
        ingest(DATA / "mlflow-v3.agent.json", store=store, progress=False)
        assert self.where(store, "tr-b96c3fc31834eda2b7733f60d66cde6d") == "MLflow experiment 1"

    def test_sessions_users_and_tags_reach_the_traces(self, store: Store) -> None:
        ingest(DATA / NAME, store=store, progress=False)
        rows = store.connection.execute(
            "SELECT DISTINCT session_id, user_id, tags FROM trace JOIN trace_payload USING (rid)"
        )
        assert rows.fetchall() == [("sess-42", "ada", '{"eu":"true","prod":"true"}')]


class TestReport:
    def test_its_text(self, store: Store) -> None:
        request = document(NAME)
        request["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["spanId"] = None
        report = ingest(request, store=store, progress=False)
        assert repr(report).splitlines() == [
            "11 traces, 20 spans from 1 source: 11 new traces, 20 new spans, 0 changed spans; 1 skipped",
            "  ! resourceSpans[0].scopeSpans[0].spans[0]: its spanId is None",
        ]

    def test_each_file_has_a_line(self, store: Store, tmp_path: Path) -> None:
        for name in ("a.json", "b.json"):
            (tmp_path / name).write_text(json.dumps(otlp_span(name=name)))
        report = ingest(str(tmp_path / "*.json"), store=store, progress=False)
        assert repr(report).splitlines()[1:] == [
            "  a.json: otlp, 1 trace, 1 span",
            "  b.json: otlp, 1 trace, 1 span",
        ]
        assert (report.new_spans, report.changed_spans) == (1, 1)

    def test_its_html_is_data_never_markup(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "<img src=x onerror=alert(1)>.json"
        request = otlp_span(startTimeUnixNano="<script>alert(1)</script>")
        path.write_text(json.dumps(request))
        html = ingest(path, store=store, progress=False)._repr_html_()
        assert "<img" not in html
        assert "<script" not in html
        assert "&lt;script&gt;" in html

    def test_many_sources_are_named_without_the_folder_they_share(self, store: Store, tmp_path: Path) -> None:
        for name in ("one.json", "two.json"):
            (tmp_path / name).write_text(json.dumps(otlp_span()))
        report = ingest(tmp_path, store=store, progress=False)
        assert "\n  one.json: otlp" in repr(report)
        assert ">two.json</td>" in report._repr_html_()
        assert {file.source for file in report} == {str(tmp_path / "one.json"), str(tmp_path / "two.json")}

    def test_warnings_are_bounded_and_counted(self, store: Store) -> None:
        lines = b"\n".join([json.dumps(otlp_span()).encode(), *[b"{"] * 500])
        report = ingest(lines, store=store, progress=False)
        assert report.skipped == 500
        assert len(report.warnings) == 21
        assert report.warnings[-1] == "… and 480 more"
